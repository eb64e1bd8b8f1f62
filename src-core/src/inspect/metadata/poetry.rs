//! `[tool.poetry]`: the table that Poetry projects have instead of, or beside, `[project]`.

use super::declared::Declared;
use super::document::Item;
use super::poetry_requirement::{self as constraint, Written};
use super::{licence, project_table, requirement};
use crate::facts::{EntryKind, EntryPoint, Requirement, Version, normalize};
use crate::inspect::InspectError;
use crate::inspect::tree::Tree;

/// Reads the table as the definition of a project. With `package-mode = false` it may lack a name and a version.
pub(crate) fn read(table: &Item, tree: &Tree, declared: &mut Declared) -> Result<(), InspectError> {
    let is_package = table.get("package-mode").and_then(|item| item.as_bool()) != Some(false);
    match table.get("name") {
        Some(item) => {
            let name = item.text()?;
            if !requirement::is_name(name) {
                return Err(item.invalid(&format!("is `{name}`, which is not a name")));
            }
            declared.name = Some(item.evidence(name.to_owned()));
        }
        None if is_package => return Err(table.lacks("name")),
        None => {}
    }
    version(table, is_package, declared)?;
    dependencies(table, declared)?;
    groups(table, declared)?;
    scripts(table, declared)?;
    describe(table, declared)?;
    declared.source_dir = source_dir(table);
    declared.is_package = is_package;
    licence::complete(tree, declared);
    Ok(())
}

/// Fills in dynamic fields of `[project]` from `[tool.poetry]`, and groups, which `[project]` has no place for.
pub(crate) fn resolve(root: &Item, declared: &mut Declared) -> Result<(), InspectError> {
    let Some(table) = root.find(&["tool", "poetry"]) else { return Ok(()) };
    if declared.lacks("version")
        && let Some(item) = table.get("version")
    {
        // Poetry writes `0.0.0` where a plug-in puts the version in while building.
        let found = item.as_text().filter(|_| root.find(&["tool", "poetry-dynamic-versioning"]).is_none());
        declared.learn_version(found.map(|text| item.evidence(text.to_owned())));
    }
    // poetry-core takes those of its own table where `[project]` says nothing of any.
    let says_nothing =
        |project: Item| ["dependencies", "optional-dependencies"].iter().all(|key| project.get(key).is_none());
    let are_its_own = declared.lacks("dependencies") || root.get("project").is_some_and(says_nothing);
    if are_its_own && table.get("dependencies").is_some() {
        declared.learned("dependencies");
        dependencies(&table, declared)?;
    }
    Ok(())
}

fn version(table: &Item, is_package: bool, declared: &mut Declared) -> Result<(), InspectError> {
    let Some(item) = table.get("version") else {
        return if is_package { Err(table.lacks("version")) } else { Ok(()) };
    };
    let version = item.text()?;
    if !requirement::is_version(version) {
        return Err(item.invalid(&format!("is `{version}`, which is not a version as PEP 440 defines it")));
    }
    declared.version = Version::Static { version: version.to_owned(), source: item.source() };
    Ok(())
}

/// `[tool.poetry.dependencies]` and `[tool.poetry.extras]`.
fn dependencies(table: &Item, declared: &mut Declared) -> Result<(), InspectError> {
    let mut optional: Vec<Requirement> = Vec::new();
    if let Some(list) = table.get("dependencies") {
        for (name, item) in list.entries()? {
            if name == "python" {
                declared.requires_python = declared.requires_python.take().or(constraint::python(&item)?);
                continue;
            }
            let is_optional = item.get("optional").and_then(|item| item.as_bool()) == Some(true);
            let into = if is_optional { &mut optional } else { &mut declared.dependencies };
            match constraint::read(name, &item)? {
                Written::Exactly(requirements) => into.extend(requirements),
                Written::OnlyByPoetry(requirement) => {
                    into.push(requirement);
                    declared.dynamic.push("dependencies".into());
                }
            }
        }
    }
    declared.dynamic.dedup();
    let Some(extras) = table.get("extras") else { return Ok(()) };
    for (extra, names) in extras.entries()? {
        let names: Vec<String> = names.texts()?.iter().map(|name| normalize(name)).collect();
        let of_extra = optional.iter().filter(|requirement| names.contains(&requirement.name)).cloned();
        declared.extras.insert(extra.to_owned(), of_extra.collect());
    }
    Ok(())
}

/// `[tool.poetry.group.NAME.dependencies]`, and `dev-dependencies` of before there were groups.
pub(crate) fn groups(table: &Item, declared: &mut Declared) -> Result<(), InspectError> {
    let mut read = |name: &str, list: &Item| -> Result<(), InspectError> {
        for (dependency, item) in list.entries()? {
            let requirements = match constraint::read(dependency, &item)? {
                Written::Exactly(requirements) => requirements,
                Written::OnlyByPoetry(requirement) => vec![requirement],
            };
            declared.groups.entry(name.to_owned()).or_default().extend(requirements);
        }
        Ok(())
    };
    if let Some(list) = table.get("dev-dependencies") {
        read("dev", &list)?;
    }
    if let Some(groups) = table.get("group") {
        for (name, group) in groups.entries()? {
            if let Some(list) = group.get("dependencies") {
                read(name, &list)?;
            }
        }
    }
    Ok(())
}

fn scripts(table: &Item, declared: &mut Declared) -> Result<(), InspectError> {
    if let Some(scripts) = table.get("scripts") {
        for (name, item) in scripts.entries()? {
            declared.entry_points.push(script(name, &item)?);
        }
    }
    if let Some(plugins) = table.get("plugins") {
        for (group, entries) in plugins.entries()? {
            declared.plugin_groups.push(entries.evidence(group.to_owned()));
        }
    }
    Ok(())
}

