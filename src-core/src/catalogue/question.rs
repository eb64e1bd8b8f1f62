//! The questions of the interview, in plain words.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::Condition;
use crate::embedded::data;
use crate::facts::Fact;

/// What the interview can ask, from `questions.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Questionnaire {
    /// One for each fact; the order decides between questions that matter equally.
    pub questions: Vec<Question>,
    /// Questions that may only matter together; the first is asked first.
    pub pairs: Vec<(Fact, Fact)>,
}

/// A question about one fact.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// The fact its answer sets.
    pub fact: Fact,
    /// The question.
    pub ask: String,
    /// Why the answer decides anything, one sentence.
    pub why: String,
    /// What several answers mean.
    pub several: Several,
    /// When the question makes sense; always when empty.
    #[serde(default)]
    pub when: Condition,
    /// The answers, one for each tag.
    pub choices: Vec<Answer>,
}

/// What several tags of one fact mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Several {
    /// Cases of which any may turn up, such as two operating systems.
    Cases,
    /// All of them apply at once, such as two limits.
    Together,
    /// There can be only one, such as the number of source files.
    Never,
}

/// One answer to a question.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The tag it stands for.
    pub tag: String,
    /// The answer in plain words.
    pub text: String,
    /// What follows from it, one line.
    pub consequence: String,
}

static QUESTIONNAIRE: LazyLock<Questionnaire> = LazyLock::new(|| data!("catalogue/questions.toml"));

/// Whether all tags of a fact apply at once, by number of the fact.
static TOGETHER: LazyLock<Vec<bool>> = LazyLock::new(|| {
    let together = |fact| QUESTIONNAIRE.of(fact).is_some_and(|question| question.several == Several::Together);
    Fact::all().map(together).collect()
});

impl Questionnaire {
    /// The questions compiled into this program.
    pub fn get() -> &'static Self {
        &QUESTIONNAIRE
    }

    /// The question about a fact.
    pub fn of(&self, fact: Fact) -> Option<&Question> {
        self.questions.iter().find(|question| question.fact == fact)
    }

    /// Whether several tags of this fact all apply at once.
    pub fn is_together(fact: Fact) -> bool {
        TOGETHER[fact.index()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fact_has_one_question_and_every_tag_one_answer() {
        let questionnaire = Questionnaire::get();
        for fact in Fact::all() {
            assert_eq!(questionnaire.questions.iter().filter(|question| question.fact == fact).count(), 1, "{fact}");
            let question = questionnaire.of(fact).unwrap();
            let answered: Vec<&str> = question.choices.iter().map(|choice| choice.tag.as_str()).collect();
            let tags: Vec<&str> = fact.tags().map(crate::facts::Tag::id).collect();
            assert_eq!(answered, tags, "answers of {fact}");
        }
    }

    #[test]
    fn questions_read_as_questions_and_consequences_are_one_line() {
        for question in &Questionnaire::get().questions {
            assert!(question.ask.ends_with('?'), "{}", question.ask);
            assert!(!question.why.is_empty() && question.when.is_satisfiable(), "{}", question.fact);
            for choice in &question.choices {
                assert!(
                    !choice.consequence.contains('\n') && choice.consequence.len() <= 110,
                    "{}",
                    choice.consequence
                );
            }
        }
    }

    #[test]
    fn limits_apply_together_and_systems_are_cases() {
        assert!(Questionnaire::is_together(Fact::named("limits").unwrap()));
        assert!(!Questionnaire::is_together(Fact::named("os").unwrap()));
    }
}
