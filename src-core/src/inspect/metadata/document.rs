//! A TOML file that remembers where its values stand.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::facts::{Evidence, Source};
use crate::inspect::InspectError;
use crate::inspect::tree::{MARK, MARKED};

/// The largest text that is parsed, in bytes.
const LARGEST: usize = 2 << 20;

/// Most entries of one table, and elements of one array, that are read.
const MOST: usize = 5_000;

/// A parsed TOML file.
#[derive(Debug)]
pub(crate) struct Document<'t> {
    path: String,
    lines: Lines,
    /// Lines of the file before the text, for one that is part of another file.
    before: usize,
    root: DeValue<'t>,
}

/// A value of a [`Document`] with its key and its place; a cheap view.
#[derive(Debug, Clone)]
pub(crate) struct Item<'d> {
    document: &'d Document<'d>,
    /// Dotted key from the root, as messages name it; empty for the root.
    key: String,
    line: usize,
    value: &'d DeValue<'d>,
}

/// Byte offsets of the line starts of a text.
#[derive(Debug)]
pub(crate) struct Lines(Vec<usize>);

impl Lines {
    /// Finds the lines of a text.
    pub(crate) fn of(text: &str) -> Self {
        let after_breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        Self(std::iter::once(0).chain(after_breaks).collect())
    }

    /// The line with this byte, from 1.
    pub(crate) fn line(&self, offset: usize) -> usize {
        self.0.partition_point(|start| *start <= offset)
    }

    /// Line and column of this byte, both from 1; the column counts characters.
    pub(crate) fn place(&self, text: &str, offset: usize) -> (usize, usize) {
        let line = self.line(offset);
        let start = self.0.get(line.saturating_sub(1)).copied().unwrap_or_default();
        let column = text.get(start..offset).map_or(0, |before| before.chars().count());
        (line, column + 1)
    }
}

impl<'t> Document<'t> {
    /// Parses a text; the path is only named in messages and sources.
    pub(crate) fn parse(path: &str, text: &'t str) -> Result<Self, InspectError> {
        Self::parse_from(path, text, 1)
    }

    /// Parses a text that stands in another file and begins there at a line.
    pub(crate) fn parse_from(path: &str, text: &'t str, first: usize) -> Result<Self, InspectError> {
        if text.len() > LARGEST {
            let what = format!("it has {} bytes, and up to {LARGEST} are read", text.len());
            return Err(InspectError::TooLarge { path: path.to_owned(), what });
        }
        let lines = Lines::of(text);
        let before = first.saturating_sub(1);
        let failed = |offset: usize, message: &str| {
            let (line, column) = lines.place(text, offset);
            InspectError::Parse { path: path.to_owned(), line: line + before, column, message: message.to_owned() }
        };
        if text.starts_with(MARK) {
            return Err(failed(0, MARKED));
        }
        // Reading replaces what cannot be decoded; TOML must be UTF-8.
        if let Some(offset) = text.find(char::REPLACEMENT_CHARACTER) {
            return Err(failed(offset, "it is not UTF-8"));
        }
        match DeTable::parse(text) {
            Ok(table) => Ok(Self { path: path.to_owned(), lines, before, root: DeValue::Table(table.into_inner()) }),
            Err(error) => Err(failed(error.span().map_or(0, |span| span.start), error.message())),
        }
    }

    fn line(&self, offset: usize) -> usize {
        self.lines.line(offset) + self.before
    }

    /// The table that holds everything.
    pub(crate) fn root(&self) -> Item<'_> {
        Item { document: self, key: String::new(), line: 1, value: &self.root }
    }
}

impl<'d> Item<'d> {
    /// The value of a key; `None` where it is absent or this is no table.
    pub(crate) fn get(&self, key: &str) -> Option<Self> {
        let (name, value) = self.value.as_table()?.get_key_value(key)?;
        Some(self.child(key, name.span().start, value))
    }

    /// The value at the end of a path of keys.
    pub(crate) fn find(&self, path: &[&str]) -> Option<Self> {
        path.iter().try_fold(self.clone(), |item, key| item.get(key))
    }

    /// Keys and values of a table, as written.
    pub(crate) fn entries(&self) -> Result<Vec<(&'d str, Self)>, InspectError> {
        let table = self.value.as_table().ok_or_else(|| self.expected("a table"))?;
        self.at_most(table.len())?;
        Ok(table
            .iter()
            .map(|(key, value)| {
                let name = key.get_ref().as_ref();
                (name, self.child(name, key.span().start, value))
            })
            .collect())
    }

    /// The elements of an array.
    pub(crate) fn elements(&self) -> Result<Vec<Self>, InspectError> {
        let array = self.value.as_array().ok_or_else(|| self.expected("an array"))?;
        self.at_most(array.len())?;
        Ok(array
            .iter()
            .map(|value| Item {
                document: self.document,
                key: self.key.clone(),
                line: self.document.line(value.span().start),
                value: value.get_ref(),
            })
            .collect())
    }

