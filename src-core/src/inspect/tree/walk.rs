//! The walk itself, on all cores.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use ignore::{DirEntry, ParallelVisitor, ParallelVisitorBuilder, WalkBuilder, WalkState};

use super::excluded::{Excluded, excluded};
use super::ignored::Ignored;
use super::links::{self, Destination};
use super::never::Never;
use super::{Tree, TreeFile, hostile, left_out};
use crate::facts::{Doubt, DoubtKind, Risk};
use crate::inspect::InspectError;
use crate::inspect::regular::NotRead;
use crate::inspect::secrets::is_made_up;

/// Most files that a project may have.
const MOST_FILES: usize = 300_000;

/// Most bytes that their paths may have together.
const MOST_BYTES: usize = 64 << 20;

/// Most paths that are told although they are left out.
const MOST_DOUBTS: usize = 2_000;

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
    let (files, risks, unreadable, doubts) = (found.files, found.risks, found.unreadable, found.doubts);
    let mut tree = Tree { root, files, risks, unreadable, doubts, ..Tree::default() };
    if in_repository {
        left_out::tracked(&mut tree, &mut found.links);
    }
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
    doubts: Vec<Doubt>,
}

/// What the walk stays out of, as it is found by all threads.
#[derive(Default)]
struct StaysOut(Mutex<Vec<Doubt>>);

impl StaysOut {
    /// Whether the walk stays out of this; what has to be said of it is kept.
    fn of(&self, root: &Path, entry: &DirEntry, ignored: &Ignored) -> bool {
        if entry.depth() == 0 {
            return false;
        }
        let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
        // A `.git` that is a file or a link leads a build to a repository that may be anywhere.
        if entry.file_name().eq_ignore_ascii_case(".git") {
            return true;
        }
        let why = if is_folder { excluded(entry.path(), entry.file_name()) } else { None };
        let why = why.or_else(|| ignored.has(entry).then_some(Excluded::Doubt(DoubtKind::Ignored)));
        if let Some(Excluded::Doubt(kind)) = why {
            self.keep(root, entry, kind, is_folder);
        }
        why.is_some()
    }

    fn keep(&self, root: &Path, entry: &DirEntry, kind: DoubtKind, is_folder: bool) {
        let Some(path) = entry.path().strip_prefix(root).ok().and_then(Path::to_str) else { return };
        let path = if cfg!(windows) { path.replace('\\', "/") } else { path.to_owned() };
        let name = path.rsplit('/').next().unwrap_or(&path);
        // What it is says more than that it is ignored.
        let kind = match kind {
            DoubtKind::Ignored if !is_folder => Never::get().file(name).unwrap_or(kind),
            _ => kind,
        };
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() < MOST_DOUBTS {
            let doubt = Doubt::left_out(if is_folder { format!("{path}/") } else { path }, kind);
            kept.push(doubt);
        }
    }
}

fn visit(root: &Path, in_repository: bool) -> Result<Found, InspectError> {
    let ignored = Arc::new(Ignored::new(root, in_repository));
    let shared = Shared { root, ignored: &ignored, files: AtomicUsize::new(0), bytes: AtomicUsize::new(0) };
    let collected = Mutex::new(Found::default());
    let (filter, stays_out, top) = (Arc::clone(&ignored), Arc::new(StaysOut::default()), root.to_path_buf());
    let kept = Arc::clone(&stays_out);
    WalkBuilder::new(root)
        .standard_filters(false)
        .filter_entry(move |entry| !stays_out.of(&top, entry, &filter))
        .build_parallel()
        .visit(&mut Visitors { shared: &shared, collected: &collected });
    let mut found = collected.into_inner().unwrap_or_default();
    if shared.is_too_much() {
        let path = root.display().to_string();
        let what = format!("it holds more than {MOST_FILES} files, or paths of {MOST_BYTES} bytes");
        return Err(InspectError::TooLarge { path, what });
    }
    found.unreadable.extend(ignored.finish()?);
    found.doubts.append(&mut kept.0.lock().unwrap_or_else(PoisonError::into_inner));
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
            None => self.take(path),
        }
    }

    /// A file, unless its name says that it is none of the program.
    fn take(&mut self, path: String) {
        let name = path.rsplit('/').next().unwrap_or(&path);
        let kind = Never::get().file(name).filter(|kind| *kind != DoubtKind::Credential || !is_made_up(&path));
        match kind {
            Some(kind) => self.found.doubts.push(Doubt::left_out(path, kind)),
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
            all.doubts.append(&mut found.doubts);
        }
    }
}

#[cfg(test)]
mod tests;
