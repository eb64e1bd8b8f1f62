//! Gives a tree to somebody who may write.

use std::fs::File;
use std::path::Path;

use super::{Node, Store, Tree};
use crate::engine::disk::error::{StoreError, at};
use crate::engine::disk::files::{Parents, copy_hashed, create_plain_dirs, set_mode, symlink};

impl Store {
    /// Copies a tree to a folder where it may be changed: no file of it is one of the store's. Every content is hashed on
    /// the way; one that is no longer what was stored leaves the store and is an error.
    pub fn copy_out(&self, tree: &Tree, to: &Path) -> Result<(), StoreError> {
        create_plain_dirs(to).map_err(at("create", to))?;
        let mut parents = Parents::below(to);
        let mut folders = Vec::new();
        for (name, node) in &tree.manifest.nodes {
            let (from, path) = (tree.path.join(name), to.join(name));
            parents.make(&path).map_err(at("create", &path))?;
            match node {
                Node::Folder { mode } => {
                    create_plain_dirs(&path).map_err(at("create", &path))?;
                    folders.push((path, *mode));
                }
                Node::Link { to } => symlink(to, &path).map_err(at("link", &path))?,
                Node::File { blob, mode } => {
                    let mut source = self.cancel.reading(File::open(&from).map_err(at("read", &from))?);
                    let mut copy = File::create(&path).map_err(at("write", &path))?;
                    let (sha256, _) = copy_hashed(&mut source, &mut copy).map_err(at("copy", &from))?;
                    if sha256 != blob.sha256 {
                        return Err(self.drop_content(blob, name));
                    }
                    // Whoever it is given to may change it.
                    set_mode(&path, mode.bits() | 0o600).map_err(at("write", &path))?;
                }
            }
        }
        // Those within others first: nobody gets through a folder that is closed.
        for (path, mode) in folders.iter().rev() {
            set_mode(path, mode.bits() | 0o700).map_err(at("write", path))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::Manifest;
    use super::super::tests::store;
    use super::*;
    use crate::engine::disk::files::{SEALED, remove_all};

    #[test]
    fn what_is_given_away_can_be_changed_without_changing_the_store() {
        let (keep, store) = store();
        let mut manifest = Manifest::default();
        manifest.add("a/b".into(), store.put(b"hello", true).unwrap()).unwrap();
        let tree = store.assemble(manifest).unwrap();
        let copy = keep.path().join("copy");
        store.copy_out(&tree, &copy).unwrap();
        assert!(crate::engine::disk::files::is_executable(&fs::metadata(copy.join("a/b")).unwrap()));
        fs::write(copy.join("a/b"), "owned").unwrap();
        assert_eq!(fs::read(tree.path.join("a/b")).unwrap(), b"hello");
        assert_eq!(store.tree(&tree.digest), Some(tree));
    }

    #[test]
    fn a_content_that_was_changed_with_its_date_kept_is_not_given_away_and_leaves_the_store() {
        let (keep, store) = store();
        let blob = store.put(b"hello", false).unwrap();
        let mut manifest = Manifest::default();
        manifest.add("a".into(), blob.clone()).unwrap();
        let tree = store.assemble(manifest).unwrap();
        remove_all(&tree.path.join("a"));
        fs::write(tree.path.join("a"), "hallo").unwrap();
        File::open(tree.path.join("a")).unwrap().set_modified(std::time::UNIX_EPOCH + SEALED).unwrap();
        assert!(store.tree(&tree.digest).is_some(), "its date and its size say nothing");
        let error = store.copy_out(&tree, &keep.path().join("copy")).unwrap_err().to_string();
        assert_eq!(error, "`a` in the cache is not what was put there");
        assert!(store.tree(&tree.digest).is_none() && !store.has(&blob));
    }
}
