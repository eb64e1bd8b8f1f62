//! Values written out in Python code or in `setup.cfg`, each with its line.

/// A value and the line it begins on.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Literal {
    /// The line, from 1.
    pub(crate) line: usize,
    /// The value.
    pub(crate) value: Value,
}

/// What can be read without running anything.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    /// A string.
    Text(String),
    /// A number or a boolean, as written.
    Plain(String),
    /// A list, tuple or set.
    List(Vec<Literal>),
    /// A dictionary with strings as keys.
    Table(Vec<(String, Literal)>),
    /// A call of a function that is known by name only, with its keyword arguments.
    Call(String, Vec<(String, Literal)>),
}

impl Literal {
    /// How much it takes to keep, as a number of values; `None` where it is nested deeper than this.
    pub(crate) fn size(&self, deepest: usize) -> Option<usize> {
        let add = |sum: usize, literal: &Self| Some(sum + literal.size(deepest.checked_sub(1)?)?);
        match &self.value {
            Value::Text(text) | Value::Plain(text) => Some(1 + text.len() / 16),
            Value::List(items) => items.iter().try_fold(1, add),
            Value::Table(entries) | Value::Call(_, entries) => entries.iter().map(|(_, value)| value).try_fold(1, add),
        }
    }

    /// The text, if it is one.
    pub(crate) fn text(&self) -> Option<&str> {
        if let Value::Text(text) = &self.value { Some(text) } else { None }
    }

    /// The strings: those of a list, or the lines of a text, as setuptools takes both. `None` for anything else.
    pub(crate) fn texts(&self) -> Option<Vec<(String, usize)>> {
        match &self.value {
            Value::List(items) => items.iter().map(|item| Some((item.text()?.to_owned(), item.line))).collect(),
            Value::Text(text) => Some(
                text.lines()
                    .enumerate()
                    .map(|(index, line)| (line.trim().to_owned(), self.line + index))
                    .filter(|(line, _)| !line.is_empty() && !line.starts_with('#'))
                    .collect(),
            ),
            _ => None,
        }
    }

    /// The entries, if this is a dictionary.
    pub(crate) fn entries(&self) -> Option<&[(String, Literal)]> {
        if let Value::Table(entries) = &self.value { Some(entries) } else { None }
    }

    /// The value of a key, if this is a dictionary that has it.
    pub(crate) fn get(&self, key: &str) -> Option<&Literal> {
        self.entries()?.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }
}
