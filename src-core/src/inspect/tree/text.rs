//! From bytes to text.

use std::sync::LazyLock;

use regex::bytes::Regex;

/// PEP 263: a comment in the first or second line names the encoding.
static DECLARATION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\A(?:[ \t\f]*(?:#[^\n]*)?\n)?[ \t\f]*#[^\n]*?coding[:=][ \t]*([-_.a-zA-Z0-9]+)")
        .expect("the expression is written here and covered by tests")
});

/// The byte-order mark, once it is decoded.
pub(in crate::inspect) const MARK: char = '\u{feff}';

/// What is wrong with a file that begins with a byte-order mark, whatever follows.
pub(in crate::inspect) const MARKED: &str =
    "it begins with a byte-order mark, which build backends refuse; save it as UTF-8 without one";

/// Whether a file begins with a byte-order mark, of UTF-8 or of UTF-16.
pub(super) fn has_mark(bytes: &[u8]) -> bool {
    [b"\xef\xbb\xbf".as_slice(), b"\xff\xfe", b"\xfe\xff"].iter().any(|mark| bytes.starts_with(mark))
}

/// Decodes a file; `None` when it is binary. Only Python files may declare their encoding.
pub(super) fn decode(bytes: Vec<u8>, python: bool) -> Option<String> {
    if let Some(rest) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        return Some(String::from_utf8_lossy(rest).into_owned());
    }
    if let Some(rest) = bytes.strip_prefix(b"\xff\xfe") {
        return Some(utf_16(rest, u16::from_le_bytes));
    }
    if let Some(rest) = bytes.strip_prefix(b"\xfe\xff") {
        return Some(utf_16(rest, u16::from_be_bytes));
    }
    if !python && bytes.iter().take(8192).any(|byte| *byte == 0) {
        return None;
    }
    if python && declares_latin_1(&bytes) {
        return Some(bytes.into_iter().map(char::from).collect());
    }
    // A lossy reading is better than none: names and imports are ASCII nearly always.
    Some(String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
}

/// Whether the file declares an encoding whose bytes are, as far as names and literals go, those of Latin-1.
fn declares_latin_1(bytes: &[u8]) -> bool {
    let Some(name) = DECLARATION.captures(bytes).and_then(|found| found.get(1)) else { return false };
    let name = String::from_utf8_lossy(name.as_bytes()).to_lowercase().replace('_', "-");
    matches!(name.as_str(), "latin-1" | "latin1" | "l1" | "cp1252" | "windows-1252") || name.starts_with("iso-8859")
}

fn utf_16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    char::decode_utf16(units).map(|decoded| decoded.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_order_mark_decides() {
        assert_eq!(decode(b"\xef\xbb\xbfname".to_vec(), false).as_deref(), Some("name"));
        assert_eq!(decode(b"\xff\xfea\0\xe9\0".to_vec(), false).as_deref(), Some("aé"));
        assert_eq!(decode(b"\xfe\xff\0a\0\xe9".to_vec(), false).as_deref(), Some("aé"));
    }

    #[test]
    fn a_declared_encoding_is_obeyed_in_the_first_two_lines() {
        let read = |text: &[u8]| decode(text.to_vec(), true).unwrap();
        assert!(read(b"# -*- coding: latin-1 -*-\nx = '\xe9'\n").contains('é'));
        assert!(read(b"#!/usr/bin/env python\n# vim: set fileencoding=ISO-8859-15 :\nx = '\xe9'\n").contains('é'));
        assert!(read(b"import a\n# coding: latin-1\nx = '\xe9'\n").contains('\u{fffd}'));
        assert!(read(b"\n\n# coding: latin-1\nx = '\xe9'\n").contains('\u{fffd}'));
    }

    #[test]
    fn what_cannot_be_decoded_is_replaced() {
        assert_eq!(decode(b"a\xe9b".to_vec(), true).as_deref(), Some("a\u{fffd}b"));
    }

    #[test]
    fn a_zero_byte_makes_a_file_binary_unless_it_is_called_python() {
        assert_eq!(decode(b"PK\0\0".to_vec(), false), None);
        assert_eq!(decode(b"x = 1\0".to_vec(), true).as_deref(), Some("x = 1\0"));
    }
}
