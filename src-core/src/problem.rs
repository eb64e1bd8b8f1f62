//! The only failure a front end knows.

use std::any::Any;
use std::borrow::Cow;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::redaction;

/// Something that went wrong, or that preflight found, ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct Problem {
    /// What consumers branch on.
    pub code: Code,
    /// One sentence without a trailing period: the thing in backticks, and what was tried.
    pub message: String,
    /// What lies beneath, outermost first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub causes: Vec<String>,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hints: Vec<Hint>,
    /// The technology it concerns, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub technology: Option<String>,
    /// The full log of the step that failed, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log: Option<Box<Path>>,
}

/// Kinds of problems; each maps to one exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Code {
    /// A step of a build failed.
    BuildFailed,
    /// The artifact does not do what it should.
    CheckFailed,
    /// The command line, an option or a fact is wrong.
    Usage,
    /// The project cannot be read.
    Unreadable,
    /// The project lacks what the technology needs, for example an entry point.
    Unsuitable,
    /// Requirements cannot be resolved.
    Unresolvable,
    /// A tool is missing.
    ToolMissing,
    /// This machine cannot build for that target.
    HostUnsupported,
    /// This version of Packwright advises it, but does not build it.
    AdvisedOnly,
    /// Consent was refused, or nobody could be asked.
    ConsentRefused,
    /// The output cannot be written.
    Output,
    /// Packwright's own cache or history cannot be used.
    Store,
    /// Cancelled by the user.
    Cancelled,
}

impl Code {
    /// The documented exit code of the command line.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::BuildFailed
            | Self::CheckFailed
            | Self::Unresolvable
            | Self::Output
            | Self::Store
            | Self::Unsuitable => 1,
            Self::Usage => 2,
            Self::Unreadable => 3,
            Self::ToolMissing | Self::HostUnsupported | Self::AdvisedOnly => 4,
            Self::ConsentRefused => 5,
            Self::Cancelled => 130,
        }
    }
}

/// What to do about a problem, apart from the message so that it can be shown beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hint {
    /// What to do, as one sentence that holds in every front end.
    pub text: String,
    /// A command that does it, as an argument vector. Never taken from a log.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub command: Vec<String>,
    /// What it comes to, where a front end has its own way to do it: an option of the command line, a key, a button.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy: Option<Remedy>,
}

/// Something that a front end can do about a problem, and says in its own words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Remedy {
    /// An option of the technology gets another value.
    Set {
        /// The option.
        option: String,
        /// Its value.
        value: String,
    },
    /// The user agrees that the code may run.
    Trust,
    /// What was found in these files goes along all the same.
    Ship {
        /// Their paths.
        paths: Vec<String>,
    },
    /// The network may be used.
    Online,
    /// The network is not used.
    Offline,
    /// Something else than what the project's lock names may be used.
    Unlock,
    /// Artifacts go into another folder.
    Folder,
    /// It is built for another target, for example another Python.
    Target,
    /// Another entry point is started.
    Entry,
    /// Fewer steps run at the same time.
    Slower,
    /// The cache gets smaller.
    Trim,
    /// The cache is emptied.
    Clear,
    /// Answers are given each time, rather than kept.
    Answer,
    /// The session is recorded.
    Record,
    /// A requirement is declared where the project declares such.
    Declare {
        /// PEP 508.
        requirement: String,
        /// What it is needed for.
        needed: Needed,
    },
    /// Another technology is built.
    Technology {
        /// Which.
        technology: String,
    },
    /// The steps of a technology are done by hand.
    ByHand {
        /// Which.
        technology: String,
    },
    /// The advice says why.
    Advice,
    /// Something else is opened.
    Open {
        /// Its path.
        path: PathBuf,
    },
}

/// What a requirement is needed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Needed {
    /// To run the program.
    ToRun,
    /// To build it.
    ToBuild,
}

