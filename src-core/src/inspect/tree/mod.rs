//! The files of a project: found once, read through here, handed on as the selection that builds may see.
//!
//! The walk follows no link, so loops are harmless, and it leaves out what nobody would ship: what git ignores, virtual
//! environments, caches, outputs of earlier builds. Names that tools stumble over become risks instead of failures.

mod exact;
mod excluded;
mod hostile;
mod links;
mod text;
mod walk;

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::InspectError;
use crate::facts::{Risk, Selection};

pub(crate) use exact::Exact;
pub use walk::{single, walk};

/// Files above this size, in bytes, are never read: nothing that inspection understands is as large.
pub const READ_LIMIT: u64 = 16 * 1024 * 1024;

/// Most files whose sizes are asked for.
const MEASURED: usize = 5_000;

/// What a project folder holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tree {
    /// The canonical folder.
    pub root: PathBuf,
    /// Its files, sorted by path.
    pub files: Vec<TreeFile>,
    /// Hostile names and links that leave the project.
    pub risks: Vec<Risk>,
    /// Folders and files that could not be looked at, with the reason.
    pub unreadable: Vec<String>,
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
    ///
    /// `None` where the project has no such file, and for files that are binary or above [`READ_LIMIT`].
    pub fn read(&self, path: &str) -> Result<Option<String>, InspectError> {
        if !self.has(path) {
            return Ok(None);
        }
        let full = self.root.join(path);
        let failed = |source| InspectError::Read { path: full.clone(), source };
        let file = File::open(&full).map_err(failed)?;
        let metadata = file.metadata().map_err(failed)?;
        if !metadata.is_file() || metadata.len() > READ_LIMIT {
            return Ok(None);
        }
        let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or_default() + 1);
        // The size may have changed since it was asked for; the limit holds for what is really read.
        file.take(READ_LIMIT).read_to_end(&mut bytes).map_err(failed)?;
        Ok(text::decode(
            bytes,
            Path::new(path).extension().is_some_and(|extension| extension == "py" || extension == "pyw"),
        ))
    }

    /// The files that a build may see as the project's source. Links are in it as links.
    ///
    /// Asking every file for its size takes as long as finding it, so above [`MEASURED`] files the size stays unknown.
    pub fn selection(&self) -> Selection {
        let size = |file: &TreeFile| self.root.join(&file.path).symlink_metadata().map_or(0, |metadata| metadata.len());
        let bytes = (self.files.len() <= MEASURED).then(|| self.files.iter().map(size).sum());
        Selection { files: self.files.iter().map(|file| file.path.clone()).collect(), bytes }
    }
}
