//! PEP 621: the `[project]` table, with the licence fields of PEP 639.

use super::declared::Declared;
use super::document::Item;
use super::requirement;
use crate::facts::{EntryKind, EntryPoint, Evidence, Version};
use crate::inspect::InspectError;
use crate::inspect::tree::Tree;

/// Fields that a build backend may fill in.
const MAY_BE_DYNAMIC: [&str; 17] = [
    "version",
    "description",
    "readme",
    "requires-python",
    "license",
    "license-files",
    "authors",
    "maintainers",
    "keywords",
    "classifiers",
    "urls",
    "scripts",
    "gui-scripts",
    "entry-points",
    "dependencies",
    "optional-dependencies",
    "import-names",
];

/// Reads the table into what is declared.
pub(crate) fn read(project: &Item, tree: &Tree, declared: &mut Declared) -> Result<(), InspectError> {
    declared.dynamic = dynamic(project)?;
    declared.name = Some(name(project)?);
    declared.version = version(project, &declared.dynamic)?;
    if let Some(item) = project.get("requires-python") {
        declared.requires_python = Some(requirement::specifiers(&item)?);
    }
    if let Some(item) = project.get("dependencies") {
        declared.dependencies = requirement::read_all(&item)?;
    }
    if let Some(item) = project.get("optional-dependencies") {
        declared.extras = item
            .entries()?
            .into_iter()
            .map(|(extra, list)| Ok((extra.to_owned(), requirement::read_all(&list)?)))
            .collect::<Result<_, InspectError>>()?;
    }
    entry_points(project, declared)?;
    super::descriptive::read(project, tree, declared)
}

fn dynamic(project: &Item) -> Result<Vec<String>, InspectError> {
    let Some(item) = project.get("dynamic") else { return Ok(Vec::new()) };
    let mut fields = Vec::new();
    for element in item.elements()? {
        let field = element.text()?;
        if field == "name" {
            return Err(element.invalid("holds `name`, which must be written down"));
        }
        if !MAY_BE_DYNAMIC.contains(&field) && field != "import-namespaces" {
            return Err(element.invalid(&format!("holds `{field}`, which is not a field of `[project]`")));
        }
        if project.get(field).is_some() {
            return Err(element.invalid(&format!("holds `{field}`, which is also written down")));
        }
        fields.push(field.to_owned());
    }
    Ok(fields)
}

fn name(project: &Item) -> Result<Evidence<String>, InspectError> {
    let item = project.get("name").ok_or_else(|| project.lacks("name"))?;
    let name = item.text()?;
    if !requirement::is_name(name) {
        let what = "which is not a name: letters, digits, `-`, `_` and `.` make one, and it begins and ends with a letter or digit";
        let usable = requirement::usable_name(name).map(|usable| format!("; pip would call it `{usable}`"));
        return Err(item.invalid(&format!("is `{name}`, {what}{}", usable.unwrap_or_default())));
    }
    Ok(item.evidence(name.to_owned()))
}

fn version(project: &Item, dynamic: &[String]) -> Result<Version, InspectError> {
    if let Some(item) = project.get("version") {
        let version = item.text()?;
        if !requirement::is_version(version) {
            return Err(item.invalid(&format!("is `{version}`, which is not a version as PEP 440 defines it")));
        }
        return Ok(Version::Static { version: version.to_owned(), source: item.source() });
    }
    match project.get("dynamic") {
        Some(item) if dynamic.iter().any(|field| field == "version") => Ok(Version::Dynamic { source: item.source() }),
        _ => Err(project.lacks("version")),
    }
}

fn entry_points(project: &Item, declared: &mut Declared) -> Result<(), InspectError> {
    for (table, kind) in [("scripts", EntryKind::Console), ("gui-scripts", EntryKind::Gui)] {
        let Some(item) = project.get(table) else { continue };
        for (name, target) in item.entries()? {
            declared.entry_points.push(script(name, kind, &target)?);
        }
    }
    if let Some(item) = project.get("entry-points") {
        for (group, entries) in item.entries()? {
            match group {
                "console_scripts" => return Err(entries.invalid("belongs into `[project.scripts]`")),
                "gui_scripts" => return Err(entries.invalid("belongs into `[project.gui-scripts]`")),
                _ => declared.plugin_groups.push(entries.evidence(group.to_owned())),
            }
        }
    }
    Ok(())
}

/// A script from its name and object reference.
pub(crate) fn script(name: &str, kind: EntryKind, target: &Item) -> Result<EntryPoint, InspectError> {
    let text = target.text()?;
    EntryPoint::declared(name, kind, text, target.source()).ok_or_else(|| {
        target.invalid(&format!("is `{text}`, which is not an object reference such as `package.module:function`"))
    })
}
