//! Changes one key in the text of a TOML file, and no byte beside it.
//!
//! The parser only says where things stand; the text itself is cut there. So comments, order, quotes, spaces and line ends
//! of everything else stay as their author wrote them.

use std::ops::Range;

use toml_edit::{Document, Item, Key, Table, TableLike, TomlError};

/// Why a key cannot be changed.
#[derive(Debug, thiserror::Error)]
pub(super) enum EditError {
    #[error(transparent)]
    Broken(#[from] TomlError),
    #[error("`{0}` is no table")]
    NotATable(String),
}

/// The table in whose brackets a key is written, or would be: dotted keys belong to the table above them.
struct Owner<'d> {
    table: &'d dyn TableLike,
    /// How many keys of the path lead to it.
    depth: usize,
    kind: Kind,
}

enum Kind {
    Root,
    /// `[a.b]`; the end of that header, or `None` where only tables below it have one.
    Header(Option<usize>),
    /// `{ … }`, and where it stands.
    Inline(Range<usize>),
}

/// A key that is there: itself and its value.
struct Found {
    key: Range<usize>,
    value: Range<usize>,
}

/// The text with this value at the end of a path of keys.
pub(super) fn set(text: &str, path: &[&str], value: &str) -> Result<String, EditError> {
    let document = Document::parse(text)?;
    let (owner, found) = locate(document.as_table(), path)?;
    if let Some(found) = found {
        return Ok(replaced(text, found.value, value));
    }
    let rest = &path[owner.depth..];
    let line = format!("{} = {value}", dotted(rest));
    Ok(match (owner.kind, last_end(owner.table)) {
        (Kind::Inline(_), Some(end)) => replaced(text, end..end, &format!(", {line}")),
        (Kind::Inline(place), None) => replaced(text, place, &format!("{{ {line} }}")),
        (Kind::Header(_), Some(end)) => with_line_after(text, end, &line),
        (Kind::Header(Some(header)), None) if rest.len() == 1 => with_line_after(text, header, &line),
        (Kind::Root, Some(end)) if rest.len() == 1 => with_line_after(text, end, &line),
        (Kind::Root, None) if rest.len() == 1 => on_top(text, &line),
        // Anything else is new, so that a header for it may stand at the end.
        (Kind::Root | Kind::Header(_), _) => with_table(text, path, value),
    })
}

/// The text without this key; as it is where there is none.
pub(super) fn remove(text: &str, path: &[&str]) -> Result<String, EditError> {
    let document = Document::parse(text)?;
    let (owner, Some(found)) = locate(document.as_table(), path)? else { return Ok(text.to_owned()) };
    let place = match owner.kind {
        Kind::Inline(_) => with_its_comma(text, &found),
        Kind::Root | Kind::Header(_) => its_lines(text, &found),
    };
    Ok(replaced(text, place, ""))
}

/// The text of the value at the end of a path of keys.
pub(super) fn get<'t>(text: &'t str, path: &[&str]) -> Result<Option<&'t str>, EditError> {
    let document = Document::parse(text)?;
    let (_, found) = locate(document.as_table(), path)?;
    Ok(found.and_then(|found| text.get(found.value)))
}

fn locate<'d>(root: &'d Table, path: &[&str]) -> Result<(Owner<'d>, Option<Found>), EditError> {
    let mut table: &dyn TableLike = root;
    let mut owner = Owner { table, depth: 0, kind: Kind::Root };
    for (depth, key) in path.iter().enumerate() {
        let Some(item) = table.get(key) else { break };
        if depth + 1 == path.len() {
            let key = table.key(key).and_then(Key::span);
            let found = key.zip(item.span()).map(|(key, value)| Found { key, value });
            return Ok((owner, found));
        }
        table = item.as_table_like().ok_or_else(|| EditError::NotATable(path[..=depth].join(".")))?;
        if !table.is_dotted() {
            owner = Owner { table, depth: depth + 1, kind: kind(item) };
        }
    }
    Ok((owner, None))
}

