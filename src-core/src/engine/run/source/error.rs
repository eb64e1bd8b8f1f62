//! Why the source of a project is not taken for a build.

use std::path::PathBuf;

use crate::engine::disk::error::StoreError;
use crate::engine::terms::limits::{Passed, mib};
use crate::problem::{Code, Problem};

/// Why the source of a project is not taken for a build.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// A file operation failed, or nobody wanted it any more.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// More than a build copies.
    #[error("the project in `{}` is too large to be copied for a build", root.display())]
    TooMuch {
        /// Its folder.
        root: PathBuf,
        /// The largest of its files with their sizes in bytes, the largest first; empty where all are small.
        largest: Vec<(String, u64)>,
        /// The limit.
        source: Passed,
    },
    /// Another content than the one from which it was judged whether a build runs code.
    #[error("`{path}` was changed after the project was read")]
    Changed {
        /// Path from the root.
        path: String,
    },
    /// The copy for a step is another one than what was planned, and perhaps agreed to.
    #[error("{what} was changed after the build was planned")]
    Edited {
        /// What, in words.
        what: String,
    },
    /// A link that led into the project leads out of it now.
    #[error("the link `{path}` leads out of the project")]
    LeadsOut {
        /// Path from the root.
        path: String,
    },
}

impl From<SourceError> for Problem {
    fn from(error: SourceError) -> Self {
        let message = error.to_string();
        match error {
            SourceError::Store(StoreError::Cancelled) => StoreError::Cancelled.into(),
            SourceError::Store(error) => Self::new(Code::Unreadable, message).because_of(&error),
            SourceError::TooMuch { largest, source, .. } => {
                let problem = Self::new(Code::Unreadable, message).because(&source);
                let sizes = largest.iter().map(|(path, bytes)| format!("`{path}` has {}", mib(*bytes)));
                sizes.fold(problem, Self::cause).hint("Leave out what no build needs: name it in `.gitignore`")
            }
            SourceError::Changed { .. } | SourceError::Edited { .. } => Self::new(Code::BuildFailed, message)
                .hint("Nothing of what was changed has run: build it again, and what it may run is looked at anew")
                .hint("What changes by itself, such as a log, is no source: name it in `.gitignore`"),
            SourceError::LeadsOut { .. } => {
                Self::new(Code::Unreadable, message).hint("Remove the link, or put a file in its place")
            }
        }
    }
}
