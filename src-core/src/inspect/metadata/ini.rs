//! Files in the format of Python's `configparser`, as `setup.cfg` is, with the line of every value.

use super::document::MARKED;
use crate::inspect::tree::MARK;

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
}

/// Reads a text; the error is a line and a message.
pub(crate) fn parse(text: &str) -> Result<Vec<Section>, (usize, String)> {
    let mut sections: Vec<Section> = Vec::new();
    if text.starts_with(MARK) {
        return Err((1, MARKED.to_owned()));
    }
    for (index, raw) in text.lines().enumerate() {
        let (line, trimmed) = (index + 1, raw.trim());
        if trimmed.is_empty() || trimmed.starts_with(['#', ';']) {
            continue;
        }
        let continues = raw.starts_with([' ', '\t']);
        if let Some(entry) = sections.last_mut().and_then(|section| section.entries.last_mut())
            && continues
        {
            entry.lines.push((trimmed.to_owned(), line));
            continue;
        }
        if let Some(name) = trimmed.strip_prefix('[') {
            let name = name.split_once(']').ok_or((line, "the section's name is not closed with `]`".to_owned()))?.0;
            sections.push(Section { name: name.trim().to_owned(), entries: Vec::new() });
            continue;
        }
        let section = sections.last_mut().ok_or((line, "a key stands before the first section".to_owned()))?;
        let (key, value) = trimmed.split_once(['=', ':']).unwrap_or((trimmed, ""));
        let value = value.trim();
        let lines = if value.is_empty() { Vec::new() } else { vec![(value.to_owned(), line)] };
        section.entries.push(Entry { key: key.trim().to_owned(), lines, line });
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
}
