//! Carries out one step: from the cache if its key is known, in a folder of its own otherwise.

mod actions;
mod error;
mod key;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

pub use error::StepError;

use self::actions::Ground;
pub(in crate::engine) use self::actions::{spawn_for, tool_bindings};
use super::sandbox::{Lent, Sandbox};
use crate::engine::disk::error::at;
use crate::engine::disk::files::hex;
use crate::engine::disk::lock;
use crate::engine::terms::cancel::Cancel;
use crate::engine::terms::consent::{Digest, Given};
use crate::engine::terms::order::Settings;
use crate::engine::tools::log::{Log, LogWriter};
use crate::engine::tools::process::ProcessError;
use crate::engine::tools::record::Look;
use crate::engine::tools::world::World;
use crate::engine::tools::{Interpreter, Managed, Toolbox};
use crate::engine::trees::store::{Store, Tree};
use crate::facts::Project;
use crate::plan::{Keep, Resources, Step, StepId, ToolRef, Word};

/// Everything steps of one project share.
pub(in crate::engine) struct Bench<'a> {
    pub world: &'a dyn World,
    pub store: &'a Store,
    pub sandbox: &'a Sandbox,
    pub toolbox: &'a Toolbox<'a>,
    pub settings: &'a Settings,
    /// What may run, and what would have to be asked.
    pub given: &'a Given,
    pub project: &'a Project,
    /// What its files are known by.
    pub source: &'a Digest,
    /// Folder of cache entries by key.
    pub keys: &'a Path,
    /// Folder for the logs of this build.
    pub logs: &'a Path,
    pub cancel: &'a Cancel,
}

/// A step that is done.
#[derive(Debug, Clone)]
pub(in crate::engine) struct Done {
    /// What it wrote.
    pub tree: Tree,
    /// Whether that was there already.
    pub cached: bool,
    /// How long it took.
    pub wall: Duration,
    /// The command as the step saw it; empty for actions of the engine itself.
    pub command: Vec<String>,
    /// Its log, where it has one.
    pub log: Option<Log>,
}

/// Tools of one step, ready to run.
pub(in crate::engine) type Tools = BTreeMap<ToolRef, Managed>;

