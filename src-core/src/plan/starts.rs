//! What a trial starts, in words: whoever agrees to it must know.

use super::{Check, Pick, Piece, ToolRef, Word};
use crate::facts::Trial;
use crate::problem::{count, listing};

/// How many attempts are named; there may be thousands.
const NAMED: usize = 3;
/// How many letters of a command are shown; a project chooses its arguments.
const LONGEST: usize = 200;

impl Check {
    /// What trying it starts, as a sentence without its subject, for example "installs it, then starts `app --version`".
    /// `None` where nothing is tried.
    pub fn starts(&self) -> Option<String> {
        let started = match &self.trial {
            Trial::None { .. } => return None,
            Trial::Arguments { attempts } => format!("starts {}", self.attempts(attempts)),
            Trial::Http { arguments, .. } => format!("starts {} and asks it over HTTP", self.with(arguments)),
            Trial::Window { .. } => format!("starts {} and waits for its window", self.with(&[])),
            Trial::Import { modules } => {
                let modules: Vec<String> = modules.iter().map(|module| format!("`{module}`")).collect();
                format!("imports {}", cut(listing(&modules)))
            }
        };
        Some(if self.prepare.is_empty() { started } else { format!("installs it, then {started}") })
    }

    fn attempts(&self, attempts: &[Vec<String>]) -> String {
        let named: Vec<String> = attempts.iter().take(NAMED).map(|arguments| self.with(arguments)).collect();
        let more = attempts.len().saturating_sub(NAMED);
        let more = if more > 0 { format!(", and {}", count(more, "more attempt")) } else { String::new() };
        format!("{}{more}", named.join(", or else "))
    }

    /// The program with its arguments, as somebody would type it.
    fn with(&self, arguments: &[String]) -> String {
        let words = self.subject.args.iter().map(word);
        let words = std::iter::once(tool(&self.subject.tool)).chain(words).chain(arguments.iter().cloned());
        let text = words.collect::<Vec<_>>().join(" ");
        format!("`{}`", cut(text))
    }
}

fn cut(mut text: String) -> String {
    if let Some((end, _)) = text.char_indices().nth(LONGEST) {
        text.truncate(end);
        text.push_str(" …");
    }
    text
}

fn word(word: &Word) -> String {
    word.0.iter().map(piece).collect()
}

fn piece(piece: &Piece) -> String {
    match piece {
        Piece::Text(text) | Piece::Port(text) | Piece::Secret(text) => text.clone(),
        Piece::Source(path) | Piece::Out(path) | Piece::Scratch(path) => last(path),
        Piece::Output(_, pick) => picked(pick),
        Piece::Tool(reference) => tool(reference),
    }
}

fn tool(tool: &ToolRef) -> String {
    match tool {
        ToolRef::Built { pick, .. } => picked(pick),
        ToolRef::Prepared { path } => last(path),
        ToolRef::Python { .. } => "python".into(),
        other => other.name().to_owned(),
    }
}

fn picked(pick: &Pick) -> String {
    match pick {
        Pick::Folder => ".".into(),
        Pick::Path(path) | Pick::One(path) | Pick::All(path) => last(path),
    }
}

fn last(path: &str) -> String {
    path.rsplit('/').next().unwrap_or(path).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Action, Command, Outcome, Room, StepId};

    fn check(trial: Trial) -> Check {
        let step = StepId::of(&Action::Fetch { files: Vec::new() });
        let subject = Command::new(
            ToolRef::Python { version: "3.11.7".into() },
            [Word::output(&step, Pick::Path("out/app.pyz".into()))],
        );
        let room = Room::bare();
        Check {
            title: "x".into(),
            room,
            prepare: Vec::new(),
            subject,
            trial,
            success: Outcome::Ran,
            inputs: Vec::new(),
        }
    }

    #[test]
    fn a_trial_says_what_it_starts_with_which_arguments() {
        let said = |trial| check(trial).starts().unwrap_or_default();
        let attempts = |all: &[&str]| all.iter().map(|one| vec![(*one).to_owned()]).collect();
        let arguments = Trial::Arguments { attempts: attempts(&["--version", "--help"]) };
        assert_eq!(said(arguments.clone()), "starts `python app.pyz --version`, or else `python app.pyz --help`");
        let many = said(Trial::Arguments { attempts: attempts(&["1", "2", "3", "4", "5"]) });
        assert!(many.ends_with("`python app.pyz 3`, and 2 more attempts"), "{many}");
        let long = said(Trial::Arguments { attempts: attempts(&["ä".repeat(5_000).as_str()]) });
        assert!(long.ends_with("ää …`") && long.chars().count() < 250, "{long}");
        assert_eq!(said(Trial::Import { modules: vec!["a".into(), "b".into()] }), "imports `a` and `b`");
        assert_eq!(said(Trial::None { because: "no".into() }), "");
        let mut installed = check(arguments);
        let tool = ToolRef::Prepared { path: "venv/bin/app".into() };
        installed.prepare = vec![installed.subject.clone()];
        installed.subject = Command::new(tool, [] as [&str; 0]);
        assert_eq!(installed.starts().unwrap(), "installs it, then starts `app --version`, or else `app --help`");
    }
}
