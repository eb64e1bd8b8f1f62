//! Definitions without packaging metadata: a folder with code, or one script.

use std::path::PathBuf;

use super::declared::Declared;
use super::{files, lookup, requirement, requirements_txt, script_header, workspace};
use crate::facts::{Definition, Evidence, Source, Version};
use crate::inspect::InspectError;
use crate::inspect::tree::Tree;

/// A folder: its requirement files are all it declares. `None` where it holds no Python either.
pub(crate) fn read(tree: &Tree) -> Result<Option<Declared>, InspectError> {
    let main = requirements_txt::main_file(tree);
    let has_code_at_root = lookup::names_at_root(tree).any(is_python);
    if main.is_none() && !has_code_at_root {
        let projects = workspace::below(tree);
        if !projects.is_empty() {
            let projects = projects.into_iter().map(PathBuf::from).collect();
            return Err(InspectError::Several { path: tree.root.clone(), projects });
        }
    }
    if main.is_none() && !lookup::paths(tree).any(is_python) {
        return Ok(None);
    }
    let mut declared = Declared::new(Definition::Folder(main.unwrap_or_default().to_owned()));
    let seen = "the folder's name".to_owned();
    let name = tree.root.file_name().map_or_else(|| "project".into(), |name| name.to_string_lossy());
    declared.name = Some(Evidence { value: name.into_owned(), source: Source::Tree { seen } });
    declared.is_package = false;
    if let Some(main) = main {
        let listed = requirements_txt::read_all(tree, main)?;
        declared.dependencies = listed.requirements;
        declared.constraints = listed.constraints;
        declared.has_dependency_list = true;
    }
    for (group, path) in requirements_txt::other_files(tree, main) {
        declared.groups.entry(group).or_default().extend(requirements_txt::read(tree, &path)?);
    }
    Ok(Some(declared))
}

/// One script, by its path from the root of its tree.
pub(crate) fn read_script(tree: &Tree, path: &str) -> Result<Declared, InspectError> {
    let mut declared = Declared::new(Definition::Script(path.to_owned()));
    let stem = path.rsplit_once('.').map_or(path, |(stem, _)| stem);
    declared.name =
        Some(Evidence { value: stem.to_owned(), source: Source::Tree { seen: "the script's name".into() } });
    declared.is_package = false;
    if let Some(text) = tree.read(path)? {
        script_header::read(path, &text, &mut declared)?;
    }
    if let Some(version) =
        files::constant(tree, path, "__version__").filter(|found| requirement::is_version(&found.value))
    {
        declared.version = Version::Static { version: version.value, source: version.source };
    }
    Ok(declared)
}

/// Whether a path names Python code.
pub(crate) fn is_python(path: &str) -> bool {
    path.ends_with(".py") || path.ends_with(".pyw")
}
