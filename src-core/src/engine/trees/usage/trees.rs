//! Which trees of the store hold which contents, and which of them go first.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::time::SystemTime;

use crate::engine::disk::files::remove_all;
use crate::engine::trees::manifest::Manifest;
use crate::engine::trees::store::Store;

/// All trees of a store, by when they were used last.
pub(super) struct Trees {
    /// The date of the manifest, the tree, and its contents.
    trees: Vec<(SystemTime, PathBuf, BTreeSet<PathBuf>)>,
    /// Size of each content, and in how many trees it is.
    contents: BTreeMap<PathBuf, (u64, usize)>,
}

impl Trees {
    /// Looks at every tree and every content. Trees without a manifest that can be read are nobody's: they go at once.
    pub fn read(store: &Store) -> Self {
        let mut contents = BTreeMap::new();
        super::walk(&store.root().join("blobs"), &mut |path, found| {
            contents.insert(path.to_path_buf(), (found.len(), 0));
        });
        let mut trees = Vec::new();
        for entry in fs::read_dir(store.root().join("trees")).into_iter().flatten().flatten() {
            let tree = entry.path().with_extension("");
            let path = tree.with_extension("json");
            let Some(manifest) = Manifest::read(&path).filter(|_| tree.is_dir()) else {
                remove_all(&tree);
                remove_all(&path);
                continue;
            };
            // Every tree is met twice, once by its folder and once by its manifest.
            if entry.path() == tree {
                continue;
            }
            let held: BTreeSet<PathBuf> = manifest.files().map(|(_, blob)| store.blob_path(blob)).collect();
            for path in &held {
                if let Some((_, uses)) = contents.get_mut(path) {
                    *uses += 1;
                }
            }
            let used = fs::metadata(&path).and_then(|found| found.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
            trees.push((used, tree, held));
        }
        trees.sort();
        Self { trees, contents }
    }

    /// Removes contents that no tree holds, then the trees that were not used for longest with what they alone hold,
    /// until the contents take no more than this. Gives the bytes freed.
    pub fn trim(mut self, below: u64) -> u64 {
        let before: u64 = self.contents.values().map(|(bytes, _)| bytes).sum();
        let mut now = before;
        for (path, (bytes, _)) in self.contents.iter().filter(|(_, (_, uses))| *uses == 0) {
            remove_all(path);
            now -= bytes;
        }
        for (_, tree, held) in &self.trees {
            if now <= below {
                break;
            }
            remove_all(&tree.with_extension("json"));
            remove_all(tree);
            for path in held {
                let Some((bytes, uses)) = self.contents.get_mut(path) else { continue };
                *uses -= 1;
                if *uses == 0 {
                    remove_all(path);
                    now -= *bytes;
                }
            }
        }
        before - now
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::engine::trees::store::Tree;

    fn store() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("store")).unwrap();
        (folder, store)
    }

    fn tree(store: &Store, files: &[(&str, &[u8])]) -> Tree {
        let mut manifest = Manifest::default();
        for (path, bytes) in files {
            manifest.add((*path).into(), store.put(bytes, false).unwrap()).unwrap();
        }
        let tree = store.assemble(manifest).unwrap();
        std::thread::sleep(Duration::from_millis(20));
        tree
    }

    #[test]
    fn trimming_removes_the_oldest_outputs_and_keeps_what_others_hold() {
        let (_keep, store) = store();
        let old = tree(&store, &[("a", &[1; 1000]), ("shared", &[2; 1000])]);
        let new = tree(&store, &[("shared", &[2; 1000])]);
        assert_eq!(Trees::read(&store).trim(1500), 1000);
        assert!(store.tree(&old.digest).is_none() && store.tree(&new.digest).is_some());
    }

    #[test]
    fn what_is_used_again_stays_longer_than_what_was_only_made_later() {
        let (_keep, store) = store();
        let old = tree(&store, &[("a", &[1; 1000])]);
        let new = tree(&store, &[("b", &[2; 1000])]);
        assert!(store.tree(&old.digest).is_some());
        assert_eq!(Trees::read(&store).trim(1500), 1000);
        assert!(store.tree(&old.digest).is_some() && store.tree(&new.digest).is_none());
    }

    #[test]
    fn contents_and_folders_that_belong_to_nothing_go_first() {
        let (_keep, store) = store();
        let tree = tree(&store, &[("a", &[1; 1000])]);
        store.put(&[3; 500], false).unwrap();
        let (folder, manifest) = (store.root().join("trees/left"), store.root().join("trees/half.json"));
        fs::create_dir(&folder).unwrap();
        fs::write(&manifest, "{").unwrap();
        assert_eq!(Trees::read(&store).trim(1000), 500);
        assert!(store.tree(&tree.digest).is_some() && !folder.exists() && !manifest.exists());
    }
}
