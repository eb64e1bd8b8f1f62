//! A tree as others see it: a folder in which nothing can be written.
//!
//! A file shows its mode without the bits for writing. For the usual modes that is the mode of the blob, so it is a hard link
//! to it; with any other mode it is a copy, because all names of one file have one mode. The full mode is given where a tree
//! is copied, packed or handed over.

use std::fs;
use std::path::Path;

use super::{Blob, Manifest, Node, Store, is_sealed};
use crate::engine::disk::error::{StoreError, at};
use crate::engine::disk::files::{Parents, create_plain_dirs, plain_mode, seal, set_mode, symlink};
use crate::plan::Mode;

impl Store {
    /// Lays a manifest out in an empty folder.
    pub(super) fn lay_view(&self, folder: &Path, manifest: &Manifest) -> Result<(), StoreError> {
        // Tools copy the modes of what they read.
        plain_mode(folder).map_err(at("create", folder))?;
        let mut parents = Parents::below(folder);
        let mut folders = Vec::new();
        for (path, node) in &manifest.nodes {
            let place = folder.join(path);
            parents.make(&place).map_err(at("create", &place))?;
            match node {
                Node::File { blob, mode } => self.show(blob, *mode, path, &place)?,
                Node::Link { to } => symlink(to, &place).map_err(at("link", &place))?,
                Node::Folder { mode } => {
                    create_plain_dirs(&place).map_err(at("create", &place))?;
                    folders.push((place, *mode));
                }
            }
        }
        for (place, mode) in folders.iter().rev().filter(|(_, mode)| *mode != Mode::PROGRAM) {
            // It must be possible to remove what is in it.
            set_mode(place, mode.bits() | 0o700).map_err(at("create", place))?;
        }
        Ok(())
    }

    fn show(&self, blob: &Blob, mode: Mode, name: &str, to: &Path) -> Result<(), StoreError> {
        self.must_have(blob, name)?;
        let from = self.blob_path(blob);
        let seen = mode.bits() & 0o555 | 0o400;
        let own = if blob.executable { 0o555 } else { 0o444 };
        // File systems limit the links of one file; empty `__init__.py` files reach that limit.
        if seen == own && fs::hard_link(&from, to).is_ok() {
            return Ok(());
        }
        fs::copy(&from, to).map_err(at("copy", &from))?;
        seal(to, blob.executable).map_err(at("seal", to))?;
        if seen == own { Ok(()) } else { set_mode(to, seen).map_err(at("seal", to)) }
    }
}

/// Whether everything of a tree is there as it was laid out: of files, the size and the date, which sealing sets.
pub(super) fn is_whole(folder: &Path, manifest: &Manifest) -> bool {
    folder.is_dir() && manifest.nodes.iter().all(|(path, node)| is_as_it_was(&folder.join(path), node))
}

/// Likewise of one thing.
pub(super) fn is_as_it_was(path: &Path, node: &Node) -> bool {
    match node {
        Node::File { blob, .. } => {
            fs::symlink_metadata(path).is_ok_and(|found| found.len() == blob.bytes && is_sealed(&found))
        }
        Node::Link { to } => fs::read_link(path).is_ok_and(|found| found == Path::new(to)),
        Node::Folder { .. } => fs::symlink_metadata(path).is_ok_and(|found| found.is_dir()),
    }
}
