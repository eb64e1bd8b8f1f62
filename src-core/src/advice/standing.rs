//! How each technology stands on one target: its score, and how many hard rules took it out.

use super::rules::Rules;
use super::situation::{Situation, systems};
use crate::catalogue::{Kind, Questionnaire, Rule};
use crate::facts::{Fact, Facts, Os, Tags};

/// How one technology stands on one target.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Standing {
    /// Weights for less weights against.
    pub(super) score: i32,
    /// Hard rules that fired.
    pub(super) vetoes: i32,
}

/// How all technologies stand on one target.
#[derive(Debug, Clone)]
pub(super) struct Board {
    /// The system, where one is named.
    pub(super) os: Option<Os>,
    /// What is known there.
    pub(super) situation: Situation,
    /// One for each technology, in gradient order.
    pub(super) standings: Vec<Standing>,
}

/// Whether a rule applies in a situation.
pub(super) fn fires(rule: &Rule, situation: &Situation) -> bool {
    match rule.rule {
        Kind::RuleOut => rule.when.is_certain(|fact| situation.get(fact), Questionnaire::is_together),
        Kind::Favour | Kind::Disfavour => rule.when.fits(|fact| situation.get(fact)),
    }
}

impl Standing {
    fn add(&mut self, rule: &Rule, times: i32) {
        let weight = i32::try_from(rule.weight).unwrap_or(i32::MAX);
        match rule.rule {
            Kind::RuleOut => self.vetoes += times,
            Kind::Favour => self.score += times * weight,
            Kind::Disfavour => self.score -= times * weight,
        }
    }
}

impl Board {
    /// One board for each named system, or one for all targets while none is named.
    pub(super) fn all(rules: &Rules, facts: &Facts) -> Vec<Self> {
        let systems = systems(facts);
        if systems.is_empty() {
            return vec![Self::new(rules, None, Situation::common(facts))];
        }
        systems.into_iter().map(|os| Self::new(rules, Some(os), Situation::of(facts, os))).collect()
    }

    fn new(rules: &Rules, os: Option<Os>, situation: Situation) -> Self {
        let mut standings = vec![Standing::default(); rules.entries().len()];
        for (index, entry) in rules.entries().iter().enumerate() {
            for rule in entry.rules.iter().filter(|rule| fires(rule, &situation)) {
                standings[index].add(rule, 1);
            }
        }
        Self { os, situation, standings }
    }

    /// Sets a fact and brings the standings up to date: only the rules that mention the fact are looked at again.
    pub(super) fn set(&mut self, rules: &Rules, fact: Fact, tags: Tags) {
        let before = self.situation;
        self.situation.set(fact, tags);
        for (index, rule) in rules.about(fact) {
            let change = i32::from(fires(rule, &self.situation)) - i32::from(fires(rule, &before));
            if change != 0 {
                self.standings[index].add(rule, change);
            }
        }
    }
}

/// How many targets a technology serves, and its score added up over these.
pub(super) fn total(boards: &[Board], index: usize) -> (usize, i32) {
    let standings = boards.iter().map(|board| board.standings[index]).filter(|standing| standing.vetoes == 0);
    standings.fold((0, 0), |(served, score), standing| (served + 1, score + standing.score))
}

/// The first choice: most targets served, then the highest score, then the lightest rung.
pub(super) fn leader(boards: &[Board]) -> Option<usize> {
    let count = boards.first().map_or(0, |board| board.standings.len());
    let mut best: Option<(usize, (usize, i32))> = None;
    for index in 0..count {
        let total = total(boards, index);
        if total.0 > 0 && best.is_none_or(|(_, leading)| total > leading) {
            best = Some((index, total));
        }
    }
    best.map(|(index, _)| index)
}
