//! The licence: PEP 639's expression and files, the table it replaced, classifiers, and files by their usual names.

use std::time::{Duration, Instant};

use regex::{Regex, RegexBuilder};

use super::declared::Declared;
use super::document::Item;
use super::lookup;
use crate::inspect::InspectError;
use crate::inspect::tree::Tree;

/// How files with a licence begin at the root, as build backends look for them by default.
const USUAL_FILES: [&str; 5] = ["LICEN", "COPYING", "NOTICE", "AUTHORS", "UNLICENSE"];

/// Most globs of one list, and most bytes that they have together.
const MOST_GLOBS: usize = 500;
const LONGEST_GLOBS: usize = 16 << 10;

/// The largest that an expression made of them may be, in bytes.
const LARGEST_EXPRESSION: usize = 4 << 20;

/// When no other path is compared.
const LATEST: Duration = Duration::from_secs(2);

/// Reads `license` and `license-files` of `[project]`.
pub(crate) fn read(project: &Item, tree: &Tree, declared: &mut Declared) -> Result<(), InspectError> {
    if let Some(item) = project.get("license") {
        if item.is_table() {
            read_table(&item, declared)?;
        } else {
            declared.metadata.licence = Some(item.text()?.to_owned());
        }
    }
    if let Some(item) = project.get("license-files") {
        // A table with `globs` or `paths` was an earlier draft of PEP 639; setuptools and hatch took it.
        let lists = if item.is_table() {
            item.entries()?.into_iter().map(|(_, list)| list.texts()).collect::<Result<Vec<_>, _>>()?.concat()
        } else {
            item.texts()?
        };
        declared.metadata.licence_files = matching(tree, &lists);
    }
    complete(tree, declared);
    Ok(())
}

/// Fills in from classifiers and usual files what no field says.
pub(crate) fn complete(tree: &Tree, declared: &mut Declared) {
    if declared.metadata.licence.is_none() {
        declared.metadata.licence = declared.classifiers.iter().find_map(|classifier| {
            let words: Vec<&str> = classifier.value.split(" :: ").collect();
            (words.len() > 1 && words[0] == "License" && words.last() != Some(&"OSI Approved"))
                .then(|| words.last().copied().unwrap_or_default().to_owned())
        });
    }
    if declared.metadata.licence_files.is_empty() {
        declared.metadata.licence_files = lookup::names_at_root(tree)
            .filter(|name| {
                let upper = name.to_uppercase();
                let ending = upper.rsplit_once('.').map(|(_, ending)| ending.to_owned());
                USUAL_FILES.iter().any(|start| upper.starts_with(start))
                    && !matches!(ending.as_deref(), Some("PY" | "TOML" | "CFG"))
            })
            .map(str::to_owned)
            .collect();
    }
}

fn read_table(item: &Item, declared: &mut Declared) -> Result<(), InspectError> {
    if let Some(text) = item.get("text") {
        // Some projects put the whole licence here; its first line names it.
        let text = text.text()?.trim();
        declared.metadata.licence = text.lines().next().map(|line| line.trim().to_owned());
    }
    if let Some(file) = item.get("file") {
        declared.metadata.licence_files.push(file.text()?.to_owned());
    }
    Ok(())
}

/// Files of the tree that a list of globs names, in the tree's order.
pub(crate) fn matching(tree: &Tree, globs: &[String]) -> Vec<String> {
    let Some(pattern) = any_of(globs) else { return Vec::new() };
    let began = Instant::now();
    lookup::paths(tree)
        .take_while(|_| began.elapsed() < LATEST)
        .filter(|path| pattern.is_match(path))
        .map(str::to_owned)
        .collect()
}

/// One expression for several globs; `None` where there are none, or more than somebody would write.
pub(crate) fn any_of(globs: &[String]) -> Option<Regex> {
    if globs.is_empty() || globs.len() > MOST_GLOBS || globs.iter().map(String::len).sum::<usize>() > LONGEST_GLOBS {
        return None;
    }
    // One that is no pattern must not take the others with it.
    let valid = globs.iter().map(|glob| expression(glob)).filter(|text| build(text).is_some());
    build(&valid.collect::<Vec<_>>().join("|"))
}

/// The glob language of PEP 639: `*`, `?`, `**` and character ranges.
pub(crate) fn pattern(glob: &str) -> Option<Regex> {
    build(&expression(glob))
}

fn build(expression: &str) -> Option<Regex> {
    RegexBuilder::new(&format!("^(?:{expression})$")).size_limit(LARGEST_EXPRESSION).build().ok()
}

fn expression(glob: &str) -> String {
    let mut text = String::new();
    let mut rest = glob;
    while let Some(character) = rest.chars().next() {
        if let Some(tail) = rest.strip_prefix("**/") {
            text.push_str("(?:.*/)?");
            rest = tail;
            continue;
        }
        if let Some(tail) = rest.strip_prefix("**") {
            text.push_str(".*");
            rest = tail;
            continue;
        }
        match character {
            '*' => text.push_str("[^/]*"),
            '?' => text.push_str("[^/]"),
            '[' | ']' => text.push(character),
            other => text.push_str(&regex::escape(other.encode_utf8(&mut [0; 4]))),
        }
        rest = &rest[character.len_utf8()..];
    }
    text
}
