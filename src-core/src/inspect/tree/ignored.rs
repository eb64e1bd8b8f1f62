//! What git ignores, as the matchers of the `ignore` crate tell it.
//!
//! The files with the patterns belong to the project, so they are read here and within limits: that crate would open a
//! pipe, follow a link to a device, and compile as many patterns as there are.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use ignore::gitignore::{Gitignore, GitignoreBuilder};
use ignore::{DirEntry, Match};

use super::links::{self, Destination};
use crate::inspect::InspectError;
use crate::inspect::regular::{self, NotRead};

/// The largest file of patterns that is read, in bytes.
const LARGEST: u64 = 1 << 20;

/// Most patterns of a project.
const MOST_PATTERNS: usize = 50_000;

/// Most bytes of the patterns with several wildcards: each of them is tried on every path.
const MOST_WILD: usize = 16 << 10;

/// More bytes than a file has that holds a path.
const LONGEST_PATH: u64 = 8 << 10;

/// What a repository's own file of patterns is called, below the folder `.git`.
const EXCLUDE: &str = "info/exclude";

thread_local! {
    /// The folder that this thread is listing, with its rules: a folder is listed by one thread from end to end.
    static LISTED: RefCell<(PathBuf, Option<Arc<Rules>>)> = RefCell::default();
}

/// The rules of a whole tree, found while it is walked.
pub(super) struct Ignored {
    root: PathBuf,
    in_repository: bool,
    /// Rules of folders above the root.
    above: Option<Arc<Rules>>,
    /// Folders that have rules of their own.
    folders: RwLock<HashMap<PathBuf, Arc<Rules>>>,
    patterns: AtomicUsize,
    wild: AtomicUsize,
    is_too_large: AtomicBool,
    too_large: Mutex<Option<InspectError>>,
    unread: Mutex<Vec<String>>,
}

/// What the files of one folder say, and those above it.
struct Rules {
    ignore: Gitignore,
    exclude: Gitignore,
    /// Whether a repository begins here, for which files above it mean nothing.
    is_repository: bool,
    above: Option<Arc<Rules>>,
}

impl Ignored {
    /// Rules for what is below a root; in a repository, those of its other folders count too.
    pub(super) fn new(root: &Path, in_repository: bool) -> Self {
        let mut ignored = Self {
            root: root.to_path_buf(),
            in_repository,
            above: None,
            folders: RwLock::default(),
            patterns: AtomicUsize::new(0),
            wild: AtomicUsize::new(0),
            is_too_large: AtomicBool::new(false),
            too_large: Mutex::default(),
            unread: Mutex::default(),
        };
        if in_repository && !root.join(".git").exists() {
            let mut folders: Vec<&Path> = Vec::new();
            for folder in root.ancestors().skip(1) {
                folders.push(folder);
                if folder.join(".git").exists() {
                    break;
                }
            }
            for folder in folders.into_iter().rev() {
                let above = ignored.above.take();
                ignored.above = ignored.read(folder, above.clone()).or(above);
            }
        }
        ignored
    }

    /// Whether a file or folder is left out.
    pub(super) fn has(&self, entry: &DirEntry) -> bool {
        let Some(folder) = entry.path().parent().filter(|_| entry.depth() > 0) else { return false };
        LISTED.with_borrow_mut(|(listed, rules)| {
            if listed != folder {
                *rules = self.rules(folder);
                folder.clone_into(listed);
            }
            let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
            rules.as_ref().is_some_and(|rules| rules.ignore(entry.path(), is_folder, self.in_repository))
        })
    }

    /// Whether there are more patterns than are obeyed, so that nobody can say what belongs to the project.
    pub(super) fn is_too_large(&self) -> bool {
        self.is_too_large.load(Ordering::Relaxed)
    }

    /// Files of patterns that were not obeyed, each with the reason; or why none can be.
    pub(super) fn finish(&self) -> Result<Vec<String>, InspectError> {
        match self.too_large.lock().unwrap_or_else(PoisonError::into_inner).take() {
            Some(error) => Err(error),
            None => Ok(std::mem::take(&mut self.unread.lock().unwrap_or_else(PoisonError::into_inner))),
        }
    }