    /// The text of a string.
    pub(crate) fn text(&self) -> Result<&'d str, InspectError> {
        self.value.as_str().ok_or_else(|| self.expected("a string"))
    }

    /// The strings of an array.
    pub(crate) fn texts(&self) -> Result<Vec<String>, InspectError> {
        self.elements()?.iter().map(|element| element.text().map(str::to_owned)).collect()
    }

    /// The text, if this is a string.
    pub(crate) fn as_text(&self) -> Option<&'d str> {
        self.value.as_str()
    }

    /// The value, if this is a boolean.
    pub(crate) fn as_bool(&self) -> Option<bool> {
        self.value.as_bool()
    }

    /// Whether this is a table.
    pub(crate) fn is_table(&self) -> bool {
        self.value.is_table()
    }

    /// Whether this is an array.
    pub(crate) fn is_array(&self) -> bool {
        self.value.is_array()
    }

    /// Dotted key from the root.
    pub(crate) fn key(&self) -> &str {
        &self.key
    }

    /// Where it stands.
    pub(crate) fn source(&self) -> Source {
        Source::line(&self.document.path, self.line)
    }

    /// A value read from here.
    pub(crate) fn evidence<T>(&self, value: T) -> Evidence<T> {
        Evidence { value, source: self.source() }
    }

    /// An error about this value; the message continues after the key, as in "must be a string".
    pub(crate) fn invalid(&self, what: &str) -> InspectError {
        let message =
            if self.key.is_empty() { what.to_owned() } else { format!("line {}: `{}` {what}", self.line, self.key) };
        InspectError::Invalid { path: self.document.path.clone(), message }
    }

    /// An error about how much there is of this value; the message continues after the key.
    pub(crate) fn too_large(&self, what: &str) -> InspectError {
        let what = format!("line {}: `{}` {what}", self.line, self.key);
        InspectError::TooLarge { path: self.document.path.clone(), what }
    }

    fn at_most(&self, entries: usize) -> Result<(), InspectError> {
        if entries > MOST {
            return Err(self.too_large(&format!("has {entries} entries, and up to {MOST} are read")));
        }
        Ok(())
    }

    /// An error about a required key that this table lacks.
    pub(crate) fn lacks(&self, key: &str) -> InspectError {
        InspectError::Incomplete { path: self.document.path.clone(), table: self.key.clone(), key: key.to_owned() }
    }

    fn expected(&self, shape: &str) -> InspectError {
        self.invalid(&format!("is {}, but {shape} was expected", article(self.value.type_str())))
    }

    fn child(&self, key: &str, offset: usize, value: &'d Spanned<DeValue<'d>>) -> Self {
        let key = if self.key.is_empty() { key.to_owned() } else { format!("{}.{key}", self.key) };
        Item { document: self.document, key, line: self.document.line(offset), value: value.get_ref() }
    }
}

fn article(noun: &str) -> String {
    let article = if noun.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    format!("{article} {noun}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_know_their_line() {
        let document =
            Document::parse("a.toml", "# head\n[project]\nname = 'x'\ndeps = [\n  'a',\n  'b',\n]\n").unwrap();
        let project = document.root().get("project").unwrap();
        assert_eq!(project.get("name").unwrap().source(), Source::line("a.toml", 3));
        let lines: Vec<usize> = project.get("deps").unwrap().elements().unwrap().iter().map(|item| item.line).collect();
        assert_eq!(lines, [5, 6]);
    }

    #[test]
    fn broken_toml_names_line_and_column() {
        let error = Document::parse("pyproject.toml", "[project]\nname = é\n").unwrap_err().to_string();
        assert!(error.starts_with("`pyproject.toml` cannot be parsed: line 2, column 8: "), "{error}");
    }

    #[test]
    fn what_is_too_large_is_named_with_the_limit() {
        let array = |many: usize| format!("[project]\ndependencies = [{}]\n", "'a',".repeat(many));
        let text = array(5_001);
        let document = Document::parse("pyproject.toml", &text).unwrap();
        assert_eq!(
            document.root().find(&["project", "dependencies"]).unwrap().elements().unwrap_err().to_string(),
            "`pyproject.toml` is too large: line 2: `project.dependencies` has 5001 entries, and up to 5000 are read"
        );
        assert_eq!(
            Document::parse("pyproject.toml", &array(1 << 20)).unwrap_err().to_string(),
            "`pyproject.toml` is too large: it has 4194332 bytes, and up to 2097152 are read"
        );
    }

    #[test]
    fn a_byte_order_mark_is_named_whatever_its_encoding() {
        let text = "[project]\nname = 'a'\nversion = '1'\n";
        let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        for bytes in [[b"\xef\xbb\xbf".as_slice(), text.as_bytes()].concat(), [b"\xff\xfe".as_slice(), &wide].concat()]
        {
            let folder = tempfile::tempdir().unwrap();
            std::fs::write(folder.path().join("pyproject.toml"), bytes).unwrap();
            assert_eq!(
                crate::inspect::read(folder.path()).unwrap_err().to_string(),
                "`pyproject.toml` cannot be parsed: line 1, column 1: it begins with a byte-order mark, which build \
                 backends refuse; save it as UTF-8 without one"
            );
        }
    }

    #[test]
    fn a_value_of_another_type_names_its_key() {
        let document = Document::parse("pyproject.toml", "[project]\nname = 3\n").unwrap();
        let error = document.root().find(&["project", "name"]).unwrap().text().unwrap_err();
        assert_eq!(
            error.to_string(),
            "`pyproject.toml` is not valid: line 2: `project.name` is an integer, but a string was expected"
        );
    }
}