fn kind(item: &Item) -> Kind {
    match item.as_table() {
        Some(table) => {
            Kind::Header(table.span().filter(|_| !table.is_implicit()).map(|header| header.end).filter(|end| *end > 0))
        }
        None => Kind::Inline(item.span().unwrap_or_default()),
    }
}

/// The end of the last value between a table's brackets.
fn last_end(table: &dyn TableLike) -> Option<usize> {
    let ends = table.iter().filter_map(|(_, item)| match item.as_table_like() {
        Some(below) if below.is_dotted() => last_end(below),
        Some(_) if item.is_table() => None,
        _ => item.is_value().then(|| item.span()).flatten().map(|place| place.end),
    });
    ends.max()
}

fn dotted(keys: &[&str]) -> String {
    keys.iter().map(|key| Key::new(*key).to_string()).collect::<Vec<_>>().join(".")
}

fn replaced(text: &str, place: Range<usize>, with: &str) -> String {
    [&text[..place.start], with, &text[place.end..]].concat()
}

/// How lines of this text end.
fn line_end(text: &str) -> &'static str {
    if text.contains("\r\n") { "\r\n" } else { "\n" }
}

/// A line of its own behind the line with this place, and as far to the right as the one with `place` is.
fn with_line_after(text: &str, place: usize, line: &str) -> String {
    let begin = text[..place].rfind('\n').map_or(0, |at| at + 1);
    let indent: String = text[begin..place].chars().take_while(|c| matches!(c, ' ' | '\t')).collect();
    let end = line_end(text);
    match text[place..].find('\n') {
        Some(at) => replaced(text, place + at + 1..place + at + 1, &format!("{indent}{line}{end}")),
        None => format!("{text}{end}{indent}{line}"),
    }
}

/// The first line: the root's own keys must come before any header.
fn on_top(text: &str, line: &str) -> String {
    let begin = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    replaced(text, begin..begin, &format!("{line}{}", line_end(text)))
}

/// A header with the key beneath it, at the end.
fn with_table(text: &str, path: &[&str], value: &str) -> String {
    let end = line_end(text);
    let gap = match text {
        "" => "",
        text if text.ends_with('\n') => end,
        _ => &end.repeat(2),
    };
    let (leaf, table) = path.split_last().map_or((&"", path), |(leaf, table)| (leaf, table));
    format!("{text}{gap}[{}]{end}{} = {value}{end}", dotted(table), dotted(&[leaf]))
}

/// From the line on which a pair begins to the line on which it ends; a comment behind it stays, on a line of its own.
fn its_lines(text: &str, found: &Found) -> Range<usize> {
    let begin = text[..found.key.start].rfind('\n').map_or(0, |at| at + 1);
    let behind = &text[found.value.end..];
    let spaces = behind.len() - behind.trim_start_matches([' ', '\t']).len();
    match &behind[spaces..] {
        "" => begin..text.len(),
        more if more.starts_with('\n') => begin..found.value.end + spaces + 1,
        more if more.starts_with("\r\n") => begin..found.value.end + spaces + 2,
        _ => begin..found.value.end + spaces,
    }
}

