//! How each technology stands on one target: its score, and how many hard rules took it out.

use super::given::Given;
use super::outlook::Prospect;
use super::rules::Rules;
use super::situation::{Situation, systems};
use crate::catalogue::{Kind, Questionnaire, Rule};
use crate::facts::{Fact, Os, Tags};

/// How one technology stands on one target.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Standing {
    /// Weights for less weights against.
    pub(super) score: i32,
    /// Hard rules that fired.
    pub(super) vetoes: i32,
    /// How it could be made of the open project.
    pub(super) prospect: Prospect,
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
        Kind::RuleOut => rule.when.is_certain(|fact| situation.sure(fact), Questionnaire::is_together),
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
    pub(super) fn all(rules: &Rules, given: Given) -> Vec<Self> {
        let systems = systems(given.facts);
        if systems.is_empty() {
            return vec![Self::new(rules, None, Situation::common(given.facts), given)];
        }
        let of = |os| Self::new(rules, Some(os), Situation::of(given.facts, os), given);
        systems.into_iter().map(of).collect()
    }

    fn new(rules: &Rules, os: Option<Os>, situation: Situation, given: Given) -> Self {
        let mut standings = vec![Standing::default(); rules.entries().len()];
        for (index, entry) in rules.entries().iter().enumerate() {
            standings[index].prospect = given.outlook.of(&entry.id);
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

/// What technologies are compared by; the greatest comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rank {
    /// Whether it comes before what needs something first.
    can_be_made: bool,
    /// How many targets it serves.
    pub(super) served: usize,
    /// Its score, added up over these.
    pub(super) score: i32,
}

impl Rank {
    /// Whether it stands behind another because the project needs something first.
    pub(super) fn is_put_back(self) -> bool {
        !self.can_be_made
    }
}

/// How technologies are ordered on some boards.
#[derive(Debug, Clone, Copy)]
pub(super) struct Order {
    /// Whether something can be made and will do, so that nothing that needs something first comes before it.
    puts_back: bool,
}

impl Order {
    pub(super) fn of(boards: &[Board]) -> Self {
        let standings = boards.first().map_or(&[][..], |board| &board.standings);
        let will_do = |(index, standing): (usize, &Standing)| {
            standing.prospect == Prospect::Ready && matches!(total(boards, index), (1.., 0..))
        };
        Self { puts_back: standings.iter().enumerate().any(will_do) }
    }

    /// How a technology stands among the others; `None` where it serves no target.
    pub(super) fn rank(self, boards: &[Board], index: usize) -> Option<Rank> {
        let (served, score) = total(boards, index);
        let needs_first = || boards.iter().any(|board| board.standings[index].prospect == Prospect::NeedsFirst);
        // What more speaks against than for is no better than what needs something first; but of several targets it may
        // serve more.
        let will_do = || score >= 0 || boards.len() > 1;
        let can_be_made = !self.puts_back || will_do() && !needs_first();
        (served > 0).then_some(Rank { can_be_made, served, score })
    }
}

/// The first choice: what can be made, then most targets served, then the highest score, then the lightest rung.
pub(super) fn leader(boards: &[Board]) -> Option<usize> {
    let count = boards.first().map_or(0, |board| board.standings.len());
    let order = Order::of(boards);
    let mut best: Option<(usize, Rank)> = None;
    for index in 0..count {
        if let Some(rank) = order.rank(boards, index)
            && best.is_none_or(|(_, leading)| rank > leading)
        {
            best = Some((index, rank));
        }
    }
    best.map(|(index, _)| index)
}
