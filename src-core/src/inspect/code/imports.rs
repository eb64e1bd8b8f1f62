//! From imports to distributions.

use std::cell::OnceCell;
use std::collections::{BTreeMap, HashSet};

use super::given::Given;
use super::layout::{self, Layout};
use super::libraries;
use super::module::{Import, Module, Need, top};
use super::program::Program;
use crate::facts::{Requirement, Source, normalize};
use crate::inspect::tree::Tree;

/// A module of another distribution that the program imports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// Its top-level name; of a shared namespace, more of it, as in `google.cloud.storage`.
    pub module: String,
    /// The distribution it comes from: a declared one where one fits, the usual one otherwise.
    pub distribution: String,
    /// The surest import of it.
    pub need: Need,
    /// Where that import is.
    pub source: Source,
}

/// Imports that neither the standard library nor the project itself answers, each once, by name.
pub(super) fn third_party(tree: &Tree, layout: &Layout, program: &Program, declared: &Given) -> Vec<Imported> {
    let own = Own { tree, layout, stems: OnceCell::new() };
    let mut found: BTreeMap<String, Imported> = BTreeMap::new();
    for module in &program.modules {
        for import in &module.imports {
            // Private names are compiled parts of Python, stubs of type checkers, or `__main__`.
            if import.top().is_empty()
                || import.top().starts_with('_')
                || libraries::is_standard(import.top())
                || own.answers(module, import)
            {
                continue;
            }
            for name in names_of(import) {
                let need = need_of(import, module, |other| own.answers(module, other));
                if found.get(&name).is_some_and(|known| known.need <= need) {
                    continue;
                }
                let source = Source::Import { module: name.clone(), path: module.path.clone(), line: import.line };
                let distribution = match found.remove(&name) {
                    Some(known) => known.distribution,
                    None => distribution(&name, declared),
                };
                found.insert(name.clone(), Imported { module: name, distribution, need, source });
            }
        }
    }
    found.into_values().collect()
}

/// Requirements that the code has and nothing declares. Perhaps-imports and those for type checkers do not count.
pub(super) fn undeclared(imports: &[Imported], declared: &Given) -> Vec<Requirement> {
    let mut requirements: Vec<Requirement> = Vec::new();
    let mut known: HashSet<String> = declared.dependencies.iter().map(|requirement| requirement.name.clone()).collect();
    for import in imports.iter().filter(|import| import.need <= Need::Deferred) {
        let name = normalize(&import.distribution);
        if !known.contains(&name) && !is_embedded(import, imports) {
            let source = import.source.clone();
            known.insert(name.clone());
            let bound = libraries::last_version(&import.module).unwrap_or_default();
            requirements.push(Requirement { text: format!("{}{bound}", import.distribution), name, source });
        }
    }
    requirements
}

/// Whether a module comes with a board or an embedding program, and from no index: there it would be somebody else's.
pub(super) fn is_embedded(import: &Imported, all: &[Imported]) -> bool {
    let libraries = libraries::Libraries::get();
    let name = top(&import.module);
    let on_a_board = || all.iter().any(|other| libraries.is_firmware(top(&other.module)));
    libraries.is_embedded(name) || libraries.is_of_a_board(name) && on_a_board()
}

/// How sure an import is. One that may fail in favour of another is no need where the project brings the other itself.
fn need_of(import: &Import, module: &Module, is_own: impl Fn(&Import) -> bool) -> Need {
    let brings_other = others_of(import, module).any(|other| !libraries::is_standard(other.top()) && is_own(other));
    if brings_other { Need::Perhaps } else { import.need }
}

/// What is imported where an import that may fail does.
pub(super) fn others_of<'m>(import: &Import, module: &'m Module) -> impl Iterator<Item = &'m Import> {
    let (from, end) = if let Need::OneOf(end) = import.need { (import.line, end) } else { (0, 0) };
    module.imports.iter().filter(move |other| other.line > from && other.line <= end)
}

/// The name an import is listed by; of a shared namespace, one for each distribution it may mean.
pub(super) fn names_of(import: &Import) -> Vec<String> {
    if !libraries::is_namespace(import.top()) {
        return vec![import.top().to_owned()];
    }
    let parts: Vec<&str> = import.module.split('.').collect();
    if parts.len() >= 3 || import.names.is_empty() || parts.len() == 2 && parts[1] != "cloud" {
        return vec![parts[..parts.len().min(3)].join(".")];
    }
    import.names.iter().map(|name| format!("{}.{name}", import.module)).collect()
}

/// A declared distribution that fits the module, or the usual one.
fn distribution(module: &str, declared: &Given) -> String {
    let fitting = declared.dependencies.iter().find(|requirement| libraries::brings(&requirement.name, module));
    fitting.map_or_else(|| libraries::distribution(module), |requirement| requirement.name.clone())
}

/// The name by which a Python file can be imported without any other name before it: that of a module or package that lies
/// in no package. `None` for other files.
pub fn top_name(path: &str, has: impl Fn(&str) -> bool) -> Option<&str> {
    let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
    let stem = file.strip_suffix(".py").or_else(|| file.strip_suffix(".pyw"))?;
    let (around, name) =
        if stem == "__init__" { folder.rsplit_once('/').unwrap_or(("", folder)) } else { (folder, stem) };
    let is_inside = !around.is_empty() && has(&format!("{around}/__init__.py"));
    (!is_inside && !name.is_empty()).then_some(name)
}

