//! A page: rows of text of which some can be chosen. Every screen is one, so scrolling, clicking, the cursor and the
//! linear mode are written once.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

use super::action::Action;
use super::theme::{Role, Theme};
use crate::show::folded;
use packwright_core::words::plain;

/// Columns between the edge and the text; the cursor stands in them.
pub const MARGIN: u16 = 2;

/// One row.
#[derive(Debug, Clone, Default)]
pub struct Row {
    /// Its text.
    pub line: Line<'static>,
    /// The item it belongs to.
    pub item: Option<usize>,
    /// Columns from, columns to, and what a click between them does.
    pub hits: Vec<(u16, u16, Action)>,
    /// The column of the caret, where something is typed into it.
    pub caret: Option<usize>,
}

/// Rows, and what the items among them do.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// All rows.
    pub rows: Vec<Row>,
    /// What `enter` does on each item.
    pub items: Vec<Action>,
    theme: Option<Theme>,
}

/// Cursor and first row of a screen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Place {
    /// The item with the cursor.
    pub focus: usize,
    /// The first row that is shown.
    pub scroll: usize,
    /// Whether the user has scrolled on from the cursor; otherwise the cursor is kept in sight.
    pub is_away: bool,
}

/// Where on the screen a click does something.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// Where.
    pub area: Rect,
    /// What.
    pub action: Action,
}

impl Page {
    /// An empty page in a theme.
    pub fn new(theme: Theme) -> Self {
        Self { theme: Some(theme), ..Self::default() }
    }

    fn style(&self, role: Role) -> Style {
        self.theme.map_or_else(Style::default, |theme| theme.style(role))
    }

