//! PEP 517 and PEP 518: what builds the project, and what the build needs.

use super::document::{Document, Item};
use super::requirement;
use super::setuptools::Setup;
use crate::facts::{BuildSystem, Source};
use crate::inspect::InspectError;
use crate::inspect::tree::Tree;

/// What frontends assume for a project without the table.
const LEGACY_BACKEND: &str = "setuptools.build_meta:__legacy__";

/// Where hatchling looks for its tables too.
const HATCH_FILE: &str = "hatch.toml";

/// Reads `[build-system]` of a whole document, or assumes the legacy default.
pub(crate) fn read(root: &Item, tree: &Tree) -> Result<BuildSystem, InspectError> {
    let Some(table) = root.get("build-system") else { return Ok(legacy(tree)) };
    let requires = table.get("requires").ok_or_else(|| table.invalid("lacks `requires`, which PEP 518 asks for"))?;
    let requires = requirement::read_all(&requires)?.into_iter().map(|requirement| requirement.text).collect();
    let backend = match table.get("build-backend") {
        Some(backend) => backend.text()?.to_owned(),
        None => LEGACY_BACKEND.to_owned(),
    };
    let backend_path = table.get("backend-path").as_ref().map(Item::texts).transpose()?.unwrap_or_default();
    let mut system = BuildSystem { requires, backend, backend_path, source: table.source(), own_code: Vec::new() };
    add_setup_requires(&mut system, tree);
    if system.backend.starts_with("hatchling.") {
        add_hatch_dependencies(&mut system, root, &["tool", "hatch", "build"])?;
        if let Some(text) = tree.read(HATCH_FILE)? {
            add_hatch_dependencies(&mut system, &Document::parse(HATCH_FILE, &text)?.root(), &["build"])?;
        }
    }
    Ok(system)
}

/// Adds what hatchling asks for as soon as it is asked what it needs: `dependencies` of builds, of their targets and of
/// the hooks of both.
fn add_hatch_dependencies(system: &mut BuildSystem, root: &Item, build: &[&str]) -> Result<(), InspectError> {
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
    add_setup_requires(&mut system, tree);
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

#[cfg(test)]
mod tests {
    use super::*;

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
