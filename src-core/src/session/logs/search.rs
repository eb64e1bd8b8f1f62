//! Where in a line something stands, in upper or lower case.

use std::ops::Range;

use crate::words::plain;

/// Whether a line holds this, which is in lower case.
pub fn holds(text: &str, sought: &str) -> bool {
    !sought.is_empty() && plain(text).to_lowercase().contains(sought)
}

/// Where in a plain text this stands, which is in lower case; in bytes of the text.
pub fn places(text: &str, sought: &str) -> Vec<Range<usize>> {
    // Lower case has other lengths in some scripts: each of its bytes remembers the character it came from.
    let (mut lower, mut origins) = (String::with_capacity(text.len()), Vec::with_capacity(text.len()));
    for (at, c) in text.char_indices() {
        for small in c.to_lowercase() {
            lower.push(small);
            origins.resize(lower.len(), at..at + c.len_utf8());
        }
    }
    if sought.is_empty() {
        return Vec::new();
    }
    let found = lower.match_indices(sought);
    found.map(|(at, hit)| origins[at].start..origins[at + hit.len() - 1].end).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_those_of_the_text_in_every_script() {
        assert_eq!(places("a Needle, a NEEDLE", "needle"), [2..8, 12..18]);
        let first = |text, sought| places(text, sought).into_iter().next();
        assert_eq!(first("İstanbul: Needle", "needle"), Some(11..17), "its first letter is longer in lower case");
        assert_eq!(first("東京 Kyōto", "kyō"), Some(7..11));
        assert!(places("anything", "").is_empty() && places("", "x").is_empty());
    }
}
