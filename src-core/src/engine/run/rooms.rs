//! Tries artifacts where they should run: a room shows the artifact, what the target has, and nothing else.

mod http;
mod window;

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::render::Places;
use super::sandbox::{Binding, Sandbox, System};
use super::step::{Bench, Done, StepError, Tools, spawn_for, tool_bindings};
use crate::engine::disk::error::at;
use crate::engine::tools::log::{Log, LogWriter, Stream};
use crate::engine::tools::process::{ProcessError, Spawn};
use crate::engine::tools::record::Look;
use crate::event::{RoomUsed, Verdict};
use crate::facts::{Platform, Trial};
use crate::plan::{Act, Command, Outcome, Place, Proof, StepId};
use crate::problem::Problem;

/// How long a program may take to answer its arguments.
const PATIENCE: Duration = Duration::from_secs(60);

/// How often a program is started to measure its start.
const RUNS: usize = 5;

/// What a proof found.
#[derive(Debug, Clone)]
pub(in crate::engine) struct Tried {
    pub verdict: Verdict,
    /// Start times in milliseconds; the first start, which may unpack, is not among them.
    pub starts_ms: Vec<u64>,
    /// What it printed, where it failed.
    pub log: Option<Log>,
}

/// A room that is furnished for one proof.
struct Furnished<'a> {
    bench: &'a Bench<'a>,
    proof: &'a Proof,
    system: System,
    places: Places,
    tools: Tools,
    bindings: Vec<Binding>,
    folder: tempfile::TempDir,
}

