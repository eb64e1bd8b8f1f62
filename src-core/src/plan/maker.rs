//! The engine's own functions of files, as plans name them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A function by name and revision. Whoever corrects one raises its revision, here.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Maker {
    /// Its name.
    pub name: String,
    /// Its revision.
    pub revision: u32,
}

/// Installs `wheels` into a folder as `pip install --target` would, without scripts and bytecode.
pub const INSTALL: (&str, u32) = ("install", 1);

/// Copies the Python script `from` as `to` with its inline metadata (PEP 723) replaced by `metadata`, or put in where it has
/// none, and with the first line `shebang` where that is given.
pub const SCRIPT: (&str, u32) = ("script", 1);

/// Writes, as the text `to`, what native programs and libraries in `of` need of the system, one a line: `glibc 2.36` for the
/// oldest GNU C library that has every symbol they want, and `needs libz.so.1` for each library that they name.
pub const NEEDS: (&str, u32) = ("needs", 1);

/// Every function there is, in the revision that this version has.
pub const ALL: &[(&str, u32)] = &[INSTALL, SCRIPT, NEEDS];

impl From<(&str, u32)> for Maker {
    fn from((name, revision): (&str, u32)) -> Self {
        Self { name: name.into(), revision }
    }
}
