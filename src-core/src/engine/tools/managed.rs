//! Tools that Packwright brings itself: pinned, their files checked against hashes, isolated in the user's cache, and
//! looked at before they are used.

mod making;

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::error::ToolError;
use super::probes::Probes;
use super::pythons::Interpreter;
use super::record::{self, Damage, Look};
use super::system::{find, version_in};
use super::world::World;
use crate::catalogue::{self, Form, Pins, Tool};
use crate::engine::disk::error::at;
use crate::engine::disk::files::{hex, remove_all};
use crate::engine::disk::lease::{self, Lease};
use crate::engine::disk::{lock, private};
use crate::engine::terms::cancel::Cancel;
use crate::engine::terms::notices::Notices;
use crate::facts::pep;
use crate::plan::ToolRef;

/// What the names of folders begin with in which tools are installed.
const STAGED: &str = ".new-";

/// A tool that is ready to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::engine) struct Managed {
    /// Its executable.
    pub program: PathBuf,
    /// What a sandbox must show for it to run.
    pub root: PathBuf,
    /// Its version.
    pub version: String,
}

/// A tool as it is installed here.
#[derive(Debug, Clone, Copy)]
struct Pinned<'a> {
    name: &'a str,
    tool: &'static Tool,
    pins: &'static Pins,
    executable: &'a str,
    /// The Python that it works for; none for a program.
    python: Option<&'a Interpreter>,
}

impl<'a> Pinned<'a> {
    /// What the catalogue pins. An environment needs a Python, and a program is the same for all.
    fn new(name: &'a str, executable: &'a str, python: Option<&'a Interpreter>) -> Result<Self, ToolError> {
        let unknown = || ToolError::Unknown(name.into());
        let tool = catalogue::tool(name).ok_or_else(unknown)?;
        let pins = tool.pins.as_ref().ok_or_else(unknown)?;
        let python = match pins.form {
            Form::Program => None,
            Form::Environment => Some(python.ok_or_else(unknown)?),
        };
        Ok(Self { name, tool, pins, executable, python })
    }

    /// Where it is once it is installed.
    fn place(&self, folder: &Path) -> Managed {
        let Self { name, pins, executable, .. } = self;
        let version = pins.version(name).unwrap_or_default().to_owned();
        let Some(python) = self.python else {
            let root = folder.join(format!("{name}-{version}"));
            return Managed { program: root.join(program_file(executable)), root, version };
        };
        let asked = format!("{}\n{}\n{}", pins.requirements, python.version, python.executable.display());
        let digest = hex(&Sha256::digest(asked));
        let digest = digest.get(..8).unwrap_or_default();
        let root = folder.join(format!("{name}-{version}-{}-{digest}", python.version));
        let bin = root.join(if cfg!(windows) { "Scripts" } else { "bin" });
        Managed { program: bin.join(executable), root, version }
    }
}

/// The file of a program with this name.
fn program_file(name: &str) -> String {
    format!("{name}{}", std::env::consts::EXE_SUFFIX)
}

/// Where managed tools live, and what installs them.
pub(in crate::engine) struct Toolbox<'a> {
    /// The folder of tools.
    pub folder: &'a Path,
    /// What programs said of themselves.
    pub probes: &'a Probes,
    /// The Pythons found here.
    pub pythons: &'a [Interpreter],
    /// Runs the installers.
    pub world: &'a dyn World,
    /// Whether the network may not be used.
    pub offline: bool,
    /// Ends the installers.
    pub cancel: &'a Cancel,
    /// Folders whose executables are never tools: the project and what it lies in.
    pub off_limits: &'a [PathBuf],
    /// Takes what the user is told of tools that were mended.
    pub notices: &'a Notices,
}

