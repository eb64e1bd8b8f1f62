//! The walk itself, on all cores.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use ignore::{DirEntry, ParallelVisitor, ParallelVisitorBuilder, WalkBuilder, WalkState};

use super::ignored::Ignored;
use super::links::{self, Destination};
use super::{Tree, TreeFile, excluded, hostile, left_out};
use crate::facts::Risk;
use crate::inspect::InspectError;
use crate::inspect::regular::NotRead;

/// Most files that a project may have.
const MOST_FILES: usize = 300_000;

/// Most bytes that their paths may have together.
const MOST_BYTES: usize = 64 << 20;

/// Looks through a project folder.
pub fn walk(root: &Path) -> Result<Tree, InspectError> {
    let root = canonical(root)?;
    let in_repository = root.ancestors().any(|folder| folder.join(".git").exists());
    let mut found = visit(&root, in_repository)?;
    if found.files.is_empty() && in_repository {
        // A folder that its repository ignores altogether is still the project that was asked for.
        found = visit(&root, false)?;
    }
    // Each thread has sorted its own files; this sort merges such runs.
    found.files.sort_by(|left, right| left.path.cmp(&right.path));
    let mut tree =
        Tree { files: found.files, risks: found.risks, unreadable: found.unreadable, root, ..Tree::default() };
    left_out::environments(&mut tree);
    left_out::receipts(&mut tree);
    left_out::links(&mut tree, found.links);
    tree.risks.sort_by(|left, right| (left.kind, &left.what).cmp(&(right.kind, &right.what)));
    tree.unreadable.sort();
    left_out::all_but_the_first(&mut tree);
    Ok(tree)
}

/// One script as a project of its own: nothing else in its folder is looked at.
pub fn single(script: &Path) -> Result<Tree, InspectError> {
    let path = canonical(script)?;
    let invalid = || InspectError::Missing { path: script.to_path_buf() };
    let name = path.file_name().and_then(|name| name.to_str()).ok_or_else(invalid)?;
    let risks = hostile::reason(name).map(|reason| hostile::risk(name, reason)).into_iter().collect();
    let files = vec![TreeFile { path: name.to_owned(), link: None }];
    // A build copies it, and a pipe would never end.
    if !path.is_file() {
        return Err(InspectError::Read { path: script.to_path_buf(), source: NotRead::Special.into() });
    }
    let root = path.parent().ok_or_else(invalid)?.to_path_buf();
    Ok(Tree { root, files, risks, ..Tree::default() })
}

fn canonical(path: &Path) -> Result<PathBuf, InspectError> {
    path.canonicalize().map_err(|source| match source.kind() {
        std::io::ErrorKind::NotFound => InspectError::Missing { path: path.to_path_buf() },
        _ => InspectError::Read { path: path.to_path_buf(), source },
    })
}

/// What one thread saw, and in the end what all of them saw.
#[derive(Default)]
struct Found {
    files: Vec<TreeFile>,
    links: Vec<(String, Destination)>,
    risks: Vec<Risk>,
    unreadable: Vec<String>,
}

fn visit(root: &Path, in_repository: bool) -> Result<Found, InspectError> {
    let ignored = Arc::new(Ignored::new(root, in_repository));
    let shared = Shared { root, ignored: &ignored, files: AtomicUsize::new(0), bytes: AtomicUsize::new(0) };
    let collected = Mutex::new(Found::default());
    let filter = Arc::clone(&ignored);
    WalkBuilder::new(root)
        .standard_filters(false)
        .filter_entry(move |entry| {
            let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
            // A `.git` that is a file or a link leads a build to a repository that may be anywhere.
            let is_git = entry.file_name().eq_ignore_ascii_case(".git");
            let is_excluded = is_git || is_folder && excluded::is_excluded(entry.path(), entry.file_name());
            let is_left_out = entry.depth() > 0 && is_excluded;
            !is_left_out && !filter.has(entry)
        })
        .build_parallel()
        .visit(&mut Visitors { shared: &shared, collected: &collected });
    let mut found = collected.into_inner().unwrap_or_default();
    if shared.is_too_much() {
        let path = root.display().to_string();
        let what = format!("it holds more than {MOST_FILES} files, or paths of {MOST_BYTES} bytes");
        return Err(InspectError::TooLarge { path, what });
    }
    found.unreadable.extend(ignored.finish()?);
    Ok(found)
}

