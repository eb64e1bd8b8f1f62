//! The advisor: everything that can be asked of the rules.

use super::answer::Advice;
use super::ask::MOST_QUESTIONS;
use super::consistency::contradicting;
use super::explanation::{self, Explanation};
use super::given::Given;
use super::interview::{next_fact, next_question};
use super::ranking;
use super::rules::Rules;
use super::standing::Board;
use crate::catalogue::Entry;
use crate::facts::{Fact, Os};

/// Ranks technologies by their rules.
#[derive(Debug)]
pub struct Advisor {
    rules: Rules,
}

impl Advisor {
    /// An advisor over these entries, which it sorts by the gradient of the vocabulary.
    pub fn new(entries: impl IntoIterator<Item = &'static Entry>) -> Self {
        Self { rules: Rules::of(entries) }
    }

    /// Its entries, lightest first.
    pub fn entries(&self) -> &[&'static Entry] {
        self.rules.entries()
    }

    /// The advice for what is known, with the first question of an interview about the rest.
    pub fn advise<'a>(&self, given: impl Into<Given<'a>>) -> Advice {
        self.advise_after(0, given, &[])
    }

    /// The advice in an interview that has put so many questions, of which some were answered with "I don't know" and
    /// must not be asked again; then it ends after [`MOST_QUESTIONS`]. Facts that were given otherwise are no answers.
    pub fn advise_after<'a>(&self, asked: usize, given: impl Into<Given<'a>>, skipped: &[Fact]) -> Advice {
        let given = given.into();
        let boards = Board::all(&self.rules, given);
        let mut advice = self.ranked(&boards, given);
        advice.ask = next_question(&self.rules, &boards, skipped, left(asked, skipped));
        advice
    }

    /// The ranking alone, without looking for the next question.
    pub fn rank<'a>(&self, given: impl Into<Given<'a>>) -> Advice {
        let given = given.into();
        self.ranked(&Board::all(&self.rules, given), given)
    }

    /// The ids of what fits, best first: the ranking of all targets together, without its reasons.
    pub fn order<'a>(&self, given: impl Into<Given<'a>>) -> Vec<&'static str> {
        let fitting = ranking::fitting(&self.rules, &Board::all(&self.rules, given.into()));
        fitting.into_iter().map(|(_, index)| self.rules.entries()[index].id.as_str()).collect()
    }

    /// The fact that the next question is about; see [`Advisor::advise_after`].
    pub fn next_fact<'a>(&self, asked: usize, given: impl Into<Given<'a>>, skipped: &[Fact]) -> Option<Fact> {
        next_fact(&self.rules, &Board::all(&self.rules, given.into()), skipped, left(asked, skipped))
    }

    /// How the first choice came about, and what would change it.
    pub fn explain<'a>(&self, given: impl Into<Given<'a>>) -> Explanation {
        let given = given.into();
        explanation::explain(&self.rules, &Board::all(&self.rules, given), given.facts)
    }

    /// The same for the targets with one of the named systems.
    pub fn explain_for<'a>(&self, os: Os, given: impl Into<Given<'a>>) -> Explanation {
        let given = given.into();
        let mut boards = Board::all(&self.rules, given);
        boards.retain(|board| board.os == Some(os));
        explanation::explain(&self.rules, &boards, &given.facts.for_target(os))
    }

    fn ranked(&self, boards: &[Board], given: Given) -> Advice {
        let mut advice = ranking::rank(&self.rules, boards, given);
        advice.contradictions = contradicting(boards);
        advice
    }
}

/// How many questions may still be put.
fn left(asked: usize, skipped: &[Fact]) -> usize {
    if skipped.is_empty() { usize::MAX } else { MOST_QUESTIONS.saturating_sub(asked) }
}
