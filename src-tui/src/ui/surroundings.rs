//! What is asked of the machine once, when the terminal UI starts: all that comes after follows from the model.

use std::path::PathBuf;

/// Where it runs; by default nothing of that is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// The user's home, where that is known.
    pub home: Option<PathBuf>,
    /// The folder it was started in, where that is still there.
    pub here: Option<PathBuf>,
}

impl Surroundings {
    /// Those of this process.
    pub fn look() -> Self {
        Self {
            home: std::env::var_os("HOME").filter(|home| !home.is_empty()).map(PathBuf::from),
            here: std::env::current_dir().ok(),
        }
    }
}
