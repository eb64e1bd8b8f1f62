//! The store: blobs by digest, and trees of them.
//!
//! `blobs/ab/abcd…` holds one file's content, with an `x` behind the name where it may be executed; `trees/DIGEST.json` is
//! the manifest of a tree, and `trees/DIGEST/` the tree as others see it: what is read-only in it are hard links to blobs
//! (see `view`). Only the engine writes here.

mod copy;
mod damage;
mod import;
mod view;

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::{SystemTime, UNIX_EPOCH};

use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

use super::manifest::{Blob, Manifest, Node};
use crate::engine::disk::error::{StoreError, at};
use crate::engine::disk::files::{SEALED, copy_hashed, digest_until, hex, remove_all, seal, write_atomically};
use crate::engine::disk::lease::{self, Lease};
use crate::engine::disk::private;
use crate::engine::terms::cancel::Cancel;
use crate::plan::Mode;

/// Streams of at most this many bytes are read before they are looked for in the store, which spares writing most of them.
const SMALL: u64 = 1 << 20;

/// A tree in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tree {
    /// Its digest.
    pub digest: String,
    /// Its folder; read-only.
    pub path: PathBuf,
    /// What it holds.
    pub manifest: Manifest,
}

/// Blobs and trees below one folder.
#[derive(Debug, Clone)]
pub struct Store {
    root: PathBuf,
    /// The folder for half-made things; it goes with the last that holds it.
    lease: Arc<Lease>,
    /// How many damaged contents were removed.
    dropped: Arc<AtomicUsize>,
    /// What ends hashing and copying.
    cancel: Cancel,
}

/// The folder in which each session has one for half-made things.
pub(in crate::engine) fn works(root: &Path) -> PathBuf {
    root.join("work")
}

/// Whether nobody wrote to a file since it was sealed: sealing sets the date.
fn is_sealed(found: &fs::Metadata) -> bool {
    found.modified().is_ok_and(|date| date == UNIX_EPOCH + SEALED)
}

impl Store {
    /// Opens the store below a folder, creating what is missing and removing what the dead left half-made.
    pub fn open(root: &Path) -> Result<Self, StoreError> {
        let works = works(root);
        for path in [&root.join("blobs"), &root.join("trees"), &works] {
            private::create_dir_all(path).map_err(at("create", path))?;
        }
        let lease = private::staging("", &works).map_err(at("create a folder in", &works))?;
        if !lease.is_held() {
            return Err(StoreError::NoLocks { path: works });
        }
        lease::sweep(&works, "", |_| true);
        Ok(Self {
            root: root.to_path_buf(),
            lease: Arc::new(lease),
            dropped: Arc::default(),
            cancel: Cancel::default(),
        })
    }

    /// The same store, which works as long as that is wanted.
    pub(in crate::engine) fn until(&self, cancel: &Cancel) -> Self {
        Self { cancel: cancel.clone(), ..self.clone() }
    }

    /// Fails where nobody wants any more what is worked at.
    pub(in crate::engine) fn must_be_wanted(&self) -> Result<(), StoreError> {
        if self.cancel.is_cancelled() { Err(StoreError::Cancelled) } else { Ok(()) }
    }

    /// A folder for half-made things that is this store's alone, on its file system.
    pub(in crate::engine) fn work(&self) -> PathBuf {
        self.lease.renew();
        // Somebody whom the lock does not reach may have taken it away after a day in which nothing was done.
        let _ = private::create_dir_all(self.lease.path());
        self.lease.path().to_path_buf()
    }

    /// What no other session is called.
    pub(in crate::engine) fn session(&self) -> &Path {
        self.lease.name()
    }

    /// The folder below which blobs and trees are.
    pub(in crate::engine) fn root(&self) -> &Path {
        &self.root
    }

