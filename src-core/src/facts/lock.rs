//! The lock that a project brings.

use serde::{Deserialize, Serialize};

/// A lock file of the project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockFile {
    /// Its path from the root; may start with `../` for the lock of a workspace.
    pub path: String,
    /// Which tool wrote it.
    pub kind: LockKind,
}

/// Formats of lock files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LockKind {
    /// `uv.lock`.
    Uv,
    /// `poetry.lock`.
    Poetry,
    /// `pdm.lock`.
    Pdm,
    /// `pylock.toml`, PEP 751.
    Pylock,
}
