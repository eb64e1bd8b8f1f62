//! The actions, each carried out in a folder of its own.

mod command;
mod known;
mod lay;
mod makers;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::{Bench, StepError, Tools};
use crate::catalogue::Tool;
use crate::engine::disk::error::at;
use crate::engine::disk::files::{create_plain_dirs, remove_all};
use crate::engine::run::render::{Places, RenderError};
use crate::engine::run::sandbox::Binding;
use crate::engine::run::source;
use crate::engine::tools::log::LogWriter;
use crate::engine::tools::process::Spawn;
use crate::engine::tools::{Access, described, environment};
use crate::engine::trees::install::InstallError;
use crate::engine::trees::manifest::{Blob, Manifest};
use crate::engine::trees::store::Tree;
use crate::engine::trees::unpack::Zip;
use crate::plan::{Action, Command, Remote, Step, StepId};
use crate::threads;

/// The configuration of Git in every home. A project may look like a bare repository, or hold one, and then Git would obey
/// the configuration in it.
const GIT: &str = "[safe]\n\tbareRepository = explicit\n[core]\n\thooksPath = /dev/null\n";

/// The ground a step stands on: its folders and what it may read.
pub(super) struct Ground<'a> {
    bench: &'a Bench<'a>,
    step: &'a Step,
    inputs: &'a BTreeMap<StepId, Tree>,
    tools: Tools,
    /// Removed with everything in it when the step ends.
    folder: tempfile::TempDir,
}

impl<'a> Ground<'a> {
    pub fn new(
        bench: &'a Bench<'a>,
        step: &'a Step,
        inputs: &'a BTreeMap<StepId, Tree>,
        tools: Tools,
    ) -> Result<Self, StepError> {
        let work = bench.store.work();
        let folder =
            tempfile::Builder::new().prefix("step-").tempdir_in(&work).map_err(at("create a folder in", &work))?;
        let ground = Self { bench, step, inputs, tools, folder };
        ground.make_folders()?;
        Ok(ground)
    }

    /// Empty folders for the step, whatever was in them before.
    pub fn make_folders(&self) -> Result<(), StepError> {
        for name in ["src", "out", "tmp", "home", "in"] {
            let path = self.path(name);
            remove_all(&path);
            create_plain_dirs(&path).map_err(at("create", &path))?;
        }
        let git = self.path("home/.gitconfig");
        std::fs::write(&git, GIT).map_err(at("write", &git))?;
        Ok(())
    }

