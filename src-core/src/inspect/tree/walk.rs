//! The walk itself, on all cores.

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use ignore::{DirEntry, ParallelVisitor, ParallelVisitorBuilder, WalkBuilder, WalkState};

use super::links::{self, Destination};
use super::{Tree, TreeFile, excluded, hostile};
use crate::facts::{Risk, RiskKind, Source};
use crate::inspect::InspectError;

/// Looks through a project folder.
pub fn walk(root: &Path) -> Result<Tree, InspectError> {
    let root = canonical(root)?;
    let in_repository = root.ancestors().any(|folder| folder.join(".git").exists());
    let mut found = visit(&root, in_repository);
    if found.files.is_empty() && in_repository {
        // A folder that its repository ignores altogether is still the project that was asked for.
        found = visit(&root, false);
    }
    // Each thread has sorted its own files; this sort merges such runs.
    found.files.sort_by(|left, right| left.path.cmp(&right.path));
    let mut tree = Tree { files: found.files, risks: found.risks, unreadable: found.unreadable, root };
    remove_environments(&mut tree);
    remove_receipts(&mut tree);
    resolve_links(&mut tree, found.links);
    tree.risks.sort_by(|left, right| (left.kind, &left.what).cmp(&(right.kind, &right.what)));
    tree.unreadable.sort();
    Ok(tree)
}

/// One script as a project of its own: nothing else in its folder is looked at.
pub fn single(script: &Path) -> Result<Tree, InspectError> {
    let path = canonical(script)?;
    let invalid = || InspectError::Missing { path: script.to_path_buf() };
    let name = path.file_name().and_then(|name| name.to_str()).ok_or_else(invalid)?;
    let risks = hostile::reason(name).map(|reason| hostile_path(name, reason)).into_iter().collect();
    let files = vec![TreeFile { path: name.to_owned(), link: None }];
    let root = path.parent().ok_or_else(invalid)?.to_path_buf();
    Ok(Tree { root, files, risks, unreadable: Vec::new() })
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

fn visit(root: &Path, in_repository: bool) -> Found {
    let collected = Mutex::new(Found::default());
    WalkBuilder::new(root)
        .standard_filters(false)
        .git_ignore(true)
        .git_exclude(true)
        .parents(in_repository)
        .require_git(in_repository)
        .filter_entry(|entry| {
            let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
            // A `.git` that is a file or a link leads a build to a repository that may be anywhere.
            let is_git = entry.file_name().eq_ignore_ascii_case(".git");
            !(entry.depth() > 0 && (is_git || is_folder && excluded::is_excluded(entry.path(), entry.file_name())))
        })
        .build_parallel()
        .visit(&mut Visitors { root, collected: &collected });
    collected.into_inner().unwrap_or_default()
}

/// Makes one visitor for each thread.
struct Visitors<'a> {
    root: &'a Path,
    collected: &'a Mutex<Found>,
}

impl<'s, 'a: 's> ParallelVisitorBuilder<'s> for Visitors<'a> {
    fn build(&mut self) -> Box<dyn ParallelVisitor + 's> {
        let root = self.root.as_os_str();
        let skip = root.len() + usize::from(!root.to_string_lossy().ends_with(std::path::MAIN_SEPARATOR));
        Box::new(Visitor { root: self.root, skip, collected: self.collected, found: Found::default() })
    }
}

/// Collects without a lock; hands over when its thread ends.
struct Visitor<'a> {
    root: &'a Path,
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
        WalkState::Continue
    }
}