impl Problem {
    /// A problem with a message only.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: shown(message.into()),
            causes: Vec::new(),
            hints: Vec::new(),
            technology: None,
            log: None,
        }
    }

    /// Adds an error and everything beneath it as causes.
    #[must_use]
    pub fn because(mut self, error: &dyn std::error::Error) -> Self {
        let mut cause = Some(error);
        while let Some(error) = cause {
            self.causes.push(shown(error.to_string()));
            cause = error.source();
        }
        self
    }

    /// Adds a cause in words.
    #[must_use]
    pub fn cause(mut self, text: impl Into<String>) -> Self {
        self.causes.push(shown(text.into()));
        self
    }

    /// Adds a remedy.
    #[must_use]
    pub fn hint(mut self, text: impl Into<String>) -> Self {
        self.hints.push(Hint::of(text));
        self
    }

    /// Adds a remedy that each front end has its own way for.
    #[must_use]
    pub fn remedy(mut self, text: impl Into<String>, remedy: Remedy) -> Self {
        self.hints.push(Hint { remedy: Some(remedy), ..Hint::of(text) });
        self
    }

    /// Adds a remedy with the command that applies it.
    #[must_use]
    pub fn hint_command<S: Into<String>>(
        mut self,
        text: impl Into<String>,
        command: impl IntoIterator<Item = S>,
    ) -> Self {
        let command = command.into_iter().map(Into::into).collect();
        self.hints.push(Hint { command, ..Hint::of(text) });
        self
    }

    /// Names the full log.
    #[must_use]
    pub fn logged(mut self, path: impl Into<PathBuf>) -> Self {
        self.log = Some(path.into().into_boxed_path());
        self
    }

    /// The option and its value that help, where one is known: a front end can set it and build again.
    pub fn fix(&self) -> Option<(&str, &str)> {
        self.hints.iter().find_map(|hint| match &hint.remedy {
            Some(Remedy::Set { option, value }) => Some((option.as_str(), value.as_str())),
            _ => None,
        })
    }

    /// The requirement whose declaration helps, where one is known: a front end can write it down.
    pub fn declaration(&self) -> Option<(&str, Needed)> {
        self.hints.iter().find_map(|hint| match &hint.remedy {
            Some(Remedy::Declare { requirement, needed }) => Some((requirement.as_str(), *needed)),
            _ => None,
        })
    }

    /// Names the technology it concerns.
    #[must_use]
    pub fn of(mut self, technology: impl Into<String>) -> Self {
        self.technology = Some(technology.into());
        self
    }
}

impl Hint {
    /// A hint in words alone.
    pub fn of(text: impl Into<String>) -> Self {
        Self { text: shown(text.into()), command: Vec::new(), remedy: None }
    }
}

/// What others say may hold a login, so nothing gets into a problem unseen.
fn shown(text: String) -> String {
    match redaction::without_logins(&text) {
        Cow::Borrowed(_) => text,
        Cow::Owned(shown) => shown,
    }
}

/// Works where a panic would leave somebody waiting for ever: it becomes a problem.
pub fn guarded<T>(work: impl FnOnce() -> Result<T, Problem>) -> Result<T, Problem> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|fault| Err(fault_in_words(fault.as_ref())))
}

fn fault_in_words(fault: &(dyn Any + Send)) -> Problem {
    let words = fault.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let words = words.or_else(|| fault.downcast_ref::<String>().cloned());
    let problem = Problem::new(Code::BuildFailed, "Packwright itself failed; this is a mistake in it");
    words.into_iter().fold(problem, Problem::cause)
}

/// A list in words: `a`, `a and b`, `a, b and c`.
pub fn listing<T: fmt::Display>(items: &[T]) -> String {
    match items {
        [] => String::new(),
        [one] => one.to_string(),
        [head @ .., last] => {
            let head: Vec<String> = head.iter().map(ToString::to_string).collect();
            format!("{} and {last}", head.join(", "))
        }
    }
}

/// A count with its noun: `1 file`, `2 files`.
pub fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_counts_read_as_words() {
        assert_eq!(listing(&["a"]), "a");
        assert_eq!(listing(&["a", "b", "c"]), "a, b and c");
        assert_eq!((count(1, "file"), count(0, "file")), ("1 file".into(), "0 files".into()));
    }

    #[test]
    fn a_fault_becomes_a_problem() {
        let problem = guarded::<()>(|| panic!("index 3 of 2")).unwrap_err();
        assert_eq!(problem.causes, ["index 3 of 2"]);
    }

    #[test]
    fn no_part_of_a_problem_shows_a_login() {
        let said = || "get http://me:s3cret@a.test/x".to_owned();
        let problem = Problem::new(Code::Usage, said())
            .cause(said())
            .because(&std::io::Error::other(said()))
            .hint(said())
            .hint_command(said(), ["a"]);
        let told = serde_json::to_string(&problem).unwrap();
        assert!(!told.contains("s3cret") && told.matches("http://****@a.test/x").count() == 5, "{told}");
    }

    #[test]
    fn causes_are_kept_from_the_outside_in() {
        let inner = std::io::Error::other("disk full");
        let problem = Problem::new(Code::Output, "cannot write `a.pyz`").because(&inner);
        assert_eq!(problem.causes, ["disk full"]);
        assert_eq!(problem.code.exit_code(), 1);
    }
}
