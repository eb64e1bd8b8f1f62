//! Asks `uv` for a lock of one environment, and remembers the answer for a day.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::pins::Pins;
use super::pylock;
use crate::backend::Lock;
use crate::engine::files::{hex, write_atomically};
use crate::engine::log::LogWriter;
use crate::engine::paths;
use crate::engine::process::{ProcessError, Spawn};
use crate::engine::sandbox::{Binding, System};
use crate::engine::step::{Bench, StepError};
use crate::engine::store::{StoreError, at};
use crate::engine::tools::{Access, Interpreter, ToolError, environment, index_arguments};
use crate::facts::{Arch, Environment, Libc, Os, Platform};
use crate::problem::{Code, Problem};

/// How long an answer of the index is believed.
const FRESH: Duration = Duration::from_secs(24 * 3600);

/// Why there is no lock.
#[derive(Debug, thiserror::Error)]
pub enum ResolveError {
    /// The requirements contradict each other or the index.
    #[error("the requirements of {what} cannot be met for {environment}")]
    Unsatisfiable {
        /// Whose requirements.
        what: String,
        /// For where.
        environment: Environment,
        /// What `uv` says, its lines joined.
        said: String,
    },
    /// Metadata must be built, which runs code.
    #[error("{what} needs packages that come as source only, and reading their metadata runs their code")]
    NeedsTrust {
        /// Whose requirements.
        what: String,
    },
    /// `uv` failed for another reason.
    #[error("`uv` could not resolve the requirements of {what}")]
    Failed {
        /// Whose requirements.
        what: String,
        /// The end of its log.
        said: String,
    },
    /// The resolver's answer is not understood.
    #[error("the resolver's answer cannot be used: {0}")]
    Answer(String),
    /// A file without a hash.
    #[error("the index gives no SHA-256 for `{name}`, so it cannot be checked")]
    NoHash {
        /// The file.
        name: String,
    },
    /// A dependency that is no file.
    #[error("`{name}` comes from {kind}, which cannot be locked by a hash")]
    NoFile {
        /// The package.
        name: String,
        /// Where it comes from.
        kind: String,
    },
    /// The project's lock cannot be read.
    #[error("the lock `{path}` cannot be read: {why}")]
    OwnLock {
        /// The lock.
        path: String,
        /// Why.
        why: String,
    },
    /// Something the lock does not name.
    #[error("`{name} {version}` is needed, but `{path}` does not name it")]
    NotLocked {
        /// The package.
        name: String,
        /// Its version.
        version: String,
        /// The lock.
        path: String,
    },
    /// A file that is not the one of the lock.
    #[error("the index has another `{file}` than `{path}` names")]
    OtherFile {
        /// The file.
        file: String,
        /// The lock.
        path: String,
    },
    /// There is no lock to keep to.
    #[error("`--locked` was asked for, but the project has no lock")]
    NoLock,
    /// A tool is missing.
    #[error(transparent)]
    Tool(#[from] ToolError),
    /// A program could not be run.
    #[error(transparent)]
    Process(#[from] ProcessError),
    /// The cache failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<ResolveError> for Problem {
    fn from(error: ResolveError) -> Self {
        let problem = Self::new(Code::Unresolvable, error.to_string());
        let said = |problem: Self, said: &str| {
            said.lines()
                .filter(|line| !line.trim().is_empty())
                .take(6)
                .fold(problem, |problem, line| problem.cause(line.trim()))
        };
        match error {
            ResolveError::Tool(error) => error.into(),
            ResolveError::Process(ProcessError::Cancelled { .. }) => {
                Self::new(Code::Cancelled, "resolving was cancelled")
            }
            ResolveError::Process(error) => problem.because(&error),
            ResolveError::Store(error) => Self::new(Code::Store, error.to_string()),
            ResolveError::Unsatisfiable { said: text, .. } => {
                let hint = if text.contains("was not found") {
                    "Check the name and the index"
                } else {
                    "Relax the requirement that the first line names, or choose another Python with `--target python=…`"
                };
                said(problem, &text).hint(hint)
            }
            ResolveError::Failed { said: text, .. } => said(problem, &text).hint(
                "Check the network, the proxy variables and `SSL_CERT_FILE`; `--offline` uses what is in the cache",
            ),
            ResolveError::NeedsTrust { .. } => Self { code: Code::ConsentRefused, ..problem }
                .hint("Add `--trust` if you trust them; they run without reach to your files"),
            ResolveError::NotLocked { .. } | ResolveError::OtherFile { .. } => {
                problem.hint("Update the lock with the tool that wrote it")
            }
            ResolveError::NoLock => Self { code: Code::Usage, ..problem }
                .hint("Leave out `--locked`, or write a lock, for example with `uv lock`"),
            _ => problem,
        }
    }
}

/// Resolves for one project.
pub(in crate::engine) struct Resolver<'a> {
    pub bench: &'a Bench<'a>,
    /// Folder of remembered locks.
    pub folder: &'a Path,
}

/// A remembered answer.
#[derive(Serialize, Deserialize)]
struct Remembered {
    lock: Lock,
    at: u64,
}

impl Resolver<'_> {
    /// The lock of requirements in one environment. `own` says whether the project's own lock applies to them.
    pub fn lock(
        &self,
        what: &str,
        requirements: &[String],
        environment: Environment,
        python: &Interpreter,
        own: bool,
    ) -> Result<Lock, ResolveError> {
        let settings = self.bench.settings;
        let own_lock = self.bench.project.lock.as_ref().filter(|_| own);
        let pins = own_lock.map(|file| Pins::read(&self.bench.project.root, file)).transpose()?;
        if settings.locked && own && pins.is_none() && !requirements.is_empty() {
            return Err(ResolveError::NoLock);
        }
        if requirements.is_empty() {
            return Ok(Lock::default());
        }
        let constraints = pins.as_ref().map(Pins::constraints).unwrap_or_default();
        let indexes = index_arguments();
        let memory = self.folder.join(self.key(requirements, &constraints, environment, python, &indexes));
        let lock = match self.remembered(&memory) {
            Some(lock) => lock,
            None => {
                let lock = self.ask(what, requirements, &constraints, environment, python, &indexes)?;
                let entry = Remembered { lock, at: now() };
                std::fs::create_dir_all(self.folder).map_err(at("create", self.folder))?;
                write_atomically(&memory, &serde_json::to_vec(&entry).unwrap_or_default())?;
                entry.lock
            }
        };
        if let Some(pins) = pins {
            pins.allow(&lock, settings.locked)?;
        }
        Ok(lock)
    }

