//! Small pieces of text that several screens share.

use std::ops::Range;

use packwright_core::advice::Advice;
use packwright_core::catalogue::Questionnaire;
use packwright_core::facts::Fact;
use packwright_core::problem::{Problem, Remedy};
use packwright_core::words::{plain, shell_line};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use tui_input::Input;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::action::Action;
use super::model::Model;
use super::page::Page;
use super::theme::Role;
use crate::show::{Sign, broken, cut, shortened};

/// What is typed, in so many columns around the caret, and the column of the caret.
pub fn typed(input: &Input, width: usize) -> (String, usize) {
    let at = input.value().char_indices().nth(input.cursor()).map_or(input.value().len(), |(at, _)| at);
    let (before, after) = input.value().split_at(at);
    // The caret needs a column behind the last letter too.
    let behind = (plain(after).width() + 1).min(width / 3).max(1);
    let mut shown = tail(before, width.saturating_sub(behind));
    let caret = shown.width();
    if !after.is_empty() {
        shown.push_str(&shortened(after, width.saturating_sub(caret)));
    }
    (shown, caret)
}

/// The end of a text in so many columns.
fn tail(text: &str, width: usize) -> String {
    let text = plain(text);
    if text.width() <= width {
        return text.into_owned();
    }
    let end: String = taken(text.chars().rev(), width.saturating_sub(1)).chars().rev().collect();
    format!("…{end}")
}

fn taken(chars: impl Iterator<Item = char>, width: usize) -> String {
    let mut used = 0;
    let fits = |c: &char| {
        used += c.width().unwrap_or_default();
        used <= width
    };
    chars.take_while(fits).collect()
}

/// Facts that cannot hold together, one line each, so that a slip is noticed.
pub fn contradictions(page: &mut Page, advice: &Advice, width: u16) {
    for one in &advice.contradictions {
        let facts = one.facts.join(" and ");
        let facts = one.os.map_or_else(|| facts.clone(), |os| format!("{os}: {facts}"));
        page.indented(Role::Warn, &format!("{facts} cannot hold together: {}", one.text), "! ", width);
    }
}

