//! Requirement files in pip's format.

use std::collections::BTreeSet;

use super::lookup;
use super::requirement;
use crate::facts::{Requirement, Source};
use crate::inspect::InspectError;
use crate::inspect::tree::Tree;

/// Where the run-time requirements of a folder without metadata are, best first.
const USUAL: [&str; 7] = [
    "requirements.txt",
    "requirements/base.txt",
    "requirements/main.txt",
    "requirements/requirements.txt",
    "requirements/prod.txt",
    "requirements/production.txt",
    "requirements.in",
];

/// Most files that one list of requirements may be spread over, and how far they may include one another.
const MOST_FILES: usize = 200;
const DEEPEST: usize = 50;

/// Most requirements of one list, and most bytes of its files.
const MOST: usize = 5_000;
const MOST_BYTES: usize = 8 << 20;

/// Most requirement files beside the main one.
const MOST_GROUPS: usize = 50;

/// The file with a folder's run-time requirements.
pub(crate) fn main_file(tree: &Tree) -> Option<&'static str> {
    USUAL.into_iter().find(|path| tree.has(path))
}

/// Other requirement files, as `(group, path)`: `requirements-dev.txt` and `requirements/dev.txt` are the group `dev`.
pub(crate) fn other_files(tree: &Tree, main: Option<&str>) -> Vec<(String, String)> {
    lookup::paths(tree)
        .filter(|path| Some(*path) != main)
        .filter_map(|path| {
            let stem = path.strip_suffix(".txt")?;
            let group = match stem.strip_prefix("requirements/") {
                Some(group) => group,
                None => stem.strip_prefix("requirements").or_else(|| stem.strip_suffix("requirements"))?,
            };
            let group = group.trim_matches(['-', '_', '.']);
            let plain = !group.is_empty()
                && group.chars().all(|character| character.is_ascii_alphanumeric() || "-_.".contains(character));
            plain.then(|| (group.to_owned(), path.to_owned()))
        })
        .take(MOST_GROUPS)
        .collect()
}

/// Reads a file and what it includes.
pub(crate) fn read(tree: &Tree, path: &str) -> Result<Vec<Requirement>, InspectError> {
    let mut reading = Reading { tree, seen: BTreeSet::new(), bytes: 0, depth: 0, requirements: Vec::new() };
    reading.file(path, None)?;
    Ok(reading.requirements)
}

struct Reading<'t> {
    tree: &'t Tree,
    seen: BTreeSet<String>,
    bytes: usize,
    depth: usize,
    requirements: Vec<Requirement>,
}

impl Reading<'_> {
    /// Reads one file; `from` is the file and line that includes it.
    fn file(&mut self, path: &str, from: Option<(&str, usize)>) -> Result<(), InspectError> {
        if !self.seen.insert(path.to_owned()) {
            return Ok(());
        }
        let Some(text) = self.tree.read(path)? else {
            return Err(match from {
                Some((file, line)) => {
                    invalid(file, line, &format!("it includes `{path}`, which the project does not have"))
                }
                None => InspectError::Invalid {
                    path: path.to_owned(),
                    message: "metadata names it as a list of requirements, but the project does not have it".into(),
                },
            });
        };
        self.bytes += text.len();
        self.depth += 1;
        let too_large = |what: String| Err(InspectError::TooLarge { path: path.to_owned(), what });
        if self.seen.len() > MOST_FILES || self.depth > DEEPEST {
            return too_large(format!(
                "it is included beside {MOST_FILES} other files, or over {DEEPEST}, and no more are read"
            ));
        }
        if self.bytes > MOST_BYTES {
            return too_large(format!(
                "it comes to {} bytes with its includes, and up to {MOST_BYTES} are read",
                self.bytes
            ));
        }
        for (line, text) in logical_lines(&text) {
            self.line(path, line, &text)?;
            if self.requirements.len() > MOST {
                return too_large(format!("line {line}: it lists more than {MOST} requirements with its includes"));
            }
        }
        self.depth -= 1;
        Ok(())
    }

    fn line(&mut self, path: &str, line: usize, text: &str) -> Result<(), InspectError> {
        if let Some(included) = option(text, &["-r", "--requirement"]) {
            return match beside(path, included) {
                Some(included) => self.file(&included, Some((path, line))),
                None => Err(invalid(path, line, &format!("it includes `{included}`, which lies outside the project"))),
            };
        }
        let text = match option(text, &["-e", "--editable"]) {
            Some(editable) => editable,
            // Constraints bound what others ask for; indexes and the rest are the user's configuration, not the project's.
            None if text.starts_with('-') => return Ok(()),
            None => text,
        };
        let text = without_options(text);
        let source = Source::line(path, line);
        if let Some(unnamed) = unnamed(text) {
            self.requirements.extend(unnamed.requirement(path, source));
            return Ok(());
        }
        let requirement = requirement::parse(text, source).map_err(|error| {
            let text = requirement::shown(text);
            invalid(path, line, &format!("`{text}` is not a requirement as PEP 508 defines it: {error}"))
        })?;
        self.requirements.push(requirement);
        Ok(())
    }
}

