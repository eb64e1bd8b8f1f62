//! What Git tracks, read from its index: Git ignores nothing that it tracks, whatever its patterns say.
//!
//! The format is that of `gitformat-index(5)`, versions 2 to 4. Where an index cannot be read, nothing is known to be tracked.

use std::path::{Path, PathBuf};

use super::ignored::repository_of;
use crate::inspect::regular;

/// The largest index that is read, in bytes: one of 300,000 files has about 40 MB.
const LARGEST: u64 = 64 << 20;

/// Bytes of an entry before its name, with SHA-1 and with SHA-256.
const HEADS: [usize; 2] = [62, 74];

/// Calls with every tracked file and link below a folder, by its path from there, in the order of bytes.
pub(super) fn each(root: &Path, mut call: impl FnMut(&str)) {
    let Some((folder, index)) = index_of(root) else { return };
    let Ok(bytes) = regular::read(&index, LARGEST) else { return };
    let inside = root.strip_prefix(&folder).ok().and_then(Path::to_str).unwrap_or_default();
    let prefix = if inside.is_empty() { String::new() } else { format!("{}/", inside.replace('\\', "/")) };
    let head = HEADS.into_iter().find(|head| read(&bytes, *head, &mut |_| {}).is_some());
    if let Some(head) = head {
        read(&bytes, head, &mut |path| {
            if let Some(below) = std::str::from_utf8(path).ok().and_then(|path| path.strip_prefix(prefix.as_str())) {
                call(below);
            }
        });
    }
}

/// The top folder of the checkout that a folder is in, and its index.
fn index_of(root: &Path) -> Option<(PathBuf, PathBuf)> {
    let top = root.ancestors().find(|folder| folder.join(".git").symlink_metadata().is_ok())?;
    Some((top.to_path_buf(), repository_of(&top.join(".git"))?.join("index")))
}

/// Reads all entries; `None` where it is no index of this kind.
fn read(bytes: &[u8], head: usize, call: &mut dyn FnMut(&[u8])) -> Option<()> {
    let number = |at: usize| bytes.get(at..at + 4)?.try_into().ok().map(u32::from_be_bytes);
    let version = number(4).filter(|version| (2..=4).contains(version) && bytes.starts_with(b"DIRC"))?;
    let (mut at, mut path) = (12, Vec::new());
    for _ in 0..number(8)? {
        let mode = number(at + 24)? >> 12;
        let flags = u16::from_be_bytes(bytes.get(at + head - 2..at + head)?.try_into().ok()?);
        let start = at + head + if flags & 0x4000 == 0 { 0 } else { 2 };
        let mut from = start;
        let kept = if version == 4 { path.len().checked_sub(shortened(bytes, &mut from)?)? } else { 0 };
        let rest = bytes.get(from..)?;
        let length = rest.iter().position(|byte| *byte == 0)?;
        path.truncate(kept);
        path.extend_from_slice(&rest[..length]);
        // Names are padded so that each entry has a multiple of eight bytes, with one zero at least.
        at = if version == 4 { from + length + 1 } else { at + ((start - at + length) / 8 + 1) * 8 };
        match mode {
            // A file, or a link.
            0o10 | 0o12 => call(&path),
            // Submodules are other projects, and folders of a sparse checkout are not here.
            0o16 | 0o4 => {}
            _ => return None,
        }
    }
    Some(())
}

/// How many bytes of the name before go, as a number of variable length.
fn shortened(bytes: &[u8], at: &mut usize) -> Option<usize> {
    let mut value = 0_usize;
    loop {
        let byte = *bytes.get(*at)?;
        *at += 1;
        value = value.checked_shl(7)?.checked_add(usize::from(byte & 0x7f))?;
        if byte & 0x80 == 0 {
            return Some(value);
        }
        value = value.checked_add(1)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tracked(root: &Path) -> Vec<String> {
        let mut found = Vec::new();
        each(root, |path| found.push(path.to_owned()));
        found
    }

    /// An index of version 2 or 4 with these names.
    fn index(version: u32, names: &[&str]) -> Vec<u8> {
        let mut bytes =
            [b"DIRC".as_slice(), &version.to_be_bytes(), &u32::try_from(names.len()).unwrap().to_be_bytes()].concat();
        let mut before = "";
        for name in names {
            let mut entry = vec![0; 62];
            entry[24..28].copy_from_slice(&0o100_644_u32.to_be_bytes());
            if version == 4 {
                let shared = before.bytes().zip(name.bytes()).take_while(|(one, other)| one == other).count();
                entry.push(u8::try_from(before.len() - shared).unwrap());
                entry.extend(name[shared..].bytes().chain([0]));
            } else {
                entry.extend(name.bytes());
                entry.resize((entry.len() / 8 + 1) * 8, 0);
            }
            bytes.extend(entry);
            before = name;
        }
        bytes
    }

    #[test]
    fn tracked_files_are_read_from_every_version_of_the_index_and_from_a_folder_inside() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join(".git")).unwrap();
        std::fs::create_dir_all(folder.path().join("sub")).unwrap();
        let names = ["a.py", "lib/words.py", "lib/words_too.py", "sub/b.py"];
        for version in [2, 4] {
            std::fs::write(folder.path().join(".git/index"), index(version, &names)).unwrap();
            assert_eq!(tracked(folder.path()), names, "version {version}");
            assert_eq!(tracked(&folder.path().join("sub")), ["b.py"]);
        }
    }

    #[test]
    fn what_is_no_index_tracks_nothing() {
        let folder = tempfile::tempdir().unwrap();
        assert!(tracked(folder.path()).is_empty());
        std::fs::create_dir_all(folder.path().join(".git")).unwrap();
        let whole = index(2, &["a.py"]);
        for bytes in [&b"DIRC"[..], b"none", &whole[..40], &[]] {
            std::fs::write(folder.path().join(".git/index"), bytes).unwrap();
            assert!(tracked(folder.path()).is_empty());
        }
    }
}