/// A line cut into parts of so many columns.
pub fn chopped(line: &Line<'static>, width: usize) -> Vec<Line<'static>> {
    let mut parts = vec![Line::default()];
    let mut used = 0;
    for span in &line.spans {
        let mut piece = String::new();
        for c in span.content.chars() {
            let columns = c.width().unwrap_or_default();
            if used + columns > width && used > 0 {
                push(&mut parts, &mut piece, span);
                parts.push(Line::default());
                used = 0;
            }
            piece.push(c);
            used += columns;
        }
        push(&mut parts, &mut piece, span);
    }
    parts
}

fn push(parts: &mut [Line<'static>], piece: &mut String, span: &Span<'static>) {
    if let Some(last) = parts.last_mut().filter(|_| !piece.is_empty()) {
        last.push_span(Span::styled(std::mem::take(piece), span.style));
    }
}

/// A line without its first columns.
pub fn from_column(line: &Line<'static>, column: usize) -> Line<'static> {
    let mut skipped = 0;
    let mut rest = Line::default();
    for span in &line.spans {
        let mut piece = String::new();
        for c in span.content.chars() {
            if skipped >= column {
                piece.push(c);
            } else {
                skipped += c.width().unwrap_or_default();
            }
        }
        if !piece.is_empty() {
            rest.push_span(Span::styled(piece, span.style));
        }
    }
    rest
}

/// A line whose bytes in these ranges look another way; what they looked like otherwise stays.
pub fn marked(line: &Line<'static>, ranges: &[Range<usize>], style: Style) -> Line<'static> {
    let mut result = Line::default();
    let mut at = 0;
    for span in &line.spans {
        let text = span.content.as_ref();
        let mut edges: Vec<usize> = ranges.iter().flat_map(|range| [range.start, range.end]).collect();
        edges.extend([at, at + text.len()]);
        edges.retain(|edge| (at..=at + text.len()).contains(edge));
        edges.sort_unstable();
        for part in edges.windows(2).filter(|part| part[0] < part[1]) {
            let is_marked = ranges.iter().any(|range| range.start <= part[0] && part[1] <= range.end);
            let looks = if is_marked { span.style.patch(style) } else { span.style };
            let Some(piece) = text.get(part[0] - at..part[1] - at) else { continue };
            result.push_span(Span::styled(piece.to_owned(), looks));
        }
        at += text.len();
    }
    result
}

/// A text as the beginning of a sentence.
pub fn capital(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().collect::<String>() + rest.as_str())
}

/// How a place in the ranking changed.
pub fn moved(before: Option<usize>, now: usize) -> String {
    match before {
        Some(before) if before > now => format!("▲{}", before - now),
        Some(before) if before < now => format!("▼{}", now - before),
        Some(_) => "–".into(),
        None => "new".into(),
    }
}

/// An answer in the words of its question.
pub fn choice(fact: Fact, tag: &str) -> String {
    let question = Questionnaire::get().of(fact);
    let choice = question.and_then(|question| question.choices.iter().find(|choice| choice.tag == tag));
    choice.map_or_else(|| tag.to_owned(), |choice| choice.text.clone())
}

/// A sign and its colour.
pub fn signed(sign: Sign) -> (Role, &'static str) {
    let role = match sign {
        Sign::Good => Role::Good,
        Sign::Warning => Role::Warn,
        Sign::Bad => Role::Bad,
        Sign::Off => Role::Dim,
    };
    (role, sign.text())
}

/// Adds a problem: what happened, why, what to do.
pub fn problem(page: &mut Page, problem: &Problem, width: u16) {
    page.indented(Role::Strong, &problem.message, "✗ ", width);
    for cause in problem.causes.iter().flat_map(|cause| cause.lines()).take(12) {
        page.indented(Role::Text, cause, "  because ", width);
    }
    hints(page, problem, width);
}

/// Adds what helps.
pub fn hints(page: &mut Page, problem: &Problem, width: u16) {
    for hint in &problem.hints {
        if let Some(Remedy::Open { path }) = &hint.remedy {
            let line = page.pieces(&[(Role::Dim, "  do      "), (Role::Text, &hint.text)]);
            page.item(line, Action::Open(path.clone()));
            continue;
        }
        page.indented(Role::Text, &hint.text, "  do      ", width);
        command(page, "          $ ", &hint.command, width);
    }
}

/// Adds a command to be copied, where there is one: all of it, as a shell takes it, with something before.
pub fn command(page: &mut Page, before: &str, arguments: &[String], width: u16) {
    if arguments.is_empty() {
        return;
    }
    let room = usize::from(width).saturating_sub(before.width() + 2).max(20);
    // Behind each part is room for the sign that the next one belongs to it.
    let parts = broken(arguments, room).into_iter().flat_map(|part| cut(&part, room + 2));
    let under = " ".repeat(before.width() + 2);
    for (index, part) in parts.enumerate() {
        let line = page.pieces(&[(Role::Dim, if index == 0 { before } else { &under }), (Role::Text, &part)]);
        if index == 0 {
            page.item(line, Action::CopyText(shell_line(arguments)));
        } else {
            page.more(line);
        }
    }
}

/// The sign before a tag or an answer that can be marked.
pub fn mark(model: &Model, index: usize) -> &'static str {
    match (model.marked.contains(&index), model.is_read_out()) {
        (true, false) => "■ ",
        (false, false) => "□ ",
        (true, true) => "marked: ",
        (false, true) => "",
    }
}

/// A problem as text, for a report.
pub fn report(problem: &Problem) -> String {
    crate::show::problem(&crate::show::Style { colour: false, width: 100 }, problem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_long_text_its_end_is_shown() {
        assert_eq!((tail("short", 11), tail("/srv/weather", 5)), ("short".into(), "…ther".into()));
        for width in 0..12 {
            assert!(tail("東京の天気はどうですか", width).width() <= width.max(1));
        }
    }

    #[test]
    fn what_is_typed_is_seen_around_the_caret() {
        let shown = |text: &str, at: usize, width| typed(&Input::new(text.into()).with_cursor(at), width);
        assert_eq!(shown("/srv/web", 8, 20), ("/srv/web".into(), 8));
        assert_eq!(shown("/srv/web", 5, 20), ("/srv/web".into(), 5));
        assert_eq!(shown("東京/web", 2, 20), ("東京/web".into(), 4));
        for width in 1..12 {
            for at in 0..=11 {
                let (text, caret) = shown("東京の天気はどうですか", at, width);
                assert!(text.width() <= width.max(2) && caret < width.max(2), "{text} {caret} {width}");
            }
        }
    }

    #[test]
    fn lines_are_cut_by_columns_and_lose_nothing() {
        let line = Line::from(vec![Span::raw("ab東京"), Span::raw("cdef")]);
        let parts = chopped(&line, 3);
        assert!(parts.iter().all(|part| part.width() <= 3));
        let text: String = parts.iter().flat_map(|part| &part.spans).map(|span| span.content.as_ref()).collect();
        assert_eq!(text, "ab東京cdef");
        let rest: String = from_column(&line, 4).spans.iter().map(|span| span.content.as_ref()).collect();
        assert_eq!(rest, "京cdef");
    }

    #[test]
    fn moves_in_the_ranking_have_a_sign_and_a_number() {
        assert_eq!(
            (moved(Some(3), 0), moved(Some(0), 2), moved(Some(1), 1), moved(None, 0)),
            ("▲3".into(), "▼2".into(), "–".into(), "new".into())
        );
    }
}
