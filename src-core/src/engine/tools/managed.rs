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
use super::world::World;
use crate::backends;
use crate::engine::disk::error::at;
use crate::engine::disk::files::{hex, remove_all};
use crate::engine::disk::lease::{self, Lease};
use crate::engine::disk::{lock, private};
use crate::engine::terms::cancel::Cancel;
use crate::engine::terms::notices::Notices;
use crate::plan::{Registry, ToolRef};

/// The pinned `uv` with the hashes of its wheels, one for each platform. Made by
/// `echo uv==VERSION | uv pip compile - --generate-hashes --no-header --no-annotate`.
const UV: &str = include_str!("uv.txt");

/// The oldest `uv` on PATH that is good enough: it knows every option used here.
const UV_OLDEST: (u32, u32) = (0, 9);

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

/// A tool that is installed here.
#[derive(Debug, Clone, Copy)]
enum Pinned<'a> {
    /// One executable, taken out of its wheel.
    Uv,
    /// A tool of the index, in an environment of its own.
    Index { name: &'a str, executable: &'a str, requirements: &'static str, python: &'a Interpreter },
}

impl<'a> Pinned<'a> {
    fn index(name: &'a str, executable: &'a str, python: &'a Interpreter) -> Result<Self, ToolError> {
        let requirements = requirements_of(name).ok_or_else(|| ToolError::Unknown(name.into()))?;
        Ok(Self::Index { name, executable, requirements, python })
    }

    fn name(&self) -> &'a str {
        match self {
            Self::Uv => "uv",
            Self::Index { name, .. } => name,
        }
    }

    /// Where it is once it is installed.
    fn place(&self, folder: &Path) -> Managed {
        match self {
            Self::Uv => {
                let version = pinned_version(UV, "uv").unwrap_or_default().to_owned();
                let root = folder.join(format!("uv-{version}"));
                Managed { program: root.join(if cfg!(windows) { "uv.exe" } else { "uv" }), root, version }
            }
            Self::Index { name, executable, requirements, python } => {
                let version = pinned_version(requirements, name).unwrap_or_default().to_owned();
                let asked = format!("{requirements}\n{}\n{}", python.version, python.executable.display());
                let digest = hex(&Sha256::digest(asked));
                let digest = digest.get(..8).unwrap_or_default();
                let root = folder.join(format!("{name}-{version}-{}-{digest}", python.version));
                let bin = root.join(if cfg!(windows) { "Scripts" } else { "bin" });
                Managed { program: bin.join(executable), root, version }
            }
        }
    }
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
    /// `uv`: the one on PATH if it is new enough, the pinned one otherwise.
    pub fn uv(&self) -> Result<Managed, ToolError> {
        if let Some(found) = self.uv_on_path() {
            return Ok(found);
        }
        self.pinned_uv()
    }

    fn pinned_uv(&self) -> Result<Managed, ToolError> {
        let uv = self.get(Pinned::Uv)?;
        // It is one file: looking at its status costs nothing.
        self.mend_pinned(Pinned::Uv, Look::Status)?;
        Ok(uv)
    }

    /// A tool from the index, in an environment of its own. Whether it is as it was installed shows [`Self::mend`].
    pub fn index_tool(&self, name: &str, executable: &str, python: &Interpreter) -> Result<Managed, ToolError> {
        self.get(Pinned::index(name, executable, python)?)
    }

    /// Makes sure that a tool is what was installed, if it is one that is installed here: what was added to it is removed,
    /// and a damaged one is installed again. Says what was done.
    pub fn mend(&self, tool: &ToolRef, ready: &Managed, look: Look) -> Result<Option<String>, ToolError> {
        let ToolRef::Managed { registry: Registry::Pypi, name, executable, python } = tool else { return Ok(None) };
        if !ready.root.starts_with(self.folder) {
            return Ok(None);
        }
        let python = self.pythons.iter().find(|known| Some(&known.version) == python.as_ref());
        match python {
            None if name == "uv" => self.mend_pinned(Pinned::Uv, look),
            None => Ok(None),
            Some(python) => self.mend_pinned(Pinned::index(name, executable, python)?, look),
        }
    }

    /// The same for `uv`, wherever it is.
    pub fn mend_uv(&self, ready: &Managed, look: Look) -> Result<Option<String>, ToolError> {
        if ready.root.starts_with(self.folder) { self.mend_pinned(Pinned::Uv, look) } else { Ok(None) }
    }

    /// What is wrong with the tools of this name that are installed here, with their versions.
    pub fn damaged(&self, name: &str) -> Vec<(String, Damage)> {
        let tools: Vec<Pinned> = match name {
            "uv" => vec![Pinned::Uv],
            _ => self.pythons.iter().filter_map(|python| Pinned::index(name, name, python).ok()).collect(),
        };
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
        if self.offline && matches!(tool, Pinned::Uv) {
            return Err(ToolError::NoUvOffline);
        }
        let _lock = self.lock(tool.name())?;
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
        let _lock = self.lock(tool.name())?;
        // Somebody else may have mended it meanwhile.
        let Some(damage) = record::damage(&ready.root, look) else { return Ok(None) };
        let name = tool.name();
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

    fn uv_on_path(&self) -> Option<Managed> {
        let found = super::system::find("uv", self.off_limits)?;
        let answer = self.probes.ask(&found, &["--version"])?;
        let version = answer.strip_prefix("uv ")?.split_whitespace().next()?.to_owned();
        let mut parts = version.split('.').map(|part| part.parse().unwrap_or(0));
        let new_enough = (parts.next()?, parts.next()?) >= UV_OLDEST;
        // A shim runs something else that a sandbox would not see; only the real executable will do.
        let real = fs::canonicalize(&found).ok()?;
        let is_script = fs::File::open(&real).ok().is_none_or(|mut file| {
            let mut head = [0; 2];
            file.read_exact(&mut head).is_err() || &head == b"#!"
        });
        (new_enough && !is_script).then(|| Managed { root: real.clone(), program: real, version })
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

/// The hash-pinned requirements of a tool, from the catalogue entry of the backend that uses it.
fn requirements_of(name: &str) -> Option<&'static str> {
    let tools = backends::all().iter().flat_map(|backend| &backend.entry().tools);
    tools.filter(|tool| tool.name == name).find_map(|tool| tool.managed.as_deref())
}

fn pinned_version<'a>(requirements: &'a str, name: &str) -> Option<&'a str> {
    let prefix = format!("{name}==");
    requirements
        .lines()
        .find_map(|line| line.trim().strip_prefix(&prefix))
        .and_then(|rest| rest.split([' ', ';', '\\']).next())
}

#[cfg(test)]
mod tests;
