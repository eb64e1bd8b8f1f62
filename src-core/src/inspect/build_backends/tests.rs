//! The data, key by key, through the reader that decides; and projects that try to be unasked.

#[cfg(test)]
mod attacks;
#[cfg(test)]
mod data;
#[cfg(test)]
mod usual;

use super::reasons;
use crate::facts::{BuildSystem, Evidence, Source};
use crate::inspect::metadata::fixture;

/// The reasons that are found in a project of these files, each with its place. What the project is otherwise does not
/// matter, so nothing but this is read of it.
fn told(files: &[(&str, &str)]) -> Vec<String> {
    let (_folder, tree) = fixture::tree(files);
    let text = tree.read("pyproject.toml").unwrap().unwrap_or_default();
    let table: toml::Table = toml::from_str(&text).unwrap_or_default();
    let backend = table.get("build-system").and_then(|table| table.get("build-backend")).and_then(toml::Value::as_str);
    let system = BuildSystem {
        requires: Vec::new(),
        backend: backend.unwrap_or("setuptools.build_meta:__legacy__").to_owned(),
        backend_path: Vec::new(),
        source: Source::Tree { seen: "the default".into() },
        own_code: Vec::new(),
    };
    reasons(&tree, &system).iter().map(Evidence::told).collect()
}

/// A `pyproject.toml` with this backend; what comes after begins in the sixth line, in `[project]`.
fn pyproject(requires: &str, backend: &str, more: &str) -> String {
    format!("[build-system]\nrequires = ['{requires}']\nbuild-backend = '{backend}'\n[project]\nname = 'app'\n{more}")
}