    /// The rules in a folder that is about to be listed; the one above it was listed before.
    fn rules(&self, folder: &Path) -> Option<Arc<Rules>> {
        let above = || {
            let folders = self.folders.read().unwrap_or_else(PoisonError::into_inner);
            let mut inside = folder.ancestors().skip(1).take_while(|above| above.starts_with(&self.root));
            inside.find_map(|above| folders.get(above)).or(self.above.as_ref()).cloned()
        };
        let above = if folder == self.root { self.above.clone() } else { above() };
        match self.read(folder, above.clone()) {
            Some(rules) => {
                let mut folders = self.folders.write().unwrap_or_else(PoisonError::into_inner);
                folders.insert(folder.to_path_buf(), rules.clone());
                Some(rules)
            }
            None => above,
        }
    }

    /// Reads what a folder has of its own.
    fn read(&self, folder: &Path, above: Option<Arc<Rules>>) -> Option<Arc<Rules>> {
        let git = folder.join(".git");
        let is_repository = git.symlink_metadata().is_ok();
        let ignore = self.matcher(folder, &folder.join(".gitignore"));
        let exclude = is_repository.then(|| common_folder(&git)).flatten();
        let exclude = exclude.and_then(|git| self.matcher(folder, &git.join(EXCLUDE)));
        if ignore.is_none() && exclude.is_none() && !(is_repository && self.in_repository) {
            return None;
        }
        let (ignore, exclude) = (ignore.unwrap_or_else(Gitignore::empty), exclude.unwrap_or_else(Gitignore::empty));
        Some(Arc::new(Rules { ignore, exclude, is_repository, above }))
    }

    fn matcher(&self, folder: &Path, file: &Path) -> Option<Gitignore> {
        let status = file.symlink_metadata().ok()?;
        let read = match links::follow(&self.root, file) {
            _ if !status.is_symlink() => regular::read(file, LARGEST),
            Destination::Inside(target) => regular::read(&self.root.join(target), LARGEST),
            _ => Err(std::io::Error::other("it is a link that leads outside the project").into()),
        };
        let text = match read {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(why @ NotRead::TooLarge { .. }) => {
                self.refuse(file, why.to_string());
                return None;
            }
            // Git does not obey such a file either.
            Err(why) => {
                let mut unread = self.unread.lock().unwrap_or_else(PoisonError::into_inner);
                unread.push(format!("{}: {why}", file.display()));
                return None;
            }
        };
        self.compile(folder, file, &text)
    }

    fn compile(&self, folder: &Path, file: &Path, text: &str) -> Option<Gitignore> {
        let patterns = text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
        let (mut count, mut wild) = (0, 0);
        for pattern in patterns {
            count += 1;
            wild += if is_wild(pattern) { pattern.len() } else { 0 };
        }
        if self.patterns.fetch_add(count, Ordering::Relaxed) + count > MOST_PATTERNS {
            self.refuse(file, format!("with it the project has more than {MOST_PATTERNS} patterns"));
            return None;
        }
        if self.wild.fetch_add(wild, Ordering::Relaxed) + wild > MOST_WILD {
            self.refuse(file, format!("with it the patterns with several wildcards have more than {MOST_WILD} bytes"));
            return None;
        }
        let mut builder = GitignoreBuilder::new(folder);
        for line in text.trim_start_matches('\u{feff}').lines() {
            // Git passes over a line that is no pattern.
            let _ = builder.add_line(None, line);
        }
        builder.build().ok()
    }

    fn refuse(&self, file: &Path, what: String) {
        let inside = file.strip_prefix(&self.root).unwrap_or(file);
        let path = inside.display().to_string();
        let mut too_large = self.too_large.lock().unwrap_or_else(PoisonError::into_inner);
        too_large.get_or_insert(InspectError::TooLarge { path, what });
        self.is_too_large.store(true, Ordering::Relaxed);
    }
}