/// What the project answers itself.
struct Own<'a> {
    tree: &'a Tree,
    layout: &'a Layout,
    /// The names of all modules and packages that lie anywhere.
    stems: OnceCell<HashSet<&'a str>>,
}

impl Own<'_> {
    fn answers(&self, module: &Module, import: &Import) -> bool {
        let name = import.top();
        let is_package = self.layout.packages.iter().any(|package| top(&package.name) == name);
        // A namespace shared with others is answered here only for the portions that are here.
        if is_package && !libraries::is_namespace(name) || name == top(&module.name) {
            return true;
        }
        let (folder, file) = module.path.rsplit_once('/').unwrap_or(("", &module.path));
        // What lies in a package has the package's name before its own, and does not import itself.
        let is_itself =
            file.strip_suffix(".py") == Some(name) && top_name(&module.path, |path| self.tree.has(path)).is_none();
        let folders = [folder, self.layout.source_dir.as_str(), ""];
        folders.into_iter().any(|place| !(is_itself && place == folder) && self.is_beside(place, name))
            || self.is_anywhere(name)
    }

    /// Whether a file of the project bears the name. Programs add folders to their search path in many ways, and nobody
    /// shall be told to take a stranger's distribution for a file of their own.
    fn is_anywhere(&self, name: &str) -> bool {
        let stems = self.stems.get_or_init(|| {
            let own = self.tree.files.iter().filter(|file| !layout::is_test(&file.path));
            own.filter_map(|file| top_name(&file.path, |path| self.tree.has(path))).collect()
        });
        stems.contains(name)
    }

    /// Whether a module or package lies in a folder; also one that the selection leaves out, such as a generated one.
    fn is_beside(&self, folder: &str, name: &str) -> bool {
        let path = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
        let file = format!("{path}.py");
        self.tree.has(&file)
            || self.tree.under(&path).any(|file| layout::is_python(&file.path))
            || self.tree.root.join(file).is_file()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::code::sample;

    fn requirements(text: &str) -> Vec<String> {
        sample::script(text).undeclared.into_iter().map(|requirement| requirement.text).collect()
    }

    #[test]
    fn imports_become_requirements_under_their_distributions_name() {
        let text = "import os, yaml\nfrom PIL import Image\nimport cv2.aruco\nfrom google.cloud import storage\n";
        assert_eq!(requirements(text), ["Pillow", "opencv-python", "google-cloud-storage", "PyYAML"]);
    }

    #[test]
    fn imports_that_may_fail_are_no_requirements() {
        let text = "try:\n    import tomllib\nexcept ImportError:\n    import tomli as tomllib\n\
                    from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import pandas\n\
                    import sys\nif sys.platform == 'win32':\n    import win32api\n\
                    def f():\n    import requests\n";
        assert_eq!(requirements(text), ["requests"]);
    }

    #[test]
    fn own_modules_are_no_requirements() {
        let scan = sample::folder(&[
            ("main.py", "import helper, pkg.deep, requests\nfrom . import other\n"),
            ("helper.py", ""),
            ("pkg/deep.py", "import sibling"),
            ("pkg/sibling.py", ""),
        ]);
        let names: Vec<_> = scan.undeclared.iter().map(|requirement| requirement.name.as_str()).collect();
        assert_eq!(names, ["requests"]);
        let elsewhere = [("main.py", "import sys\nsys.path.append('lib')\nimport tools, deep\n"), ("lib/tools.py", "")];
        let scan = sample::folder(&[&elsewhere[..], &[("lib/deep/__init__.py", "")]].concat());
        assert_eq!(scan.undeclared, []);
        let inside = [("app/__init__.py", ""), ("app/redis.py", "import redis\n"), ("main.py", "import app.redis\n")];
        assert_eq!(sample::folder(&inside).undeclared[0].name, "redis", "a module in a package has another name");
        let scan = sample::folder(&[
            ("main.py", "import helper, pkg.deep, requests\nfrom . import other\n"),
            ("helper.py", ""),
            ("pkg/deep.py", "import sibling"),
            ("pkg/sibling.py", ""),
        ]);
        let source = Source::Import { module: "requests".into(), path: "main.py".into(), line: 1 };
        assert_eq!(scan.undeclared[0].source, source);
    }

    #[test]
    fn a_declared_distribution_that_fits_is_taken() {
        let declared = |name: &str| Requirement { text: name.into(), name: name.into(), source: Source::User };
        let dependencies = [declared("opencv-python-headless"), declared("psycopg2-binary")];
        let declared = Given { dependencies: &dependencies, has_metadata: true, ..Given::default() };
        let scan = sample::scanned(&[("a.py", "import cv2, psycopg2, six")], &declared);
        let names: Vec<_> = scan.imports.iter().map(|import| import.distribution.as_str()).collect();
        assert_eq!(names, ["opencv-python-headless", "psycopg2-binary", "six"]);
        assert_eq!(scan.undeclared.len(), 1);
    }
}
