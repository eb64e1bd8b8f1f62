//! Colours of tools: SGR sequences become styles, every other escape sequence is dropped.

use ansi_to_tui::IntoText;
use packwright_core::words::plain;
use ratatui::style::Style;
use ratatui::text::Span;

/// A line of a log as spans. Without colours the text alone.
pub fn spans(text: &str, base: Style, coloured: bool) -> Vec<Span<'static>> {
    if !text.contains('\u{1b}') {
        return vec![Span::styled(plain(text).into_owned(), base)];
    }
    let safe = only_colours(text);
    let parsed = coloured.then(|| safe.as_str().into_text().ok()).flatten();
    let line = parsed.and_then(|text| text.lines.into_iter().next());
    match line {
        Some(line) => {
            let span = |span: Span<'static>| Span::styled(plain(&span.content).into_owned(), base.patch(span.style));
            line.spans.into_iter().map(span).collect()
        }
        None => vec![Span::styled(plain(text).into_owned(), base)],
    }
}

/// The text with no escape sequences but those that set colours and weights.
fn only_colours(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("\u{1b}[") {
        let parameters = &rest[at + 2..];
        // ECMA-48: parameters and intermediates, then one final character.
        let end = parameters.find(|c: char| !(' '..='?').contains(&c)).unwrap_or(parameters.len());
        let sets_colours = parameters[..end].chars().all(|c| c.is_ascii_digit() || c == ';');
        if sets_colours && parameters[end..].starts_with('m') {
            safe.push_str(&plain(&rest[..at]));
            safe.push_str(&rest[at..=at + 2 + end]);
            rest = &parameters[end + 1..];
        } else {
            // Filtered together with what it controls.
            let skip = at + 2 + end + parameters[end..].chars().next().map_or(0, char::len_utf8);
            safe.push_str(&plain(&rest[..skip]));
            rest = &rest[skip..];
        }
    }
    safe.push_str(&plain(rest));
    safe
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::style::{Color, Modifier};

    fn shown(text: &str) -> Vec<(String, Style)> {
        spans(text, Style::default(), true).into_iter().map(|span| (span.content.into_owned(), span.style)).collect()
    }

    #[test]
    fn colours_of_tools_are_kept() {
        let parts = shown("\u{1b}[1;31merror\u{1b}[0m: no");
        assert_eq!(parts[0].0, "error");
        assert_eq!(parts[0].1.fg, Some(Color::Red));
        assert!(parts[0].1.add_modifier.contains(Modifier::BOLD));
        assert_eq!(parts.iter().map(|part| part.0.as_str()).collect::<String>(), "error: no");
    }

    #[test]
    fn every_other_escape_sequence_is_dropped() {
        for text in [
            "\u{1b}[2Ja",
            "\u{1b}]0;title\u{7}a",
            "\u{1b}[?1049ha",
            "\u{1b}Pq#0\u{1b}\\a",
            "a\u{1b}[31",
            "\u{1b}[1;1Ha\u{1b}[m",
        ] {
            let parts: String = shown(text).into_iter().map(|part| part.0).collect();
            assert_eq!(parts, "a", "{text:?}");
        }
    }

    #[test]
    fn without_colours_the_text_remains() {
        let parts = spans("\u{1b}[31mred", Style::default(), false);
        assert_eq!((parts.len(), parts[0].content.as_ref(), parts[0].style), (1, "red", Style::default()));
    }
}
