//! A module that is missing, in the light of the project: what it is decides what helps.
//!
//! Nobody is ever told to require a distribution that has the name of a file of theirs, of a board's firmware, or of
//! what they require already: somebody else may have put something under it on an index.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::Diagnosis;
use crate::catalogue::Missing;
use crate::embedded::data;
use crate::facts::{Definition, Project, Requirement, RiskKind, Source, normalize, pep};
use crate::inspect::code::{brings, distribution, is_embedded, is_standard, known_requirement, last_version, top_name};
use crate::problem::Needed;

/// How a module of the project gets into what its build backend makes, by the first part of the backend's name.
static PACKED_BY: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| data!("engine/run/diagnose/own_modules.toml"));

/// A module that could not be imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct About {
    /// Its dotted name.
    pub module: String,
    /// For what it is needed.
    pub needed: Missing,
}

/// What it is, and what to do.
struct Found {
    cause: String,
    remedy: String,
    declare: Option<String>,
}

impl Found {
    fn new(cause: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { cause: cause.into(), remedy: remedy.into(), declare: None }
    }

    fn declaring(self, requirement: impl Into<String>) -> Self {
        Self { declare: Some(requirement.into()), ..self }
    }
}

impl About {
    /// The diagnosis with what the project tells of the module.
    pub fn explain(&self, diagnosis: Diagnosis, project: &Project) -> Diagnosis {
        let name = self.module.split('.').next().unwrap_or_default();
        let found = match self.needed {
            Missing::ToRun => self.to_run(name, project),
            Missing::ToBuild => to_build(name, project),
        };
        let needed = match self.needed {
            Missing::ToRun => Needed::ToRun,
            Missing::ToBuild => Needed::ToBuild,
        };
        let declare = found.declare.map(|requirement| (requirement, needed));
        Diagnosis { cause: found.cause, remedy: found.remedy, declare, ..diagnosis }
    }

    fn to_run(&self, name: &str, project: &Project) -> Found {
        let hides = |file: &str| top_name(file, |_| false) == Some(name);
        let hidden = project.risks.iter().find_map(|risk| match &risk.source {
            Source::File { path, .. } if risk.kind == RiskKind::ShadowsDependency && hides(path) => {
                Some((path, &risk.what))
            }
            _ => None,
        });
        if let Some((path, what)) = hidden {
            let cause =
                format!("`{path}` has the name of `{what}`, which it needs: Python finds the file and imports that.");
            return Found::new(cause, format!("Rename `{path}`."));
        }
        if let Some(path) = own_file(name, project) {
            let cause = format!("`{name}` is the project's own `{path}`, and it did not get into what was built.");
            return Found::new(cause, packed_by(project));
        }
        let is_unlisted = |one: &&Requirement| {
            project.risks.iter().any(|risk| risk.kind == RiskKind::UnlistedRequirement && risk.what == one.text)
        };
        if let Some(one) = project.dependencies.iter().filter(is_unlisted).find(|one| brings(&one.name, name)) {
            let cause = format!("`{name}` comes from `{}`, which the metadata does not ask for.", one.name);
            return Found::new(cause, format!("Declare `{}` as a dependency.", one.text)).declaring(one.text.clone());
        }
        if let Some(declared) = project.dependencies.iter().find(|one| brings(&one.name, name)) {
            return self.of_declared(declared, name);
        }
        let extra = project.extras.iter().find(|(_, all)| all.iter().any(|one| brings(&one.name, name)));
        if let Some((extra, all)) = extra {
            let wanted = all.iter().find(|one| brings(&one.name, name)).map(|one| one.text.clone()).unwrap_or_default();
            let cause = format!("`{name}` comes with the extra `{extra}` only, which was not asked for.");
            return Found::new(cause, format!("Build with the extra `{extra}`, or require it always."))
                .declaring(wanted);
        }
        if let Some(found) = not_from_an_index(name) {
            return found;
        }
        match known_requirement(&self.module) {
            Some(requirement) => {
                let cause = format!("`{name}` comes from `{}`, which nothing declares.", distribution(&self.module));
                Found::new(cause, format!("Declare `{requirement}` as a dependency.")).declaring(requirement)
            }
            None => Found::new(
                format!("`{}` is imported, and nothing that was installed provides it.", self.module),
                format!(
                    "Find out which distribution provides `{name}`, and declare that: one that only has the name may be a stranger's."
                ),
            ),
        }
    }