impl Toolbox<'_> {
    /// `uv`, which resolves for the engine and installs what the others need.
    pub fn uv(&self) -> Result<Managed, ToolError> {
        self.managed("uv", "uv", None)
    }

    /// A tool that the catalogue pins: the one on PATH where that will do, otherwise what is installed here, for a Python if
    /// it is a tool that works for one. Whether an environment is as it was installed shows [`Self::mend`].
    pub fn managed(&self, name: &str, executable: &str, python: Option<&Interpreter>) -> Result<Managed, ToolError> {
        let tool = Pinned::new(name, executable, python)?;
        if let Some(found) = self.on_path(tool) {
            return Ok(found);
        }
        self.installed(tool)
    }

    /// Whether a tool that the catalogue pins can be had, as far as that shows without fetching anything.
    pub fn can_be_had(&self, name: &str, executable: &str, python: Option<&Interpreter>) -> Result<(), ToolError> {
        // What is fetched is seen only when it is fetched. Without network it is here, or it is nowhere.
        if self.offline {
            self.managed(name, executable, python).map(drop)
        } else {
            Pinned::new(name, executable, python).map(drop)
        }
    }

    /// A program of this system, with the version that it says of itself: empty where the catalogue does not know how to
    /// ask, or the answer names none.
    pub fn system(&self, name: &str) -> Result<Managed, ToolError> {
        let program = find(name, self.off_limits).ok_or_else(|| ToolError::Missing(vec![name.to_owned()]))?;
        let version = catalogue::tool(name).and_then(|tool| self.version(tool, &program)).unwrap_or_default();
        Ok(Managed { root: program.clone(), program, version })
    }

    /// The version that a program says of itself. Asked once for each state of its file, with a limit in time.
    pub fn version(&self, tool: &Tool, program: &Path) -> Option<String> {
        let arguments: Vec<&str> = tool.probe.arguments.iter().map(String::as_str).collect();
        version_in(tool, &self.probes.ask(program, &arguments)?)
    }

    fn installed(&self, tool: Pinned) -> Result<Managed, ToolError> {
        let ready = self.get(tool)?;
        if tool.pins.form == Form::Program {
            // It is one file: looking at its status costs nothing.
            self.mend_pinned(tool, Look::Status)?;
        }
        Ok(ready)
    }

    /// Makes sure that a tool is what was installed, if it is one that is installed here: what was added to it is removed,
    /// and a damaged one is installed again. Says what was done.
    pub fn mend(&self, tool: &ToolRef, ready: &Managed, look: Look) -> Result<Option<String>, ToolError> {
        let ToolRef::Managed { name, executable, python } = tool else { return Ok(None) };
        if !ready.root.starts_with(self.folder) {
            return Ok(None);
        }
        let python = self.pythons.iter().find(|known| Some(&known.version) == python.as_ref());
        match Pinned::new(name, executable, python) {
            Ok(tool) => self.mend_pinned(tool, look),
            // Its Python is gone, and so is what could be mended.
            Err(_) => Ok(None),
        }
    }

    /// The same for `uv`, wherever it is.
    pub fn mend_uv(&self, ready: &Managed, look: Look) -> Result<Option<String>, ToolError> {
        if !ready.root.starts_with(self.folder) {
            return Ok(None);
        }
        self.mend_pinned(Pinned::new("uv", "uv", None)?, look)
    }

    /// What is wrong with the tools of this name that are installed here, with their versions.
    pub fn damaged(&self, name: &str) -> Vec<(String, Damage)> {
        let pythons = std::iter::once(None).chain(self.pythons.iter().map(Some));
        let mut tools: Vec<Pinned> = pythons.filter_map(|python| Pinned::new(name, name, python).ok()).collect();
        if tools.iter().all(|tool| tool.python.is_none()) {
            // A program is the same for every Python.
            tools.truncate(1);
        }
        let places = tools.iter().map(|tool| tool.place(self.folder));
        places
            .filter(|place| record::is_known(&place.root))
            .filter_map(|place| Some((place.version, record::damage(&place.root, Look::Contents)?)))
            .collect()
    }

    /// Installs a tool unless it is there. One that nothing is written down of is installed again.
    fn get(&self, tool: Pinned) -> Result<Managed, ToolError> {
        let ready = tool.place(self.folder);
        if record::is_known(&ready.root) {
            if !ready.program.exists() {
                self.mend_pinned(tool, Look::Status)?;
            }
            return Ok(ready);
        }
        if self.offline && tool.pins.form == Form::Program {
            return Err(ToolError::Offline(tool.name.into()));
        }
        let _lock = self.lock(tool.name)?;
        if !record::is_known(&ready.root) {
            self.install(tool, &ready)?;
        }
        Ok(ready)
    }

    fn mend_pinned(&self, tool: Pinned, look: Look) -> Result<Option<String>, ToolError> {
        let ready = tool.place(self.folder);
        if record::damage(&ready.root, look).is_none() {
            return Ok(None);
        }
        let _lock = self.lock(tool.name)?;
        // Somebody else may have mended it meanwhile.
        let Some(damage) = record::damage(&ready.root, look) else { return Ok(None) };
        let name = tool.name;
        let added = damage.only_added().unwrap_or_default();
        for path in added {
            remove_all(&ready.root.join(path));
        }
        let said = if !added.is_empty() && record::damage(&ready.root, Look::Contents).is_none() {
            format!("`{name}` was not as it was installed ({damage}): what does not belong to it was removed")
        } else {
            self.install(tool, &ready).map_err(|source| self.not_mended(name, damage.clone(), source))?;
            format!("`{name}` was damaged ({damage}) and was installed again")
        };
        self.notices.add(&said);
        Ok(Some(said))
    }

    fn not_mended(&self, tool: &str, damage: Damage, source: ToolError) -> ToolError {
        if source.is_cancelled() {
            return source;
        }
        ToolError::Damaged { tool: tool.to_owned(), damage, offline: self.offline, source: Box::new(source) }
    }

    /// The tool on PATH, where one that is new enough will do.
    fn on_path(&self, tool: Pinned) -> Option<Managed> {
        let oldest = pep::version(tool.pins.oldest.as_ref()?)?;
        let found = find(tool.executable, self.off_limits)?;
        let version = self.version(tool.tool, &found)?;
        let is_new_enough = pep::version(&version).is_some_and(|version| version >= oldest);
        // A shim runs something else that a sandbox would not see; only the real executable will do.
        let real = fs::canonicalize(&found).ok()?;
        let is_script = fs::File::open(&real).ok().is_none_or(|mut file| {
            let mut head = [0; 2];
            file.read_exact(&mut head).is_err() || &head == b"#!"
        });
        (is_new_enough && !is_script).then(|| Managed { root: real.clone(), program: real, version })
    }

    /// A folder to install in, after those that the dead left have gone.
    fn staging(&self) -> Result<Lease, ToolError> {
        lease::sweep(self.folder, STAGED, |_| true);
        Ok(private::staging(STAGED, self.folder).map_err(at("create a folder in", self.folder))?)
    }

    /// Held while a tool is installed, so that two Packwrights do it once.
    fn lock(&self, name: &str) -> Result<fs::File, ToolError> {
        fs::create_dir_all(self.folder).map_err(at("create", self.folder))?;
        let path = self.folder.join(format!(".{name}.lock"));
        lock::exclusive(&path, self.cancel)?.ok_or_else(|| ToolError::Cancelled(name.into()))
    }
}

#[cfg(test)]
mod tests;
