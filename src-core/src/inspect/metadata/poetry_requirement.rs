//! Poetry's way to write a requirement, turned into PEP 508.

use super::document::Item;
use super::requirement;
use crate::facts::{Evidence, Requirement, normalize, pep};
use crate::inspect::InspectError;

/// What became of a dependency.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Written {
    /// One requirement for each of its alternatives.
    Exactly(Vec<Requirement>),
    /// PEP 508 cannot say the union of ranges it asks for; Poetry's backend knows an equal one. The text has no range.
    OnlyByPoetry(Requirement),
}

/// Reads the value of `python = …`.
pub(crate) fn python(item: &Item) -> Result<Option<Evidence<String>>, InspectError> {
    let text = match item.get("version") {
        Some(version) => version,
        None => item.clone(),
    };
    let constraint = text.text()?;
    let specifiers = specifiers(constraint).map_err(|error| text.invalid(&error))?;
    // A union of Pythons is left to Poetry: its envelope would admit what the author excludes.
    Ok(specifiers.filter(|specifiers| !specifiers.is_empty()).map(|specifiers| item.evidence(specifiers)))
}

/// Reads one dependency: a constraint, a table, or a list of either for different environments.
pub(crate) fn read(name: &str, item: &Item) -> Result<Written, InspectError> {
    let alternatives = if item.is_array() { item.elements()? } else { vec![item.clone()] };
    let mut requirements = Vec::new();
    for alternative in &alternatives {
        match text(name, alternative)? {
            Some(text) => {
                let read = requirement::parse(&text, alternative.source())
                    .map_err(|error| alternative.invalid(&format!("cannot be written as PEP 508 has it: {error}")))?;
                requirements.push(read);
            }
            None => {
                let (text, name) = (name.to_owned(), normalize(name));
                return Ok(Written::OnlyByPoetry(Requirement { text, name, source: item.source() }));
            }
        }
    }
    Ok(Written::Exactly(requirements))
}

/// The PEP 508 text; `None` where there is none.
fn text(name: &str, item: &Item) -> Result<Option<String>, InspectError> {
    if !requirement::is_name(name) {
        return Err(item.invalid("is not the name of a distribution"));
    }
    let part = |key: &str| item.get(key).map(|part| part.text()).transpose();
    let extras = item.get("extras").map(|extras| extras.texts()).transpose()?.unwrap_or_default();
    let mut text = name.to_owned();
    if !extras.is_empty() {
        text = format!("{text}[{}]", extras.join(","));
    }
    if let Some(address) = address(item)? {
        text = format!("{text} @ {address}");
    } else {
        let written = item.get("version").unwrap_or_else(|| item.clone());
        let constraint = if item.is_table() && item.get("version").is_none() { "*" } else { written.text()? };
        let Some(specifiers) = specifiers(constraint).map_err(|error| written.invalid(&error))? else {
            return Ok(None);
        };
        text.push_str(&specifiers);
    }
    let mut markers: Vec<String> = part("markers")?.map(|marker| format!("({marker})")).into_iter().collect();
    if let Some(python) = part("python")? {
        let Some(specifiers) = specifiers(python).map_err(|error| item.invalid(&error))? else { return Ok(None) };
        markers.extend(specifiers.split(',').filter(|part| !part.is_empty()).map(python_marker));
    }
    if let Some(platform) = part("platform")? {
        markers.push(format!("sys_platform == '{}'", platform.replace('\'', "")));
    }
    match markers.as_slice() {
        [] => {}
        [one] => {
            text = format!("{text} ; {}", one.strip_prefix('(').and_then(|one| one.strip_suffix(')')).unwrap_or(one));
        }
        several => text = format!("{text} ; {}", several.join(" and ")),
    }
    Ok(Some(text))
}

/// Where a dependency comes from, if not from an index.
fn address(item: &Item) -> Result<Option<String>, InspectError> {
    let part = |key: &str| item.get(key).map(|part| part.text()).transpose();
    if let Some(repository) = part("git")? {
        let at = ["rev", "tag", "branch"].into_iter().find_map(|key| part(key).transpose()).transpose()?;
        let at = at.map(|at| format!("@{at}")).unwrap_or_default();
        let folder = part("subdirectory")?.map(|folder| format!("#subdirectory={folder}")).unwrap_or_default();
        // `git@host:path` is how ssh writes `ssh://git@host/path`.
        let repository = match repository.split_once(':') {
            Some((host, path)) if !repository.contains("://") && host.contains('@') => format!("ssh://{host}/{path}"),
            _ => repository.to_owned(),
        };
        return Ok(Some(format!("git+{repository}{at}{folder}")));
    }
    if let Some(path) = part("path")?.or(part("file")?) {
        return Ok(Some(if requirement::is_local(path) { path.to_owned() } else { format!("./{path}") }));
    }
    Ok(part("url")?.map(str::to_owned))
}

fn python_marker(specifier: &str) -> String {
    let at = specifier.find(|character: char| character.is_ascii_digit()).unwrap_or(specifier.len());
    let (operator, version) = specifier.split_at(at);
    let key = if version.matches('.').count() > 1 && !version.ends_with(".*") {
        "python_full_version"
    } else {
        "python_version"
    };
    format!("{key} {operator} '{version}'")
}

