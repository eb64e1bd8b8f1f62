//! The log of a build: a heading with what is shown of it, and its lines.

use packwright_core::engine::log::Stream;
use packwright_core::event::BuildId;
use packwright_core::problem::count;
use packwright_core::words::{self, plain};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

use crate::show::shortened;
use crate::ui::action::Field;
use crate::ui::model::Model;
use crate::ui::page::Page;
use crate::ui::sgr;
use crate::ui::text;
use crate::ui::theme::{Depth, Role};
use packwright_core::session::logs::{Entry, Filter, places};

/// Columns before a line, for the sign of its stream.
pub const MARK: usize = 2;
/// The narrowest name of a file that says anything.
const NAME: usize = 16;

/// Adds the heading and the lines that fit.
pub fn add(page: &mut Page, model: &Model, id: BuildId, width: u16) {
    heading(page, model, id, usize::from(width));
    let room = super::log_room(model);
    let (entries, above) = model.logs.window(id, room);
    if entries.is_empty() {
        let nothing = match model.logs.of(id) {
            None => "nothing was printed yet",
            Some(log) if log.dropped() == log.seen() => "its lines are in the file; o opens it",
            Some(_) => "no line fits this filter",
        };
        page.row(&[(Role::Dim, nothing)]);
    }
    let lines = entries.into_iter().flat_map(|entry| rows(page, model, id, entry, room.columns)).skip(above);
    for line in lines.take(room.rows).collect::<Vec<_>>() {
        page.line(line);
    }
}

fn heading(page: &mut Page, model: &Model, id: BuildId, width: usize) {
    let filter = match model.logs.filter() {
        Filter::All => "all",
        Filter::Output => "output",
        Filter::Errors => "errors",
        Filter::Found => "found lines",
    };
    let state = if model.logs.follows(id) { "following ✓" } else { "f follows" };
    let mut title = format!("Log  {filter}{}  {}", step(model, id), lines(model, id));
    let input = model.input(&Field::Search);
    let mut caret = None;
    if input.is_some() || !model.logs.sought().is_empty() {
        title.push_str("  /");
        let room = width.saturating_sub(title.width() + state.width() + 3).max(8);
        let typed = input.map(|input| text::typed(input, room));
        caret = typed.as_ref().map(|(_, column)| title.width() + column);
        title.push_str(&typed.map_or_else(|| shortened(model.logs.sought(), room), |(typed, _)| typed));
    }
    let file = model.logs.file(id, super::log_room(model));
    let file = file.map(|file| model.shown(file)).unwrap_or_default();
    let room = width.saturating_sub(title.width() + state.width() + 6);
    let file = if room < NAME { String::new() } else { words::middle(&file, room) };
    let gap = if file.is_empty() { "" } else { "  " };
    let rest = width.saturating_sub(title.width() + gap.len() + file.width() + state.width() + 2);
    page.row(&[
        (Role::Strong, &title),
        (Role::Dim, gap),
        (Role::Dim, &file),
        (Role::Rule, &format!(" {} ", "─".repeat(rest))),
        (Role::Dim, state),
    ]);
    if let Some(column) = caret {
        page.caret(column);
    }
}

/// The step whose lines are shown alone.
fn step(model: &Model, id: BuildId) -> String {
    let Some(step) = model.logs.step(id) else { return String::new() };
    let steps = model.view.builds.get(&id).into_iter().flat_map(|build| &build.steps);
    steps.filter(|known| known.step == *step).map(|known| format!(" of “{}”", known.title)).collect()
}

/// How many lines there are, how many of them are left by the filter, and how many are in the file only.
fn lines(model: &Model, id: BuildId) -> String {
    let Some(log) = model.logs.of(id) else { return count(0, "line") };
    let all = count(usize::try_from(log.seen()).unwrap_or(usize::MAX), "line");
    let all = model.logs.narrowed(id).map_or_else(|| all.clone(), |some| format!("{some} of {all}"));
    match log.dropped() {
        0 => all,
        dropped => format!("{all}, the first {dropped} in the file only"),
    }
}

/// A line of the log; several when it is wrapped.
fn rows(page: &Page, model: &Model, id: BuildId, entry: &Entry, columns: usize) -> Vec<Line<'static>> {
    let sign = match entry.stream {
        Stream::Out => page.span(Role::Rule, "│ "),
        Stream::Err => page.span(Role::Dim, "▌ "),
    };
    let mut line = Line::from(sgr::spans(&entry.text, Style::default(), model.theme.depth != Depth::None));
    let found = places(&plain(&entry.text), model.logs.sought());
    if !found.is_empty() {
        line = text::marked(&line, &found, model.theme.style(Role::Found));
    }
    if entry.is_cut {
        line.push_span(page.span(Role::Dim, "…"));
    }
    let parts = if model.logs.wrap {
        text::chopped(&line, columns)
    } else {
        let rest = text::from_column(&line, model.logs.sideways(id));
        let goes_on = rest.width() > columns;
        let mut shown = if goes_on { text::chopped(&rest, columns.saturating_sub(1)) } else { vec![rest] };
        shown.truncate(1);
        if goes_on {
            shown[0].push_span(page.span(Role::Dim, "›"));
        }
        shown
    };
    let signed = |part: Line<'static>| -> Line<'static> {
        std::iter::once(sign.clone()).chain::<Vec<Span>>(part.spans).collect()
    };
    parts.into_iter().map(signed).collect()
}
