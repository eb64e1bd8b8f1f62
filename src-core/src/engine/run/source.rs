//! The project's source as steps see it: a digest of the selection, and a private writable copy of it.
//!
//! What was judged, what was agreed to and what is built must be the same bytes, though somebody may write in the project
//! all the while. So the digest is compared with what inspection read, and that of every copy with the digest. How much
//! there is, is looked at before anything is read or copied.

mod copy;
mod error;
mod folder;
mod outputs;
mod repository;

use std::collections::BTreeMap;
use std::fs::{self, Metadata};
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use self::copy::{copy_file, copy_link};
pub use self::error::SourceError;
use self::folder::Folder;
pub(in crate::engine) use self::outputs::without_outputs;
use self::repository::Repository;
use crate::engine::disk::error::at;
use crate::engine::disk::files::{copy_hashed, hex, is_executable, mode_of, write_atomically};
use crate::engine::disk::private;
use crate::engine::terms::cancel::Cancel;
use crate::engine::terms::consent::Digest;
use crate::engine::terms::json;
use crate::engine::terms::limits::Limits;
use crate::engine::terms::notices::Notices;
use crate::engine::tools::{is_settled, status_of};
use crate::facts::Project;
use crate::problem::count;

/// Build requirements that read the version from version control: they get the repository too.
const SCM: &[&str] = &[
    "setuptools-scm",
    "setuptools_scm",
    "hatch-vcs",
    "hatch_vcs",
    "versioningit",
    "pdm-backend",
    "dunamai",
    "poetry-dynamic-versioning",
    "uv-dynamic-versioning",
];

/// How many of the largest files are named where a project is too large.
const NAMED: usize = 3;

/// Digest of the selection. Files whose status has not changed are not read again. An error where a file is not what it
/// was when the project was inspected.
pub(in crate::engine) fn digest(
    project: &Project,
    memory: &Path,
    notices: &Notices,
    cancel: &Cancel,
) -> Result<Digest, SourceError> {
    let found = measured(project, Limits::current())?;
    if let Some(told) = set_to_run_as_owner(&found) {
        notices.add(&told);
    }
    let memory = memory.join(format!(
        "{}.json",
        hex(&Sha256::digest(project.root.display().to_string())).get(..16).unwrap_or_default()
    ));
    // What cannot be read is reckoned again.
    let mut known: BTreeMap<String, String> =
        fs::read(&memory).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
    let mut now = BTreeMap::new();
    let mut changed = false;
    let mut folder = Folder::new(&project.root);
    let digest = hashed(project, &project.root, &found, |file, found| {
        let read = project.selection.read.get(file);
        if is_link(found) {
            let end = folder.end_of(file).ok_or_else(|| SourceError::LeadsOut { path: file.to_owned() })?;
            // Its content counts where the link goes; it is asked for only to compare it.
            let content = read.map(|_| content(&mut folder, &end, cancel)).transpose()?.flatten();
            return must_be_as_read(file, read, content.as_ref()).map(|()| String::new());
        }
        let key = status_of(&project.root.join(file), found).unwrap_or_default();
        let sha256 = match known.remove(&key) {
            Some(sha256) => sha256,
            None => {
                changed = true;
                let content = content(&mut folder, file, cancel)?;
                content.ok_or_else(|| SourceError::Changed { path: file.to_owned() })?
            }
        };
        must_be_as_read(file, read, Some(&sha256))?;
        if is_settled(found) {
            now.insert(key, sha256.clone());
        }
        Ok(sha256)
    })?;
    if changed || !known.is_empty() {
        let folder = memory.parent().unwrap_or(Path::new("."));
        private::create_dir_all(folder).map_err(at("create", folder))?;
        write_atomically(&memory, json::line(&now).as_bytes())?;
    }
    Ok(digest)
}

/// Copies the selection, with one date and two modes, so that nobody's umask or clock reaches an artifact. An error where
/// the copy is not what has this digest: then nothing may be made of it.
pub(in crate::engine) fn copy(
    project: &Project,
    expected: &Digest,
    to: &Path,
    cancel: &Cancel,
) -> Result<(), SourceError> {
    let limits = Limits::current();
    let repository = repository(project, &project.root);
    let found = measured(project, limits)?;
    if let Some(repository) = &repository {
        must_fit(&project.root, limits, repository.files().into_iter())?;
    }
    let mut folder = Folder::new(&project.root);
    for (file, found) in &found {
        let to = to.join(file);
        if found.is_symlink() {
            copy_link(&project.root.join(file), &to)?;
        } else {
            copy_file(&mut folder, file, &to, cancel)?;
        }
    }
    if let Some(repository) = repository {
        repository.copy(&to.join(".git"), cancel)?;
    }
    must_be(expected, &digest_of_copy(project, to, cancel)?)
}

/// What is said of files that make who runs them their owner: in copies and artifacts they are usual programs.
fn set_to_run_as_owner(found: &[(&str, Metadata)]) -> Option<String> {
    let is_set = |found: &Metadata| found.is_file() && mode_of(found) & 0o6000 != 0;
    let all: Vec<&str> = found.iter().filter(|(_, found)| is_set(found)).map(|(file, _)| *file).collect();
    let more = all.len().checked_sub(1)?;
    let others = if more == 0 { String::new() } else { format!(" and {}", count(more, "more file")) };
    let verb = if more == 0 { "is" } else { "are" };
    Some(format!("`{}`{others} {verb} set to run as the owner or group, and what is built from that is not", all[0]))
}

