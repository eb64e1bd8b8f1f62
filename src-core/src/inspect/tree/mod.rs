//! The files of a project: found once, read through here, handed on as the selection that builds may see.
//!
//! The walk follows no link, so loops are harmless, and it leaves out what nobody would ship: what Git ignores and does not
//! track, environments, caches, litter, credentials, outputs of earlier builds. Each is kept as a [`Doubt`]. Names that tools stumble over become risks instead of failures.

mod exact;
mod excluded;
mod hostile;
mod ignored;
mod left_out;
mod links;
pub(crate) mod never;
mod text;
mod tracked;
mod walk;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest, Sha256};

use super::InspectError;
use super::regular::{self, NotRead};
use crate::facts::{Doubt, Risk, Selection};

pub(crate) use exact::Exact;
pub(crate) use left_out::is_at_or_below;
pub(super) use text::{MARK, MARKED};
pub use walk::{single, walk};

/// Files above this size, in bytes, are never read: nothing that inspection understands is as large.
pub const READ_LIMIT: u64 = regular::LARGEST;

/// Bytes that are read of all files of a project, those read twice counted twice.
const READ_IN_ALL: u64 = 1 << 30;

/// Files in which a byte-order mark is an error for the tools that read them, so it is not taken away.
const MARKS_MATTER: [&str; 2] = ["pyproject.toml", "setup.cfg"];

/// Most files whose sizes are asked for.
const MEASURED: usize = 5_000;

/// What a project folder holds.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    /// The canonical folder.
    pub root: PathBuf,
    /// Its files, sorted by path.
    pub files: Vec<TreeFile>,
    /// Hostile names and links that leave the project.
    pub risks: Vec<Risk>,
    /// Folders and files that could not be looked at, with the reason.
    pub unreadable: Vec<String>,
    /// What lies in the folder and is no part of the project, or only because somebody said so.
    pub doubts: Vec<Doubt>,
    pub(super) read: Contents,
}

/// What was read of a tree and its copies.
#[derive(Debug, Clone, Default)]
pub(super) struct Contents {
    bytes: Arc<AtomicU64>,
    /// SHA-256 by path. Of what was not the same each time, one that nothing has.
    digests: Arc<Mutex<BTreeMap<String, [u8; 32]>>>,
}

impl Contents {
    fn add(&self, path: &str, bytes: &[u8]) {
        let now: [u8; 32] = Sha256::digest(bytes).into();
        let mut digests = self.digests.lock().unwrap_or_else(PoisonError::into_inner);
        let known = digests.entry(path.to_owned()).or_insert(now);
        if *known != now {
            *known = [0; 32];
        }
    }
}

/// One file, or a link that stays inside the project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeFile {
    /// Path from the root, with `/` between the parts.
    pub path: String,
    /// For a link, the path it leads to, from the root; that may be a folder.
    pub link: Option<String>,
}

impl Tree {
    /// Whether this path is a file of the project.
    pub fn has(&self, path: &str) -> bool {
        self.file(path).is_some()
    }

    /// The file at this path.
    pub fn file(&self, path: &str) -> Option<&TreeFile> {
        self.files.binary_search_by(|file| file.path.as_str().cmp(path)).ok().map(|index| &self.files[index])
    }

    /// Files in a folder and below it; the empty path is the root.
    pub fn under<'a>(&'a self, folder: &str) -> impl Iterator<Item = &'a TreeFile> + use<'a> {
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let start = self.files.partition_point(|file| file.path.as_str() < prefix.as_str());
        self.files[start..].iter().take_while(move |file| file.path.starts_with(&prefix))
    }

    /// Whether the project has a folder at this path.
    pub fn has_folder(&self, folder: &str) -> bool {
        self.under(folder).next().is_some()
    }

    /// The text of a file: a byte-order mark and a PEP 263 declaration are obeyed, what cannot be decoded is replaced.
    /// The mark is left where other tools refuse it.
    ///
    /// `None` where the project has no such file, and for files that are binary.
    pub fn read(&self, path: &str) -> Result<Option<String>, InspectError> {
        if !self.has(path) {
            return Ok(None);
        }
        let full = self.root.join(path);
        let bytes = match regular::read(&full, READ_LIMIT) {
            Ok(bytes) => bytes,
            Err(NotRead::Special) => return Ok(None),
            Err(NotRead::Io(source)) => return Err(InspectError::Read { path: full, source }),
            Err(why @ NotRead::TooLarge { .. }) => {
                return Err(InspectError::TooLarge { path: path.to_owned(), what: why.to_string() });
            }
        };
        self.read.add(path, &bytes);
        let read = self.read.bytes.fetch_add(bytes.len() as u64, Ordering::Relaxed) + bytes.len() as u64;
        if read > READ_IN_ALL {
            let what = format!("with it, more than {READ_IN_ALL} bytes would be read to know the project");
            return Err(InspectError::TooLarge { path: path.to_owned(), what });
        }
        let is_python = Path::new(path).extension().is_some_and(|extension| extension == "py" || extension == "pyw");
        let is_marked = MARKS_MATTER.contains(&path) && text::has_mark(&bytes);
        let text = text::decode(bytes, is_python);
        Ok(if is_marked { text.map(|text| format!("{}{text}", text::MARK)) } else { text })
    }

    /// The files that a build may see as the project's source. Links are in it as links.
    ///
    /// Asking every file for its size takes as long as finding it, so above [`MEASURED`] files the size stays unknown.
    pub fn selection(&self) -> Selection {
        let size = |file: &TreeFile| self.root.join(&file.path).symlink_metadata().map_or(0, |metadata| metadata.len());
        let bytes = (self.files.len() <= MEASURED).then(|| self.files.iter().map(size).sum());
        let read = Arc::new(self.read.digests.lock().unwrap_or_else(PoisonError::into_inner).clone());
        let files = self.files.iter().map(|file| file.path.clone()).collect();
        let mut doubts = self.doubts.clone();
        doubts.sort_by(|left, right| (left.kind, &left.path).cmp(&(right.kind, &right.path)));
        Selection { files, bytes, read, doubts, ..Selection::default() }
    }
}
