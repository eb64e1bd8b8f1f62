//! A visit to a room that is open: what is run there, and how it gets in.

use std::path::PathBuf;
use std::thread::Scope;

use super::at;
use super::beside::Beside;
use super::furnished::Furnished;
use super::opened::Way;
use crate::engine::run::sandbox::Binding;
use crate::engine::run::step::StepError;
use crate::engine::terms::cancel::Cancel;
use crate::engine::tools::log::{Log, LogWriter};
use crate::engine::tools::process::Spawn;
use crate::plan::{Command, StepId};

/// A room that is open, and who is in it.
pub(super) struct Visit<'s, 'e> {
    pub room: &'e Furnished<'e>,
    pub way: Way,
    pub scope: &'s Scope<'s, 'e>,
    pub ending: &'e Cancel,
    /// What is shown besides what the room is furnished with.
    pub more: Vec<Binding>,
    /// The name of its display, where it has one.
    pub display: Option<String>,
}

/// A program that is to be started.
pub(super) struct Starting<'a, 's, 'e> {
    pub visit: &'a Visit<'s, 'e>,
    /// The act.
    pub step: &'a StepId,
    pub subject: &'a Command,
}

impl<'s> Visit<'s, '_> {
    /// Runs something until the visit is over.
    pub fn beside(&self, (log, path): (LogWriter, PathBuf), spawn: Spawn) -> Beside<'s> {
        let (world, ending) = (self.room.bench.world, self.ending);
        let running = self.scope.spawn(move || {
            let ended = world.run(&spawn, &log, ending);
            // What a log cannot take is no reason to fail.
            drop(log.finish());
            ended
        });
        Beside { running, log: path }
    }

    /// A command of the proof, as it is run in the room.
    pub fn spawn(&self, command: &Command, arguments: &[String]) -> Result<Spawn, StepError> {
        let mut spawn = self.room.spawn(command, arguments)?;
        if let Some(display) = &self.display {
            spawn.env.insert("DISPLAY".into(), display.clone());
        }
        Ok(spawn)
    }

    /// The way of a command into the room.
    pub fn lead(&self, spawn: &Spawn) -> Spawn {
        self.way.lead(self.room, spawn, &self.more)
    }

    /// Runs a command in the room to its end.
    pub fn run(&self, (log, path): (LogWriter, PathBuf), spawn: &Spawn) -> Result<(Option<i32>, Log), StepError> {
        let exit = self.room.bench.world.run(&self.lead(spawn), &log, self.room.bench.cancel)?;
        Ok((exit.code, log.finish().map_err(at("write", &path))?))
    }
}
