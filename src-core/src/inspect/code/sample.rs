//! Small trees for tests.

use std::fs;

use tempfile::TempDir;

use super::{Given, Scan, scan};
use crate::inspect::tree::{self, Tree};

/// A folder with these files and their text.
pub fn tree(files: &[(&str, &str)]) -> (TempDir, Tree) {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let full = folder.path().join(path);
        fs::create_dir_all(full.parent().unwrap()).unwrap();
        fs::write(full, text).unwrap();
    }
    let tree = tree::walk(folder.path()).unwrap();
    (folder, tree)
}

/// A scan of these files.
pub fn scanned(files: &[(&str, &str)], declared: &Given) -> Scan {
    let (_folder, tree) = tree(files);
    scan(&tree, declared)
}

/// A scan of these files as a plain folder.
pub fn folder(files: &[(&str, &str)]) -> Scan {
    scanned(files, &Given { name: "sample", ..Given::default() })
}

/// A scan of one file.
pub fn script(text: &str) -> Scan {
    scanned(&[("tool.py", text)], &Given { name: "tool", script: Some("tool.py"), ..Given::default() })
}
