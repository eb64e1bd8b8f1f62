//! The data beside each build backend.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::rules::{Rules, Written as WrittenRules};
use crate::embedded::data;

/// What is known of a build backend.
#[derive(Debug)]
pub(crate) struct BuildBackend {
    /// Its distribution, normalised.
    pub(crate) name: String,
    /// Its object references.
    pub(super) references: Vec<String>,
    /// The reference with which modules are imported from the root of the project.
    pub(super) legacy: Option<String>,
    /// Versions that were read, PEP 440.
    pub(super) read: String,
    /// Normalised names of what comes with it.
    pub(super) closure: Vec<String>,
    /// The tables of `pyproject.toml` that it reads beside `[project]`.
    pub(super) tables: Vec<String>,
    /// What these may hold.
    pub(super) rules: Rules,
    /// Whether it ignores keys of `[project]` that no specification knows.
    pub(super) ignores_project_keys: bool,
    /// Whether it imports a module that does not write its version and its docstring down.
    pub(super) imports_module: bool,
    /// Whether it starts git in the project.
    pub(super) runs_git: bool,
    /// Files that it runs, and why they ask.
    pub(super) scripts: BTreeMap<String, String>,
    /// TOML files whose keys stand for those of a table.
    pub(super) toml_files: BTreeMap<String, String>,
    /// `MANIFEST.in`, where it reads it.
    pub(super) manifest: Option<String>,
    /// `setup.cfg`, where it reads it.
    pub(super) setup_cfg: Option<SetupCfg>,
}

/// What `setup.cfg` may hold.
#[derive(Debug)]
pub(super) struct SetupCfg {
    /// How the names of sections begin that describe the distribution.
    pub(super) describing: Vec<String>,
    /// Other sections that a build reads.
    pub(super) commands: Vec<String>,
    pub(super) rules: Rules,
}

/// What every build backend reads.
#[derive(Debug)]
pub(super) struct Standard {
    pub(super) tables: Vec<String>,
    pub(super) rules: Rules,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Written {
    name: String,
    references: Vec<String>,
    legacy: Option<String>,
    read: String,
    closure: Vec<String>,
    tables: Vec<String>,
    #[serde(default)]
    ignores_project_keys: bool,
    #[serde(default)]
    imports_module: bool,
    #[serde(default)]
    runs_git: bool,
    manifest: Option<String>,
    #[serde(default)]
    scripts: BTreeMap<String, String>,
    #[serde(default)]
    toml_files: BTreeMap<String, String>,
    keys: WrittenRules,
    #[serde(default)]
    asks: BTreeMap<String, String>,
    setup_cfg: Option<WrittenSetupCfg>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct WrittenSetupCfg {
    describing: Vec<String>,
    commands: Vec<String>,
    keys: WrittenRules,
    asks: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct WrittenStandard {
    tables: Vec<String>,
    keys: WrittenRules,
}

static ALL: LazyLock<Vec<BuildBackend>> = LazyLock::new(|| {
    [
        data!("inspect/build_backends/known/flit_core.toml"),
        data!("inspect/build_backends/known/hatchling.toml"),
        data!("inspect/build_backends/known/pdm_backend.toml"),
        data!("inspect/build_backends/known/poetry_core.toml"),
        data!("inspect/build_backends/known/setuptools.toml"),
        data!("inspect/build_backends/known/uv_build.toml"),
    ]
    .into_iter()
    .map(|written: Written| BuildBackend::from(written))
    .collect()
});

static STANDARD: LazyLock<Standard> = LazyLock::new(|| {
    let written: WrittenStandard = data!("inspect/build_backends/known/standard.toml");
    Standard { tables: written.tables, rules: Rules::new(written.keys, BTreeMap::new(), '.') }
});

/// Every build backend that is known.
#[cfg(test)]
pub(super) fn all() -> &'static [BuildBackend] {
    &ALL
}

/// What every build backend reads.
pub(super) fn standard() -> &'static Standard {
    &STANDARD
}

/// The build backend with this object reference.
pub(crate) fn named(reference: &str) -> Option<&'static BuildBackend> {
    ALL.iter().find(|backend| backend.references.iter().any(|known| known == reference))
}

impl BuildBackend {
    /// Whether a distribution, by its normalised name, is the backend or comes with it.
    pub(super) fn brings(&self, name: &str) -> bool {
        self.name == name || self.closure.iter().any(|known| known == name)
    }
}

impl From<Written> for BuildBackend {
    fn from(written: Written) -> Self {
        Self {
            name: written.name,
            references: written.references,
            legacy: written.legacy,
            read: written.read,
            closure: written.closure,
            tables: written.tables,
            rules: Rules::new(written.keys, written.asks, '.'),
            ignores_project_keys: written.ignores_project_keys,
            imports_module: written.imports_module,
            runs_git: written.runs_git,
            scripts: written.scripts,
            toml_files: written.toml_files,
            manifest: written.manifest,
            setup_cfg: written.setup_cfg.map(|written| SetupCfg {
                describing: written.describing,
                commands: written.commands,
                rules: Rules::new(written.keys, written.asks, '/'),
            }),
        }
    }
}