/// Lines joined at `\`, without comments and empty lines, with the number of their first line.
pub(crate) fn logical_lines(text: &str) -> Vec<(usize, String)> {
    let mut lines: Vec<(usize, String)> = Vec::new();
    let mut open = false;
    for (index, raw) in text.lines().enumerate() {
        let comment =
            if raw.trim_start().starts_with('#') { Some(0) } else { raw.find(" #").or_else(|| raw.find("\t#")) };
        let line = comment.map_or(raw, |at| &raw[..at]).trim();
        let (line, continues) = match line.strip_suffix('\\') {
            Some(line) => (line.trim_end(), true),
            None => (line, false),
        };
        match lines.last_mut().filter(|_| open) {
            Some((_, text)) => {
                text.push(' ');
                text.push_str(line);
            }
            None => lines.push((index + 1, line.to_owned())),
        }
        open = continues;
    }
    lines.retain(|(_, line)| !line.trim().is_empty());
    lines
}

/// The value of an option, however it is attached to its name.
fn option<'t>(text: &'t str, names: &[&str]) -> Option<&'t str> {
    names.iter().find_map(|name| {
        let rest = text.strip_prefix(name)?;
        let separated = rest.starts_with([' ', '\t', '=']);
        (separated || !name.starts_with("--")).then(|| rest.trim_start_matches(['=', ' ', '\t']).trim())
    })
}

/// A requirement without the `--hash=…` and other options behind it.
fn without_options(text: &str) -> &str {
    text.find(" --").map_or(text, |at| &text[..at]).trim()
}

/// An archive, a repository or a folder that is not named as PEP 508 has it.
struct Unnamed<'t> {
    address: &'t str,
    marker: Option<&'t str>,
}

fn unnamed(text: &str) -> Option<Unnamed<'_>> {
    let (address, marker) = match text.split_once(" ;") {
        Some((address, marker)) => (address.trim(), Some(marker.trim())),
        None => (text, None),
    };
    let (head, _) = address.split_once('[').unwrap_or((address, ""));
    let is_url = head.split_once("://").is_some_and(|(scheme, _)| !scheme.contains([' ', '@']));
    let is_path = head.starts_with(['.', '/']) || head.contains('/') && !head.contains([' ', '@']);
    let is_archive = [".whl", ".tar.gz", ".zip"].iter().any(|ending| head.ends_with(ending)) && !head.contains('@');
    (is_url || is_path || is_archive).then_some(Unnamed { address, marker })
}

impl Unnamed<'_> {
    /// As a direct reference of PEP 508; `None` for the project itself.
    fn requirement(&self, file: &str, source: Source) -> Option<Requirement> {
        let is_url = self.address.contains("://");
        let target = if is_url { self.address.to_owned() } else { local(file, self.address) };
        if target == "./" {
            // The project itself.
            return None;
        }
        let name = name_in(&target)?;
        let marker = self.marker.map(|marker| format!(" ; {marker}")).unwrap_or_default();
        Some(Requirement { text: format!("{name} @ {target}{marker}"), name: crate::facts::normalize(&name), source })
    }
}

/// `#egg=name`, or what the last part of the address begins with.
fn name_in(target: &str) -> Option<String> {
    let (address, fragment) = target.split_once('#').unwrap_or((target, ""));
    let egg = fragment.split('&').find_map(|part| part.strip_prefix("egg="));
    let address = address.trim_end_matches('/');
    let file = address.rsplit('/').next().unwrap_or(address);
    let file = file.split(['@', '?']).next().unwrap_or(file);
    let stem = file.strip_suffix(".git").unwrap_or(file);
    let stem = if stem.ends_with(".whl") || stem.ends_with(".tar.gz") || stem.ends_with(".zip") {
        stem.split('-').next().unwrap_or(stem)
    } else {
        stem
    };
    let name = egg.map_or(stem, |egg| egg.split('[').next().unwrap_or(egg));
    requirement::is_name(name).then(|| name.to_owned())
}

/// A path in a requirement file, from the project's root, beginning with `./` or `../`.
fn local(file: &str, path: &str) -> String {
    let path = path.split('[').next().unwrap_or(path);
    if path.starts_with('/') {
        return path.to_owned();
    }
    let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/').filter(|part| !part.is_empty() && *part != ".") {
        if part == ".." && parts.last().is_some_and(|last| *last != "..") {
            parts.pop();
        } else {
            parts.push(part);
        }
    }
    if parts.first() == Some(&"..") { parts.join("/") } else { format!("./{}", parts.join("/")) }
}

