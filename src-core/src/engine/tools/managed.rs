//! Tools that Packwright brings itself: pinned, their files checked against hashes, isolated in the user's cache.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sha2::{Digest, Sha256};

use super::super::files::{hex, remove_all};
use super::super::lease::{self, Lease};
use super::super::log::LogWriter;
use super::super::paths;
use super::super::process::{Exit, ProcessError, Spawn};
use super::super::store::{StoreError, at};
use super::super::world::World;
use super::super::{Cancel, lock, private};
use super::{Access, ConfigurationError, Indexes, Interpreter, Probes, environment};
use crate::backends;
use crate::problem::{Code, Problem};

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

/// Why a tool is not ready.
#[derive(Debug, thiserror::Error)]
pub enum ToolError {
    /// Nothing knows how to install it.
    #[error("`{0}` is not a tool that can be installed here")]
    Unknown(String),
    /// A program of this system is missing.
    #[error("`{0}` was not found on PATH")]
    Missing(String),
    /// There is no Python of this version.
    #[error("no Python {0} was found here")]
    NoPython(String),
    /// `uv` is neither here nor can it be fetched.
    #[error("`uv` was not found on PATH, and no Python here could fetch it with pip")]
    NoUv {
        /// The last lines of what pip said.
        said: String,
    },
    /// `uv` is not here, and nothing may be fetched.
    #[error("`uv` was not found on PATH, and the network may not be used")]
    NoUvOffline,
    /// Installing failed.
    #[error("installing `{tool}` failed")]
    Install {
        /// The tool.
        tool: String,
        /// The last lines of the installer.
        said: String,
    },
    /// Another Packwright installs it, and nobody wanted to wait any longer.
    #[error("installing `{0}` was cancelled")]
    Cancelled(String),
    /// A program could not be run.
    #[error(transparent)]
    Process(#[from] ProcessError),
    /// The cache could not be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It is not known where tools come from.
    #[error(transparent)]
    Configuration(#[from] ConfigurationError),
    /// A fetched wheel is not what it should be.
    #[error("the wheel of `{tool}` cannot be unpacked: {why}")]
    Wheel {
        /// The tool.
        tool: String,
        /// What is wrong.
        why: String,
    },
}

impl From<ToolError> for Problem {
    fn from(error: ToolError) -> Self {
        let problem = Self::new(Code::ToolMissing, error.to_string());
        match error {
            ToolError::NoUv { said } | ToolError::Install { said, .. } if unreachable(&said) => {
                not_reached(problem, &said)
            }
            ToolError::NoUv { said } => {
                let problem = last_line(&said).into_iter().fold(problem, Self::cause);
                problem.hint_command("Install it, then try again", ["pipx", "install", "uv"])
            }
            ToolError::NoUvOffline => problem.hint("Leave out `--offline` once, so that `uv` gets into the cache"),
            ToolError::Install { said, .. } => {
                problem.cause(said).hint("Check the network and the index settings of pip or uv").room_hint()
            }
            ToolError::Missing(name) => match super::install_hint(&name) {
                Some(command) => problem.hint_command("Install it, then try again", command),
                None => problem.hint("Install it, then try again"),
            },
            ToolError::NoPython(_) => problem
                .hint("Install it, for example with `uv python install`, or choose another with `--target python=…`"),
            ToolError::Cancelled(_) => Self { code: Code::Cancelled, ..problem },
            ToolError::Process(error) => Self::of_process(Code::ToolMissing, &error),
            ToolError::Store(error) => Self { code: Code::Store, ..problem }.because_of(&error).room_hint(),
            ToolError::Configuration(error) => Self { code: Code::Unreadable, ..problem }
                .because_of(&error)
                .hint("Correct it: without it a package of the same name could come from another index"),
            ToolError::Unknown(_) | ToolError::Wheel { .. } => problem,
        }
    }
}

/// What installers say when nobody answers: pip, which tries again and again, and uv.
const UNREACHABLE: &[&str] = &[
    "Max retries exceeded",
    "Failed to establish a new connection",
    "NewConnectionError",
    "ProxyError",
    "Cannot connect to proxy",
    "ConnectTimeoutError",
    "ReadTimeoutError",
    "name resolution",
    "Name or service not known",
    "error sending request",
    "dns error",
    "tcp connect error",
    "Connection refused",
];

fn unreachable(said: &str) -> bool {
    UNREACHABLE.iter().any(|words| said.contains(words))
}

fn last_line(said: &str) -> Option<&str> {
    said.lines().rev().map(str::trim).find(|line| !line.is_empty())
}

/// The index did not answer: the last thing that says why, and not every attempt.
fn not_reached(problem: Problem, said: &str) -> Problem {
    let why = said.lines().rev().map(str::trim).find(|line| unreachable(line));
    let problem = problem.cause("the package index was not reached");
    why.into_iter()
        .fold(problem, Problem::cause)
        .hint("Check the network, the proxy variables and the index settings of pip or uv")
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
    /// The project, whose executables are never tools.
    pub project: Option<&'a Path>,
}

impl Toolbox<'_> {
    /// `uv`: the one on PATH if it is new enough, the pinned one otherwise.
    pub fn uv(&self) -> Result<Managed, ToolError> {
        if let Some(found) = self.uv_on_path() {
            return Ok(found);
        }
        self.pinned_uv()
    }

    /// Where the pinned `uv` is once it is installed.
    fn pinned(&self) -> Managed {
        let version = UV.split_whitespace().next().and_then(|word| word.strip_prefix("uv==")).unwrap_or_default();
        let root = self.folder.join(format!("uv-{version}"));
        let program = root.join(if cfg!(windows) { "uv.exe" } else { "uv" });
        Managed { program, root, version: version.to_owned() }
    }

    fn pinned_uv(&self) -> Result<Managed, ToolError> {
        let ready = self.pinned();
        let (program, root) = (ready.program.clone(), ready.root.clone());
        if program.is_file() {
            return Ok(ready);
        }
        if self.offline {
            return Err(ToolError::NoUvOffline);
        }
        let _lock = self.lock("uv")?;
        if program.is_file() {
            return Ok(ready);
        }
        let staged = self.staging()?;
        let mut said = String::new();
        for python in self.pythons {
            match self.fetch_uv(python, staged.path()) {
                Ok(()) => {
                    let whole = staged.path().join("tool");
                    remove_all(&root);
                    fs::rename(&whole, &root).map_err(at("install", &root))?;
                    return Ok(ready);
                }
                Err(ToolError::Install { said: last, .. }) => said = last,
                Err(other) => return Err(other),
            }
        }
        Err(ToolError::NoUv { said })
    }

    fn uv_on_path(&self) -> Option<Managed> {
        let found = super::find("uv", self.project)?;
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

    fn fetch_uv(&self, python: &Interpreter, folder: &Path) -> Result<(), ToolError> {
        let requirements = folder.join("uv.txt");
        fs::write(&requirements, UV).map_err(at("write", &requirements))?;
        let wheels = folder.join("wheels");
        let mut args: Vec<String> =
            ["-I", "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:", "--require-hashes"]
                .map(str::to_owned)
                .to_vec();
        args.extend(["-r".into(), requirements.display().to_string(), "-d".into(), wheels.display().to_string()]);
        // pip reads its own configuration: `-I` keeps Python from the user's folder, not pip from its index.
        let mut env = environment(Access::Index, &[]);
        env.extend(
            std::env::vars().filter(|(name, _)| name.starts_with("PIP_") || name == "HOME" || name == "USERPROFILE"),
        );
        self.install("uv", &python.executable, args, env, folder)?;
        let wheel = fs::read_dir(&wheels).map_err(at("list", &wheels))?.flatten().next().map(|entry| entry.path());
        let bad = |why: String| ToolError::Wheel { tool: "uv".into(), why };
        let wheel = wheel.ok_or_else(|| bad("pip fetched nothing".into()))?;
        let file = fs::File::open(&wheel).map_err(at("read", &wheel))?;
        let mut archive = zip::ZipArchive::new(file).map_err(|error| bad(error.to_string()))?;
        let is_uv = |name: &str| name.ends_with(".data/scripts/uv") || name.ends_with(".data/scripts/uv.exe");
        let at_index = (0..archive.len()).find(|index| {
            archive.by_index_raw(*index).is_ok_and(|member| member.name().is_ok_and(|name| is_uv(&name)))
        });
        let at_index = at_index.ok_or_else(|| bad("it holds no executable".into()))?;
        let mut member = archive.by_index(at_index).map_err(|error| bad(error.to_string()))?;
        let whole = folder.join("tool");
        fs::create_dir_all(&whole).map_err(at("create", &whole))?;
        let program = whole.join(if cfg!(windows) { "uv.exe" } else { "uv" });
        let mut to = fs::File::create(&program).map_err(at("write", &program))?;
        std::io::copy(&mut member, &mut to).map_err(at("write", &program))?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).map_err(at("seal", &program))?;
        }
        Ok(())
    }

