//! Where a project keeps its import packages, and which files belong to the program.

use std::collections::BTreeMap;

use super::given::Given;
use super::notebook::is_notebook;
use crate::facts::{ImportPackage, normalize};
use crate::inspect::tree::Tree;

/// Folders that are never part of the program, wherever they lie.
const SUPPORT: &[&str] = &[
    "test",
    "tests",
    "testing",
    "doc",
    "docs",
    "documentation",
    "example",
    "examples",
    "sample",
    "samples",
    "demo",
    "demos",
    "bench",
    "benchmark",
    "benchmarks",
    "exercises",
    "htmlcov",
    "site",
    "ci",
    "debian",
    "changelog",
    "newsfragments",
    "requirements",
    "notebooks",
    "node_modules",
    "typings",
    "stubs",
    "migrations_backup",
];

/// Folders that belong to the workshop as soon as metadata says what the product is.
const WORKSHOP: &[&str] =
    &["bin", "build", "scripts", "script", "tools", "tool", "tasks", "util", "utils", "python", "hooks"];

/// Folders that say how a program is brought to its machines, unless they are packages.
const DEPLOYMENT: &[&str] = &["ansible", "contrib", "deploy", "deployment", "docker", "k8s", "kubernetes", "terraform"];

/// Modules at the top that drive development tools.
const TOOLS: &[&str] = &[
    "setup",
    "conftest",
    "noxfile",
    "toxfile",
    "tasks",
    "fabfile",
    "pavement",
    "dodo",
    "conanfile",
    "versioneer",
    "ez_setup",
    "distribute_setup",
    "hatch_build",
    "build",
    "SConstruct",
    "conf",
];

/// The path of a package that the root of the project is.
const HERE: &str = ".";

/// The shape of a project.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Layout {
    /// Folder from the root that holds the packages: empty for a flat layout.
    pub source_dir: String,
    /// Packages and modules that get imported by their name.
    pub packages: Vec<ImportPackage>,
    /// Python files of the program.
    pub files: Vec<Location>,
}

/// A Python file and what it is imported as.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Location {
    /// Path from the root.
    pub path: String,
    /// Dotted name; the stem for a script.
    pub name: String,
}

/// Finds the packages, from what is declared and from the shape of the tree.
pub(super) fn find(tree: &Tree, declared: &Given) -> Layout {
    if let Some(script) = declared.script {
        let own = Location { path: script.to_owned(), name: stem(script).to_owned() };
        if tree.files.len() == 1 {
            return Layout { files: vec![own], ..Layout::default() };
        }
        // With what it uses beside it, it is a folder that one file starts.
        let packages = packages(tree, &Given::default(), "");
        let mut files = files(tree, &packages);
        files.retain(|file| file.path != own.path);
        files.push(own);
        return Layout { packages, files, ..Layout::default() };
    }
    if declared.is_compiled_program {
        return Layout::default();
    }
    let source_dir = match declared.source_dir {
        Some(folder) => folder.trim_matches('/').to_owned(),
        None => source_dir(tree, declared),
    };
    let mut packages = packages(tree, declared, &source_dir);
    for (name, folder) in declared.package_folders {
        let path = if folder.is_empty() { HERE.to_owned() } else { folder.clone() };
        packages.retain(|package| package.name != *name && package.path != path);
        packages.push(ImportPackage { name: name.clone(), path, namespace: false });
    }
    let mut files = files(tree, &packages);
    if !declared.has_metadata {
        files.extend(notebooks(tree));
    }
    Layout { source_dir, packages, files }
}

fn source_dir(tree: &Tree, declared: &Given) -> String {
    let holds_packages = |folder: &str| {
        !tree.has(&format!("{folder}/__init__.py")) && tree.under(folder).any(|file| is_python(&file.path))
    };
    let is_src_layout =
        holds_packages("src") && packages(tree, declared, "src").iter().any(|package| !package.namespace);
    let others = ["lib", "python"];
    match others.into_iter().find(|folder| holds_packages(folder) && has_regular_package(tree, folder)) {
        _ if is_src_layout => "src".to_owned(),
        Some(folder) if packages(tree, declared, "").is_empty() => folder.to_owned(),
        _ => String::new(),
    }
}

