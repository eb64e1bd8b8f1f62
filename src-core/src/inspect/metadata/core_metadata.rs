//! `PKG-INFO` of an unpacked source distribution: what the build backend found out when it was made (PEP 643).

use super::declared::Declared;
use super::requirement;
use crate::facts::{Evidence, Source, Version};
use crate::inspect::InspectError;
use crate::inspect::tree::Tree;

const PATH: &str = "PKG-INFO";

/// Most lines that are read of its header.
const MOST_LINES: usize = 20_000;

/// Fields of a header, in order: name in lower case, value, line.
type Fields = Vec<(String, String, usize)>;

/// Fills in what is dynamic and what `PKG-INFO` fixes.
pub(crate) fn complete(tree: &Tree, declared: &mut Declared) -> Result<(), InspectError> {
    if declared.dynamic.is_empty() && declared.name.is_some() {
        return Ok(());
    }
    let Some(text) = tree.read(PATH)? else { return Ok(()) };
    let fields = parse(&text);
    let first = |name: &str| {
        let (_, value, line) = fields.iter().find(|(field, ..)| field == name)?;
        Some(Evidence { value: value.clone(), source: Source::line(PATH, *line) })
    };
    if declared.name.is_none()
        && let Some(name) = first("name").filter(|name| requirement::is_name(&name.value))
    {
        declared.name = Some(name);
        declared.learned("name");
    }
    // Name and version of a source distribution are those of every wheel made from it.
    if let Some(version) = first("version").filter(|version| requirement::is_version(&version.value))
        && !matches!(declared.version, Version::Static { .. })
    {
        declared.version = Version::Static { version: version.value, source: version.source };
        declared.learned("version");
    }
    if first("metadata-version").is_some_and(|version| fixes_the_rest(&version.value)) {
        requirements(&fields, declared);
    }
    Ok(())
}

/// Whether fields that are not listed as dynamic are the same in every wheel: metadata 2.2 and later.
fn fixes_the_rest(version: &str) -> bool {
    version.split_once('.').is_some_and(|(major, minor)| {
        major
            .parse()
            .is_ok_and(|major: u32| major > 2 || major == 2 && minor.parse().is_ok_and(|minor: u32| minor >= 2))
    })
}

fn requirements(fields: &Fields, declared: &mut Declared) {
    let dynamic =
        |name: &str| fields.iter().any(|(field, value, _)| field == "dynamic" && value.eq_ignore_ascii_case(name));
    if declared.lacks("requires-python") && !dynamic("requires-python") {
        if let Some((_, value, line)) = fields.iter().find(|(field, ..)| field == "requires-python") {
            declared.requires_python = Some(Evidence { value: value.clone(), source: Source::line(PATH, *line) });
        }
        declared.learned("requires-python");
    }
    if !declared.lacks("dependencies") || dynamic("requires-dist") {
        return;
    }
    let lines = fields.iter().filter(|(field, ..)| field == "requires-dist");
    let read: Result<Vec<_>, _> =
        lines.map(|(_, value, line)| requirement::parse(value, Source::line(PATH, *line))).collect();
    let Ok(read) = read else { return };
    // Requirements of extras stay with their extra, which the marker names.
    declared.dependencies = read.into_iter().filter(|requirement| !requirement.text.contains("extra ==")).collect();
    declared.learned("dependencies");
}

/// The header up to the first empty line; lines that go on are left out, as no field used here has any.
fn parse(text: &str) -> Fields {
    let header = text.lines().enumerate().take(MOST_LINES).take_while(|(_, line)| !line.trim().is_empty());
    header
        .filter(|(_, line)| !line.starts_with([' ', '\t']))
        .filter_map(|(index, line)| {
            let (name, value) = line.split_once(':')?;
            Some((name.trim().to_lowercase(), value.trim().to_owned(), index + 1))
        })
        .collect()
}
