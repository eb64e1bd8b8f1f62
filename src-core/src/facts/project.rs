//! The nouns used to build: everything about a project that a backend may put into a plan.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{
    Doubt, Edit, EntryKind, EntryPoint, Evidence, LockFile, NamedIndex, OwnModule, PythonVersion, Risk, Sorting,
    Source, Trial, Tries,
};

/// A Python project as read from its files, without running any of its code.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Project {
    /// The canonical folder; for a single script, the folder that holds it.
    pub root: PathBuf,
    /// What defines it.
    pub definition: Definition,
    /// The distribution's name as its author writes it. Without metadata: the folder's or the script's name.
    pub name: String,
    /// Its version.
    pub version: Version,
    /// PEP 518's table, with the legacy default filled in for `setup.py` projects; `None` for plain scripts and folders.
    pub build_system: Option<BuildSystem>,
    /// Console scripts, GUI scripts, `__main__.py` and single scripts; several is normal.
    pub entry_points: Vec<EntryPoint>,
    /// Names of those of which any may be the one that people mean; empty where one is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rivals: Vec<String>,
    /// Entry-point groups other than scripts, for example `pytest11`: the project is a plug-in of something.
    pub plugin_groups: Vec<Evidence<String>>,
    /// PEP 440 specifier set from `requires-python`, for example `>=3.9`.
    pub requires_python: Option<Evidence<String>>,
    /// Run-time requirements.
    pub dependencies: Vec<Requirement>,
    /// Requirements of each extra.
    pub extras: BTreeMap<String, Vec<Requirement>>,
    /// Requirements of each PEP 735 group (or Poetry group), includes resolved.
    pub groups: BTreeMap<String, Vec<Requirement>>,
    /// Metadata fields that only the build backend knows, for example `version` or `dependencies`.
    pub dynamic: Vec<String>,
    /// What bounds the versions of whatever goes in, and brings nothing itself: the constraints of pip and uv.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub constraints: Vec<Requirement>,
    /// Addresses of packages that no index is asked for, by normalised name: `[tool.uv.sources]`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub sources: BTreeMap<String, String>,
    /// Indexes that its files name, with the packages that are said to come from them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub indexes: Vec<NamedIndex>,
    /// The project's own lock, if it has one.
    pub lock: Option<LockFile>,
    /// Where the import packages and modules are.
    pub packages: Vec<ImportPackage>,
    /// Python files of the program that can be imported.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub modules: Vec<OwnModule>,
    /// Folder from the root that holds them: empty for a flat layout, `src` for a src layout.
    pub source_dir: String,
    /// Files inside the packages that are not Python code.
    pub data_files: Vec<DataFile>,
    /// What descriptive metadata says.
    pub metadata: Metadata,
    /// The files that make up the project.
    pub selection: Selection,
    /// How the program is tried.
    pub trial: Evidence<Trial>,
    /// What people type, each the arguments of a command that must end well.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub commands: Vec<Vec<String>>,
    /// Projects beside this one in a workspace, itself included; empty without a workspace.
    pub members: Vec<Member>,
    /// What may go wrong in some artifact, found before any build.
    pub risks: Vec<Risk>,
    /// Lines that may be written otherwise, for some of the risks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub edits: Vec<Edit>,
    /// What `[tool.packwright]` or `packwright.toml` says.
    pub settings: Settings,
}

/// The file that makes a folder a project, relative to the root.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "path", rename_all = "kebab-case")]
pub enum Definition {
    /// `pyproject.toml` with a `[project]`, `[tool.poetry]` or `[tool.flit.metadata]` table.
    Pyproject(String),
    /// `setup.py`.
    SetupPy(String),
    /// `setup.cfg`.
    SetupCfg(String),
    /// A folder with Python code but no metadata; the path is that of `requirements.txt`, or empty.
    Folder(String),
    /// One file.
    Script(String),
}

/// A version, as far as it is known without running anything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "known", rename_all = "kebab-case")]
pub enum Version {
    /// Written down.
    Static {
        /// The version as written.
        version: String,
        /// Where.
        source: Source,
    },
    /// The build backend finds it.
    Dynamic {
        /// Where that is said.
        source: Source,
    },
    /// Nothing says it.
    Missing,
}

