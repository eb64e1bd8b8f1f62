//! The Pythons on this machine.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::probes::Probes;
use super::system::{find, is_off_limits};
use crate::facts::PythonVersion;
use crate::facts::pep::{self, Version, VersionSpecifiers};
use crate::threads;

/// What an interpreter says of itself. `-I -S` keeps it from reading anything of the user's.
const QUESTION: &str = "import json, os, platform, sys\nprint(json.dumps({'version': platform.python_version(), \
'implementation': sys.implementation.name, 'executable': os.path.realpath(sys.executable), 'prefix': sys.base_prefix, \
'venv': sys.prefix != sys.base_prefix}))";

/// A Python on this machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interpreter {
    /// Exact version, for example `3.11.7`.
    pub version: String,
    /// For example `cpython`.
    pub implementation: String,
    /// The real executable.
    pub executable: PathBuf,
    /// The folder it is installed in.
    pub prefix: PathBuf,
    /// Whether it was reached through a virtual environment.
    pub venv: bool,
}

impl Interpreter {
    /// Major and minor version.
    pub fn minor(&self) -> Option<PythonVersion> {
        self.version.parse::<PythonVersion>().ok()
    }
}

/// Every usable `CPython` here, the preferred first: the `python3` on PATH, then the newest. One for each exact version.
pub(in crate::engine) fn find_pythons(probes: &Probes, off_limits: &[PathBuf]) -> Vec<Interpreter> {
    let candidates = candidates(off_limits);
    // A first look asks a dozen interpreters; they do not wait for each other.
    let answers: Vec<Option<Interpreter>> =
        threads::each(&candidates, |path| probe(probes, path)).into_iter().map(Option::flatten).collect();
    let preferred = answers.first().cloned().flatten();
    let mut found: BTreeMap<Version, Interpreter> = BTreeMap::new();
    for interpreter in answers.into_iter().flatten() {
        let Some(version) = pep::version(&interpreter.version) else { continue };
        let usable =
            interpreter.implementation == "cpython" && !version.any_prerelease() && version >= Version::new([3, 9]);
        if usable {
            found.entry(version).or_insert(interpreter);
        }
    }
    let mut pythons: Vec<Interpreter> = found.into_values().rev().collect();
    if let Some(at) = pythons.iter().position(|python| Some(python) == preferred.as_ref()) {
        let first = pythons.remove(at);
        pythons.insert(0, first);
    }
    pythons
}

fn probe(probes: &Probes, path: &Path) -> Option<Interpreter> {
    serde_json::from_str(&probes.ask(path, &["-I", "-S", "-c", QUESTION])?).ok()
}

/// Where Pythons usually are; the `python3` on PATH first.
fn candidates(off_limits: &[PathBuf]) -> Vec<PathBuf> {
    let names =
        ["python3", "python", "python3.9", "python3.10", "python3.11", "python3.12", "python3.13", "python3.14"];
    let mut candidates: Vec<PathBuf> = names.iter().filter_map(|name| find(name, off_limits)).collect();
    let home = std::env::home_dir().unwrap_or_default();
    let pyenv = std::env::var_os("PYENV_ROOT").map_or_else(|| home.join(".pyenv"), PathBuf::from);
    let uv =
        std::env::var_os("UV_PYTHON_INSTALL_DIR").map_or_else(|| home.join(".local/share/uv/python"), PathBuf::from);
    let executable: &[&str] = if cfg!(windows) { &["python.exe"] } else { &["bin", "python3"] };
    for root in [pyenv.join("versions"), uv] {
        let installed = std::fs::read_dir(root).into_iter().flatten().flatten();
        candidates.extend(installed.map(|entry| executable.iter().fold(entry.path(), |path, part| path.join(part))));
    }
    if cfg!(windows) {
        candidates.extend(launcher_list());
    }
    candidates.extend(["/usr/bin/python3", "/usr/local/bin/python3"].map(PathBuf::from));
    // The first one is what the user types: it must stay first whatever it links to.
    let mut seen = Vec::new();
    candidates.retain(|path| {
        path.is_file() && !seen.contains(path) && !is_off_limits(path, off_limits) && {
            seen.push(path.clone());
            true
        }
    });
    candidates
}

/// What the `py` launcher of Windows lists, as `-0p` prints it: ` -V:3.12 * C:\…\python.exe`.
fn launcher_list() -> Vec<PathBuf> {
    let Some(py) = find("py", &[]) else { return Vec::new() };
    let spawn = super::process::Spawn {
        program: py,
        args: vec!["-0p".into()],
        env: super::environment(super::environment::Access::None, &[]),
        cwd: std::env::temp_dir(),
        timeout: std::time::Duration::from_secs(20),
    };
    let Ok((Some(0), text)) = super::process::capture(&spawn) else { return Vec::new() };
    text.lines()
        .filter_map(|line| line.split_once(":\\"))
        .filter_map(|(head, tail)| {
            let drive = head.chars().last()?;
            Some(PathBuf::from(format!("{drive}:\\{}", tail.trim())))
        })
        .collect()
}

/// The first Python that meets the specifier and is of the wanted version.
pub(in crate::engine) fn choose<'a>(
    pythons: &'a [Interpreter],
    requires: Option<&VersionSpecifiers>,
    wanted: Option<PythonVersion>,
) -> Option<&'a Interpreter> {
    pythons.iter().find(|python| {
        let version = pep::version(&python.version);
        version.is_some_and(|version| requires.is_none_or(|requires| requires.contains(&version)))
            && wanted.is_none_or(|wanted| python.minor() == Some(wanted))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn python(version: &str) -> Interpreter {
        Interpreter {
            version: version.into(),
            implementation: "cpython".into(),
            executable: "/p".into(),
            prefix: "/".into(),
            venv: false,
        }
    }

    #[test]
    fn the_preferred_python_wins_unless_the_project_or_the_target_excludes_it() {
        let pythons = [python("3.11.7"), python("3.13.0"), python("3.9.18")];
        let chosen = |requires: &str, wanted: Option<&str>| {
            let requires = pep::specifiers(requires).unwrap();
            choose(&pythons, Some(&requires), wanted.map(|text| text.parse().unwrap()))
                .map(|python| python.version.as_str())
        };
        assert_eq!(chosen(">=3.9", None), Some("3.11.7"));
        assert_eq!(chosen(">=3.12", None), Some("3.13.0"));
        assert_eq!(chosen(">=3.9", Some("3.9")), Some("3.9.18"));
        assert_eq!(chosen(">=3.14", None), None);
    }

    #[test]
    fn the_pythons_here_are_found_once_each() {
        let folder = tempfile::tempdir().unwrap();
        let pythons = find_pythons(&Probes::open(&folder.path().join("probes.json")), &[]);
        assert!(!pythons.is_empty(), "these tests need a Python");
        let mut versions: Vec<_> = pythons.iter().map(|python| &python.version).collect();
        versions.sort();
        versions.dedup();
        assert_eq!(versions.len(), pythons.len());
    }
}