/// What all threads of a walk look at.
struct Shared<'a> {
    root: &'a Path,
    ignored: &'a Ignored,
    files: AtomicUsize,
    bytes: AtomicUsize,
}

impl Shared<'_> {
    fn is_too_much(&self) -> bool {
        self.files.load(Ordering::Relaxed) > MOST_FILES || self.bytes.load(Ordering::Relaxed) > MOST_BYTES
    }
}

/// Makes one visitor for each thread.
struct Visitors<'a> {
    shared: &'a Shared<'a>,
    collected: &'a Mutex<Found>,
}

impl<'s, 'a: 's> ParallelVisitorBuilder<'s> for Visitors<'a> {
    fn build(&mut self) -> Box<dyn ParallelVisitor + 's> {
        let root = self.shared.root.as_os_str();
        let skip = root.len() + usize::from(!root.to_string_lossy().ends_with(std::path::MAIN_SEPARATOR));
        Box::new(Visitor { shared: self.shared, skip, collected: self.collected, found: Found::default() })
    }
}

/// Collects without a lock; hands over when its thread ends.
struct Visitor<'a> {
    shared: &'a Shared<'a>,
    /// Bytes of the root in front of every path, with the separator.
    skip: usize,
    collected: &'a Mutex<Found>,
    found: Found,
}

impl ParallelVisitor for Visitor<'_> {
    fn visit(&mut self, entry: Result<DirEntry, ignore::Error>) -> WalkState {
        match entry {
            Ok(entry) => self.see(entry),
            Err(error) => self.found.unreadable.push(error.to_string()),
        }
        if self.shared.ignored.is_too_large() || self.shared.is_too_much() {
            return WalkState::Quit;
        }
        WalkState::Continue
    }
}

impl Visitor<'_> {
    fn see(&mut self, entry: DirEntry) {
        let Some(kind) = entry.file_type() else { return };
        self.shared.files.fetch_add(1, Ordering::Relaxed);
        self.shared.bytes.fetch_add(entry.path().as_os_str().len().saturating_sub(self.skip), Ordering::Relaxed);
        // Folders are known by their files; pipes, sockets and devices are no source.
        if kind.is_dir() {
            return;
        }
        if !kind.is_file() && !kind.is_symlink() {
            let path = self.inside_root(entry);
            return self.found.risks.extend(path.map(|path| hostile::left_out(&path, hostile::SPECIAL)));
        }
        let destination = kind.is_symlink().then(|| links::follow(self.shared.root, entry.path()));
        let Some(path) = self.inside_root(entry) else { return };
        if let Some(reason) = hostile::reason(&path) {
            self.found.risks.push(hostile::risk(&path, reason));
        }
        match destination {
            Some(destination) => self.found.links.push((path, destination)),
            None => self.found.files.push(TreeFile { path, link: None }),
        }
    }

    /// The path from the root; a name that is not UTF-8 is reported and left out.
    fn inside_root(&mut self, entry: DirEntry) -> Option<String> {
        match entry.into_path().into_os_string().into_string() {
            Ok(mut path) => {
                path.drain(..self.skip.min(path.len()));
                Some(if cfg!(windows) { path.replace('\\', "/") } else { path })
            }
            Err(path) => {
                let path = PathBuf::from(path);
                let inside = path.strip_prefix(self.shared.root).unwrap_or(&path);
                self.found.risks.push(hostile::left_out(&inside.to_string_lossy(), hostile::NOT_UTF_8));
                None
            }
        }
    }
}

