//! What all readers of metadata fill: everything that is declared.

use std::collections::BTreeMap;

use super::requirement;
use crate::facts::{
    BuildSystem, Definition, EntryKind, EntryPoint, Evidence, Metadata, Requirement, Risk, Source, Version,
};

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
    /// What bounds the versions of requirements.
    pub(crate) constraints: Vec<Requirement>,
    /// Addresses of packages that no index is asked for, by normalised name.
    pub(crate) sources: BTreeMap<String, String>,
    /// Descriptive metadata; its classifiers are in `classifiers` until the project is put together.
    pub(crate) metadata: Metadata,
    /// Trove classifiers with their lines.
    pub(crate) classifiers: Vec<Evidence<String>>,
    /// Folder of the import packages, where a build backend's table names it.
    pub(crate) source_dir: Option<String>,
    /// Import packages and modules that a build backend's table lists.
    pub(crate) packages: Vec<String>,
    /// Folders of packages that do not lie where their names say, by their names.
    pub(crate) package_folders: Vec<(String, String)>,
    /// Whether its wheel holds compiled programs and nothing to import.
    pub(crate) is_compiled_program: bool,
    /// What is wrong with it already.
    pub(crate) risks: Vec<Risk>,
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
            constraints: Vec::new(),
            sources: BTreeMap::new(),
            metadata: Metadata::default(),
            classifiers: Vec::new(),
            source_dir: None,
            packages: Vec::new(),
            package_folders: Vec::new(),
            is_compiled_program: false,
            risks: Vec::new(),
            is_package: true,
            has_dependency_list: false,
        }
    }

    /// Adds files that are installed as commands, each with its place.
    pub(crate) fn add_installed(&mut self, files: impl IntoIterator<Item = (String, Source)>) {
        for (path, source) in files {
            let name = path.rsplit('/').next().unwrap_or(&path).to_owned();
            if !self.entry_points.iter().any(|entry| entry.target == path) {
                self.entry_points.push(EntryPoint::new(name, EntryKind::Installed, path, source));
            }
        }
    }

    /// Takes a version that was found in another file, if it is one.
    pub(crate) fn learn_version(&mut self, found: Option<Evidence<String>>) {
        let Some(found) = found.filter(|found| requirement::is_version(&found.value)) else { return };
        if matches!(self.version, Version::Dynamic { .. }) {
            self.version = Version::Static { version: found.value, source: found.source };
            self.learned("version");
        }
    }

    /// A field is known now.
    pub(crate) fn learned(&mut self, field: &str) {
        self.dynamic.retain(|dynamic| dynamic != field);
    }

    /// Whether only the backend knows a field.
    pub(crate) fn lacks(&self, field: &str) -> bool {
        self.dynamic.iter().any(|dynamic| dynamic == field)
    }
}
