//! Installs tools: beside their place, compared with what their wheels list, then moved there at once.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::{Managed, Pinned, Toolbox, program_file};
use crate::engine::disk::error::at;
use crate::engine::disk::files::{remove_all, swap};
use crate::engine::disk::paths;
use crate::engine::network::indexes::Indexes;
use crate::engine::tools::environment;
use crate::engine::tools::environment::Access;
use crate::engine::tools::error::{ToolError, unreachable};
use crate::engine::tools::log::LogWriter;
use crate::engine::tools::process::{Exit, Spawn};
use crate::engine::tools::pythons::Interpreter;
use crate::engine::tools::record::{self, Look, Record};

/// How often and how long pip waits for an index where the user has not said so: without network it would try for a minute.
const PATIENCE: [(&[&str], [&str; 2]); 2] =
    [(&["PIP_RETRIES"], ["--retries", "1"]), (&["PIP_TIMEOUT", "PIP_DEFAULT_TIMEOUT"], ["--timeout", "4"])];

/// What pip says of an index that is there and slow: it is worth to wait as long as pip does by itself.
const SLOW: [&str; 2] = ["ReadTimeoutError", "Read timed out"];

fn patience(env: &BTreeMap<String, String>) -> impl Iterator<Item = String> {
    let open = PATIENCE.into_iter().filter(|(variables, _)| !variables.iter().any(|name| env.contains_key(*name)));
    open.flat_map(|(_, words)| words.map(str::to_owned))
}