impl Drop for Visitor<'_> {
    fn drop(&mut self) {
        let mut found = std::mem::take(&mut self.found);
        found.files.sort_unstable_by(|left, right| left.path.cmp(&right.path));
        if let Ok(mut all) = self.collected.lock() {
            all.files.append(&mut found.files);
            all.links.append(&mut found.links);
            all.risks.append(&mut found.risks);
            all.unreadable.append(&mut found.unreadable);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::RiskKind;
    use std::fs;

    /// A folder with these files; a path that ends in `/` is a folder.
    fn folder(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for path in files {
            let full = folder.path().join(path);
            fs::create_dir_all(full.parent().unwrap()).unwrap();
            if path.ends_with('/') {
                fs::create_dir_all(full).unwrap();
            } else {
                fs::write(full, path).unwrap();
            }
        }
        folder
    }

    fn paths(tree: &Tree) -> Vec<&str> {
        tree.files.iter().map(|file| file.path.as_str()).collect()
    }

    #[test]
    fn files_are_listed_in_order() {
        let folder = folder(&["src/a/b.py", "README.md", "src/a.py"]);
        let tree = walk(folder.path()).unwrap();
        assert_eq!(paths(&tree), ["README.md", "src/a.py", "src/a/b.py"]);
        assert_eq!(tree.selection().files.len(), 3);
        assert_eq!(tree.selection().bytes, Some(9 + 8 + 10));
        assert_eq!(tree.under("src/a").count(), 1);
        assert_eq!(tree.read("src/a.py").unwrap().as_deref(), Some("src/a.py"));
        assert_eq!(tree.read("absent").unwrap(), None);
    }

    #[test]
    fn what_git_ignores_is_left_out_with_and_without_a_repository() {
        for repository in [true, false] {
            let folder = folder(&["a.py", "secret.py", "sub/b.log", "sub/b.py"]);
            fs::write(folder.path().join(".gitignore"), "secret.py\n").unwrap();
            fs::write(folder.path().join("sub/.gitignore"), "*.log\n").unwrap();
            if repository {
                fs::create_dir_all(folder.path().join(".git/info")).unwrap();
                fs::write(folder.path().join(".git/info/exclude"), "a.py\n").unwrap();
            }
            let tree = walk(folder.path()).unwrap();
            let mut expected = vec![".gitignore", "a.py", "sub/.gitignore", "sub/b.py"];
            expected.retain(|path| !(repository && *path == "a.py"));
            assert_eq!(paths(&tree), expected);
        }
    }

    #[test]
    fn a_project_that_its_repository_ignores_is_still_read() {
        let folder = folder(&[".git/", "out/project/a.py"]);
        fs::write(folder.path().join(".gitignore"), "out/**\n").unwrap();
        assert_eq!(paths(&walk(&folder.path().join("out/project")).unwrap()), ["a.py"]);
    }

    #[test]
    fn environments_caches_and_outputs_are_no_part_of_the_project() {
        let folder = folder(&[
            "a.py",
            "__pycache__/a.pyc",
            ".venv/pyvenv.cfg",
            ".venv/lib/b.py",
            "odd/pyvenv.cfg",
            "odd/lib/b.py",
            "environment/c.py",
            "node_modules/x.py",
            "a.egg-info/PKG-INFO",
            "build/lib/a.py",
            "dist/a-1.0.tar.gz",
            "dist/notes.txt",
            "out/a.pyz",
            "out/a.pyz.receipt.json",
            "out/keep.txt",
        ]);
        assert_eq!(paths(&walk(folder.path()).unwrap()), ["a.py", "environment/c.py", "out/keep.txt"]);
    }

    #[test]
    fn packages_called_build_and_dist_are_part_of_it() {
        let folder = folder(&["build/__init__.py", "build/lib/a.py", "dist/compute.py"]);
        assert_eq!(walk(folder.path()).unwrap().files.len(), 3);
    }

    #[cfg(unix)]
    #[test]
    fn links_inside_are_kept_and_others_are_risks() {
        use std::os::unix::fs::symlink;
        let folder = folder(&["data/a.txt", "ignored/b.txt"]);
        let root = folder.path();
        fs::write(root.join(".gitignore"), "ignored\n").unwrap();
        symlink("data/a.txt", root.join("file")).unwrap();
        symlink("data", root.join("folder")).unwrap();
        symlink("..", root.join("data/up")).unwrap();
        symlink("self", root.join("self")).unwrap();
        rustix::fs::mkfifoat(rustix::fs::CWD, root.join("ignored/pipe"), rustix::fs::Mode::RWXU).unwrap();
        symlink("ignored/pipe", root.join("pipe")).unwrap();
        symlink("gone", root.join("dangling")).unwrap();
        symlink("/etc/hostname", root.join("outside")).unwrap();
        symlink("ignored/b.txt", root.join("hidden")).unwrap();
        let tree = walk(root).unwrap();
        assert_eq!(paths(&tree), [".gitignore", "data/a.txt", "data/up", "file", "folder"]);
        assert_eq!(tree.read("file").unwrap().as_deref(), Some("data/a.txt"));
        assert_eq!(tree.read("folder").unwrap(), None);
        let risks: Vec<_> = tree.risks.iter().map(|risk| (risk.kind, risk.what.as_str())).collect();
        let link = RiskKind::LinkOutside;
        assert_eq!(
            risks,
            [
                (link, "the link `dangling` leads nowhere"),
                (link, "the link `hidden` leads to `ignored/b.txt`, which is no part of the project"),
                (link, "the link `outside` leads outside the project"),
                (link, "the link `pipe` leads to what no build takes"),
                (link, "the link `self` leads nowhere"),
            ]
        );
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn names_that_are_not_utf_8_and_pipes_are_left_out_and_hostile_names_reported() {
        use std::os::unix::ffi::OsStrExt;
        let folder = folder(&["a.py", "-rf.py", "new\nline.py"]);
        rustix::fs::mkfifoat(rustix::fs::CWD, folder.path().join("pipe"), rustix::fs::Mode::RWXU).unwrap();
        fs::write(folder.path().join(std::ffi::OsStr::from_bytes(b"b\xff.py")), "").unwrap();
        let tree = walk(folder.path()).unwrap();
        assert_eq!(paths(&tree), ["-rf.py", "a.py", "new\nline.py"]);
        let whats: Vec<_> = tree.risks.iter().map(|risk| risk.what.as_str()).collect();
        assert_eq!(
            whats,
            [
                "the path `-rf.py` has a part that starts with a dash",
                "the path `new\\nline.py` has a control character in it",
                "the path `b\u{fffd}.py` is not UTF-8",
                "the path `pipe` is a pipe, a socket or a device",
            ]
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_is_no_script_and_neither_is_a_link_to_one() {
        let folder = folder(&[]);
        let (pipe, link) = (folder.path().join("pipe.py"), folder.path().join("link.py"));
        rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, rustix::fs::Mode::RWXU).unwrap();
        std::os::unix::fs::symlink(&pipe, &link).unwrap();
        for path in [pipe, link] {
            let InspectError::Read { path: named, source } = single(&path).unwrap_err() else { panic!("it was read") };
            assert_eq!((named, source.to_string().as_str()), (path, "it is no ordinary file"));
        }
    }

    #[test]
    fn a_missing_folder_is_named() {
        let error = walk(Path::new("/nowhere/at/all")).unwrap_err();
        assert_eq!(error.to_string(), "there is nothing at `/nowhere/at/all`");
    }

    #[test]
    fn a_script_is_alone_in_its_tree() {
        let folder = folder(&["tool.py", "other.py"]);
        let tree = single(&folder.path().join("tool.py")).unwrap();
        assert_eq!(paths(&tree), ["tool.py"]);
        assert_eq!(tree.selection().bytes, Some(7));
    }

    #[test]
    fn binary_files_have_no_text_and_too_large_ones_are_named() {
        let folder = folder(&["a.py"]);
        fs::write(folder.path().join("large.txt"), vec![b'a'; 17 * 1024 * 1024]).unwrap();
        fs::write(folder.path().join("binary.toml"), b"a\0b").unwrap();
        let tree = walk(folder.path()).unwrap();
        assert_eq!(
            tree.read("large.txt").unwrap_err().to_string(),
            "`large.txt` is too large: it has 17825792 bytes, and up to 16777216 are read"
        );
        assert_eq!(tree.read("binary.toml").unwrap(), None);
    }
}
