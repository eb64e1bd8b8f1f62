//! The actions, each carried out in a folder of its own.

mod command;
mod known;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
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
use crate::engine::trees::pick::Picked;
use crate::engine::trees::store::{Blob, Manifest, Tree};
use crate::engine::trees::unpack::Zip;
use crate::engine::trees::{archive, install};
use crate::plan::{
    Action, Command, Compression, Member, Network, Pick, Piece, Remote, Step, StepId, Word, with_metadata,
};

/// The configuration of Git in every home. A project may look like a bare repository, or hold one, and then Git would obey
/// the configuration in it.
const GIT: &str = "[safe]\n\tbareRepository = explicit\n[core]\n\thooksPath = /dev/null\n";

/// The ground a step stands on: its folders and what it may read.
pub(super) struct Ground<'a> {
    bench: &'a Bench<'a>,
    step: &'a Step,
    inputs: &'a BTreeMap<StepId, Tree>,
    tools: Tools,
    /// Whether the source was another one when it was copied than when the build began.
    is_stale: AtomicBool,
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
        let ground = Self { bench, step, inputs, tools, is_stale: AtomicBool::new(false), folder };
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

    /// Whether the source was edited after the key of the step was made.
    pub fn is_stale(&self) -> bool {
        self.is_stale.load(Ordering::Relaxed)
    }

    fn copy_source(&self) -> Result<PathBuf, StepError> {
        let (bench, place) = (self.bench, self.path("src"));
        source::copy(bench.project, &place)?;
        let now = source::digest(bench.project, &bench.keys.with_file_name("sources"))?;
        self.is_stale.store(now != bench.source_digest, Ordering::Relaxed);
        Ok(place)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Does it, and takes what was written into the store.
    pub fn act(&self, log: &LogWriter) -> Result<(Tree, Vec<String>), StepError> {
        let out = self.path("out");
        let tree = match &self.step.action {
            Action::Run(command) => return self.run(command, log),
            Action::Write { to, contents, executable } => {
                let text = self.places(&Tools::new()).text(contents)?;
                self.single(to, self.bench.store.put(text.as_bytes(), *executable)?)?
            }
            Action::Copy { from, to } => self.copy(from, to)?,
            Action::Script { from, metadata, shebang, to } => {
                let tree = self.copy(from, to)?;
                let path = tree.path.join(to);
                let script = std::fs::read_to_string(&path).map_err(at("read", &path))?;
                let script = with_metadata(&script, metadata, shebang.as_deref());
                self.single(to, self.bench.store.put(script.as_bytes(), shebang.is_some())?)?
            }
            Action::Fetch { files } => self.fetch(files, log)?,
            Action::Gather { from } => self.gather(from)?,
            Action::Install { wheels, to } => {
                let mut manifest = Manifest::default();
                install::install(&self.all(wheels)?, to, self.bench.store, &mut manifest)?;
                self.bench.store.assemble(manifest)?
            }
            Action::Zip { to, shebang, members, compression } => {
                self.zip(&out.join(to), shebang.as_deref(), members, *compression)?;
                self.bench.store.import(&out)?
            }
        };
        Ok((tree, Vec::new()))
    }

    fn single(&self, to: &str, blob: Blob) -> Result<Tree, StepError> {
        let mut manifest = Manifest::default();
        manifest.add(to.to_owned(), blob)?;
        Ok(self.bench.store.assemble(manifest)?)
    }

    /// Real paths of the files that are picked.
    fn all(&self, picks: &[(StepId, Pick)]) -> Result<Vec<PathBuf>, StepError> {
        let mut paths = Vec::new();
        for (step, pick) in picks {
            let tree = self.input(step)?;
            paths.extend(tree.select(pick)?.iter().map(|picked| tree.path.join(picked.path())));
        }
        Ok(paths)
    }

    fn input(&self, step: &StepId) -> Result<&Tree, RenderError> {
        self.inputs.get(step).ok_or_else(|| RenderError::Dangling(step.to_string()))
    }

    fn gather(&self, from: &[(StepId, Pick)]) -> Result<Tree, StepError> {
        let mut manifest = Manifest::default();
        for (step, pick) in from {
            let tree = self.input(step)?;
            for picked in tree.select(pick)? {
                let name = if matches!(picked, Picked::File(..)) { picked.name() } else { "" };
                for (path, blob) in picked.at(name) {
                    manifest.add(path, blob.clone())?;
                }
            }
        }
        Ok(self.bench.store.assemble(manifest)?)
    }

    fn copy(&self, from: &Word, to: &str) -> Result<Tree, StepError> {
        let mut manifest = Manifest::default();
        let place = |path: &str| [to, path].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("/");
        match from.0.as_slice() {
            [Piece::Source(path)] => {
                let root = self.copy_source()?.join(path);
                let tree = if root.is_file() {
                    let blob = self.bench.store.take(&root, false)?;
                    return self.single(to, blob);
                } else {
                    self.bench.store.import(&root)?
                };
                for (path, blob) in tree.manifest.files {
                    manifest.add(place(&path), blob)?;
                }
            }
            [Piece::Output(step, pick)] => {
                let tree = self.input(step)?;
                for (path, blob) in tree.select(pick)?.iter().flat_map(|picked| picked.at(to)) {
                    manifest.add(path, blob.clone())?;
                }
            }
            _ => {
                return Err(
                    RenderError::Dangling("a copy of something that is neither source nor output".into()).into()
                );
            }
        }
        Ok(self.bench.store.assemble(manifest)?)
    }

    fn fetch(&self, files: &[Remote], log: &LogWriter) -> Result<Tree, StepError> {
        let mut manifest = Manifest::default();
        let (store, out) = (self.bench.store, self.path("out"));
        for chunk in files.chunks(8) {
            // Waiting for a server costs no processor: eight at a time.
            let blobs: Vec<Result<Blob, StepError>> = std::thread::scope(|scope| {
                let running: Vec<_> =
                    chunk.iter().map(|remote| scope.spawn(|| self.fetch_one(remote, &out, log))).collect();
                running.into_iter().map(|thread| thread.join().unwrap_or(Err(StepError::Cancelled))).collect()
            });
            for (remote, blob) in chunk.iter().zip(blobs) {
                let blob = blob?;
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

    fn zip(
        &self,
        to: &Path,
        shebang: Option<&str>,
        members: &[Member],
        compression: Compression,
    ) -> Result<(), StepError> {
        let mut contents = archive::Contents::default();
        for member in members {
            match member {
                Member::Text { name, contents: text } => contents.text(name, text)?,
                Member::Tree { from, exclude } => {
                    let tree = self.input(from)?;
                    let left_out = tree.matching(exclude)?;
                    for (path, blob) in &tree.manifest.files {
                        if !left_out.contains(path.as_str()) {
                            contents.file(path, &tree.path.join(path), blob.executable)?;
                        }
                    }
                }
            }
        }
        archive::write(to, shebang, &contents, compression)?;
        make_executable(to)?;
        Ok(())
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
            tools: tools.iter().map(|(tool, ready)| (tool.clone(), ready.program.clone())).collect(),
            ports: BTreeMap::new(),
        }
    }
}

/// A command with every word rendered and its environment made.
pub(in crate::engine) fn spawn_for(
    command: &Command,
    places: &Places,
    tools: &Tools,
    network: Network,
    timeout: Duration,
    home: &Path,
) -> Result<Spawn, StepError> {
    let tool = tools.get(&command.tool).ok_or_else(|| RenderError::Dangling(command.tool.name().into()))?;
    let mut args = Vec::new();
    for word in &command.args {
        args.extend(places.arguments(word)?);
    }
    // Nobody but the engine looks for a tool that is one program, and its folder is shared by all builds.
    let others = tools.iter().filter(|(tool, _)| !described(tool).is_some_and(Tool::is_program));
    let folders: Vec<PathBuf> = others.filter_map(|(_, ready)| ready.program.parent().map(Path::to_path_buf)).collect();
    let access = if matches!(network, Network::Index | Network::Registry) { Access::Index } else { Access::None };
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
    Ok(Spawn { program: tool.program.clone(), args, env, cwd, timeout })
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

fn make_executable(path: &Path) -> Result<(), StepError> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).map_err(at("seal", path))?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}
