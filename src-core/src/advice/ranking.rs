//! From standings to the answer people read: rankings, reasons, what was ruled out, combinations.

use std::cmp::Reverse;

use super::answer::{Advice, AndThen, Reason, Recommendation, RuledOut, TargetAdvice};
use super::given::Given;
use super::rules::Rules;
use super::standing::{Board, Order, Rank, fires, total};
use crate::catalogue::{Combination, Entry, Kind, Rule, combinations, level_of};

/// What speaks for a first choice of which no rule says anything: the principle between equals.
const LIGHTEST: &str = "It is the lightest way that nothing known speaks against";
/// What speaks for another one.
const NOTHING_AGAINST: &str = "Nothing known speaks against it";
/// What speaks for one that only rules against it mention.
const NOT_RULED_OUT: &str = "Nothing known rules it out";
/// What all three rest on.
const GRADIENT: &str = "https://packaging.python.org/en/latest/overview/#depending-on-a-pre-installed-python";

/// The rankings of these boards; the next question is left open.
pub(super) fn rank(rules: &Rules, boards: &[Board], given: Given) -> Advice {
    let (recommendations, ruled_out) = split(rules, boards, given);
    let targets = boards
        .iter()
        .filter_map(|board| {
            let (recommendations, ruled_out) = split(rules, std::slice::from_ref(board), given);
            Some(TargetAdvice { os: board.os?, recommendations, ruled_out })
        })
        .collect();
    let (facts, outlook) = (given.facts.clone(), given.outlook.clone());
    let mut advice = Advice { recommendations, ruled_out, targets, facts, outlook, ..Advice::default() };
    advice.and_then = carriers(rules, &advice, boards);
    advice
}

/// The technologies that serve any of the boards, with their rank, best first.
pub(super) fn fitting(rules: &Rules, boards: &[Board]) -> Vec<(Rank, usize)> {
    let order = Order::of(boards);
    let stands = |index| Some((order.rank(boards, index)?, index));
    let mut fitting: Vec<_> = (0..rules.entries().len()).filter_map(stands).collect();
    fitting.sort_by_key(|(rank, index)| (Reverse(*rank), *index));
    fitting
}

/// What fits these boards, best first, and what serves none of them.
fn split(rules: &Rules, boards: &[Board], given: Given) -> (Vec<Recommendation>, Vec<RuledOut>) {
    let serves_none = |index: &usize| total(boards, *index).0 == 0;
    let ruled_out = (0..rules.entries().len()).filter(serves_none).filter_map(|index| {
        let entry = rules.entries()[index];
        let rule = boards.iter().find_map(|board| veto(entry, board))?;
        let (because, source) = (rule.because.clone(), rule.source.clone());
        Some(RuledOut { technology: entry.id.clone(), because, source })
    });
    let recommend = |(place, (rank, index)): (usize, (Rank, usize))| {
        let entry = rules.entries()[index];
        let needs = given.outlook.needs.get(&entry.id).cloned().map(Box::new);
        Recommendation { needs, ..recommendation(entry, index, rank.score, place == 0, boards) }
    };
    (fitting(rules, boards).into_iter().enumerate().map(recommend).collect(), ruled_out.collect())
}

/// The first hard rule that takes a technology out on a board.
pub(super) fn veto<'a>(entry: &'a Entry, board: &Board) -> Option<&'a Rule> {
    entry.rules.iter().find(|rule| rule.rule == Kind::RuleOut && fires(rule, &board.situation))
}

fn recommendation(entry: &Entry, index: usize, score: i32, is_first: bool, boards: &[Board]) -> Recommendation {
    let mut reasons = spoken(entry, index, boards, Kind::Favour);
    if reasons.is_empty() {
        let text = match spoken(entry, index, boards, Kind::Disfavour).is_empty() {
            true if is_first => LIGHTEST,
            true => NOTHING_AGAINST,
            false => NOT_RULED_OUT,
        };
        reasons.push(Reason { text: text.into(), source: GRADIENT.into(), facts: Vec::new() });
    }
    let level = level_of(&entry.id).map(|level| level.id.clone()).unwrap_or_default();
    Recommendation { technology: entry.id.clone(), level, score, reasons, needs: None }
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

/// What carries or installs the first choices of all targets together and of each; for those that bring nothing of their
/// own, what they carry.
fn carriers(rules: &Rules, advice: &Advice, boards: &[Board]) -> Vec<AndThen> {
    let overall = boards.iter().map(|board| (&advice.recommendations, board));
    let own = advice.targets.iter().zip(boards).map(|(target, board)| (&target.recommendations, board));
    let mut found: Vec<AndThen> = Vec::new();
    for (ranking, board) in overall.chain(own) {
        let Some(best) = ranking.first() else { continue };
        let onward = combinations().iter().filter(|combination| {
            combination.first.contains(&best.technology)
                && combination.when.fits(|fact| board.situation.get(fact))
                && can_follow(ranking, &combination.then)
        });
        let onward = onward.map(|combination| (best.technology.as_str(), combination));
        for (first, combination) in onward.chain(carried(rules, ranking)) {
            if !found.iter().any(|and_then| and_then.first == first && and_then.then == combination.then) {
                found.push(AndThen {
                    first: first.into(),
                    then: combination.then.clone(),
                    text: combination.because.clone(),
                    source: combination.source.clone(),
                });
            }
        }
    }
    found
}

/// Whether a technology is worth naming behind another: it fits where that one does, and the project lacks nothing for it.
fn can_follow(ranking: &[Recommendation], then: &str) -> bool {
    ranking.iter().any(|one| one.technology == then && one.needs.is_none())
}

/// The best of what a first choice carries that brings nothing of its own.
fn carried<'a>(rules: &Rules, ranking: &'a [Recommendation]) -> Option<(&'a str, &'static Combination)> {
    let best = ranking.first()?;
    rules.entries().iter().find(|entry| entry.id == best.technology && entry.brings.is_empty())?;
    ranking.iter().filter(|other| other.needs.is_none()).find_map(|other| {
        let fits = |combination: &&Combination| {
            combination.then == best.technology && combination.first.contains(&other.technology)
        };
        Some((other.technology.as_str(), combinations().iter().find(fits)?))
    })
}
