//! The advisor: the rules of all entries, indexed by the facts they mention.

use super::interview::next_question;
use super::ranking;
use super::standing::Board;
use super::{Advice, Explanation, explanation};
use crate::catalogue::{Entry, Rule, rank_of};
use crate::facts::{Fact, Facts};

/// Ranks technologies by their rules.
#[derive(Debug)]
pub struct Advisor {
    entries: Vec<&'static Entry>,
    /// For each fact, the technology and the number of each rule that mentions it.
    by_fact: Vec<Vec<(usize, usize)>>,
}

impl Advisor {
    /// An advisor over these entries, which it sorts by the gradient of the vocabulary.
    pub fn new(entries: impl IntoIterator<Item = &'static Entry>) -> Self {
        let mut entries: Vec<&'static Entry> = entries.into_iter().collect();
        entries.sort_by_key(|entry| rank_of(&entry.id).unwrap_or(usize::MAX));
        let mut by_fact = vec![Vec::new(); Fact::count()];
        for (index, entry) in entries.iter().enumerate() {
            for (number, rule) in entry.rules.iter().enumerate() {
                for fact in rule.when.facts() {
                    let about: &mut Vec<_> = &mut by_fact[fact.index()];
                    if about.last() != Some(&(index, number)) {
                        about.push((index, number));
                    }
                }
            }
        }
        Self { entries, by_fact }
    }

    /// Its entries, lightest first.
    pub fn entries(&self) -> &[&'static Entry] {
        &self.entries
    }

    /// The advice for what is known, with the next question.
    pub fn advise(&self, facts: &Facts) -> Advice {
        self.advise_without(facts, &[])
    }

    /// The advice when some questions were answered with "I don't know" and must not be asked again.
    pub fn advise_without(&self, facts: &Facts, skipped: &[Fact]) -> Advice {
        let boards = Board::all(self, facts);
        let mut advice = ranking::rank(self, &boards, facts);
        advice.ask = next_question(self, &boards, skipped);
        advice
    }

    /// The ranking alone, without looking for the next question.
    pub fn rank(&self, facts: &Facts) -> Advice {
        ranking::rank(self, &Board::all(self, facts), facts)
    }

    /// How the first choice came about, and what would change it.
    pub fn explain(&self, facts: &Facts) -> Explanation {
        explanation::explain(self, &Board::all(self, facts), facts)
    }

    /// The rules that mention a fact, with the index of their entry.
    pub(super) fn rules_about(&self, fact: Fact) -> impl Iterator<Item = (usize, &'static Rule)> {
        self.by_fact[fact.index()].iter().map(|(index, number)| (*index, &self.entries[*index].rules[*number]))
    }
}