    /// Text of a role, filtered.
    pub fn span(&self, role: Role, text: &str) -> Span<'static> {
        Span::styled(plain(text).into_owned(), self.style(role))
    }

    /// A line of several pieces.
    pub fn pieces(&self, pieces: &[(Role, &str)]) -> Line<'static> {
        Line::from(pieces.iter().map(|(role, text)| self.span(*role, text)).collect::<Vec<_>>())
    }

    /// Adds a row.
    pub fn line(&mut self, line: Line<'static>) {
        self.rows.push(Row { line, ..Row::default() });
    }

    /// Adds a row of several pieces.
    pub fn row(&mut self, pieces: &[(Role, &str)]) {
        let line = self.pieces(pieces);
        self.line(line);
    }

    /// Adds an empty row.
    pub fn blank(&mut self) {
        self.rows.push(Row::default());
    }

    /// Adds a text, broken between words.
    pub fn text(&mut self, role: Role, text: &str, width: u16) {
        self.indented(role, text, "", width);
    }

    /// Adds a text, broken between words and in those that are too long, with something before its first line; the others
    /// stand under it.
    pub fn indented(&mut self, role: Role, text: &str, before: &str, width: u16) {
        let under = " ".repeat(before.width());
        let lines = folded(&plain(text), usize::from(width).saturating_sub(before.width()).max(8));
        for (index, line) in lines.iter().enumerate() {
            self.row(&[(Role::Dim, if index == 0 { before } else { &under }), (role, line)]);
        }
    }

    /// Adds two pages side by side, the right one from this column on. Items may be in the left one only.
    pub fn columns(&mut self, left: Self, right: Self, column: u16) {
        let shift = self.items.len();
        let height = left.rows.len().max(right.rows.len());
        let mut rights = right.rows.into_iter();
        let mut lefts = left.rows.into_iter();
        self.items.extend(left.items);
        for _ in 0..height {
            let mut row = lefts.next().unwrap_or_default();
            row.item = row.item.map(|item| item + shift);
            if let Some(beside) = rights.next() {
                let gap = usize::from(column).saturating_sub(row.line.width());
                row.line.push_span(Span::raw(" ".repeat(gap)));
                row.line.spans.extend(beside.line.spans);
                row.hits.extend(beside.hits.into_iter().map(|(from, to, action)| (from + column, to + column, action)));
            }
            self.rows.push(row);
        }
    }

    /// Adds a heading over a hairline.
    pub fn heading(&mut self, title: &str, width: u16) {
        let rest = usize::from(width).saturating_sub(title.width() + 1);
        self.row(&[(Role::Strong, title), (Role::Text, " "), (Role::Rule, &"─".repeat(rest))]);
    }

    /// Adds a row that can be chosen, and gives the number of its item.
    pub fn item(&mut self, line: Line<'static>, action: Action) -> usize {
        self.items.push(action);
        let item = Some(self.items.len() - 1);
        self.rows.push(Row { line, item, ..Row::default() });
        self.items.len() - 1
    }

    /// Adds another row to the last item.
    pub fn more(&mut self, line: Line<'static>) {
        let item = self.items.len().checked_sub(1);
        self.rows.push(Row { line, item, ..Row::default() });
    }

    /// Puts the caret into the last row, at this column.
    pub fn caret(&mut self, column: usize) {
        if let Some(row) = self.rows.last_mut() {
            row.caret = Some(column);
        }
    }

    /// Adds the rows of another page below.
    pub fn append(&mut self, other: Self) {
        let shift = self.items.len();
        self.items.extend(other.items);
        self.rows.extend(other.rows.into_iter().map(|row| Row { item: row.item.map(|item| item + shift), ..row }));
    }

    /// The first and the last row of an item.
    fn extent(&self, item: usize) -> Option<(usize, usize)> {
        let first = self.rows.iter().position(|row| row.item == Some(item))?;
        let last = self.rows.iter().rposition(|row| row.item == Some(item))?;
        Some((first, last))
    }

    /// The first row to show, so that the item with the cursor is seen and the page stays full.
    pub fn offset(&self, focus: usize, scroll: usize, height: usize) -> usize {
        let most = self.rows.len().saturating_sub(height);
        let Some((first, last)) = self.extent(focus) else { return scroll.min(most) };
        // Above the first item stands what explains it.
        let first = if focus == 0 { 0 } else { first };
        let mut offset = scroll;
        if last + 1 > offset + height {
            offset = last + 1 - height.min(last + 1);
        }
        if first < offset {
            offset = first;
        }
        offset.min(most)
    }

    /// The first row to show of a page that only the cursor scrolls: with the last item also what stands behind it is
    /// seen.
    pub fn offset_to_end(&self, cursor: Option<usize>, height: usize) -> usize {
        let offset = self.offset(cursor.unwrap_or(usize::MAX), 0, height);
        match cursor.filter(|cursor| cursor + 1 == self.items.len()).and_then(|cursor| self.extent(cursor)) {
            Some((first, _)) => first.min(self.rows.len().saturating_sub(height)).max(offset),
            None => offset,
        }
    }

    /// Whether every row of an item is among those shown. What stands at the side always is.
    pub fn is_seen(&self, item: usize, scroll: usize, height: usize) -> bool {
        self.extent(item).is_none_or(|(first, last)| first >= scroll && last < scroll + height)
    }

    /// Whether going to an item would pass over rows that were not shown.
    pub fn is_far(&self, item: usize, scroll: usize, height: usize) -> bool {
        let far = |(first, last)| last >= scroll + 2 * height || first + height < scroll;
        self.extent(item).is_some_and(far)
    }

    /// The first row to show at a place: where the user has scrolled to, or so that the cursor is seen.
    pub fn scrolled(&self, place: Place, focus: usize, height: usize) -> usize {
        if place.is_away {
            return place.scroll.min(self.rows.len().saturating_sub(height));
        }
        self.offset(focus, place.scroll, height)
    }

    /// Draws what fits, and adds where clicks do something. Gives the place of the caret, if it is there.
    pub fn draw(
        &self,
        area: Rect,
        buffer: &mut Buffer,
        cursor: Option<usize>,
        offset: usize,
        hits: &mut Vec<Hit>,
    ) -> Option<Position> {
        if area.width <= MARGIN || area.height == 0 {
            return None;
        }
        let width = area.width - MARGIN;
        let mut caret = None;
        for (y, row) in (area.y..area.bottom()).zip(self.rows.iter().skip(offset)) {
            buffer.set_line(area.x + MARGIN, y, &row.line, width);
            if text_width(&row.line) > usize::from(width) {
                buffer.set_stringn(area.right() - 1, y, "…", 1, self.style(Role::Dim));
            }
            if let Some(column) = row.caret {
                let x = (area.x + MARGIN).saturating_add(u16::try_from(column).unwrap_or(u16::MAX));
                caret = Some(Position { x: x.min(area.right() - 1), y });
            }
            if let Some(item) = row.item {
                if cursor == Some(item) {
                    buffer.set_stringn(area.x + 1, y, "▌", 1, self.style(Role::Accent));
                }
                let whole = Rect { x: area.x, y, width: area.width, height: 1 };
                hits.push(Hit { area: whole, action: Action::Click(item) });
            }
            for (from, to, action) in &row.hits {
                let x = (area.x + MARGIN).saturating_add(*from);
                if x < area.right() {
                    let part = Rect { x, y, width: (to - from).min(area.right() - x), height: 1 };
                    hits.push(Hit { area: part, action: action.clone() });
                }
            }
        }
        self.mark_more(area, buffer, offset);
        caret
    }

    /// Says at the edge that there is more above or below.
    fn mark_more(&self, area: Rect, buffer: &mut Buffer, offset: usize) {
        let right = area.right() - 1;
        if offset > 0 {
            buffer.set_stringn(right, area.y, "↑", 1, self.style(Role::Dim));
        }
        if self.rows.len() > offset + usize::from(area.height) {
            buffer.set_stringn(right, area.bottom() - 1, "↓", 1, self.style(Role::Dim));
        }
    }

    /// The page as plain text, for the linear mode.
    pub fn plain_text(&self) -> String {
        let line = |row: &Row| row.line.spans.iter().map(|span| span.content.as_ref()).collect::<String>();
        self.rows.iter().map(|row| line(row).trim_end().to_owned() + "\n").collect()
    }
}