    /// The file with this content, whether or not it is there.
    pub fn blob_path(&self, blob: &Blob) -> PathBuf {
        let mark = if blob.executable { "x" } else { "" };
        self.root.join("blobs").join(blob.sha256.get(..2).unwrap_or("00")).join(format!("{}{mark}", blob.sha256))
    }

    /// Whether the content is there, with its size, as it was sealed.
    pub fn has(&self, blob: &Blob) -> bool {
        self.size(blob) == Some(blob.bytes)
    }

    /// Whether there is a file with this digest that may not be executed.
    pub fn has_content(&self, sha256: &str) -> bool {
        self.size(&Blob { sha256: sha256.to_owned(), bytes: 0, executable: false }).is_some()
    }

    /// The size of the content, if it is there as it was sealed; the size that the blob says is not asked.
    pub fn size(&self, blob: &Blob) -> Option<u64> {
        let found = fs::metadata(self.blob_path(blob)).ok()?;
        is_sealed(&found).then_some(found.len())
    }

    /// Takes a file into the store by moving it. The file must be on the store's file system.
    pub fn take(&self, file: &Path, executable: bool) -> Result<Blob, StoreError> {
        let (sha256, bytes) = digest_until(file, &self.cancel)?;
        self.take_known(file, Blob { sha256, bytes, executable })
    }

    /// Likewise, where its content is known.
    fn take_known(&self, file: &Path, blob: Blob) -> Result<Blob, StoreError> {
        let path = self.blob_path(&blob);
        if self.has(&blob) {
            fs::remove_file(file).map_err(at("remove", file))?;
            return Ok(blob);
        }
        if let Some(folder) = path.parent() {
            private::create_dir_all(folder).map_err(at("create", folder))?;
        }
        seal(file, blob.executable).map_err(at("seal", file))?;
        fs::rename(file, &path).map_err(at("store", file))?;
        Ok(blob)
    }

    /// Takes bytes into the store.
    pub fn put(&self, bytes: &[u8], executable: bool) -> Result<Blob, StoreError> {
        let blob = Blob { sha256: hex(&Sha256::digest(bytes)), bytes: bytes.len() as u64, executable };
        if self.has(&blob) {
            return Ok(blob);
        }
        let mut file = self.half_made()?;
        file.write_all(bytes).map_err(at("write in", file.path()))?;
        self.take_half_made(file, blob)
    }

    /// A file with another mode. One that may be executed is kept apart from one that may not.
    pub fn with_mode(&self, blob: &Blob, mode: Mode) -> Result<Node, StoreError> {
        let executable = mode.is_executable();
        let other = Blob { executable, ..blob.clone() };
        if other == *blob || self.has(&other) {
            return Ok(Node::File { blob: other, mode });
        }
        let path = self.blob_path(blob);
        let mut file = fs::File::open(&path).map_err(at("read", &path))?;
        Ok(Node::File { blob: self.put_from(&mut file, blob.bytes, executable, &path)?, mode })
    }

    /// Takes what a stream gives, which is said to have this size, without holding more than a little of it in memory.
    pub fn put_from(
        &self,
        from: &mut dyn Read,
        size: u64,
        executable: bool,
        origin: &Path,
    ) -> Result<Blob, StoreError> {
        if size <= SMALL {
            let mut bytes = Vec::new();
            from.take(size.saturating_add(1)).read_to_end(&mut bytes).map_err(at("unpack", origin))?;
            return self.put(&bytes, executable);
        }
        let mut file = self.half_made()?;
        let (sha256, bytes) = copy_hashed(&mut self.cancel.reading(from), &mut file).map_err(at("unpack", origin))?;
        self.take_half_made(file, Blob { sha256, bytes, executable })
    }

    fn half_made(&self) -> Result<NamedTempFile, StoreError> {
        let work = self.work();
        NamedTempFile::new_in(&work).map_err(at("write in", &work))
    }

