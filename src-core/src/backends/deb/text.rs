//! Texts of a project, made fit for the files of a package. Whoever publishes a project writes them.

/// How long a line of a description is.
const WIDTH: usize = 76;

/// One line: what is between words is one space, and what no screen shows is gone.
pub(super) fn one_line(text: &str) -> String {
    let text = text.replace(|c: char| c.is_control() || c.is_whitespace(), " ");
    // Marks that change the direction of what follows, or take no room, would make a line read as another one.
    let plain = |c: &char| !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    let text: String = text.chars().filter(plain).collect();
    text.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The head of a line, whole words of it, with at most so many letters.
pub(super) fn cut(line: &str, most: usize) -> String {
    if line.chars().count() <= most {
        return line.to_owned();
    }
    let end = line.char_indices().nth(most).map_or(line.len(), |(end, _)| end);
    let head = &line[..end];
    // A word that goes on behind the end is left out, unless it is all there is.
    let whole =
        if line[end..].starts_with(' ') { head } else { head.rsplit_once(' ').map_or(head, |(whole, _)| whole) };
    whole.trim_end_matches([' ', ',', ';', ':', '-', '–', '—']).to_owned()
}

/// Paragraphs as the extended description of a control file: each line begins with a space, and none goes on with a dot,
/// which would mean an empty line or something that policy keeps for later (Debian Policy 5.6.13).
pub(super) fn described(paragraphs: &[String]) -> String {
    let paragraphs = paragraphs.iter().filter(|paragraph| !paragraph.is_empty());
    let lines =
        paragraphs.map(|paragraph| wrapped(paragraph).iter().map(|line| format!(" {line}\n")).collect::<String>());
    lines.collect::<Vec<_>>().join(" .\n")
}

fn wrapped(paragraph: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in paragraph.split(' ').filter(|word| !word.is_empty()) {
        let fits = |line: &String| line.chars().count() + 1 + word.chars().count() <= WIDTH || word.starts_with('.');
        match lines.last_mut().filter(|line| fits(line)) {
            Some(line) => {
                line.push(' ');
                line.push_str(word);
            }
            // Quoted, it is the same word and begins with no dot.
            None if word.starts_with('.') => lines.push(format!("\"{word}\"")),
            None => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Text of a manual page: nothing in it is a request or an escape, and `-` is what can be typed.
pub(super) fn roff(line: &str) -> String {
    let text = line.replace('\\', "\\e").replace('-', "\\-");
    if text.starts_with(['.', '\'']) { format!("\\&{text}") } else { text }
}

/// A value of a desktop entry.
pub(super) fn desktop(line: &str) -> String {
    line.replace('\\', "\\\\")
}

/// A value of a unit that is text: no specifiers, no continuation.
pub(super) fn unit(line: &str) -> String {
    line.replace('%', "%%").trim_end_matches('\\').to_owned()
}

/// One argument of a command in a unit: nothing in it is replaced or separates; systemd.service(5), "Command lines".
pub(super) fn unit_argument(argument: &str) -> String {
    let mut text = String::from("\"");
    for c in argument.chars() {
        match c {
            '"' | '\\' => text.extend(['\\', c]),
            '%' | '$' => text.extend([c, c]),
            '\t' => text.push_str("\\t"),
            c if c.is_control() => {}
            c => text.push(c),
        }
    }
    text + "\""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hostile_text_is_one_line_without_what_nobody_sees() {
        assert_eq!(
            one_line(" Tells\r\n.\nDepends: evil\u{1b}[2J\0 \u{202e}all\u{200b} "),
            "Tells . Depends: evil [2J all"
        );
        assert_eq!(one_line("\n \t"), "");
    }

    #[test]
    fn a_long_line_ends_with_a_whole_word() {
        assert_eq!(cut("one two, three", 9), "one two");
        assert_eq!(cut("one two, three", 8), "one two");
        assert_eq!(cut("one two three", 7), "one two");
        assert_eq!(cut("äöüäöü", 3), "äöü");
        assert_eq!(cut("short", 9), "short");
    }

    #[test]
    fn no_line_of_a_description_is_empty_or_begins_with_a_dot() {
        let long = format!("{} .net and .more {}", "word ".repeat(15).trim(), "x".repeat(200));
        let text = described(&[".first of all".into(), String::new(), long]);
        assert!(text.starts_with(" \".first\" of all\n .\n word word"), "{text}");
        for line in text.lines() {
            assert!(line == " ." || (line.starts_with(' ') && !line[1..].starts_with([' ', '.'])), "{line:?}");
        }
        assert!(text.contains(" .net\n and .more"), "{text}");
    }

    #[test]
    fn marks_of_each_format_are_only_text_there() {
        assert_eq!(roff(".so /etc/passwd \\f -x"), "\\&.so /etc/passwd \\ef \\-x");
        assert_eq!(roff("'sp"), "\\&'sp");
        assert_eq!(desktop("a\\nb"), "a\\\\nb");
        assert_eq!(unit("100%i \\"), "100%%i ");
        assert_eq!(unit_argument("a \"b\" $HOME %i \\ \n"), "\"a \\\"b\\\" $$HOME %%i \\\\ \"");
    }
}