    fn key(
        &self,
        requirements: &[String],
        constraints: &str,
        environment: Environment,
        python: &Interpreter,
        indexes: &[String],
    ) -> String {
        let configured: BTreeMap<String, String> = environment_of_indexes();
        let text =
            format!("{requirements:?}\n{constraints}\n{environment}\n{}\n{indexes:?}\n{configured:?}", python.version);
        format!("{}.json", hex(&Sha256::digest(text)).get(..32).unwrap_or_default())
    }

    fn remembered(&self, memory: &Path) -> Option<Lock> {
        let entry: Remembered = serde_json::from_slice(&std::fs::read(memory).ok()?).ok()?;
        let fresh = self.bench.settings.offline
            || (self.bench.settings.use_cache && now().saturating_sub(entry.at) < FRESH.as_secs());
        fresh.then_some(entry.lock)
    }

    fn ask(
        &self,
        what: &str,
        requirements: &[String],
        constraints: &str,
        environment: Environment,
        python: &Interpreter,
        indexes: &[String],
    ) -> Result<Lock, ResolveError> {
        let question = Question { what, requirements, constraints, environment, python, indexes };
        // Wheels first: they run nobody's code.
        match self.compile(&question, false) {
            Err(ResolveError::Unsatisfiable { said, .. }) if said.contains("building from source is disabled") => {
                if !self.bench.settings.trusted {
                    return Err(ResolveError::NeedsTrust { what: what.into() });
                }
                self.compile(&question, true)
            }
            other => other,
        }
    }

    fn compile(&self, question: &Question, may_build: bool) -> Result<Lock, ResolveError> {
        let uv = self.bench.toolbox.uv()?;
        let work = self.bench.store.work();
        let folder =
            tempfile::Builder::new().prefix("lock-").tempdir_in(&work).map_err(at("create a folder in", &work))?;
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).map_err(at("write", &path))
        };
        write("requirements.in", &(question.requirements.join("\n") + "\n"))?;
        write("constraints.txt", question.constraints)?;
        let sandboxed = may_build && self.bench.sandbox.name() == "bubblewrap";
        let seen = if sandboxed { PathBuf::from("/pw/lock") } else { folder.path().to_path_buf() };
        let mut env = environment(Access::Index, &[]);
        // Code that is built for its metadata must not reach the shared cache of uv.
        let cache = if sandboxed { Some(seen.join("cache")) } else { paths::uv_cache() };
        env.extend(cache.map(|cache| ("UV_CACHE_DIR".into(), cache.display().to_string())));
        env.insert("HOME".into(), seen.display().to_string());
        let args = question.arguments(&seen, may_build, self.bench.settings.offline);
        let spawn =
            Spawn { program: uv.program.clone(), args, env, cwd: seen.clone(), timeout: Duration::from_secs(600) };
        let spawn = if sandboxed {
            let mut bindings = vec![Binding::writable(folder.path(), &seen)];
            bindings.extend([&uv.root, &question.python.prefix].map(|path| Binding::readable(path, path)));
            self.bench.sandbox.wrap(&spawn, &System::Whole, &bindings, true)
        } else {
            spawn
        };
        let log_path = folder.path().join("uv");
        let log = LogWriter::create(&log_path).map_err(at("write", &log_path))?;
        let exit = self.bench.world.run(&spawn, &log, self.bench.cancel)?;
        let said = log.finish().map_err(at("write", &log_path))?.tail(40);
        if exit.code != Some(0) {
            let what = question.what.to_owned();
            return Err(if said.contains("No solution found") {
                ResolveError::Unsatisfiable { what, environment: question.environment, said: reasons(&said) }
            } else {
                ResolveError::Failed { what, said: reasons(&said) }
            });
        }
        let answer = folder.path().join("pylock.toml");
        pylock::read(&std::fs::read_to_string(&answer).map_err(at("read", &answer))?)
    }
}

