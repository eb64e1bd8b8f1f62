//! What metadata asks the tree.

use crate::inspect::tree::Tree;

/// Every path of the tree, sorted.
pub(crate) fn paths(tree: &Tree) -> impl Iterator<Item = &str> {
    tree.files.iter().map(|file| file.path.as_str())
}

/// Names of the files that lie at the root itself.
pub(crate) fn names_at_root(tree: &Tree) -> impl Iterator<Item = &str> {
    paths(tree).filter(|path| !path.contains('/'))
}
