//! How a first choice came about: the way down the gradient, reasons, caveats, and what would change it.

use serde::{Deserialize, Serialize};

use super::answer::Reason;
use super::consistency::contradicting;
use super::ranking::{spoken, veto};
use super::rules::Rules;
use super::standing::{Board, leader, total};
use crate::catalogue::{Kind, Level, Questionnaire, level_of, levels};
use crate::facts::{Fact, Facts, Tags};

/// How many reasons are told.
const STRONGEST: usize = 3;

/// The story of a first choice.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    /// The first choice; `None` when nothing fits.
    pub technology: Option<String>,
    /// The way down the gradient: each lighter rung and why it was passed, then the rung that was chosen.
    pub path: Vec<Rung>,
    /// The three strongest reasons.
    pub reasons: Vec<Reason>,
    /// What speaks against it all the same.
    pub caveats: Vec<Reason>,
    /// Facts that, if they were otherwise, would give another first choice.
    pub what_if: Vec<WhatIf>,
}

/// One rung on the way down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rung {
    /// Its id.
    pub level: String,
    /// Its name.
    pub title: String,
    /// Whether the first choice is here.
    pub chosen: bool,
    /// Why it was passed, or what it is.
    pub because: String,
    /// The address it rests on.
    pub source: String,
}

/// One fact flipped, and the first choice it would give.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WhatIf {
    /// The fact.
    pub fact: Fact,
    /// The tag it would have.
    pub tag: String,
    /// That answer in plain words.
    pub text: String,
    /// The first choice then; `None` when nothing would fit.
    pub technology: Option<String>,
}

/// Explains the first choice of these boards.
pub(super) fn explain(rules: &Rules, boards: &[Board], facts: &Facts) -> Explanation {
    let chosen = leader(boards);
    let (mut reasons, caveats) = chosen.map_or_else(Default::default, |index| {
        let entry = rules.entries()[index];
        (spoken(entry, index, boards, Kind::Favour), spoken(entry, index, boards, Kind::Disfavour))
    });
    reasons.truncate(STRONGEST);
    Explanation {
        technology: chosen.map(|index| rules.entries()[index].id.clone()),
        path: path(rules, boards, chosen),
        reasons,
        caveats,
        what_if: what_if(rules, boards, facts, chosen),
    }
}

/// The rungs down to the chosen one, or all of them when nothing fits. Rungs without a technology are left out.
fn path(rules: &Rules, boards: &[Board], chosen: Option<usize>) -> Vec<Rung> {
    let goal = chosen.and_then(|index| level_of(&rules.entries()[index].id));
    let mut path = Vec::new();
    for level in levels() {
        if goal == Some(level) {
            path.push(rung(level, true, level.text.clone(), level.source.clone()));
            break;
        }
        path.extend(passed(rules, boards, level, chosen));
    }
    path
}

fn rung(level: &Level, chosen: bool, because: String, source: String) -> Rung {
    Rung { level: level.id.clone(), title: level.title.clone(), chosen, because, source }
}

/// Why a rung was passed: what ruled all of it out, or what speaks against the best of what is left.
fn passed(rules: &Rules, boards: &[Board], level: &Level, chosen: Option<usize>) -> Option<Rung> {
    let here = rules.entries().iter().enumerate().filter(|(_, entry)| level_of(&entry.id) == Some(level));
    let here: Vec<_> = here.map(|(index, entry)| (index, *entry)).collect();
    let standing = here.iter().filter(|(index, _)| total(boards, *index).0 > 0);
    let Some((index, best)) = standing.max_by_key(|(index, _)| total(boards, *index)) else {
        let vetoes: Vec<_> =
            here.iter().filter_map(|(_, entry)| boards.iter().find_map(|board| veto(entry, board))).collect();
        let shared = |because: &str| vetoes.iter().filter(|rule| rule.because == because).count();
        let rule = vetoes.iter().rev().max_by_key(|rule| shared(&rule.because))?;
        return Some(rung(level, false, rule.because.clone(), rule.source.clone()));
    };
    let against = spoken(best, *index, boards, Kind::Disfavour).into_iter().next();
    let (because, source) = against.map_or_else(
        || {
            let winner = chosen.map_or("another", |index| rules.entries()[index].name.as_str());
            (format!("{} would do, but {winner} fits better", best.name), level.source.clone())
        },
        |reason| (reason.text, reason.source),
    );
    Some(rung(level, false, because, source))
}

/// Every other answer to what is known that would change the first choice, in the order of the questions. Answers that
/// cannot hold beside the rest of what is known are no cases to think of.
fn what_if(rules: &Rules, boards: &[Board], facts: &Facts, chosen: Option<usize>) -> Vec<WhatIf> {
    let said = contradicting(boards).len();
    let mut found = Vec::new();
    for question in &Questionnaire::get().questions {
        let Some(known) = facts.get(question.fact) else { continue };
        for (choice, tag) in question.choices.iter().zip(question.fact.tags()) {
            if known.tags.has(tag) {
                continue;
            }
            let after = flipped(rules, boards, question.fact, Tags::default().with(tag));
            let leading = leader(&after);
            if leading != chosen && contradicting(&after).len() <= said {
                found.push(WhatIf {
                    fact: question.fact,
                    tag: choice.tag.clone(),
                    text: choice.text.clone(),
                    technology: leading.map(|index| rules.entries()[index].id.clone()),
                });
            }
        }
    }
    found
}

/// The boards with a fact set to something else. Another system is one target in place of all.
fn flipped(rules: &Rules, boards: &[Board], fact: Fact, tags: Tags) -> Vec<Board> {
    let kept = if fact.id() == "os" { 1 } else { boards.len() };
    let mut boards = boards[..kept.min(boards.len())].to_vec();
    for board in &mut boards {
        board.set(rules, fact, tags);
    }
    boards
}
