//! Starts the program as its trial says, and measures how long that takes.

use std::time::{Duration, Instant};

use super::visit::Starting;
use super::{Found, display, first_line, http, last_line};
use crate::engine::run::schedule::millis;
use crate::engine::run::step::StepError;
use crate::engine::tools::log::Log;
use crate::engine::tools::process::{ProcessError, Spawn};
use crate::facts::Trial;
use crate::problem::listing;

/// How often a program is started to measure its start.
const RUNS: usize = 5;

/// Starts it. What is around the program may take this long besides.
pub(super) fn try_out(starting: &Starting, trial: &Trial, within: Duration, measure: bool) -> Result<Found, StepError> {
    let patience = |deadline: u64| Duration::from_secs(deadline) + within;
    match trial {
        Trial::Arguments { attempts } => {
            arguments(starting, attempts, starting.visit.room.patience() + within, measure)
        }
        Trial::Import { modules } => import(starting, modules, starting.visit.room.patience() + within),
        Trial::Http { port, path, deadline, arguments } => {
            http::try_out(starting, (*port, path), patience(*deadline), arguments)
        }
        Trial::Window { deadline } => display::try_out(starting, patience(*deadline)),
        Trial::None { because } => Ok(Found::Impossible(because.clone())),
    }
}

/// The first attempt that exits with 0 and prints something counts; the last one that did not is told otherwise.
fn arguments(
    starting: &Starting,
    attempts: &[Vec<String>],
    timeout: Duration,
    measure: bool,
) -> Result<Found, StepError> {
    let mut failed = Found::Impossible("there is nothing to try".into());
    // Whatever it is asked, the first start is the one that may unpack or compile something.
    let mut first_ms = None;
    for arguments in attempts {
        let began = Instant::now();
        let spawn = Spawn { timeout, ..starting.visit.spawn(starting.subject, arguments)? };
        let (exit, log) = match starting.run(&spawn) {
            Err(StepError::Process(ProcessError::TimedOut { after, .. })) => {
                let because = format!("{} did not end within {} seconds", shown(arguments), after.as_secs());
                failed = Found::Not { because, log: None };
                continue;
            }
            other => other?,
        };
        first_ms.get_or_insert_with(|| millis(began.elapsed()));
        let said = first_line(&log);
        if exit == Some(0) && !said.is_empty() {
            let starts_ms = if measure { measured(starting, &spawn)? } else { Vec::new() };
            let first_ms = first_ms.filter(|_| measure);
            let with = if arguments.is_empty() { String::new() } else { format!(" with {}", shown(arguments)) };
            let (tried, doubts) = (vec![format!("started it{with}")], Vec::new());
            return Ok(Found::Answered { text: said, starts_ms, first_ms, tried, doubts });
        }
        let because = match exit {
            Some(0) => format!("{} printed nothing", shown(arguments)),
            Some(code) => format!("{} ended with exit code {code}: {}", shown(arguments), last_line(&log)),
            None => format!("{} was ended by a signal: {}", shown(arguments), last_line(&log)),
        };
        failed = Found::Not { because, log: Some(log) };
    }
    Ok(failed)
}

fn import(starting: &Starting, modules: &[String], timeout: Duration) -> Result<Found, StepError> {
    let statements: Vec<String> = modules.iter().map(|module| format!("import {module}")).collect();
    let script = format!("{}; print('imported')", statements.join("; "));
    let spawn = Spawn { timeout, ..starting.visit.spawn(starting.subject, &["-c".into(), script])? };
    let (exit, log) = starting.run(&spawn)?;
    if exit == Some(0) {
        return Ok(Found::answered(&format!("imports {}", listing(modules))));
    }
    Ok(Found::Not { because: format!("importing failed: {}", last_line(&log)), log: Some(log) })
}

/// Starts it several more times: the first start may have unpacked or compiled something.
fn measured(starting: &Starting, spawn: &Spawn) -> Result<Vec<u64>, StepError> {
    let mut starts = Vec::new();
    for _ in 0..RUNS {
        let started = Instant::now();
        let (exit, _) = starting.visit.run(starting.visit.room.log("start")?, spawn)?;
        if exit != Some(0) {
            return Ok(Vec::new());
        }
        starts.push(millis(started.elapsed()));
    }
    Ok(starts)
}

impl Starting<'_, '_, '_> {
    /// Runs it to its end; its log is that of the act.
    pub(super) fn run(&self, spawn: &Spawn) -> Result<(Option<i32>, Log), StepError> {
        self.visit.run(self.visit.room.log_of(self.step)?, spawn)
    }
}

fn shown(arguments: &[String]) -> String {
    if arguments.is_empty() { "starting it".into() } else { format!("`{}`", arguments.join(" ")) }
}