impl Rules {
    /// Whether a path is left out: the file nearest to it decides, a `.gitignore` before the repository's own file.
    fn ignore(&self, path: &Path, is_folder: bool, in_repository: bool) -> bool {
        let decided = |matcher: &Gitignore| match matcher.matched(path, is_folder) {
            Match::None => None,
            found => Some(found.is_ignore()),
        };
        let (mut ignore, mut exclude) = (None, None);
        let mut next = Some(self);
        while let Some(rules) = next {
            ignore = ignore.or_else(|| decided(&rules.ignore));
            exclude = exclude.or_else(|| decided(&rules.exclude));
            next = rules.above.as_deref().filter(|_| !(in_repository && rules.is_repository));
        }
        ignore.or(exclude).unwrap_or(false)
    }
}

/// Whether a pattern takes an expression of its own: names, endings and beginnings are looked up instead.
fn is_wild(pattern: &str) -> bool {
    let stars = pattern.trim_start_matches('!').trim_start_matches("**/").trim_end_matches("/**");
    stars.matches(['*', '?']).count() > 1 || stars.contains('[')
}

/// The folder that a repository's checkouts share: `.git`, or what the file of that name in another checkout leads to.
fn common_folder(git: &Path) -> Option<PathBuf> {
    let own = repository_of(git)?;
    if own == git {
        return Some(own);
    }
    let common = regular::read_text(&own.join("commondir"), LONGEST_PATH).ok()?;
    Some(own.join(common.lines().next()?))
}

/// The folder that belongs to a checkout alone: `.git`, or what the file of that name leads to.
pub(super) fn repository_of(git: &Path) -> Option<PathBuf> {
    if fs::metadata(git).ok()?.is_dir() {
        return Some(git.to_path_buf());
    }
    let own = regular::read_text(git, LONGEST_PATH).ok()?;
    Some(git.parent()?.join(own.lines().next()?.strip_prefix("gitdir: ")?))
}

#[cfg(test)]
mod tests {
    use super::super::walk;
    use super::*;
    use crate::inspect::metadata::fixture::folder;

    #[cfg(unix)]
    #[test]
    fn patterns_are_read_from_ordinary_files_of_the_project_only() {
        use std::os::unix::fs::symlink;
        let made = |make: &dyn Fn(&Path)| {
            let folder = folder(&[
                ("a.py", ""),
                ("b.dat", ""),
                ("sub/b.dat", ""),
                ("sub/c.py", ""),
                ("shared", "*.dat\nshared\n"),
            ]);
            fs::create_dir_all(folder.path().join(".git/info")).unwrap();
            make(folder.path());
            folder
        };
        let pipe = |path: &Path| rustix::fs::mkfifoat(rustix::fs::CWD, path, rustix::fs::Mode::RWXU).unwrap();
        let special: [&dyn Fn(&Path); 4] = [
            &|root| symlink("/dev/zero", root.join(".gitignore")).unwrap(),
            &|root| pipe(&root.join("sub/.gitignore")),
            &|root| pipe(&root.join(".git/info/exclude")),
            &|root| fs::create_dir(root.join(".gitignore")).unwrap(),
        ];
        for make in special {
            let folder = made(make);
            let tree = walk(folder.path()).unwrap();
            assert!(tree.has("b.dat") && tree.has("sub/b.dat"));
            let reason = tree.unreadable.first().expect("it is told");
            assert!(reason.ends_with("it is no ordinary file") || reason.ends_with("outside the project"), "{reason}");
        }
        let inside = made(&|root| symlink("shared", root.join(".gitignore")).unwrap());
        assert!(!walk(inside.path()).unwrap().has("b.dat"));
    }

    #[test]
    fn patterns_without_end_are_refused_with_the_file_and_the_limit() {
        let error = |patterns: &str| {
            let folder = folder(&[("sub/a.py", ""), ("sub/.gitignore", patterns)]);
            walk(folder.path()).unwrap_err().to_string()
        };
        assert_eq!(
            error(&"#".repeat(2 << 20)),
            "`sub/.gitignore` is too large: it has 2097152 bytes, and up to 1048576 are read"
        );
        let nasty = "*a*b*c*d*e*f*\n".repeat(3_000);
        assert!(error(&nasty).ends_with("the patterns with several wildcards have more than 16384 bytes"));
        assert!(error(&"a\n".repeat(50_001)).ends_with("the project has more than 50000 patterns"));
    }
}
