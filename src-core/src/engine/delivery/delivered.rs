//! An artifact as it lies with the user now.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::engine::disk::error::{StoreError, at};
use crate::engine::disk::files::{digest_file, hex, is_executable, name_below};
use crate::engine::trees::links::leaves;
use crate::engine::trees::manifest::{Blob, Manifest, Node};
use crate::engine::trees::store::{Store, Tree};
use crate::event::Receipt;

/// What is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::engine) enum Delivered {
    /// One file.
    File(Blob),
    /// What is in a folder.
    Folder(Manifest),
}

impl Delivered {
    /// Reads it, piece by piece. With a store, the contents are in it afterwards. An error where it holds what no artifact
    /// holds.
    pub fn read(path: &Path, store: Option<&Store>) -> Result<Self, StoreError> {
        let found = fs::metadata(path).map_err(at("read", path))?;
        if !found.is_dir() {
            let is_link = fs::symlink_metadata(path).map_err(at("read", path))?.is_symlink();
            return if is_link {
                Err(refused(path, "it is a link"))
            } else {
                Ok(Self::File(blob(path, &found, store)?))
            };
        }
        let mut manifest = Manifest::default();
        let mut open = vec![path.to_path_buf()];
        while let Some(folder) = open.pop() {
            for entry in fs::read_dir(&folder).map_err(at("list", &folder))? {
                let below = entry.map_err(at("list", &folder))?.path();
                let found = fs::symlink_metadata(&below).map_err(at("read", &below))?;
                let node = if found.is_dir() {
                    open.push(below.clone());
                    Node::FOLDER
                } else if found.is_symlink() {
                    let to = fs::read_link(&below).map_err(at("follow", &below))?;
                    let to = to.to_str().ok_or_else(|| refused(&below, "it is a link to a name that is not UTF-8"))?;
                    Node::Link { to: to.to_owned() }
                } else {
                    blob(&below, &found, store)?.into()
                };
                manifest.add(name_below(path, &below)?, node)?;
            }
        }
        let manifest = manifest.settled()?;
        manifest.must_stay(path)?;
        Ok(Self::Folder(manifest))
    }

    /// The digest that a receipt of this format gives of it.
    pub fn digest(&self, format: u32) -> Result<String, StoreError> {
        match self {
            Self::File(blob) => Ok(blob.sha256.clone()),
            Self::Folder(manifest) if format < Receipt::WITH_LINKS => digest_of_files(manifest),
            Self::Folder(manifest) => manifest.clone().digest_handed_over(),
        }
    }

    /// The tree that it was a part of, at this path of it, as far as it is known.
    pub fn at(self, path: &str) -> Result<Manifest, StoreError> {
        let mut whole = Manifest::default();
        match self {
            Self::File(blob) => whole.add(path.to_owned(), blob)?,
            Self::Folder(manifest) if path.is_empty() => whole = manifest,
            Self::Folder(manifest) => {
                for (below, node) in manifest.nodes {
                    whole.add(format!("{path}/{below}"), node)?;
                }
            }
        }
        Ok(whole)
    }
}

impl Manifest {
    /// Fails where a link leads out of what was handed over: no artifact has one.
    fn must_stay(&self, root: &Path) -> Result<(), StoreError> {
        let out = |(path, node): &(&String, &Node)| matches!(node, Node::Link { to } if leaves(path, to) || self.follow(path).is_err());
        match self.nodes.iter().find(out) {
            Some((path, _)) => {
                Err(refused(&root.join(path), "it is a link that leads out of the artifact, or nowhere"))
            }
            None => Ok(()),
        }
    }
}

fn refused(path: &Path, why: &'static str) -> StoreError {
    at("take", path)(io::Error::other(why))
}

fn blob(path: &Path, found: &fs::Metadata, store: Option<&Store>) -> Result<Blob, StoreError> {
    if !found.is_file() {
        return Err(refused(path, "it is neither a file, a folder nor a link"));
    }
    let (sha256, bytes) = digest_file(path)?;
    let blob = Blob { sha256, bytes, executable: is_executable(found) };
    match store.filter(|store| !store.has(&blob)) {
        None => Ok(blob),
        Some(store) => {
            let mut file = fs::File::open(path).map_err(at("read", path))?;
            store.put_from(&mut file, bytes, blob.executable, path)
        }
    }
}

/// The digest of a folder in receipts of format 1: of one line `MODE SHA-256 PATH` for each file, sorted by path. What held
/// a link was not handed over then.
fn digest_of_files(manifest: &Manifest) -> Result<String, StoreError> {
    let mut hash = Sha256::new();
    for (path, node) in &manifest.nodes {
        match node {
            Node::File { blob, .. } => {
                hash.update(format!("{} {} {path}\n", if blob.executable { "755" } else { "644" }, blob.sha256));
            }
            Node::Link { .. } => return Err(refused(Path::new(path), "it is a link, and none was handed over")),
            Node::Folder { .. } => {}
        }
    }
    Ok(hex(&hash.finalize()))
}

