//! Folders that lie in a project but are no part of it.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;

/// Folders that version control, tools and package managers keep for themselves, wherever they lie.
const NEVER: &[&str] = &[
    ".git",
    ".hg",
    ".svn",
    ".jj",
    "__pycache__",
    "__pypackages__",
    "node_modules",
    ".tox",
    ".nox",
    ".eggs",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    ".hypothesis",
    ".ipynb_checkpoints",
    ".cache",
    ".pybuild",
    ".pyodide_build",
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

/// Whether the walk stays out of this folder.
pub(super) fn is_excluded(folder: &Path, name: &OsStr) -> bool {
    let Some(name) = name.to_str() else { return false };
    match name {
        "build" => is_build_output(folder),
        "dist" => is_dist_output(folder),
        // Any name can be a virtual environment; these are worth a look before the walk goes through thousands of files.
        _ if name.contains("env") => folder.join("pyvenv.cfg").is_file(),
        _ => NEVER.contains(&name) || Path::new(name).extension().is_some_and(|extension| extension == "egg-info"),
    }
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
