//! What a project's own files declare about it. Each format has its reader, and all fill one [`Declared`].

mod build_system;
mod core_metadata;
mod declared;
mod descriptive;
pub(super) mod document;
mod dynamic;
mod evidence;
mod files;
#[cfg(test)]
pub(super) mod fixture;
mod flit;
mod folder;
mod groups;
mod indexes;
mod legacy;
mod licence;
mod literal;
mod local;
mod lock;
mod lookup;
mod named;
mod poetry;
mod poetry_requirement;
mod project_table;
pub(super) mod pyproject;
mod python;
pub(super) mod requirement;
mod requirements_txt;
mod script_header;
mod settings;
pub(super) mod setup_cfg;
mod setup_py;
mod setuptools;
mod workspace;

pub(crate) use declared::Declared;
pub(crate) use evidence::facts;
pub(crate) use folder::{is_python, read_script};
pub(crate) use indexes::find as find_indexes;
pub(crate) use local::{file_address, redirected};
pub(crate) use lock::find as find_lock;
pub(crate) use named::patterns as named;
pub(crate) use requirements_txt::{main_file, read_all as read_requirements};
pub(crate) use settings::read as read_settings;
pub(crate) use workspace::find as find_workspace;

use crate::facts::{Definition, Evidence, Source};
use crate::inspect::InspectError;
use crate::inspect::tree::Tree;

/// Turns references to folders and files beside the project into addresses.
pub(crate) fn resolve_local(declared: &mut Declared, tree: &Tree) {
    local::resolve(declared, &tree.root);
}

/// Reads what a tree declares; `None` where it holds no Python.
pub(crate) fn read(tree: &Tree) -> Result<Option<Declared>, InspectError> {
    let mut declared = match pyproject::read(tree)? {
        Some(declared) => declared,
        None => match legacy::read(tree)? {
            Some(mut declared) => {
                pyproject::read_build_system(tree, &mut declared)?;
                declared
            }
            None => {
                let mut declared = folder::read(tree)?;
                if let Some(declared) = &mut declared {
                    within_limits(declared)?;
                    local::resolve(declared, &tree.root);
                }
                return Ok(declared);
            }
        },
    };
    within_limits(&declared)?;
    local::resolve(&mut declared, &tree.root);
    core_metadata::complete(tree, &mut declared)?;
    within_limits(&declared)?;
    declared.has_dependency_list = !declared.lacks("dependencies");
    Ok(Some(declared))
}

/// More than this is no project that somebody ships; everything that comes after goes through these lists.
fn within_limits(declared: &Declared) -> Result<(), InspectError> {
    let of_extras = declared.extras.values().map(Vec::len).sum::<usize>();
    let of_groups = declared.groups.values().map(Vec::len).sum::<usize>();
    let lists = [
        ("requirements", declared.dependencies.len() + of_extras + of_groups, 10_000),
        ("entry points", declared.entry_points.len(), 2_000),
        ("groups of entry points", declared.plugin_groups.len(), 1_000),
        ("extras", declared.extras.len(), 1_000),
        ("dependency groups", declared.groups.len(), 1_000),
        ("packages", declared.packages.len(), 2_000),
        ("sources of packages", declared.sources.len(), 2_000),
    ];
    let Some((what, count, most)) = lists.into_iter().find(|(_, count, most)| count > most) else { return Ok(()) };
    let path = match &declared.definition {
        Definition::Folder(path) if path.is_empty() => ".".to_owned(),
        Definition::Pyproject(path)
        | Definition::SetupPy(path)
        | Definition::SetupCfg(path)
        | Definition::Folder(path)
        | Definition::Script(path) => path.clone(),
    };
    Err(InspectError::TooLarge { path, what: format!("it declares {count} {what}, and up to {most} are read") })
}

/// The folder's name where the build backend knows the name only; the icon; classifiers without their lines.
pub(crate) fn complete(declared: &mut Declared, tree: &Tree) {
    if declared.name.is_none() {
        let folder = tree.root.file_name().map_or_else(|| "project".into(), |name| name.to_string_lossy());
        let source = Source::Tree { seen: "the folder's name".into() };
        declared.name = Some(Evidence { value: folder.into_owned(), source });
    }
    if declared.metadata.readme.is_none() {
        declared.metadata.readme = files::usual_readme(tree);
    }
    let name = declared.name.as_ref().map(|name| name.value.clone()).unwrap_or_default();
    declared.metadata.icon = files::icon(tree, &name);
    declared.metadata.classifiers = declared.classifiers.iter().map(|classifier| classifier.value.clone()).collect();
}