/// A tree of the store by the digest that a receipt of this format gives of it, if it is there.
pub(in crate::engine) fn tree(store: &Store, digest: &str, format: u32) -> Option<Tree> {
    #[derive(Deserialize)]
    struct Kept {
        files: BTreeMap<String, Blob>,
    }

    if format >= Receipt::WITH_LINKS {
        return store.tree(digest);
    }
    let kept = fs::read(store.root().join("trees").join(digest).with_extension("json")).ok()?;
    let kept: Kept = serde_json::from_slice(&kept).ok()?;
    let nodes = kept.files.into_iter().map(|(path, blob)| (path, blob.into())).collect();
    let manifest = Manifest { nodes };
    let is_it = digest_of_files(&manifest).is_ok_and(|found| found == digest);
    store.assemble(manifest).ok().filter(|_| is_it)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("app/lib")).unwrap();
        fs::write(folder.path().join("app/lib/b"), "1").unwrap();
        fs::write(folder.path().join("app/a"), "1").unwrap();
        folder
    }

    #[test]
    fn a_folder_has_the_same_digest_wherever_in_the_output_of_its_step_it_was() {
        let (keep, folder) = (tempfile::tempdir().unwrap(), folder());
        let store = Store::open(keep.path()).unwrap();
        let found = Delivered::read(&folder.path().join("app"), Some(&store)).unwrap();
        let tree = store.assemble(found.clone().at("").unwrap()).unwrap();
        assert_eq!(found.digest(Receipt::FORMAT).unwrap(), tree.digest);
        let deep = store.assemble(found.at("dist/app").unwrap()).unwrap();
        assert_eq!(deep.manifest.nodes.keys().collect::<Vec<_>>(), ["dist/app/a", "dist/app/lib/b"]);
        assert_eq!(fs::read_to_string(deep.path.join("dist/app/a")).unwrap(), "1");
    }

    #[test]
    fn format_1_knew_only_files_and_a_link_beside_them_is_not_overlooked() {
        let folder = folder();
        let read = || Delivered::read(&folder.path().join("app"), None).unwrap();
        let sha256 = hex(&Sha256::digest("1"));
        let expected = hex(&Sha256::digest(format!("644 {sha256} a\n644 {sha256} lib/b\n")));
        assert_eq!(read().digest(1).unwrap(), expected);
        fs::create_dir(folder.path().join("app/empty")).unwrap();
        assert_eq!(read().digest(1).unwrap(), expected);
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink("a", folder.path().join("app/link")).unwrap();
            assert!(read().digest(1).is_err());
            assert_ne!(read().digest(2).unwrap(), expected);
        }
    }

    #[test]
    #[cfg(unix)]
    fn what_no_artifact_holds_is_refused() {
        use std::os::unix::fs::symlink;
        let folder = folder();
        let app = folder.path().join("app");
        let said = || match Delivered::read(&app, None) {
            Err(StoreError::File { source, .. }) => source.to_string(),
            other => format!("{other:?}"),
        };
        symlink("lib/b", app.join("link")).unwrap();
        assert!(Delivered::read(&app, None).is_ok());
        for to in ["/etc/passwd", "../app/a", "missing", "link"] {
            fs::remove_file(app.join("link")).unwrap();
            symlink(to, app.join("link")).unwrap();
            assert_eq!(said(), "it is a link that leads out of the artifact, or nowhere", "{to}");
        }
        fs::remove_file(app.join("link")).unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(app.join("socket")).unwrap();
        assert_eq!(said(), "it is neither a file, a folder nor a link");
    }

    #[test]
    fn a_tree_of_an_earlier_store_is_found_by_the_digest_that_a_receipt_gives_of_it() {
        let keep = tempfile::tempdir().unwrap();
        let store = Store::open(keep.path()).unwrap();
        let blob = store.put(b"1", false).unwrap();
        let digest = hex(&Sha256::digest(format!("644 {} a.whl\n", blob.sha256)));
        let json = serde_json::json!({ "files": { "a.whl": blob } }).to_string();
        fs::write(store.root().join(format!("trees/{digest}.json")), &json).unwrap();
        assert_eq!(fs::read_to_string(tree(&store, &digest, 1).unwrap().path.join("a.whl")).unwrap(), "1");
        assert_eq!(tree(&store, &digest, 2), None);
        fs::write(store.root().join("trees/00.json"), json).unwrap();
        assert_eq!(tree(&store, "00", 1), None, "another digest than its own");
    }
}
