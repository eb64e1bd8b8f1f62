//! Asks `uv` for a lock of one environment, and remembers the answer for a day.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::ResolveError;
use super::pins::Pins;
use super::pylock;
use super::question::{Question, Wanted};
use crate::backend::Lock;
use crate::engine::files::write_atomically;
use crate::engine::log::LogWriter;
use crate::engine::paths;
use crate::engine::process::Spawn;
use crate::engine::sandbox::{Binding, System};
use crate::engine::step::Bench;
use crate::engine::store::at;
use crate::engine::tools::{Access, Indexes, Interpreter, ToolError, environment, forget_logins};
use crate::facts::Environment;

/// How long an answer of the index is believed.
const FRESH: Duration = Duration::from_secs(24 * 3600);

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
    /// The lock of requirements in one environment.
    pub fn lock(&self, wanted: &Wanted, environment: Environment, python: &Interpreter) -> Result<Lock, ResolveError> {
        let settings = self.bench.settings;
        let own_lock = self.bench.project.lock.as_ref().filter(|_| wanted.own);
        let pins = own_lock.map(|file| Pins::read(&self.bench.project.root, file)).transpose()?;
        if settings.locked && wanted.own && pins.is_none() && !wanted.requirements.is_empty() {
            return Err(ResolveError::NoLock);
        }
        if wanted.requirements.is_empty() {
            return Ok(Lock::default());
        }
        let constraints = pins.as_ref().map(Pins::constraints).unwrap_or_default();
        let indexes = Indexes::configured().map_err(ToolError::from)?;
        let question = Question { wanted, constraints: &constraints, environment, python, indexes: &indexes };
        let memory = self.folder.join(question.key());
        let lock = match self.remembered(&memory) {
            Some(lock) => lock,
            None => {
                let entry = Remembered { lock: self.ask(&question)?, at: now() };
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

    fn remembered(&self, memory: &Path) -> Option<Lock> {
        let entry: Remembered = serde_json::from_slice(&std::fs::read(memory).ok()?).ok()?;
        let settings = self.bench.settings;
        let fresh = settings.offline || (settings.use_cache && now().saturating_sub(entry.at) < FRESH.as_secs());
        fresh.then_some(entry.lock)
    }

    fn ask(&self, question: &Question) -> Result<Lock, ResolveError> {
        // Wheels first: they run nobody's code.
        match self.compile(question, false) {
            Err(ResolveError::Unsatisfiable { said, .. }) if said.contains("building from source is disabled") => {
                if !self.bench.settings.trusted {
                    return Err(ResolveError::NeedsTrust { what: question.wanted.what.into() });
                }
                self.compile(question, true)
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
        write("requirements.in", &question.wanted.lines()?)?;
        write("overrides.txt", &question.wanted.overrides()?)?;
        write("constraints.txt", question.constraints)?;
        let sandboxed = may_build && self.bench.sandbox.name() == "bubblewrap";
        let seen = if sandboxed { PathBuf::from("/pw/lock") } else { folder.path().to_path_buf() };
        let mut env = environment(Access::Index, &[]);
        let mut indexes = question.indexes.clone();
        indexes.tell(&mut env);
        if may_build {
            // The code that is built has the network, so it gets nothing to give away.
            forget_logins(&mut env);
            indexes = indexes.without_logins(&seen.join("uv.toml"));
            if let Some(text) = indexes.file_text() {
                write("uv.toml", text)?;
            }
        }
        // Code that is built for its metadata must not reach the shared cache of uv.
        let cache = if sandboxed { seen.join("cache") } else { paths::uv_cache() };
        env.insert("UV_CACHE_DIR".into(), cache.display().to_string());
        env.insert("HOME".into(), seen.display().to_string());
        let args = question.arguments(&seen, &indexes, may_build, self.bench.settings.offline);
        let spawn =
            Spawn { program: uv.program.clone(), args, env, cwd: seen.clone(), timeout: Duration::from_secs(600) };
        let spawn = if sandboxed {
            let mut bindings = vec![Binding::writable(folder.path(), &seen)];
            let local = &question.wanted.local;
            bindings.extend(local.iter().map(|wheel| Binding::readable(&wheel.path, &wheel.path)));
            bindings.extend(indexes.folders().iter().map(|path| Binding::readable(path, path)));
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
            let what = question.wanted.what.to_owned();
            return Err(if said.contains("No solution found") {
                ResolveError::Unsatisfiable { what, environment: question.environment, said: reasons(&said) }
            } else {
                ResolveError::Failed { what, said: reasons(&said) }
            });
        }
        let answer = folder.path().join("pylock.toml");
        let lock = pylock::read(&std::fs::read_to_string(&answer).map_err(at("read", &answer))?)?;
        Ok(without_paths(lock, self.bench.store.root()))
    }
}

/// A lock without the paths of the store: its files are found there by their hashes, and plans hold no paths.
fn without_paths(mut lock: Lock, store: &Path) -> Lock {
    let inside = format!("file://{}", store.display());
    for file in lock.packages.iter_mut().flat_map(|package| package.wheel.iter_mut().chain(&mut package.sdist)) {
        if file.url.starts_with(&inside) {
            file.url = "store:".into();
        }
    }
    lock
}

/// The lines of uv's message that say why, without its own labels.
fn reasons(said: &str) -> String {
    let lines = said.lines().map(|line| line.trim().trim_start_matches("error:").trim_start_matches("cause:").trim());
    lines.filter(|line| !line.is_empty() && !line.starts_with("No solution found")).collect::<Vec<_>>().join("\n")
}

fn now() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or(Duration::ZERO).as_secs()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_uv_says_is_quoted_without_its_labels() {
        let said = "error: No solution found when resolving dependencies\n  cause: Because a was not found in the package registry\n\nhint: x";
        assert_eq!(reasons(said), "Because a was not found in the package registry\nhint: x");
    }
}
