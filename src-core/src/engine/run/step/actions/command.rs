//! Runs the tools of a step in its sandbox.

use std::time::Duration;

use super::{Ground, spawn_for, tool_bindings};
use crate::engine::run::render::Places;
use crate::engine::run::sandbox::{Binding, Sandbox, System};
use crate::engine::run::step::StepError;
use crate::engine::tools::log::LogWriter;
use crate::engine::trees::install::InstallError;
use crate::engine::trees::store::Tree;
use crate::engine::trees::unpack::Zip;
use crate::plan::{Command, Grants, Place};

impl Ground<'_> {
    /// Runs them one after the other, and takes what they wrote into the store. All that they may write is their own and
    /// goes with them.
    pub(super) fn run(
        &self,
        (place, may): (&Place, &Grants),
        commands: &[Command],
        log: &LogWriter,
    ) -> Result<(Tree, Vec<String>), StepError> {
        let sandbox = self.bench.sandbox;
        let system = self.system(place)?;
        let places = self.places(&self.tools);
        // Before there is any source of a project.
        for command in commands {
            self.lay_out_cache(command, &places)?;
        }
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
        if *sandbox == Sandbox::Absent {
            self.copy_inputs(&places)?;
        }
        let mut shown = Vec::new();
        for command in commands {
            let limit = Duration::from_secs(self.step.within);
            let home = sandbox.seen("home", &self.path("home"));
            let is_open = !may.network.is_own();
            let spawn = spawn_for(command, &places, &self.tools, is_open, limit, &home)?;
            if !shown.is_empty() {
                shown.push("&&".into());
            }
            shown.push(command.name());
            shown.extend(spawn.args.iter().cloned());
            let wrapped = sandbox.wrap(&spawn, &system, &bindings, is_open);
            let exit = self.bench.world.run(&wrapped, log, self.bench.cancel)?;
            if exit.code != Some(0) {
                return Err(StepError::Exit { tool: command.name(), code: exit.code });
            }
        }
        let tree = self.bench.store.import_seen(&self.path("out"), &places.out)?;
        if tree.manifest.files().next().is_none() {
            let tool = commands.last().map(Command::name).unwrap_or_default();
            return Err(StepError::Nothing { tool });
        }
        for wheel in tree.manifest.files().map(|(file, _)| file).filter(|file| file.ends_with(".whl")) {
            Zip::open(&tree.path.join(wheel)).map_err(InstallError::from)?;
        }
        Ok((tree, shown))
    }

    /// The system that commands see.
    fn system(&self, place: &Place) -> Result<System, StepError> {
        Ok(match place {
            Place::Here => System::Whole,
            Place::Userland { python: None } => System::Bare,
            Place::Userland { python: Some(version) } => System::Python(self.bench.python(version)?.clone()),
            Place::Root { name, .. } => return Err(StepError::Place(name.clone())),
            Place::Wine { .. } => return Err(StepError::Place("Wine".into())),
        })
    }

    /// Copies what the commands read, because without a sandbox nothing keeps them from writing there.
    fn copy_inputs(&self, places: &Places) -> Result<(), StepError> {
        for (tree, place) in places.inputs.values() {
            self.bench.store.copy_out(tree, place)?;
        }
        Ok(())
    }
}