impl Bench<'_> {
    /// Works on the same bench with another switch.
    pub fn until<T>(&self, cancel: &Cancel, work: impl FnOnce(&Bench) -> T) -> T {
        let (toolbox, store) = (Toolbox { cancel, ..*self.toolbox }, self.store.until(cancel));
        work(&Bench { cancel, toolbox: &toolbox, store: &store, ..*self })
    }

    /// Runs a step whose inputs are there.
    pub fn run(&self, step: &Step, inputs: &BTreeMap<StepId, Tree>) -> Result<Done, StepError> {
        let started = Instant::now();
        if self.cancel.is_cancelled() {
            return Err(StepError::Cancelled);
        }
        let tools = self.tools(step.action.tools())?;
        let key = key::of(self, step, inputs, &tools);
        let cacheable = step.keep != Keep::Act;
        let lock = cacheable.then(|| self.lock(&key)).transpose()?;
        if let Some((tree, command)) =
            (cacheable && self.settings.use_cache).then(|| key::look_up(self, &key, step.keep)).flatten()
        {
            return Ok(Done { tree, cached: true, wall: started.elapsed(), command, log: None });
        }
        let _turns = self.turns(&step.needs)?;
        let log = LogWriter::create(&self.log_path(step)).map_err(at("write in", self.logs))?;
        let ground = Ground::new(self, step, inputs, tools.clone())?;
        let acted = self.act(step, inputs, &tools, &ground, &log);
        let log = log.finish().map_err(at("write in", self.logs))?;
        let (tree, command) = acted.map_err(|error| error.with_log(step, &log, self.project))?;
        if cacheable {
            key::remember(self, &key, &tree, &command)?;
        }
        drop(lock);
        Ok(Done { tree, cached: false, wall: started.elapsed(), command, log: Some(log) })
    }

    /// Does it with tools and inputs that are what they should be. Sizes and dates tell of most damage to tools; where a
    /// tool fails, its contents are read before anything else is blamed, and it gets a second try if it was mended.
    fn act(
        &self,
        step: &Step,
        inputs: &BTreeMap<StepId, Tree>,
        tools: &Tools,
        ground: &Ground,
        log: &LogWriter,
    ) -> Result<(Tree, Vec<String>), StepError> {
        if step.action.reads_contents() {
            inputs.values().try_for_each(|tree| self.store.check(tree))?;
        }
        self.mend(tools, Look::Status, log)?;
        let first = ground.act(log);
        let may_be_a_tools_fault = matches!(
            first,
            Err(StepError::Exit { .. } | StepError::Nothing { .. } | StepError::Process(ProcessError::Start { .. }))
        );
        if !may_be_a_tools_fault || !self.mend(tools, Look::Contents, log)? {
            return first;
        }
        ground.make_folders()?;
        ground.act(log)
    }

    /// Mends the tools that are not what was installed, and says so in the log. Whether there were any.
    fn mend(&self, tools: &Tools, look: Look, log: &LogWriter) -> Result<bool, StepError> {
        let mut is_mended = false;
        for (tool, ready) in tools {
            if let Some(said) = self.toolbox.mend(tool, ready, look)? {
                // What a log cannot take is no reason to fail.
                let _ = log.note(&said);
                is_mended = true;
            }
        }
        Ok(is_mended)
    }

    fn log_path(&self, step: &Step) -> PathBuf {
        self.logs.join(step.id.as_str())
    }

    /// Held while a step runs, so that two Packwrights on one cache do its work once.
    fn lock(&self, key: &str) -> Result<std::fs::File, StepError> {
        let path = self.keys.join(format!("{key}.lock"));
        lock::exclusive(&path, self.cancel)?.ok_or(StepError::Cancelled)
    }

    /// Waits for what only one of this machine may use at a time; it is held as long as these are.
    pub fn turns(&self, needs: &Resources) -> Result<Vec<std::fs::File>, StepError> {
        // All take them in the same order, so that nobody waits for one who waits for him.
        let names: BTreeSet<String> = needs.exclusive.iter().map(|name| hex(name.as_bytes())).collect();
        let paths = names.iter().map(|name| self.keys.join(format!("only-{name}.lock")));
        paths.map(|path| lock::exclusive(&path, self.cancel)?.ok_or(StepError::Cancelled)).collect()
    }

    /// The users that this machine lends.
    pub fn lent(&self) -> Result<Lent, StepError> {
        Ok(Lent::look(self.sandbox.program(), self.toolbox.off_limits, &self.store.work())?)
    }

    /// Finds or installs these tools.
    pub fn tools<'t>(&self, wanted: impl IntoIterator<Item = &'t ToolRef>) -> Result<Tools, StepError> {
        wanted.into_iter().map(|tool| Ok((tool.clone(), self.tool(tool)?))).collect()
    }

    /// Finds or installs every tool that these words mention.
    pub fn tools_in<'t>(&self, words: impl Iterator<Item = &'t Word>) -> Result<Tools, StepError> {
        self.tools(words.flat_map(Word::tools))
    }

    fn tool(&self, tool: &ToolRef) -> Result<Managed, StepError> {
        let found = match tool {
            ToolRef::Python { version } => self.managed_python(version)?,
            ToolRef::Managed { name, executable, python } => {
                let python = python.as_ref().map(|version| self.python(version)).transpose()?;
                self.toolbox.managed(name, executable, python)?
            }
            ToolRef::System { name } => self.toolbox.system(name)?,
        };
        Ok(found)
    }

    fn managed_python(&self, version: &str) -> Result<Managed, StepError> {
        let python = self.python(version)?;
        Ok(Managed { program: python.executable.clone(), root: python.prefix.clone(), version: python.version.clone() })
    }

    /// The interpreter with this exact version.
    pub fn python(&self, version: &str) -> Result<&Interpreter, StepError> {
        let found = self.toolbox.pythons.iter().find(|python| python.version == version);
        Ok(found.ok_or_else(|| crate::engine::tools::ToolError::NoPython(version.into()))?)
    }
}

#[cfg(test)]
pub(in crate::engine) mod fixture;
#[cfg(test)]
mod tests;