/// Tries an artifact, and measures its start if asked. Anything that keeps it from being tried is a verdict too, never
/// an error.
pub(in crate::engine) fn try_out(bench: &Bench, proof: &Proof, done: &BTreeMap<StepId, Done>, measure: bool) -> Tried {
    let room = RoomUsed { wanted: proof.room.to_string(), used: used(bench.sandbox, proof) };
    let verdict = |outcome, because: String| Verdict { outcome, room: room.clone(), because };
    if let Some(because) = hindrance(proof) {
        return Tried { verdict: verdict(Outcome::NotTried, because), starts_ms: Vec::new(), log: None };
    }
    let found = Furnished::new(bench, proof, done).and_then(|room| room.try_out(measure));
    match found {
        Ok(Found::Answered { text, starts_ms }) => {
            Tried { verdict: verdict(proof.proven(), text), starts_ms, log: None }
        }
        Ok(Found::Not { because, log }) => {
            Tried { verdict: verdict(Outcome::Failed, because), starts_ms: Vec::new(), log }
        }
        Ok(Found::Impossible(because)) => {
            Tried { verdict: verdict(Outcome::NotTried, because), starts_ms: Vec::new(), log: None }
        }
        Err(error) if is_its_own_fault(&error, bench.sandbox) => {
            Tried { verdict: verdict(Outcome::Failed, error.to_string()), starts_ms: Vec::new(), log: None }
        }
        Err(error) => {
            let because = Problem::from(error).in_one_sentence();
            Tried { verdict: verdict(Outcome::NotTried, because), starts_ms: Vec::new(), log: None }
        }
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

/// Why a trial cannot even begin here.
pub(in crate::engine) fn hindrance(proof: &Proof) -> Option<String> {
    if let Some((_, Trial::None { because })) = proof.started() {
        return Some(because.clone());
    }
    let platform = proof.room.on.filter(|_| !proof.room.fits(Platform::host()))?;
    Some(format!("it holds native code for {platform}, and this is {}", Platform::host()))
}

/// What a trial found.
enum Found {
    /// The program did what it should.
    Answered { text: String, starts_ms: Vec<u64> },
    /// It did not.
    Not { because: String, log: Option<Log> },
    /// This machine cannot try it.
    Impossible(String),
}

fn used(sandbox: &Sandbox, proof: &Proof) -> String {
    match (sandbox, &proof.room.place) {
        (Sandbox::Bubblewrap(_), _) => format!("{}, by bubblewrap", proof.room),
        (Sandbox::Absent, Place::Userland { python: Some(version) }) => {
            format!("Python {version} with a scrubbed environment: network and other files can be reached")
        }
        (Sandbox::Absent, _) => "this system with a scrubbed environment: a Python may be visible".into(),
    }
}

impl<'a> Furnished<'a> {
    fn new(bench: &'a Bench<'a>, proof: &'a Proof, done: &BTreeMap<StepId, Done>) -> Result<Self, StepError> {
        let work = bench.store.work();
        let folder =
            tempfile::Builder::new().prefix("room-").tempdir_in(&work).map_err(at("create a folder in", &work))?;
        for name in ["home", "tmp"] {
            let path = folder.path().join(name);
            std::fs::create_dir(&path).map_err(at("create", &path))?;
        }
        let system = match &proof.room.place {
            Place::Here => System::Whole,
            Place::Userland { python: None } => System::Bare,
            Place::Userland { python: Some(version) } => System::Python(bench.python(version)?.clone()),
            Place::Root { name, .. } => return Err(StepError::Place(name.clone())),
            Place::Wine { .. } => return Err(StepError::Place("Wine".into())),
        };
        let sandbox = bench.sandbox;
        let mut inputs = BTreeMap::new();
        for step in proof.reads() {
            let tree =
                done.get(step).ok_or_else(|| super::render::RenderError::Dangling(step.to_string()))?.tree.clone();
            let place = format!("in/{}", &step.as_str()[..8]);
            let seen = sandbox.seen(&place, &folder.path().join(&place));
            if *sandbox == Sandbox::Absent {
                // Nothing keeps a program from writing beside itself.
                bench.store.copy_out(&tree, &seen)?;
            }
            inputs.insert(step.clone(), (tree, seen));
        }
        let tools = bench.tools_in(proof.words())?;
        for (tool, ready) in &tools {
            bench.toolbox.mend(tool, ready, Look::Status)?;
        }
        let seen = |name: &str| sandbox.seen(name, &folder.path().join(name));
        let places = Places {
            source: seen("tmp"),
            out: seen("tmp"),
            scratch: seen("tmp"),
            tools: tools.iter().map(|(tool, ready)| (tool.clone(), ready.program.clone())).collect(),
            inputs,
        };
        let mut bindings = vec![
            Binding::writable(folder.path().join("tmp"), &places.scratch),
            Binding::writable(folder.path().join("home"), seen("home")),
        ];
        bindings.extend(places.inputs.values().map(|(tree, seen)| Binding::readable(&tree.path, seen)));
        // The room's own Python is shown by the system, without what was installed into it.
        let own = |binding: &Binding| !matches!(&system, System::Python(python) if python.prefix == binding.from);
        bindings.extend(tool_bindings(bench, &tools).into_iter().filter(own));
        Ok(Self { bench, proof, system, places, tools, bindings, folder })
    }

    fn try_out(&self, measure: bool) -> Result<Found, StepError> {
        let mut found = Found::Impossible("there is nothing to try".into());
        for (number, act) in self.proof.acts.iter().enumerate() {
            found = match act {
                Act::Do { title, command, expect: _ } => self.carry_out(number, title, command)?,
                Act::Start { subject, trial, within: _ } => self.start(subject, trial, measure)?,
                Act::Beside { .. } | Act::Untouched { .. } => Found::Impossible("this room does not stay open".into()),
            };
            if !matches!(found, Found::Answered { .. }) {
                break;
            }
        }
        Ok(found)
    }

    fn carry_out(&self, number: usize, title: &str, command: &Command) -> Result<Found, StepError> {
        let spawn = self.spawn(command, &[])?;
        let (exit, log) = self.run(&format!("prepare-{number}"), &spawn)?;
        if exit == Some(0) {
            return Ok(Found::Answered { text: title.to_owned(), starts_ms: Vec::new() });
        }
        Ok(Found::Not { because: format!("putting it in place failed: {}", last_line(&log)), log: Some(log) })
    }

    fn start(&self, subject: &Command, trial: &Trial, measure: bool) -> Result<Found, StepError> {
        match trial {
            Trial::Arguments { attempts } => self.arguments(subject, attempts, measure),
            Trial::Import { modules } => self.import(subject, modules),
            Trial::Http { port, path, deadline, arguments } => {
                http::try_out(self, subject, *port, path, Duration::from_secs(*deadline), arguments)
            }
            Trial::Window { deadline } => window::try_out(self, subject, Duration::from_secs(*deadline)),
            Trial::None { because } => Ok(Found::Impossible(because.clone())),
        }
    }

    /// The first attempt that exits with 0 and prints something counts; the last one that did not is told otherwise.
    fn arguments(&self, subject: &Command, attempts: &[Vec<String>], measure: bool) -> Result<Found, StepError> {
        let mut failed = Found::Impossible("there is nothing to try".into());
        for (number, arguments) in attempts.iter().enumerate() {
            let spawn = self.spawn(subject, arguments)?;
            let (exit, log) = match self.run(&format!("try-{number}"), &spawn) {
                Err(StepError::Process(ProcessError::TimedOut { after, .. })) => {
                    let because = format!("{} did not end within {} seconds", shown(arguments), after.as_secs());
                    failed = Found::Not { because, log: None };
                    continue;
                }
                other => other?,
            };
            let said = first_line(&log);
            if exit == Some(0) && !said.is_empty() {
                let starts_ms = if measure { self.measure(&spawn)? } else { Vec::new() };
                return Ok(Found::Answered { text: said, starts_ms });
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

    fn import(&self, subject: &Command, modules: &[String]) -> Result<Found, StepError> {
        let statements: Vec<String> = modules.iter().map(|module| format!("import {module}")).collect();
        let script = format!("{}; print('imported')", statements.join("; "));
        let spawn = self.spawn(subject, &["-c".into(), script])?;
        let (exit, log) = self.run("import", &spawn)?;
        if exit == Some(0) {
            return Ok(Found::Answered {
                text: format!("imports {}", crate::problem::listing(modules)),
                starts_ms: Vec::new(),
            });
        }
        Ok(Found::Not { because: format!("importing failed: {}", last_line(&log)), log: Some(log) })
    }

    /// Starts it several more times: the first start may have unpacked or compiled something.
    fn measure(&self, spawn: &Spawn) -> Result<Vec<u64>, StepError> {
        let mut starts = Vec::new();
        for _ in 0..RUNS {
            let started = Instant::now();
            let (exit, _) = self.run("start", spawn)?;
            if exit != Some(0) {
                return Ok(Vec::new());
            }
            starts.push(super::schedule::millis(started.elapsed()));
        }
        Ok(starts)
    }

    /// A command of the proof with more arguments, as the room runs it.
    fn spawn(&self, command: &Command, arguments: &[String]) -> Result<Spawn, StepError> {
        let home = self.bench.sandbox.seen("home", &self.folder.path().join("home"));
        let mut spawn = spawn_for(command, &self.places, &self.tools, false, PATIENCE, &home)?;
        spawn.args.extend(arguments.iter().cloned());
        spawn.env.insert("PATH".into(), self.path());
        spawn.env.remove("SOURCE_DATE_EPOCH");
        Ok(spawn)
    }

    /// What the room's PATH shows: its Python, if it has one, and the userland.
    fn path(&self) -> String {
        let python = match &self.system {
            System::Python(python) => python.executable.parent().map(Path::to_path_buf),
            _ => None,
        };
        let folders = python.into_iter().chain(["/usr/bin", "/bin"].map(PathBuf::from));
        std::env::join_paths(folders).map(|path| path.to_string_lossy().into_owned()).unwrap_or_default()
    }

    fn wrapped(&self, spawn: &Spawn) -> Spawn {
        self.bench.sandbox.wrap(spawn, &self.system, &self.bindings, !self.proof.room.may.network.is_own())
    }

    fn log(&self, name: &str) -> Result<LogWriter, StepError> {
        // Diagnosis reads it when the room is gone, and so may the user.
        let room = self.folder.path().file_name().unwrap_or_default().to_string_lossy();
        let path = self.bench.logs.join(format!("{room}-{name}"));
        Ok(LogWriter::create(&path).map_err(at("write", &path))?)
    }

    fn run(&self, name: &str, spawn: &Spawn) -> Result<(Option<i32>, Log), StepError> {
        let log = self.log(name)?;
        let exit = self.bench.world.run(&self.wrapped(spawn), &log, self.bench.cancel)?;
        let log = log.finish().map_err(at("write", self.bench.logs))?;
        Ok((exit.code, log))
    }
}

fn shown(arguments: &[String]) -> String {
    if arguments.is_empty() { "starting it".into() } else { format!("`{}`", arguments.join(" ")) }
}

/// What the program answered: its first line on standard output, because launchers chatter on the other stream.
fn first_line(log: &Log) -> String {
    let mut lines = log.range(0, 200).unwrap_or_default();
    lines.sort_by_key(|line| line.stream == Stream::Err);
    short(lines.iter().map(|line| line.text.trim()).find(|line| !line.is_empty()).unwrap_or_default())
}

fn last_line(log: &Log) -> String {
    let tail = log.tail(50);
    short(tail.lines().rev().map(str::trim).find(|line| !line.is_empty()).unwrap_or("it printed nothing"))
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
