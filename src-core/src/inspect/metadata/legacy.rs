//! Projects without `pyproject.toml`, defined by `setup.py` and `setup.cfg`.

use super::declared::Declared;
use super::setuptools::{FIELDS, Setup};
use super::{build_system, licence, setup_cfg, setup_py};
use crate::facts::Definition;
use crate::inspect::InspectError;
use crate::inspect::tree::Tree;

/// Reads `setup.py` and `setup.cfg` as the definition of a project; `None` where neither is one.
pub(crate) fn read(tree: &Tree) -> Result<Option<Declared>, InspectError> {
    let Some(setup) = Setup::read(tree)? else { return Ok(None) };
    let definition = if tree.has(setup_py::PATH) {
        Definition::SetupPy(setup_py::PATH.into())
    } else {
        Definition::SetupCfg(setup_cfg::PATH.into())
    };
    let mut declared = Declared::new(definition);
    declared.build_system = Some(build_system::legacy(tree));
    declared.name = setup.name()?;
    declared.risks.extend(setup.renamed());
    if declared.name.is_none() {
        declared.dynamic.push("name".into());
    }
    for field in FIELDS {
        setup.fill(field, tree, &mut declared)?;
    }
    if !setup.entry_points(&mut declared) {
        declared.dynamic.extend(["scripts".to_owned(), "entry-points".to_owned()]);
    }
    declared.source_dir = setup.source_dir();
    declared.packages = setup.packages();
    declared.package_folders = setup.package_folders();
    licence::complete(tree, &mut declared);
    Ok(Some(declared))
}
