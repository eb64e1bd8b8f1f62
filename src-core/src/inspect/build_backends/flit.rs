//! Flit takes version and description from the module: from its syntax tree where they are written down there, and
//! otherwise by importing it.

use super::module::{first_assigned, has_docstring, is_constant, read};
use super::place::is_module;
use crate::facts::{Evidence, Source};
use crate::inspect::metadata::document::Item;
use crate::inspect::tree::Tree;

/// Files of a package that may hold the version; the last that does counts.
const VERSION_FILES: [&str; 4] = ["__version__.py", "_version.py", "version.py", "__init__.py"];

/// Why a build imports the module, if it does.
pub(super) fn imports(root: &Item, tree: &Tree) -> Option<Evidence<String>> {
    let old = root.find(&["tool", "flit", "metadata"]);
    let listed = root.find(&["project", "dynamic"]).and_then(|item| item.texts().ok()).unwrap_or_default();
    let wanted = |field: &str| old.is_some() || listed.iter().any(|one| one == field);
    let (version, description) = (wanted("version"), wanted("description"));
    if !version && !description {
        return None;
    }
    let (name, named_at) = module_name(root)?;
    let asks = |path: Option<&str>, why: &str| {
        let source = path.map_or_else(|| named_at.source(), |path| Source::File { path: path.into(), line: None });
        Some(Evidence { value: why.to_owned(), source })
    };
    let Some(place) = is_module(&name).then(|| place(tree, &name)).flatten() else {
        return asks(None, "the module that says the version cannot be told");
    };
    let (file, read_for_version) = match place {
        Place::Module(file) => (file.clone(), vec![file]),
        Place::Package(folder) => {
            let files = VERSION_FILES.iter().map(|name| format!("{folder}/{name}")).filter(|path| tree.has(path));
            (format!("{folder}/__init__.py"), files.collect())
        }
    };
    let mut says_version = false;
    for path in &read_for_version {
        let Some(body) = read(tree, path) else {
            return asks(Some(path), "the module cannot be read without running it");
        };
        if let Some(value) = first_assigned(&body, "__version__", is_constant) {
            says_version = value.as_string_literal_expr().is_some_and(|text| !text.value.is_empty());
        }
        if *path == file && description && !has_docstring(&body) {
            return asks(Some(path), "the module computes its docstring, so the build runs it");
        }
    }
    if version && !says_version || description && !read_for_version.contains(&file) {
        return asks(Some(&file), "the module computes its version, so the build runs it");
    }
    None
}

/// The name of the module, and where it is said.
fn module_name<'d>(root: &Item<'d>) -> Option<(String, Item<'d>)> {
    let named = [&["tool", "flit", "metadata", "module"][..], &["tool", "flit", "module", "name"]];
    if let Some(item) = named.iter().find_map(|path| root.find(path)) {
        return Some((item.as_text().unwrap_or_default().to_owned(), item));
    }
    let item = root.find(&["project", "name"])?;
    Some((item.as_text().unwrap_or_default().replace('-', "_"), item))
}

/// Where a module is.
enum Place {
    /// Its file.
    Module(String),
    /// Its folder.
    Package(String),
}

/// The one place of a module. With several, Flit gives up; behind a link, nothing is known here.
fn place(tree: &Tree, name: &str) -> Option<Place> {
    let path = name.replace('.', "/");
    let mut found = Vec::new();
    for base in [path.clone(), format!("src/{path}")] {
        if tree.is_linked(&base) {
            return None;
        }
        if tree.has_folder(&base) {
            found.push(Place::Package(base.clone()));
        }
        if tree.has(&format!("{base}.py")) {
            found.push(Place::Module(format!("{base}.py")));
        }
    }
    if found.len() == 1 { found.pop() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::metadata::document::Document;
    use crate::inspect::metadata::fixture;

    const DYNAMIC: &str = "[project]\nname = 'my-tool'\ndynamic = ['version', 'description']\n";

    fn why(pyproject: &str, files: &[(&str, &str)]) -> Option<String> {
        let (_folder, tree) = fixture::tree(files);
        let document = Document::parse("pyproject.toml", pyproject).unwrap();
        imports(&document.root(), &tree).map(|found| format!("{} ({})", found.value, found.source))
    }

    #[test]
    fn a_module_that_says_both_is_not_imported() {
        let plain = "'''A tool'''\n__version__ = '1'\n";
        for files in [
            &[("my_tool.py", plain)][..],
            &[("my_tool/__init__.py", plain)],
            &[("src/my_tool/__init__.py", plain)],
            &[
                ("my_tool/__init__.py", "'''A tool'''\nfrom ._version import x\n"),
                ("my_tool/_version.py", "__version__ = '1'"),
            ],
            &[("my_tool.py", "'''A tool'''\n__version__: str = '1'\n")],
        ] {
            assert_eq!(why(DYNAMIC, files), None, "{files:?}");
        }
        assert_eq!(why("[project]\nname = 'a'\nversion = '1'\n", &[]), None);
    }

    #[test]
    fn a_module_that_computes_something_is_imported() {
        for text in [
            "'''A tool'''\n__version__ = f()\n",
            "'''A tool'''\n__version__ = ''\n",
            "'''A tool'''\n__version__ = 0\n",
            "'''A tool''' + ''\n__version__ = '1'\n",
            "''''''\n__version__ = '1'\n",
            "'''A tool'''\n__doc__ = f()\n__version__ = None\n",
            "# coding: utf-7\n'''A tool'''\n__version__ = '1'\n",
        ] {
            assert!(why(DYNAMIC, &[("my_tool.py", text)]).unwrap().ends_with("(my_tool.py)"), "{text}");
        }
        let overridden =
            [("my_tool/__init__.py", "'''A'''\n__version__ = ''\n"), ("my_tool/version.py", "__version__ = '1'")];
        assert!(why(DYNAMIC, &overridden).is_some());
        let untold = why(&format!("{DYNAMIC}[tool.flit.module]\nname = '/tmp/x'\n"), &[]).unwrap();
        assert_eq!(untold, "the module that says the version cannot be told (pyproject.toml:5)");
    }
}
