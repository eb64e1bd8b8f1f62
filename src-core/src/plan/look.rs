//! What is looked at in an output although no tool failed.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Pick, StepId, Word};

/// Something to look at. What is found makes the result yellow, with a sentence.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "look", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Look {
    /// An archive holds a member.
    Member {
        /// The archive: a wheel, a ZIP or a `.tar.gz`; one output piece.
        of: Word,
        /// The path of the member, with `/` between the parts; `*/` at its head stands for any one folder.
        path: String,
        /// The warning where it is missing: one sentence with the remedy.
        otherwise: String,
    },
    /// Files that a tool wrote its warnings into.
    Lines {
        /// The files: one output piece.
        of: Word,
        /// A regular expression for lines to warn of.
        pattern: String,
        /// The warning, one sentence with the remedy; `{name}` stands for what a group of the pattern found.
        otherwise: String,
    },
    /// Native programs and libraries: the oldest system that they run on, and paths of this machine that they search.
    Binaries {
        /// Files or a folder: one output piece.
        of: Word,
    },
    /// Paths of this machine, in any file.
    Paths {
        /// Files or a folder: one output piece.
        of: Word,
    },
}

impl Look {
    /// A member that an archive should hold.
    pub fn member(step: &StepId, archive: &str, path: impl Into<String>, otherwise: impl Into<String>) -> Self {
        let of = Word::output(step, Pick::One(archive.into()));
        Self::Member { of, path: path.into(), otherwise: otherwise.into() }
    }

    /// What is looked at.
    pub fn of(&self) -> &Word {
        match self {
            Self::Member { of, .. } | Self::Lines { of, .. } | Self::Binaries { of } | Self::Paths { of } => of,
        }
    }
}
