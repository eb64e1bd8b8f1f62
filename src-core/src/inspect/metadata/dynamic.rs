//! Fields of `[project]` that a build backend fills in, where its own table says from which file: read without running it.

use std::sync::LazyLock;

use regex::{Regex, RegexBuilder};

use super::declared::Declared;
use super::document::Item;
use super::setuptools::Setup;
use super::{files, flit, poetry, requirements_txt};
use crate::facts::Evidence;
use crate::inspect::InspectError;
use crate::inspect::tree::Tree;

/// What hatchling looks for when no pattern is given.
static ASSIGNMENT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r#"(?im)^(?:__version__|VERSION)(?:\s*:\s*str)?\s*=\s*(?:"v?(?P<version>[^"\n]+)"|'v?(?P<version2>[^'\n]+)')"#,
    )
    .expect("the expression is written here and covered by tests")
});

/// The largest that an expression of the project may be once compiled, in bytes.
const LARGEST_EXPRESSION: usize = 512 << 10;

/// Fills in dynamic fields as the backend would; what only running it tells stays in `declared.dynamic`.
pub(crate) fn resolve(root: &Item, tree: &Tree, declared: &mut Declared) -> Result<(), InspectError> {
    let backend = declared.build_system.as_ref().map(|system| system.backend.clone()).unwrap_or_default();
    match backend.split(['.', ':']).next().unwrap_or_default() {
        "poetry" => poetry::resolve(root, declared)?,
        _ if declared.dynamic.is_empty() => {}
        "setuptools" => setuptools(root, tree, declared)?,
        "hatchling" => {
            declared.learn_version(root.find(&["tool", "hatch", "version"]).and_then(|item| hatch(&item, tree)));
        }
        "pdm" => declared.learn_version(root.find(&["tool", "pdm", "version"]).and_then(|item| pdm(&item, tree))),
        "flit_core" | "flit" => flit::resolve(root, tree, declared),
        _ => {}
    }
    Ok(())
}

/// `[tool.hatch.version]`: a file and, perhaps, a pattern. Other sources ask version control or run code.
fn hatch(table: &Item, tree: &Tree) -> Option<Evidence<String>> {
    if table.get("source").is_some_and(|source| source.as_text() != Some("regex")) {
        return None;
    }
    let path = table.get("path")?.as_text()?;
    match table.get("pattern") {
        Some(pattern) => {
            let pattern = match pattern.as_bool() {
                Some(_) => return files::matched(tree, path, &ASSIGNMENT),
                None => pattern.as_text()?,
            };
            // Python's expressions know look-around and back-references, which this engine refuses: dynamic, then.
            let expression =
                RegexBuilder::new(&format!("(?m){pattern}")).size_limit(LARGEST_EXPRESSION).build().ok()?;
            files::matched(tree, path, &expression)
        }
        None => files::matched(tree, path, &ASSIGNMENT),
    }
}

/// `[tool.pdm.version]` with `source = "file"`.
fn pdm(table: &Item, tree: &Tree) -> Option<Evidence<String>> {
    (table.get("source")?.as_text() == Some("file")).then_some(())?;
    files::matched(tree, table.get("path")?.as_text()?, &ASSIGNMENT)
}

/// `[tool.setuptools.dynamic]` first, then `setup.py` and `setup.cfg`, as setuptools does.
fn setuptools(root: &Item, tree: &Tree, declared: &mut Declared) -> Result<(), InspectError> {
    if let Some(table) = root.find(&["tool", "setuptools", "dynamic"]) {
        declared_files(&table, tree, declared)?;
    }
    if declared.dynamic.is_empty() {
        return Ok(());
    }
    if let Some(setup) = Setup::read(tree)? {
        for field in declared.dynamic.clone() {
            setup.fill(&field, tree, declared)?;
        }
    }
    Ok(())
}

fn declared_files(table: &Item, tree: &Tree, declared: &mut Declared) -> Result<(), InspectError> {
    if let Some(version) = table.get("version") {
        let attribute = version.get("attr").and_then(|attr| attr.as_text());
        let file = paths(version.get("file")).into_iter().next();
        let found = attribute
            .and_then(|attr| files::attribute(tree, attr, declared.source_dir.as_deref()))
            .or_else(|| files::first_line(tree, &file?));
        declared.learn_version(found);
    }
    if let Some(list) = table.get("dependencies")
        && declared.lacks("dependencies")
    {
        let mut read = Vec::new();
        for path in paths(list.get("file")) {
            read.extend(requirements_txt::read(tree, &path)?);
        }
        declared.dependencies = read;
        declared.learned("dependencies");
    }
    if let Some(extras) = table.get("optional-dependencies")
        && declared.lacks("optional-dependencies")
    {
        for (extra, list) in extras.entries()? {
            let mut read = Vec::new();
            for path in paths(list.get("file")) {
                read.extend(requirements_txt::read(tree, &path)?);
            }
            declared.extras.insert(extra.to_owned(), read);
        }
        declared.learned("optional-dependencies");
    }
    if let Some(readme) = table.get("readme") {
        declared.metadata.readme = paths(readme.get("file")).into_iter().next();
        declared.learned("readme");
    }
    Ok(())
}

/// `file` is one path or several.
fn paths(item: Option<Item>) -> Vec<String> {
    let Some(item) = item else { return Vec::new() };
    match item.as_text() {
        Some(path) => path.split(',').map(|path| path.trim().to_owned()).collect(),
        None => item.texts().unwrap_or_default(),
    }
}
