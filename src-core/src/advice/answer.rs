//! The answer: what an advice is made of.

use serde::{Deserialize, Serialize};

use super::ask::Ask;
use super::outlook::Outlook;
use crate::facts::{Facts, Os};
use crate::problem::Problem;

/// The answer for all targets together and for each of them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Advice {
    /// Technologies by the number of targets they serve, then by score, then lightest first; what needs something first
    /// comes behind all that can be made and will do.
    pub recommendations: Vec<Recommendation>,
    /// Technologies that serve no target.
    pub ruled_out: Vec<RuledOut>,
    /// The answer for each named operating system; empty while none is named.
    pub targets: Vec<TargetAdvice>,
    /// What carries or installs a first choice, or what it carries.
    pub and_then: Vec<AndThen>,
    /// Facts that cannot hold together; what they say of a technology counts all the same.
    #[serde(default)]
    pub contradictions: Vec<Contradicting>,
    /// The next question; `None` when no answer is likely to change the first choice, or enough were put.
    pub ask: Option<Ask>,
    /// What the advice rests on.
    pub facts: Facts,
    /// What can be made of the open project.
    #[serde(default, skip_serializing_if = "Outlook::is_empty")]
    pub outlook: Outlook,
}

/// A technology that fits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Recommendation {
    /// Its id.
    pub technology: String,
    /// Its rung.
    pub level: String,
    /// The weights that speak for it less those against it, added up over the targets it serves.
    pub score: i32,
    /// What speaks for it, strongest first.
    pub reasons: Vec<Reason>,
    /// What the project needs before it can be made, with what helps; `None` where nothing is known to stand in the way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needs: Option<Box<Problem>>,
}

/// A sentence with its source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// The sentence.
    pub text: String,
    /// The address it rests on.
    pub source: String,
    /// The facts that made it count.
    pub facts: Vec<String>,
}

/// A technology that cannot work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuledOut {
    /// Its id.
    pub technology: String,
    /// Why, one sentence.
    pub because: String,
    /// The address it rests on.
    pub source: String,
}

/// The answer for the targets with one operating system.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TargetAdvice {
    /// The system.
    pub os: Os,
    /// Technologies by score, then lightest first.
    pub recommendations: Vec<Recommendation>,
    /// Technologies that cannot work there.
    pub ruled_out: Vec<RuledOut>,
}

/// A technology that carries or installs another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AndThen {
    /// What is made first.
    pub first: String,
    /// What it goes into.
    pub then: String,
    /// Why, one sentence.
    pub text: String,
    /// The address it rests on.
    pub source: String,
}

/// Facts that cannot hold together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contradicting {
    /// Why they cannot, one sentence.
    pub text: String,
    /// The facts as they were given, each as `fact=tag,…`.
    pub facts: Vec<String>,
    /// The system for which they were given, where one is named.
    pub os: Option<Os>,
}

impl Recommendation {
    /// Whether it is worth a look beside the first choice: something that is known speaks for it, or nothing more against
    /// it than for it.
    pub fn is_alternative(&self) -> bool {
        self.score >= 0 || self.reasons.iter().any(|reason| !reason.facts.is_empty())
    }
}

impl Advice {
    /// The first choice, if anything fits.
    pub fn best(&self) -> Option<&Recommendation> {
        self.recommendations.first()
    }

    /// Why nothing fits, when nothing does: the reason that took out the most technologies.
    pub fn nothing_fits(&self) -> Option<&RuledOut> {
        if !self.recommendations.is_empty() {
            return None;
        }
        let shared =
            |ruled_out: &RuledOut| self.ruled_out.iter().filter(|other| other.because == ruled_out.because).count();
        // The first of equals, which `max_by_key` alone would not give.
        self.ruled_out.iter().rev().max_by_key(|ruled_out| shared(ruled_out))
    }
}
