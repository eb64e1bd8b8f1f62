//! What of a repository reaches a build: tools that read the version from version control look at commits and tags.
//!
//! Git starts programs that a repository's configuration, hooks and attributes name, and follows what leads to other
//! repositories. None of that goes along: commits, names and the index are copied, and the configuration is written here.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::SourceError;
use super::copy::copy_file;
use super::folder::Folder;
use crate::engine::disk::error::at;
use crate::engine::disk::files::{create_plain_dirs, relative};
use crate::engine::terms::cancel::Cancel;
use crate::inspect::regular;

/// Files that go along; so do those of an index that was split.
const FILES: [&str; 4] = ["HEAD", "packed-refs", "shallow", "index"];

/// The most that is read of a file, in bytes: some repositories have hundreds of thousands of names.
const MOST: u64 = 64 << 20;

/// The repository of a project, by its folder.
pub(super) struct Repository(PathBuf);

impl Repository {
    /// The one in the project's folder. What only leads to a repository elsewhere, as a link or the file of a worktree
    /// does, is none of the project.
    pub fn of(root: &Path) -> Option<Self> {
        let git = root.join(".git");
        fs::symlink_metadata(&git).is_ok_and(|found| found.is_dir()).then_some(Self(git))
    }

    /// What changes when another commit is checked out, or a tag is made, moved or removed.
    pub fn head(&self) -> Vec<u8> {
        let mut text = read(&self.0.join("HEAD"));
        let heads = self.names("refs/heads");
        let current =
            String::from_utf8_lossy(&text).trim().strip_prefix("ref: ").and_then(|name| heads.get(name).cloned());
        text.extend(current.unwrap_or_default());
        text.extend(["packed-refs", "reftable/tables.list"].iter().flat_map(|name| read(&self.0.join(name))));
        for (tag, commit) in self.names("refs/tags") {
            text.extend([tag.as_bytes(), b" ", commit.trim_ascii(), b"\n"].concat());
        }
        text
    }

    /// Every name below a folder with what it points to; names such as `app/v1` lie deeper.
    fn names(&self, folder: &str) -> BTreeMap<String, Vec<u8>> {
        files(&self.0.join(folder)).map(|path| (relative(&self.0, &path), read(&path))).collect()
    }

    /// What is inert and goes along, with its sizes in bytes. Paths are from the repository.
    pub fn files(&self) -> Vec<(String, u64)> {
        let own = children(&self.0).filter(|path| is_file(path)).filter(|path| {
            let name = name_of(path);
            FILES.contains(&name.as_str()) || name.starts_with("sharedindex.")
        });
        let names = ["refs", "reftable"].into_iter().flat_map(|folder| files(&self.0.join(folder)));
        let all = own.chain(names).chain(self.objects());
        all.map(|path| {
            let bytes = fs::symlink_metadata(&path).map_or(0, |found| found.len());
            (relative(&self.0, &path), bytes)
        })
        .collect()
    }

    /// Copies what is inert to a folder that is made.
    pub fn copy(&self, to: &Path, cancel: &Cancel) -> Result<(), SourceError> {
        for name in ["refs", "objects"] {
            // Without these it is no repository, even if they are empty.
            let folder = to.join(name);
            create_plain_dirs(&folder).map_err(at("create", &folder))?;
        }
        let mut has_long_ids = false;
        let mut folder = Folder::new(&self.0);
        for (path, _) in self.files() {
            has_long_ids |= path.starts_with("objects/") && path.split('/').any(is_long_id);
            copy_file(&mut folder, &path, &to.join(&path), cancel)?;
        }
        let config = to.join("config");
        fs::write(&config, configuration(has_long_ids, to.join("reftable").is_dir())).map_err(at("write", &config))?;
        Ok(())
    }

    /// Commits and what they hold. What else lies there may name other repositories.
    fn objects(&self) -> Vec<PathBuf> {
        let folder = self.0.join("objects");
        let is_real = |found: fs::Metadata| found.is_dir();
        let folders = children(&folder).filter(|path| {
            let name = name_of(path);
            name == "pack" || (name.len() == 2 && is_hexadecimal(&name))
        });
        let folders = folders.filter(|_| fs::symlink_metadata(&folder).is_ok_and(is_real));
        folders.flat_map(|folder| files(&folder)).collect()
    }
}

/// A configuration that says how the repository is stored, and nothing else.
fn configuration(has_long_ids: bool, has_tables: bool) -> String {
    let ids = has_long_ids.then_some("\tobjectFormat = sha256\n");
    let tables = has_tables.then_some("\trefStorage = reftable\n");
    let extensions: String = ids.into_iter().chain(tables).collect();
    let version = u8::from(!extensions.is_empty());
    format!("[core]\n\trepositoryFormatVersion = {version}\n\tbare = false\n[extensions]\n{extensions}")
}