fn has_regular_package(tree: &Tree, folder: &str) -> bool {
    tree.under(folder).any(|file| {
        let inside = file.path[folder.len() + 1..].strip_suffix("/__init__.py");
        inside.is_some_and(|package| !package.contains('/'))
    })
}

/// Whether a path is this folder or below it.
fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// What a folder beside the others holds.
#[derive(Default)]
struct Seen {
    is_package: bool,
    has_python: bool,
}

fn packages(tree: &Tree, declared: &Given, source_dir: &str) -> Vec<ImportPackage> {
    let skip = if source_dir.is_empty() { 0 } else { source_dir.len() + 1 };
    let mut folders: BTreeMap<&str, Seen> = BTreeMap::new();
    let mut modules = Vec::new();
    let is_own = |path: &str| !declared.members.iter().any(|member| is_below(path, &member.path));
    for file in tree.under(source_dir).filter(|file| is_python(&file.path) && is_own(&file.path)) {
        let inside = &file.path[skip..];
        match inside.split_once('/') {
            Some((folder, rest)) => {
                let seen = folders.entry(folder).or_default();
                seen.is_package |= rest == "__init__.py";
                seen.has_python = true;
            }
            None => modules.push(stem(inside)),
        }
    }
    let join = |name: &str| if source_dir.is_empty() { name.to_owned() } else { format!("{source_dir}/{name}") };
    let own_name = normalize(declared.name).replace('-', "_");
    let is_regular = |name: &str| folders.get(name).is_some_and(|seen| seen.is_package);
    let is_wanted = |name: &str| {
        if !declared.packages.is_empty() {
            return declared.packages.iter().any(|package| package.split('.').next() == Some(name));
        }
        name.to_lowercase() == own_name
            || is_identifier(name)
                && !SUPPORT.contains(&name)
                && (is_regular(name) || !DEPLOYMENT.contains(&name))
                && !(declared.has_metadata && source_dir.is_empty() && WORKSHOP.contains(&name))
    };
    let mut found = Vec::new();
    for (name, seen) in &folders {
        if !is_wanted(name) {
            continue;
        }
        // In a flat layout with metadata, folders without `__init__.py` are seldom packages: assets, settings, snippets.
        let may_be_namespace = !source_dir.is_empty()
            || !declared.has_metadata
            || declared.packages.iter().any(|package| package.split('.').next() == Some(name))
            || own_name.starts_with(&name.to_lowercase());
        if seen.is_package {
            found.push(ImportPackage { name: (*name).to_owned(), path: join(name), namespace: false });
        } else if seen.has_python && may_be_namespace {
            found.push(ImportPackage { name: (*name).to_owned(), path: join(name), namespace: true });
            found.extend(portions(tree, &join(name), name).into_iter().filter(|package| is_own(&package.path)));
        }
    }
    // setuptools, hatchling and flit take single modules only where there is no package; plain folders run from their top.
    let takes_modules = !declared.has_metadata || !declared.packages.is_empty() || found.is_empty();
    for name in modules.into_iter().filter(|name| takes_modules && is_identifier(name) && is_wanted(name)) {
        let is_tool = TOOLS.contains(&name) || is_test_module(name);
        if name != "__init__" && name != "__main__" && !is_tool {
            found.push(ImportPackage { name: name.to_owned(), path: join(&format!("{name}.py")), namespace: false });
        }
    }
    found
}

/// Regular packages below a namespace package, at any depth that has no `__init__.py` above it.
fn portions(tree: &Tree, folder: &str, name: &str) -> Vec<ImportPackage> {
    let mut found: Vec<ImportPackage> = Vec::new();
    for file in tree.under(folder) {
        let Some(path) = file.path.strip_suffix("/__init__.py") else { continue };
        if found.iter().any(|package| path.starts_with(&format!("{}/", package.path))) {
            continue;
        }
        let inside = path[folder.len() + 1..].replace('/', ".");
        if inside.split('.').all(|part| is_identifier(part) && !SUPPORT.contains(&part)) {
            found.push(ImportPackage { name: format!("{name}.{inside}"), path: path.to_owned(), namespace: false });
        }
    }
    found
}

