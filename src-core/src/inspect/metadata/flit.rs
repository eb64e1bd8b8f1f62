//! Flit: its own metadata table of before PEP 621, and the version and description that it takes from the module.

use super::declared::Declared;
use super::document::Item;
use super::{files, licence, project_table, requirement};
use crate::facts::{EntryKind, Evidence, Requirement, Version};
use crate::inspect::InspectError;
use crate::inspect::tree::Tree;

/// Reads `[tool.flit.metadata]`.
pub(crate) fn read(table: &Item, root: &Item, tree: &Tree, declared: &mut Declared) -> Result<(), InspectError> {
    let module = table.get("module").ok_or_else(|| table.lacks("module"))?;
    let text = |key: &str| table.get(key).map(|item| item.text().map(str::to_owned)).transpose();
    declared.name = match table.get("dist-name") {
        Some(item) => Some(item.evidence(item.text()?.to_owned())),
        None => Some(module.evidence(module.text()?.to_owned())),
    };
    if let Some(name) = declared.name.as_ref().filter(|name| !requirement::is_name(&name.value)) {
        return Err(module.invalid(&format!("gives the name `{}`, which is not one", name.value)));
    }
    declared.version = Version::Dynamic { source: module.source() };
    declared.dynamic = vec!["version".into(), "description".into()];
    from_module(module.text()?, tree, declared);
    if let Some(item) = table.get("requires-python") {
        declared.requires_python = Some(requirement::specifiers(&item)?);
    }
    if let Some(item) = table.get("requires") {
        declared.dependencies = requirement::read_all(&item)?;
    }
    if let Some(item) = table.get("requires-extra") {
        for (extra, list) in item.entries()? {
            declared.extras.insert(extra.to_owned(), requirement::read_all(&list)?);
        }
    }
    if let Some(item) = table.get("dev-requires") {
        let group: Vec<Requirement> = requirement::read_all(&item)?;
        declared.groups.insert("dev".into(), group);
    }
    scripts(root, declared)?;
    declared.metadata.readme = text("description-file")?;
    declared.metadata.licence = text("license")?;
    declared.metadata.urls.extend(text("home-page")?.map(|url| ("Homepage".to_owned(), url)));
    for role in ["author", "maintainer"] {
        let (name, address) = (text(role)?, text(&format!("{role}-email"))?);
        declared.metadata.people.extend(match (name, address) {
            (Some(name), Some(address)) => Some(format!("{name} <{address}>")),
            (name, address) => name.or(address.map(|address| format!("<{address}>"))),
        });
    }
    if let Some(item) = table.get("urls") {
        for (label, url) in item.entries()? {
            declared.metadata.urls.insert(label.to_owned(), url.text()?.to_owned());
        }
    }
    if let Some(item) = table.get("classifiers") {
        for element in item.elements()? {
            declared.classifiers.push(element.evidence(element.text()?.to_owned()));
        }
    }
    licence::complete(tree, declared);
    Ok(())
}

fn scripts(root: &Item, declared: &mut Declared) -> Result<(), InspectError> {
    if let Some(table) = root.find(&["tool", "flit", "scripts"]) {
        for (name, target) in table.entries()? {
            declared.entry_points.push(project_table::script(name, EntryKind::Console, &target)?);
        }
    }
    if let Some(table) = root.find(&["tool", "flit", "entrypoints"]) {
        for (group, entries) in table.entries()? {
            declared.plugin_groups.push(entries.evidence(group.to_owned()));
        }
    }
    Ok(())
}

/// Fills in dynamic fields of `[project]` for Flit.
pub(crate) fn resolve(root: &Item, tree: &Tree, declared: &mut Declared) {
    let named = root.find(&["tool", "flit", "module", "name"]);
    let from_name = declared.name.as_ref().map(|name| name.value.replace('-', "_"));
    if let Some(module) = named.as_ref().and_then(Item::as_text).map(str::to_owned).or(from_name) {
        from_module(&module, tree, declared);
    }
}

/// `__version__` and the first line of the docstring. Flit imports the module where these are computed.
fn from_module(module: &str, tree: &Tree, declared: &mut Declared) {
    let Some(path) = files::module_path(tree, module, None) else { return };
    declared.learn_version(files::constant(tree, &path, "__version__"));
    if !declared.lacks("description") {
        return;
    }
    if let Some(Evidence { value, .. }) = files::docstring(tree, &path) {
        declared.metadata.summary = value.lines().next().map(|line| line.trim().to_owned());
        declared.learned("description");
    }
}