/// What is asked of the resolver.
struct Question<'a> {
    what: &'a str,
    requirements: &'a [String],
    constraints: &'a str,
    environment: Environment,
    python: &'a Interpreter,
    indexes: &'a [String],
}

impl Question<'_> {
    fn arguments(&self, folder: &Path, may_build: bool, offline: bool) -> Vec<String> {
        let path = |name: &str| folder.join(name).display().to_string();
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let mut args = words(&["pip", "compile", "--quiet", "--no-config", "--no-header", "--format", "pylock.toml"]);
        args.extend(["--output-file".into(), path("pylock.toml"), "--constraints".into(), path("constraints.txt")]);
        args.extend(["--python".into(), self.python.executable.display().to_string()]);
        if self.environment.platform != Platform::host() || self.python.minor() != Some(self.environment.python) {
            args.extend([
                "--python-version".into(),
                self.environment.python.to_string(),
                "--python-platform".into(),
                uv_platform(self.environment.platform),
            ]);
        }
        if !may_build {
            args.push("--no-build".into());
        }
        if offline {
            args.push("--offline".into());
        }
        args.extend(self.indexes.iter().cloned());
        args.push(path("requirements.in"));
        args
    }
}

/// uv's name for a platform. For glibc it is the oldest that most wheels are made for.
fn uv_platform(platform: Platform) -> String {
    let arch = match platform.arch {
        Arch::X86_64 => "x86_64",
        Arch::X86 => "i686",
        Arch::Arm64 => "aarch64",
        Arch::Armv7 => "armv7",
        Arch::Riscv64 => "riscv64",
        Arch::Microcontroller => "unknown",
    };
    match (platform.os, platform.libc) {
        (Os::Windows, _) => format!("{arch}-pc-windows-msvc"),
        (Os::Macos | Os::Ios, _) => format!("{arch}-apple-darwin"),
        (Os::Android, _) => format!("{arch}-linux-android"),
        (_, Some(Libc::Musl)) => format!("{arch}-unknown-linux-musl"),
        _ if arch == "riscv64" => "riscv64-unknown-linux".into(),
        _ => format!("{arch}-manylinux_2_28"),
    }
}

/// The lines of uv's message that say why, without its own labels.
fn reasons(said: &str) -> String {
    let lines = said.lines().map(|line| line.trim().trim_start_matches("error:").trim_start_matches("cause:").trim());
    lines.filter(|line| !line.is_empty() && !line.starts_with("No solution found")).collect::<Vec<_>>().join("\n")
}

fn environment_of_indexes() -> BTreeMap<String, String> {
    let base = environment(Access::None, &[]);
    environment(Access::Index, &[])
        .into_iter()
        .filter(|(name, _)| !base.contains_key(name) && name.starts_with("UV_"))
        .collect()
}

fn now() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or(Duration::ZERO).as_secs()
}

impl From<ResolveError> for StepError {
    fn from(error: ResolveError) -> Self {
        match error {
            ResolveError::Store(error) => error.into(),
            ResolveError::Tool(error) => error.into(),
            ResolveError::Process(error) => error.into(),
            _ => Self::Cancelled,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_uv_says_is_quoted_without_its_labels() {
        let said = "error: No solution found when resolving dependencies\n  cause: Because a was not found in the package registry\n\nhint: x";
        assert_eq!(reasons(said), "Because a was not found in the package registry\nhint: x");
    }

    #[test]
    fn every_platform_has_the_name_that_uv_knows_it_by() {
        let name = |os, arch, libc| uv_platform(Platform { os, arch, libc });
        assert_eq!(name(Os::Linux, Arch::X86_64, Some(Libc::Glibc)), "x86_64-manylinux_2_28");
        assert_eq!(name(Os::Linux, Arch::Arm64, Some(Libc::Musl)), "aarch64-unknown-linux-musl");
        assert_eq!(name(Os::Windows, Arch::X86_64, None), "x86_64-pc-windows-msvc");
        assert_eq!(name(Os::Macos, Arch::Arm64, None), "aarch64-apple-darwin");
    }
}