/// Python files of the packages, and scripts at the top.
fn files(tree: &Tree, packages: &[ImportPackage]) -> Vec<Location> {
    let mut files = Vec::new();
    for package in packages {
        if package.path.ends_with(".py") {
            files.push(Location { path: package.path.clone(), name: package.name.clone() });
        }
        for file in tree.under(&package.path).filter(|file| is_python(&file.path)) {
            let inside = &file.path[package.path.len() + 1..];
            if !is_test(inside) {
                let name = dotted(&format!("{}/{inside}", package.name.replace('.', "/")));
                files.push(Location { path: file.path.clone(), name });
            }
        }
    }
    for file in tree.files.iter().filter(|file| !file.path.contains('/') && is_python(&file.path)) {
        let name = stem(&file.path);
        if !TOOLS.contains(&name) && !is_test_module(name) {
            let inside = packages.iter().find(|package| package.path == HERE);
            let name = inside.map_or_else(|| name.to_owned(), |package| dotted(&format!("{}/{name}.py", package.name)));
            files.push(Location { path: file.path.clone(), name });
        }
    }
    files.sort();
    files.dedup_by(|left, right| left.path == right.path);
    files
}

/// Notebooks at the top of a plain folder, or in the folder that is called so: they are programs as well.
fn notebooks(tree: &Tree) -> impl Iterator<Item = Location> {
    let is_here =
        |path: &str| path.split_once('/').is_none_or(|(folder, name)| folder == "notebooks" && !name.contains('/'));
    let found = tree.files.iter().filter(move |file| is_notebook(&file.path) && is_here(&file.path));
    found.map(|file| Location { path: file.path.clone(), name: stem(&file.path).to_owned() })
}

/// The dotted name of a path that counts from the source folder.
pub(super) fn dotted(path: &str) -> String {
    let path = path.strip_suffix(".pyw").or_else(|| path.strip_suffix(".py")).unwrap_or(path);
    path.strip_suffix("/__init__").unwrap_or(path).replace('/', ".")
}

/// Whether a path inside a package belongs to its tests.
pub(super) fn is_test(path: &str) -> bool {
    let mut parts = path.rsplit('/');
    let is_test_file = parts.next().is_some_and(|file| is_test_module(stem(file)));
    is_test_file || parts.any(|folder| matches!(folder, "test" | "tests"))
}

fn is_test_module(stem: &str) -> bool {
    stem == "conftest" || stem == "test" || stem == "tests" || stem.starts_with("test_") || stem.ends_with("_test")
}

/// Whether a path names a Python source file.
pub(crate) fn is_python(path: &str) -> bool {
    path.ends_with(".py") || path.ends_with(".pyw")
}

fn is_identifier(name: &str) -> bool {
    let mut letters = name.chars();
    letters.next().is_some_and(|first| first.is_alphabetic() || first == '_')
        && letters.all(|letter| letter.is_alphanumeric() || letter == '_')
}

