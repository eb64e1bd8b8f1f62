//! Paths as they are shown: shorter, and still known again.

use std::path::Path;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::plain;

/// The path with the user's home, if that is known, as `~`.
pub fn home(path: &str, home: Option<&Path>) -> String {
    let home = home.and_then(Path::to_str).filter(|home| !home.is_empty());
    match home.and_then(|home| path.strip_prefix(home)) {
        Some(rest) if rest.is_empty() || rest.starts_with('/') => format!("~{rest}"),
        _ => path.to_owned(),
    }
}

/// The text in so many columns of a face in which letters have one or two, its middle left out: of a path both ends matter.
pub fn middle(text: &str, width: usize) -> String {
    let text = plain(text);
    if text.width() <= width {
        return text.into_owned();
    }
    let half = width.saturating_sub(1) / 2;
    let start = taken(text.chars(), half);
    let end: String = taken(text.chars().rev(), width.saturating_sub(1 + start.width())).chars().rev().collect();
    format!("{start}…{end}")
}

fn taken(chars: impl Iterator<Item = char>, width: usize) -> String {
    let mut used = 0;
    let fits = |c: &char| {
        used += c.width().unwrap_or_default();
        used <= width
    };
    chars.take_while(fits).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_below_the_home_begins_with_a_tilde_and_no_other() {
        let me = Some(Path::new("/home/me"));
        assert_eq!(home("/home/me/weather", me), "~/weather");
        assert_eq!(home("/home/me", me), "~");
        for path in ["/home/meadow", "/srv/home/me"] {
            assert_eq!(home(path, me), path);
        }
        assert_eq!((home("/srv", None), home("/srv", Some(Path::new("")))), ("/srv".into(), "/srv".into()));
    }

    #[test]
    fn long_paths_keep_both_ends_and_their_columns() {
        assert_eq!(middle("/home/me/projects/weather-cli", 11), "/home…r-cli");
        assert_eq!(middle("short", 11), "short");
        assert_eq!(middle("東京の天気はどうですか", 9).width(), 9);
        for width in 0..12 {
            assert!(middle("東京の天気はどうですか", width).width() <= width.max(1));
        }
    }
}
