//! What a folder of the cache consists of, such as an installed tool: written down beside it when it is made, compared
//! before it is used.
//!
//! `NAME.record.json` names every file with its size and SHA-256, every link with its target, and every folder.
//! `NAME.status` is one digest of what the file system says of all of them: sizes, modes, inodes, and the dates of the
//! last change of contents and of status, the second of which no program can set. As long as it is the same, nobody wrote
//! there; otherwise the contents are compared.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{fs, io};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::engine::disk::error::{StoreError, at};
use crate::engine::disk::files::{digest_file, hex, is_executable, remove_all, write_atomically};
use crate::engine::terms::json;

/// The most differences that are named.
const NAMED: usize = 2;

/// Everything in a folder, by its path in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::engine) struct Record {
    entries: BTreeMap<String, Entry>,
}

/// One thing in a folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum Entry {
    Folder,
    Link {
        target: String,
    },
    File {
        bytes: u64,
        sha256: String,
        executable: bool,
    },
    /// A socket or a device: never part of what is kept.
    Strange,
}

/// How a folder differs from what was put there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Damage {
    /// Files that differ or are missing, with what is wrong with them.
    wrong: Vec<String>,
    /// What is there besides.
    added: Vec<String>,
}

impl Damage {
    /// One of which nothing is known.
    fn unknown() -> Self {
        Self { wrong: vec!["what it holds is not written down".into()], added: Vec::new() }
    }

    /// What was added, where nothing else is wrong: removing it is enough.
    pub fn only_added(&self) -> Option<&[String]> {
        self.wrong.is_empty().then_some(self.added.as_slice())
    }

    fn is_none(&self) -> bool {
        self.wrong.is_empty() && self.added.is_empty()
    }
}

impl std::fmt::Display for Damage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let added = self.added.iter().map(|path| format!("`{path}` was added"));
        let all: Vec<String> = self.wrong.iter().cloned().chain(added).collect();
        let more = all.len().saturating_sub(NAMED);
        f.write_str(&all[..all.len() - more].join(", "))?;
        if more > 0 { write!(f, " and {more} more") } else { Ok(()) }
    }
}

impl Record {
    /// Reads everything in a folder.
    pub fn of(root: &Path) -> Result<Self, StoreError> {
        let mut entries = BTreeMap::new();
        for (path, found) in everything(root).map_err(at("read", root))? {
            let entry = entry(&root.join(&path), &found)?;
            entries.insert(path, entry);
        }
        Ok(Self { entries })
    }

    /// The first file of an environment that is not the one that its wheel lists in `RECORD` ("Recording installed projects" of
    /// `PyPUG`). The wheels were checked against pinned hashes, but not what `uv` unpacked of them some time before.
    pub fn unlike_its_wheels(&self, root: &Path) -> Option<String> {
        let is_list = |path: &&String| {
            let mut parts = path.rsplit('/');
            parts.next() == Some("RECORD")
                && parts.next().is_some_and(|info| info.ends_with(".dist-info"))
                && parts.next() == Some("site-packages")
        };
        self.entries.keys().filter(is_list).find_map(|list| {
            let site: Vec<&str> = list.rsplit('/').skip(2).collect::<Vec<_>>().into_iter().rev().collect();
            // A list that cannot be read says nothing against any file; that it should be there is seen elsewhere.
            let text = fs::read_to_string(root.join(list)).unwrap_or_default();
            text.lines().find_map(|line| {
                let mut parts = line.rsplitn(3, ',');
                let (_, hash, path) = (parts.next()?, parts.next()?, parts.next()?);
                let wanted = hash.strip_prefix("sha256=")?;
                let path = joined(&site, path.trim_matches('"'));
                (self.sha256_in_base64(&path).as_deref() != Some(wanted)).then_some(path)
            })
        })
    }

    fn sha256_in_base64(&self, path: &str) -> Option<String> {
        let Some(Entry::File { sha256, .. }) = self.entries.get(path) else { return None };
        let digits =
            sha256.as_bytes().chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
        Some(BASE64.encode(digits.collect::<Option<Vec<u8>>>()?))
    }

    /// What is different in a folder.
    fn damage(&self, root: &Path) -> Damage {
        let mut damage = Damage::default();
        let Ok(found) = everything(root) else {
            damage.wrong.push("it cannot be read".into());
            return damage;
        };
        let mut missing: BTreeMap<&str, &Entry> =
            self.entries.iter().map(|(path, entry)| (path.as_str(), entry)).collect();
        for (path, status) in found {
            match missing.remove(path.as_str()) {
                None => damage.added.push(path),
                Some(known) if entry(&root.join(&path), &status).is_ok_and(|now| now == *known) => {}
                Some(_) => damage.wrong.push(format!("`{path}` differs")),
            }
        }
        damage.wrong.extend(missing.keys().map(|path| format!("`{path}` is missing")));
        damage
    }
}

