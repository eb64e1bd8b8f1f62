//! Why a project cannot be read.

use std::path::PathBuf;

use crate::problem::{Code, Problem};

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
    /// A file cannot be read.
    #[error("cannot read `{}`", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file is not what its name says.
    #[error("`{path}` cannot be parsed: line {line}, column {column}: {message}")]
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
    /// Metadata contradicts the standard it follows.
    #[error("`{path}` is not valid: {message}")]
    Invalid {
        /// The file, from the project's root.
        path: String,
        /// What is wrong, naming the key in backticks.
        message: String,
    },
}

impl From<InspectError> for Problem {
    fn from(error: InspectError) -> Self {
        let problem = Self::new(Code::Unreadable, error.to_string());
        match &error {
            InspectError::Read { source, .. } => problem.because(source),
            InspectError::Missing { .. } => problem.hint("Check the path, or run this in the project's folder"),
            InspectError::NoProject { .. } => problem
                .hint("Run this in the folder of a Python project, or name one script: `packwright inspect tool.py`"),
            InspectError::Parse { .. } | InspectError::Invalid { .. } => {
                problem.hint("Correct the file, then try again")
            }
        }
    }
}
