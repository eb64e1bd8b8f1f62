//! What of a repository reaches a build: tools that read the version from version control look at commits and tags.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::engine::files::relative;
use crate::inspect::regular;

/// The largest file with references that is read, in bytes; those of old repositories list hundreds of thousands.
const LARGEST: u64 = 64 << 20;

/// What changes when another commit is checked out, or a tag is made, moved or removed.
pub(super) fn head_of(root: &Path) -> Option<Vec<u8>> {
    let git = root.join(".git");
    // The project wrote it: it may lead anywhere.
    let read = |name: &str| regular::read(&git.join(name), LARGEST).unwrap_or_default();
    let head = regular::read_text(&git.join("HEAD"), LARGEST).ok()?;
    let mut text = head.clone().into_bytes();
    if let Some(reference) = head.trim().strip_prefix("ref: ") {
        text.extend(read(reference));
    }
    text.extend(read("packed-refs"));
    let mut tags = BTreeMap::new();
    collect(&git, &git.join("refs/tags"), &mut tags);
    for (tag, commit) in tags {
        text.extend(format!("{tag} {}\n", commit.trim()).into_bytes());
    }
    Some(text)
}

/// Every tag below a folder with what it points to; names such as `app/v1` lie deeper.
fn collect(git: &Path, folder: &Path, tags: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => collect(git, &path, tags),
            Ok(kind) if kind.is_file() => {
                tags.insert(relative(git, &path), regular::read_text(&path, LARGEST).unwrap_or_default());
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[test]
    fn a_head_that_leads_to_a_device_says_nothing_more_than_its_own_words() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join(".git")).unwrap();
        std::fs::write(folder.path().join(".git/HEAD"), "ref: /dev/zero\n").unwrap();
        assert_eq!(head_of(folder.path()).unwrap(), b"ref: /dev/zero\n");
    }

    #[test]
    fn a_tag_that_is_made_or_moved_in_any_folder_changes_the_source() {
        let folder = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = folder.path().join(".git").join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
            head_of(folder.path())
        };
        let seen = [
            write("refs/heads/main", "1111\n"),
            write("HEAD", "ref: refs/heads/main\n"),
            write("refs/tags/v1", "1111\n"),
            write("refs/tags/v1", "2222\n"),
            write("refs/tags/app/v1", "1111\n"),
            write("refs/tags/app/v1", "2222\n"),
            write("packed-refs", "2222 refs/tags/v0\n"),
            write("refs/heads/main", "3333\n"),
        ];
        for (number, pair) in seen.windows(2).enumerate() {
            assert_ne!(pair[0], pair[1], "change {number}");
        }
    }
}
