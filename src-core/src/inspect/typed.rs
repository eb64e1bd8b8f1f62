//! Commands as people type them, taken apart without a shell.

/// The words of a line: apart by spaces, together in quotes or behind a backslash. Nothing else has a meaning.
pub fn words_of(line: &str) -> Vec<String> {
    let (mut words, mut word, mut open): (Vec<String>, Option<String>, Option<char>) = (Vec::new(), None, None);
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        match (letter, open) {
            (quote, Some(end)) if quote == end => open = None,
            ('"' | '\'', None) => {
                open = Some(letter);
                word.get_or_insert_default();
            }
            ('\\', None) => word.get_or_insert_default().extend(letters.next()),
            (space, None) if space.is_whitespace() => words.extend(word.take()),
            (letter, _) => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_and_backslashes_hold_words_together_and_nothing_else_has_a_meaning() {
        assert_eq!(words_of("todo  add 'two eggs' \"it's\" a\\ b"), ["todo", "add", "two eggs", "it's", "a b"]);
        assert_eq!(words_of("x '' $HOME > y; z"), ["x", "", "$HOME", ">", "y;", "z"]);
        assert_eq!(words_of("  "), [""; 0]);
        assert_eq!(words_of("'open"), ["open"]);
    }
}
