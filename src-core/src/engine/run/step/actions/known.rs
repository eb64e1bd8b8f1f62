//! What `uv` knows before a build begins: the Python, and the unpacked wheels that the build needs.
//!
//! To find that out costs more than many a build. So it is found out once, by a run of `uv` that sees the wheels, nothing
//! of a project, and runs no code of either, and is kept in the store. Every build gets a copy, which goes with it.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use sha2::{Digest, Sha256};

use super::{Ground, tool_bindings};
use crate::engine::disk::error::{StoreError, at};
use crate::engine::disk::files::{create_plain_dirs, hex, remove_all};
use crate::engine::run::render::Places;
use crate::engine::run::sandbox::{Binding, Sandbox, System};
use crate::engine::run::step::{StepError, key};
use crate::engine::tools::log::LogWriter;
use crate::engine::tools::process::Spawn;
use crate::engine::tools::{Access, Managed, environment, status};
use crate::engine::trees::store::Tree;
use crate::facts::Platform;
use crate::plan::{Command, Keep, Pick, Piece, ToolRef};

/// What is to be known.
struct Wanted<'a> {
    uv: &'a Managed,
    python: &'a Managed,
    /// The wheels, and where the build sees them. Without a sandbox every build sees them elsewhere, and `uv` would not
    /// find again what it unpacked.
    wheels: Option<(&'a Tree, &'a Path)>,
}

impl Ground<'_> {
    /// Puts a copy of what is known where the command looks for it. `uv` finds out itself what is not there.
    pub(super) fn lay_out_cache(&self, command: &Command, places: &Places) -> Result<(), StepError> {
        let Some(wanted) = self.wanted(command, places) else { return Ok(()) };
        let cache = self.path("tmp").join("uv");
        // What was damaged since has left the store: it is made again, once.
        for _ in 0..2 {
            let Some(tree) = self.known(&wanted)? else { return Ok(()) };
            match self.bench.store.copy_out(&tree, &cache) {
                Err(StoreError::Damaged { .. }) => remove_all(&cache),
                copied => return Ok(copied?),
            }
        }
        Ok(())
    }

    fn wanted<'a>(&'a self, command: &'a Command, places: &'a Places) -> Option<Wanted<'a>> {
        let uv = command.tool().filter(|tool| tool.name() == "uv").and_then(|tool| self.tools.get(tool))?;
        let (_, python) = self.tools.iter().find(|(tool, _)| matches!(tool, ToolRef::Python { .. }))?;
        let folder = command.args.windows(2).find_map(|pair| match (pair[0].0.as_slice(), pair[1].0.as_slice()) {
            ([Piece::Text(option)], [Piece::Output(step, Pick::Folder)]) if option == "--find-links" => Some(step),
            _ => None,
        });
        let wheels = folder.filter(|_| *self.bench.sandbox != Sandbox::Absent).and_then(|step| places.inputs.get(step));
        let wheels = wheels.map(|(tree, seen)| (tree, seen.as_path())).filter(|(tree, _)| !pins(tree).is_empty());
        Some(Wanted { uv, python, wheels })
    }

    /// The tree with what is known; nothing where `uv` cannot find it out.
    fn known(&self, wanted: &Wanted) -> Result<Option<Tree>, StepError> {
        let bench = self.bench;
        let key = wanted.key(bench.sandbox);
        let _lock = bench.lock(&key)?;
        if let Some((tree, _)) = key::look_up(bench, &key, Keep::Pure) {
            return Ok(Some(tree));
        }
        let Some(tree) = self.find_out(wanted)? else { return Ok(None) };
        key::remember(bench, &key, &tree, &[])?;
        Ok(Some(tree))
    }

    fn find_out(&self, wanted: &Wanted) -> Result<Option<Tree>, StepError> {
        let (bench, sandbox) = (self.bench, self.bench.sandbox);
        let work = bench.store.work();
        let folder =
            tempfile::Builder::new().prefix("known-").tempdir_in(&work).map_err(at("create a folder in", &work))?;
        let path = |name: &str| folder.path().join(name);
        let seen = |name: &str| sandbox.seen(name, &path(name));
        create_plain_dirs(&path("tmp")).map_err(at("create", &path("tmp")))?;
        let mut env = environment(Access::None, &[]);
        let place = |name: &str| seen("tmp").join(name).display().to_string();
        env.extend(
            [("HOME", "home"), ("TMPDIR", ""), ("UV_CACHE_DIR", "uv")].map(|(key, name)| (key.to_owned(), place(name))),
        );
        let spawn = Spawn {
            program: wanted.uv.program.clone(),
            args: wanted.arguments(&place("unpacked")),
            env,
            cwd: seen("tmp"),
            timeout: Duration::from_secs(600),
        };
        let mut bindings = vec![Binding::writable(path("tmp"), seen("tmp"))];
        bindings.extend(wanted.wheels.map(|(tree, seen)| Binding::readable(&tree.path, seen)));
        bindings.extend(tool_bindings(bench, &self.tools));
        let log = LogWriter::create(&path("log")).map_err(at("write in", folder.path()))?;
        let exit = bench.world.run(&sandbox.wrap(&spawn, &System::Whole, &bindings, false), &log, bench.cancel)?;
        let cache = path("tmp").join("uv");
        if exit.code != Some(0) || !cache.is_dir() {
            return Ok(None);
        }
        // Its files are links to those of the cache, which must not change when they are sealed.
        remove_all(&path("tmp").join("unpacked"));
        match bench.store.import_seen(&cache, &seen("tmp").join("uv")) {
            // What no tree holds is found out by each build anew.
            Err(StoreError::Strange { .. }) => Ok(None),
            imported => Ok(Some(imported?)),
        }
    }
}

