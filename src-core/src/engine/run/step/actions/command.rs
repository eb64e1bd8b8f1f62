//! Runs the tool of a step in its sandbox.

use std::time::Duration;

use super::{Ground, spawn_for, tool_bindings};
use crate::engine::run::render::Places;
use crate::engine::run::sandbox::{Binding, Sandbox, System};
use crate::engine::run::step::{StepError, Tools};
use crate::engine::tools::log::LogWriter;
use crate::engine::trees::install::InstallError;
use crate::engine::trees::store::Tree;
use crate::engine::trees::unpack::Zip;
use crate::plan::{Command, Network, ToolRef};

impl Ground<'_> {
    /// Runs it, and takes what it wrote into the store. All that it may write is its own and goes with it.
    pub(super) fn run(&self, command: &Command, log: &LogWriter) -> Result<(Tree, Vec<String>), StepError> {
        let sandbox = self.bench.sandbox;
        let mut places = self.places(&self.tools);
        // Before there is any source of a project.
        self.lay_out_cache(command, &places)?;
        if self.step.action.reads_source() {
            self.copy_source()?;
        }
        let mut bindings = vec![
            Binding::writable(self.path("src"), &places.source),
            Binding::writable(self.path("out"), &places.out),
            Binding::writable(self.path("tmp"), &places.scratch),
            Binding::writable(self.path("home"), sandbox.seen("home", &self.path("home"))),
        ];
        bindings.extend(places.inputs.values().map(|(tree, seen)| Binding::readable(&tree.path, seen)));
        bindings.extend(tool_bindings(self.bench, &self.tools));
        let tools = match sandbox {
            Sandbox::Bubblewrap(_) => self.tools.clone(),
            Sandbox::Absent => self.copied(&mut places)?,
        };
        let spawn = spawn_for(
            command,
            &places,
            &tools,
            self.step.network,
            Duration::from_secs(self.step.timeout),
            &sandbox.seen("home", &self.path("home")),
        )?;
        let shown: Vec<String> =
            std::iter::once(command.tool.name().to_owned()).chain(spawn.args.iter().cloned()).collect();
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
        for wheel in tree.manifest.files.keys().filter(|file| file.ends_with(".whl")) {
            Zip::open(&tree.path.join(wheel)).map_err(InstallError::from)?;
        }
        Ok((tree, shown))
    }

    /// Copies what the command reads, because without a sandbox nothing keeps it from writing there. Gives the tools, of
    /// which one that an earlier step made is among the copies.
    fn copied(&self, places: &mut Places) -> Result<Tools, StepError> {
        for (tree, place) in places.inputs.values() {
            self.bench.store.copy_out(tree, place)?;
        }
        let mut tools = self.tools.clone();
        for (tool, ready) in &mut tools {
            let ToolRef::Built { step, .. } = tool else { continue };
            let moved = places
                .inputs
                .get(step)
                .and_then(|(tree, place)| Some(place.join(ready.program.strip_prefix(&tree.path).ok()?)));
            if let Some(program) = moved {
                ready.root.clone_from(&program);
                places.tools.insert(tool.clone(), program.clone());
                ready.program = program;
            }
        }
        Ok(tools)
    }
}
