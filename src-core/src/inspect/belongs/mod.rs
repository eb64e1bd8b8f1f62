//! The one definition of what belongs to a program: what the walk found, and what its build backend names, without the files that
//! hold secrets; over all of it, what the user says.
//!
//! Everything that inspects, plans, copies and shows a project goes through what comes of this, `Project::selection`.

mod patterns;
mod secrets;

use std::fs;

use self::patterns::Patterns;
use super::InspectError;
use super::code::is_python;
use super::tree::{Tree, TreeFile, is_at_or_below};
use crate::facts::{Doubt, DoubtKind, Fate, Sorting};

/// Most files that are brought back from folders that are left out.
const MOST_BROUGHT: usize = 20_000;

/// Most bytes of code in which the names of backups are looked for.
const MOST_CODE: usize = 8 << 20;

/// Files that build backends read: a secret in one is told, and it stays.
pub(super) const DEFINITIONS: [&str; 9] = [
    "pyproject.toml",
    "setup.cfg",
    "setup.py",
    "requirements.txt",
    "MANIFEST.in",
    "packwright.toml",
    "PKG-INFO",
    "Cargo.toml",
    "uv.lock",
];

/// Decides over what the walk found. `named` are patterns of the build backend, `saved` is what the project's settings say, and
/// `said` what the user says now.
pub(crate) fn settle(tree: &mut Tree, named: &[String], saved: &Sorting, said: &Sorting) -> Result<(), InspectError> {
    // What a build backend takes for a pattern may be none here.
    let named: Vec<String> = named.iter().filter(|text| Patterns::of(&[(*text).clone()]).is_ok()).cloned().collect();
    if !tree.doubts.is_empty() && !named.is_empty() {
        bring(tree, &compiled(&named)?, By::Backend);
    }
    keep_used_backups(tree);
    secrets::leave_out(tree);
    for sorting in [saved, said] {
        if !sorting.include.is_empty() {
            let wanted = compiled(&sorting.include)?;
            bring(tree, &wanted, By::User);
        }
        if !sorting.leave_out.is_empty() {
            drop_unwanted(tree, &compiled(&sorting.leave_out)?);
        }
    }
    tree.files.sort_by(|left, right| left.path.cmp(&right.path));
    tree.files.dedup_by(|left, right| left.path == right.path);
    Ok(())
}

/// What is named itself belongs to its project, whatever its name says.
pub(crate) fn keep(tree: &mut Tree, path: &str) {
    if !tree.has(path) {
        tree.doubts.retain(|doubt| doubt.path != path);
        tree.files.push(TreeFile { path: path.to_owned(), link: None });
        tree.files.sort_by(|left, right| left.path.cmp(&right.path));
    }
}

fn compiled(texts: &[String]) -> Result<Patterns, InspectError> {
    Patterns::of(texts).map_err(|(path, why)| InspectError::NoPattern { path, why })
}

/// Who wants files back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    /// The build backend: whatever is no credential, and no part of an environment or a cache.
    Backend,
    /// The user: whatever it is.
    User,
}

impl By {
    fn may_have(self, kind: DoubtKind) -> bool {
        self == Self::User || kind.yields_to_version_control()
    }
}

/// Takes back what patterns name.
fn bring(tree: &mut Tree, wanted: &Patterns, by: By) {
    let mut found = Vec::new();
    for doubt in &mut tree.doubts {
        if !by.may_have(doubt.kind) || matches!(doubt.fate, Fate::Taken | Fate::Tracked) {
            continue;
        }
        let before = found.len();
        match doubt.path.strip_suffix('/') {
            Some(folder) if wanted.may_fit_in(folder) => {
                list(&tree.root, folder, by, &mut |path| wanted.fit(path), &mut found);
            }
            None if wanted.fit(&doubt.path) => found.push(doubt.path.clone()),
            Some(_) | None => {}
        }
        if found.len() > before {
            doubt.fate = Fate::Taken;
        }
    }
    if by == By::Backend {
        // What a backend names belongs to the project; there is nothing to be said of it.
        tree.doubts.retain(|doubt| doubt.fate != Fate::Taken);
    } else {
        for path in &wanted.plain {
            named_by_user(tree, path, &mut found);
        }
    }
    tree.files.extend(found.into_iter().map(|path| TreeFile { path, link: None }));
}

/// What the user names is taken though nothing was said of it, or only of a folder above.
fn named_by_user(tree: &Tree, path: &str, found: &mut Vec<String>) {
    let full = tree.root.join(path);
    let is_inside = full.canonicalize().is_ok_and(|real| real.starts_with(&tree.root));
    match full.symlink_metadata() {
        Ok(status) if status.is_file() && is_inside => found.push(path.to_owned()),
        Ok(status) if status.is_dir() && is_inside => list(&tree.root, path, By::User, &mut |_| true, found),
        Ok(_) | Err(_) => {}
    }
}

