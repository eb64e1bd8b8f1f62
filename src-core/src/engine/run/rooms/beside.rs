//! A command that runs beside others, until the room closes.

use std::path::PathBuf;
use std::thread::ScopedJoinHandle;

use super::last_line;
use crate::engine::run::step::StepError;
use crate::engine::tools::log::Log;
use crate::engine::tools::process::{Exit, ProcessError};

/// A command that runs beside others.
pub(super) struct Beside<'s> {
    pub running: ScopedJoinHandle<'s, Result<Exit, ProcessError>>,
    pub log: PathBuf,
}

impl Beside<'_> {
    /// Whether it has come to its end.
    pub fn has_ended(&self) -> bool {
        self.running.is_finished()
    }

    /// What it has said so far.
    pub fn said(&self) -> Log {
        Log::open(&self.log).unwrap_or_else(|_| Log::empty(&self.log))
    }

    /// What kept it from being run to its end, where something did.
    pub fn fault(self) -> Option<StepError> {
        let ended = self.has_ended().then(|| self.running.join().ok())??;
        ended.err().map(StepError::from)
    }

    pub fn last_line(&self) -> String {
        last_line(&self.said())
    }
}
