//! Runs the tool of a step in its sandbox.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sha2::{Digest, Sha256};

use super::{Ground, spawn_for, tool_bindings};
use crate::engine::files::{hex, remove_all};
use crate::engine::log::LogWriter;
use crate::engine::sandbox::{Binding, System};
use crate::engine::step::StepError;
use crate::engine::store::{Tree, at};
use crate::plan::{Command, Network};

impl Ground<'_> {
    /// Runs it, and takes what it wrote into the store. A failure may be the fault of what was remembered from builds
    /// before: then it runs once more without.
    pub(super) fn run(&self, command: &Command, log: &LogWriter) -> Result<(Tree, Vec<String>), StepError> {
        let memory = self.memory(command)?;
        let first = self.attempt(command, log, memory.as_deref());
        let (Some(memory), Err(StepError::Exit { .. })) = (memory, &first) else { return first };
        remove_all(&memory);
        self.make_folders()?;
        log.note("trying again without what was remembered of builds before")
            .map_err(at("write in", self.bench.logs))?;
        self.attempt(command, log, None)
    }

    fn attempt(
        &self,
        command: &Command,
        log: &LogWriter,
        memory: Option<&Path>,
    ) -> Result<(Tree, Vec<String>), StepError> {
        if self.step.action.reads_source() {
            self.copy_source()?;
        }
        let sandbox = self.bench.sandbox;
        let places = self.places(&self.tools);
        let mut spawn = spawn_for(
            command,
            &places,
            &self.tools,
            self.step.network,
            Duration::from_secs(self.step.timeout),
            &sandbox.seen("home", &self.path("home")),
        )?;
        let shown: Vec<String> =
            std::iter::once(command.tool.name().to_owned()).chain(spawn.args.iter().cloned()).collect();
        let mut bindings = vec![
            Binding::writable(self.path("src"), &places.source),
            Binding::writable(self.path("out"), &places.out),
            Binding::writable(self.path("tmp"), &places.scratch),
            Binding::writable(self.path("home"), sandbox.seen("home", &self.path("home"))),
        ];
        bindings.extend(places.inputs.values().map(|(tree, seen)| Binding::readable(&tree.path, seen)));
        bindings.extend(tool_bindings(self.bench, &self.tools));
        if let Some(memory) = memory {
            let seen = sandbox.seen("uv", memory);
            spawn.env.insert("UV_CACHE_DIR".into(), seen.display().to_string());
            bindings.push(Binding::writable(memory, seen));
        }
        let network = matches!(self.step.network, Network::Index | Network::Registry);
        let exit =
            self.bench.world.run(&sandbox.wrap(&spawn, &System::Whole, &bindings, network), log, self.bench.cancel)?;
        let tool = || command.tool.name().to_owned();
        if exit.code != Some(0) {
            return Err(StepError::Exit { tool: tool(), code: exit.code });
        }
        let tree = self.bench.store.import(&self.path("out"))?;
        if tree.manifest.files.is_empty() {
            return Err(StepError::Nothing { tool: tool() });
        }
        Ok((tree, shown))
    }

    /// A cache of `uv` for the builds that use exactly these wheels: unpacking them and asking the Python each time would
    /// cost more than many a build. Code of a project or of a source distribution gets a fresh one instead, and wheels
    /// that others use are out of reach for both.
    fn memory(&self, command: &Command) -> Result<Option<PathBuf>, StepError> {
        if self.step.runs_foreign_code || command.tool.name() != "uv" || self.inputs.is_empty() {
            return Ok(None);
        }
        let digests: Vec<&str> = self.inputs.values().map(|tree| tree.digest.as_str()).collect();
        let name = hex(&Sha256::digest(digests.join("\n")));
        let folder = crate::engine::paths::uv_cache().join("builds").join(name.get(..16).unwrap_or_default());
        std::fs::create_dir_all(&folder).map_err(at("create", &folder))?;
        Ok(Some(folder))
    }
}
