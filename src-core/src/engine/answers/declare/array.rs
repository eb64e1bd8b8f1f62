//! Requirements in an array of TOML, written as the others in it are.

use std::ops::Range;

use toml_edit::Document;

use super::super::edit::{self, EditError};
use crate::facts::pep;

/// What stands before a value so that it can be read alone.
const HEAD: &str = "x = ";

/// The text with requirements in the array at the end of a path; where there is no array, it begins with what is implied.
/// `None` where what stands there is no array of texts.
pub(super) fn with_requirements(
    text: &str,
    path: &[&str],
    implied: &[String],
    wanted: &[String],
) -> Result<Option<String>, EditError> {
    let Some(value) = edit::get(text, path)? else {
        let mut all: Vec<&String> = wanted.iter().collect();
        all.splice(0..0, implied.iter().filter(|one| wanted.iter().all(|wanted| name(wanted) != name(one))));
        let list: Vec<String> = all.into_iter().map(|requirement| quoted(requirement)).collect();
        return edit::set(text, path, &format!("[{}]", list.join(", "))).map(Some);
    };
    let mut value = value.to_owned();
    for requirement in wanted {
        let Some(next) = with_one(&value, requirement)? else { return Ok(None) };
        value = next;
    }
    edit::set(text, path, &value).map(Some)
}

/// The table of Poetry takes a name and its versions: `*` for any.
pub(super) fn poetry_version(requirement: &str) -> Option<(String, String)> {
    let parsed = pep::requirement(requirement).ok()?;
    let versions = requirement.split(';').next()?.trim();
    let at = versions.find(['<', '>', '=', '!', '~']);
    let version = at.map_or("*", |at| versions[at..].trim());
    Some((parsed.name.to_string(), quoted(version)))
}

/// The text of an array with one more requirement, or with it in the place of one of the same distribution.
fn with_one(array: &str, requirement: &str) -> Result<Option<String>, EditError> {
    let document = Document::parse(format!("{HEAD}{array}"))?;
    let Some(array_of) = document.as_table().get("x").and_then(|item| item.as_array()) else { return Ok(None) };
    let spans: Option<Vec<(String, Range<usize>)>> = array_of
        .iter()
        .map(|value| {
            let span = value.span()?;
            Some((value.as_str()?.to_owned(), span.start - HEAD.len()..span.end - HEAD.len()))
        })
        .collect();
    let Some(spans) = spans else { return Ok(None) };
    let quoted = quoted(requirement);
    if let Some((_, span)) = spans.iter().find(|(text, _)| name(text) == name(requirement)) {
        return Ok(Some([&array[..span.start], &quoted, &array[span.end..]].concat()));
    }
    let Some((_, last)) = spans.last() else { return Ok(Some(format!("[{quoted}]"))) };
    Ok(Some(behind(array, last, &quoted)))
}

/// The array with an element behind its last one.
fn behind(array: &str, last: &Range<usize>, element: &str) -> String {
    let rest = &array[last.end..];
    let is_on_lines = array[..last.start].contains('\n');
    let Some(line_end) = rest.find('\n').filter(|_| is_on_lines) else {
        return format!("{}, {element}{rest}", &array[..last.end]);
    };
    let line = array[..last.start].rfind('\n').map_or(0, |at| at + 1);
    let indent: String = array[line..].chars().take_while(|letter| matches!(letter, ' ' | '\t')).collect();
    let end = if rest[..line_end].ends_with('\r') { "\r\n" } else { "\n" };
    let (before, after) = rest.split_at(line_end - usize::from(end.len() == 2));
    let has_comma = before.trim_start().starts_with(',');
    let comma = |needed| if needed { "," } else { "" };
    format!("{}{}{before}{end}{indent}{element}{}{after}", &array[..last.end], comma(!has_comma), comma(has_comma))
}

/// The normalised name of a requirement.
pub(super) fn name(requirement: &str) -> Option<String> {
    pep::requirement(requirement.trim()).ok().map(|parsed| parsed.name.to_string())
}

fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}
