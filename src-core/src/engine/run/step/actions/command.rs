//! Runs the tools of a step in its sandbox.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::{Ground, spawn_for, tool_bindings};
use crate::engine::disk::error::at;
use crate::engine::disk::files::hex;
use crate::engine::network::apt;
use crate::engine::network::apt_proxies::proxies;
use crate::engine::run::sandbox::{Binding, Lent, Sandbox, System, Ungranted, file_of};
use crate::engine::run::step::StepError;
use crate::engine::tools::log::LogWriter;
use crate::engine::tools::process::{Errand, in_front};
use crate::engine::trees::install::InstallError;
use crate::engine::trees::store::Tree;
use crate::engine::trees::unpack::Zip;
use crate::plan::{Command, Grants, Piece, Place, Users};

/// Where this machine's apt has its settings.
const APT: &str = "/etc/apt";

/// What commands get besides what they read and write.
struct Given {
    devices: Vec<Binding>,
    /// What makes them root among several users.
    users: Option<Vec<String>>,
}

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
        let mut given = self.given(may, commands)?;
        let mut places = self.places(&self.tools);
        places.mirrors = self.lay_out_mirrors(commands)?;
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
        let is_copied = *sandbox == Sandbox::Absent || given.users.is_some();
        for (number, (tree, seen)) in self.inputs.values().zip(places.inputs.values().map(|(_, seen)| seen)).enumerate()
        {
            let copy = self.path(&format!("in/{number}"));
            if is_copied {
                // Nothing keeps the commands from writing there.
                self.bench.store.copy_out(tree, &copy)?;
            }
            bindings.push(Binding::readable(if is_copied { &copy } else { &tree.path }, seen));
        }
        bindings.extend(tool_bindings(self.bench, &self.tools));
        bindings.append(&mut given.devices);
        let mut shown = Vec::new();
        for command in commands {
            let limit = Duration::from_secs(self.step.within);
            let home = sandbox.seen("home", &self.path("home"));
            let is_open = !may.network.is_own();
            let mut spawn = spawn_for(command, &places, &self.tools, is_open, limit, &home)?;
            if is_open && asks_mirrors(command) {
                spawn.env.extend(proxies(Path::new(APT)));
            }
            if !shown.is_empty() {
                shown.push("&&".into());
            }
            shown.push(command.name());
            shown.extend(spawn.args.iter().cloned());
            let wrapped = match &given.users {
                Some(users) => sandbox.wrap_among(users, &spawn, &system, &bindings, is_open),
                None => sandbox.wrap(&spawn, &system, &bindings, is_open),
            };
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

    /// What the commands get besides; or why they cannot have it, before any of them runs.
    fn given(&self, may: &Grants, commands: &[Command]) -> Result<Given, StepError> {
        let tool = || commands.first().map(Command::name).unwrap_or_default();
        if !may.network.is_own() && self.bench.settings.offline {
            return Err(Ungranted::Offline { tool: tool() }.into());
        }
        let devices = may.devices.iter().map(|device| Binding::usable_device(file_of(*device)?));
        let devices = devices.collect::<Result<_, Ungranted>>()?;
        let users = if may.users == Users::One { None } else { Some(self.users(may, tool())?) };
        Ok(Given { devices, users })
    }

    /// The words that make a command root among several users, or of what seems to be some.
    fn users(&self, may: &Grants, tool: String) -> Result<Vec<String>, StepError> {
        if let Some(foreign) = may.foreign.first() {
            return Err(Ungranted::Foreign { whose: foreign.whose.clone() }.into());
        }
        match self.bench.lent()? {
            Lent::Several(words) => Ok(words),
            Lent::One(words, source) => match in_front(&Errand::LeaveOwners) {
                Some(filter) if may.users == Users::Lent => Ok([filter, words].concat()),
                Some(_) | None => Err(Ungranted::Users { tool, source }.into()),
            },
            Lent::None => Err(Ungranted::NoNamespaces { tool }.into()),
        }
    }

    /// Writes down where this machine gets packages of the suites that are asked for.
    fn lay_out_mirrors(&self, commands: &[Command]) -> Result<BTreeMap<String, PathBuf>, StepError> {
        let mut mirrors = BTreeMap::new();
        for piece in commands.iter().flat_map(Command::words).flat_map(|word| &word.0) {
            let Piece::Mirrors(suite) = piece else { continue };
            let Some(text) = apt::sources(Path::new(APT), suite) else { continue };
            let name = format!("home/{}.list", hex(suite.as_bytes()));
            let file = self.path(&name);
            std::fs::write(&file, text).map_err(at("write", &file))?;
            mirrors.insert(suite.clone(), self.bench.sandbox.seen(&name, &file));
        }
        Ok(mirrors)
    }
}

/// Whether a command fetches packages of the system.
fn asks_mirrors(command: &Command) -> bool {
    command.words().flat_map(|word| &word.0).any(|piece| matches!(piece, Piece::Mirrors(_)))
}
