//! What a value that somebody would have to hide looks like, and what only stands where one will be.

use std::collections::BTreeSet;

use super::Placeholder;

/// Fewest different characters of a secret: `xxxxxxxx` stands for one.
const VARIED: usize = 4;

/// Fewest characters of a value that is a secret by its looks.
const RANDOM: usize = 16;

/// Least Shannon entropy of such a value, in bits for each character: words of a language have less at this length.
const ENTROPY: f64 = 3.0;

/// Whether a value only stands where a secret will be.
pub(super) fn is_placeholder(value: &[u8], known: &Placeholder) -> bool {
    let text = String::from_utf8_lossy(value).to_lowercase();
    let varied: BTreeSet<char> = text.chars().collect();
    varied.len() < VARIED || known.words.iter().any(|word| text.contains(&word.to_lowercase()))
}

/// Whether everybody knows this password.
pub(super) fn is_known_password(value: &[u8], known: &Placeholder) -> bool {
    let text = String::from_utf8_lossy(value).to_lowercase();
    known.passwords.contains(&text)
}

/// Whether a value looks as if a machine had drawn it.
pub(super) fn looks_drawn(value: &[u8]) -> bool {
    let is_of_alphabet = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-+/=.:~".contains(byte);
    let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
    let letters = value.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
    value.len() >= RANDOM
        && value.iter().all(is_of_alphabet)
        && digits >= 2
        && letters >= 2
        && !is_file_name(value)
        && entropy(value) >= ENTROPY
}

/// Whether a value ends as names of files and addresses do.
fn is_file_name(value: &[u8]) -> bool {
    let ending = value.iter().rposition(|byte| *byte == b'.').map(|at| &value[at + 1..]);
    let is_ending =
        ending.is_some_and(|ending| (1..=5).contains(&ending.len()) && ending.iter().all(u8::is_ascii_lowercase));
    is_ending || value.contains(&b':') || value.starts_with(b"/")
}

/// Whether a value could be a password that somebody thought of.
pub(super) fn looks_chosen(value: &[u8]) -> bool {
    let has = |kind: fn(&u8) -> bool| value.iter().any(kind);
    let is_mark = |byte: &u8| byte.is_ascii_punctuation() && !b"_-./:\\".contains(byte);
    value.len() >= 6
        && !has(u8::is_ascii_whitespace)
        && has(u8::is_ascii_alphabetic)
        && (has(u8::is_ascii_digit) || has(is_mark))
        && !value.iter().any(|byte| b"()[]{}".contains(byte))
        && !value.windows(3).any(|part| part == b"://")
}

/// Shannon's, in bits for each byte.
fn entropy(value: &[u8]) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in value {
        counts[usize::from(*byte)] += 1;
    }
    let all = f64::from(u32::try_from(value.len()).unwrap_or(u32::MAX));
    let shares = counts.iter().filter(|count| **count > 0).map(|count| f64::from(*count) / all);
    shares.map(|share| -share * share.log2()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::secrets::Forms;

    #[test]
    fn what_a_machine_drew_is_told_from_words_and_names() {
        for drawn in ["b6907d289e10d714a6e88b30761fae22", "q7Zt-3kL9_vX2mP8wR4s", "a1b2c3d4e5f6g7h8"] {
            assert!(looks_drawn(drawn.as_bytes()), "{drawn}");
        }
        for other in [
            "my-token-is-somewhere",
            "1111111111111111",
            "a b c d e f g h i 1 2",
            "short1",
            "aws-iam-accesskey-00.json",
            "sha256:0123456789abcdef12",
        ] {
            assert!(!looks_drawn(other.as_bytes()), "{other}");
        }
    }

    #[test]
    fn placeholders_stand_for_secrets_and_are_none() {
        let known = &Forms::get().placeholder;
        for value in
            ["your-token-here", "xxxxxxxxxxxxxxxx", "CHANGEME123456", "<token>", "${TOKEN}", "AKIAIOSFODNN7EXAMPLE"]
        {
            assert!(is_placeholder(value.as_bytes(), known), "{value}");
        }
        assert!(!is_placeholder(b"q7Zt3kL9vX2mP8wR", known));
        assert!(is_known_password(b"Postgres", known) && !is_known_password(b"Sommer2024!", known));
    }

    #[test]
    fn a_password_that_somebody_thought_of_has_more_than_letters() {
        assert!(looks_chosen(b"Sommer2024!") && looks_chosen(b"hunter!"));
        for other in ["Password", "config.get('x')", "a b1", "https://a1.invalid", "os.environ[1]"] {
            assert!(!looks_chosen(other.as_bytes()), "{other}");
        }
    }
}
