//! Untrusted text made safe to show: a log line or a project's name may hold anything.
//!
//! Escape sequences follow ECMA-48; the invisible characters are those that Unicode's technical report 36
//! names as able to change how the rest of a line is read.

use std::borrow::Cow;
use std::iter::Peekable;
use std::str::Chars;

use crate::redaction;

const ESCAPE: char = '\u{1b}';
/// What stands for a character that must not be shown.
const HIDDEN: char = '\u{fffd}';

/// The text as one line: escape sequences are gone, line breaks and tabs are spaces, and what could turn the
/// reading direction or hide is shown as U+FFFD. No login is left in it.
pub fn plain(text: &str) -> Cow<'_, str> {
    without_logins(if text.chars().all(harmless) { Cow::Borrowed(text) } else { Cow::Owned(filter(text, false)) })
}

/// Like [`plain`], but line feeds stay.
pub fn plain_lines(text: &str) -> Cow<'_, str> {
    let is_plain = text.chars().all(|c| c == '\n' || harmless(c));
    without_logins(if is_plain { Cow::Borrowed(text) } else { Cow::Owned(filter(text, true)) })
}

fn without_logins(text: Cow<'_, str>) -> Cow<'_, str> {
    let hidden = match redaction::without_addressed(&text) {
        Cow::Borrowed(_) => None,
        Cow::Owned(hidden) => Some(hidden),
    };
    hidden.map_or(text, Cow::Owned)
}

fn harmless(c: char) -> bool {
    !c.is_control() && !misleading(c)
}

/// Directional controls, invisible separators, tags and other characters that make a line read as another.
fn misleading(c: char) -> bool {
    matches!(
        c,
        '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

fn filter(text: &str, keep_lines: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            ESCAPE => skip_escape(&mut rest),
            '\u{9b}' => skip_control_sequence(&mut rest),
            '\u{90}' | '\u{98}' | '\u{9d}' | '\u{9e}' | '\u{9f}' => skip_string(&mut rest),
            '\n' if keep_lines => out.push('\n'),
            // A progress bar that redraws itself: the parts stay apart.
            '\r' if rest.peek() == Some(&'\n') => {}
            '\n' | '\r' | '\t' => out.push(' '),
            c if c.is_control() => {}
            c if misleading(c) => out.push(HIDDEN),
            c => out.push(c),
        }
    }
    out
}

/// After ESC: the introducer says how long the sequence is.
fn skip_escape(rest: &mut Peekable<Chars>) {
    match rest.peek() {
        Some('[') => {
            rest.next();
            skip_control_sequence(rest);
        }
        Some('P' | 'X' | ']' | '^' | '_') => {
            rest.next();
            skip_string(rest);
        }
        Some(' '..='/') => {
            while rest.next_if(|c| (' '..='/').contains(c)).is_some() {}
            rest.next_if(|c| ('0'..='~').contains(c));
        }
        Some('0'..='~') => {
            rest.next();
        }
        _ => {}
    }
}

/// Parameters and intermediates up to one final character; anything else ends a broken sequence.
fn skip_control_sequence(rest: &mut Peekable<Chars>) {
    while rest.next_if(|c| (' '..='?').contains(c)).is_some() {}
    rest.next_if(|c| ('@'..='~').contains(c));
}

/// Up to BEL or ST. One that never ends is cut at the end of its line, so that it cannot swallow a log.
fn skip_string(rest: &mut Peekable<Chars>) {
    while let Some(c) = rest.next_if(|c| *c != '\n') {
        if c == '\u{7}' || c == '\u{9c}' || (c == ESCAPE && rest.next_if_eq(&'\\').is_some()) {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn harmless_text_is_given_back_as_it_is() {
        for text in ["weather-cli 1.0", "größe 東京 🙂", ""] {
            assert!(matches!(plain(text), Cow::Borrowed(same) if same == text));
        }
        assert_eq!(plain_lines("a\nb"), "a\nb");
    }

    #[test]
    fn no_login_is_shown() {
        assert_eq!(plain("x @ https://me:s3cret@a.test/x"), "x @ https://****@a.test/x");
        assert_eq!(plain_lines("a\nhttps://me:\u{1b}[1ms3cret@a.test/"), "a\nhttps://****@a.test/");
    }

    #[test]
    fn colours_titles_and_cursor_moves_are_taken_out() {
        assert_eq!(plain("\u{1b}[1;31mred\u{1b}[0m"), "red");
        assert_eq!(plain("\u{1b}]0;owned\u{7}title"), "title");
        assert_eq!(plain("\u{1b}]8;;https://evil\u{1b}\\link\u{1b}]8;;\u{1b}\\"), "link");
        assert_eq!(plain("\u{9b}2Jcleared\u{1b}(Bplain\u{1b}c"), "clearedplain");
    }

    #[test]
    fn a_sequence_that_never_ends_takes_no_more_than_its_line() {
        assert_eq!(plain_lines("\u{1b}]0;never\nnext"), "\nnext");
        assert_eq!(plain("\u{1b}"), "");
        assert_eq!(plain("a\u{1b}[\u{1b}[31mb"), "ab");
    }

    #[test]
    fn line_breaks_and_tabs_become_spaces_on_one_line() {
        assert_eq!(plain("a\nb\tc\r\nd\u{8}\u{0}"), "a b c d");
        assert_eq!(plain_lines("10%\r20%\r\ndone"), "10% 20%\ndone");
    }

    #[test]
    fn what_turns_the_reading_direction_is_made_visible() {
        assert_eq!(plain("evil\u{202e}gpj.exe"), "evil\u{fffd}gpj.exe");
        assert_eq!(plain("a\u{2066}b\u{200b}c\u{feff}"), "a\u{fffd}b\u{fffd}c\u{fffd}");
    }
}
