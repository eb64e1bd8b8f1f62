//! Keeps answers and choices in the project's own settings: `[tool.packwright]` of `pyproject.toml`, or `packwright.toml`.
//!
//! `inspect` reads these files. Here single keys of them are changed, and nothing is written that would not be read back.

pub mod declare;
mod edit;
mod place;

use std::path::{Path, PathBuf};

use self::edit::EditError;
use self::place::Place;
use crate::facts::{Definition, Fact, Facts, Known, Os, Project, Settings, Sorting, Source};
use crate::problem::{Code, Problem, Remedy};

/// The format of the settings that are written.
const VERSION: i64 = 1;

/// What is to be kept, and what is to be forgotten.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Keep {
    /// Answers, for all targets and for those of one system.
    pub facts: Facts,
    /// Answers that hold no longer; an answer that is kept as well is not forgotten.
    pub forget: Vec<(Option<Os>, Fact)>,
    /// Technologies that `packwright build` repeats; `None` leaves them as they are.
    pub build: Option<Vec<String>>,
    /// Commands as people type them, that are tried; `None` leaves them as they are.
    pub typed: Option<Vec<String>>,
    /// What belongs to the project and what does not, besides what the settings say already.
    pub sorting: Sorting,
}

/// Why settings cannot be kept.
#[derive(Debug, thiserror::Error)]
pub enum AnswersError {
    /// The file is there and cannot be read.
    #[error("cannot read `{path}`")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// It is not TOML, so what is in it could get lost.
    #[error("`{path}` is not TOML, so nothing was written to it")]
    Broken {
        /// The file.
        path: PathBuf,
        /// Where and why.
        cause: String,
    },
    /// Settings of a later version.
    #[error("the settings in `{path}` have the format of a newer Packwright, so nothing was written to them")]
    Newer {
        /// The file.
        path: PathBuf,
    },
    /// A script that keeps its settings itself.
    #[error("`{script}` holds its settings in its own header, so nothing was written")]
    Header {
        /// The script.
        script: String,
    },
    /// A link that leads out of the project.
    #[error("`{path}` is a link that leads out of the project, so nothing was written")]
    Outside {
        /// The link.
        path: PathBuf,
    },
    /// A file that its owner has protected.
    #[error("`{path}` is write-protected")]
    Protected {
        /// The file.
        path: PathBuf,
    },
    /// The file or its folder cannot be written.
    #[error("cannot write `{path}`")]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A requirement that only code of the project can declare.
    #[error("`{requirements}` cannot be declared from here: only `{file}` can say it")]
    ByHand {
        /// Which.
        requirements: String,
        /// The file.
        file: String,
        /// What is called so in it.
        key: &'static str,
    },
    /// A text that is no requirement.
    #[error("`{text}` is no requirement")]
    NoRequirement {
        /// The text.
        text: String,
    },
    /// What would have been written means something else.
    #[error("the settings cannot be added to `{path}` without changing what else is in it")]
    Damage {
        /// The file.
        path: PathBuf,
    },
}

impl From<AnswersError> for Problem {
    fn from(error: AnswersError) -> Self {
        let code = match &error {
            AnswersError::NoRequirement { .. } => Code::Usage,
            AnswersError::Read { .. } | AnswersError::Broken { .. } | AnswersError::Newer { .. } => Code::Unreadable,
            _ => Code::Output,
        };
        let problem = Self::new(code, error.to_string());
        match &error {
            AnswersError::Read { source, .. } => problem.because(source),
            AnswersError::Broken { cause, .. } => problem.cause(cause).hint("Correct the file, then try again"),
            AnswersError::Newer { .. } => problem.hint("Update Packwright"),
            AnswersError::Header { .. } => {
                problem.hint("Add the answers under `[tool.packwright.facts]` in that header by hand")
            }
            AnswersError::Outside { .. } => problem.hint("Replace the link by a file"),
            AnswersError::Protected { .. } => {
                problem.remedy("Make the file writable, or answer each time", Remedy::Answer)
            }
            AnswersError::Write { source, .. } => problem
                .because(source)
                .remedy("Make the project's folder writable, or answer each time", Remedy::Answer),
            AnswersError::ByHand { requirements, file, key } => {
                problem.hint(format!("Add `{requirements}` to `{key}` in `{file}` by hand"))
            }
            AnswersError::NoRequirement { .. } => {
                problem.hint("Write it as the name of a distribution and its versions, such as `Pillow>=10`")
            }
            AnswersError::Damage { .. } => problem.hint("Add them by hand"),
        }
    }
}

/// Keeps this with a project; gives the file it is in. What is there already is not written again.
pub fn keep(project: &Project, keep: &Keep) -> Result<PathBuf, AnswersError> {
    let place = place::of(project)?;
    let before = place.read()?;
    let after = edited(&place, &before, keep)?;
    if before != after {
        place.write(&after)?;
    }
    Ok(place.path)
}

/// The file that settings of this project are kept in, by its name. An error where [`keep`] would fail before it writes.
pub fn file(project: &Project) -> Result<String, AnswersError> {
    let place = place::of(project)?;
    Ok(place.path.file_name().unwrap_or_default().to_string_lossy().into_owned())
}

