//! What a tree holds, by path: files, symbolic links and folders, with their modes.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::engine::disk::error::StoreError;
use crate::engine::disk::files::{hex, is_inside};
use crate::engine::terms::json;
use crate::plan::Mode;

/// The format of manifests. Trees of another one are not read, and made anew.
const FORMAT: u32 = 2;

/// What a tree holds by path, with `/` between the parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Manifest {
    /// Sorted by path. Nothing lies in a file or a link.
    pub nodes: BTreeMap<String, Node>,
}

/// What stands at a path of a tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Node {
    /// A file.
    File {
        /// Its content.
        blob: Blob,
        /// Its mode wherever it is copied, packed or handed over.
        mode: Mode,
    },
    /// A symbolic link. What a step wrote leads to something in its tree; what a plan laid out may lead anywhere.
    Link {
        /// The text of it.
        to: String,
    },
    /// A folder. One with the usual mode is named only where nothing lies in it.
    Folder {
        /// Its mode.
        mode: Mode,
    },
}

/// One file's content.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Blob {
    /// SHA-256, 64 hexadecimal digits.
    pub sha256: String,
    /// Size in bytes.
    pub bytes: u64,
    /// Whether it may be executed.
    pub executable: bool,
}

/// A manifest as it is kept.
#[derive(Serialize, Deserialize)]
struct Kept<T> {
    format: u32,
    nodes: T,
}

impl From<Blob> for Node {
    fn from(blob: Blob) -> Self {
        let mode = if blob.executable { Mode::PROGRAM } else { Mode::FILE };
        Self::File { blob, mode }
    }
}

impl Node {
    /// A folder with the usual mode.
    pub const FOLDER: Self = Self::Folder { mode: Mode::PROGRAM };

    /// The content of a file.
    pub fn blob(&self) -> Option<&Blob> {
        match self {
            Self::File { blob, .. } => Some(blob),
            Self::Link { .. } | Self::Folder { .. } => None,
        }
    }

    /// The same as it is compared once it was handed over: of a mode only whether a file may be executed is left, because
    /// the rest is the umask of whoever unpacks or copies it.
    fn handed_over(self) -> Self {
        match self {
            Self::File { mode, blob } => {
                Self::File { mode: if mode.is_executable() { Mode::PROGRAM } else { Mode::FILE }, blob }
            }
            Self::Folder { .. } => Self::FOLDER,
            link @ Self::Link { .. } => link,
        }
    }

    /// Its line in a manifest; see [`Manifest::digest`].
    fn line(&self, path: &str) -> String {
        let path = escaped(path);
        match self {
            Self::File { blob, mode } => format!("{path}\tfile\t{:03o}\t{}\n", mode.bits(), blob.sha256),
            Self::Link { to } => format!("{path}\tlink\t777\t{}\n", escaped(to)),
            Self::Folder { mode } => format!("{path}\tfolder\t{:03o}\t\n", mode.bits()),
        }
    }
}

/// A text without what ends a field or a line of a manifest.
fn escaped(text: &str) -> std::borrow::Cow<'_, str> {
    if text.contains(['\\', '\t', '\n']) {
        return text.replace('\\', "\\\\").replace('\t', "\\t").replace('\n', "\\n").into();
    }
    text.into()
}

impl Manifest {
    /// The digest of the tree: the SHA-256 of one line for each path, sorted by path, of four fields with a tab between
    /// them: the path; `file`, `link` or `folder`; the mode as three octal digits; and the SHA-256 of a file's content, the
    /// text of a link, or nothing.
    pub fn digest(&self) -> String {
        let mut hash = Sha256::new();
        for (path, node) in &self.nodes {
            hash.update(node.line(path));
        }
        hex(&hash.finalize())
    }

    /// The digest of what is handed over: of modes, whether files may be executed.
    pub fn digest_handed_over(self) -> Result<String, StoreError> {
        let nodes = self.nodes.into_iter().map(|(path, node)| (path, node.handed_over())).collect();
        Ok(Self { nodes }.settled()?.digest())
    }

