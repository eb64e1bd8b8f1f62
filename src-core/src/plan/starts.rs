//! What a trial starts, in words: whoever agrees to it must know.

use super::{Act, Command, Piece, Proof, Word};
use crate::facts::Trial;
use crate::problem::{count, listing};

/// How many attempts are named; there may be thousands.
const NAMED: usize = 3;
/// How many letters of a command are shown; a project chooses its arguments.
const LONGEST: usize = 200;

impl Proof {
    /// What trying it starts, as a sentence without its subject, for example "installs it, then starts `app --version`".
    /// `None` where nothing is tried.
    pub fn starts(&self) -> Option<String> {
        let is_furnished = self.acts.iter().take_while(|act| !matches!(act, Act::Start { .. })).any(is_done);
        let parts: Vec<String> = self.acts.iter().filter_map(started).collect();
        let Some((_, trial)) = self.started() else {
            let commands: Vec<String> = self
                .acts
                .iter()
                .filter(|act| !is_survey(act))
                .filter_map(Act::command)
                .take(NAMED)
                .map(|command| with(command, &[]))
                .collect();
            let runs = (!commands.is_empty()).then(|| format!("runs {}", listing(&commands)));
            let looks = self.acts.iter().filter(|act| is_survey(act)).filter_map(started);
            let all: Vec<String> = runs.into_iter().chain(looks).collect();
            return (!all.is_empty()).then(|| listing(&all));
        };
        let is_tried = !matches!(trial, Trial::None { .. });
        if parts.is_empty() || !(is_tried || self.acts.iter().any(is_survey)) {
            return None;
        }
        let started = listing(&parts);
        Some(if is_furnished { format!("installs it, then {started}") } else { started })
    }
}

fn is_done(act: &Act) -> bool {
    matches!(act, Act::Do { .. })
}

fn is_survey(act: &Act) -> bool {
    matches!(act, Act::Survey { .. })
}

/// What an act starts of the program itself.
fn started(act: &Act) -> Option<String> {
    match act {
        Act::Start { subject, trial, .. } => tried(subject, trial),
        Act::Survey { .. } => Some("imports the modules that are in it".into()),
        Act::Help { .. } => Some("asks each of its commands for `--help`".into()),
        Act::Do { .. } | Act::Beside { .. } | Act::Untouched { .. } => None,
    }
}

fn tried(subject: &Command, trial: &Trial) -> Option<String> {
    Some(match trial {
        Trial::None { .. } => return None,
        Trial::Arguments { attempts } => format!("starts {}", attempted(subject, attempts)),
        Trial::Http { arguments, .. } => format!("starts {} and asks it over HTTP", with(subject, arguments)),
        Trial::Window { .. } => format!("starts {} and waits for its window", with(subject, &[])),
        Trial::Import { modules } => {
            let modules: Vec<String> = modules.iter().map(|module| format!("`{module}`")).collect();
            format!("imports {}", cut(listing(&modules)))
        }
    })
}

fn attempted(subject: &Command, attempts: &[Vec<String>]) -> String {
    let named: Vec<String> = attempts.iter().take(NAMED).map(|arguments| with(subject, arguments)).collect();
    let more = attempts.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(", and {}", count(more, "more attempt")) } else { String::new() };
    format!("{}{more}", named.join(", or else "))
}

/// The program with its arguments, as somebody would type it.
fn with(subject: &Command, arguments: &[String]) -> String {
    let words = subject.args.iter().map(word);
    let words = std::iter::once(subject.name()).chain(words).chain(arguments.iter().cloned());
    let text = words.collect::<Vec<_>>().join(" ");
    format!("`{}`", cut(text))
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
        Piece::Text(text) | Piece::Secret(text) | Piece::Mirrors(text) => text.clone(),
        Piece::Source(path) | Piece::Out(path) | Piece::Scratch(path) => last(path),
        Piece::Output(_, pick) => pick.file_name().unwrap_or(".").to_owned(),
        Piece::Tool(tool) => tool.name().to_owned(),
    }
}

fn last(path: &str) -> String {
    path.rsplit('/').next().unwrap_or(path).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Action, Outcome, Pick, Room, StepId, ToolRef};

    fn proof(trial: Trial) -> Proof {
        let step = StepId::of(&Action::Fetch { files: Vec::new() });
        let python = ToolRef::Python { version: "3.11.7".into() };
        let subject = Command::new(python, [Word::output(&step, Pick::Path("out/app.pyz".into()))]);
        Proof::new("x", Room::bare(), Outcome::Ran).start(subject, trial)
    }

    #[test]
    fn a_trial_says_what_it_starts_with_which_arguments() {
        let said = |trial| proof(trial).starts().unwrap_or_default();
        let attempts = |all: &[&str]| all.iter().map(|one| vec![(*one).to_owned()]).collect();
        let arguments = Trial::Arguments { attempts: attempts(&["--version", "--help"]) };
        assert_eq!(said(arguments.clone()), "starts `python app.pyz --version`, or else `python app.pyz --help`");
        let many = said(Trial::Arguments { attempts: attempts(&["1", "2", "3", "4", "5"]) });
        assert!(many.ends_with("`python app.pyz 3`, and 2 more attempts"), "{many}");
        let long = said(Trial::Arguments { attempts: attempts(&["ä".repeat(5_000).as_str()]) });
        assert!(long.ends_with("ää …`") && long.chars().count() < 250, "{long}");
        assert_eq!(said(Trial::Import { modules: vec!["a".into(), "b".into()] }), "imports `a` and `b`");
        assert_eq!(said(Trial::None { because: "no".into() }), "");
    }

    #[test]
    fn a_trial_says_that_it_installs_first() {
        let trial = Trial::Arguments { attempts: vec![vec!["--version".into()], vec!["--help".into()]] };
        let program = Command::of(Piece::Scratch("venv/bin/app".into()));
        let installed = Proof::new("x", Room::bare(), Outcome::Ran)
            .then("Install it", [program.clone()])
            .start(program.clone(), trial);
        assert_eq!(installed.starts().unwrap(), "installs it, then starts `app --version`, or else `app --help`");
        let linted = Proof::new("x", Room::bare(), Outcome::Linted).then("Lint it", [program.arg("lint")]);
        assert_eq!(linted.starts().unwrap(), "runs `app lint`");
    }
}
