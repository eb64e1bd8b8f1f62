//! What is asked of the machine once, when the terminal UI starts: all that comes after follows from the model.

use std::path::PathBuf;

/// Where and on what it runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Surroundings {
    /// The user's home, where that is known.
    pub home: Option<PathBuf>,
    /// The folder it was started in, where that is still there.
    pub here: Option<PathBuf>,
    /// How many cores may work at once.
    pub jobs: usize,
}

impl Surroundings {
    /// Those of this process.
    pub fn look() -> Self {
        Self {
            home: std::env::var_os("HOME").filter(|home| !home.is_empty()).map(PathBuf::from),
            here: std::env::current_dir().ok(),
            jobs: std::thread::available_parallelism().map_or(1, usize::from),
        }
    }
}

impl Default for Surroundings {
    /// Those of a machine that tells nothing.
    fn default() -> Self {
        Self { home: None, here: None, jobs: 1 }
    }
}
