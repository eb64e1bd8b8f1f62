//! Signs and colours.

use packwright_core::event::Quality;
use packwright_core::words::plain;

/// How text looks on one stream.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    /// Whether colours may be used.
    pub colour: bool,
    /// Columns to fill.
    pub width: usize,
}

/// What a piece of text is, from which its colour follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paint {
    /// Text as it is.
    Plain,
    /// What the eye should find first.
    Strong,
    /// What may be passed over.
    Faint,
    /// A success.
    Good,
    /// Something to look at.
    Warning,
    /// A failure.
    Bad,
}

/// A sign at the head of a line; the words beside it say the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// It works.
    Good,
    /// It works, and something is to be looked at.
    Warning,
    /// It does not work.
    Bad,
    /// It does not apply, or was not done.
    Off,
}

impl Style {
    /// The text, filtered and coloured.
    pub fn paint(self, paint: Paint, text: &str) -> String {
        let text = plain(text);
        match paint.code() {
            Some(code) if self.colour && !text.is_empty() => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
            _ => text.into_owned(),
        }
    }

    /// What the eye should find first.
    pub fn strong(self, text: &str) -> String {
        self.paint(Paint::Strong, text)
    }

    /// What may be passed over.
    pub fn faint(self, text: &str) -> String {
        self.paint(Paint::Faint, text)
    }

    /// A sign.
    pub fn sign(self, sign: Sign) -> String {
        self.paint(sign.paint(), sign.text())
    }
}

impl Paint {
    /// The code of ECMA-48's SGR, from the sixteen colours that every theme defines.
    fn code(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Strong => Some("1"),
            Self::Faint => Some("2"),
            Self::Good => Some("32"),
            Self::Warning => Some("33"),
            Self::Bad => Some("31"),
        }
    }
}

impl From<Quality> for Sign {
    fn from(quality: Quality) -> Self {
        match quality {
            Quality::Ready => Self::Good,
            Quality::Warned => Self::Warning,
            Quality::Failing => Self::Bad,
            Quality::Untried => Self::Off,
        }
    }
}

impl Sign {
    /// The sign itself.
    pub fn text(self) -> &'static str {
        match self {
            Self::Good => "✓",
            Self::Warning => "!",
            Self::Bad => "✗",
            Self::Off => "–",
        }
    }

    /// Its colour.
    pub fn paint(self) -> Paint {
        match self {
            Self::Good => Paint::Good,
            Self::Warning => Paint::Warning,
            Self::Bad => Paint::Bad,
            Self::Off => Paint::Faint,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_colour_nothing_but_the_text_is_left() {
        let style = Style { colour: false, width: 80 };
        assert_eq!(style.sign(Sign::Bad) + &style.strong("a\u{1b}[31mb"), "✗ab".replace(' ', ""));
    }

    #[test]
    fn colour_is_put_around_filtered_text() {
        let style = Style { colour: true, width: 80 };
        assert_eq!(style.strong("a\u{1b}[31mb"), "\u{1b}[1mab\u{1b}[0m");
    }
}
