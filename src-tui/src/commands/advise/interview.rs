//! The interview: one question at a time, until no answer is likely to change the first choice or enough were put.

use packwright_core::advice::{Advice, Ask};
use packwright_core::facts::{Fact, Facts, Known, Os, Source};
use packwright_core::technologies;

use super::reply::{Said, understand};
use crate::prompt::{Prompt, Reply};
use crate::show::{self, Paint};
use crate::terminal::Terminal;

/// What is known, and what was said about it.
#[derive(Debug)]
pub struct Interview {
    /// What the project shows, and what was known beforehand.
    shown: Facts,
    given: Vec<Given>,
    /// Saved answers that were taken back.
    forgotten: Vec<(Option<Os>, Fact)>,
}

/// One answer.
#[derive(Debug, Clone, PartialEq)]
struct Given {
    os: Option<Os>,
    fact: Fact,
    /// `None` for "I don't know".
    known: Option<Known>,
}

/// How an interview came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// No question is left to be put.
    Done,
    /// No more questions were wanted.
    Enough,
    /// Whoever was asked has left.
    Left,
}

impl Interview {
    /// An interview about what is left open.
    pub fn new(shown: Facts) -> Self {
        Self { shown, given: Vec::new(), forgotten: Vec::new() }
    }

    /// Puts saved answers aside, so that they are asked again.
    pub fn ask_again(&mut self) {
        while self.forget_saved().is_some() {}
    }

    /// Lays what is known from elsewhere over what the project shows.
    pub fn learn(&mut self, facts: &Facts) {
        self.shown.overlay(facts);
    }

    /// The file with saved answers, where there are some.
    pub fn saved_in(&self) -> Option<String> {
        let common = self.shown.common().map(|(_, known)| known);
        let own = self.shown.systems().flat_map(|os| self.shown.own(os).map(|(_, known)| known));
        common.chain(own).find_map(|known| match &known.source {
            Source::Saved { path } => Some(path.clone()),
            _ => None,
        })
    }

    /// Whether nothing was answered.
    pub fn is_untouched(&self) -> bool {
        self.given.is_empty()
    }

    /// Everything that is known now.
    pub fn facts(&self) -> Facts {
        let mut facts = self.shown.clone();
        facts.overlay(&self.answers());
        facts
    }

    /// What was answered in this interview.
    pub fn answers(&self) -> Facts {
        let mut facts = Facts::default();
        for given in &self.given {
            if let Some(known) = &given.known {
                facts.set(given.os, given.fact, known.clone());
            }
        }
        facts
    }

    /// Saved answers that were taken back or put aside.
    pub fn forgotten(&self) -> &[(Option<Os>, Fact)] {
        &self.forgotten
    }

    /// The advice, with a question that was not yet answered by "I don't know".
    pub fn advice(&self) -> Advice {
        technologies::advisor().advise_after(self.given.len(), &self.facts(), &self.skipped())
    }

    /// Asks until there is nothing left to ask, or whoever is asked has had enough.
    pub fn hold(&mut self, terminal: &Terminal, prompt: &Prompt) -> Ending {
        loop {
            let advice = self.advice();
            let Some(ask) = &advice.ask else { return Ending::Done };
            let open = self.open_systems(&advice, ask.fact);
            let place = show::Place { number: self.given.len() + 1, open: &open };
            terminal.note(&show::question(terminal.notes, &advice, ask, &place));
            match reply(terminal, prompt, &advice, ask) {
                Ok(Said::Tags(os, tags)) => self.give(os, ask.fact, Some(Known { tags, source: Source::User })),
                Ok(Said::Undo) => {
                    let taken = self.undo();
                    terminal.note(&format!("{}\n", terminal.notes.faint(&taken)));
                }
                Ok(Said::Enough) => return Ending::Enough,
                Ok(_) => self.give(None, ask.fact, None),
                Err(ending) => return ending,
            }
        }
    }

    fn give(&mut self, os: Option<Os>, fact: Fact, known: Option<Known>) {
        self.given.push(Given { os, fact, known });
    }

    /// Takes the last answer back, else the last that was saved; says which.
    fn undo(&mut self) -> String {
        let taken = self.given.pop().map(|given| (given.os, given.fact)).or_else(|| self.forget_saved());
        match taken {
            Some((Some(os), fact)) => format!("Taken back: {os}:{fact}"),
            Some((None, fact)) => format!("Taken back: {fact}"),
            None => "There is no answer to take back".into(),
        }
    }

