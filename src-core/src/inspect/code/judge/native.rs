//! `native-code`.

use super::found::Found;
use crate::facts::{Requirement, Source};
use crate::inspect::code::layout;
use crate::inspect::code::libraries::Libraries;
use crate::inspect::code::module::Need;
use crate::inspect::code::whole::Code;
use crate::inspect::tree::Tree;

pub(super) fn judge(code: &Code, found: &mut Found) {
    let native = &Libraries::get().native_code;
    let mut tags: Vec<&str> = Vec::new();
    let mut sources: Vec<Source> = Vec::new();
    if let Some(source) = compiled(code) {
        tags.push("compiled");
        sources.push(source);
    }
    // What is needed everywhere is better evidence than what is needed on one system.
    let mut declared: Vec<&Requirement> = code.declared.dependencies.iter().collect();
    declared.sort_by_key(|requirement| requirement.text.contains(';'));
    let declared = declared.into_iter().map(|requirement| (&requirement.name, &requirement.source));
    // What is declared is what gets installed; imports stand in for it where nothing is.
    let stands_in = code.declared.dependencies.is_empty() && !code.declared.lists_dependencies;
    let needed = code.imports.iter().filter(|import| stands_in && import.need <= Need::Deferred);
    // Which of several is taken nobody knows, so it says nothing of what goes in.
    let (either, needed): (Vec<_>, Vec<_>) = needed.partition(|import| matches!(import.need, Need::OneOf(_)));
    let imported = needed.into_iter().map(|import| (&import.distribution, &import.source));
    let mut is_pure = either.is_empty();
    for (distribution, source) in declared.chain(imported) {
        match native.tag(distribution) {
            Some("none") => {}
            Some(tag) => {
                is_pure = false;
                if !tags.contains(&tag) {
                    tags.push(tag);
                    sources.push(source.clone());
                }
            }
            // Nothing is known of it: it may be pure or not.
            None => is_pure = false,
        }
    }
    match sources.into_iter().next() {
        Some(source) => found.set("native-code", &tags, source),
        None if is_pure && !code.program.modules.is_empty() => {
            let seen = "neither the project nor what it requires has extension modules".to_owned();
            found.set("native-code", &["none"], Source::Tree { seen });
        }
        None => {}
    }
}

/// Evidence that the project compiles an extension module of its own.
fn compiled(code: &Code) -> Option<Source> {
    let native = &Libraries::get().native_code;
    let in_packages = code.layout.packages.iter().flat_map(|package| code.tree.under(&package.path));
    let mut extensions = in_packages.filter(|file| file.path.ends_with(".pyx") && !layout::is_test(&file.path));
    if let Some(file) = extensions.next() {
        return Some(Source::File { path: file.path.clone(), line: None });
    }
    if code.declared.build_requires.iter().any(|requirement| native.compiles(name_of(requirement)))
        && has_native_source(code.tree)
    {
        let path = if code.tree.has("pyproject.toml") { "pyproject.toml" } else { "setup.py" };
        return Some(Source::File { path: path.into(), line: None });
    }
    extension_of_setup(code.tree)
}

/// Whether there is anything to compile: a build may require a compiler without.
fn has_native_source(tree: &Tree) -> bool {
    let ends = [".pyx", ".c", ".cc", ".cpp", ".rs", ".f90", ".f", "meson.build", "CMakeLists.txt"];
    tree.files.iter().any(|file| ends.iter().any(|end| file.path.ends_with(end)) && !layout::is_test(&file.path))
}

/// The line of `setup.py` that names its extension modules. It is read as text: any spelling of it is evidence enough.
fn extension_of_setup(tree: &Tree) -> Option<Source> {
    let text = tree.read("setup.py").ok().flatten()?;
    let mut lines = text.lines().enumerate();
    let names = |line: &str| {
        let code = line.split('#').next().unwrap_or_default();
        ["ext_modules=", "ext_modules =", "rust_extensions=", "cffi_modules="].iter().any(|name| code.contains(name))
    };
    let (index, _) = lines.find(|(_, line)| names(line))?;
    has_native_source(tree).then(|| Source::line("setup.py", index + 1))
}

/// The name at the head of a PEP 508 requirement.
fn name_of(requirement: &str) -> &str {
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.');
    requirement.split(|letter| !is_name(letter)).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{source, tags};
    use super::*;
    use crate::inspect::code::{Given, sample};

    #[test]
    fn native_dependencies_are_known_by_name() {
        let found = |text: &str| tags(&sample::script(text).facts, "native-code");
        assert_eq!(found("import numpy"), ["wheels"]);
        assert_eq!(found("import numpy, torch\nfrom osgeo import gdal"), ["wheels", "system-libraries", "gpu"]);
        assert_eq!(found("import click, rich"), ["none"]);
        assert_eq!(found("import json"), ["none"]);
        assert!(found("import surely_unknown").is_empty());
    }

    #[test]
    fn a_list_of_requirements_that_is_empty_says_that_nothing_is_needed() {
        let declared = Given { name: "a", has_metadata: true, lists_dependencies: true, ..Given::default() };
        let scan = sample::scanned(&[("a.py", "def work():\n    import gevent\n")], &declared);
        assert_eq!(tags(&scan.facts, "native-code"), ["none"]);
    }

    #[test]
    fn an_extension_of_its_own_is_compiled() {
        let scan = sample::folder(&[("a/__init__.py", ""), ("a/fast.pyx", "")]);
        assert_eq!(tags(&scan.facts, "native-code"), ["compiled"]);
        assert_eq!(source(&scan.facts, "native-code"), "a/fast.pyx");
        let setup = "from setuptools import *\nsetup(\n    ext_modules=[Extension('a', ['a.c'])])\n";
        let scan = sample::folder(&[("b.py", ""), ("setup.py", setup), ("a.c", "")]);
        assert_eq!(source(&scan.facts, "native-code"), "setup.py:3");
    }

    #[test]
    fn a_build_that_requires_a_compiler_needs_something_to_compile() {
        let requires = ["Cython>=3".to_owned(), "setuptools".to_owned()];
        let declared = Given { name: "a", has_metadata: true, build_requires: &requires, ..Given::default() };
        let with = sample::scanned(&[("a.py", ""), ("src.rs", "")], &declared);
        assert_eq!(tags(&with.facts, "native-code"), ["compiled"]);
        let without = sample::scanned(&[("a.py", "")], &declared);
        assert_eq!(tags(&without.facts, "native-code"), ["none"]);
    }

    #[test]
    fn a_requirement_begins_with_its_name() {
        assert_eq!(name_of("scikit-build-core[pyproject]>=0.9; x"), "scikit-build-core");
    }
}
