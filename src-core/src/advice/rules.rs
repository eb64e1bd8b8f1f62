//! The rules of all entries, indexed by the facts they mention.

use crate::catalogue::{Entry, Rule, rank_of};
use crate::facts::Fact;

/// Entries in the order of the gradient, with an index of their rules.
#[derive(Debug)]
pub(super) struct Rules {
    entries: Vec<&'static Entry>,
    /// For each fact, the technology and the number of each rule that mentions it.
    by_fact: Vec<Vec<(usize, usize)>>,
}

impl Rules {
    /// The rules of these entries, which are sorted by the gradient of the vocabulary.
    pub(super) fn of(entries: impl IntoIterator<Item = &'static Entry>) -> Self {
        let mut entries: Vec<&'static Entry> = entries.into_iter().collect();
        entries.sort_by_cached_key(|entry| rank_of(&entry.id).unwrap_or(usize::MAX));
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

    /// Whether a rule mentions both facts.
    pub(super) fn mention_both(&self, first: Fact, second: Fact) -> bool {
        self.by_fact[first.index()].iter().any(|rule| self.by_fact[second.index()].contains(rule))
    }

    /// The entries, lightest first.
    pub(super) fn entries(&self) -> &[&'static Entry] {
        &self.entries
    }

    /// The rules that mention a fact, with the index of their entry.
    pub(super) fn about(&self, fact: Fact) -> impl Iterator<Item = (usize, &'static Rule)> {
        self.by_fact[fact.index()].iter().map(|(index, number)| (*index, &self.entries[*index].rules[*number]))
    }
}
