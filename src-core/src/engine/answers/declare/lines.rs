//! Requirements in files that are no TOML: one a line, in the header of a script, in `setup.cfg`.

use super::super::edit::EditError;
use super::array::{self, name};

const BEGIN: &str = "# /// script";
const END: &str = "# ///";
const KEY: &str = "install_requires";

/// A file as pip reads it, with these requirements.
pub(super) fn with_lines(text: &str, implied: &[String], wanted: &[String]) -> String {
    let end = line_end(text);
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for requirement in implied.iter().chain(wanted) {
        put(&mut lines, requirement, "");
    }
    lines.join(end) + end
}

/// Puts a requirement in the place of the line that names its distribution, or behind the last.
fn put(lines: &mut Vec<String>, requirement: &str, indent: &str) {
    let is_same = |line: &&mut String| {
        let text = line.split(" #").next().unwrap_or_default().trim();
        name(text).is_some_and(|known| Some(known) == name(requirement))
    };
    match lines.iter_mut().find(is_same) {
        Some(line) => {
            let comment = line.find(" #").map(|at| line[at..].to_owned()).unwrap_or_default();
            *line = format!("{indent}{requirement}{comment}");
        }
        None => lines.push(format!("{indent}{requirement}")),
    }
}

/// Whether the header of a script lists requirements.
pub(super) fn header_lists(text: &str) -> bool {
    header(text).is_some_and(|(_, toml)| toml.lines().any(|line| line.trim_start().starts_with("dependencies")))
}

/// A script whose header lists these requirements; without a header, it gets one behind its first comments.
pub(super) fn with_header(text: &str, implied: &[String], wanted: &[String]) -> Result<Option<String>, EditError> {
    let end = line_end(text);
    let (place, toml) = header(text).unwrap_or_else(|| (top(text)..top(text), String::new()));
    let Some(toml) = array::with_requirements(&toml, &["dependencies"], implied, wanted)? else { return Ok(None) };
    let mut block = vec![BEGIN.to_owned()];
    block.extend(toml.lines().map(|line| format!("# {line}").trim_end().to_owned()));
    block.push(END.to_owned());
    let gap = if place.is_empty() { end } else { "" };
    Ok(Some([&text[..place.start], &block.join(end), end, gap, &text[place.end..]].concat()))
}

/// Where the header is, whole lines, and its TOML.
fn header(text: &str) -> Option<(std::ops::Range<usize>, String)> {
    let mut at = 0;
    let mut begin = None;
    let mut toml: Vec<&str> = Vec::new();
    for line in text.split_inclusive('\n') {
        let (here, bare) = (at, line.trim_end());
        at += line.len();
        match begin {
            None if bare == BEGIN => begin = Some(here),
            None => {}
            Some(begin) if bare == END => return Some((begin..at, toml.join("\n"))),
            Some(_) => toml.push(bare.strip_prefix("# ").or_else(|| bare.strip_prefix('#'))?),
        }
    }
    None
}

/// Behind the line for the shell, the one that names the encoding, and comments right beneath them.
fn top(text: &str) -> usize {
    text.split_inclusive('\n').take_while(|line| line.starts_with('#')).map(str::len).sum()
}

/// Whether `setup.cfg` lists requirements.
pub(super) fn has_requirements(text: &str) -> bool {
    text.lines().any(|line| key_of(line) == Some(KEY))
}

fn key_of(line: &str) -> Option<&str> {
    line.split_once(['=', ':']).map(|(key, _)| key.trim_end()).filter(|key| !key.starts_with([' ', '\t', '#', ';']))
}

/// `setup.cfg` with these requirements.
pub(super) fn with_config(text: &str, wanted: &[String]) -> String {
    let end = line_end(text);
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let at = lines.iter().position(|line| key_of(line) == Some(KEY)).unwrap_or_else(|| {
        let section = lines.iter().position(|line| line.trim() == "[options]").unwrap_or_else(|| {
            lines.push("[options]".into());
            lines.len() - 1
        });
        lines.insert(section + 1, format!("{KEY} ="));
        section + 1
    });
    let behind = |line: &&String| line.starts_with([' ', '\t']) || line.trim_start().starts_with('#');
    let count = lines[at + 1..].iter().take_while(behind).count();
    let mut list: Vec<String> = lines.drain(at + 1..at + 1 + count).collect();
    // A list may begin behind the key.
    if let Some((key, first)) = lines[at].clone().split_once('=')
        && !first.trim().is_empty()
    {
        list.splice(0..0, first.split(';').next().map(|first| format!("    {}", first.trim())));
        lines[at] = format!("{key}=");
    }
    for requirement in wanted {
        put(&mut list, requirement, "    ");
    }
    let behind = at + 1;
    lines.splice(behind..behind, list);
    lines.join(end) + end
}

fn line_end(text: &str) -> &'static str {
    if text.contains("\r\n") { "\r\n" } else { "\n" }
}
