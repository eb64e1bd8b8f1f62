//! Why the store failed.

use std::io;
use std::path::{Path, PathBuf};

use crate::engine::terms::cancel::Unwanted;
use crate::engine::terms::limits::Passed;

/// Why the store failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A file operation failed.
    #[error("cannot {what} `{}`", path.display())]
    File {
        /// What was tried, as an infinitive.
        what: &'static str,
        /// Where.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Nobody could tell who uses it.
    #[error("`{}` is on a file system without locks", path.display())]
    NoLocks {
        /// The folder.
        path: PathBuf,
    },
    /// A step wrote something that no tree holds.
    #[error("the step wrote `{path}`, which is {what}")]
    Strange {
        /// Path in the step's folder.
        path: String,
        /// What it is.
        what: &'static str,
    },
    /// A content is not what it was when it was stored, and has been removed.
    #[error("`{name}` in the cache is not what was put there")]
    Damaged {
        /// The file's name where it was met.
        name: String,
    },
    /// A step wrote too much.
    #[error("what was written is not kept")]
    TooMuch(#[from] Passed),
    /// Nobody wanted it any more.
    #[error("the work was cancelled")]
    Cancelled,
    /// Two files with one path.
    #[error("`{path}` comes from two places with different contents")]
    Clash {
        /// Path in the tree.
        path: String,
    },
}

/// What an error of a file operation becomes: what was tried, and where.
pub(in crate::engine) fn at<'a>(what: &'static str, path: &'a Path) -> impl FnOnce(io::Error) -> StoreError + 'a {
    move |source| match source.get_ref() {
        Some(error) if error.is::<Unwanted>() => StoreError::Cancelled,
        _ => StoreError::File { what, path: path.to_path_buf(), source },
    }
}
