//! `pyproject.toml`: decides which of its tables define the project.

use super::declared::Declared;
use super::document::{Document, Item};
use super::setuptools::{self, Setup};
use super::{build_system, dynamic, flit, groups, local, poetry, project_table, requirement};
use crate::facts::{Definition, Version};
use crate::inspect::InspectError;
use crate::inspect::tree::Tree;

/// The file's name.
pub(crate) const PATH: &str = "pyproject.toml";

/// Reads `pyproject.toml`; `None` where it is absent or defines no project.
pub(crate) fn read(tree: &Tree) -> Result<Option<Declared>, InspectError> {
    let Some(text) = tree.read(PATH)? else { return Ok(None) };
    let document = Document::parse(PATH, &text)?;
    let root = document.root();
    let Some(mut declared) = defining_table(&root, tree)? else { return Ok(None) };
    for (group, requirements) in groups::read(&root)? {
        declared.groups.insert(group, requirements);
    }
    development_groups(&root, &mut declared)?;
    if declared.is_package {
        declared.build_system = Some(build_system::read(&root, tree)?);
    }
    declared.source_dir = declared.source_dir.take().or_else(|| source_dir(&root));
    declared.packages = packages(&root);
    dynamic::resolve(&root, tree, &mut declared)?;
    commands(&root, tree, &mut declared)?;
    local::apply_sources(&root, &mut declared)?;
    if let Some(list) = root.find(&["tool", "uv", "constraint-dependencies"]) {
        declared.constraints = requirement::read_all(&list)?;
    }
    Ok(Some(declared))
}

/// Commands that are no entry points: files that setuptools installs as they are, and programs that maturin compiles.
fn commands(root: &Item, tree: &Tree, declared: &mut Declared) -> Result<(), InspectError> {
    let backend = declared.build_system.as_ref().map(|system| system.backend.clone()).unwrap_or_default();
    if backend.starts_with("setuptools") {
        if let Some(list) = root.find(&["tool", "setuptools", "script-files"]) {
            for file in list.elements()? {
                declared.add_installed([(file.text()?.to_owned(), file.source())]);
            }
        }
        // `[project]` has no word for them, so `setup.py` and `setup.cfg` are asked all the same.
        if let Some(setup) = Setup::read(tree)? {
            if !setup.script_files(declared) {
                declared.dynamic.push("scripts".into());
            }
            if declared.packages.is_empty() {
                declared.packages = setup.packages();
                declared.source_dir = declared.source_dir.take().or_else(|| setup.source_dir());
            }
        }
        declared.package_folders = package_folders(root);
    }
    let bindings = root.find(&["tool", "maturin", "bindings"]);
    let bindings = bindings.as_ref().and_then(Item::as_text);
    let only_main = || bindings.is_none() && tree.has("src/main.rs") && !tree.has("src/lib.rs");
    if backend == "maturin" && (bindings == Some("bin") || only_main()) {
        declared.is_compiled_program = true;
        declared.dynamic.push("scripts".into());
    }
    Ok(())
}

/// Folders of packages that `[tool.setuptools.package-dir]` names one by one.
fn package_folders(root: &Item) -> Vec<(String, String)> {
    let Some(entries) = root.find(&["tool", "setuptools", "package-dir"]) else { return Vec::new() };
    let named = entries.entries().unwrap_or_default().into_iter().filter(|(name, _)| !name.is_empty());
    named.filter_map(|(name, folder)| Some((name.to_owned(), setuptools::plain_folder(folder.as_text()?)))).collect()
}

/// Groups in the tables that uv and PDM had before PEP 735. PDM also takes lines as pip does; those are left to it.
fn development_groups(root: &Item, declared: &mut Declared) -> Result<(), InspectError> {
    if let Some(list) = root.find(&["tool", "uv", "dev-dependencies"]) {
        declared.groups.entry("dev".into()).or_default().extend(requirement::read_all(&list)?);
    }
    if let Some(table) = root.find(&["tool", "pdm", "dev-dependencies"]) {
        for (group, list) in table.entries()? {
            let read = list.elements()?.into_iter().filter_map(|element| requirement::read(&element).ok());
            declared.groups.entry(group.to_owned()).or_default().extend(read);
        }
    }
    Ok(())
}

