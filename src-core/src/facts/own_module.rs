//! The Python files of a program, as far as they are tried without being asked for anything.

use serde::{Deserialize, Serialize};

/// A Python file of the program that can be imported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnModule {
    /// Dotted import name.
    pub name: String,
    /// Its path from the root.
    pub path: String,
    /// Whether importing it does more than define: then nobody imports it to see whether it can be.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub acts: bool,
    /// Modules that it imports as soon as it runs, without going on where they are missing, each with its line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<(String, usize)>,
}
