//! Looks for what only its owner should know in what is handed over, whoever packed it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use regex::bytes::Regex;

use super::contents::{self, Seen};
use crate::facts::{DoubtKind, Project, normalize};
use crate::inspect::regular;
use crate::inspect::secrets::{Sure, is_made_up, search};
use crate::inspect::tree::never::Never;

/// Most findings that are told.
const MOST: usize = 50;

/// The largest file of the project whose secrets are looked for in programs, in bytes.
const LARGEST: u64 = 4 << 20;

/// What a credential by its name is called.
const CREDENTIAL: &str = "a file for logins or keys";

/// Something in an artifact that only its owner should know; never itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::engine) struct Leak {
    /// The file in it, by its path there; or in the project, where the artifact's own files have no names.
    pub path: String,
    /// The line, from 1, where it is in a text.
    pub line: Option<usize>,
    /// What it is, in words.
    pub what: String,
    /// How sure that is.
    pub is_sure: bool,
}

impl Leak {
    /// In words: the file, the line, and what it is.
    pub fn told(&self) -> String {
        let line = self.line.map(|line| format!(", line {line}")).unwrap_or_default();
        format!("`{}`{line}: {}", self.path, self.what)
    }
}

/// What an artifact gives away of the project; what its dependencies hold is theirs.
///
/// `files` are those of the artifact, by their path in it; `made_of` the files that went into it, for what nobody can open.
pub(in crate::engine) fn leaks(
    files: &[(String, PathBuf)],
    made_of: &[(String, PathBuf)],
    project: &Project,
) -> Vec<Leak> {
    let mut looking = Looking { project, owners: BTreeMap::new(), own: None, found: BTreeSet::new(), is_closed: false };
    match files {
        // One file is handed over by its own name.
        [(name, path)] if !name.contains('/') => {
            contents::look_at(path, name, "", 0, &mut |inside, seen| looking.see(inside, seen));
        }
        _ => contents::look_at_folder(files, &mut |inside, seen| looking.see(inside, seen)),
    }
    if looking.is_closed {
        contents::look_at_folder(made_of, &mut |inside, seen| looking.see(inside, seen));
    }
    looking.found.into_iter().take(MOST).collect()
}

struct Looking<'p> {
    project: &'p Project,
    /// Of each container, whether a file of it is the project's, as far as records say.
    owners: BTreeMap<String, Owners>,
    /// The project's own secrets, each with its place: for what has no names any more.
    own: Option<Vec<(Regex, Leak)>>,
    found: BTreeSet<Leak>,
    is_closed: bool,
}

/// Who has installed what in one container.
#[derive(Debug, Default)]
struct Owners {
    is_own: BTreeMap<String, bool>,
    has_others: bool,
    has_programs: bool,
}

impl Looking<'_> {
    fn see(&mut self, inside: &str, seen: Seen) {
        match seen {
            Seen::Names(names) => {
                let has_programs =
                    names.iter().any(|name| name.ends_with(".so") || name.ends_with(".dll") || name.ends_with(".exe"));
                self.owners.insert(inside.to_owned(), Owners { has_programs, ..Owners::default() });
            }
            Seen::File(path, bytes) if contents::is_record(path) => self.learn(inside, path, bytes),
            Seen::File(path, bytes) => self.look(inside, path, bytes),
            Seen::Part(bytes) => self.look_for_own(bytes),
            Seen::Closed => self.is_closed = true,
        }
    }

    /// Takes what a record says: lines of a path from the folder around it, a digest and a size.
    fn learn(&mut self, inside: &str, path: &str, bytes: &[u8]) {
        let folder = path.trim_end_matches("/RECORD");
        let (site, info) = folder.rsplit_once('/').unwrap_or(("", folder));
        let name = normalize(info.split('-').next().unwrap_or(info));
        let is_own = name == self.project.normalized_name();
        let owners = self.owners.entry(inside.to_owned()).or_default();
        owners.has_others |= !is_own;
        for line in String::from_utf8_lossy(bytes).lines() {
            let listed = line.split(',').next().unwrap_or(line).trim_matches('"');
            let listed = if site.is_empty() { listed.to_owned() } else { format!("{site}/{listed}") };
            owners.is_own.insert(listed, is_own);
        }
    }

    fn look(&mut self, inside: &str, path: &str, bytes: &[u8]) {
        if !self.is_own(inside, path) || is_made_up(path) {
            return;
        }
        let name = path.rsplit('/').next().unwrap_or(path);
        let mut parts = path.split('/').rev().skip(1);
        let by_name = Never::get().file(name) == Some(DoubtKind::Credential)
            || parts.any(|part| Never::get().folder(part) == Some(DoubtKind::Credential));
        if by_name && !bytes.is_empty() {
            let leak = Leak { path: path.to_owned(), line: None, what: CREDENTIAL.to_owned(), is_sure: true };
            self.found.insert(leak);
        }
        for secret in search(path, bytes) {
            let is_sure = secret.sure == Sure::Certain;
            let line = Some(secret.line).filter(|_| !path.ends_with(".pyc"));
            self.found.insert(Leak { path: path.to_owned(), line, what: secret.what.to_owned(), is_sure });
        }
    }

    /// Whether a file is the project's, and not that of a dependency.
    fn is_own(&self, inside: &str, path: &str) -> bool {
        let container = inside.rsplit('/').next().unwrap_or(inside);
        if let Some(wheel) = container.strip_suffix(".whl") {
            return normalize(wheel.split('-').next().unwrap_or(wheel)) == self.project.normalized_name();
        }
        let Some(owners) = self.owners.get(inside) else { return true };
        match owners.is_own.get(path) {
            Some(is_own) => *is_own,
            // A frozen folder holds what its program needs, mostly without a record.
            None if owners.has_programs => self.is_of_source(path),
            None => true,
        }
    }

    /// Whether a path ends as one of the project's files does.
    fn is_of_source(&self, path: &str) -> bool {
        let top = self.project.source_dir.trim_end_matches('/');
        self.project.selection.files.iter().any(|file| {
            let file = file.strip_prefix(top).map_or(file.as_str(), |below| below.trim_start_matches('/'));
            path.strip_suffix(file).is_some_and(|before| before.is_empty() || before.ends_with('/'))
        })
    }

    /// Looks for the project's own secrets where nothing has a name.
    fn look_for_own(&mut self, bytes: &[u8]) {
        let project = self.project;
        let own = self.own.get_or_insert_with(|| own_secrets(project));
        let found = own.iter().filter(|(secret, _)| secret.is_match(bytes)).map(|(_, leak)| leak.clone());
        self.found.extend(found);
    }
}

/// The secrets in the project's files.
fn own_secrets(project: &Project) -> Vec<(Regex, Leak)> {
    let mut found = Vec::new();
    for file in &project.selection.files {
        let Ok(bytes) = regular::read(&project.root.join(file), LARGEST) else { continue };
        for secret in search(file, &bytes).into_iter().filter(|secret| secret.sure == Sure::Certain) {
            let text = bytes.get(secret.at).map(String::from_utf8_lossy);
            let Some(pattern) = text.and_then(|text| Regex::new(&regex::escape(&text)).ok()) else { continue };
            let leak =
                Leak { path: file.clone(), line: Some(secret.line), what: secret.what.to_owned(), is_sure: true };
            found.push((pattern, leak));
        }
    }
    found
}

#[cfg(test)]
mod tests;