    /// A tool from the index, installed into an environment of its own.
    pub fn index_tool(&self, name: &str, executable: &str, python: &Interpreter) -> Result<Managed, ToolError> {
        let requirements = requirements_of(name).ok_or_else(|| ToolError::Unknown(name.into()))?;
        let version = pinned_version(requirements, name).unwrap_or_default().to_owned();
        let digest =
            hex(&Sha256::digest(format!("{requirements}\n{}\n{}", python.version, python.executable.display())));
        let root =
            self.folder.join(format!("{name}-{version}-{}-{}", python.version, digest.get(..8).unwrap_or_default()));
        let bin = root.join(if cfg!(windows) { "Scripts" } else { "bin" });
        let ready = Managed { program: bin.join(executable), root: root.clone(), version };
        if ready.program.exists() {
            return Ok(ready);
        }
        let _lock = self.lock(name)?;
        if ready.program.exists() {
            return Ok(ready);
        }
        let uv = self.uv()?.program;
        let staged = self.staging()?;
        let file = staged.path().join("requirements.txt");
        fs::write(&file, requirements).map_err(at("write", &file))?;
        let venv = staged.path().join("venv");
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let (python, file, venv_text) =
            (python.executable.display().to_string(), file.display().to_string(), venv.display().to_string());
        let mut env = environment(Access::Index, &[]);
        let create = words(&["venv", "--quiet", "--no-config", "--relocatable", "--python", &python, &venv_text]);
        self.install(name, &uv, create, env.clone(), staged.path())?;
        let mut install =
            words(&["pip", "install", "--quiet", "--require-hashes", "--only-binary", ":all:", "--compile-bytecode"]);
        install.extend(words(&["--link-mode", "copy", "--python", &venv_text, "-r", &file]));
        let indexes = Indexes::configured()?;
        install.extend(indexes.arguments());
        indexes.tell(&mut env);
        if self.offline {
            install.push("--offline".into());
        }
        self.install(name, &uv, install, env, staged.path())?;
        // What is there lacks its executable: a folder that was damaged, in whose place nothing can be moved.
        remove_all(&root);
        fs::rename(&venv, &root).map_err(at("install", &root))?;
        Ok(ready)
    }

    fn install(
        &self,
        tool: &str,
        program: &Path,
        args: Vec<String>,
        mut env: std::collections::BTreeMap<String, String>,
        cwd: &Path,
    ) -> Result<(), ToolError> {
        env.insert("UV_CACHE_DIR".into(), paths::uv_cache().display().to_string());
        let spawn = Spawn {
            program: program.to_path_buf(),
            args,
            env,
            cwd: cwd.to_path_buf(),
            timeout: Duration::from_secs(600),
        };
        let path = cwd.join("install");
        let log = LogWriter::create(&path).map_err(at("write", &path))?;
        let exit: Exit = self.world.run(&spawn, &log, self.cancel)?;
        let log = log.finish().map_err(at("write", &path))?;
        if exit.code == Some(0) {
            return Ok(());
        }
        Err(ToolError::Install { tool: tool.into(), said: log.tail(12) })
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
