//! A tree as others see it: a folder in which nothing can be written.
//!
//! A file shows its mode without the bits for writing. For the usual modes that is the mode of the blob, so it is a hard link
//! to it; with any other mode it is a copy, because all names of one file have one mode. The full mode is given where a tree
//! is copied, packed or handed over.

use std::path::Path;
use std::{fs, io};

use super::{Blob, Manifest, Node, Store, is_sealed};
use crate::engine::disk::error::{StoreError, at};
use crate::engine::disk::files::{Parents, create_plain_dirs, mode_of, plain_mode, seal, set_mode, symlink};
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
        let seen = seen(mode);
        let own = if blob.executable { 0o555 } else { 0o444 };
        // File systems limit the links of one file; empty `__init__.py` files reach that limit.
        if seen == own && fs::hard_link(&from, to).is_ok() {
            // Somebody may have changed the mode of the content: what it means is known, so it is set right.
            return set_right(to, &fs::metadata(to).map_err(at("read", to))?, own).map_err(at("seal", to));
        }
        fs::copy(&from, to).map_err(at("copy", &from))?;
        seal(to, blob.executable).map_err(at("seal", to))?;
        if seen == own { Ok(()) } else { set_mode(to, seen).map_err(at("seal", to)) }
    }
}

/// The mode that a file of this mode has in a view.
fn seen(mode: Mode) -> u16 {
    mode.bits() & 0o555 | 0o400
}

fn set_right(file: &Path, found: &fs::Metadata, mode: u16) -> io::Result<()> {
    if mode_of(found) == u32::from(mode) { Ok(()) } else { set_mode(file, mode) }
}

/// Whether everything of a tree is there as it was laid out: of files, the size and the date, which sealing sets. A mode
/// that somebody changed is set right.
pub(super) fn is_whole(folder: &Path, manifest: &Manifest) -> bool {
    folder.is_dir() && manifest.nodes.iter().all(|(path, node)| is_as_it_was(&folder.join(path), node))
}

/// Likewise of one thing.
pub(super) fn is_as_it_was(path: &Path, node: &Node) -> bool {
    match node {
        Node::File { blob, mode } => fs::symlink_metadata(path).is_ok_and(|found| {
            let is_right = found.is_file() && found.len() == blob.bytes && is_sealed(&found);
            // A mode that cannot be set is one that this file system does not have.
            let _ = is_right.then(|| set_right(path, &found, seen(*mode)));
            is_right
        }),
        Node::Link { to } => fs::read_link(path).is_ok_and(|found| found == Path::new(to)),
        Node::Folder { .. } => fs::symlink_metadata(path).is_ok_and(|found| found.is_dir()),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::super::tests::store;
    use super::*;

    #[test]
    fn a_mode_that_somebody_changed_is_set_right_when_its_tree_is_used_or_its_content_is_linked_again() {
        let (_keep, store) = store();
        let mut manifest = Manifest::default();
        manifest.add("a".into(), store.put(b"hello", false).unwrap()).unwrap();
        let tree = store.assemble(manifest.clone()).unwrap();
        let file = tree.path.join("a");
        let spoil = || fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        let mode = || mode_of(&fs::metadata(&file).unwrap());
        spoil();
        assert!(store.tree(&tree.digest).is_some());
        assert_eq!(mode(), 0o444);
        spoil();
        fs::remove_file(&file).unwrap();
        store.assemble(manifest).unwrap();
        assert_eq!(mode(), 0o444);
    }
}
