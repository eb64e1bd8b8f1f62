//! Files as other programs read them, for decisions that hang on every byte.

use super::{READ_LIMIT, Tree};
use crate::inspect::regular::{self, NotRead};

/// The text of a file, if there can be no two minds about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Exact {
    /// UTF-8 without a byte-order mark.
    Text(String),
    /// There is no such file.
    Absent,
    /// Other programs may read something else; the text says why, to follow the file's name.
    Unclear(&'static str),
}

impl Tree {
    /// Reads a file, but only if every program reads the same text in it.
    pub(crate) fn exact(&self, path: &str) -> Exact {
        if !self.has(path) {
            return Exact::Absent;
        }
        let bytes = match regular::read(&self.root.join(path), READ_LIMIT) {
            Ok(bytes) => bytes,
            Err(NotRead::Special) => return Exact::Unclear("is no ordinary file"),
            Err(NotRead::TooLarge { .. }) => return Exact::Unclear("is too large to be looked at"),
            Err(NotRead::Io(_)) => return Exact::Unclear("cannot be read"),
        };
        self.read.add(path, &bytes);
        match String::from_utf8(bytes) {
            Ok(text) if text.starts_with('\u{feff}') => Exact::Unclear("begins with a byte-order mark"),
            Ok(text) if text.contains('\0') => Exact::Unclear("has a zero byte"),
            Ok(text) => Exact::Text(text),
            Err(_) => Exact::Unclear("is not UTF-8"),
        }
    }

    /// Whether a path goes through a link to a folder, or is one.
    pub(crate) fn is_linked(&self, path: &str) -> bool {
        let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
        ends.into_iter().any(|end| self.file(&path[..end]).is_some_and(|file| file.link.is_some()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::tree::walk;

    #[test]
    fn a_text_that_programs_may_read_differently_is_unclear() {
        let folder = tempfile::tempdir().unwrap();
        let told = |bytes: &[u8]| {
            std::fs::write(folder.path().join("a.cfg"), bytes).unwrap();
            walk(folder.path()).unwrap().exact("a.cfg")
        };
        assert_eq!(told(b"a\n"), Exact::Text("a\n".into()));
        for bytes in [&b"\xef\xbb\xbfa"[..], b"\xff\xfea\0", b"a\xe9", b"a\0b"] {
            assert!(matches!(told(bytes), Exact::Unclear(_)), "{bytes:?}");
        }
        assert_eq!(walk(folder.path()).unwrap().exact("b.cfg"), Exact::Absent);
        std::fs::File::create(folder.path().join("a.cfg")).unwrap().set_len(READ_LIMIT + 1).unwrap();
        assert_eq!(walk(folder.path()).unwrap().exact("a.cfg"), Exact::Unclear("is too large to be looked at"));
    }

    #[cfg(unix)]
    #[test]
    fn a_path_through_a_link_is_told() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("a/b")).unwrap();
        std::fs::write(folder.path().join("a/b/c.py"), "").unwrap();
        std::os::unix::fs::symlink("a", folder.path().join("l")).unwrap();
        let tree = walk(folder.path()).unwrap();
        assert!(tree.is_linked("l") && tree.is_linked("l/b/c"));
        assert!(!tree.is_linked("a/b/c"));
    }
}
