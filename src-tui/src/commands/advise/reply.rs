//! What a typed line means.

use packwright_core::advice::Ask;
use packwright_core::facts::{Facts, Os, Tags, nearest};
use packwright_core::problem::listing;

/// An answer, or a wish.
#[derive(Debug, PartialEq)]
pub enum Said {
    /// These tags, for all systems or for one.
    Tags(Option<Os>, Tags),
    /// Facts by name, in place of what was found.
    Facts(Facts),
    /// I don't know.
    Unknown,
    /// Take the last answer back.
    Undo,
    /// Say what each answer leads to.
    Why,
    /// Ask nothing more.
    Enough,
    /// Say what can be typed.
    Keys,
}

/// Reads a line as the answer to a question; `systems` are those that can be answered for one by one. The error is a
/// sentence for whoever typed it.
pub fn understand(line: &str, ask: &Ask, systems: &[Os]) -> Result<Said, String> {
    let line = line.trim().to_lowercase();
    match line.as_str() {
        "" => return Err(format!("Type {}, or `h` to see what else can be typed", numbers(ask))),
        "0" => return Ok(Said::Unknown),
        "u" | "undo" => return Ok(Said::Undo),
        "w" | "why" => return Ok(Said::Why),
        "q" | "quit" => return Ok(Said::Enough),
        "h" | "help" | "?" => return Ok(Said::Keys),
        _ if line.contains('=') => return corrected(&line),
        _ => {}
    }
    let (os, words) = match line.split_once(':') {
        Some((os, words)) => (Some(system(os.trim(), systems)?), words),
        None => (None, line.as_str()),
    };
    let mut tags = Tags::default();
    for word in words.split([',', ';', ' ', '\t']).filter(|word| !word.is_empty()) {
        tags = tags.or(choice(word, ask)?);
    }
    match tags.len() {
        0 => Err(format!("Type {}", numbers(ask))),
        2.. if !ask.several => Err("Only one answer can be true here; type its number".into()),
        _ => Ok(Said::Tags(os, tags)),
    }
}

/// A fact by its name, as `--set` takes it: what was found may be wrong.
fn corrected(line: &str) -> Result<Said, String> {
    let mut facts = Facts::default();
    facts.assign(line).map_err(|error| error.to_string())?;
    Ok(Said::Facts(facts))
}

fn system(word: &str, systems: &[Os]) -> Result<Os, String> {
    systems.iter().copied().find(|os| os.id() == word).ok_or_else(|| match systems {
        [] | [_] => format!("`{word}:` names a system, but this answer holds for all; type the number alone"),
        _ => format!("`{word}` is none of the systems here: {}", listing(systems)),
    })
}

/// A number from the list, or the tag itself as `--set` takes it.
fn choice(word: &str, ask: &Ask) -> Result<Tags, String> {
    let known = ask.choices.iter().map(|choice| choice.tag.as_str());
    let tag = match word.parse::<usize>() {
        Ok(0) => return Err("`0` means that you don't know; type it alone".into()),
        Ok(number) => ask.choices.get(number - 1).map(|choice| choice.tag.as_str()),
        Err(_) => known.clone().find(|tag| *tag == word),
    };
    let tag = tag.ok_or_else(|| match nearest(word, known) {
        Some(near) => format!("There is no answer `{word}`; the nearest is `{near}`"),
        None => format!("There is no answer `{word}`; type {}", numbers(ask)),
    })?;
    ask.fact.tag_set([tag]).map_err(|error| error.to_string())
}

/// What can be typed, in words.
fn numbers(ask: &Ask) -> String {
    let last = ask.choices.len();
    if ask.several && last > 1 { format!("numbers from 1 to {last}") } else { format!("a number from 1 to {last}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use packwright_core::advice::AskChoice;
    use packwright_core::facts::Fact;

    fn ask(fact: &str, several: bool) -> Ask {
        let fact = Fact::named(fact).unwrap();
        let choice = |tag: packwright_core::facts::Tag| AskChoice {
            tag: tag.id().into(),
            text: String::new(),
            consequence: String::new(),
            leads_to: None,
        };
        let choices = fact.tags().map(choice).collect();
        Ask { fact, question: String::new(), why: String::new(), several, choices, others: 0 }
    }

    fn tags(line: &str) -> Result<Vec<&'static str>, String> {
        let ask = ask("audience", true);
        match understand(line, &ask, &[])? {
            Said::Tags(None, tags) => Ok(tags.ids(ask.fact).collect()),
            other => Err(format!("{other:?}")),
        }
    }

    #[test]
    fn numbers_and_words_of_the_vocabulary_are_answers() {
        assert_eq!(tags("1").unwrap(), ["developers"]);
        for line in ["1,3", " 3 1 ", "1, 3,3", "scientists;developers", "1;SCIENTISTS"] {
            assert_eq!(tags(line).unwrap(), ["developers", "scientists"], "{line}");
        }
    }

    #[test]
    fn wishes_are_single_letters_or_words() {
        for (line, said) in [
            ("0", Said::Unknown),
            ("?", Said::Keys),
            ("U", Said::Undo),
            ("why", Said::Why),
            ("q", Said::Enough),
            ("h", Said::Keys),
        ] {
            assert_eq!(understand(line, &ask("os", true), &[]), Ok(said));
        }
    }

    #[test]
    fn what_is_no_answer_is_said_with_what_would_be_one() {
        assert_eq!(tags("").unwrap_err(), "Type numbers from 1 to 4, or `h` to see what else can be typed");
        assert_eq!(tags(",").unwrap_err(), "Type numbers from 1 to 4");
        assert_eq!(tags("5").unwrap_err(), "There is no answer `5`; type numbers from 1 to 4");
        assert_eq!(tags("0,1").unwrap_err(), "`0` means that you don't know; type it alone");
        assert_eq!(tags("develpers").unwrap_err(), "There is no answer `develpers`; the nearest is `developers`");
        for line in ["-1", "1.5", "99999999999999999999999", "1-3", "ja", "١"] {
            assert!(tags(line).unwrap_err().starts_with("There is no answer"), "{line}");
        }
        let one = ask("source-files", false);
        assert!(understand("1 2", &one, &[]).unwrap_err().starts_with("Only one answer"));
    }

    #[test]
    fn a_fact_by_its_name_corrects_what_was_found() {
        let mut facts = Facts::default();
        facts.assign("kind=service").unwrap();
        assert_eq!(understand(" Kind=service ", &ask("os", true), &[]), Ok(Said::Facts(facts)));
        let error = understand("kind=servise", &ask("os", true), &[]).unwrap_err();
        assert!(error.contains("`service`"), "{error}");
    }

    #[test]
    fn one_of_several_systems_can_be_answered_for() {
        let ask = ask("python-on-target", true);
        let said = understand("windows: 3", &ask, &[Os::Linux, Os::Windows]).unwrap();
        assert_eq!(said, Said::Tags(Some(Os::Windows), ask.fact.tag_set(["absent"]).unwrap()));
        let error = understand("beos:3", &ask, &[Os::Linux, Os::Windows]).unwrap_err();
        assert_eq!(error, "`beos` is none of the systems here: linux and windows");
        assert!(understand("linux:1", &ask, &[]).unwrap_err().contains("holds for all"));
    }
}