fn entry(path: &Path, found: &fs::Metadata) -> Result<Entry, StoreError> {
    if found.is_dir() {
        return Ok(Entry::Folder);
    }
    if found.is_symlink() {
        let target = fs::read_link(path).map_err(at("read", path))?;
        return Ok(Entry::Link { target: target.to_string_lossy().into_owned() });
    }
    // A pipe would be waited for.
    if !found.is_file() {
        return Ok(Entry::Strange);
    }
    let (sha256, bytes) = digest_file(path)?;
    Ok(Entry::File { bytes, sha256, executable: is_executable(found) })
}

/// Everything below a folder with its status, sorted by path; links are not followed, and the folder itself is none.
fn everything(root: &Path) -> io::Result<Vec<(String, fs::Metadata)>> {
    if !fs::symlink_metadata(root)?.is_dir() {
        return Err(io::ErrorKind::NotADirectory.into());
    }
    let mut found = Vec::new();
    let mut open = vec![(root.to_path_buf(), String::new())];
    while let Some((folder, below)) = open.pop() {
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            let status = entry.metadata()?;
            let path = format!("{below}{}", entry.file_name().to_string_lossy());
            if status.is_dir() {
                open.push((entry.path(), format!("{path}/")));
            }
            found.push((path, status));
        }
    }
    found.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
    Ok(found)
}

/// One digest of the status of everything in a folder.
fn status(root: &Path) -> io::Result<String> {
    let mut hash = Sha256::new();
    let mut line = String::new();
    for (path, found) in everything(root)? {
        line.clear();
        let _ = write!(line, "{path}\0{:?}\0{}\0", found.file_type(), found.len());
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            let (mode, inode) = (found.mode(), found.ino());
            let dates = (found.mtime(), found.mtime_nsec(), found.ctime(), found.ctime_nsec());
            let _ = writeln!(line, "{mode} {inode} {dates:?}");
        }
        #[cfg(not(unix))]
        let _ = writeln!(line, "{:?}", found.modified());
        hash.update(&line);
    }
    Ok(hex(&hash.finalize()))
}

/// How closely a folder is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine) enum Look {
    /// Its contents are read only where its status has changed.
    Status,
    /// Its contents are read: a disk may lose bits without a trace in any status.
    Contents,
}

/// A path below a folder, given as its parts, that may lead upwards.
fn joined(folder: &[&str], path: &str) -> String {
    let mut parts = folder.to_vec();
    for part in path.split('/') {
        match part {
            ".." => drop(parts.pop()),
            "." => {}
            part => parts.push(part),
        }
    }
    parts.join("/")
}

fn beside(root: &Path, ending: &str) -> PathBuf {
    let mut path = root.as_os_str().to_owned();
    path.push(ending);
    path.into()
}

/// A folder and what is written down of it.
pub(in crate::engine) fn and_its_papers(root: &Path) -> [PathBuf; 3] {
    [root.to_path_buf(), beside(root, ".record.json"), beside(root, ".status")]
}

/// Whether anything is written down of a folder.
pub(in crate::engine) fn is_known(root: &Path) -> bool {
    beside(root, ".record.json").is_file()
}

/// Writes down what a folder consists of that was just put into its place, or is about to be.
pub(in crate::engine) fn write(root: &Path, record: &Record) -> Result<(), StoreError> {
    for path in [beside(root, ".record.json"), beside(root, ".status")] {
        // A folder that somebody made there would be in the way for ever.
        if path.is_dir() {
            remove_all(&path);
        }
    }
    write_atomically(&beside(root, ".record.json"), json::line(record).as_bytes())?;
    remember(root);
    Ok(())
}

/// Remembers the status of what was found to be right. That it cannot be remembered only costs time.
fn remember(root: &Path) {
    if let Ok(now) = status(root) {
        let _ = write_atomically(&beside(root, ".status"), now.as_bytes());
    }
}

/// How a folder differs from what is written down, if it does.
pub(in crate::engine) fn damage(root: &Path, look: Look) -> Option<Damage> {
    let known = fs::read_to_string(beside(root, ".status")).ok();
    if look == Look::Status && known.is_some() && known == status(root).ok() {
        return None;
    }
    let json = fs::read(beside(root, ".record.json")).ok();
    let record: Option<Record> = json.and_then(|json| serde_json::from_slice(&json).ok());
    let damage = record.map_or_else(Damage::unknown, |record| record.damage(root));
    if damage.is_none() {
        remember(root);
        return None;
    }
    Some(damage)
}

/// Takes away the right to write to the files of a tool. Its folders stay writable, so that whoever removes the cache
/// can.
pub(in crate::engine) fn protect(root: &Path) -> Result<(), StoreError> {
    #[cfg(unix)]
    for (path, found) in everything(root).map_err(at("read", root))? {
        use std::os::unix::fs::PermissionsExt;
        if found.is_file() {
            let mode = if is_executable(&found) { 0o555 } else { 0o444 };
            let path = root.join(path);
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).map_err(at("seal", &path))?;
        }
    }
    #[cfg(not(unix))]
    let _ = root;
    Ok(())
}

#[cfg(test)]
mod tests;