/// A constraint as PEP 440 specifiers; empty for any version, `None` for a union of ranges.
pub(crate) fn specifiers(constraint: &str) -> Result<Option<String>, String> {
    let constraint = constraint.trim();
    if constraint.contains('|') {
        return Ok(None);
    }
    let mut specifiers = Vec::new();
    for part in parts(constraint) {
        specifiers.extend(
            specifier(&part)
                .ok_or_else(|| format!("holds `{constraint}`, which is not a constraint as Poetry defines it"))?,
        );
    }
    let text = specifiers.join(",");
    requirement::check_specifiers(&text)
        .map_err(|error| format!("holds `{constraint}`, which is not a constraint as Poetry defines it: {error}"))?;
    Ok(Some(text))
}

/// Splits at commas and at spaces, but not between an operator and its version.
fn parts(constraint: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for word in constraint.split([',', ' ']).filter(|word| !word.is_empty()) {
        match parts.last_mut().filter(|last| last.ends_with(['<', '>', '=', '~', '^', '!'])) {
            Some(operator) => operator.push_str(word),
            None => parts.push(word.to_owned()),
        }
    }
    parts
}

fn specifier(part: &str) -> Option<Vec<String>> {
    if part == "*" {
        return Some(Vec::new());
    }
    if let Some(version) = part.strip_prefix('^') {
        return range(version, |release| {
            // The first number that is not zero must stay; of zeroes only, the last one.
            release.iter().position(|number| *number != 0).unwrap_or(release.len() - 1)
        });
    }
    if let Some(version) = part.strip_prefix('~').filter(|rest| !rest.starts_with('=')) {
        return range(version, |release| usize::from(release.len() > 1));
    }
    if part.starts_with(['<', '>', '!', '=', '~']) {
        let single = part.strip_prefix('=').filter(|rest| !rest.starts_with('='));
        return Some(vec![single.map_or_else(|| part.to_owned(), |version| format!("=={version}"))]);
    }
    Some(vec![format!("=={part}")])
}

/// From a version up to the next one at a place of its release.
fn range(version: &str, place: fn(&[u64]) -> usize) -> Option<Vec<String>> {
    let version = version.trim().trim_end_matches(".*");
    let parsed = pep::version(version)?;
    let release: Vec<u64> = parsed.release().to_vec();
    let place = place(&release).min(release.len() - 1);
    let mut next: Vec<u64> = release[..=place].to_vec();
    *next.last_mut()? = next.last()?.checked_add(1)?;
    // One more zero, as Poetry writes it: `<9.0`.
    if next.len() == 1 {
        next.push(0);
    }
    let next: Vec<String> = next.iter().map(u64::to_string).collect();
    Some(vec![format!(">={version}"), format!("<{}", next.join("."))])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::metadata::document::Document;

    #[test]
    fn carets_and_tildes_become_ranges() {
        for (constraint, expected) in [
            ("^1.2.3", ">=1.2.3,<2.0"),
            ("^0.2.3", ">=0.2.3,<0.3"),
            ("^0.0.3", ">=0.0.3,<0.0.4"),
            ("^0.0", ">=0.0,<0.1"),
            ("^0", ">=0,<1.0"),
            ("^1", ">=1,<2.0"),
            ("~1.2.3", ">=1.2.3,<1.3"),
            ("~1", ">=1,<2.0"),
            ("~=1.4", "~=1.4"),
            ("1.2.*", "==1.2.*"),
            ("1.2", "==1.2"),
            ("=1.2", "==1.2"),
            ("*", ""),
            (">= 1.0 , <2.0", ">=1.0,<2.0"),
            (">=1 <2", ">=1,<2"),
        ] {
            assert_eq!(specifiers(constraint).unwrap().as_deref(), Some(expected), "{constraint}");
        }
    }

    #[test]
    fn a_single_marker_keeps_its_own_parentheses() {
        let text = "a = {version = '*', markers = \"(os_name == 'nt') or (os_name == 'posix')\"}\n";
        let document = Document::parse("pyproject.toml", text).unwrap();
        let Written::Exactly(read) = read("a", &document.root().get("a").unwrap()).unwrap() else {
            panic!("one range")
        };
        assert_eq!(read[0].text, "a ; (os_name == 'nt') or (os_name == 'posix')");
    }

    #[test]
    fn unions_are_left_to_poetry_and_nonsense_is_refused() {
        assert_eq!(specifiers("^1 || ^2").unwrap(), None);
        for nonsense in ["^", "^x", "~", "é", "^99999999999999999999", ">"] {
            assert!(specifiers(nonsense).is_err(), "{nonsense}");
        }
    }

    #[test]
    fn tables_become_markers_and_references() {
        let text = "a = {version = '^1', python = '<3.11', markers = \"sys_platform == 'win32' or extra == 'x'\"}\n\
                    b = {git = 'https://example.invalid/b.git', tag = 'v1', extras = ['x']}\nc = {path = '../c', develop = true}\n\
                    d = [{version = '1', platform = 'linux'}, {version = '2', platform = 'win32'}]\n";
        let document = Document::parse("pyproject.toml", text).unwrap();
        let read = |name: &str| match read(name, &document.root().get(name).unwrap()).unwrap() {
            Written::Exactly(list) => list.into_iter().map(|requirement| requirement.text).collect::<Vec<_>>(),
            Written::OnlyByPoetry(_) => Vec::new(),
        };
        assert_eq!(read("a"), ["a>=1,<2.0 ; (sys_platform == 'win32' or extra == 'x') and python_version < '3.11'"]);
        assert_eq!(read("b"), ["b[x] @ git+https://example.invalid/b.git@v1"]);
        assert_eq!(read("c"), ["c @ ../c"]);
        assert_eq!(read("d"), ["d==1 ; sys_platform == 'linux'", "d==2 ; sys_platform == 'win32'"]);
    }
}
