//! From standings to the answer people read: rankings, reasons, what was ruled out, combinations.

use std::cmp::Reverse;

use super::answer::{Advice, AndThen, Reason, Recommendation, RuledOut, TargetAdvice};
use super::rules::Rules;
use super::standing::{Board, fires, total};
use crate::catalogue::{Entry, Kind, Rule, combinations, level_of};
use crate::facts::Facts;

/// What speaks for a technology of which no rule says anything: the principle between equals.
const LIGHTEST: (&str, &str) = (
    "It is the lightest way that nothing known speaks against",
    "https://packaging.python.org/en/latest/overview/#depending-on-a-pre-installed-python",
);

/// The rankings of these boards; the next question is left open.
pub(super) fn rank(rules: &Rules, boards: &[Board], facts: &Facts) -> Advice {
    let (recommendations, ruled_out) = split(rules, boards);
    let targets = boards
        .iter()
        .filter_map(|board| {
            let (recommendations, ruled_out) = split(rules, std::slice::from_ref(board));
            Some(TargetAdvice { os: board.os?, recommendations, ruled_out })
        })
        .collect();
    let mut advice = Advice { recommendations, ruled_out, targets, facts: facts.clone(), ..Advice::default() };
    advice.and_then = carriers(&advice, boards);
    advice
}

/// The technologies that serve any of the boards with how many they serve and their score, best first.
pub(super) fn fitting(rules: &Rules, boards: &[Board]) -> Vec<(usize, i32, usize)> {
    let stands = |index| {
        let (served, score) = total(boards, index);
        (served, score, index)
    };
    let mut fitting: Vec<_> = (0..rules.entries().len()).map(stands).filter(|(served, ..)| *served > 0).collect();
    fitting.sort_by_key(|(served, score, index)| (Reverse(*served), Reverse(*score), *index));
    fitting
}

/// What fits these boards, best first, and what serves none of them.
fn split(rules: &Rules, boards: &[Board]) -> (Vec<Recommendation>, Vec<RuledOut>) {
    let recommend =
        |(_, score, index): (usize, i32, usize)| recommendation(rules.entries()[index], index, score, boards);
    let serves_none = |index: &usize| total(boards, *index).0 == 0;
    let ruled_out = (0..rules.entries().len()).filter(serves_none).filter_map(|index| {
        let entry = rules.entries()[index];
        let rule = boards.iter().find_map(|board| veto(entry, board))?;
        let (because, source) = (rule.because.clone(), rule.source.clone());
        Some(RuledOut { technology: entry.id.clone(), because, source })
    });
    (fitting(rules, boards).into_iter().map(recommend).collect(), ruled_out.collect())
}

/// The first hard rule that takes a technology out on a board.
pub(super) fn veto<'a>(entry: &'a Entry, board: &Board) -> Option<&'a Rule> {
    entry.rules.iter().find(|rule| rule.rule == Kind::RuleOut && fires(rule, &board.situation))
}

fn recommendation(entry: &Entry, index: usize, score: i32, boards: &[Board]) -> Recommendation {
    let mut reasons = spoken(entry, index, boards, Kind::Favour);
    if reasons.is_empty() {
        reasons.push(Reason { text: LIGHTEST.0.into(), source: LIGHTEST.1.into(), facts: Vec::new() });
    }
    let level = level_of(&entry.id).map(|level| level.id.clone()).unwrap_or_default();
    Recommendation { technology: entry.id.clone(), level, score, reasons }
}

/// What the soft rules of one kind say on the boards that a technology serves, strongest first.
pub(super) fn spoken(entry: &Entry, index: usize, boards: &[Board], kind: Kind) -> Vec<Reason> {
    let serves = |board: &&Board| board.standings[index].vetoes == 0;
    let applies = |rule: &Rule| boards.iter().filter(serves).any(|board| fires(rule, &board.situation));
    let mut rules: Vec<&Rule> = entry.rules.iter().filter(|rule| rule.rule == kind && applies(rule)).collect();
    rules.sort_by_key(|rule| Reverse(rule.weight));
    rules.into_iter().map(|rule| Reason::of(rule, boards)).collect()
}

impl Reason {
    /// The sentence of a rule with those of its facts that are known.
    pub(super) fn of(rule: &Rule, boards: &[Board]) -> Self {
        let mut facts: Vec<String> = Vec::new();
        for fact in rule.when.facts() {
            let known = boards.iter().any(|board| board.situation.knows(fact));
            if known && !facts.iter().any(|id| id == fact.id()) {
                facts.push(fact.id().into());
            }
        }
        Self { text: rule.because.clone(), source: rule.source.clone(), facts }
    }
}

/// What carries or installs the first choices of all targets together and of each.
fn carriers(advice: &Advice, boards: &[Board]) -> Vec<AndThen> {
    let overall = advice.best().into_iter().flat_map(|best| boards.iter().map(move |board| (best, board)));
    let own =
        advice.targets.iter().zip(boards).filter_map(|(target, board)| Some((target.recommendations.first()?, board)));
    let mut found: Vec<AndThen> = Vec::new();
    for (best, board) in overall.chain(own) {
        for combination in combinations() {
            let goes = combination.first.contains(&best.technology)
                && combination.when.fits(|fact| board.situation.get(fact))
                && !found.iter().any(|and_then| and_then.first == best.technology && and_then.then == combination.then);
            if goes {
                found.push(AndThen {
                    first: best.technology.clone(),
                    then: combination.then.clone(),
                    text: combination.because.clone(),
                    source: combination.source.clone(),
                });
            }
        }
    }
    found
}
