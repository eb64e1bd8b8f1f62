//! Whether contents are still what their names say: sizes and dates do not tell of a disk that loses bits.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::atomic::Ordering;

use super::view::is_as_it_was;
use super::{Blob, Manifest, Node, Store, Tree};
use crate::engine::disk::error::{StoreError, at};
use crate::engine::disk::files::{digest_until, remove_all};

impl Store {
    /// Reads everything a tree holds. What differs goes from the store, with every tree that holds it, so that it is made
    /// anew.
    pub fn check(&self, tree: &Tree) -> Result<(), StoreError> {
        let mut wrong: Vec<(&String, &Node)> = Vec::new();
        for (name, node) in &tree.manifest.nodes {
            if !self.is_right(&tree.path.join(name), node)? {
                wrong.push((name, node));
            }
        }
        let Some((name, _)) = wrong.first() else { return Ok(()) };
        self.drop_contents(&wrong.iter().filter_map(|(_, node)| node.blob()).collect::<Vec<_>>());
        // What is being made from damaged parts may be known to nobody else.
        self.drop_tree(&tree.path);
        Err(StoreError::Damaged { name: (*name).clone() })
    }

    /// Removes a content that is not what its name says, and every tree that holds it. Gives the error that says so; `name`
    /// is the file's name where it was met.
    pub fn drop_content(&self, blob: &Blob, name: &str) -> StoreError {
        self.drop_contents(&[blob]);
        StoreError::Damaged { name: name.to_owned() }
    }

    fn is_right(&self, path: &Path, node: &Node) -> Result<bool, StoreError> {
        let Some(blob) = node.blob() else { return Ok(is_as_it_was(path, node)) };
        match digest_until(path, &self.cancel) {
            Err(StoreError::Cancelled) => Err(StoreError::Cancelled),
            found => Ok(found.is_ok_and(|(sha256, bytes)| sha256 == blob.sha256 && bytes == blob.bytes)),
        }
    }

    fn drop_contents(&self, blobs: &[&Blob]) {
        let digests: BTreeSet<&str> = blobs.iter().map(|blob| blob.sha256.as_str()).collect();
        for entry in fs::read_dir(self.root.join("trees")).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.extension().is_none_or(|ending| ending != "json") {
                continue;
            }
            let is_held = |manifest: Manifest| manifest.files().any(|(_, held)| digests.contains(held.sha256.as_str()));
            if Manifest::read(&path).is_none_or(is_held) {
                self.drop_tree(&path.with_extension(""));
            }
        }
        for blob in blobs {
            for executable in [false, true] {
                remove_all(&self.blob_path(&Blob { executable, ..(*blob).clone() }));
            }
        }
        self.dropped.fetch_add(1, Ordering::Relaxed);
    }

    fn drop_tree(&self, path: &Path) {
        if path.starts_with(&self.root) {
            // Without its manifest it is nobody's.
            remove_all(&path.with_extension("json"));
            remove_all(path);
        }
    }

    /// How many damaged contents were removed since the store was opened.
    pub fn dropped(&self) -> usize {
        self.dropped.load(Ordering::Relaxed)
    }

    /// The content of a tree's file, to be linked into another tree. What is not there as it was sealed goes, so that it
    /// is made anew.
    pub(super) fn must_have(&self, blob: &Blob, name: &str) -> Result<(), StoreError> {
        if self.has(blob) {
            return Ok(());
        }
        match fs::metadata(self.blob_path(blob)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(at("read", &self.blob_path(blob))(error)),
            _ => Err(self.drop_content(blob, name)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::store;
    use super::*;
    use crate::engine::disk::files::seal;

    fn tree(store: &Store, files: &[(&str, &[u8])]) -> Tree {
        let mut manifest = Manifest::default();
        for (path, bytes) in files {
            manifest.add((*path).into(), store.put(bytes, false).unwrap()).unwrap();
        }
        store.assemble(manifest).unwrap()
    }

    /// Another content of the same size and date, as a disk that loses bits would give it.
    fn rot(path: &Path, text: &str) {
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(path, fs::Permissions::from_mode(0o644)).unwrap();
        }
        fs::write(path, text).unwrap();
        seal(path, false).unwrap();
    }

    #[test]
    fn a_content_that_rots_with_its_size_and_date_goes_with_every_tree_that_holds_it() {
        let (_keep, store) = store();
        let (one, other) = (tree(&store, &[("a", b"hello"), ("b", b"b")]), tree(&store, &[("z", b"hello")]));
        let third = tree(&store, &[("b", b"b")]);
        store.check(&one).unwrap();
        rot(&one.path.join("a"), "HELLO");
        assert!(store.tree(&one.digest).is_some(), "neither size nor date tells");
        let error = store.check(&one).unwrap_err();
        assert_eq!(error.to_string(), "`a` in the cache is not what was put there");
        assert_eq!(store.dropped(), 1);
        assert!(store.tree(&one.digest).is_none() && store.tree(&other.digest).is_none());
        assert!(store.tree(&third.digest).is_some(), "what is right stays");
        store.check(&tree(&store, &[("a", b"hello")])).unwrap();
    }

    #[test]
    #[cfg(unix)]
    fn a_link_or_a_folder_that_is_another_now_makes_its_tree_go() {
        let (_keep, store) = store();
        for (node, other) in [(Node::Link { to: "b".into() }, "c"), (Node::FOLDER, "b")] {
            let mut manifest = Manifest::default();
            manifest.add("a".into(), node).unwrap();
            manifest.add("b".into(), store.put(b"b", false).unwrap()).unwrap();
            let tree = store.assemble(manifest).unwrap();
            store.check(&tree).unwrap();
            remove_all(&tree.path.join("a"));
            std::os::unix::fs::symlink(other, tree.path.join("a")).unwrap();
            assert!(store.tree(&tree.digest).is_none());
            let error = store.check(&tree).unwrap_err();
            assert_eq!(error.to_string(), "`a` in the cache is not what was put there");
            assert!(!tree.path.exists());
        }
    }

    #[test]
    fn a_content_that_is_missing_when_a_tree_is_made_takes_its_trees_with_it() {
        let (_keep, store) = store();
        let held = tree(&store, &[("a", b"hello")]);
        let blob = held.manifest.file("a").unwrap().clone();
        remove_all(&store.blob_path(&blob));
        let mut manifest = Manifest::default();
        manifest.add("c".into(), blob).unwrap();
        let error = store.assemble(manifest).unwrap_err();
        assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
        assert!(store.tree(&held.digest).is_none());
    }
}
