//! What a project's own files declare about it. Each format has its reader, and all fill one [`Declared`].

mod build_system;
mod core_metadata;
mod descriptive;
mod document;
mod dynamic;
mod evidence;
mod files;
#[cfg(test)]
pub(super) mod fixture;
mod flit;
mod folder;
mod groups;
mod ini;
mod licence;
mod literal;
mod local;
mod lock;
mod lookup;
mod poetry;
mod poetry_requirement;
mod project_table;
mod pyproject;
mod python;
mod requirement;
mod requirements_txt;
mod script_header;
mod settings;
mod setup_cfg;
mod setup_py;
mod setuptools;
mod workspace;

use std::collections::BTreeMap;

pub(crate) use evidence::facts;
pub(crate) use folder::{is_python, read_script};
pub(crate) use lock::find as find_lock;
pub(crate) use settings::read as read_settings;
pub(crate) use workspace::find as find_workspace;

use crate::facts::{BuildSystem, Definition, EntryPoint, Evidence, Metadata, Requirement, Source, Version};
use crate::inspect::InspectError;
use crate::inspect::tree::Tree;

/// Everything that is declared, before the code is looked at.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Declared {
    /// The file that makes the folder a project.
    pub(crate) definition: Definition,
    /// The distribution's name.
    pub(crate) name: Option<Evidence<String>>,
    /// Its version.
    pub(crate) version: Version,
    /// PEP 518's table or its legacy default.
    pub(crate) build_system: Option<BuildSystem>,
    /// Scripts.
    pub(crate) entry_points: Vec<EntryPoint>,
    /// Groups of entry points that are no scripts.
    pub(crate) plugin_groups: Vec<Evidence<String>>,
    /// `requires-python`.
    pub(crate) requires_python: Option<Evidence<String>>,
    /// Run-time requirements.
    pub(crate) dependencies: Vec<Requirement>,
    /// Requirements of each extra.
    pub(crate) extras: BTreeMap<String, Vec<Requirement>>,
    /// Requirements of each group.
    pub(crate) groups: BTreeMap<String, Vec<Requirement>>,
    /// Fields that only the build backend knows.
    pub(crate) dynamic: Vec<String>,
    /// Descriptive metadata; its classifiers are in `classifiers` until the project is put together.
    pub(crate) metadata: Metadata,
    /// Trove classifiers with their lines.
    pub(crate) classifiers: Vec<Evidence<String>>,
    /// Folder of the import packages, where a build backend's table names it.
    pub(crate) source_dir: Option<String>,
    /// Import packages and modules that a build backend's table lists.
    pub(crate) packages: Vec<String>,
    /// Whether a build backend makes a wheel of it.
    pub(crate) is_package: bool,
    /// Whether its run-time requirements are written down, even if there are none.
    pub(crate) has_dependency_list: bool,
}

impl Declared {
    /// Nothing but the definition.
    pub(crate) fn new(definition: Definition) -> Self {
        Self {
            definition,
            name: None,
            version: Version::Missing,
            build_system: None,
            entry_points: Vec::new(),
            plugin_groups: Vec::new(),
            requires_python: None,
            dependencies: Vec::new(),
            extras: BTreeMap::new(),
            groups: BTreeMap::new(),
            dynamic: Vec::new(),
            metadata: Metadata::default(),
            classifiers: Vec::new(),
            source_dir: None,
            packages: Vec::new(),
            is_package: true,
            has_dependency_list: false,
        }
    }
}

/// Reads what a tree declares; `None` where it holds no Python.
pub(crate) fn read(tree: &Tree) -> Result<Option<Declared>, InspectError> {
    let mut declared = match pyproject::read(tree)? {
        Some(declared) => declared,
        None => match setuptools::read(tree)? {
            Some(mut declared) => {
                pyproject::read_build_system(tree, &mut declared)?;
                declared
            }
            None => {
                let mut declared = folder::read(tree)?;
                if let Some(declared) = &mut declared {
                    local::resolve(declared, &tree.root);
                }
                return Ok(declared);
            }
        },
    };
    local::resolve(&mut declared, &tree.root);
    core_metadata::complete(tree, &mut declared)?;
    declared.has_dependency_list = !declared.lacks("dependencies");
    Ok(Some(declared))
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