impl Toolbox<'_> {
    /// Installs a tool into its place, whatever is there. The caller holds its lock.
    pub(super) fn install(&self, tool: Pinned, ready: &Managed) -> Result<(), ToolError> {
        let staged = self.staging()?;
        let (made, record) = match tool.python {
            None => self.make_program(tool, staged.path())?,
            Some(python) => self.make_environment(tool, python, staged.path())?,
        };
        let root = &ready.root;
        // Another Packwright may be running what is there: it goes only when the new one is in its place.
        if fs::symlink_metadata(root).is_ok() && swap(&made, root).is_err() {
            remove_all(root);
        }
        if made.exists() && fs::symlink_metadata(root).is_err() {
            fs::rename(&made, root).map_err(at("install", root))?;
        }
        record::write(root, &record)?;
        Ok(())
    }

    /// A program out of its wheel, which the pip of the first Python that can fetches.
    fn make_program(&self, tool: Pinned, folder: &Path) -> Result<(PathBuf, Record), ToolError> {
        if self.offline {
            return Err(ToolError::Offline(tool.name.into()));
        }
        let silence = self.probes.silence();
        // Nobody answered a moment ago.
        let pythons = if silence.is_some() { &[][..] } else { self.pythons };
        let mut said = silence.unwrap_or_default();
        for python in pythons {
            let quickly = self.fetch_program(tool, python, folder, true);
            let is_slow = |said: &String| SLOW.iter().any(|words| said.contains(words));
            let fetched = match quickly {
                Err(ToolError::Install { said, .. }) if is_slow(&said) => {
                    self.fetch_program(tool, python, folder, false)
                }
                other => other,
            };
            match fetched {
                Ok(()) => {
                    let made = folder.join("tool");
                    record::protect(&made)?;
                    let record = Record::of(&made)?;
                    return Ok((made, record));
                }
                Err(ToolError::Install { said: last, .. }) => {
                    said = last;
                    // What nobody answers one Python, nobody answers the next.
                    if unreachable(&said) {
                        self.probes.remember_silence(&said);
                        break;
                    }
                }
                Err(other) => return Err(other),
            }
        }
        Err(ToolError::NotFetched { tool: tool.name.into(), said })
    }

    fn fetch_program(&self, tool: Pinned, python: &Interpreter, folder: &Path, quickly: bool) -> Result<(), ToolError> {
        let requirements = folder.join("requirements.txt");
        fs::write(&requirements, &tool.pins.requirements).map_err(at("write", &requirements))?;
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
        args.extend(patience(&env).filter(|_| quickly));
        self.run(tool.name, &python.executable, args, env, folder)?;
        let wheel = fs::read_dir(&wheels).map_err(at("list", &wheels))?.flatten().next().map(|entry| entry.path());
        let bad = |why: String| ToolError::Wheel { tool: tool.name.into(), why };
        let wheel = wheel.ok_or_else(|| bad("pip fetched nothing".into()))?;
        let opened = fs::File::open(&wheel).map_err(at("read", &wheel))?;
        let mut archive = zip::ZipArchive::new(opened).map_err(|error| bad(error.to_string()))?;
        let file = program_file(tool.executable);
        let is_it = |name: &str| name.ends_with(&format!(".data/scripts/{file}"));
        let at_index = (0..archive.len()).find(|index| {
            archive.by_index_raw(*index).is_ok_and(|member| member.name().is_ok_and(|name| is_it(&name)))
        });
        let at_index = at_index.ok_or_else(|| bad("it holds no executable".into()))?;
        let mut member = archive.by_index(at_index).map_err(|error| bad(error.to_string()))?;
        let whole = folder.join("tool");
        fs::create_dir_all(&whole).map_err(at("create", &whole))?;
        let program = whole.join(file);
        let mut to = fs::File::create(&program).map_err(at("write", &program))?;
        std::io::copy(&mut member, &mut to).map_err(at("write", &program))?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).map_err(at("seal", &program))?;
        }
        Ok(())
    }

    /// An environment with a tool. What uv has unpacked before may be damaged, and `uv` itself too: where that shows, it is
    /// made once more, with a cache of its own.
    fn make_environment(
        &self,
        tool: Pinned,
        python: &Interpreter,
        folder: &Path,
    ) -> Result<(PathBuf, Record), ToolError> {
        let uv = self.uv()?;
        let made = folder.join("venv");
        let first = self.try_environment(tool, python, &uv.program, (&made, &paths::uv_cache()));
        let again = match &first {
            Err(ToolError::Unlike { .. }) => !self.offline,
            Err(ToolError::Install { said, .. }) => {
                self.mend_uv(&uv, Look::Contents)?.is_some() || (!self.offline && !unreachable(said))
            }
            _ => false,
        };
        if !again {
            return Ok((made, first?));
        }
        remove_all(&made);
        let cache = folder.join("cache");
        let record = self.try_environment(tool, python, &uv.program, (&made, &cache))?;
        Ok((made, record))
    }

    fn try_environment(
        &self,
        tool: Pinned,
        python: &Interpreter,
        uv: &Path,
        (made, cache): (&Path, &Path),
    ) -> Result<Record, ToolError> {
        let folder = made.parent().unwrap_or(self.folder);
        let file = folder.join("requirements.txt");
        fs::write(&file, &tool.pins.requirements).map_err(at("write", &file))?;
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let (python, file, made_text) =
            (python.executable.display().to_string(), file.display().to_string(), made.display().to_string());
        let mut env = environment(Access::Index, &[]);
        env.insert("UV_CACHE_DIR".into(), cache.display().to_string());
        let create = words(&["venv", "--quiet", "--no-config", "--relocatable", "--python", &python, &made_text]);
        self.run(tool.name, uv, create, env.clone(), folder)?;
        let mut install =
            words(&["pip", "install", "--quiet", "--require-hashes", "--only-binary", ":all:", "--compile-bytecode"]);
        install.extend(words(&["--link-mode", "copy", "--python", &made_text, "-r", &file]));
        let indexes = Indexes::configured()?;
        install.extend(indexes.arguments());
        indexes.tell(&mut env)?;
        if self.offline {
            install.push("--offline".into());
        }
        self.run(tool.name, uv, install, env, folder)?;
        record::protect(made)?;
        let record = Record::of(made)?;
        match record.unlike_its_wheels(made) {
            Some(path) => Err(ToolError::Unlike { tool: tool.name.into(), path }),
            None => Ok(record),
        }
    }

    fn run(
        &self,
        tool: &str,
        program: &Path,
        args: Vec<String>,
        env: BTreeMap<String, String>,
        cwd: &Path,
    ) -> Result<(), ToolError> {
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
}
