//! Tries artifacts where they should run: a room shows the artifact, what the target has, and nothing else.
//!
//! A room is opened once and stays open for all that is done in it: [`furnished`] lays out what it shows, [`opened`] opens
//! and enters it, [`root`] does where it is a root file system, [`acts`] does what the proof says, and [`expect`], [`start`], [`http`], [`display`] and [`untouched`] judge
//! what came of it.

mod acts;
mod base;
mod beside;
mod display;
mod expect;
mod furnished;
mod help;
mod http;
mod opened;
mod picture;
mod root;
mod start;
mod survey;
mod untouched;
mod visit;

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::time::Duration;

use self::furnished::Furnished;
use super::sandbox::{Lent, Sandbox};
use super::step::{Bench, Done, StepError};
use crate::engine::disk::error::at;
use crate::engine::run::diagnose::telling;
use crate::engine::tools::log::{Log, Stream};
use crate::engine::tools::process::ProcessError;
use crate::event::{Event, RoomUsed, Verdict};
use crate::facts::{Platform, Trial};
use crate::plan::{Act, Outcome, Place, Proof, StepId};
use crate::problem::Problem;

/// Whom it is told what happens in a room.
pub(in crate::engine) type Told<'a> = &'a dyn Fn(Event);

/// How long a command may take, and a program to answer its arguments.
const PATIENCE: Duration = Duration::from_secs(60);

/// The same in a root file system: whatever is installed there is unpacked, configured and removed again.
const PATIENCE_IN_ROOT: Duration = Duration::from_mins(5);

/// What a proof found.
#[derive(Debug, Clone)]
pub(in crate::engine) struct Tried {
    pub verdict: Verdict,
    /// Start times in milliseconds; the first start, which may unpack, is not among them.
    pub starts_ms: Vec<u64>,
    /// Time of the first start, where it was measured.
    pub first_ms: Option<u64>,
    /// What makes the result yellow, one sentence each.
    pub doubts: Vec<String>,
    /// What it printed, where it failed.
    pub log: Option<Log>,
}

impl Tried {
    /// A verdict, and nothing besides.
    pub fn of(verdict: Verdict) -> Self {
        Self { verdict, starts_ms: Vec::new(), first_ms: None, doubts: Vec::new(), log: None }
    }
}

/// Tries an artifact, and measures its start if asked. Anything that keeps it from being tried is a verdict too, never
/// an error.
pub(in crate::engine) fn try_out(
    bench: &Bench,
    proof: &Proof,
    done: &BTreeMap<StepId, Done>,
    measure: bool,
    told: Told,
) -> Tried {
    let room = RoomUsed { wanted: proof.room.to_string(), used: used(bench, proof) };
    let verdict = |outcome, because: String| Verdict::new(outcome, room.clone(), because);
    if let Some(because) = hindrance(proof) {
        return Tried::of(verdict(Outcome::NotTried, because));
    }
    let found = bench.turns(&proof.needs).and_then(|_turns| {
        let room = Furnished::new(bench, proof, done)?;
        acts::carry_out(&room, measure, told)
    });
    match found {
        Ok((Found::Answered { text, starts_ms, first_ms, .. }, noted)) => {
            let verdict = Verdict { tried: noted.tried, ..verdict(proof.proven(), text) };
            Tried { starts_ms, first_ms, doubts: noted.doubts, ..Tried::of(verdict) }
        }
        Ok((Found::Not { because, log }, _)) => Tried { log, ..Tried::of(verdict(Outcome::Failed, because)) },
        Ok((Found::Impossible(because), noted)) => {
            let verdict = Verdict { tried: noted.tried, ..verdict(Outcome::NotTried, because) };
            Tried { doubts: noted.doubts, ..Tried::of(verdict) }
        }
        Err(error) if is_its_own_fault(&error, bench.sandbox) => Tried::of(verdict(Outcome::Failed, error.to_string())),
        Err(error) => Tried::of(verdict(Outcome::NotTried, Problem::from(error).in_one_sentence())),
    }
}

/// Whether what was tried is to blame: it took too long, or cannot be started at all. A full disk, or a limit of the
/// system, is no fault of any program.
fn is_its_own_fault(error: &StepError, sandbox: &Sandbox) -> bool {
    match error {
        StepError::Process(ProcessError::TimedOut { .. }) => true,
        StepError::Process(ProcessError::Start { source, .. }) => {
            let is_no_program = source.raw_os_error() == Some(8);
            // What is started in a sandbox is the sandbox.
            *sandbox == Sandbox::Absent
                && (is_no_program || matches!(source.kind(), ErrorKind::NotFound | ErrorKind::PermissionDenied))
        }
        _ => false,
    }
}