/// Fails where a source is not the one that was planned, and perhaps agreed to.
pub(in crate::engine) fn must_be(planned: &Digest, now: &Digest) -> Result<(), SourceError> {
    if planned == now { Ok(()) } else { Err(SourceError::Edited { what: planned.difference(now) }) }
}

fn digest_of_copy(project: &Project, copy: &Path, cancel: &Cancel) -> Result<Digest, SourceError> {
    let found = looked_at(project, copy)?;
    let mut folder = Folder::new(copy);
    hashed(project, copy, &found, |file, found| {
        let content = if is_link(found) { Some(String::new()) } else { content(&mut folder, file, cancel)? };
        content.ok_or_else(|| SourceError::Changed { path: file.to_owned() })
    })
}

/// One line for each file, with the digest of its content, or with what a link says.
fn hashed(
    project: &Project,
    root: &Path,
    found: &[(&str, Metadata)],
    mut content: impl FnMut(&str, &Metadata) -> Result<String, SourceError>,
) -> Result<Digest, SourceError> {
    let mut hash = Sha256::new();
    let mut each = BTreeMap::new();
    for (file, found) in found {
        let sha256 = content(file, found)?;
        let line = if is_link(found) {
            let path = root.join(file);
            let target = fs::read_link(&path).map_err(at("read", &path))?;
            format!("link {}", target.display())
        } else {
            format!("{} {sha256}", is_executable(found))
        };
        hash.update(format!("{line} {file}\n"));
        each.insert((*file).to_owned(), line);
    }
    let files = hex(&hash.clone().finalize());
    if let Some(repository) = repository(project, root) {
        hash.update(repository.head());
    }
    Ok(Digest { files, whole: hex(&hash.finalize()), each: Arc::new(each) })
}

/// Where there are no links in the copy, what they lead to counts.
fn is_link(found: &Metadata) -> bool {
    cfg!(unix) && found.is_symlink()
}

/// The digest of a file's content; `None` where it is no ordinary file of the folder, or grows without end.
fn content(folder: &mut Folder, file: &str, cancel: &Cancel) -> Result<Option<String>, SourceError> {
    let Some((opened, found)) = folder.open(file)? else { return Ok(None) };
    let mut bytes = cancel.reading(opened.take(found.len().saturating_add(1)));
    let (sha256, size) = copy_hashed(&mut bytes, &mut io::sink()).map_err(at("read", &folder.path(file)))?;
    Ok((size <= found.len()).then_some(sha256))
}

/// Fails where the project was judged by another content than this.
fn must_be_as_read(file: &str, read: Option<&[u8; 32]>, now: Option<&String>) -> Result<(), SourceError> {
    match read {
        Some(read) if now != Some(&hex(read)) => Err(SourceError::Changed { path: file.to_owned() }),
        _ => Ok(()),
    }
}

/// The files that steps see. A `.git` among them is none: one that is a file leads Git to a repository elsewhere.
fn files(project: &Project) -> impl Iterator<Item = &String> {
    let is_git = |file: &&String| file.split('/').any(|part| part.eq_ignore_ascii_case(".git"));
    project.selection.files.iter().filter(move |file| !is_git(file))
}

/// The files with what the system says of them, unless they are too many or too large.
fn measured(project: &Project, limits: Limits) -> Result<Vec<(&str, Metadata)>, SourceError> {
    let found = looked_at(project, &project.root)?;
    must_fit(&project.root, limits, found.iter().map(|(file, found)| ((*file).to_owned(), found.len())))?;
    Ok(found)
}

fn looked_at<'p>(project: &'p Project, root: &Path) -> Result<Vec<(&'p str, Metadata)>, SourceError> {
    files(project).map(|file| Ok((file.as_str(), look(root, file)?))).collect()
}

fn look(root: &Path, file: &str) -> Result<Metadata, SourceError> {
    let path = root.join(file);
    fs::symlink_metadata(&path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => SourceError::Changed { path: file.to_owned() },
        _ => at("read", &path)(error).into(),
    })
}

/// Fails where files, with their sizes, are more than a build copies.
fn must_fit(
    root: &Path,
    limits: Limits,
    files: impl Iterator<Item = (String, u64)> + Clone,
) -> Result<(), SourceError> {
    let (count, bytes) = files.clone().fold((0, 0_u64), |(count, all), (_, one)| (count + 1, all.saturating_add(one)));
    let Err(source) = limits.source(count, bytes) else { return Ok(()) };
    let mut largest: Vec<(String, u64)> = files.filter(|(_, bytes)| *bytes > limits.source / 100).collect();
    largest.sort_by_key(|(_, bytes)| std::cmp::Reverse(*bytes));
    largest.truncate(NAMED);
    Err(SourceError::TooMuch { root: root.to_path_buf(), largest, source })
}

/// The repository in a folder, if the build of the project gets it too.
fn repository(project: &Project, root: &Path) -> Option<Repository> {
    let mut requires = project.build_system.iter().flat_map(|build| &build.requires);
    let reads_it = requires.any(|requirement| SCM.iter().any(|name| requirement.starts_with(name)));
    Repository::of(root).filter(|_| reads_it)
}

#[cfg(test)]
mod tests;
