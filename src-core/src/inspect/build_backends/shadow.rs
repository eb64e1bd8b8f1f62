//! Names at the root of a project that a build imports, where it imports from there.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use crate::inspect::tree::Tree;

/// What setuptools, what comes with it and the standard library may import, one name a line: `scripts/imported-names`.
static IMPORTED: LazyLock<BTreeSet<&str>> = LazyLock::new(|| include_str!("known/imported.txt").lines().collect());

/// Endings of what Python imports, on any system.
const IMPORTABLE: [&str; 7] = ["py", "pyc", "pyo", "pyw", "pyd", "so", "dll"];

/// Endings of what is read as an installed distribution, with its plug-ins.
const INSTALLED: [&str; 5] = [".dist-info", ".egg-info", ".egg", ".egg-link", ".pth"];

/// Files and folders at the root that would be imported, or read as what is installed; each once, with a file of it.
pub(super) fn imported(tree: &Tree) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for file in &tree.files {
        let (name, is_folder) = match file.path.split_once('/') {
            Some((name, _)) => (name, true),
            None => (file.path.as_str(), file.link.as_ref().is_some_and(|target| tree.has_folder(target))),
        };
        if found.last().is_some_and(|(known, _)| known == name) {
            continue;
        }
        if is_installed(name) || is_imported(name, is_folder) {
            found.push((name.to_owned(), file.path.clone()));
        }
    }
    found
}

fn is_installed(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    INSTALLED.iter().any(|ending| name.ends_with(ending))
}

fn is_imported(name: &str, is_folder: bool) -> bool {
    if is_folder {
        return IMPORTED.contains(name);
    }
    // Compiled modules have the tag of their Python between name and ending.
    let (Some((module, _)), Some((_, ending))) = (name.split_once('.'), name.rsplit_once('.')) else { return false };
    IMPORTABLE.contains(&ending) && IMPORTED.contains(module)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::metadata::fixture;

    fn names(files: &[&str]) -> Vec<String> {
        let files: Vec<(&str, &str)> = files.iter().map(|path| (*path, "")).collect();
        let (_folder, tree) = fixture::tree(&files);
        imported(&tree).into_iter().map(|(name, _)| name).collect()
    }

    #[test]
    fn whatever_would_be_imported_is_found() {
        let files = [
            "trove_classifiers.py",
            "json/x.py",
            "packaging.cpython-311-x86_64-linux-gnu.so",
            "csv.abi3.so",
            "wheel.pyd",
            "sitecustomize.py",
            "evil-1.dist-info/entry_points.txt",
            "Evil.EGG-INFO/entry_points.txt",
            "docutils/__init__.py",
            "distutils/command/x.py",
        ];
        let mut expected: Vec<&str> = files.iter().map(|path| path.split('/').next().unwrap()).collect();
        expected.sort_unstable();
        assert_eq!(names(&files), expected);
    }

    #[test]
    fn ordinary_trees_have_none_of_them() {
        let ordinary = [
            "app/__init__.py",
            "app/json.py",
            "benchmarks/a.py",
            "bin/tool",
            "conftest.py",
            "data/json.txt",
            "doc/conf.py",
            "docs/conf.py",
            "examples/csv/a.py",
            "fabfile.py",
            "noxfile.py",
            "requirements/base.txt",
            "scripts/json.py",
            "setup.cfg",
            "src/csv/__init__.py",
            "tasks.py",
            "test/test_a.py",
            "tests/__init__.py",
            "tools/ast.py",
            "utils/a.py",
            "versioneer.py",
        ];
        assert_eq!(names(&ordinary), [] as [&str; 0]);
    }

    #[test]
    fn the_names_hold_the_backend_what_comes_with_it_and_the_standard_library() {
        for name in ["setuptools", "wheel", "packaging", "pkg_resources", "_distutils_hack", "tomli", "zipfile", "ast"]
        {
            assert!(IMPORTED.contains(name), "{name}");
        }
        let lines: Vec<&str> = include_str!("known/imported.txt").lines().collect();
        assert!(lines.is_sorted() && lines.iter().all(|name| !name.is_empty()));
    }
}