/// The text with what is to be kept, if everything else in it means what it meant before.
fn edited(place: &Place, text: &str, keep: &Keep) -> Result<String, AnswersError> {
    let base: Vec<&str> = place.base.iter().map(String::as_str).collect();
    let failed = |error| match error {
        EditError::Broken(error) => broken(&place.path, &error),
        error @ EditError::NotATable(_) => AnswersError::Broken { path: place.path.clone(), cause: error.to_string() },
    };
    // One version holds for the whole file, with the scripts in it.
    let version: Vec<&str> =
        if base.first() == Some(&"scripts") { vec!["version"] } else { joined(&base, &["version"]) };
    let known = edit::get(text, &version).map_err(failed)?.and_then(|version| version.parse::<i64>().ok());
    if known.is_some_and(|known| known > VERSION) {
        return Err(AnswersError::Newer { path: place.path.clone() });
    }
    let after = apply(text, &base, &version, keep).map_err(failed)?;
    let kept = entries(&keep.facts).map(|(os, fact, _)| (os, fact));
    let mut ours: Vec<Vec<&str>> =
        keep.forget.iter().copied().chain(kept).map(|(os, fact)| path_of(&base, os, fact)).collect();
    let keys = ["build", "try", "include", "leave-out"];
    ours.extend(keys.iter().map(|key| joined(&base, &[key])).chain([version.clone()]));
    match (rest(text, &ours), rest(&after, &ours)) {
        (Some(before), Some(now)) if before == now => Ok(after),
        _ => Err(AnswersError::Damage { path: place.path.clone() }),
    }
}

/// What a text means apart from these keys.
fn rest(text: &str, ours: &[Vec<&str>]) -> Option<toml::Table> {
    let mut table = place::parsed(text).ok()?;
    for path in ours {
        place::prune(&mut table, path);
    }
    Some(table)
}

fn apply(text: &str, base: &[&str], version: &[&str], keep: &Keep) -> Result<String, EditError> {
    let mut after = text.to_owned();
    let kept = |os, fact| entries(&keep.facts).any(|(other, known, _)| (other, known) == (os, fact));
    for (os, fact) in keep.forget.iter().filter(|(os, fact)| !kept(*os, *fact)) {
        after = edit::remove(&after, &path_of(base, *os, *fact))?;
    }
    let mut wanted: Vec<(Vec<&str>, String)> = Vec::new();
    if let Some(build) = &keep.build {
        wanted.push((joined(base, &["build"]), list(build.iter().map(String::as_str))));
    }
    if let Some(typed) = &keep.typed {
        wanted.push((joined(base, &["try"]), list(typed.iter().map(String::as_str))));
    }
    for (key, more, less) in [
        ("include", &keep.sorting.include, &keep.sorting.leave_out),
        ("leave-out", &keep.sorting.leave_out, &keep.sorting.include),
    ] {
        let path = joined(base, &[key]);
        let there = words(edit::get(&after, &path)?.unwrap_or("[]"));
        let all =
            there.iter().filter(|known| !less.contains(known)).chain(more.iter().filter(|new| !there.contains(new)));
        let all: Vec<&str> = all.map(String::as_str).collect();
        if all.len() != there.len() || !more.is_empty() {
            wanted.push((path, list(all.into_iter())));
        }
    }
    for (os, fact, known) in entries(&keep.facts) {
        wanted.push((path_of(base, os, fact), list(known.tags.ids(fact))));
    }
    for (path, value) in wanted {
        let there = edit::get(&after, &path)?;
        if there.is_none() && edit::get(&after, version)?.is_none() {
            after = edit::set(&after, version, &VERSION.to_string())?;
        }
        if edit::get(&after, &path)?.is_none_or(|there| !is_same(there, &value)) {
            after = edit::set(&after, &path, &value)?;
        }
    }
    Ok(after)
}

/// Answers as `(system, fact, tags)`, those of one system last. What inspection found out is no answer.
fn entries(facts: &Facts) -> impl Iterator<Item = (Option<Os>, Fact, &Known)> {
    let is_answer = |known: &Known| matches!(known.source, Source::User | Source::Saved { .. });
    let own = facts.systems().flat_map(|os| facts.own(os).map(move |(fact, known)| (Some(os), fact, known)));
    facts.common().map(|(fact, known)| (None, fact, known)).chain(own).filter(move |(_, _, known)| is_answer(known))
}

fn path_of<'a>(base: &[&'a str], os: Option<Os>, fact: Fact) -> Vec<&'a str> {
    match os {
        Some(os) => joined(base, &["facts", "targets", os.id(), fact.id()]),
        None => joined(base, &["facts", fact.id()]),
    }
}

fn joined<'a>(base: &[&'a str], rest: &[&'a str]) -> Vec<&'a str> {
    [base, rest].concat()
}

fn list<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let words: Vec<String> = words.map(|word| toml::Value::String(word.to_owned()).to_string()).collect();
    format!("[{}]", words.join(", "))
}

/// The strings of a list; none of anything else.
fn words(text: &str) -> Vec<String> {
    let value = place::parsed(&format!("x = {text}")).ok().and_then(|mut table| table.remove("x"));
    let texts = value.as_ref().and_then(toml::Value::as_array).into_iter().flatten();
    texts.filter_map(|value| value.as_str().map(str::to_owned)).collect()
}

/// Whether two values are the same words in any order; one word alone is a list of one.
fn is_same(left: &str, right: &str) -> bool {
    let sorted = |text: &str| {
        let value = place::parsed(&format!("x = {text}")).ok()?.remove("x")?;
        let mut words = match value {
            toml::Value::Array(values) => values,
            value => vec![value],
        };
        words.sort_by_key(ToString::to_string);
        Some(words)
    };
    sorted(left) == sorted(right)
}

fn broken(path: &Path, error: &dyn std::fmt::Display) -> AnswersError {
    AnswersError::Broken { path: path.to_path_buf(), cause: error.to_string().trim_end().to_owned() }
}

#[cfg(test)]
mod tests;
