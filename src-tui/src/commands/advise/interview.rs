//! The interview: one question at a time, until no answer is likely to change the first choice or enough were put.

use packwright_core::advice::{Advice, Ask};
use packwright_core::facts::{Fact, Facts, Known, Os, Source};
use packwright_core::problem::Problem;
use packwright_core::session::{Asking, Intent, View};

use super::reply::{Said, understand};
use crate::prompt::{Prompt, Reply};
use crate::script::Script;
use crate::show::{self, Paint};
use crate::terminal::Terminal;

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

/// Asks until there is nothing left to ask, or whoever is asked has had enough.
pub fn hold(script: &mut Script, terminal: &Terminal, prompt: &Prompt) -> Result<Ending, Problem> {
    loop {
        let View { advice: Some(advice), facts, asking, .. } = script.view() else { return Ok(Ending::Done) };
        let Some(ask) = advice.ask.clone() else { return Ok(Ending::Done) };
        let place = show::Place { number: asking.answered().count() + 1, open: &open_systems(advice, facts, ask.fact) };
        terminal.note(&show::question(terminal.notes, advice, &ask, &place));
        let said = match reply(terminal, prompt, advice, &ask) {
            Ok(said) => said,
            Err(ending) => return Ok(ending),
        };
        match said {
            Said::Tags(os, tags) => {
                let mut facts = Facts::default();
                facts.set(os, ask.fact, Known { tags, source: Source::User });
                script.say(Intent::Answer { facts })?;
            }
            Said::Facts(facts) => script.say(Intent::Answer { facts })?,
            Said::Undo => {
                let before = asking.clone();
                script.say(Intent::Undo { saved: true })?;
                let taken = taken_back(&before, &script.view().asking);
                terminal.note(&format!("{}\n", terminal.notes.faint(&taken)));
            }
            Said::Enough => return Ok(Ending::Enough),
            Said::Unknown | Said::Why | Said::Keys => script.say(Intent::Skip { fact: ask.fact })?,
        }
    }
}

/// The file with saved answers, where there are some.
pub fn saved_in(facts: &Facts) -> Option<&str> {
    let common = facts.common().map(|(_, known)| known);
    let own = facts.systems().flat_map(|os| facts.own(os).map(|(_, known)| known));
    common.chain(own).find_map(|known| match &known.source {
        Source::Saved { path } => Some(path.as_str()),
        _ => None,
    })
}

/// What is not there any more of what was said.
fn taken_back(before: &Asking, after: &Asking) -> String {
    let given = before.given.last().filter(|_| after.given.len() < before.given.len());
    let forgotten = after.forgotten.last().filter(|_| after.forgotten.len() > before.forgotten.len());
    match given.map(|given| (given.os, given.fact)).or(forgotten.copied()) {
        Some((Some(os), fact)) => format!("Taken back: {os}:{fact}"),
        Some((None, fact)) => format!("Taken back: {fact}"),
        None => "There is no answer to take back".into(),
    }
}

/// The systems that a question is still open for, where it is answered for others.
fn open_systems(advice: &Advice, facts: &Facts, fact: Fact) -> Vec<Os> {
    let all = advice.targets.iter().map(|target| target.os);
    let open: Vec<Os> = all.clone().filter(|os| facts.get_for(*os, fact).is_none()).collect();
    if open.len() < all.count() { open } else { Vec::new() }
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

    #[test]
    fn whoever_takes_something_back_is_told_what() {
        let mut shown = Facts::default();
        let audience = Fact::named("audience").unwrap();
        let source = Source::Saved { path: "pyproject.toml".into() };
        shown.set(None, audience, Known { tags: audience.tag_set(["end-users"]).unwrap(), source });
        assert_eq!(saved_in(&shown), Some("pyproject.toml"));
        let mut asking = Asking::default();
        let mut facts = Facts::default();
        facts.assign("windows:limits=small").unwrap();
        asking.answer(&facts);
        for said in ["Taken back: windows:limits", "Taken back: audience", "There is no answer to take back"] {
            let before = asking.clone();
            asking.undo(&mut shown, true);
            assert_eq!(taken_back(&before, &asking), said);
        }
    }
}
