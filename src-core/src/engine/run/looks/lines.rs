//! Looks for lines in a file that a tool wrote its warnings into.

use std::collections::BTreeSet;
use std::path::Path;

use regex::Regex;

use crate::inspect::regular;

/// A sentence for each line that the pattern fits, with what its groups found.
pub(super) fn like(file: &Path, pattern: &str, otherwise: &str) -> BTreeSet<String> {
    let (Ok(pattern), Ok(text)) = (Regex::new(pattern), regular::read(file, regular::LARGEST)) else {
        return BTreeSet::new();
    };
    let text = String::from_utf8_lossy(&text);
    let lines = text.lines().filter_map(|line| pattern.captures(line));
    let sentence = |found: regex::Captures| {
        let names = pattern.capture_names().flatten();
        names.fold(otherwise.to_owned(), |sentence, name| {
            sentence.replace(&format!("{{{name}}}"), found.name(name).map_or("", |found| found.as_str()))
        })
    };
    lines.map(sentence).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_gives_a_sentence_once() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("warn.txt");
        std::fs::write(&file, "missing a\nmissing b\nfound c\nmissing a\n").unwrap();
        let found = like(&file, "^missing (?P<what>.+)$", "`{what}` is not inside");
        assert_eq!(found.into_iter().collect::<Vec<_>>(), ["`a` is not inside", "`b` is not inside"]);
        assert!(like(&folder.path().join("none"), "x", "y").is_empty());
    }
}