/// A reference, or a table that holds one or names a file.
fn script(name: &str, item: &Item) -> Result<EntryPoint, InspectError> {
    if !item.is_table() {
        return project_table::script(name, EntryKind::Console, item);
    }
    let reference = item.get("reference").or_else(|| item.get("callable")).ok_or_else(|| item.lacks("reference"))?;
    if item.get("type").and_then(|kind| kind.as_text()) == Some("file") {
        let target = reference.text()?.to_owned();
        return Ok(EntryPoint::new(name, EntryKind::Installed, target, item.source()));
    }
    project_table::script(name, EntryKind::Console, &reference)
}

fn describe(table: &Item, declared: &mut Declared) -> Result<(), InspectError> {
    let text = |key: &str| table.get(key).map(|item| item.text().map(str::to_owned)).transpose();
    declared.metadata.summary = text("description")?;
    declared.metadata.licence = text("license")?;
    declared.metadata.readme = match table.get("readme") {
        Some(item) if item.is_array() => item.texts()?.into_iter().next(),
        Some(item) => Some(item.text()?.to_owned()),
        None => None,
    };
    for field in ["authors", "maintainers"] {
        if let Some(item) = table.get(field) {
            declared.metadata.people.extend(item.texts()?);
        }
    }
    for (key, label) in [("homepage", "Homepage"), ("repository", "Repository"), ("documentation", "Documentation")] {
        declared.metadata.urls.extend(text(key)?.map(|url| (label.to_owned(), url)));
    }
    if let Some(urls) = table.get("urls") {
        for (label, url) in urls.entries()? {
            declared.metadata.urls.insert(label.to_owned(), url.text()?.to_owned());
        }
    }
    if let Some(list) = table.get("classifiers") {
        for element in list.elements()? {
            declared.classifiers.push(element.evidence(element.text()?.to_owned()));
        }
    }
    Ok(())
}

/// The folder that `packages = [{ include = …, from = … }]` names.
pub(crate) fn source_dir(table: &Item) -> Option<String> {
    let packages = table.get("packages")?.elements().ok()?;
    let folder = packages.first()?.get("from").and_then(|item| item.as_text()).unwrap_or_default();
    Some(folder.trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Definition;
    use crate::inspect::metadata::document::Document;

    fn read_text(text: &str) -> Result<Declared, InspectError> {
        let document = Document::parse("pyproject.toml", text)?;
        let mut declared = Declared::new(Definition::Pyproject("pyproject.toml".into()));
        read(&document.root().find(&["tool", "poetry"]).unwrap(), &Tree::default(), &mut declared)?;
        Ok(declared)
    }

    fn poetry(text: &str) -> Result<Declared, InspectError> {
        read_text(&format!("[tool.poetry]\nname = 'spam'\nversion = '1.0'\n{text}"))
    }

    fn texts(requirements: &[Requirement]) -> Vec<&str> {
        requirements.iter().map(|requirement| requirement.text.as_str()).collect()
    }

    #[test]
    fn a_project_table_that_says_nothing_of_dependencies_has_those_of_poetry() {
        let added = |project: &str, dynamic: &[&str]| {
            let text = format!("[project]\nname = 'spam'\n{project}\n[tool.poetry.dependencies]\nsix = '*'\n");
            let document = Document::parse("pyproject.toml", &text).unwrap();
            let mut declared = Declared::new(Definition::Pyproject("pyproject.toml".into()));
            declared.dynamic = dynamic.iter().map(|field| (*field).to_owned()).collect();
            resolve(&document.root(), &mut declared).unwrap();
            declared.dependencies.len()
        };
        assert_eq!(added("", &[]), 1);
        assert_eq!(added("dynamic = ['dependencies']", &["dependencies"]), 1);
        assert_eq!(added("dependencies = ['click']", &[]), 0);
        assert_eq!(added("optional-dependencies = {x = ['click']}", &[]), 0);
    }

    #[test]
    fn optional_dependencies_belong_to_their_extras_only() {
        let declared = poetry(
            "[tool.poetry.dependencies]\npython = '^3.9'\nclick = '^8.1'\nrich = {version = '*', optional = true}\n\
             [tool.poetry.extras]\ncolour = ['Rich']\n",
        )
        .unwrap();
        assert_eq!(declared.requires_python.unwrap().value, ">=3.9,<4.0");
        assert_eq!(texts(&declared.dependencies), ["click>=8.1,<9.0"]);
        assert_eq!(texts(&declared.extras["colour"]), ["rich"]);
    }

    #[test]
    fn groups_and_scripts_are_read() {
        let declared = poetry(
            "[tool.poetry.dev-dependencies]\nruff = '*'\n[tool.poetry.group.dev.dependencies]\npytest = '~8.1'\n\
             [tool.poetry.scripts]\nspam = 'spam.cli:main'\nfile = {reference = 'bin/eggs', type = 'file'}\n",
        )
        .unwrap();
        assert_eq!(texts(&declared.groups["dev"]), ["ruff", "pytest>=8.1,<8.2"]);
        let kinds: Vec<EntryKind> = declared.entry_points.iter().map(|entry| entry.kind).collect();
        assert_eq!(kinds, [EntryKind::Console, EntryKind::Installed]);
    }

    #[test]
    fn a_package_needs_name_and_version_and_an_application_does_not() {
        let error = read_text("[tool.poetry]\nname = 'a'\n").unwrap_err().to_string();
        assert_eq!(error, "`pyproject.toml` is not valid: its table `[tool.poetry]` lacks `version`");
        assert!(!read_text("[tool.poetry]\npackage-mode = false\n").unwrap().is_package);
    }
}
