//! The one seam to the outside: programs and the network. Files are not behind it; tests give it real folders.

use std::path::Path;

use super::log::LogWriter;
use super::process::{Exit, ProcessError, Spawn};
use crate::engine::network::fetch::FetchError;
use crate::engine::terms::cancel::Cancel;
use crate::plan::Remote;

/// What the engine asks of the world.
pub trait World: Send + Sync {
    /// Runs a program to its end.
    fn run(&self, spawn: &Spawn, log: &LogWriter, cancel: &Cancel) -> Result<Exit, ProcessError>;

    /// Fetches a file, checking its hash; on an error nothing is left at the path.
    fn fetch(&self, remote: &Remote, to: &Path, cancel: &Cancel) -> Result<(), FetchError>;
}

/// This machine.
#[derive(Debug, Default)]
pub struct Machine;

impl World for Machine {
    fn run(&self, spawn: &Spawn, log: &LogWriter, cancel: &Cancel) -> Result<Exit, ProcessError> {
        super::process::run(spawn, log, cancel)
    }

    fn fetch(&self, remote: &Remote, to: &Path, cancel: &Cancel) -> Result<(), FetchError> {
        crate::engine::network::fetch::fetch(remote, to, cancel)
    }
}