/// Why a trial cannot even begin here. What is not to be started may be looked at all the same.
pub(in crate::engine) fn hindrance(proof: &Proof) -> Option<String> {
    let is_looked_at = proof.acts.iter().any(|act| matches!(act, Act::Survey { .. }));
    if let Some((_, Trial::None { because })) = proof.started().filter(|_| !is_looked_at) {
        return Some(because.clone());
    }
    let platform = proof.room.on.filter(|_| !proof.room.fits(Platform::host()))?;
    Some(format!("it holds native code for {platform}, and this is {}", Platform::host()))
}

/// What a trial found.
#[derive(Debug)]
enum Found {
    /// The program did what it should.
    Answered {
        text: String,
        starts_ms: Vec<u64>,
        first_ms: Option<u64>,
        /// What was tried, each part of a sentence.
        tried: Vec<String>,
        /// What is to be looked at all the same.
        doubts: Vec<String>,
    },
    /// It did not.
    Not { because: String, log: Option<Log> },
    /// This machine cannot try it.
    Impossible(String),
}

/// What several acts found besides.
#[derive(Debug, Default)]
struct Noted {
    tried: Vec<String>,
    doubts: Vec<String>,
}

impl Found {
    /// All is well, and no start was measured.
    fn answered(text: &str) -> Self {
        Self::Answered {
            text: text.to_owned(),
            starts_ms: Vec::new(),
            first_ms: None,
            tried: Vec::new(),
            doubts: Vec::new(),
        }
    }

    /// All is well, and this was tried.
    fn tried(what: String) -> Self {
        let tried = vec![what.clone()];
        Self::Answered { text: what, starts_ms: Vec::new(), first_ms: None, tried, doubts: Vec::new() }
    }

    /// Nothing failed, and something is to be looked at.
    fn doubtful(doubt: String) -> Self {
        Self::Answered {
            text: String::new(),
            starts_ms: Vec::new(),
            first_ms: None,
            tried: Vec::new(),
            doubts: vec![doubt],
        }
    }
}

fn used(bench: &Bench, proof: &Proof) -> String {
    match (bench.sandbox, &proof.room.place) {
        (Sandbox::Bubblewrap(_), Place::Root { .. }) => {
            let not_tried = match bench.lent() {
                Ok(Lent::One(_, alone)) => root::not_tried(&alone),
                Ok(Lent::Several(_) | Lent::None) | Err(_) => String::new(),
            };
            format!("{}, by bubblewrap{not_tried}", proof.room)
        }
        (Sandbox::Bubblewrap(_), _) => format!("{}, by bubblewrap", proof.room),
        (Sandbox::Absent, Place::Userland { python: Some(version) }) => {
            format!("Python {version} with a scrubbed environment: network and other files can be reached")
        }
        (Sandbox::Absent, _) => "this system with a scrubbed environment: a Python may be visible".into(),
    }
}

/// What the program answered: its first line on standard output, because launchers chatter on the other stream.
fn first_line(log: &Log) -> String {
    let mut lines = log.range(0, 200).unwrap_or_default();
    lines.sort_by_key(|line| line.stream == Stream::Err);
    short(lines.iter().map(|line| line.text.trim()).find(|line| !line.is_empty()).unwrap_or_default())
}

/// The line at its end that tells most of why it failed.
fn last_line(log: &Log) -> String {
    telling(&log.tail(50)).map_or_else(|| "it printed nothing".into(), |line| short(&line))
}

fn short(line: &str) -> String {
    line.chars().take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_no_fault_of_a_program_and_a_program_that_is_none_is() {
        let process = |number| std::io::Error::from_raw_os_error(number);
        let log = StepError::from(ProcessError::Log { program: "bwrap".into(), source: process(28) });
        let start = |number| StepError::from(ProcessError::Start { program: "app".into(), source: process(number) });
        let timed_out = StepError::from(ProcessError::TimedOut { program: "app".into(), after: PATIENCE });
        let bubblewrap = Sandbox::Bubblewrap("/usr/bin/bwrap".into());
        for (error, alone, inside) in [
            (log, false, false),
            (start(24), false, false),
            (start(12), false, false),
            (start(8), true, false),
            (start(13), true, false),
            (timed_out, true, true),
        ] {
            assert_eq!(is_its_own_fault(&error, &Sandbox::Absent), alone, "{error:?}");
            assert_eq!(is_its_own_fault(&error, &bubblewrap), inside, "{error:?}");
        }
    }
}
