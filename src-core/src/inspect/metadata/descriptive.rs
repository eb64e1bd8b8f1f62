//! Descriptive metadata of `[project]`: what people read, and the licence.

use super::declared::Declared;
use super::document::Item;
use super::licence;
use crate::inspect::InspectError;
use crate::inspect::tree::Tree;

/// Reads the descriptive fields of `[project]`.
pub(crate) fn read(project: &Item, tree: &Tree, declared: &mut Declared) -> Result<(), InspectError> {
    let metadata = &mut declared.metadata;
    if let Some(item) = project.get("description") {
        metadata.summary = Some(item.text()?.to_owned());
    }
    if let Some(item) = project.get("readme") {
        metadata.readme = readme(&item)?;
    }
    for field in ["authors", "maintainers"] {
        let Some(item) = project.get(field) else { continue };
        for person in item.elements()? {
            metadata.people.extend(self::person(&person)?);
        }
    }
    if let Some(item) = project.get("urls") {
        for (label, url) in item.entries()? {
            metadata.urls.insert(label.to_owned(), url.text()?.to_owned());
        }
    }
    if let Some(item) = project.get("classifiers") {
        for element in item.elements()? {
            let classifier = element.text()?.to_owned();
            declared.classifiers.push(element.evidence(classifier));
        }
    }
    licence::read(project, tree, declared)
}

/// `readme` is a path, or a table with `file` or `text`.
fn readme(item: &Item) -> Result<Option<String>, InspectError> {
    if !item.is_table() {
        return item.text().map(|path| Some(path.to_owned()));
    }
    item.get("file").map(|file| file.text().map(str::to_owned)).transpose()
}

/// `Name <address>` of a table with `name`, `email` or both.
fn person(item: &Item) -> Result<Option<String>, InspectError> {
    item.entries()?;
    let part = |key| item.get(key).map(|part| part.text()).transpose();
    Ok(match (part("name")?, part("email")?) {
        (Some(name), Some(address)) => Some(format!("{name} <{address}>")),
        (Some(name), None) => Some(name.to_owned()),
        (None, Some(address)) => Some(format!("<{address}>")),
        (None, None) => None,
    })
}
