//! The interview: the question whose answers would change the first choice most, until none would.

use serde::{Deserialize, Serialize};

use super::Advisor;
use super::standing::{Board, leader};
use crate::catalogue::{Question, Questionnaire, Several};
use crate::facts::{Fact, Tags};

/// A question to be put to the user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ask {
    /// The fact its answer sets.
    pub fact: Fact,
    /// The question in plain words.
    pub question: String,
    /// Why it matters, one sentence.
    pub why: String,
    /// Whether several answers can be given.
    pub several: bool,
    /// The answers.
    pub choices: Vec<AskChoice>,
}

/// One answer to a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskChoice {
    /// The tag it sets.
    pub tag: String,
    /// The answer in plain words.
    pub text: String,
    /// What follows from it.
    pub consequence: String,
    /// The first choice if this were the answer; `None` when nothing would fit.
    pub leads_to: Option<String>,
}

/// The next question, or `None` when no answer to one question or to a listed pair changes the first choice.
pub(super) fn next_question(advisor: &Advisor, boards: &[Board], skipped: &[Fact]) -> Option<Ask> {
    let interview = Interview { advisor, skipped, leader: leader(boards) };
    let single = interview.most_decisive(boards);
    let question = single.or_else(|| interview.first_of_a_pair(boards))?;
    Some(interview.ask(question, boards))
}

struct Interview<'a> {
    advisor: &'a Advisor,
    skipped: &'a [Fact],
    leader: Option<usize>,
}

impl Interview<'_> {
    /// The open question with the largest share of answers that change the first choice; the earlier among equals.
    fn most_decisive(&self, boards: &[Board]) -> Option<&'static Question> {
        let mut best: Option<(&Question, usize)> = None;
        for question in Questionnaire::get().questions.iter().filter(|question| self.is_open(question, boards)) {
            let changed = self.changes(question, boards);
            // "I don't know" is always an answer too, and changes nothing.
            let share = |question: &Question, changed: usize| changed * 1000 / (question.choices.len() + 1);
            if changed > 0 && best.is_none_or(|(other, most)| share(question, changed) > share(other, most)) {
                best = Some((question, changed));
            }
        }
        best.map(|(question, _)| question)
    }

    /// The first question of a listed pair of which answers to both together change the first choice.
    fn first_of_a_pair(&self, boards: &[Board]) -> Option<&'static Question> {
        let questionnaire = Questionnaire::get();
        let pairs = questionnaire.pairs.iter();
        let mut open = pairs
            .filter_map(|(first, second)| Some((questionnaire.of(*first)?, questionnaire.of(*second)?)))
            .filter(|(first, _)| self.is_open(first, boards));
        open.find(|(first, second)| {
            tags(first).any(|answer| {
                let answered = self.answered(boards, first.fact, answer);
                self.is_open(second, &answered) && self.changes(second, &answered) > 0
            })
        })
        .map(|(first, _)| first)
    }

    /// Whether a question is unanswered on some board, makes sense there, and was not skipped.
    fn is_open(&self, question: &Question, boards: &[Board]) -> bool {
        let asks = |board: &Board| {
            !board.situation.knows(question.fact) && question.when.fits(|fact| board.situation.get(fact))
        };
        !self.skipped.contains(&question.fact) && boards.iter().any(asks)
    }

    /// How many answers lead to another first choice.
    fn changes(&self, question: &Question, boards: &[Board]) -> usize {
        tags(question).filter(|answer| leader(&self.answered(boards, question.fact, *answer)) != self.leader).count()
    }

    /// The boards after an answer, which reaches those that do not know the fact yet.
    fn answered(&self, boards: &[Board], fact: Fact, answer: Tags) -> Vec<Board> {
        let mut boards = boards.to_vec();
        for board in boards.iter_mut().filter(|board| !board.situation.knows(fact)) {
            board.set(self.advisor, fact, answer);
        }
        boards
    }

    fn ask(&self, question: &Question, boards: &[Board]) -> Ask {
        let name = |index: usize| self.advisor.entries()[index].id.clone();
        let choices = question.choices.iter().zip(tags(question)).map(|(choice, answer)| AskChoice {
            tag: choice.tag.clone(),
            text: choice.text.clone(),
            consequence: choice.consequence.clone(),
            leads_to: leader(&self.answered(boards, question.fact, answer)).map(name),
        });
        Ask {
            fact: question.fact,
            question: question.ask.clone(),
            why: question.why.clone(),
            several: question.several != Several::Never,
            choices: choices.collect(),
        }
    }
}

/// The answers of a question as sets of one tag: its choices are the tags of the fact, in order.
fn tags(question: &Question) -> impl Iterator<Item = Tags> {
    question.fact.tags().map(|tag| Tags::default().with(tag))
}
