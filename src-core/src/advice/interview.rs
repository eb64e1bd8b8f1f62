//! The interview: the question whose answer tells most about what will come first, until no answer changes that.

use super::ask::{Ask, AskChoice};
use super::chances::{chances, divergence};
use super::consistency::{likelihoods, possible};
use super::rules::Rules;
use super::standing::{Board, leader};
use crate::catalogue::{Question, Questionnaire, Several};
use crate::facts::{Fact, Tag, Tags};

/// Each question counts this much less than the one before it in the questionnaire, which begins with what everybody knows.
const LATER: f64 = 0.88;
/// Questions that may be answered with "I don't know" before anything changes.
const FREE: u32 = 1;
/// How much more probable it must be, for each further "I don't know", that the next answer changes the first choice.
const STRICTER: f64 = 0.4;

/// The next question, or `None` when no answer to one question or to a pair of them changes the first choice, or none of
/// the questions that may be put is `left`.
///
/// Answers that contradict what is known do not count. Who often says "I don't know" is only asked what probably matters.
pub(super) fn next_question(rules: &Rules, boards: &[Board], skipped: &[Fact], left: usize) -> Option<Ask> {
    let further = left.checked_sub(1)?;
    let interview = Interview { rules, skipped, leader: leader(boards) };
    let (question, others) = interview.next(boards)?;
    Some(interview.ask(question, boards, others.min(further)))
}

/// The fact of the next question.
pub(super) fn next_fact(rules: &Rules, boards: &[Board], skipped: &[Fact], left: usize) -> Option<Fact> {
    left.checked_sub(1)?;
    let interview = Interview { rules, skipped, leader: leader(boards) };
    interview.next(boards).map(|(question, _)| question.fact)
}

struct Interview<'a> {
    rules: &'a Rules,
    skipped: &'a [Fact],
    leader: Option<usize>,
}

/// A question that can change the first choice, and what it is worth to ask it now.
struct Decisive {
    question: &'static Question,
    worth: f64,
}

impl Interview<'_> {
    /// The question to ask now, and how many others could change the first choice too.
    fn next(&self, boards: &[Board]) -> Option<(&'static Question, usize)> {
        let decisive = self.decisive(boards);
        // The earlier question among equals, which `max_by` alone would not give.
        let best = decisive.iter().rev().max_by(|one, other| one.worth.total_cmp(&other.worth));
        match best {
            Some(best) => Some((best.question, decisive.len() - 1)),
            None => Some((self.first_of_a_pair(boards)?, 0)),
        }
    }

    /// The open questions of which an answer changes the first choice, where that is probable enough.
    fn decisive(&self, boards: &[Board]) -> Vec<Decisive> {
        let mut found = Vec::new();
        let mut order = 1.0;
        for question in &Questionnaire::get().questions {
            order *= LATER;
            if !self.is_open(question, boards) {
                continue;
            }
            let answers = self.answers(question, boards);
            let change = self.change(&answers);
            if change > 0.0 && change >= self.floor() {
                let told: Vec<_> = answers.iter().map(|(share, boards)| (*share, chances(boards))).collect();
                found.push(Decisive { question, worth: order * divergence(&told) });
            }
        }
        found
    }

    /// How probable a change of the first choice must be to be worth a question.
    fn floor(&self) -> f64 {
        let skipped = u32::try_from(self.skipped.len()).unwrap_or(u32::MAX);
        STRICTER * f64::from(skipped.saturating_sub(FREE))
    }

    /// How probable it is that one of these answers changes the first choice.
    fn change(&self, answers: &[(f64, Vec<Board>)]) -> f64 {
        answers.iter().filter(|(_, boards)| leader(boards) != self.leader).map(|(share, _)| share).sum()
    }

    /// A question that changes nothing alone, but together with another one: of all pairs that a rule mentions or the
    /// questionnaire lists, the first question of the pair that most probably changes the first choice.
    fn first_of_a_pair(&self, boards: &[Board]) -> Option<&'static Question> {
        if !self.skipped.is_empty() {
            return None;
        }
        let questions = &Questionnaire::get().questions;
        let mut best: Option<(&Question, f64)> = None;
        for first in questions.iter().filter(|question| self.is_open(question, boards)) {
            let answers = self.answers(first, boards);
            for second in questions.iter().filter(|second| self.matters_with(first, second)) {
                let change = self.change_by_both(&answers, second);
                if change > 0.0 && best.is_none_or(|(_, most)| change > most) {
                    best = Some((first, change));
                }
            }
        }
        best.map(|(question, _)| question)
    }

    /// How probable it is that one of these answers changes the first choice together with an answer to another question.
    fn change_by_both(&self, answers: &[(f64, Vec<Board>)], second: &Question) -> f64 {
        let open = answers.iter().filter(|(_, boards)| self.is_open(second, boards));
        open.map(|(share, boards)| share * self.change(&self.answers(second, boards))).sum()
    }

    /// Whether two questions may matter only together.
    fn matters_with(&self, first: &Question, second: &Question) -> bool {
        let listed = &Questionnaire::get().pairs;
        first.fact != second.fact
            && (self.rules.mention_both(first.fact, second.fact) || listed.contains(&(first.fact, second.fact)))
    }

    /// Whether a question is unanswered on some board, makes sense there, and was not skipped.
    fn is_open(&self, question: &Question, boards: &[Board]) -> bool {
        let asks = |board: &Board| {
            !board.situation.is_settled(question.fact) && question.when.fits(|fact| board.situation.get(fact))
        };
        !self.skipped.contains(&question.fact) && boards.iter().any(asks)
    }

    /// The answers that contradict nothing on some board where the question is open: how probable each is, and the boards
    /// after it.
    fn answers(&self, question: &Question, boards: &[Board]) -> Vec<(f64, Vec<Board>)> {
        let mut weights = vec![0.0; question.choices.len()];
        for board in boards.iter().filter(|board| !board.situation.is_settled(question.fact)) {
            let here = likelihoods(&board.situation, &possible(&board.situation), question.fact);
            for (weight, more) in weights.iter_mut().zip(here) {
                *weight += more;
            }
        }
        let all: f64 = weights.iter().sum();
        let likely = question.fact.tags().zip(weights).filter(|(_, weight)| *weight > 0.0);
        likely.map(|(tag, weight)| (weight / all, self.answered(boards, tag))).collect()
    }

    /// The boards after an answer, which reaches those that do not know the fact yet.
    fn answered(&self, boards: &[Board], tag: Tag) -> Vec<Board> {
        let mut boards = boards.to_vec();
        for board in boards.iter_mut().filter(|board| !board.situation.is_settled(tag.fact())) {
            board.set(self.rules, tag.fact(), Tags::default().with(tag));
        }
        boards
    }

    fn ask(&self, question: &Question, boards: &[Board], others: usize) -> Ask {
        let name = |index: usize| self.rules.entries()[index].id.clone();
        // Choices are the tags of the fact, in order.
        let choices = question.choices.iter().zip(question.fact.tags()).map(|(choice, tag)| AskChoice {
            tag: choice.tag.clone(),
            text: choice.text.clone(),
            consequence: choice.consequence.clone(),
            leads_to: leader(&self.answered(boards, tag)).map(name),
        });
        Ask {
            fact: question.fact,
            question: question.ask.clone(),
            why: question.why.clone(),
            several: question.several != Several::Never,
            choices: choices.collect(),
            others,
        }
    }
}
