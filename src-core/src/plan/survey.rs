//! What is looked at inside an artifact, by the Python that would run it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Modules that are imported and data that is opened, all in one process.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Survey {
    /// Modules of the project, as far as they are in the artifact.
    pub modules: Vec<Surveyed>,
    /// Data that packages read by its resource path.
    pub data: Vec<Resource>,
    /// Distributions that may be missing, by their normalised names: only extras need them that were not asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub optional: Vec<String>,
}

/// A module of the project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Surveyed {
    /// Dotted import name.
    pub name: String,
    /// Its path in the project.
    pub path: String,
    /// Whether it does something as soon as it is imported: then only what it imports itself is.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub acts: bool,
    /// What that is, each with its line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<(String, usize)>,
    /// Whether the program starts with it: what is missing there is missing for everybody.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub starts: bool,
}

/// A file of a package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Resource {
    /// The package's dotted name.
    pub package: String,
    /// Its path below that package.
    pub below: String,
    /// Its path in the project.
    pub path: String,
}

impl Survey {
    /// Whether there is nothing to look at.
    pub fn is_empty(&self) -> bool {
        self.modules.is_empty() && self.data.is_empty()
    }
}