/// Whether an object or a pack is named by SHA-256: 64 digits, of which the folder of a single object has two.
fn is_long_id(name: &str) -> bool {
    name.split(['-', '.']).any(|part| part.len() >= 62 && is_hexadecimal(part))
}

fn is_hexadecimal(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Whether it is a file itself: no link, and nothing that can be read without end.
fn is_file(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|found| found.is_file())
}

/// The content of a file that is one itself; empty where there is none.
fn read(path: &Path) -> Vec<u8> {
    // What cannot be read is as good as not there: Git would not find it either.
    is_file(path).then(|| regular::read(path, MOST).ok()).flatten().unwrap_or_default()
}

fn children(folder: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path())
}

/// Every file below a folder; links are not followed.
fn files(folder: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(path) = open.pop() {
        match fs::symlink_metadata(&path) {
            Ok(kind) if kind.is_dir() => open.extend(children(&path)),
            Ok(kind) if kind.is_file() => found.push(path),
            _ => {}
        }
    }
    found.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(root: &Path, path: &str, text: &str) {
        let path = root.join(".git").join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    #[test]
    fn a_tag_that_is_made_or_moved_in_any_folder_changes_the_source() {
        let folder = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            write(folder.path(), path, text);
            Repository::of(folder.path()).unwrap().head()
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
            write("reftable/tables.list", "1\n"),
        ];
        for (number, pair) in seen.windows(2).enumerate() {
            assert_ne!(pair[0], pair[1], "change {number}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_head_that_leads_out_of_the_repository_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["/dev/zero", "../../../../../../../dev/zero", "refs/heads/link"] {
            write(folder.path(), "HEAD", &format!("ref: {name}\n"));
            let link = folder.path().join(".git/refs/heads/link");
            fs::create_dir_all(link.parent().unwrap()).unwrap();
            let _ = std::os::unix::fs::symlink("/dev/zero", link);
            let head = Repository::of(folder.path()).unwrap().head();
            assert_eq!(head, format!("ref: {name}\n").into_bytes());
        }
    }

    #[cfg(unix)]
    #[test]
    fn only_what_is_inert_and_lies_in_the_repository_is_copied() {
        use std::os::unix::fs::symlink;
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let kept = ["HEAD", "index", "packed-refs", "refs/heads/main", "objects/ab/cdef", "objects/pack/pack-1.pack"];
        let dropped = [
            "config.worktree",
            "commondir",
            "hooks/post-checkout",
            "info/attributes",
            "modules/a/config",
            "objects/info/alternates",
            "worktrees/a/gitdir",
        ];
        for path in kept.iter().chain(&dropped) {
            write(root, path, "x");
        }
        write(root, "config", "[core]\n\tfsmonitor = touch mark\n");
        symlink("/etc/passwd", root.join(".git/shallow")).unwrap();
        symlink("/etc", root.join(".git/refs/tags")).unwrap();
        let copy = root.join("copy");
        Repository::of(root).unwrap().copy(&copy, &Cancel::default()).unwrap();
        let mut found: Vec<_> = files(&copy).map(|path| relative(&copy, &path)).collect();
        found.sort();
        let mut wanted = [kept.as_slice(), &["config"]].concat();
        wanted.sort_unstable();
        assert_eq!(found, wanted);
        let config = fs::read_to_string(copy.join("config")).unwrap();
        assert_eq!(config, "[core]\n\trepositoryFormatVersion = 0\n\tbare = false\n[extensions]\n");
    }

    #[cfg(unix)]
    #[test]
    fn a_repository_elsewhere_is_none_of_the_project() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "HEAD", "x");
        let (linked, pointing) = (folder.path().join("linked"), folder.path().join("pointing"));
        fs::create_dir_all(&linked).unwrap();
        fs::create_dir_all(&pointing).unwrap();
        std::os::unix::fs::symlink(folder.path().join(".git"), linked.join(".git")).unwrap();
        fs::write(pointing.join(".git"), "gitdir: ../.git\n").unwrap();
        assert!(Repository::of(folder.path()).is_some());
        assert!(Repository::of(&linked).is_none() && Repository::of(&pointing).is_none());
    }

    #[test]
    fn the_configuration_says_how_objects_and_names_are_stored() {
        assert!(is_long_id(&format!("pack-{}.idx", "a".repeat(64))) && is_long_id(&"0".repeat(62)));
        assert!(!is_long_id(&format!("pack-{}.idx", "a".repeat(40))) && !is_long_id(&"0".repeat(38)));
        let text = configuration(true, true);
        assert!(text.contains("Version = 1") && text.contains("= sha256") && text.contains("= reftable"), "{text}");
    }
}
