//! Columns that line up, whatever script they are written in.

use packwright_core::words::plain;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::{Paint, Style};

/// One cell: its text, and how it looks.
#[derive(Debug, Clone)]
pub struct Cell {
    text: String,
    paint: Paint,
}

/// Rows of cells. Every column but the last is as wide as its widest cell; the last one is wrapped.
#[derive(Debug, Clone, Default)]
pub struct Table {
    rows: Vec<Vec<Cell>>,
}

/// The narrowest column that is still wrapped; with less room, long text runs over the edge.
const NARROWEST: usize = 20;

impl Cell {
    /// Text with a look.
    pub fn new(paint: Paint, text: impl AsRef<str>) -> Self {
        Self { text: plain(text.as_ref()).into_owned(), paint }
    }
}

impl<T: AsRef<str>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self::new(Paint::Plain, text)
    }
}

impl Table {
    /// Adds a row.
    pub fn row<const N: usize>(&mut self, cells: [Cell; N]) {
        self.rows.push(cells.into());
    }

    /// Whether no row was added.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The lines, each with this many spaces before it.
    pub fn render(&self, style: Style, indent: usize) -> String {
        let widths = self.widths();
        self.rows.iter().map(|row| render_row(style, row, &widths, indent)).collect()
    }

    fn widths(&self) -> Vec<usize> {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or_default();
        let width = |column: usize| {
            // The last cell of a row may run on, so it makes no column wide.
            let inner = self.rows.iter().filter(|row| row.len() > column + 1);
            inner.map(|row| row[column].text.width()).max().unwrap_or_default()
        };
        (0..columns).map(width).collect()
    }
}

fn render_row(style: Style, row: &[Cell], widths: &[usize], indent: usize) -> String {
    let Some((last, head)) = row.split_last() else { return String::new() };
    let mut line = " ".repeat(indent);
    let mut column = indent;
    for (cell, width) in head.iter().zip(widths) {
        line.push_str(&style.paint(cell.paint, &cell.text));
        line.push_str(&" ".repeat(width.saturating_sub(cell.text.width()) + 2));
        column += width + 2;
    }
    let room = style.width.saturating_sub(column).max(NARROWEST);
    let mut lines = wrapped(&last.text, room).into_iter();
    line.push_str(&style.paint(last.paint, &lines.next().unwrap_or_default()));
    let mut text = format!("{}\n", line.trim_end());
    for more in lines {
        text.push_str(&" ".repeat(column));
        text.push_str(&style.paint(last.paint, &more));
        text.push('\n');
    }
    text
}

/// The text in lines of at most this many columns, broken at spaces; a longer word keeps its line.
pub fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = vec![String::new()];
    for word in plain(text).split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if line.width() + 1 + word.width() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Like [`wrapped`], but a longer word is broken too: for screens, which cannot be scrolled sideways.
pub fn folded(text: &str, width: usize) -> Vec<String> {
    wrapped(text, width).iter().flat_map(|line| cut(line, width)).collect()
}

/// The text in parts of at most this many columns, broken anywhere.
pub fn cut(text: &str, width: usize) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut used = 0;
    for c in plain(text).chars() {
        let columns = c.width().unwrap_or_default();
        if used + columns > width && used > 0 {
            parts.push(String::new());
            used = 0;
        }
        if let Some(part) = parts.last_mut() {
            part.push(c);
        }
        used += columns;
    }
    parts
}

/// The text in one line of at most this many columns; what does not fit is shown as `…`.
pub fn shortened(text: &str, width: usize) -> String {
    let text = plain(text);
    if text.width() <= width {
        return text.into_owned();
    }
    let mut short = String::new();
    for c in text.chars() {
        if short.width() + c.width().unwrap_or_default() + 1 > width {
            break;
        }
        short.push(c);
    }
    short + "…"
}

#[cfg(test)]
mod tests {
    use super::*;

    const STYLE: Style = Style { colour: false, width: 30 };

    #[test]
    fn columns_line_up_in_every_script() {
        let mut table = Table::default();
        table.row(["name".into(), "one".into()]);
        table.row(["東京".into(), "two".into()]);
        table.row(["é".into(), "three".into()]);
        assert_eq!(table.render(STYLE, 2), "  name  one\n  東京  two\n  é     three\n");
    }

    #[test]
    fn the_last_column_is_wrapped_under_itself() {
        let mut table = Table::default();
        table.row(["key".into(), "a text that does not fit on one line".into()]);
        assert_eq!(table.render(STYLE, 0), "key  a text that does not fit\n     on one line\n");
    }

    #[test]
    fn a_word_longer_than_the_line_is_not_cut() {
        assert_eq!(wrapped("an unbreakablelongword here", 8), ["an", "unbreakablelongword", "here"]);
    }

    #[test]
    fn a_word_longer_than_the_screen_goes_on_below() {
        assert_eq!(folded("an unbreakablelongword here", 8), ["an", "unbreaka", "blelongw", "ord", "here"]);
        assert_eq!(folded("東京の天気", 5), ["東京", "の天", "気"]);
        assert_eq!(folded("", 5), [""]);
    }

    #[test]
    fn a_line_that_must_not_wrap_is_shortened_by_columns() {
        assert_eq!(shortened("abc", 3), "abc");
        assert_eq!(shortened("東京の天気", 6), "東京…");
    }

    #[test]
    fn a_newline_in_a_cell_cannot_make_a_line_of_its_own() {
        let mut table = Table::default();
        table.row(["a\nb".into(), "c\u{1b}[2Jd".into()]);
        assert_eq!(table.render(STYLE, 0), "a b  cd\n");
    }
}
