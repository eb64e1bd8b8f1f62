//! What a room shows: the artifact, its tools, an empty home and a scratch folder.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::base::{self, Root};
use super::{PATIENCE, PATIENCE_IN_ROOT, at};
use crate::engine::run::render::{Places, RenderError};
use crate::engine::run::sandbox::{Binding, Sandbox, System};
use crate::engine::run::step::{Bench, Done, StepError, Tools, spawn_for, tool_bindings};
use crate::engine::tools::log::LogWriter;
use crate::engine::tools::process::Spawn;
use crate::engine::tools::record::Look;
use crate::plan::{Command, Place, Proof, StepId};

/// A room that is furnished for one proof.
pub(super) struct Furnished<'a> {
    pub bench: &'a Bench<'a>,
    pub proof: &'a Proof,
    pub system: System,
    pub places: Places,
    pub bindings: Vec<Binding>,
    /// What it stands on, where that is a root file system.
    pub root: Option<Root>,
    tools: Tools,
    folder: tempfile::TempDir,
}

impl<'a> Furnished<'a> {
    pub fn new(bench: &'a Bench<'a>, proof: &'a Proof, done: &BTreeMap<StepId, Done>) -> Result<Self, StepError> {
        let work = bench.store.work();
        let folder =
            tempfile::Builder::new().prefix("room-").tempdir_in(&work).map_err(at("create a folder in", &work))?;
        for name in ["home", "tmp", "layer"] {
            let path = folder.path().join(name);
            std::fs::create_dir(&path).map_err(at("create", &path))?;
        }
        let system = match &proof.room.place {
            Place::Here => System::Whole,
            // Of this system nothing is shown beside a root file system.
            Place::Userland { python: None } | Place::Root { .. } => System::Bare,
            Place::Userland { python: Some(version) } => System::Python(bench.python(version)?.clone()),
            Place::Wine { .. } => return Err(StepError::Place("Wine".into())),
        };
        let sandbox = bench.sandbox;
        let root = Root::of(bench, proof, done)?;
        let is_copied = *sandbox == Sandbox::Absent || root.is_some();
        let (mut inputs, mut shown) = (BTreeMap::new(), Vec::new());
        for step in proof.acts_read() {
            let tree = done.get(step).ok_or_else(|| RenderError::Dangling(step.to_string()))?.tree.clone();
            let place = format!("in/{}", &step.as_str()[..8]);
            let copy = folder.path().join(&place);
            let seen = sandbox.seen(&place, &copy);
            if is_copied {
                // Nothing keeps a program from writing beside itself.
                bench.store.copy_out(&tree, &copy)?;
            }
            shown.push(Binding::readable(if is_copied { &copy } else { &tree.path }, &seen));
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
            mirrors: BTreeMap::new(),
        };
        let mut bindings = shown;
        bindings.push(Binding::writable(folder.path().join("tmp"), &places.scratch));
        if root.is_none() {
            bindings.push(Binding::writable(folder.path().join("home"), seen("home")));
        }
        // The room's own Python is shown by the system, without what was installed into it.
        let own = |binding: &Binding| !matches!(&system, System::Python(python) if python.prefix == binding.from);
        bindings.extend(tool_bindings(bench, &tools).into_iter().filter(own));
        Ok(Self { bench, proof, system, places, bindings, root, tools, folder })
    }

    /// Whether it has a network of its own, in which nobody else takes its ports.
    pub fn has_own_network(&self) -> bool {
        self.bench.sandbox.confines() && self.proof.room.may.network.is_own()
    }

    /// A folder of the room, `home` or `tmp`: where it is seen there, and where it really is.
    pub fn folder(&self, name: &str) -> (PathBuf, PathBuf) {
        let real = self.folder.path().join(name);
        (self.bench.sandbox.seen(name, &real), real)
    }

    /// A command of the proof with more arguments, as the room runs it.
    pub fn spawn(&self, command: &Command, arguments: &[String]) -> Result<Spawn, StepError> {
        if self.root.is_some() {
            return base::spawn(&self.places, command, arguments);
        }
        let (home, _) = self.folder("home");
        let mut spawn = spawn_for(command, &self.places, &self.tools, false, PATIENCE, &home)?;
        spawn.args.extend(arguments.iter().cloned());
        if !command.env.contains_key("PATH") {
            spawn.env.insert("PATH".into(), self.path());
        }
        spawn.env.remove("SOURCE_DATE_EPOCH");
        Ok(spawn)
    }

    /// How long a command may take there.
    pub fn patience(&self) -> Duration {
        if self.root.is_some() { PATIENCE_IN_ROOT } else { PATIENCE }
    }

    /// A command that is no part of the proof, as the room runs it.
    pub fn plain(&self, program: &Path, args: &[&str]) -> Spawn {
        Spawn {
            program: program.to_path_buf(),
            args: args.iter().map(|arg| (*arg).to_owned()).collect(),
            env: BTreeMap::from([("PATH".to_owned(), self.path())]),
            cwd: "/".into(),
            timeout: PATIENCE,
        }
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

    /// A log of what happens around the acts.
    pub fn log(&self, name: &str) -> Result<(LogWriter, PathBuf), StepError> {
        let room = self.folder.path().file_name().unwrap_or_default().to_string_lossy();
        self.log_at(&format!("{room}-{name}"))
    }

    /// The log of what holds the room open. The room waits for what is said there, so a disk that takes no more is noticed
    /// before anybody waits.
    pub fn opening(&self) -> Result<(LogWriter, PathBuf), StepError> {
        let (log, path) = self.log("room")?;
        log.note("opening the room").map_err(at("write", &path))?;
        Ok((log, path))
    }

    /// The log of an act, which is found by its id like that of a step.
    pub fn log_of(&self, act: &StepId) -> Result<(LogWriter, PathBuf), StepError> {
        self.log_at(act.as_str())
    }

    /// A log that diagnosis reads when the room is gone, and so may the user.
    fn log_at(&self, name: &str) -> Result<(LogWriter, PathBuf), StepError> {
        let path = self.bench.logs.join(name);
        Ok((LogWriter::create(&path).map_err(at("write", &path))?, path))
    }
}
