//! Small trees for tests.

use std::fs;

use tempfile::TempDir;

use crate::inspect::tree::{self, Tree};

/// Writes files into a new folder and walks it.
pub(crate) fn tree(files: &[(&str, &str)]) -> (TempDir, Tree) {
    let folder = folder(files);
    let tree = tree::walk(folder.path()).unwrap();
    (folder, tree)
}

/// Writes files into a new folder.
pub(crate) fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}
