//! Reads a project without running any of its code: everything is parsed, nothing is executed.

pub mod code;
mod error;
pub mod tree;

use std::path::Path;

pub use error::InspectError;

use crate::facts::{Facts, Project};

/// What was found in a folder or a single file.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Inspection {
    /// The nouns.
    pub project: Project,
    /// The adjectives, each with its evidence; answers saved with the project are laid over what the files show.
    pub facts: Facts,
}

/// Reads the project in a folder, or the single script at this path.
pub fn read(path: &Path) -> Result<Inspection, InspectError> {
    Err(InspectError::Missing { path: path.to_path_buf() })
}
