//! Requirement files in pip's format.

mod unnamed;

use std::collections::BTreeSet;

use self::unnamed::unnamed;
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

/// What a requirement file asks for, and what bounds it.
#[derive(Debug, Default)]
pub(crate) struct Listed {
    /// What goes in.
    pub(crate) requirements: Vec<Requirement>,
    /// What bounds the versions of whatever goes in, and brings nothing itself.
    pub(crate) constraints: Vec<Requirement>,
}

/// Reads a file and what it includes.
pub(crate) fn read(tree: &Tree, path: &str) -> Result<Vec<Requirement>, InspectError> {
    Ok(read_all(tree, path)?.requirements)
}

/// Reads a file and what it includes, with the constraints that it names.
pub(crate) fn read_all(tree: &Tree, path: &str) -> Result<Listed, InspectError> {
    let mut reading = Reading { tree, seen: BTreeSet::new(), bytes: 0, depth: 0, listed: Listed::default() };
    reading.file(path, Role::Requires, None)?;
    Ok(reading.listed)
}

/// What the lines of a file do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Role {
    Requires,
    Bounds,
}

struct Reading<'t> {
    tree: &'t Tree,
    seen: BTreeSet<(String, Role)>,
    bytes: usize,
    depth: usize,
    listed: Listed,
}

impl Reading<'_> {
    /// Reads one file; `from` is the file and line that includes it.
    fn file(&mut self, path: &str, role: Role, from: Option<(&str, usize)>) -> Result<(), InspectError> {
        if !self.seen.insert((path.to_owned(), role)) {
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
            self.line(path, role, line, &text)?;
            if self.listed.requirements.len() + self.listed.constraints.len() > MOST {
                return too_large(format!("line {line}: it lists more than {MOST} requirements with its includes"));
            }
        }
        self.depth -= 1;
        Ok(())
    }

    fn line(&mut self, path: &str, role: Role, line: usize, text: &str) -> Result<(), InspectError> {
        // As pip has it, what a file of constraints includes with `-r` is required.
        let includes = [(["-r", "--requirement"], Role::Requires), (["-c", "--constraint"], Role::Bounds)];
        if let Some((included, role)) = includes.iter().find_map(|(names, role)| Some((option(text, names)?, *role))) {
            return match beside(path, included).filter(|_| !included.contains("://")) {
                Some(file) => self.file(&file, role, Some((path, line))),
                None => Err(invalid(path, line, &format!("it includes `{included}`, which lies outside the project"))),
            };
        }
        let text = match option(text, &["-e", "--editable"]) {
            Some(editable) => editable,
            // Indexes and the rest are the user's configuration, not the project's.
            None if text.starts_with('-') => return Ok(()),
            None => text,
        };
        let text = without_options(text);
        let source = Source::line(path, line);
        let requirement = match unnamed(text) {
            Some(unnamed) => unnamed.requirement(path, source),
            None => Some(requirement::parse(text, source).map_err(|error| {
                let text = requirement::shown(text);
                invalid(path, line, &format!("`{text}` is not a requirement as PEP 508 defines it: {error}"))
            })?),
        };
        match role {
            Role::Requires => self.listed.requirements.extend(requirement),
            Role::Bounds => self.listed.constraints.extend(requirement),
        }
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
                    rich>=13 ; python_version < '3.13'  # why\n--pre\n";
        assert_eq!(texts(&[("requirements.txt", text)]), ["click==8.1", "rich>=13 ; python_version < '3.13'"]);
    }

    #[test]
    fn constraints_bound_versions_and_bring_nothing() {
        let files = [
            ("requirements.txt", "-c pins/all.txt\n-r more.txt\nidna\n"),
            ("more.txt", "--constraint=pins/own.txt\nsix\n"),
            ("pins/all.txt", "# the customer's\nidna==3.4\n-c own.txt\n"),
            ("pins/own.txt", "six==1.16.0 --hash=sha256:00\nattrs<24\n"),
        ];
        let (_folder, tree) = fixture::tree(&files);
        let listed = read_all(&tree, "requirements.txt").unwrap();
        let texts = |list: Vec<Requirement>| list.into_iter().map(|item| item.text).collect::<Vec<_>>();
        assert_eq!(texts(listed.requirements), ["six", "idna"]);
        assert_eq!(texts(listed.constraints), ["idna==3.4", "six==1.16.0", "attrs<24"]);
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
        assert_eq!(
            error("-c https://example.invalid/c.txt"),
            "`requirements.txt` is not valid: line 1: it includes `https://example.invalid/c.txt`, which lies outside the project"
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