/// The file name without its ending.
pub(super) fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.strip_suffix(".pyw").or_else(|| name.strip_suffix(".py")).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Member;
    use crate::inspect::code::sample;

    fn found(files: &[&str], declared: &Given) -> (String, Vec<String>, Vec<String>) {
        let files: Vec<(&str, &str)> = files.iter().map(|path| (*path, "")).collect();
        let (_folder, tree) = sample::tree(&files);
        let layout = find(&tree, declared);
        let packages = layout.packages.into_iter().map(|package| package.name).collect();
        (layout.source_dir, packages, layout.files.into_iter().map(|file| file.path).collect())
    }

    fn declared(name: &str) -> Given<'_> {
        Given { name, has_metadata: true, ..Given::default() }
    }

    #[test]
    fn a_src_layout_is_found() {
        let (source_dir, packages, files) =
            found(&["src/a/__init__.py", "src/a/tests/test_x.py", "tests/b.py", "setup.py"], &declared("a"));
        assert_eq!((source_dir.as_str(), packages), ("src", vec!["a".to_owned()]));
        assert_eq!(files, ["src/a/__init__.py"]);
    }

    #[test]
    fn a_flat_layout_leaves_tests_and_tools_out() {
        let paths =
            ["a/__init__.py", "a/b.py", "tests/__init__.py", "scripts/__init__.py", "docs/conf.py", "noxfile.py"];
        let (source_dir, packages, files) = found(&paths, &declared("a"));
        assert_eq!((source_dir.as_str(), packages), ("", vec!["a".to_owned()]));
        assert_eq!(files, ["a/__init__.py", "a/b.py"]);
    }

    #[test]
    fn a_package_called_like_a_tool_counts_when_the_project_is_called_so() {
        assert_eq!(found(&["src/build/__init__.py"], &declared("build")).1, ["build"]);
        assert_eq!(found(&["build/__init__.py"], &declared("build")).1, ["build"]);
        assert!(found(&["build/__init__.py", "x/__init__.py"], &declared("x")).1 == ["x"]);
    }

    #[test]
    fn a_single_module_is_the_package_of_its_project() {
        assert_eq!(found(&["six.py", "setup.py", "test_six.py"], &declared("six")).1, ["six"]);
    }

    #[test]
    fn namespace_packages_name_their_portions() {
        let paths = ["src/acme/tools/__init__.py", "src/acme/tools/deep/__init__.py", "src/acme/web/api/__init__.py"];
        assert_eq!(found(&paths, &declared("acme-tools")).1, ["acme", "acme.tools", "acme.web.api"]);
    }

    #[test]
    fn a_plain_folder_runs_from_its_top() {
        let (_, packages, files) = found(&["main.py", "utils/helper.py", "tests/t.py"], &Given::default());
        assert_eq!(packages, ["utils", "main"]);
        assert_eq!(files, ["main.py", "utils/helper.py"]);
    }

    #[test]
    fn what_brings_a_program_to_its_machines_is_no_package_of_it() {
        let (_, packages, _) = found(&["manage.py", "docker/fetch.py", "deploy/__init__.py"], &Given::default());
        assert_eq!(packages, ["deploy", "manage"]);
    }

    #[test]
    fn a_package_may_lie_where_its_name_does_not_say() {
        let folders = [("tide".to_owned(), String::new()), ("moon".to_owned(), "lib/moon_src".to_owned())];
        let names = ["tide".to_owned(), "moon".to_owned()];
        let given = Given { packages: &names, package_folders: &folders, ..declared("tide") };
        let (_folder, tree) = sample::tree(&[("tide.py", ""), ("__init__.py", ""), ("lib/moon_src/__init__.py", "")]);
        let layout = find(&tree, &given);
        let names: Vec<&str> = layout.files.iter().map(|file| file.name.as_str()).collect();
        assert_eq!(names, ["tide", "moon", "tide.tide"]);
    }

    #[test]
    fn folders_of_members_are_no_packages() {
        let members = [Member { name: "core".into(), path: "src/core".into() }];
        let given = Given { members: &members, source_dir: Some("src"), ..declared("whole") };
        assert_eq!(found(&["src/core/core/__init__.py", "src/own/__init__.py"], &given).1, ["own"]);
    }

    #[test]
    fn a_wheel_of_compiled_programs_has_nothing_to_import() {
        let given = Given { is_compiled_program: true, ..declared("spy") };
        assert_eq!(found(&["generate.py"], &given), (String::new(), vec![], vec![]));
    }

    #[test]
    fn declared_packages_win() {
        let packages = ["b".to_owned()];
        let declared = Given { packages: &packages, ..declared("a") };
        assert_eq!(found(&["a/__init__.py", "b/__init__.py"], &declared).1, ["b"]);
    }
}
