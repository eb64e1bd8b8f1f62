//! Why a project cannot be read.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use crate::problem::{Code, Problem, Remedy, listing};

/// Bytes at the start and at the end of a message that are shown.
const SHOWN: usize = 500;
/// Projects that are named where a folder holds several.
const NAMED: usize = 6;

/// Why a project cannot be read. The paths are as the user would recognise them.
#[derive(Debug, thiserror::Error)]
pub enum InspectError {
    /// Nothing is at the path.
    #[error("there is nothing at `{}`", path.display())]
    Missing {
        /// The path.
        path: PathBuf,
    },
    /// The folder holds no Python.
    #[error("`{}` holds no Python project: no `pyproject.toml`, `setup.py`, `setup.cfg`, `requirements.txt` or `.py` file was found", path.display())]
    NoProject {
        /// The folder.
        path: PathBuf,
    },
    /// The folder is no project itself, but others lie in it.
    #[error("`{}` holds projects but is none itself: {}", path.display(), listing(&first_of(projects)))]
    Several {
        /// The folder.
        path: PathBuf,
        /// Their folders, from it.
        projects: Vec<PathBuf>,
    },
    /// The folder is everything that somebody or something has.
    #[error("`{}` is {what}, and no project", path.display())]
    Whole {
        /// The folder.
        path: PathBuf,
        /// What it is.
        what: &'static str,
        /// Folders with projects in it, from it.
        projects: Vec<PathBuf>,
    },
    /// A file cannot be read.
    #[error("cannot read `{}`", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file or a folder is larger than what is read.
    #[error("`{path}` is too large: {}", short(what))]
    TooLarge {
        /// The file or folder, as the user knows it.
        path: String,
        /// What it has too much of, and how much is read.
        what: String,
    },
    /// A file is not what its name says.
    #[error("`{path}` cannot be parsed: line {line}, column {column}: {}", short(message))]
    Parse {
        /// The file, from the project's root.
        path: String,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What the parser says.
        message: String,
    },
    /// Metadata lacks a key that its standard requires.
    #[error("`{path}` is not valid: its table `[{}]` lacks `{key}`", short(table))]
    Incomplete {
        /// The file, from the project's root.
        path: String,
        /// The table, dotted.
        table: String,
        /// The key.
        key: String,
    },
    /// A file that was named is not Python.
    #[error("`{}` is a file, but not a Python one", path.display())]
    NotPython {
        /// The file.
        path: PathBuf,
    },
    /// A path or a pattern that somebody wrote is none.
    #[error("`{path}` cannot be included or left out: {why}")]
    NoPattern {
        /// What was written.
        path: String,
        /// What is wrong with it.
        why: String,
    },
    /// Metadata contradicts the standard it follows.
    #[error("`{path}` is not valid: {}", short(message))]
    Invalid {
        /// The file, from the project's root.
        path: String,
        /// What is wrong, naming the key in backticks.
        message: String,
    },
}

/// The first projects of a list, and how many there are besides.
fn first_of(projects: &[PathBuf]) -> Vec<String> {
    let first = projects.iter().take(NAMED).map(|project| project.display().to_string());
    let more = projects.len().saturating_sub(NAMED);
    first.chain((more > 0).then(|| format!("{more} more"))).collect()
}

/// Offers to open the first projects of a list.
fn offered(problem: Problem, folder: &Path, projects: &[PathBuf]) -> Problem {
    projects.iter().take(NAMED).fold(problem, |problem, project| {
        let path = folder.join(project);
        problem.remedy(format!("Open `{}`", project.display()), Remedy::Open { path })
    })
}

/// Words that quote a file, without the middle of what nobody would read: they end with the reason.
fn short(text: &str) -> Cow<'_, str> {
    let (start, end) = (text.floor_char_boundary(SHOWN), text.ceil_char_boundary(text.len().saturating_sub(SHOWN)));
    if start >= end { text.into() } else { format!("{} … {}", &text[..start], &text[end..]).into() }
}

impl From<InspectError> for Problem {
    fn from(error: InspectError) -> Self {
        let problem = Self::new(Code::Unreadable, error.to_string());
        match &error {
            InspectError::Read { source, .. } => problem.because(source),
            InspectError::Missing { .. } => problem.hint("Check the path, or run this in the project's folder"),
            InspectError::NoProject { .. } => problem
                .hint("Choose the folder of a Python project, or one script, such as `tool.py`"),
            InspectError::Several { path, projects } => offered(problem, path, projects),
            InspectError::Whole { path, projects, .. } => {
                let problem = offered(problem, path, projects);
                problem.hint("Name the folder of one project, or a script such as `tool.py`")
            }
            InspectError::Incomplete { table, key, .. } if key == "version" => problem.hint(format!(
                "Add `version = \"0.1.0\"` to `[{table}]`, or `dynamic = [\"version\"]` if the build backend finds it"
            )),
            InspectError::Incomplete { table, key, .. } => problem.hint(format!("Add `{key} = \"…\"` to `[{table}]`")),
            InspectError::TooLarge { .. } => problem.hint(
                "Make it smaller, let a `.gitignore` leave out what is no part of the project, or name the folder of the project itself",
            ),
            InspectError::NoPattern { .. } => Self { code: Code::Usage, ..problem }
                .hint("Write paths from the project's folder, such as `data/` or `*.db`"),
            InspectError::NotPython { .. } => problem.hint("Name a project's folder, or a script such as `tool.py`"),
            InspectError::Parse { .. } | InspectError::Invalid { .. } => {
                problem.hint("Correct the file, then try again")
            }
        }
    }
}