    /// The source in a folder of its own. What is taken of it is moved, so whoever takes more gets another copy.
    fn copy_source(&self) -> Result<PathBuf, StepError> {
        let (bench, place) = (self.bench, self.path("src"));
        remove_all(&place);
        create_plain_dirs(&place).map_err(at("create", &place))?;
        source::copy(bench.project, bench.source, &place, bench.cancel)?;
        Ok(place)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Does it, and takes what was written into the store.
    pub fn act(&self, log: &LogWriter) -> Result<(Tree, Vec<String>), StepError> {
        let tree = match &self.step.action {
            Action::Run { place, may, commands } => return self.run((place, may), commands, log),
            Action::Lay { items } => self.bench.store.assemble(self.lay(items)?)?,
            Action::Fetch { files } => self.fetch(files, log)?,
            Action::Pack { to, items, format } => self.pack(to, items, format)?,
            Action::Make { maker, words } => self.make(maker, words)?,
        };
        Ok((tree, Vec::new()))
    }

    fn single(&self, to: &str, blob: Blob) -> Result<Tree, StepError> {
        let mut manifest = Manifest::default();
        manifest.add(to.to_owned(), blob)?;
        Ok(self.bench.store.assemble(manifest)?)
    }

    fn input(&self, step: &StepId) -> Result<&Tree, RenderError> {
        self.inputs.get(step).ok_or_else(|| RenderError::Dangling(step.to_string()))
    }

    fn fetch(&self, files: &[Remote], log: &LogWriter) -> Result<Tree, StepError> {
        let mut manifest = Manifest::default();
        let (store, out) = (self.bench.store, self.path("out"));
        for chunk in files.chunks(8) {
            // Waiting for a server costs no processor: eight at a time.
            let blobs = threads::each(chunk, |remote| self.fetch_one(remote, &out, log));
            for (remote, blob) in chunk.iter().zip(blobs) {
                let blob = blob.unwrap_or(Err(StepError::Cancelled))?;
                // Whatever unpacks it later is not asked to take more than this.
                if [".whl", ".zip"].iter().any(|end| remote.name.ends_with(end)) {
                    Zip::open_named(&store.blob_path(&blob), &remote.name).map_err(InstallError::from)?;
                }
                manifest.add(remote.name.clone(), blob)?;
            }
        }
        Ok(store.assemble(manifest)?)
    }

    /// A file that is in the store already is not fetched again, whoever asked for it first.
    fn fetch_one(&self, remote: &Remote, out: &Path, log: &LogWriter) -> Result<Blob, StepError> {
        let store = self.bench.store;
        let blob = Blob { sha256: remote.sha256.clone(), bytes: 0, executable: false };
        if let Some(bytes) = store.size(&blob) {
            return Ok(Blob { bytes, ..blob });
        }
        if self.bench.settings.offline && !remote.url.starts_with("file:") {
            return Err(crate::engine::network::fetch::FetchError::Offline { name: remote.name.clone() }.into());
        }
        let _ = log.note(&format!("fetching {}", remote.name));
        let path = out.join(&remote.sha256);
        self.bench.world.fetch(remote, &path, self.bench.cancel)?;
        Ok(store.take(&path, false)?)
    }

    /// Where a command sees things. Without a sandbox it sees copies of the trees that it reads.
    fn places(&self, tools: &Tools) -> Places {
        let seen = |name: &str| self.bench.sandbox.seen(name, &self.path(name));
        let inputs = self.inputs.iter().enumerate();
        let inputs = inputs.map(|(number, (step, tree))| (step.clone(), (tree.clone(), seen(&format!("in/{number}")))));
        Places {
            source: seen("src"),
            out: seen("out"),
            scratch: seen("tmp"),
            inputs: inputs.collect(),
            mirrors: BTreeMap::new(),
            tools: tools.iter().map(|(tool, ready)| (tool.clone(), ready.program.clone())).collect(),
        }
    }
}

/// A command with every word rendered and its environment made.
pub(in crate::engine) fn spawn_for(
    command: &Command,
    places: &Places,
    tools: &Tools,
    is_open: bool,
    timeout: Duration,
    home: &Path,
) -> Result<Spawn, StepError> {
    let program = places.program(command)?;
    let mut args = Vec::new();
    for word in &command.args {
        args.extend(places.arguments(word)?);
    }
    // Nobody but the engine looks for a tool that is one program, and its folder is shared by all builds.
    let others = tools.iter().filter(|(tool, _)| !described(tool).is_some_and(Tool::is_program));
    let folders: Vec<PathBuf> = others.filter_map(|(_, ready)| ready.program.parent().map(Path::to_path_buf)).collect();
    let access = if is_open { Access::Index } else { Access::None };
    let mut env = environment(access, &folders);
    env.insert("HOME".into(), home.display().to_string());
    env.insert("TMPDIR".into(), places.scratch.display().to_string());
    for tool in tools.keys().filter_map(described) {
        let place = places.scratch.join(&tool.name).display().to_string();
        env.extend(tool.remembers.iter().map(|variable| (variable.clone(), place.clone())));
    }
    // A project without a repository must not be taken for a part of one that its copy happens to lie in.
    let above = places.source.parent().unwrap_or(&places.source);
    env.insert("GIT_CEILING_DIRECTORIES".into(), above.display().to_string());
    for (name, word) in &command.env {
        env.insert(name.clone(), places.text(word)?);
    }
    let cwd = match &command.cwd {
        Some(word) => PathBuf::from(places.text(word)?),
        None => places.scratch.clone(),
    };
    Ok(Spawn { program, args, env, cwd, timeout })
}

/// What a sandbox must show for the tools to run: their own folders and the Pythons beneath them.
pub(in crate::engine) fn tool_bindings(bench: &Bench, tools: &Tools) -> Vec<Binding> {
    let roots = tools.values().map(|ready| ready.root.clone());
    let pythons = tools.keys().filter_map(|tool| match tool {
        crate::plan::ToolRef::Managed { python: Some(version), .. } => {
            bench.python(version).ok().map(|python| python.prefix.clone())
        }
        _ => None,
    });
    let visible = |path: &PathBuf| !path.starts_with("/usr") && path != Path::new("/");
    roots.chain(pythons).filter(visible).map(|path| Binding::readable(path.clone(), path)).collect()
}