    /// Total size in bytes.
    pub fn bytes(&self) -> u64 {
        self.files().map(|(_, blob)| blob.bytes).sum()
    }

    /// Every file.
    pub fn files(&self) -> impl Iterator<Item = (&str, &Blob)> {
        self.nodes.iter().filter_map(|(path, node)| Some((path.as_str(), node.blob()?)))
    }

    /// The file at a path.
    pub fn file(&self, path: &str) -> Option<&Blob> {
        self.nodes.get(path)?.blob()
    }

    /// What is named below a folder, by the path from there; the empty path is the tree itself.
    pub fn below<'a>(&'a self, folder: &str) -> impl Iterator<Item = (&'a str, &'a Node)> {
        let head = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let from = self.nodes.range(head.clone()..);
        from.map_while(move |(path, node)| Some((path.strip_prefix(&head)?, node)))
    }

    /// Whether there is a folder at this path, named or not.
    pub fn is_folder(&self, path: &str) -> bool {
        path.is_empty()
            || matches!(self.nodes.get(path), Some(Node::Folder { .. }))
            || self.below(path).next().is_some()
    }

    /// Adds what stands at a path. Two folders at one path are one; all else that is there already must be the same.
    pub fn add(&mut self, path: String, node: impl Into<Node>) -> Result<(), StoreError> {
        // Receipts and archives name paths too: none may lead out of the tree's folder.
        if !is_inside(&path) {
            return Err(StoreError::Strange { path, what: "a path that leads out of its folder" });
        }
        match self.nodes.entry(path) {
            Entry::Vacant(place) => drop(place.insert(node.into())),
            Entry::Occupied(mut place) => match (place.get(), node.into()) {
                (known, node) if *known == node => {}
                (Node::Folder { .. }, Node::FOLDER) => {}
                (&Node::FOLDER, node @ Node::Folder { .. }) => drop(place.insert(node)),
                _ => return Err(StoreError::Clash { path: place.key().clone() }),
            },
        }
        Ok(())
    }

    /// The same in the one way in which it is kept: without folders that go without saying. An error where something lies
    /// in what is no folder.
    pub fn settled(mut self) -> Result<Self, StoreError> {
        let mut sound = String::new();
        for path in self.nodes.keys() {
            let Some((parent, _)) = path.rsplit_once('/') else { continue };
            if parent == sound {
                continue;
            }
            for above in Path::new(parent).ancestors().filter_map(Path::to_str).filter(|above| !above.is_empty()) {
                if self.nodes.get(above).is_some_and(|node| !matches!(node, Node::Folder { .. })) {
                    return Err(StoreError::Clash { path: above.to_owned() });
                }
            }
            parent.clone_into(&mut sound);
        }
        let usual = self.nodes.iter().filter(|(_, node)| **node == Node::FOLDER).map(|(path, _)| path);
        let unsaid: Vec<String> = usual.filter(|path| self.below(path).next().is_some()).cloned().collect();
        for path in unsaid {
            self.nodes.remove(&path);
        }
        Ok(self)
    }

    /// Reads one that is kept in a file. Nothing where it cannot be read, or is of another format.
    pub fn read(file: &Path) -> Option<Self> {
        let kept: Kept<BTreeMap<String, Node>> = serde_json::from_slice(&fs::read(file).ok()?).ok()?;
        (kept.format == FORMAT).then_some(Self { nodes: kept.nodes })
    }

    /// As it is kept in a file.
    pub fn text(&self) -> String {
        json::line(&Kept { format: FORMAT, nodes: &self.nodes })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blob(sha256: &str) -> Blob {
        Blob { sha256: sha256.into(), bytes: 1, executable: false }
    }

    fn link(to: &str) -> Node {
        Node::Link { to: to.into() }
    }

    fn manifest(nodes: &[(&str, Node)]) -> Manifest {
        let mut manifest = Manifest::default();
        for (path, node) in nodes {
            manifest.add((*path).into(), node.clone()).unwrap();
        }
        manifest
    }

    fn mode(bits: u16) -> Mode {
        Mode::new(bits).unwrap()
    }

    #[test]
    fn a_path_that_leads_out_of_a_tree_is_refused() {
        for path in ["/etc/passwd", "../x", "a/../../x", ""] {
            let error = Manifest::default().add(path.into(), blob("1")).unwrap_err().to_string();
            assert!(error.ends_with("which is a path that leads out of its folder"), "{error}");
        }
    }

    #[test]
    fn two_things_at_one_path_are_refused_unless_both_are_folders() {
        let mut all = manifest(&[("a", blob("1").into()), ("b", Node::FOLDER)]);
        for node in [blob("2").into(), link("b"), Node::FOLDER] {
            let error = all.add("a".into(), node).unwrap_err();
            assert_eq!(error.to_string(), "`a` comes from two places with different contents");
        }
        let private = Node::Folder { mode: mode(0o700) };
        all.add("b".into(), private.clone()).unwrap();
        all.add("b".into(), Node::FOLDER).unwrap();
        assert_eq!(all.nodes["b"], private, "a mode that somebody said stays");
        all.add("b".into(), Node::Folder { mode: mode(0o750) }).unwrap_err();
    }

    #[test]
    fn nothing_lies_in_a_link_or_a_file() {
        for node in [link("/etc"), blob("1").into()] {
            let all = manifest(&[("a", node), ("a-b", blob("1").into()), ("a/b/c", blob("1").into())]);
            let error = all.settled().unwrap_err();
            assert_eq!(error.to_string(), "`a` comes from two places with different contents");
        }
    }

    #[test]
    fn a_folder_is_named_only_where_it_says_something() {
        let nodes = [("a", Node::FOLDER), ("a-b", blob("1").into()), ("a/b", Node::FOLDER), ("c", Node::FOLDER)];
        let all = manifest(&nodes).settled().unwrap();
        assert_eq!(all.nodes.keys().collect::<Vec<_>>(), ["a-b", "a/b", "c"]);
        let private = [("a", Node::Folder { mode: mode(0o750) }), ("a/b", blob("1").into())];
        assert_eq!(manifest(&private).settled().unwrap().nodes.len(), 2);
    }

    #[test]
    fn the_digest_tells_kinds_targets_and_modes_apart_and_names_cannot_forge_a_line() {
        let file = |bits| Node::File { blob: blob("1"), mode: mode(bits) };
        let digests: std::collections::BTreeSet<String> = [
            manifest(&[("a", file(0o644))]),
            manifest(&[("a", file(0o640))]),
            manifest(&[("a", link("1"))]),
            manifest(&[("a", link("2"))]),
            manifest(&[("a", Node::FOLDER)]),
            manifest(&[("a\tfile\t644\t1\nb", file(0o644))]),
            manifest(&[("a", file(0o644)), ("b", file(0o644))]),
        ]
        .map(|manifest| manifest.digest())
        .into();
        assert_eq!(digests.len(), 7);
        let umask = [manifest(&[("a", file(0o644))]), manifest(&[("a", file(0o600))])];
        let [one, other] = umask.map(|manifest| manifest.digest_handed_over().unwrap());
        assert_eq!(one, other, "an umask is no change of what was handed over");
    }

    #[test]
    fn a_manifest_of_another_format_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tree.json");
        let all = manifest(&[("a", blob("1").into()), ("b", link("a")), ("c", Node::FOLDER)]);
        fs::write(&path, all.text()).unwrap();
        assert_eq!(Manifest::read(&path), Some(all.clone()));
        fs::write(&path, all.text().replace("\"format\":2", "\"format\":3")).unwrap();
        assert_eq!(Manifest::read(&path), None);
        fs::write(&path, r#"{"files":{"a":{"sha256":"1","bytes":1,"executable":false}}}"#).unwrap();
        assert_eq!(Manifest::read(&path), None);
    }
}
