//! The layer above a root file system, and what it changes there.

#[cfg(target_os = "linux")]
mod compare;

use std::collections::BTreeMap;
use std::ffi::CString;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// Below the place of a layer: what was written, what the kernel needs, and both file systems as one.
pub(in crate::engine) const UPPER: &str = "u";
pub(in crate::engine) const WORK: &str = "w";
pub(in crate::engine) const MERGED: &str = "m";
/// What is said of a layer, and of a copy where there can be none.
pub(in crate::engine) const LAID: &str = "a layer was laid above the root file system";
pub(in crate::engine) const COPIED: &str = "the root file system was copied, because no layer can be laid here";

/// A layer, as it lies beside what is below it; or a copy, beside what it was copied from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::engine) struct Layer {
    pub upper: PathBuf,
    pub lower: PathBuf,
    /// Whether it holds what was not changed, too.
    pub is_copy: bool,
}

/// What became of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(in crate::engine) enum Trace {
    /// It is there, and was not in what is below.
    There,
    /// It is another.
    Changed,
    /// It was in what is below, and is there no more.
    Gone,
}

/// Absolute paths, as they are in the root file system.
pub(in crate::engine) type Traces = BTreeMap<String, Trace>;

/// The options of an overlay; `None` where a path has a letter that means something there. Without `userxattr` folders of
/// what is below can be neither removed nor renamed in a user namespace.
pub(in crate::engine) fn options(root: &Path, at: &Path) -> Option<CString> {
    let is_plain = |path: &Path| path.to_str().is_some_and(|text| !text.contains([',', ':', '\\']));
    if !is_plain(root) || !is_plain(at) {
        return None;
    }
    let (upper, work) = (at.join(UPPER), at.join(WORK));
    let text = format!("userxattr,lowerdir={},upperdir={},workdir={}", root.display(), upper.display(), work.display());
    CString::new(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_would_be_taken_for_an_option_is_none() {
        assert!(options(Path::new("/cache/roots/a"), Path::new("/cache/work/b")).is_some());
        for path in ["/a,b", "/a:b", "/a\\b"] {
            assert_eq!(options(Path::new(path), Path::new("/b")), None);
            assert_eq!(options(Path::new("/b"), Path::new(path)), None);
        }
    }
}
