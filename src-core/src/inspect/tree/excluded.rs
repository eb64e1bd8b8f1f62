//! Folders that lie in a project but are no part of it.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;

use super::never::{Never, is_of_version_control};
use crate::facts::DoubtKind;

/// What lies in an environment and in hardly anything else.
pub(super) const ENVIRONMENT: [&str; 8] = [
    "pyvenv.cfg",
    "bin/activate",
    "bin/python",
    "bin/python3",
    "Scripts/activate",
    "Scripts/python.exe",
    "Lib/site-packages",
    "conda-meta/history",
];

/// Ends of file names that only build outputs have.
const OUTPUTS: &[&str] = &[
    ".whl",
    ".tar.gz",
    ".egg",
    ".pyz",
    ".pex",
    ".deb",
    ".rpm",
    ".exe",
    ".msi",
    ".AppImage",
    ".flatpak",
    ".snap",
    ".conda",
    ".receipt.json",
    ".receipt.json.sig",
];

/// Why the walk stays out of a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Excluded {
    /// Version control keeps it for itself.
    VersionControl,
    /// It is this.
    Doubt(DoubtKind),
}

/// Whether the walk stays out of this folder, and why.
pub(super) fn excluded(folder: &Path, name: &OsStr) -> Option<Excluded> {
    let name = name.to_str()?;
    if is_of_version_control(name) {
        return Some(Excluded::VersionControl);
    }
    let is_named = |kind: &DoubtKind| *kind != DoubtKind::Backup || !folder.join("__init__.py").exists();
    let kind = match name {
        "build" => is_build_output(folder).then_some(DoubtKind::BuildOutput),
        "dist" => is_dist_output(folder).then_some(DoubtKind::BuildOutput),
        // Any name can be an environment; these are worth a look before the walk goes through thousands of files.
        _ if name.contains("env") && is_environment(folder) => Some(DoubtKind::Environment),
        _ if Path::new(name).extension().is_some_and(|extension| extension == "egg-info") => {
            Some(DoubtKind::BuildOutput)
        }
        _ => Never::get().folder(name).filter(is_named),
    };
    kind.map(Excluded::Doubt)
}

/// Whether a folder holds a Python with what was installed for it: also one that was copied without the file that says so.
fn is_environment(folder: &Path) -> bool {
    let is_there = |inside: &&str| folder.join(inside).exists();
    ENVIRONMENT.iter().any(is_there)
        || names_in(&folder.join("lib"))
            .iter()
            .any(|name| name.starts_with("python") && folder.join("lib").join(name).join("site-packages").exists())
}

/// Whether a folder called `build` holds what setuptools or a freezer leaves there. A package may be called so too.
fn is_build_output(folder: &Path) -> bool {
    let names = names_in(folder);
    let left_by_setuptools = |name: &String| {
        name == "lib"
            || ["lib.", "bdist.", "temp.", "scripts-", "exe."].iter().any(|start| name.starts_with(start))
            || name == "CACHEDIR.TAG"
    };
    !names.iter().any(|name| name == "__init__.py")
        && (names.is_empty() || names.iter().any(left_by_setuptools) || is_named_after_spec(folder, &names))
}

/// Whether a folder called `dist` holds artifacts.
fn is_dist_output(folder: &Path) -> bool {
    let names = names_in(folder);
    let is_artifact = |name: &String| OUTPUTS.iter().any(|end| name.ends_with(end));
    !names.iter().any(|name| name == "__init__.py")
        && (names.is_empty() || names.iter().any(is_artifact) || is_named_after_spec(folder, &names))
}

/// The freezer `pyinstaller` writes `build/NAME` and `dist/NAME` for the `NAME.spec` beside them.
fn is_named_after_spec(folder: &Path, names: &[String]) -> bool {
    let Some(parent) = folder.parent() else { return false };
    names.iter().any(|name| parent.join(format!("{name}.spec")).is_file())
}

fn names_in(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}