impl Wanted<'_> {
    /// Everything that the answer depends on.
    fn key(&self, sandbox: &Sandbox) -> String {
        let mut hash = Sha256::new();
        let mut line = |name: &str, value: &str| hash.update(format!("{name}\t{value}\n"));
        line("known", &format!("{} {}", env!("CARGO_PKG_VERSION"), key::VERBS));
        for tool in [self.uv, self.python] {
            line("tool", &format!("{} {}", tool.version, status(&tool.program).unwrap_or_default()));
        }
        if let Some((tree, seen)) = self.wheels {
            line("wheels", &format!("{} {}", tree.digest, seen.display()));
        }
        line("platform", &Platform::host().to_string());
        line("sandbox", sandbox.name());
        hex(&hash.finalize()).get(..40).unwrap_or_default().to_owned()
    }

    /// Unpacks the wheels, or looks at the Python alone.
    fn arguments(&self, to: &str) -> Vec<String> {
        let python = self.python.program.display().to_string();
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let Some((tree, seen)) = self.wheels else {
            return words(&["python", "find", "--quiet", "--offline", "--no-config", &python]);
        };
        let mut args = words(&["pip", "install", "--quiet", "--offline", "--no-config", "--no-index", "--no-deps"]);
        // Wheels alone: what comes as source would have to be built.
        args.extend(words(&["--only-binary", ":all:", "--find-links", &seen.display().to_string()]));
        args.extend(words(&["--python", &python, "--target", to]));
        args.extend(pins(tree));
        args
    }
}

/// The wheels of a folder as requirements: `NAME==VERSION`, which a wheel's file name begins with.
fn pins(tree: &Tree) -> BTreeSet<String> {
    let wheels = tree.manifest.files().filter_map(|(file, _)| file.strip_suffix(".whl"));
    wheels
        .filter_map(|stem| stem.split_once('-'))
        .filter_map(|(name, rest)| Some(format!("{name}=={}", rest.split('-').next()?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::trees::manifest::{Blob, Manifest};

    #[test]
    fn wheels_are_named_by_what_their_file_names_begin_with() {
        let files = ["a_b-1.0+cpu-py3-none-any.whl", "c-2-1-cp39-abi3-win32.whl", "c-2-py3-none-any.whl", "d.txt"];
        let blob = Blob { sha256: String::new(), bytes: 0, executable: false };
        let nodes = files.map(|file| (file.to_owned(), blob.clone().into())).into();
        let tree = Tree { digest: String::new(), path: "/".into(), manifest: Manifest { nodes } };
        assert_eq!(Vec::from_iter(pins(&tree)), ["a_b==1.0+cpu", "c==2"]);
    }
}