/// A pair in braces with the comma that set it apart.
fn with_its_comma(text: &str, found: &Found) -> Range<usize> {
    let begin = text[..found.key.start].rfind([',', '{', '\n']).map_or(0, |at| at + 1);
    let behind = &text[found.value.end..];
    let spaces = behind.len() - behind.trim_start().len();
    if behind[spaces..].starts_with(',') {
        return begin..found.value.end + spaces + 1;
    }
    let before = text[..begin].trim_end();
    let begin = if before.ends_with(',') { before.len() - 1 } else { begin };
    begin..found.value.end
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATH: &[&str] = &["tool", "packwright", "facts", "kind"];

    fn with(text: &str) -> String {
        set(text, PATH, "['cli']").unwrap()
    }

    #[test]
    fn a_new_table_stands_at_the_end_whatever_was_last() {
        assert_eq!(with(""), "[tool.packwright.facts]\nkind = ['cli']\n");
        assert_eq!(with("a = 1 # x"), "a = 1 # x\n\n[tool.packwright.facts]\nkind = ['cli']\n");
        assert_eq!(
            with("[[tool.x]]\na = 1\r\n# end\r\n"),
            "[[tool.x]]\na = 1\r\n# end\r\n\r\n[tool.packwright.facts]\r\nkind = ['cli']\r\n"
        );
    }

    #[test]
    fn a_key_joins_the_table_it_belongs_to_in_the_way_that_table_is_written() {
        assert_eq!(
            with("[tool.packwright.facts] # mine\n  os = [\n  ] # all\n\n[x]\n"),
            "[tool.packwright.facts] # mine\n  os = [\n  ] # all\n  kind = ['cli']\n\n[x]\n"
        );
        assert_eq!(with("[tool.packwright.facts]"), "[tool.packwright.facts]\nkind = ['cli']");
        assert_eq!(with("[tool]\npackwright = {}\n"), "[tool]\npackwright = { facts.kind = ['cli'] }\n");
        assert_eq!(
            with("[tool.packwright]\n\tfacts.os = 'linux'\n[a]\n"),
            "[tool.packwright]\n\tfacts.os = 'linux'\n\tfacts.kind = ['cli']\n[a]\n"
        );
        assert_eq!(
            with("tool = { packwright = { facts = { os = 'bsd' } } }"),
            "tool = { packwright = { facts = { os = 'bsd', kind = ['cli'] } } }"
        );
    }

    #[test]
    fn a_value_is_replaced_where_it_stands() {
        let text = "[tool.packwright]\nfacts = { kind = 'gui', os = 'bsd' } # c\n";
        assert_eq!(with(text), "[tool.packwright]\nfacts = { kind = ['cli'], os = 'bsd' } # c\n");
        assert_eq!(get(text, PATH).unwrap(), Some("'gui'"));
    }

    #[test]
    fn keys_of_the_root_come_before_every_table() {
        let set = |text: &str| set(text, &["version"], "1").unwrap();
        assert_eq!(set("# mine\n[facts]\n"), "version = 1\n# mine\n[facts]\n");
        assert_eq!(set("build = []\n[facts]\n"), "build = []\nversion = 1\n[facts]\n");
        assert_eq!(set("\u{feff}[facts]\n"), "\u{feff}version = 1\n[facts]\n");
    }

    #[test]
    fn what_is_removed_leaves_its_comments_behind() {
        let without = |text: &str| remove(text, PATH).unwrap();
        let text = "[tool.packwright.facts]\n# why\nkind = [\n 'cli'] # because\nos = 'bsd'\n";
        assert_eq!(without(text), "[tool.packwright.facts]\n# why\n# because\nos = 'bsd'\n");
        assert_eq!(without("[tool.packwright]\r\nfacts.kind = 'x'\r\na = 1"), "[tool.packwright]\r\na = 1");
        for (text, left) in [
            ("{ kind = 'x', os = 'y' }", "{ os = 'y' }"),
            ("{ os = 'y', kind = 'x' }", "{ os = 'y' }"),
            ("{ kind = 'x' }", "{ }"),
        ] {
            let whole = |facts: &str| format!("[tool.packwright]\nfacts = {facts}\n");
            assert_eq!(without(&whole(text)), whole(left));
        }
        assert_eq!(without("[a]\n"), "[a]\n");
    }

    #[test]
    fn what_is_no_table_is_named() {
        let error = set("tool = 3\n", PATH, "1").unwrap_err().to_string();
        assert_eq!(error, "`tool` is no table");
        assert!(matches!(set("[[tool.packwright]]\n", PATH, "1"), Err(EditError::NotATable(_))));
        assert!(matches!(set("a =\n", PATH, "1"), Err(EditError::Broken(_))));
    }
}