/// A path named in a file, from the root; `None` where it leads outside.
pub(crate) fn beside(file: &str, path: &str) -> Option<String> {
    local(file, path).strip_prefix("./").map(str::to_owned)
}

fn invalid(path: &str, line: usize, message: &str) -> InspectError {
    InspectError::Invalid { path: path.to_owned(), message: format!("line {line}: {message}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::metadata::fixture;

    fn texts(files: &[(&str, &str)]) -> Vec<String> {
        let (_folder, tree) = fixture::tree(files);
        read(&tree, "requirements.txt").unwrap().into_iter().map(|requirement| requirement.text).collect()
    }

    #[test]
    fn comments_hashes_and_options_are_left_out() {
        let text = "# head\n--index-url https://example.invalid\nclick==8.1 \\\n    --hash=sha256:00 \\\n    --hash=sha256:11\n\
                    rich>=13 ; python_version < '3.13'  # why\n-c constraints.txt\n";
        assert_eq!(texts(&[("requirements.txt", text)]), ["click==8.1", "rich>=13 ; python_version < '3.13'"]);
    }

    #[test]
    fn other_files_are_included_once() {
        let files = [
            ("requirements.txt", "-r more/a.txt\nb"),
            ("more/a.txt", "a\n-r ../requirements.txt\n-rb.txt"),
            ("more/b.txt", "c"),
        ];
        assert_eq!(texts(&files), ["a", "c", "b"]);
    }

    #[test]
    fn what_has_no_name_gets_a_direct_reference() {
        let text = "-e .\n-e ./lib[x]\ngit+https://example.invalid/a/spam.git@v1\nhttps://example.invalid/e.zip#egg=eggs\n\
                    ./wheels/ham-1.0-py3-none-any.whl\nnamed @ https://example.invalid/n.whl\n";
        assert_eq!(
            texts(&[("requirements.txt", text)]),
            [
                "lib @ ./lib",
                "spam @ git+https://example.invalid/a/spam.git@v1",
                "eggs @ https://example.invalid/e.zip#egg=eggs",
                "ham @ ./wheels/ham-1.0-py3-none-any.whl",
                "named @ https://example.invalid/n.whl",
            ]
        );
    }

    #[test]
    fn includes_that_never_end_and_lists_without_end_are_refused() {
        let error = |files: &[(&str, &str)]| {
            let (_folder, tree) = fixture::tree(files);
            read(&tree, "requirements.txt").unwrap_err().to_string()
        };
        let names: Vec<String> = (0..300).map(|number| format!("r{number}.txt")).collect();
        let chain: Vec<String> = (1..=300).map(|number| format!("-r r{number}.txt\n")).collect();
        let mut files = vec![("requirements.txt", "-r r0.txt\n")];
        files.extend(names.iter().map(String::as_str).zip(chain.iter().map(String::as_str)));
        assert!(error(&files).starts_with("`r49.txt` is too large: it is included"), "{}", error(&files));
        // Each includes all others: every file is read once.
        let every: String = names.iter().take(60).map(|name| format!("-r {name}\n")).collect();
        let mut files = vec![("requirements.txt", every.as_str())];
        files.extend(names.iter().take(60).map(|name| (name.as_str(), every.as_str())));
        assert!(error(&files).contains("and no more are read"), "{}", error(&files));
        let long = "a\n".repeat(5_001);
        assert_eq!(
            error(&[("requirements.txt", &long)]),
            "`requirements.txt` is too large: line 5001: it lists more than 5000 requirements with its includes"
        );
    }

    #[test]
    fn a_missing_or_outer_include_is_an_error_that_names_both_files() {
        let error = |text: &str| {
            let (_folder, tree) = fixture::tree(&[("requirements.txt", text)]);
            read(&tree, "requirements.txt").unwrap_err().to_string()
        };
        assert_eq!(
            error("\n-r gone.txt\n"),
            "`requirements.txt` is not valid: line 2: it includes `gone.txt`, which the project does not have"
        );
        assert_eq!(
            error("-r ../../etc/passwd"),
            "`requirements.txt` is not valid: line 1: it includes `../../etc/passwd`, which lies outside the project"
        );
        let (_folder, empty) = fixture::tree(&[]);
        assert_eq!(
            read(&empty, "gone.txt").unwrap_err().to_string(),
            "`gone.txt` is not valid: metadata names it as a list of requirements, but the project does not have it"
        );
        assert!(error("not a requirement").contains("line 1: `not a requirement` is not a requirement"));
    }

    #[test]
    fn other_files_are_groups() {
        let (_folder, tree) = fixture::tree(&[
            ("dev-requirements.txt", ""),
            ("requirements_test.txt", ""),
            ("requirements/doc.txt", ""),
            ("a/requirements.txt", ""),
        ]);
        let groups: Vec<String> = other_files(&tree, None).into_iter().map(|(group, _)| group).collect();
        assert_eq!(groups, ["dev", "doc", "test"]);
    }
}