/// Reads what other files need of a `pyproject.toml` that does not define the project: its `[build-system]`.
pub(crate) fn read_build_system(tree: &Tree, declared: &mut Declared) -> Result<(), InspectError> {
    let Some(text) = tree.read(PATH)? else { return Ok(()) };
    let document = Document::parse(PATH, &text)?;
    let root = document.root();
    declared.groups = groups::read(&root)?;
    let system = build_system::read(&root, tree)?;
    // These find the version in version control.
    let asks_git = |requirement: &String| {
        let name = requirement.to_lowercase().replace('_', "-");
        name.starts_with("setuptools-scm") || name.starts_with("pbr") || name.starts_with("setuptools-git-versioning")
    };
    if declared.version == Version::Missing && system.requires.iter().any(asks_git) {
        declared.version = Version::Dynamic { source: system.source.clone() };
        declared.dynamic.push("version".into());
    }
    declared.build_system = Some(system);
    Ok(())
}

fn defining_table(root: &Item, tree: &Tree) -> Result<Option<Declared>, InspectError> {
    let mut declared = Declared::new(Definition::Pyproject(PATH.into()));
    if let Some(project) = root.get("project") {
        project_table::read(&project, tree, &mut declared)?;
        if let Some(table) = root.find(&["tool", "poetry"]) {
            poetry::groups(&table, &mut declared)?;
            declared.source_dir = poetry::source_dir(&table);
            declared.is_package = table.get("package-mode").and_then(|item| item.as_bool()) != Some(false);
        }
        if root.find(&["tool", "uv", "package"]).and_then(|item| item.as_bool()) == Some(false) {
            declared.is_package = false;
        }
        return Ok(Some(declared));
    }
    if let Some(table) = root.find(&["tool", "poetry"]) {
        poetry::read(&table, tree, &mut declared)?;
        if let Some(plugin) = root.find(&["tool", "poetry-dynamic-versioning"]) {
            declared.version = Version::Dynamic { source: plugin.source() };
            declared.dynamic.push("version".into());
        }
        return Ok(Some(declared));
    }
    if let Some(table) = root.find(&["tool", "flit", "metadata"]) {
        flit::read(&table, root, tree, &mut declared)?;
        return Ok(Some(declared));
    }
    Ok(root.get("build-system").filter(|_| builds_without_metadata(root, tree)).map(|table| {
        declared.version = Version::Dynamic { source: table.source() };
        declared.dynamic = ["name", "version", "dependencies"].map(str::to_owned).into();
        declared
    }))
}

/// Whether a build backend has its metadata from a file of another language, as maturin from `Cargo.toml`.
fn builds_without_metadata(root: &Item, tree: &Tree) -> bool {
    let backend = root.find(&["build-system", "build-backend"]);
    let backend = backend.as_ref().and_then(Item::as_text).unwrap_or_default();
    backend == "maturin" && tree.has("Cargo.toml")
}

/// The folder with the packages, where the backend's table names one.
fn source_dir(root: &Item) -> Option<String> {
    let text = |path: &[&str]| root.find(path)?.as_text().map(str::to_owned);
    let first = |path: &[&str]| root.find(path)?.texts().ok()?.into_iter().next();
    let folder = root
        .find(&["tool", "setuptools", "package-dir"])
        .and_then(|table| table.get("")?.as_text().map(str::to_owned))
        .or_else(|| first(&["tool", "setuptools", "packages", "find", "where"]))
        .or_else(|| text(&["tool", "uv", "build-backend", "module-root"]))
        .or_else(|| text(&["tool", "pdm", "build", "package-dir"]))
        .or_else(|| text(&["tool", "maturin", "python-source"]))
        .or_else(|| {
            let package = first(&["tool", "hatch", "build", "targets", "wheel", "packages"])?;
            Some(package.rsplit_once('/').map_or_else(String::new, |(folder, _)| folder.to_owned()))
        })?;
    Some(setuptools::plain_folder(&folder))
}

/// Packages and modules that the backend's table lists by name.
fn packages(root: &Item) -> Vec<String> {
    let texts = |path: &[&str]| root.find(path).and_then(|item| item.texts().ok()).unwrap_or_default();
    let mut names = texts(&["tool", "setuptools", "packages"]);
    names.extend(texts(&["tool", "setuptools", "py-modules"]));
    let of_hatch = texts(&["tool", "hatch", "build", "targets", "wheel", "packages"]);
    names.extend(of_hatch.iter().filter_map(|path| path.trim_end_matches('/').rsplit('/').next().map(str::to_owned)));
    let of_poetry = root.find(&["tool", "poetry", "packages"]).and_then(|item| item.elements().ok());
    names.extend(of_poetry.unwrap_or_default().iter().filter_map(|package| {
        let include = package.get("include")?.as_text()?.trim_end_matches(".py");
        (!include.contains(['*', '?'])).then(|| include.replace('/', "."))
    }));
    let flit =
        root.find(&["tool", "flit", "module", "name"]).or_else(|| root.find(&["tool", "flit", "metadata", "module"]));
    names.extend(flit.as_ref().and_then(Item::as_text).map(str::to_owned));
    names
}