    fn take_half_made(&self, file: NamedTempFile, blob: Blob) -> Result<Blob, StoreError> {
        let path = file.into_temp_path();
        let blob = self.take_known(&path, blob)?;
        // It was moved away: nothing is left to remove.
        let _ = path.keep();
        Ok(blob)
    }

    /// Makes a tree of blobs that are in the store.
    pub fn assemble(&self, manifest: Manifest) -> Result<Tree, StoreError> {
        let manifest = manifest.settled()?;
        let digest = manifest.digest();
        let path = self.tree_path(&digest);
        if !view::is_whole(&path, &manifest) {
            let work = tempfile::tempdir_in(self.work()).map_err(at("create a folder in", &self.root))?;
            self.lay_view(work.path(), &manifest)?;
            remove_all(&path);
            let staged = work.keep();
            // Another process may have been faster with the same tree.
            if let Err(error) = fs::rename(&staged, &path) {
                remove_all(&staged);
                if !view::is_whole(&path, &manifest) {
                    return Err(at("store", &path)(error));
                }
            }
        }
        write_atomically(&path.with_extension("json"), manifest.text().as_bytes())?;
        Ok(Tree { digest, path, manifest })
    }

    fn tree_path(&self, digest: &str) -> PathBuf {
        self.root.join("trees").join(digest)
    }

    /// The tree with this digest, if it is there and undamaged. Whoever asks uses it: its manifest gets a new date.
    pub fn tree(&self, digest: &str) -> Option<Tree> {
        let path = self.tree_path(digest);
        let json = path.with_extension("json");
        let manifest = Manifest::read(&json)?;
        if manifest.digest() != digest || !view::is_whole(&path, &manifest) {
            return None;
        }
        // A date that cannot be set makes the tree go earlier, no more.
        let _ = fs::File::options().write(true).open(&json).and_then(|file| file.set_modified(SystemTime::now()));
        Some(Tree { digest: digest.into(), path, manifest })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::disk::files::is_executable;

    /// An empty store in a folder that goes with it.
    pub(super) fn store() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        (folder, store)
    }

    #[test]
    fn the_same_files_make_the_same_tree_whenever_they_were_written() {
        let (_keep, store) = store();
        let tree = |name: &str| {
            let out = store.work().join(name);
            fs::create_dir_all(out.join("pkg")).unwrap();
            fs::write(out.join("pkg/a.py"), "x = 1\n").unwrap();
            fs::write(out.join("b"), "").unwrap();
            store.import(&out).unwrap()
        };
        let (one, two) = (tree("one"), tree("two"));
        assert_eq!(one, two);
        assert_eq!(fs::read_to_string(one.path.join("pkg/a.py")).unwrap(), "x = 1\n");
        assert_eq!(store.tree(&one.digest), Some(one));
    }

    #[test]
    fn a_damaged_tree_is_not_used_and_is_mended_by_making_it_again() {
        let (_keep, store) = store();
        let mut manifest = Manifest::default();
        manifest.add("a".into(), store.put(b"hello", false).unwrap()).unwrap();
        let tree = store.assemble(manifest.clone()).unwrap();
        remove_all(&tree.path.join("a"));
        fs::write(tree.path.join("a"), "HELLO").unwrap();
        assert_eq!(store.tree(&tree.digest), None);
        assert_eq!(fs::read(store.assemble(manifest).unwrap().path.join("a")).unwrap(), b"hello");
    }

    #[test]
    fn a_file_gets_a_mode_under_which_its_content_was_not_kept_yet() {
        let (_keep, store) = store();
        let node = store.with_mode(&store.put(b"x", false).unwrap(), Mode::PROGRAM).unwrap();
        assert!(node.blob().unwrap().executable && store.has(node.blob().unwrap()));
        let mut manifest = Manifest::default();
        manifest.add("a".into(), node).unwrap();
        assert!(is_executable(&fs::metadata(store.assemble(manifest).unwrap().path.join("a")).unwrap()));
    }
}
