//! Runs programs: argument vectors only, a process group each, both streams line by line into a log.
//!
//! `duct` starts and waits. What it does not do is end grandchildren: on Linux a supervisor does, and elsewhere, or where
//! there is none, [`running`] tells a group to stop, then kills it.

mod ends;
mod errands;
#[cfg(target_os = "linux")]
mod family;
pub mod launch;
mod running;
#[cfg(target_os = "linux")]
mod supervisor;
#[cfg(target_os = "linux")]
mod told;
#[cfg(not(target_os = "linux"))]
#[path = "process/unwatched.rs"]
mod watched;
#[cfg(target_os = "linux")]
mod watched;

use std::collections::BTreeMap;
use std::io::Read;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use self::ends::{Closing, Ends};
pub(in crate::engine) use self::errands::Errand;
use self::running::Running;
pub use self::watched::supervise_if_asked;
pub(in crate::engine) use self::watched::{asker, errand};

use super::log::{LogWriter, Stream};
use crate::engine::terms::cancel::Cancel;
use crate::threads;

/// How long processes may take to end after they were asked to.
const GRACE: Duration = Duration::from_millis(500);
/// How long pipes may stay open after the leader ended: a daemon it left behind would hold them for ever.
const LINGER: Duration = Duration::from_secs(2);

/// A program to run, with nothing left to decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spawn {
    /// Absolute path.
    pub program: PathBuf,
    /// Its arguments.
    pub args: Vec<String>,
    /// Its whole environment.
    pub env: BTreeMap<String, String>,
    /// Its working folder.
    pub cwd: PathBuf,
    /// When it is ended.
    pub timeout: Duration,
}

/// How a program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exit {
    /// Its exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    /// How long it ran.
    pub wall: Duration,
}

/// Why a program has no exit.
#[derive(Debug, thiserror::Error)]
pub enum ProcessError {
    /// It could not be started.
    #[error("cannot start `{program}`")]
    Start {
        /// The program.
        program: String,
        /// Why.
        source: std::io::Error,
    },
    /// It was ended because it took too long.
    #[error("`{program}` was ended after {} seconds", after.as_secs())]
    TimedOut {
        /// The program.
        program: String,
        /// The limit.
        after: Duration,
    },
    /// It was ended because the user cancelled.
    #[error("`{program}` was cancelled")]
    Cancelled {
        /// The program.
        program: String,
    },
    /// It was ended because it waited for a signal to go on, which nobody would have sent.
    #[error("`{program}` had stopped itself, and was ended")]
    Stopped {
        /// The program.
        program: String,
    },
    /// It was ended because it would have filled this machine.
    #[error("`{program}` ran more than {most} processes at a time, and was ended")]
    Crowded {
        /// The program.
        program: String,
        /// The limit.
        most: usize,
    },
    /// Nobody knows how it ended, because the supervisor was killed.
    #[error("the process that watched over `{program}` was killed")]
    Unwatched {
        /// The program.
        program: String,
    },
    /// Its log cannot be written.
    #[error("cannot keep the log of `{program}`")]
    Log {
        /// The program.
        program: String,
        /// Why.
        source: std::io::Error,
    },
}

/// The words that do an errand in front of a command; `None` where this binary cannot be started again.
pub(in crate::engine) fn in_front(what: &Errand) -> Option<Vec<String>> {
    let (program, args) = errand(what)?;
    Some(std::iter::once(program.display().to_string()).chain(args).collect())
}

/// Runs a program to its end. Nothing of it is left when this returns.
pub(in crate::engine) fn run(spawn: &Spawn, log: &LogWriter, cancel: &Cancel) -> Result<Exit, ProcessError> {
    let program = || spawn.program.display().to_string();
    let started = Instant::now();
    let failed = |source| ProcessError::Start { program: program(), source };
    let (out, out_end) = std::io::pipe().map_err(failed)?;
    let (err, err_end) = std::io::pipe().map_err(failed)?;
    let running = Running::start(spawn, out_end, Some(err_end)).map_err(failed)?;

    let closing = Closing::default();
    let outcome = std::thread::scope(|scope| {
        let (out, err) = (Ends::new(out, &closing), Ends::new(err, &closing));
        let reader = |end, stream| threads::beside(scope, move || log.drain(end, stream));
        let readers = reader(out, Stream::Out).and_then(|out| Ok([out, reader(err, Stream::Err)?]));
        let readers = readers.map_err(|source| {
            running.end();
            closing.begin();
            failed(source)
        })?;
        let outcome = running.wait(spawn, cancel, started);
        let deadline = Instant::now() + LINGER;
        while outcome.is_ok() && readers.iter().any(|reader| !reader.is_finished()) && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(2));
        }
        running.end();
        closing.begin();
        let kept = readers.into_iter().try_for_each(|reader| reader.join().unwrap_or(Ok(())));
        let held = running.held();
        if held > 0 {
            // What a log cannot take is no reason to fail.
            let _ = log.note(&format!(
                "processes that were left behind, and for whose output others waited, were ended: {held}"
            ));
        }
        outcome.and_then(|exit| kept.map(|()| exit).map_err(|source| ProcessError::Log { program: program(), source }))
    })?;
    Ok(Exit { code: outcome, wall: started.elapsed() })
}

/// Runs a program and gives what it printed on standard output, for probes.
pub(in crate::engine) fn capture(spawn: &Spawn) -> Result<(Option<i32>, String), ProcessError> {
    let failed = |source| ProcessError::Start { program: spawn.program.display().to_string(), source };
    let (out, out_end) = std::io::pipe().map_err(failed)?;
    let running = Running::start(spawn, out_end, None).map_err(failed)?;
    let closing = Closing::default();
    std::thread::scope(|scope| {
        let out = Ends::new(out, &closing);
        let reader = threads::beside(scope, move || {
            let mut text = Vec::new();
            let _ = out.take(1 << 20).read_to_end(&mut text);
            String::from_utf8_lossy(&text).into_owned()
        });
        let reader = reader.map_err(|source| {
            running.end();
            failed(source)
        })?;
        let code = running.wait(spawn, &Cancel::default(), Instant::now());
        running.end();
        closing.begin();
        let text = reader.join().unwrap_or_default();
        Ok((code?, text))
    })
}

#[cfg(unix)]
#[cfg(test)]
mod tests;
