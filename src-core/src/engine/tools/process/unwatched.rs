//! Elsewhere than on Linux no process is given the orphans of others, so none can watch over a program.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use super::errands::Errand;
use super::{ProcessError, Spawn};

/// Makes the process a supervisor if it was started as one, which none is here.
pub fn supervise_if_asked() -> Option<ExitCode> {
    None
}

/// The command line by which this binary asks a service, which it does only where there are rooms.
pub(in crate::engine) fn asker(_port: u16, _path: &str, _seconds: u64) -> Option<(PathBuf, Vec<String>)> {
    None
}

/// The command line by which this binary does an errand, which it does only where there are rooms.
pub(in crate::engine) fn errand(_what: &Errand) -> Option<(PathBuf, Vec<String>)> {
    None
}

/// A socket to a supervisor.
#[derive(Debug)]
pub(super) enum Link {}

impl Link {
    pub fn pair() -> io::Result<Option<(Self, File)>> {
        Ok(None)
    }

    pub fn command(spawn: &Spawn) -> (OsString, Vec<OsString>) {
        (spawn.program.clone().into(), spawn.args.iter().map(OsString::from).collect())
    }

    pub fn cut(&self) {
        match *self {}
    }

    pub fn is_over(&self) -> bool {
        match *self {}
    }

    pub fn leader(&self) -> Option<i32> {
        match *self {}
    }

    pub fn held(&self) -> usize {
        match *self {}
    }

    pub fn exit(&self, _spawn: &Spawn) -> Result<Option<i32>, ProcessError> {
        match *self {}
    }
}
