//! A question as it is put to the user.

use serde::{Deserialize, Serialize};

use crate::facts::Fact;

/// Who has left a question open is put no more than this: the rest would mostly be left open too. Who has answered
/// every one is asked as long as an answer can change the first choice.
pub const MOST_QUESTIONS: usize = 12;

/// A question to be put to the user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ask {
    /// The fact its answer sets.
    pub fact: Fact,
    /// The question in plain words.
    pub question: String,
    /// Why it matters, one sentence.
    pub why: String,
    /// Whether several answers can be given.
    pub several: bool,
    /// The answers.
    pub choices: Vec<AskChoice>,
    /// How many other questions could change the first choice now, and may still be put. An answer can open or settle some
    /// of them.
    #[serde(default)]
    pub others: usize,
}

/// One answer to a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskChoice {
    /// The tag it sets.
    pub tag: String,
    /// The answer in plain words.
    pub text: String,
    /// What follows from it.
    pub consequence: String,
    /// The first choice if this were the answer; `None` when nothing would fit.
    pub leads_to: Option<String>,
}