    /// The distribution is there, but not with this module.
    fn of_declared(&self, declared: &Requirement, name: &str) -> Found {
        let Some(last) = last_version(name) else {
            let cause = format!(
                "`{}` is declared, and the version that was installed has no `{}`.",
                declared.name, self.module
            );
            return Found::new(
                cause,
                format!("Look up which versions of `{}` have it, and bound it to those.", declared.name),
            );
        };
        let cause = format!(
            "`{name}` is gone from newer versions of `{}`, which is declared without that bound.",
            declared.name
        );
        let requirement = format!("{}{last}", declared.name);
        let remedy = format!("Require `{requirement}`, or use `importlib.resources` and `importlib.metadata` instead.");
        Found::new(cause, remedy).declaring(requirement)
    }
}

/// What the build imports.
fn to_build(name: &str, project: &Project) -> Found {
    if let Some(path) = own_file(name, project) {
        let cause =
            format!("The build imports the project's own `{path}`, and does not look for it beside `setup.py`.");
        let remedy = "Let it read what it needs from the file as text, as with `version = { attr = … }`; or leave `build-backend` out of \
                      `[build-system]`, so that setuptools looks there.";
        return Found::new(cause, remedy);
    }
    if let Some(found) = not_from_an_index(name) {
        return found;
    }
    let requires = project.build_system.iter().flat_map(|build| &build.requires);
    let mut known = requires.filter_map(|text| pep::requirement(text).ok()).map(|one| one.name.to_string());
    let wanted = known_requirement(name);
    let usual = normalize(&distribution(name));
    if let (Some(wanted), Some(_)) = (&wanted, last_version(name)) {
        let cause = format!("The build imports `{name}`, which newer versions of `{usual}` do not have any more.");
        return Found::new(cause, requiring(wanted, project)).declaring(wanted.clone());
    }
    if known.any(|known| brings(&known, name)) {
        let cause = format!("The build requires `{usual}`, and the version that was taken has no `{name}`.");
        return Found::new(cause, format!("Look up which versions of `{usual}` have it, and bound it to those."));
    }
    match wanted {
        Some(wanted) => {
            let cause = format!("The build imports `{name}`, which nothing that it requires provides.");
            Found::new(cause, requiring(&wanted, project)).declaring(wanted)
        }
        None => Found::new(
            format!("The build imports `{name}`, which nothing that it requires provides."),
            format!("Find out which distribution provides `{name}`, and name that in `requires` of `[build-system]`."),
        ),
    }
}

/// Where requirements of the build are named.
fn requiring(requirement: &str, project: &Project) -> String {
    let has_table = matches!(project.definition, Definition::Pyproject(_))
        || project
            .build_system
            .as_ref()
            .is_some_and(|build| matches!(&build.source, Source::File { path, .. } if path == "pyproject.toml"));
    if has_table {
        return format!("Add `{requirement}` to `requires` in `[build-system]`.");
    }
    let setuptools = if requirement.starts_with("setuptools") { "" } else { "\"setuptools\", " };
    format!(
        "Write a `pyproject.toml` with a table `[build-system]`, and in it `requires = [{setuptools}\"{requirement}\"]`."
    )
}

/// What is never installed from an index: what a board or an embedding program has, and what belongs to Python.
fn not_from_an_index(name: &str) -> Option<Found> {
    if is_embedded(name) {
        let cause = format!("`{name}` comes with a board or with the program that it runs inside, and is on no index.");
        return Some(Found::new(cause, "Run it there; what is built here for a computer cannot have it."));
    }
    is_standard(name).then(|| {
        let cause = format!(
            "`{name}` belongs to Python itself, and this one is without: it came or went with another version."
        );
        Found::new(cause, "Build for a Python that has it, or stop importing it.")
    })
}

/// The file of the project that is imported by this name.
fn own_file<'p>(name: &str, project: &'p Project) -> Option<&'p str> {
    let files = &project.selection.files;
    let has = |path: &str| files.binary_search_by(|known| known.as_str().cmp(path)).is_ok();
    files.iter().map(String::as_str).find(|path| top_name(path, has) == Some(name))
}

fn packed_by(project: &Project) -> String {
    let backend = project.build_system.as_ref().map_or("", |build| build.backend.as_str());
    let module = backend.split(['.', ':']).next().unwrap_or_default();
    PACKED_BY.get(module).or_else(|| PACKED_BY.get("any")).cloned().unwrap_or_default()
}
