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
use crate::plan::{Check, Command, Network, Outcome, PythonInRoom, StepId};
use crate::problem::Problem;

/// How long a program may take to answer its arguments.
const PATIENCE: Duration = Duration::from_secs(60);

/// How often a program is started to measure its start.
const RUNS: usize = 5;

/// What a check found.
#[derive(Debug, Clone)]
pub(in crate::engine) struct Tried {
    pub verdict: Verdict,
    /// Start times in milliseconds; the first start, which may unpack, is not among them.
    pub starts_ms: Vec<u64>,
    /// What it printed, where it failed.
    pub log: Option<Log>,
}

/// A room that is furnished for one check.
struct Furnished<'a> {
    bench: &'a Bench<'a>,
    check: &'a Check,
    system: System,
    places: Places,
    tools: Tools,
    bindings: Vec<Binding>,
    folder: tempfile::TempDir,
}

/// Tries an artifact, and measures its start if asked. Anything that keeps it from being tried is a verdict too, never
/// an error.
pub(in crate::engine) fn try_out(bench: &Bench, check: &Check, done: &BTreeMap<StepId, Done>, measure: bool) -> Tried {
    let room = RoomUsed { wanted: check.room.to_string(), used: used(bench.sandbox, check) };
    let verdict = |outcome, because: String| Verdict { outcome, room: room.clone(), because };
    if let Some(because) = hindrance(check) {
        return Tried { verdict: verdict(Outcome::NotTried, because), starts_ms: Vec::new(), log: None };
    }
    let found = Furnished::new(bench, check, done).and_then(|room| room.try_out(measure));
    match found {
        Ok(Found::Answered { text, starts_ms }) => {
            Tried { verdict: verdict(check.proven(), text), starts_ms, log: None }
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
pub(in crate::engine) fn hindrance(check: &Check) -> Option<String> {
    if let Trial::None { because } = &check.trial {
        return Some(because.clone());
    }
    let platform = check.room.platform.filter(|_| !check.room.fits(Platform::host()))?;
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

fn used(sandbox: &Sandbox, check: &Check) -> String {
    match sandbox {
        Sandbox::Bubblewrap(_) => format!("{}, by bubblewrap", check.room),
        Sandbox::Absent => match &check.room.python {
            PythonInRoom::Absent => "this system with a scrubbed environment: a Python may be visible".into(),
            PythonInRoom::Exactly(version) => {
                format!("Python {version} with a scrubbed environment: network and other files can be reached")
            }
        },
    }
}

impl<'a> Furnished<'a> {
    fn new(bench: &'a Bench<'a>, check: &'a Check, done: &BTreeMap<StepId, Done>) -> Result<Self, StepError> {
        let work = bench.store.work();
        let folder =
            tempfile::Builder::new().prefix("room-").tempdir_in(&work).map_err(at("create a folder in", &work))?;
        for name in ["home", "tmp"] {
            let path = folder.path().join(name);
            std::fs::create_dir(&path).map_err(at("create", &path))?;
        }
        let system = match &check.room.python {
            PythonInRoom::Absent => System::Bare,
            PythonInRoom::Exactly(version) => System::Python(bench.python(version)?.clone()),
        };
        let sandbox = bench.sandbox;
        let mut inputs = BTreeMap::new();
        for step in check.reads() {
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
        let mut tools = Tools::new();
        for command in check.commands() {
            tools.extend(bench.tools_of(command)?);
        }
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
            ports: BTreeMap::new(),
        };
        let mut bindings = vec![
            Binding::writable(folder.path().join("tmp"), &places.scratch),
            Binding::writable(folder.path().join("home"), seen("home")),
        ];
        bindings.extend(places.inputs.values().map(|(tree, seen)| Binding::readable(&tree.path, seen)));
        // The room's own Python is shown by the system, without what was installed into it.
        let own = |binding: &Binding| !matches!(&system, System::Python(python) if python.prefix == binding.from);
        bindings.extend(tool_bindings(bench, &tools).into_iter().filter(own));
        Ok(Self { bench, check, system, places, tools, bindings, folder })
    }

    fn try_out(&self, measure: bool) -> Result<Found, StepError> {
        for (number, command) in self.check.prepare.iter().enumerate() {
            let spawn = self.spawn(command, &[], Network::None)?;
            let (exit, log) = self.run(&format!("prepare-{number}"), &spawn)?;
            if exit != Some(0) {
                return Ok(Found::Not {
                    because: format!("putting it in place failed: {}", last_line(&log)),
                    log: Some(log),
                });
            }
        }
        match &self.check.trial {
            Trial::Arguments { attempts } => self.arguments(attempts, measure),
            Trial::Import { modules } => self.import(modules),
            Trial::Http { port, path, deadline, arguments } => {
                http::try_out(self, *port, path, Duration::from_secs(*deadline), arguments)
            }
            Trial::Window { deadline } => window::try_out(self, Duration::from_secs(*deadline)),
            Trial::None { because } => Ok(Found::Impossible(because.clone())),
        }
    }

    /// The first attempt that exits with 0 and prints something counts; the last one that did not is told otherwise.
    fn arguments(&self, attempts: &[Vec<String>], measure: bool) -> Result<Found, StepError> {
        let mut failed = Found::Impossible("there is nothing to try".into());
        for (number, arguments) in attempts.iter().enumerate() {
            let spawn = self.spawn(&self.check.subject, arguments, Network::None)?;
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

    fn import(&self, modules: &[String]) -> Result<Found, StepError> {
        let statements: Vec<String> = modules.iter().map(|module| format!("import {module}")).collect();
        let script = format!("{}; print('imported')", statements.join("; "));
        let spawn = self.spawn(&self.check.subject, &["-c".into(), script], Network::None)?;
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

    /// A command of the check with more arguments, as the room runs it.
    fn spawn(&self, command: &Command, arguments: &[String], network: Network) -> Result<Spawn, StepError> {
        let mut tools = self.tools.clone();
        if let crate::plan::ToolRef::Built { step, pick } = &command.tool {
            let (tree, seen) =
                self.places.inputs.get(step).ok_or_else(|| super::render::RenderError::Dangling(step.to_string()))?;
            let program = seen.join(tree.select_one(pick)?.path());
            tools.insert(
                command.tool.clone(),
                crate::engine::tools::Managed { root: program.clone(), program, version: String::new() },
            );
        }
        if let crate::plan::ToolRef::Prepared { path } = &command.tool {
            let program = self.places.scratch.join(path);
            let prepared = crate::engine::tools::Managed { root: program.clone(), program, version: String::new() };
            tools.insert(command.tool.clone(), prepared);
        }
        let home = self.bench.sandbox.seen("home", &self.folder.path().join("home"));
        let mut spawn = spawn_for(command, &self.places, &tools, network, PATIENCE, &home)?;
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
        self.bench.sandbox.wrap(spawn, &self.system, &self.bindings, self.check.room.network)
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

impl Check {
    /// Every command of it.
    fn commands(&self) -> impl Iterator<Item = &Command> {
        self.prepare.iter().chain(std::iter::once(&self.subject))
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
