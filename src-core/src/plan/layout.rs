//! Layouts: what stands where in a folder or an archive.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Pick, Piece, StepId, Word};

/// What stands at a path.
///
/// A folder, of the source or of another step, goes below the path. A [`Pick::Path`] becomes the path itself. Files that
/// were picked by a pattern go below the path, each under its own name in the tree. Two things at one path are an error,
/// but for folders, which are joined.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// Relative path, with `/` between its parts; empty for the root.
    pub at: String,
    /// What stands there.
    pub what: What,
    /// Permissions; `None` for those it has, or the usual ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<Mode>,
}

/// What can stand at a path.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum What {
    /// A file with this text, UTF-8.
    Text(Word),
    /// Files of the source or of another step: one piece.
    From {
        /// Which.
        word: Word,
        /// Patterns of paths to leave out, as a [`Pick`] reads them.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        without: Vec<String>,
    },
    /// A symbolic link to this path.
    Link(String),
    /// A folder, which may stay empty.
    Folder,
}

/// Permissions: nine bits. Set-user-id and its kind never pass: a whole root file system stays one archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "u16", into = "u16")]
#[schemars(with = "u16")]
pub struct Mode(u16);

impl Mode {
    /// A file that everybody reads.
    pub const FILE: Self = Self(0o644);
    /// A program, or a folder.
    pub const PROGRAM: Self = Self(0o755);

    /// These bits; `None` where there are others than the nine.
    pub const fn new(bits: u16) -> Option<Self> {
        if bits & !0o777 == 0 { Some(Self(bits)) } else { None }
    }

    /// The nine bits.
    pub const fn bits(self) -> u16 {
        self.0
    }

    /// Whether somebody may execute it.
    pub const fn is_executable(self) -> bool {
        self.0 & 0o111 != 0
    }
}

impl From<Mode> for u16 {
    fn from(mode: Mode) -> Self {
        mode.0
    }
}

impl TryFrom<u16> for Mode {
    type Error = String;

    fn try_from(bits: u16) -> Result<Self, String> {
        Self::new(bits).ok_or_else(|| format!("{bits:o} are no permissions of a file"))
    }
}

impl Item {
    /// A file with a text.
    pub fn text(at: impl Into<String>, text: impl Into<Word>) -> Self {
        Self { at: at.into(), what: What::Text(text.into()), mode: None }
    }

    /// What another step wrote.
    pub fn output(at: impl Into<String>, step: &StepId, pick: Pick) -> Self {
        Self::from(at, Word::output(step, pick))
    }

    /// Files of the source or of another step.
    pub fn from(at: impl Into<String>, word: Word) -> Self {
        Self { at: at.into(), what: What::From { word, without: Vec::new() }, mode: None }
    }

    /// A symbolic link.
    pub fn link(at: impl Into<String>, to: impl Into<String>) -> Self {
        Self { at: at.into(), what: What::Link(to.into()), mode: None }
    }

    /// A folder, which may stay empty.
    pub fn folder(at: impl Into<String>) -> Self {
        Self { at: at.into(), what: What::Folder, mode: None }
    }

    /// The same with these permissions.
    #[must_use]
    pub fn mode(mut self, mode: Mode) -> Self {
        self.mode = Some(mode);
        self
    }

    /// The same without what these patterns match.
    #[must_use]
    pub fn without(mut self, patterns: &[&str]) -> Self {
        if let What::From { without, .. } = &mut self.what {
            without.extend(patterns.iter().map(|pattern| (*pattern).to_owned()));
        }
        self
    }

    /// The words of it.
    pub(super) fn words(&self) -> Option<&Word> {
        match &self.what {
            What::Text(word) | What::From { word, .. } => Some(word),
            What::Link(_) | What::Folder => None,
        }
    }
}

impl Word {
    /// The one piece it is, if it is one.
    pub fn piece(&self) -> Option<&Piece> {
        match self.0.as_slice() {
            [piece] => Some(piece),
            _ => None,
        }
    }
}
