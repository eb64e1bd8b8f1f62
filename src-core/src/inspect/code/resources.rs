//! Data inside packages.

use std::collections::HashSet;

use super::layout::{self, Layout};
use super::module::{Literal, Module};
use super::program::Program;
use crate::facts::{DataFile, Evidence, Source};
use crate::inspect::tree::Tree;

/// Ends of files that a build compiles or that Python itself reads.
const CODE: &[&str] = &[
    ".py", ".pyw", ".pyi", ".pyc", ".pyo", ".pyd", ".so", ".dll", ".dylib", ".pyx", ".pxd", ".pxi", ".c", ".cc",
    ".cpp", ".cxx", ".h", ".hpp", ".rs", ".f", ".f90", ".o", ".a",
];

/// Starts of files that are for readers of the source.
const FOR_READERS: &[&str] =
    &["README", "CHANGELOG", "CHANGES", "LICENSE", "COPYING", "TODO", "Makefile", "meson.build"];

/// Functions that read the data of a package, which they name in their first argument.
const READERS: &[&str] = &[
    "importlib.resources.files",
    "importlib.resources.open_text",
    "importlib.resources.open_binary",
    "importlib.resources.read_text",
    "importlib.resources.read_binary",
    "importlib.resources.path",
    "importlib.resources.contents",
    "importlib_resources.files",
    "pkgutil.get_data",
    "pkg_resources.resource_string",
    "pkg_resources.resource_filename",
    "pkg_resources.resource_stream",
];

/// Files in the packages that are not Python code, each with the innermost regular package that holds it.
pub(super) fn data_files(tree: &Tree, layout: &Layout) -> Vec<DataFile> {
    let skip = if layout.source_dir.is_empty() { 0 } else { layout.source_dir.len() + 1 };
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    for package in layout.packages.iter().filter(|package| !package.namespace && !package.path.ends_with(".py")) {
        for file in tree.under(&package.path) {
            let inside = &file.path[package.path.len() + 1..];
            if is_data(inside) && !layout::is_test(inside) && seen.insert(&file.path) {
                let folder = innermost_package(tree, &file.path, &package.path);
                let package = folder[skip.min(folder.len())..].replace('/', ".");
                found.push(DataFile { package, path: file.path.clone() });
            }
        }
    }
    found
}

fn is_data(inside: &str) -> bool {
    let name = inside.rsplit('/').next().unwrap_or(inside);
    let is_hidden = inside.split('/').any(|part| part.starts_with('.'));
    !is_hidden
        && !CODE.iter().any(|end| name.ends_with(end))
        && !FOR_READERS.iter().any(|start| name.starts_with(start))
}

fn innermost_package<'a>(tree: &Tree, path: &'a str, top: &'a str) -> &'a str {
    let mut folder = path;
    while let Some((outer, _)) = folder.rsplit_once('/').filter(|(outer, _)| outer.len() >= top.len()) {
        if tree.has(&format!("{outer}/__init__.py")) {
            return outer;
        }
        folder = outer;
    }
    top
}

/// Packages whose data a module asks for by their written names, each with its line.
pub(super) fn named_in(module: &Module) -> impl Iterator<Item = (&str, usize)> {
    let calls = module.calls.iter().filter(|call| READERS.contains(&call.callee.as_str()));
    calls.filter_map(|call| Some((call.arguments.first()?.text()?, call.line)))
}

/// Packages whose data the program asks for by name; `__name__`, `__package__` and the like mean the file's own package.
pub(super) fn asked_for(program: &Program) -> Vec<Evidence<String>> {
    let mut found: Vec<Evidence<String>> = Vec::new();
    for module in &program.modules {
        for call in module.calls.iter().filter(|call| READERS.contains(&call.callee.as_str())) {
            let value = match call.arguments.first() {
                Some(Literal::Text(package)) => package.clone(),
                _ => module.package().to_owned(),
            };
            if !found.iter().any(|known| known.value == value) {
                found.push(Evidence { value, source: Source::line(&module.path, call.line) });
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use crate::inspect::code::{Given, sample};

    #[test]
    fn data_belongs_to_the_innermost_package() {
        let files = [
            ("src/a/__init__.py", ""),
            ("src/a/py.typed", ""),
            ("src/a/data/x.json", ""),
            ("src/a/b/__init__.py", ""),
            ("src/a/b/t.html", ""),
            ("src/a/b/fast.pyx", ""),
            ("src/a/tests/expected.txt", ""),
            ("src/a/.hidden", ""),
        ];
        let scan = sample::scanned(&files, &Given { name: "a", has_metadata: true, ..Given::default() });
        let data: Vec<_> = scan.data_files.iter().map(|data| (data.package.as_str(), data.path.as_str())).collect();
        assert_eq!(data, [("a.b", "src/a/b/t.html"), ("a", "src/a/data/x.json"), ("a", "src/a/py.typed")]);
    }

    #[test]
    fn packages_asked_for_their_data_are_named() {
        let text =
            "from importlib.resources import files\nimport pkgutil\nfiles('a.data')\npkgutil.get_data(__name__, 'x')";
        let scan = sample::folder(&[("a/__init__.py", text), ("a/data/x.txt", "")]);
        let asked: Vec<_> = scan.resources.iter().map(|asked| asked.value.as_str()).collect();
        assert_eq!(asked, ["a.data", "a"]);
    }
}
