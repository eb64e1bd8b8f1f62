//! Everyday words and where they lead, from `glossary.toml`.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::embedded::data;

/// One word.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Word {
    /// The word.
    pub word: String,
    /// Other words for the same, or spellings of it.
    pub also: Vec<String>,
    /// What it means here, in a few sentences.
    pub text: String,
    /// Ids of the technologies it leads to, the most likely first.
    pub see: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Glossary {
    words: Vec<Word>,
}

static GLOSSARY: LazyLock<Glossary> = LazyLock::new(|| data!("catalogue/glossary.toml"));

/// Every word.
pub fn words() -> &'static [Word] {
    &GLOSSARY.words
}

/// What a typed word means, in any spelling; `None` where nothing is known of it.
pub fn word(typed: &str) -> Option<&'static Word> {
    let wanted = plain(typed);
    let singular = wanted.strip_suffix('s').unwrap_or(&wanted);
    let is_it = |known: &str| {
        let known = plain(known);
        known == wanted || known == singular
    };
    let own = words().iter().find(|word| is_it(&word.word));
    own.or_else(|| words().iter().find(|word| word.also.iter().any(|other| is_it(other))))
}

/// Every spelling, for whoever looks for one that is near.
pub fn spellings() -> impl Iterator<Item = &'static str> {
    words().iter().flat_map(|word| std::iter::once(&word.word).chain(&word.also)).map(String::as_str)
}

/// Letters and digits alone, in lower case: how a word is written decides nothing.
fn plain(text: &str) -> String {
    text.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::catalogue::rank_of;

    #[test]
    fn every_word_leads_to_technologies_that_exist_and_stands_once() {
        let mut seen = BTreeSet::new();
        for word in words() {
            assert!(word.text.ends_with('.') && word.text.len() > 60, "{}", word.word);
            for technology in &word.see {
                assert!(rank_of(technology).is_some(), "{} leads to `{technology}`", word.word);
            }
            for spelling in std::iter::once(&word.word).chain(&word.also) {
                assert!(seen.insert(plain(spelling)), "`{spelling}` stands twice");
                assert!(rank_of(spelling).is_none(), "`{spelling}` has a page of its own");
            }
        }
    }

    #[test]
    fn words_are_found_as_people_write_them() {
        for (typed, expected) in [
            ("EXE", "exe"),
            (".exe", "exe"),
            ("set-up", "installer"),
            ("Disk_Image", "dmg"),
            ("containers", "container"),
        ] {
            assert_eq!(word(typed).map(|word| word.word.as_str()), Some(expected), "{typed}");
        }
        assert!(word("xyzzy").is_none());
    }
}
