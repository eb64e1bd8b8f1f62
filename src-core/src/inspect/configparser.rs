//! Files in the format of Python's `configparser`, as `setup.cfg`, `pip.conf` and `entry_points.txt` are, with the line of every
//! value. No crate for such files knows how their values go on, and each line that is missed can be an index that is not asked.

use super::tree::{MARK, MARKED};

/// A section's name and its keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Section {
    /// The name, without brackets.
    pub(crate) name: String,
    /// The keys, in the order they are written.
    pub(crate) entries: Vec<Entry>,
}

/// One key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// As written; [`Section::get`] compares without regard to case.
    pub(crate) key: String,
    /// The lines of the value: text and line number; comments and empty lines are left out.
    pub(crate) lines: Vec<(String, usize)>,
    /// The line of the key, from 1.
    pub(crate) line: usize,
    /// Whether neither `=` nor `:` follows the key.
    pub(crate) is_bare: bool,
}

/// White space as Python has it: besides Unicode's, four control characters.
fn is_space(letter: char) -> bool {
    letter.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&letter)
}

/// Reads a text; the error is a line and a message.
///
/// A line goes on with a value if it is indented more than the line of its key, which may be indented itself. A key without a
/// value is read as one with none, as `allow_no_value` has it; [`Entry::is_bare`] tells them apart.
pub(crate) fn parse(text: &str) -> Result<Vec<Section>, (usize, String)> {
    let mut sections: Vec<Section> = Vec::new();
    if text.starts_with(MARK) {
        return Err((1, MARKED.to_owned()));
    }
    let (mut indent, mut goes_on) = (0, false);
    for (index, raw) in text.replace("\r\n", "\n").split(['\n', '\r']).enumerate() {
        let (line, trimmed) = (index + 1, raw.trim_matches(is_space));
        if trimmed.is_empty() || trimmed.starts_with(['#', ';']) {
            continue;
        }
        let own_indent = raw.chars().take_while(|letter| is_space(*letter)).count();
        let last = sections.last_mut().and_then(|section| section.entries.last_mut());
        if let Some(entry) = last.filter(|_| goes_on && own_indent > indent) {
            entry.lines.push((trimmed.to_owned(), line));
            continue;
        }
        (indent, goes_on) = (own_indent, false);
        if let Some(name) = trimmed.strip_prefix('[') {
            let name = name.split_once(']').ok_or((line, "the section's name is not closed with `]`".to_owned()))?.0;
            sections.push(Section { name: name.to_owned(), entries: Vec::new() });
            continue;
        }
        let section = sections.last_mut().ok_or((line, "a key stands before the first section".to_owned()))?;
        let (key, value) = trimmed.split_once(['=', ':']).map_or((trimmed, None), |(key, value)| (key, Some(value)));
        let value = value.map(|value| value.trim_matches(is_space));
        let lines = value.filter(|value| !value.is_empty()).map(|value| (value.to_owned(), line));
        let (key, is_bare) = (key.trim_matches(is_space).to_owned(), value.is_none());
        section.entries.push(Entry { key, lines: lines.into_iter().collect(), line, is_bare });
        goes_on = true;
    }
    Ok(sections)
}

impl Section {
    /// The entry with this key; dashes count as underscores, as setuptools has it.
    pub(crate) fn get(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().rev().find(|entry| entry.name() == key)
    }
}

impl Entry {
    /// The key in lower case with underscores.
    pub(crate) fn name(&self) -> String {
        self.key.to_lowercase().replace('-', "_")
    }

    /// The value as one text.
    pub(crate) fn text(&self) -> String {
        let lines: Vec<&str> = self.lines.iter().map(|(line, _)| line.as_str()).collect();
        lines.join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_may_go_on_over_indented_lines() {
        let sections = parse("[options]\ninstall_requires =\n    a>=1\n    # not this\n    b\nzip-safe: no\n").unwrap();
        let requires = sections[0].get("install_requires").unwrap();
        assert_eq!(requires.lines, [("a>=1".into(), 3), ("b".into(), 5)]);
        assert_eq!(sections[0].get("zip_safe").unwrap().text(), "no");
    }

    #[test]
    fn a_key_outside_a_section_and_an_open_section_are_errors() {
        assert_eq!(parse("a = 1\n").unwrap_err().0, 1);
        assert_eq!(parse("\n[a\n").unwrap_err().0, 2);
        assert_eq!(parse("\u{feff}[a]\n").unwrap_err(), (1, MARKED.to_owned()));
    }

    #[test]
    fn a_line_goes_on_with_a_value_only_if_it_is_indented_more_than_its_key() {
        let sections = parse("[a]\n  one = 1\n  two: 2\n    3\r  four = 4\r\n\u{1c}five\n").unwrap();
        let found: Vec<_> =
            sections[0].entries.iter().map(|entry| (entry.key.as_str(), entry.text(), entry.line)).collect();
        let expected = [
            ("one", "1".to_owned(), 2),
            ("two", "2\n3".to_owned(), 3),
            ("four", "4".to_owned(), 5),
            ("five", String::new(), 6),
        ];
        assert_eq!(found, expected);
        assert!(sections[0].entries[3].is_bare && !sections[0].entries[2].is_bare);
    }
}
