//! Requirements, specifiers and versions: the texts of PEP 508 and PEP 440.

use super::document::Item;
use crate::facts::{Evidence, Requirement, Source, pep};
use crate::inspect::InspectError;

/// Reads a PEP 508 requirement; the error says what is wrong with it, to follow the requirement's own text.
pub(crate) fn parse(text: &str, source: Source) -> Result<Requirement, String> {
    let text = text.trim();
    if let Some((name, address)) = text.split_once(" @ ").filter(|(_, address)| is_local(address)) {
        // A reference to a folder beside the project: PEP 508 has no word for it, but every tool does.
        let marker = address.split_once(" ;").map(|(_, marker)| format!(" ; {marker}")).unwrap_or_default();
        let named = parse(&format!("{name}{marker}"), source)?;
        return Ok(Requirement { text: text.to_owned(), ..named });
    }
    let parsed = pep::requirement(text)?;
    Ok(Requirement { text: text.to_owned(), name: parsed.name.to_string(), source })
}

/// Reads the requirement in a string of a document.
pub(crate) fn read(item: &Item) -> Result<Requirement, InspectError> {
    let text = item.text()?;
    parse(text, item.source()).map_err(|error| {
        let text = shown(text);
        item.invalid(&format!("holds `{text}`, which is not a requirement as PEP 508 defines it: {error}"))
    })
}

/// Reads the requirements in an array of a document.
pub(crate) fn read_all(item: &Item) -> Result<Vec<Requirement>, InspectError> {
    item.elements()?.iter().map(read).collect()
}

/// Reads a specifier set such as `>=3.9`.
pub(crate) fn specifiers(item: &Item) -> Result<Evidence<String>, InspectError> {
    let text = item.text()?;
    check_specifiers(text).map_err(|error| {
        let text = shown(text);
        item.invalid(&format!("is `{text}`, which is not a version specifier as PEP 440 defines it: {error}"))
    })?;
    Ok(item.evidence(text.to_owned()))
}

/// Whether a text is a specifier set; the error says why not.
pub(crate) fn check_specifiers(text: &str) -> Result<(), String> {
    pep::specifiers(text).map(|_| ()).map_err(|error| first_line(&error))
}

/// As much of a text as a message needs.
pub(crate) fn shown(text: &str) -> String {
    let mut start: String = text.chars().take(200).collect();
    if start.len() < text.len() {
        start.push('…');
    }
    start
}

/// Whether the address of a direct reference is a path.
pub(crate) fn is_local(address: &str) -> bool {
    ["./", "../", "/"].iter().any(|start| address.starts_with(start)) || matches!(address, "." | "..")
}

/// Whether a text is a PEP 440 version.
pub(crate) fn is_version(text: &str) -> bool {
    pep::version(text).is_some()
}

/// Whether a text is a distribution's name: letters, digits and `-_.`, the last three not at its ends.
pub(crate) fn is_name(text: &str) -> bool {
    let ends = |character: Option<char>| character.is_some_and(|character| character.is_ascii_alphanumeric());
    ends(text.chars().next())
        && ends(text.chars().last())
        && text.chars().all(|character| character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | '.'))
}

/// A name as setuptools and pip make one out of what is none: whatever may not be in it becomes a dash. `None` where
/// nothing stays.
pub(crate) fn usable_name(text: &str) -> Option<String> {
    let fits = |character: char| character.is_ascii_alphanumeric() || character == '.';
    if is_name(text) {
        return Some(text.to_owned());
    }
    let words: Vec<&str> = text.split(|character| !fits(character)).filter(|word| !word.is_empty()).collect();
    Some(words.join("-")).filter(|name| is_name(name))
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().trim_end_matches(':').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_requirement_keeps_its_text_and_gets_a_normal_name() {
        let requirement = parse(" Foo_Bar[x] >=1 ; python_version < '3.12'", Source::User).unwrap();
        assert_eq!(requirement.name, "foo-bar");
        assert_eq!(requirement.text, "Foo_Bar[x] >=1 ; python_version < '3.12'");
    }

    #[test]
    fn hostile_requirements_are_errors() {
        for text in ["", "é>", "é é é @ ==", "a @ ", "a[", "a>=é", "-r x", "a ; é == 'é'", "\u{0}"] {
            assert!(parse(text, Source::User).is_err(), "{text:?}");
        }
    }

    #[test]
    fn what_is_no_name_becomes_one_as_pip_makes_it() {
        let made = |text| usable_name(text);
        assert_eq!(made("sales tool").as_deref(), Some("sales-tool"));
        assert_eq!(made("My  Tool!").as_deref(), Some("My-Tool"));
        assert_eq!(made("Friendly.Bard_2").as_deref(), Some("Friendly.Bard_2"));
        assert_eq!((made("é"), made("")), (None, None));
    }

    #[test]
    fn names_follow_pep_508() {
        assert!(is_name("Friendly.Bard-2"));
        for bad in ["", "-a", "a-", "a b", "é"] {
            assert!(!is_name(bad), "{bad:?}");
        }
    }
}