/// PEP 518's `[build-system]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuildSystem {
    /// Requirements of the build, PEP 508.
    pub requires: Vec<String>,
    /// The backend's object reference, for example `hatchling.build`.
    pub backend: String,
    /// PEP 517's `backend-path`: the backend is part of the project.
    pub backend_path: Vec<String>,
    /// Where it is said; [`Source::Tree`] where the legacy default applies.
    pub source: Source,
    /// Why a build may run code of the project: whatever its backend reads and is not known to run nothing, such as
    /// `setup.py`, a hook or an unknown key. Empty where the project only declares; a build then needs no trust.
    pub own_code: Vec<Evidence<String>>,
}

/// A requirement as its author wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requirement {
    /// PEP 508 text, without comments. A folder or file beside the project is a `file:` address.
    pub text: String,
    /// PEP 503 normalised name.
    pub name: String,
    /// Where it is declared.
    pub source: Source,
}

/// An import package or a top-level module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportPackage {
    /// Dotted import name.
    pub name: String,
    /// Its folder or file, from the root.
    pub path: String,
    /// Whether it is a namespace package (PEP 420: no `__init__.py`).
    pub namespace: bool,
}

/// A file in a package that is not Python code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataFile {
    /// The package's dotted name.
    pub package: String,
    /// Its path from the root.
    pub path: String,
}

/// Descriptive metadata, all optional.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metadata {
    /// One line.
    pub summary: Option<String>,
    /// SPDX expression or the author's words.
    pub licence: Option<String>,
    /// Licence files, from the root.
    pub licence_files: Vec<String>,
    /// `Name <address>` of each author and maintainer.
    pub people: Vec<String>,
    /// URLs by label.
    pub urls: BTreeMap<String, String>,
    /// Readme, from the root.
    pub readme: Option<String>,
    /// Icon, from the root.
    pub icon: Option<String>,
    /// Trove classifiers.
    pub classifiers: Vec<String>,
}

/// The files that a step may see as the project's source: not `.venv`, not caches.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Selection {
    /// Paths from the root, sorted.
    pub files: Vec<String>,
    /// Total size in bytes; unknown for trees so large that asking every file would take as long as finding it.
    pub bytes: Option<u64>,
    /// SHA-256 of every content that something is known from: what is built must be what was judged.
    #[serde(skip)]
    pub read: Arc<BTreeMap<String, [u8; 32]>>,
    /// What of the folder is no part of it, or only because somebody said so: what matters most first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub doubts: Vec<Doubt>,
    /// What the user said of paths, besides what the project's settings say.
    #[serde(default, skip_serializing_if = "Sorting::is_empty")]
    pub sorting: Sorting,
}

/// One project of a workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Its name.
    pub name: String,
    /// Its folder, from the root of this project; may start with `../`.
    pub path: String,
}

/// The project's own settings: `[tool.packwright]`. Untrusted input.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Settings {
    /// Format version of the settings; 1 where absent.
    pub version: Option<u32>,
    /// Answers: fact to tags, with `targets` for those of one system.
    pub facts: BTreeMap<String, toml::Value>,
    /// How the program is tried, or commands that are tried besides.
    #[serde(rename = "try")]
    pub trial: Option<Tries>,
    /// Technologies that `packwright build` repeats.
    pub build: Vec<String>,
    /// Entry point of those builds.
    pub entry: Option<String>,
    /// Options by technology.
    pub options: BTreeMap<String, BTreeMap<String, String>>,
    /// Python of those builds.
    pub python: Option<PythonVersion>,
    /// Version of those builds, where the build backend takes it from version control.
    pub scm_version: Option<String>,
    /// Paths and patterns that are part of the project, whatever they are.
    pub include: Vec<String>,
    /// Paths and patterns that are no part of it.
    pub leave_out: Vec<String>,
}

