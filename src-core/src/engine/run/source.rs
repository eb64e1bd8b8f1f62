//! The project's source as steps see it: a digest of the selection, and a private writable copy of it.

mod outputs;
mod repository;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

use sha2::{Digest, Sha256};

pub(in crate::engine) use self::outputs::without_outputs;
use self::repository::Repository;
use crate::engine::disk::error::{StoreError, at};
use crate::engine::disk::files::{create_plain_dirs, digest_file, hex, is_executable, write_atomically};
use crate::engine::disk::private;
use crate::engine::terms::json;
use crate::engine::tools::{EPOCH, is_settled, status};
use crate::facts::Project;

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

/// Digest of the selection: paths, modes and contents. Files whose status has not changed are not read again.
pub(in crate::engine) fn digest(project: &Project, folder: &Path) -> Result<String, StoreError> {
    let memory = folder.join(format!(
        "{}.json",
        hex(&Sha256::digest(project.root.display().to_string())).get(..16).unwrap_or_default()
    ));
    // What cannot be read is reckoned again.
    let mut known: BTreeMap<String, String> =
        fs::read(&memory).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
    let mut now = BTreeMap::new();
    let mut hash = Sha256::new();
    let mut changed = false;
    for file in files(project) {
        let path = project.root.join(file);
        let found = fs::symlink_metadata(&path).map_err(at("read", &path))?;
        if found.is_symlink() {
            let target = fs::read_link(&path).map_err(at("read", &path))?;
            hash.update(format!("link {} {file}\n", target.display()));
            continue;
        }
        let key = status(&path).unwrap_or_default();
        let sha256 = match known.remove(&key) {
            Some(sha256) => sha256,
            None => {
                changed = true;
                digest_file(&path)?.0
            }
        };
        hash.update(format!("{} {sha256} {file}\n", is_executable(&found)));
        if is_settled(&found) {
            now.insert(key, sha256);
        }
    }
    if changed || !known.is_empty() {
        private::create_dir_all(folder).map_err(at("create", folder))?;
        write_atomically(&memory, json::line(&now).as_bytes())?;
    }
    if let Some(repository) = repository(project) {
        hash.update(repository.head());
    }
    Ok(hex(&hash.finalize()))
}

/// The files that steps see. A `.git` among them is none: one that is a file leads Git to a repository elsewhere.
fn files(project: &Project) -> impl Iterator<Item = &String> {
    let is_git = |file: &&String| file.split('/').any(|part| part.eq_ignore_ascii_case(".git"));
    project.selection.files.iter().filter(move |file| !is_git(file))
}

/// Copies the selection, with one date and two modes, so that nobody's umask or clock reaches an artifact.
pub(in crate::engine) fn copy(project: &Project, to: &Path) -> Result<(), StoreError> {
    for file in files(project) {
        copy_file(&project.root.join(file), &to.join(file))?;
    }
    match repository(project) {
        Some(repository) => repository.copy(&to.join(".git")),
        None => Ok(()),
    }
}

fn copy_file(from: &Path, to: &Path) -> Result<(), StoreError> {
    if let Some(folder) = to.parent() {
        create_plain_dirs(folder).map_err(at("create", folder))?;
    }
    if from.is_symlink() {
        return copy_link(from, to);
    }
    fs::copy(from, to).map_err(at("copy", from))?;
    let file = File::options().write(true).open(to);
    let date = UNIX_EPOCH + Duration::from_secs(epoch());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let found = fs::metadata(from).map_err(at("read", from))?;
        let mode = if is_executable(&found) { 0o755 } else { 0o644 };
        fs::set_permissions(to, fs::Permissions::from_mode(mode)).map_err(at("write", to))?;
    }
    // A source file that is read-only keeps its own date; only an archive's bytes may differ by that.
    if let Ok(file) = file {
        file.set_modified(date).map_err(at("write", to))?;
    }
    Ok(())
}

/// Links of a selection stay inside the project, so they are links in the copy too.
#[cfg(unix)]
fn copy_link(from: &Path, to: &Path) -> Result<(), StoreError> {
    let target = fs::read_link(from).map_err(at("read", from))?;
    std::os::unix::fs::symlink(target, to).map_err(at("link", to))
}

#[cfg(not(unix))]
fn copy_link(from: &Path, to: &Path) -> Result<(), StoreError> {
    fs::copy(from, to).map(drop).map_err(at("copy", from))
}

fn epoch() -> u64 {
    std::env::var("SOURCE_DATE_EPOCH")
        .ok()
        .and_then(|text| text.parse().ok())
        .or_else(|| EPOCH.parse().ok())
        .unwrap_or_default()
}

/// The repository that the build gets too.
fn repository(project: &Project) -> Option<Repository> {
    let mut requires = project.build_system.iter().flat_map(|build| &build.requires);
    let reads_it = requires.any(|requirement| SCM.iter().any(|name| requirement.starts_with(name)));
    Repository::of(&project.root).filter(|_| reads_it)
}
