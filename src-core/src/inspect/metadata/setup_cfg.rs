//! `setup.cfg`: setuptools' declarative configuration, turned into the keyword arguments it stands for.

use super::literal::{Literal, Value};
use super::python::Keywords;
use crate::inspect::InspectError;
use crate::inspect::configparser::{self, Entry, Section};
use crate::inspect::tree::Tree;

/// The file's name.
pub(crate) const PATH: &str = "setup.cfg";

/// Reads `setup.cfg`; `None` where it is absent or describes no distribution.
pub(crate) fn read(tree: &Tree) -> Result<Option<Keywords>, InspectError> {
    let Some(text) = tree.read(PATH)? else { return Ok(None) };
    let sections = configparser::parse(&text).map_err(|(line, message)| InspectError::Parse {
        path: PATH.into(),
        line,
        column: 1,
        message,
    })?;
    let section = |name: &str| sections.iter().find(|section| section.name == name);
    let mut keywords = Keywords { line: 1, ..Keywords::default() };
    if let Some(metadata) = section("metadata") {
        read_metadata(metadata, &mut keywords);
    }
    if let Some(options) = section("options") {
        read_options(options, &mut keywords);
    }
    if let Some(extras) = section("options.extras_require") {
        keywords.insert("extras_require", table(extras, list));
    }
    if let Some(groups) = section("options.entry_points").or_else(|| section("entry_points")) {
        keywords.insert("entry_points", table(groups, list));
    }
    let packages_found = keywords.values.get("packages").and_then(Option::as_ref).and_then(Literal::text);
    if packages_found.is_some_and(|text| text.starts_with("find"))
        && let Some(find) = section("options.packages.find").and_then(|find| find.get("where"))
    {
        let value = Value::Call("find_packages".into(), vec![("where".into(), plain(find))]);
        keywords.insert("packages", Literal { line: find.line, value });
    }
    // `setup.cfg` is also where many other tools keep their settings.
    Ok((!keywords.values.is_empty()).then_some(keywords))
}

fn read_metadata(section: &Section, keywords: &mut Keywords) {
    for entry in &section.entries {
        // Names that older setuptools and distutils knew.
        let key = match entry.name().as_str() {
            "home_page" => "url".to_owned(),
            "summary" => "description".to_owned(),
            "classifier" => "classifiers".to_owned(),
            "license_file" => "license_files".to_owned(),
            other => other.to_owned(),
        };
        let value = match key.as_str() {
            "classifiers" | "license_files" => list(entry),
            "project_urls" => assignments(entry),
            _ => plain(entry),
        };
        keywords.insert(&key, value);
    }
}

fn read_options(section: &Section, keywords: &mut Keywords) {
    for entry in &section.entries {
        let key = entry.name();
        let value = match key.as_str() {
            "install_requires" | "setup_requires" | "py_modules" | "scripts" => list(entry),
            "package_dir" => assignments(entry),
            _ => plain(entry),
        };
        keywords.insert(&key, value);
    }
}

impl Keywords {
    fn insert(&mut self, key: &str, value: Literal) {
        self.values.insert(key.to_owned(), Some(value));
    }
}

fn plain(entry: &Entry) -> Literal {
    Literal { line: entry.lines.first().map_or(entry.line, |(_, line)| *line), value: Value::Text(entry.text()) }
}

/// One element a line, or separated by commas within one line; `;` separates too in requirements without markers.
fn list(entry: &Entry) -> Literal {
    let single = entry.lines.len() == 1 && entry.lines[0].1 == entry.line;
    let mut items = Vec::new();
    for (text, line) in &entry.lines {
        let parts: Vec<&str> =
            if single && !text.contains([';', '=', '[', '<', '>']) { text.split(',').collect() } else { vec![text] };
        for part in parts.into_iter().map(str::trim).filter(|part| !part.is_empty()) {
            items.push(Literal { line: *line, value: Value::Text(part.to_owned()) });
        }
    }
    Literal { line: entry.line, value: Value::List(items) }
}

/// `key = value`, one a line.
fn assignments(entry: &Entry) -> Literal {
    let pairs = entry.lines.iter().filter_map(|(text, line)| {
        let (key, value) = text.split_once('=')?;
        Some((key.trim().to_owned(), Literal { line: *line, value: Value::Text(value.trim().to_owned()) }))
    });
    Literal { line: entry.line, value: Value::Table(pairs.collect()) }
}

fn table(section: &Section, value: fn(&Entry) -> Literal) -> Literal {
    let line = section.entries.first().map_or(1, |entry| entry.line);
    let entries = section.entries.iter().map(|entry| (entry.key.clone(), value(entry))).collect();
    Literal { line, value: Value::Table(entries) }
}
