//! Names that tools stumble over, and what no build takes.

use crate::facts::{Risk, RiskKind, Source};

/// Longest path, from the root and in bytes, that every tool and file system is sure to take.
const LONGEST: usize = 255;

/// What keeps something out of every build, in the same words.
pub(super) const NOT_UTF_8: &str = "is not UTF-8";
pub(super) const SPECIAL: &str = "is a pipe, a socket or a device";

/// What is hostile about a path, in words that complete "the path …".
pub(super) fn reason(path: &str) -> Option<&'static str> {
    if path.len() > LONGEST {
        return Some("is longer than 255 bytes");
    }
    let mut starts_part = true;
    for byte in path.bytes() {
        match byte {
            b'-' if starts_part => return Some("has a part that starts with a dash"),
            b'"' | b'\'' | b'`' => return Some("has a quote in it"),
            0..=31 | 127 => return Some("has a control character in it"),
            b'\\' => return Some("has a backslash in it"),
            _ => starts_part = byte == b'/',
        }
    }
    None
}

/// A path that tools stumble over.
pub(super) fn risk(path: &str, reason: &str) -> Risk {
    of_kind(RiskKind::HostilePath, path, reason)
}

/// A path that no build takes.
pub(super) fn left_out(path: &str, reason: &str) -> Risk {
    of_kind(RiskKind::LeftOut, path, reason)
}

fn of_kind(kind: RiskKind, path: &str, reason: &str) -> Risk {
    Risk {
        kind,
        what: format!("the path `{}` {reason}", path.escape_debug()),
        source: Source::File { path: path.to_owned(), line: None },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_names_are_told_apart() {
        assert_eq!(reason("-rf"), Some("has a part that starts with a dash"));
        assert_eq!(reason("a/--help.py"), Some("has a part that starts with a dash"));
        assert_eq!(reason("a\nb.py"), Some("has a control character in it"));
        assert_eq!(reason("it's.py"), Some("has a quote in it"));
        assert_eq!(reason("a\\b.py"), Some("has a backslash in it"));
        assert_eq!(reason(&"d/".repeat(200)), Some("is longer than 255 bytes"));
    }

    #[test]
    fn spaces_dashes_inside_and_letters_of_any_script_are_fine() {
        for path in ["my file-1.py", "é/ü.py", "数据/a_b.py", "a/b-c/-".trim_end_matches("/-")] {
            assert_eq!(reason(path), None, "{path}");
        }
    }
}