/// The files below a folder that are wanted. No link is followed, and nothing of version control is looked at.
fn list(
    root: &std::path::Path,
    folder: &str,
    by: By,
    is_wanted: &mut dyn FnMut(&str) -> bool,
    found: &mut Vec<String>,
) {
    let mut open = vec![folder.to_owned()];
    let mut seen = 0;
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(root.join(&folder)).into_iter().flatten().flatten() {
            let Ok(name) = entry.file_name().into_string() else { continue };
            let path = format!("{folder}/{name}");
            let Ok(kind) = entry.file_type() else { continue };
            seen += 1;
            if seen > MOST_BROUGHT || found.len() > MOST_BROUGHT {
                return;
            }
            if kind.is_dir() && may_enter(&name, by) {
                open.push(path);
            } else if kind.is_file() && may_take(&name, by) && is_wanted(&path) {
                found.push(path);
            }
        }
    }
}

fn may_enter(name: &str, by: By) -> bool {
    let kind = super::tree::never::Never::get().folder(name);
    !name.eq_ignore_ascii_case(".git") && kind.is_none_or(|kind| by.may_have(kind) && kind != DoubtKind::Cache)
}

fn may_take(name: &str, by: By) -> bool {
    let kind = super::tree::never::Never::get().file(name);
    kind.is_none_or(|kind| by.may_have(kind) && kind != DoubtKind::Cache)
}

/// Leaves out what patterns name.
fn drop_unwanted(tree: &mut Tree, unwanted: &Patterns) {
    let before = tree.files.len();
    let (left, out): (Vec<TreeFile>, Vec<TreeFile>) =
        std::mem::take(&mut tree.files).into_iter().partition(|file| !unwanted.fit(&file.path));
    tree.files = left;
    for doubt in tree.doubts.iter_mut().filter(|doubt| unwanted.fit(&doubt.path)) {
        doubt.fate = Fate::LeftOut;
    }
    if tree.files.len() < before {
        let known: Vec<String> = tree.doubts.iter().map(|doubt| doubt.path.clone()).collect();
        let is_new = |file: &&TreeFile| !known.iter().any(|doubt| is_at_or_below(&file.path, doubt));
        let new = out.iter().filter(is_new).take(MOST_BROUGHT);
        tree.doubts.extend(new.map(|file| Doubt::left_out(file.path.clone(), DoubtKind::Unwanted)));
    }
}

/// A file that looks like a backup belongs to the program when its code names it, and when there is no other code.
fn keep_used_backups(tree: &mut Tree) {
    let backups: Vec<String> = tree
        .doubts
        .iter()
        .filter(|doubt| doubt.kind == DoubtKind::Backup && !doubt.path.ends_with('/'))
        .map(|doubt| doubt.path.clone())
        .collect();
    if backups.is_empty() {
        return;
    }
    let has_code = tree.files.iter().any(|file| is_python(&file.path));
    let used: Vec<String> = if has_code { named_in_code(tree, &backups) } else { backups };
    tree.doubts.retain(|doubt| !used.contains(&doubt.path));
    tree.files.extend(used.into_iter().map(|path| TreeFile { path, link: None }));
    tree.files.sort_by(|left, right| left.path.cmp(&right.path));
}

/// Those of these files that some code names: a module by its name, anything else by its file name.
fn named_in_code(tree: &Tree, paths: &[String]) -> Vec<String> {
    let name = |path: &str| {
        let name = path.rsplit('/').next().unwrap_or(path).to_owned();
        name.strip_suffix(".py").map(str::to_owned).unwrap_or(name)
    };
    let mut open: Vec<(&String, String)> = paths.iter().map(|path| (path, name(path))).collect();
    let (mut used, mut read) = (Vec::new(), 0);
    let mut code: Vec<&TreeFile> = tree.files.iter().filter(|file| is_python(&file.path)).collect();
    code.sort_by_key(|file| file.path.matches('/').count());
    for file in code {
        let Ok(Some(text)) = tree.read(&file.path) else { continue };
        read += text.len();
        open.retain(|(path, name)| {
            let is_named = holds_word(&text, name);
            used.extend(is_named.then(|| (*path).clone()));
            !is_named
        });
        if open.is_empty() || read > MOST_CODE {
            break;
        }
    }
    used
}

/// Whether a text holds a word with no letter, digit or `_` around it.
fn holds_word(text: &str, word: &str) -> bool {
    let is_part = |letter: Option<char>| letter.is_some_and(|letter| letter.is_alphanumeric() || letter == '_');
    text.match_indices(word)
        .any(|(at, _)| !is_part(text[..at].chars().next_back()) && !is_part(text[at + word.len()..].chars().next()))
}

#[cfg(test)]
mod tests;
