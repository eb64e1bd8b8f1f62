//! A world that only pretends: it records what would run and writes what it is told to write.
//!
//! Tests use it to see how the engine takes failures, floods and cancelled work without the real tools.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::log::LogWriter;
use super::process::{Exit, ProcessError, Spawn};
use super::world::World;
use crate::engine::network::fetch::FetchError;
use crate::engine::terms::cancel::Cancel;
use crate::plan::Remote;

/// What a pretended program does.
#[derive(Debug, Clone, Default)]
pub struct Part {
    /// Its exit code.
    pub code: i32,
    /// What it prints.
    pub says: String,
    /// Files it writes into the step's folder, with their text.
    pub writes: Vec<(String, String)>,
    /// How long it takes.
    pub takes: Duration,
}

/// Decides what a program does.
type Script = dyn Fn(&Spawn) -> Part + Send + Sync;

/// A pretended world.
pub struct Rehearsal {
    script: Box<Script>,
    ran: Mutex<Vec<Spawn>>,
}

impl Rehearsal {
    /// A world in which every program does what the script says.
    pub fn new(script: impl Fn(&Spawn) -> Part + Send + Sync + 'static) -> Self {
        Self { script: Box::new(script), ran: Mutex::default() }
    }

    /// What was run, in order.
    pub fn ran(&self) -> Vec<Spawn> {
        self.ran.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl World for Rehearsal {
    fn run(&self, spawn: &Spawn, log: &LogWriter, cancel: &Cancel) -> Result<Exit, ProcessError> {
        self.ran.lock().unwrap_or_else(PoisonError::into_inner).push(spawn.clone());
        let part = (self.script)(spawn);
        let program = || spawn.program.display().to_string();
        let ends = std::time::Instant::now() + part.takes;
        while std::time::Instant::now() < ends {
            if cancel.is_cancelled() {
                return Err(ProcessError::Cancelled { program: program() });
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        let failed = |source| ProcessError::Log { program: program(), source };
        log.note(&part.says).map_err(failed)?;
        let out = out_folder(spawn);
        for (name, text) in &part.writes {
            std::fs::write(out.join(name), text).map_err(failed)?;
        }
        Ok(Exit { code: Some(part.code), wall: part.takes })
    }

    fn fetch(&self, remote: &Remote, to: &Path, _: &Cancel) -> Result<(), FetchError> {
        std::fs::write(to, &remote.name).map_err(|source| FetchError::Write { name: remote.name.clone(), source })
    }
}

/// Where a step writes: what a sandbox shows as `/pw/out`, or the folder beside its scratch folder.
fn out_folder(spawn: &Spawn) -> PathBuf {
    let shown = spawn.args.windows(3).find(|words| words[0] == "--bind" && words[2] == "/pw/out");
    shown.map_or_else(|| spawn.cwd.with_file_name("out"), |words| PathBuf::from(&words[1]))
}