impl Visitor<'_> {
    fn see(&mut self, entry: DirEntry) {
        let Some(kind) = entry.file_type() else { return };
        // Pipes, sockets and devices are no source; folders are known by their files.
        if !kind.is_file() && !kind.is_symlink() {
            return;
        }
        let destination = kind.is_symlink().then(|| links::follow(self.root, entry.path()));
        let Some(path) = self.inside_root(entry) else { return };
        if let Some(reason) = hostile::reason(&path) {
            self.found.risks.push(hostile_path(&path, reason));
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
                let inside = path.strip_prefix(self.root).unwrap_or(&path);
                self.found.risks.push(hostile_path(&inside.to_string_lossy(), "is not UTF-8 and is left out"));
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

fn hostile_path(path: &str, reason: &str) -> Risk {
    Risk {
        kind: RiskKind::HostilePath,
        what: format!("the path `{}` {reason}", path.escape_debug()),
        source: Source::File { path: path.to_owned(), line: None },
    }
}

/// Virtual environments under other names than the usual ones.
fn remove_environments(tree: &mut Tree) {
    let prefixes: Vec<String> =
        tree.files.iter().filter_map(|file| file.path.strip_suffix("pyvenv.cfg")).map(str::to_owned).collect();
    for prefix in prefixes.iter().filter(|prefix| prefix.ends_with('/')) {
        tree.files.retain(|file| !file.path.starts_with(prefix));
    }
}

/// Receipts, and the artifacts they lie beside: what Packwright made is not what it is made from.
fn remove_receipts(tree: &mut Tree) {
    let artifacts: Vec<String> =
        tree.files.iter().filter_map(|file| file.path.strip_suffix(".receipt.json")).map(str::to_owned).collect();
    for artifact in artifacts {
        let belongs = |path: &str| path == format!("{artifact}.receipt.json") || is_at_or_under(path, &artifact);
        tree.files.retain(|file| !belongs(&file.path));
    }
}

/// Links that stay inside and lead to something that is part of the project join the files; others are risks.
fn resolve_links(tree: &mut Tree, links: Vec<(String, Destination)>) {
    let mut inside = Vec::new();
    for (path, destination) in links {
        let fate = match destination {
            Destination::Inside(target) if tree.has(&target) || tree.has_folder(&target) => {
                inside.push(TreeFile { path, link: Some(target) });
                continue;
            }
            Destination::Inside(target) => format!("leads to `{target}`, which is no part of the project"),
            Destination::Outside => "leads outside the project".to_owned(),
            Destination::Nowhere => "leads nowhere".to_owned(),
        };
        let what = format!("the link `{}` {fate}", path.escape_debug());
        tree.risks.push(Risk { kind: RiskKind::LinkOutside, what, source: Source::File { path, line: None } });
    }
    if !inside.is_empty() {
        tree.files.append(&mut inside);
        tree.files.sort_by(|left, right| left.path.cmp(&right.path));
    }
}

/// Whether the path is this one or lies below it.
fn is_at_or_under(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;
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
                (link, "the link `self` leads nowhere"),
            ]
        );
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn names_that_are_not_utf_8_are_left_out_and_hostile_ones_reported() {
        use std::os::unix::ffi::OsStrExt;
        let folder = folder(&["a.py", "-rf.py", "new\nline.py"]);
        fs::write(folder.path().join(std::ffi::OsStr::from_bytes(b"b\xff.py")), "").unwrap();
        let tree = walk(folder.path()).unwrap();
        assert_eq!(paths(&tree), ["-rf.py", "a.py", "new\nline.py"]);
        let whats: Vec<_> = tree.risks.iter().map(|risk| risk.what.as_str()).collect();
        assert_eq!(
            whats,
            [
                "the path `-rf.py` has a part that starts with a dash",
                "the path `b\u{fffd}.py` is not UTF-8 and is left out",
                "the path `new\\nline.py` has a control character in it",
            ]
        );
    }

    #[cfg(unix)]
    #[test]
    fn pipes_are_no_source() {
        let folder = folder(&["a.py"]);
        rustix::fs::mkfifoat(rustix::fs::CWD, folder.path().join("pipe"), rustix::fs::Mode::RWXU).unwrap();
        assert_eq!(paths(&walk(folder.path()).unwrap()), ["a.py"]);
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
    fn files_too_large_or_binary_have_no_text() {
        let folder = folder(&["a.py"]);
        fs::write(folder.path().join("large.txt"), vec![b'a'; 17 * 1024 * 1024]).unwrap();
        fs::write(folder.path().join("binary.toml"), b"a\0b").unwrap();
        let tree = walk(folder.path()).unwrap();
        assert_eq!(tree.read("large.txt").unwrap(), None);
        assert_eq!(tree.read("binary.toml").unwrap(), None);
    }
}