/// Columns of a line without the spaces behind it.
fn text_width(line: &Line) -> usize {
    let mut width = 0;
    let mut text = 0;
    for span in &line.spans {
        let shown = span.content.trim_end();
        if !shown.is_empty() {
            text = width + shown.width();
        }
        width += span.content.width();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(rows: usize) -> Page {
        let mut page = Page::default();
        page.blank();
        for number in 0..rows {
            page.item(Line::from(format!("row {number}")), Action::Back);
        }
        page
    }

    #[test]
    fn the_item_with_the_cursor_is_always_seen() {
        let page = page(50);
        for focus in 0..50 {
            for scroll in [0, 10, 99] {
                let offset = page.offset(focus, scroll, 7);
                assert!((offset..offset + 7).contains(&(focus + 1)), "{focus} {scroll} {offset}");
            }
        }
        assert_eq!(page.offset(0, 30, 7), 0, "with the first item the head of the page is seen");
    }

    #[test]
    fn what_stands_behind_the_last_item_is_seen_with_it() {
        let mut page = page(5);
        (0..4).for_each(|_| page.blank());
        assert_eq!(page.offset_to_end(Some(4), 6), 4, "the last row of ten is the sixth that is shown");
        assert_eq!(page.offset_to_end(Some(4), 3), 5, "but never without the item");
        assert_eq!((page.offset_to_end(Some(1), 6), page.offset_to_end(None, 6)), (0, 0));
    }

    #[test]
    fn a_page_never_draws_outside_its_area() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 20, 4));
        let mut page = page(9);
        page.item(Line::from("東京の天気はどうですか東京の天気"), Action::Back);
        for (width, height) in [(0, 0), (1, 1), (3, 2), (20, 4)] {
            page.draw(Rect::new(0, 0, width, height), &mut buffer, Some(9), 6, &mut Vec::new());
        }
    }

    #[test]
    fn what_is_cut_has_a_sign_and_blanks_are_not_missed() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 10, 2));
        let mut page = Page::default();
        page.line(Line::from("12345678"));
        page.line(Line::from("12345678 "));
        page.draw(Rect::new(0, 0, 10, 2), &mut buffer, None, 0, &mut Vec::new());
        assert!((0..2).all(|y| buffer[(9, y)].symbol() == "8"));
        page.rows[1].line = Line::from("123456789");
        page.draw(Rect::new(0, 0, 10, 2), &mut buffer, None, 0, &mut Vec::new());
        assert_eq!(buffer[(9, 1)].symbol(), "…");
    }

    #[test]
    fn a_word_that_is_too_long_goes_on_below() {
        let mut page = Page::default();
        page.indented(Role::Text, "0123456789abcdef", "x  ", 13);
        assert_eq!(page.plain_text(), "x  0123456789\n   abcdef\n");
    }

    #[test]
    fn what_a_project_calls_itself_cannot_break_a_row() {
        let page = Page::default();
        assert_eq!(page.span(Role::Text, "a\u{1b}[2J\nb").content, "a b");
    }
}