impl Project {
    /// A folder of which nothing is known yet.
    pub fn empty(root: PathBuf) -> Self {
        let nothing = Source::Tree { seen: "nothing was read yet".into() };
        Self {
            root,
            definition: Definition::Folder(String::new()),
            name: String::new(),
            version: Version::Missing,
            build_system: None,
            entry_points: Vec::new(),
            rivals: Vec::new(),
            plugin_groups: Vec::new(),
            requires_python: None,
            dependencies: Vec::new(),
            extras: BTreeMap::new(),
            groups: BTreeMap::new(),
            dynamic: Vec::new(),
            constraints: Vec::new(),
            sources: BTreeMap::new(),
            indexes: Vec::new(),
            lock: None,
            packages: Vec::new(),
            modules: Vec::new(),
            source_dir: String::new(),
            data_files: Vec::new(),
            metadata: Metadata::default(),
            selection: Selection::default(),
            trial: Evidence { value: Trial::None { because: "nothing was read yet".into() }, source: nothing },
            commands: Vec::new(),
            members: Vec::new(),
            risks: Vec::new(),
            edits: Vec::new(),
            settings: Settings::default(),
        }
    }

    /// What is opened to read this project again: its folder, or the one file that it is. Scripts that share a folder are
    /// different projects.
    pub fn opens_at(&self) -> PathBuf {
        match &self.definition {
            Definition::Script(file) => self.root.join(file),
            _ => self.root.clone(),
        }
    }

    /// What its code needs and nothing declares, as far as it is certain what that is; each once.
    pub fn undeclared(&self) -> Vec<&str> {
        let mut found: Vec<&str> = Vec::new();
        for requirement in self.risks.iter().filter_map(Risk::requirement) {
            if !found.contains(&requirement) {
                found.push(requirement);
            }
        }
        found
    }

    /// Whether its run-time requirements are known without a build: an empty list is not nothing where only the build
    /// backend knows what belongs in it.
    pub fn knows_dependencies(&self) -> bool {
        !self.dynamic.iter().any(|field| field == "dependencies")
    }

    /// The name as PEP 503 normalises it: lower case, runs of `-_.` as one dash.
    pub fn normalized_name(&self) -> String {
        normalize(&self.name)
    }

    /// The version, if it is written down.
    pub fn static_version(&self) -> Option<&str> {
        match &self.version {
            Version::Static { version, .. } => Some(version),
            Version::Dynamic { .. } | Version::Missing => None,
        }
    }

    /// Whether a PEP 517 backend can build it.
    pub fn is_buildable(&self) -> bool {
        self.build_system.is_some()
    }

    /// Whether there may be more scripts, which only the build backend knows.
    pub fn has_open_scripts(&self) -> bool {
        ["scripts", "gui-scripts", "entry-points"].iter().any(|field| self.dynamic.iter().any(|open| open == field))
    }

    /// The entry point with this name, file or target, or the first one. Any Python file of the project can be named.
    pub fn entry(&self, name: Option<&str>) -> Option<EntryPoint> {
        let Some(name) = name else { return self.entry_points.first().cloned() };
        let by_name = self.entry_points.iter().find(|entry| entry.name == name);
        let known = by_name.or_else(|| self.entry_points.iter().find(|entry| entry.is_called(name)));
        known.cloned().or_else(|| self.file_as_entry(name))
    }

    /// A file that nothing says is started, as an entry point.
    fn file_as_entry(&self, path: &str) -> Option<EntryPoint> {
        let path = path.trim_start_matches("./");
        let (stem, ending) = path.rsplit('/').next()?.rsplit_once('.')?;
        let is_there = matches!(ending, "py" | "pyw") && self.selection.files.iter().any(|file| file == path);
        is_there.then(|| EntryPoint::new(stem, EntryKind::Script, path, Source::User))
    }
}

/// PEP 503 normalisation of a distribution's name.
pub(crate) fn normalize(name: &str) -> String {
    let mut normal = String::with_capacity(name.len());
    for part in name.split(['-', '_', '.']).filter(|part| !part.is_empty()) {
        if !normal.is_empty() {
            normal.push('-');
        }
        normal.push_str(&part.to_lowercase());
    }
    normal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_normalised_as_pep_503_says() {
        for name in ["Friendly-Bard", "friendly.bard", "FRIENDLY_BARD", "friendly--_bard"] {
            assert_eq!(normalize(name), "friendly-bard");
        }
    }

    #[test]
    fn settings_refuse_what_they_do_not_know() {
        let error = toml::from_str::<Settings>("index = 'x'").unwrap_err();
        assert!(error.message().contains("unknown field `index`"), "{error}");
    }
}
