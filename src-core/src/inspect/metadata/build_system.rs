//! PEP 517 and PEP 518: what builds the project, and which code of the project a build runs.

use super::document::Item;
use super::requirement;
use super::setuptools::Setup;
use crate::facts::{BuildSystem, Evidence, Source};
use crate::inspect::InspectError;
use crate::inspect::tree::Tree;

/// What frontends assume for a project without the table.
const LEGACY_BACKEND: &str = "setuptools.build_meta:__legacy__";

/// Reads `[build-system]` of a whole document, or assumes the legacy default.
pub(crate) fn read(root: &Item, tree: &Tree) -> Result<BuildSystem, InspectError> {
    let Some(table) = root.get("build-system") else { return Ok(legacy(tree)) };
    let requires = table.get("requires").ok_or_else(|| table.invalid("lacks `requires`, which PEP 518 asks for"))?;
    let requires = requirement::read_all(&requires)?.into_iter().map(|requirement| requirement.text).collect();
    let backend = match table.get("build-backend") {
        Some(backend) => backend.text()?.to_owned(),
        None => LEGACY_BACKEND.to_owned(),
    };
    let backend_path = table.get("backend-path");
    let mut system = BuildSystem {
        requires,
        backend,
        backend_path: backend_path.as_ref().map(Item::texts).transpose()?.unwrap_or_default(),
        source: table.source(),
        own_code: Vec::new(),
    };
    if let Some(item) = backend_path {
        system.own_code.push(item.evidence("the in-tree build backend".into()));
    }
    add_own_code(&mut system, Some(root), tree);
    if system.backend.starts_with("hatchling.") {
        add_hatch_dependencies(&mut system, root)?;
    }
    Ok(system)
}

/// Adds what hatchling asks for as soon as it is asked what it needs: `dependencies` of builds, of their targets and of
/// the hooks of both.
fn add_hatch_dependencies(system: &mut BuildSystem, root: &Item) -> Result<(), InspectError> {
    let build = ["tool", "hatch", "build"].as_slice();
    let mut places: Vec<Item> = Vec::new();
    for table in [build, &[build, &["targets", "wheel"]].concat(), &[build, &["targets", "sdist"]].concat()] {
        let Some(table) = root.find(table) else { continue };
        if let Some(hooks) = table.get("hooks") {
            places.extend(hooks.entries()?.into_iter().map(|(_, hook)| hook));
        }
        places.push(table);
    }
    for list in places.iter().filter_map(|place| place.get("dependencies")) {
        let more = requirement::read_all(&list)?.into_iter().map(|requirement| requirement.text);
        system.requires.extend(more.filter(|text| !system.requires.contains(text)).collect::<Vec<_>>());
    }
    Ok(())
}

/// The default of PEP 517 for source trees without `[build-system]`.
pub(crate) fn legacy(tree: &Tree) -> BuildSystem {
    let mut system = BuildSystem {
        requires: vec!["setuptools>=40.8.0".into()],
        backend: LEGACY_BACKEND.into(),
        backend_path: Vec::new(),
        source: Source::Tree { seen: "no `[build-system]` table: setuptools is the default".into() },
        own_code: Vec::new(),
    };
    add_own_code(&mut system, None, tree);
    system
}

/// Adds what setuptools asks for as soon as it is asked what it needs. A list that only running the code tells is left to
/// it, and files that cannot be read to who needs them.
fn add_setup_requires(system: &mut BuildSystem, tree: &Tree) {
    if !system.backend.starts_with("setuptools.build_meta") {
        return;
    }
    let more = Setup::read(tree).ok().flatten().map(|setup| setup.build_requirements()).unwrap_or_default();
    for requirement in more {
        if !system.requires.contains(&requirement) {
            system.requires.push(requirement);
        }
    }
}

/// Names the project's files that the backend executes.
fn add_own_code(system: &mut BuildSystem, root: Option<&Item>, tree: &Tree) {
    if system.backend.starts_with("setuptools.build_meta") && tree.has("setup.py") {
        let source = Source::File { path: "setup.py".into(), line: None };
        system.own_code.push(Evidence { value: "`setup.py`".into(), source });
    }
    add_setup_requires(system, tree);
    let Some(root) = root else { return };
    let hooks: &[(&str, &[&str])] = match system.backend.split(['.', ':']).next().unwrap_or_default() {
        "hatchling" => &[
            ("the custom build hook of hatch", &["tool", "hatch", "build", "hooks", "custom"]),
            ("the custom build hook of the wheel", &["tool", "hatch", "build", "targets", "wheel", "hooks", "custom"]),
            ("the custom build hook of the sdist", &["tool", "hatch", "build", "targets", "sdist", "hooks", "custom"]),
            ("the custom metadata hook of hatch", &["tool", "hatch", "metadata", "hooks", "custom"]),
        ],
        "poetry" => &[
            ("the build script of Poetry", &["tool", "poetry", "build", "script"]),
            ("the build script of Poetry", &["tool", "poetry", "build", "generate-setup-file"]),
        ],
        "pdm" => &[
            ("the build hook of PDM", &["tool", "pdm", "build", "custom-hook"]),
            ("the setup script of PDM", &["tool", "pdm", "build", "run-setuptools"]),
            ("the version found by a call", &["tool", "pdm", "version", "getter"]),
        ],
        _ => &[],
    };
    let version_source = root.find(&["tool", "hatch", "version", "source"]);
    if let Some(item) = version_source.filter(|item| item.as_text() == Some("code")) {
        system.own_code.push(item.evidence("the code that tells the version".into()));
    }
    for (what, path) in hooks {
        if let Some(item) = root.find(path) {
            system.own_code.push(item.evidence((*what).to_owned()));
        }
    }
    if system.backend.starts_with("pdm")
        && root.find(&["tool", "pdm", "build", "custom-hook"]).is_none()
        && tree.has("pdm_build.py")
    {
        system.own_code.push(Evidence {
            value: "the build hook `pdm_build.py`".into(),
            source: Source::File { path: "pdm_build.py".into(), line: None },
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::metadata::document::Document;

    fn requires(text: &str) -> Result<Vec<String>, InspectError> {
        let text = format!("[build-system]\nrequires = ['hatchling']\nbuild-backend = 'hatchling.build'\n{text}");
        let document = Document::parse("pyproject.toml", &text)?;
        read(&document.root(), &Tree::default()).map(|system| system.requires)
    }

    #[test]
    fn what_hatchling_asks_for_is_what_its_tables_name() {
        let tables = "[tool.hatch.build]\ndependencies = ['a']\n[tool.hatch.build.hooks.custom]\n\
                      dependencies = ['b ; python_version >= \"3.12\"', 'hatchling']\n\
                      [tool.hatch.build.targets.wheel]\nexclude = ['x']\n\
                      [tool.hatch.build.targets.wheel.hooks.own]\ndependencies = ['c']\n\
                      [tool.hatch.build.targets.other]\ndependencies = ['d']\n";
        let mut found = requires(tables).unwrap();
        found.sort();
        assert_eq!(found, ["a", "b ; python_version >= \"3.12\"", "c", "hatchling"]);
        assert!(requires("[tool.hatch.build]\ndependencies = ['--pre']\n").is_err());
    }
}
