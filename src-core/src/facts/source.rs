//! Where a fact comes from: every fact can say why it is believed.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A value with the place it was read from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence<T> {
    /// What was read.
    pub value: T,
    /// Where.
    pub source: Source,
}

/// The evidence behind a fact. Paths are relative to the project's root, with `/` between the parts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "from", rename_all = "kebab-case")]
pub enum Source {
    /// A line of a file, counted from 1.
    File {
        /// The file.
        path: String,
        /// The line, where one can be named.
        line: Option<usize>,
    },
    /// An import statement.
    Import {
        /// The imported module.
        module: String,
        /// The file with the statement.
        path: String,
        /// Its line, counted from 1.
        line: usize,
    },
    /// A line of code that hints at it and proves nothing: it speaks for and against, rules nothing out, and is asked
    /// about.
    Hint {
        /// The file.
        path: String,
        /// The line, counted from 1.
        line: usize,
    },
    /// The shape of the tree, such as "the only Python file".
    Tree {
        /// What was seen.
        seen: String,
    },
    /// This machine.
    Host,
    /// The lock of the project.
    Lock {
        /// The lock file.
        path: String,
    },
    /// The answers saved with the project.
    Saved {
        /// The file that holds them.
        path: String,
    },
    /// The user, just now.
    User,
}

impl Source {
    /// A line of a file.
    pub fn line(path: impl Into<String>, line: usize) -> Self {
        Self::File { path: path.into(), line: Some(line) }
    }
}

impl Evidence<String> {
    /// What was read, with its place in brackets.
    pub fn told(&self) -> String {
        format!("{} ({})", self.value, self.source)
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { path, line: Some(line) } => write!(f, "{path}:{line}"),
            Self::File { path, line: None } | Self::Lock { path } | Self::Saved { path } => f.write_str(path),
            Self::Import { module, path, line } => write!(f, "{path}:{line} imports {module}"),
            Self::Hint { path, line } => write!(f, "{path}:{line} hints at it"),
            Self::Tree { seen } => f.write_str(seen),
            Self::Host => f.write_str("this machine"),
            Self::User => f.write_str("you"),
        }
    }
}