    /// Takes the last saved answer out of what is known.
    fn forget_saved(&mut self) -> Option<(Option<Os>, Fact)> {
        let saved = |(_, known): &(Fact, &Known)| matches!(known.source, Source::Saved { .. });
        let own = self
            .shown
            .systems()
            .flat_map(|os| self.shown.own(os).filter(saved).map(move |(fact, _)| (Some(os), fact)).collect::<Vec<_>>());
        let common = self.shown.common().filter(saved).map(|(fact, _)| (None, fact));
        let (os, fact) = common.chain(own).last()?;
        self.shown.unset(os, fact);
        self.forgotten.push((os, fact));
        Some((os, fact))
    }

    fn skipped(&self) -> Vec<Fact> {
        self.given.iter().filter(|given| given.known.is_none()).map(|given| given.fact).collect()
    }

    /// The systems that a question is still open for, where it is answered for others.
    fn open_systems(&self, advice: &Advice, fact: Fact) -> Vec<Os> {
        let facts = self.facts();
        let all = advice.targets.iter().map(|target| target.os);
        let open: Vec<Os> = all.clone().filter(|os| facts.get_for(*os, fact).is_none()).collect();
        if open.len() < all.count() { open } else { Vec::new() }
    }
}

/// Asks until something is understood that leads to another question.
fn reply(terminal: &Terminal, prompt: &Prompt, advice: &Advice, ask: &Ask) -> Result<Said, Ending> {
    let systems: Vec<Os> = advice.targets.iter().map(|target| target.os).collect();
    let systems = if ask.fact.id() == "os" { &[] } else { systems.as_slice() };
    loop {
        let Reply::Line(line) = prompt.ask(terminal, "> ") else { return Err(Ending::Left) };
        match understand(&line, ask, systems) {
            Ok(Said::Why) => terminal.note(&show::leads_to(terminal.notes, advice, ask)),
            Ok(Said::Keys) => terminal.note(&show::keys(terminal.notes, ask, systems)),
            Ok(said) => return Ok(said),
            Err(sentence) => terminal.note(&format!("{}\n", terminal.notes.paint(Paint::Warning, &sentence))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fact(id: &str) -> Fact {
        Fact::named(id).unwrap()
    }

    fn known(id: &str, tag: &str, source: Source) -> Known {
        Known { tags: fact(id).tag_set([tag]).unwrap(), source }
    }

    #[test]
    fn an_answer_counts_until_it_is_taken_back() {
        let mut interview = Interview::new(Facts::default());
        interview.give(None, fact("audience"), Some(known("audience", "end-users", Source::User)));
        interview.give(Some(Os::Windows), fact("limits"), Some(known("limits", "small", Source::User)));
        assert!(interview.facts().has("audience", "end-users"));
        assert_eq!(interview.undo(), "Taken back: windows:limits");
        assert_eq!(interview.undo(), "Taken back: audience");
        assert_eq!(interview.undo(), "There is no answer to take back");
        assert_eq!(interview.facts(), Facts::default());
    }

    #[test]
    fn i_dont_know_is_not_asked_again_until_it_is_taken_back() {
        let mut interview = Interview::new(Facts::default());
        let first = interview.advice().ask.unwrap().fact;
        interview.give(None, first, None);
        assert_ne!(interview.advice().ask.unwrap().fact, first);
        interview.undo();
        assert_eq!(interview.advice().ask.unwrap().fact, first);
    }

    #[test]
    fn saved_answers_can_be_taken_back_and_put_aside() {
        let saved = || Source::Saved { path: "pyproject.toml".into() };
        let mut shown = Facts::default();
        shown.set(None, fact("kind"), known("kind", "cli", Source::line("pyproject.toml", 1)));
        shown.set(None, fact("audience"), known("audience", "end-users", saved()));
        shown.set(Some(Os::Windows), fact("limits"), known("limits", "small", saved()));
        let mut interview = Interview::new(shown);
        assert_eq!(interview.undo(), "Taken back: windows:limits");
        interview.ask_again();
        assert_eq!(interview.forgotten(), [(Some(Os::Windows), fact("limits")), (None, fact("audience"))]);
        assert!(interview.facts().has("kind", "cli"));
    }
}
