//! What to do about a full disk, a limit of the system, or a cache that somebody else removes while it is used.

use std::io::{Error, ErrorKind};
use std::path::{Path, PathBuf};

use super::paths;
use crate::problem::{Code, Hint, Problem, Remedy};

/// The room in bytes above which a disk does not look full.
const ROOMY: u64 = 200_000_000;

/// What the system refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    Full,
    Quota,
    ReadOnly,
    Broken,
    OpenFiles,
    LongPath,
    Gone,
}

impl Fault {
    /// The fault in the words of an error, whoever printed them.
    fn in_words(said: &str) -> Option<Self> {
        if said.contains("No space left") {
            return Some(Self::Full);
        }
        if said.contains("quota exceeded") {
            return Some(Self::Quota);
        }
        let (_, number) = said.rsplit_once("(os error ")?;
        let number: i32 = number.split_once(')')?.0.parse().ok()?;
        match (Error::from_raw_os_error(number).kind(), number) {
            (ErrorKind::StorageFull, _) => Some(Self::Full),
            (ErrorKind::QuotaExceeded, _) => Some(Self::Quota),
            (ErrorKind::ReadOnlyFilesystem, _) => Some(Self::ReadOnly),
            (ErrorKind::InvalidFilename, 36 | 63) => Some(Self::LongPath),
            (ErrorKind::NotFound, _) => Some(Self::Gone),
            // EIO, ENFILE and EMFILE have no kind of their own.
            (_, 5) if cfg!(unix) => Some(Self::Broken),
            (_, 23 | 24) if cfg!(unix) => Some(Self::OpenFiles),
            _ => None,
        }
    }

    /// What happened, as the beginning of a sentence.
    fn what(self) -> &'static str {
        match self {
            Self::Full => "the disk is full",
            Self::Quota => "the quota is used up",
            Self::ReadOnly => "the disk is read-only",
            Self::Broken => "the disk reports errors",
            Self::OpenFiles => "too many files are open",
            Self::LongPath => "a path is too long",
            Self::Gone => "something removed it from the cache",
        }
    }

    fn remedy(self, named: &[PathBuf]) -> Hint {
        let first = named.first().map_or_else(paths::cache, Clone::clone);
        let first = first.display();
        let (text, remedy) = match self {
            Self::Full => (format!("Free some space{}, or shrink the cache", fullest(named)), Some(Remedy::Trim)),
            Self::Quota => {
                (format!("Remove files of yours where `{first}` is, or shrink the cache"), Some(Remedy::Trim))
            }
            Self::ReadOnly => (
                format!(
                    "`{first}` is on a file system that cannot be written: name another folder, for the cache by \
                     `PACKWRIGHT_CACHE`"
                ),
                Some(Remedy::Folder),
            ),
            Self::Broken => (format!("Check the disk of `{first}` before you go on: it could not read or write"), None),
            Self::OpenFiles => (
                "Raise the limit of open files, for example with `ulimit -n 4096`, or let one step run at a time"
                    .into(),
                Some(Remedy::Slower),
            ),
            Self::LongPath => ("Use shorter folders, for the cache by `PACKWRIGHT_CACHE`".into(), Some(Remedy::Folder)),
            Self::Gone => ("The cache was changed while it was used: run it again".into(), None),
        };
        Hint { remedy, ..Hint::of(text) }
    }
}

impl Problem {
    /// Adds what to do where the system refused something: which disk is full, and how much is free.
    #[must_use]
    pub(in crate::engine) fn with_remedy(self) -> Self {
        let problem = self.limit_hint();
        let named = named_in(std::iter::once(&problem.message).chain(&problem.causes));
        match problem.fault(&named) {
            Some(fault) => Self { hints: [problem.hints, vec![fault.remedy(&named)]].concat(), ..problem },
            None => problem,
        }
    }

    /// Message and causes as one sentence, behind what happened.
    pub(in crate::engine) fn in_one_sentence(&self) -> String {
        let named = named_in(std::iter::once(&self.message).chain(&self.causes));
        let what = self.fault(&named).map(|fault| fault.what().to_owned());
        what.into_iter().chain([self.message.clone()]).chain(self.causes.iter().cloned()).collect::<Vec<_>>().join(": ")
    }

    fn fault(&self, named: &[PathBuf]) -> Option<Fault> {
        let found = self.causes.iter().filter_map(|cause| Some((cause, Fault::in_words(cause)?)));
        let own = matches!(self.code, Code::Store | Code::Output);
        // What a tool could not open is its own affair, but a full disk is everybody's.
        let (_, found) = found.into_iter().find(|(cause, fault)| {
            own || matches!(fault, Fault::Full | Fault::Quota) || (*fault != Fault::Gone && is_plain(cause))
        })?;
        let in_cache = || named.iter().any(|path| path.starts_with(paths::cache()));
        (found != Fault::Gone || in_cache()).then_some(found)
    }
}

/// Whether a cause is an error of the system in its own words, and no line of somebody's log.
fn is_plain(cause: &str) -> bool {
    let number = cause.rsplit_once("(os error ").and_then(|(_, rest)| rest.strip_suffix(')')?.parse().ok());
    number.is_some_and(|number| Error::from_raw_os_error(number).to_string() == cause)
}

/// The absolute paths that texts name in backticks.
fn named_in<'a>(texts: impl Iterator<Item = &'a String>) -> Vec<PathBuf> {
    let words = texts.flat_map(|text| text.split('`').skip(1).step_by(2));
    words.map(PathBuf::from).filter(|path| path.is_absolute()).collect()
}

/// Of the named places and Packwright's own the one with the least room, and how much that is, as the end of a sentence.
fn fullest(named: &[PathBuf]) -> String {
    let cache = paths::cache();
    let own = [cache.join("store/work"), cache.join("logs"), cache, paths::data(), std::env::temp_dir()];
    let places = named.iter().cloned().chain(own);
    match places.filter_map(|place| Some((room(&place)?, place))).min_by_key(|(room, _)| *room) {
        Some((bytes, place)) if bytes < ROOMY => {
            format!(": {} MB are free on the disk of `{}`", bytes / 1_000_000, place.display())
        }
        // What did not fit is gone again, or a limit of its own was reached.
        _ => format!(" where `{}` is", named.first().map_or_else(paths::cache, Clone::clone).display()),
    }
}

/// Bytes that this user may still write where a path is; none where no more files can be made.
#[cfg(unix)]
fn room(path: &Path) -> Option<u64> {
    let there = path.ancestors().find(|path| path.exists())?;
    let found = rustix::fs::statvfs(there).ok()?;
    // Some file systems make files as long as there is room, and say that there are none at all.
    let no_more_files = found.f_files > 0 && found.f_favail == 0;
    Some(if no_more_files { 0 } else { found.f_bavail.saturating_mul(found.f_frsize) })
}

#[cfg(not(unix))]
fn room(_path: &Path) -> Option<u64> {
    None
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn hint(number: i32, code: Code) -> Option<String> {
        let error = Error::from_raw_os_error(number);
        let problem = Problem::new(code, "cannot write in `/tmp/somewhere`").because(&error).with_remedy();
        problem.hints.into_iter().next().map(|hint| hint.text)
    }

    #[test]
    fn every_fault_of_the_system_has_a_remedy_that_names_the_folder() {
        let full = hint(28, Code::Store).unwrap();
        assert!(full.starts_with("Free some space") && full.contains("shrink the cache"), "{full}");
        assert!(
            hint(30, Code::Output).unwrap().starts_with("`/tmp/somewhere` is on a file system that cannot be written")
        );
        assert!(hint(5, Code::Store).unwrap().starts_with("Check the disk of `/tmp/somewhere`"));
        assert!(hint(24, Code::Store).unwrap().contains("ulimit -n"));
        let long = if cfg!(target_os = "linux") { 36 } else { 63 };
        assert!(hint(long, Code::Store).unwrap().starts_with("Use shorter folders"));
        let quota = if cfg!(target_os = "linux") { 122 } else { 69 };
        assert!(hint(quota, Code::BuildFailed).unwrap().contains("`/tmp/somewhere`"));
    }

    #[test]
    fn a_limit_that_keeps_a_program_from_starting_is_named_and_one_in_a_log_is_not() {
        assert!(hint(24, Code::BuildFailed).unwrap().contains("ulimit -n"));
        let said = format!("the log says: {}", Error::from_raw_os_error(24));
        assert!(Problem::new(Code::BuildFailed, "it failed").cause(said).with_remedy().hints.is_empty());
    }

    #[test]
    fn what_a_tool_did_not_find_is_no_fault_of_the_cache() {
        assert_eq!(hint(2, Code::BuildFailed), None);
        assert_eq!(hint(2, Code::Store), None, "it is not in the cache");
        let path = paths::cache().join("store/blobs/a");
        let gone = Problem::new(Code::Store, format!("cannot read `{}`", path.display()));
        let gone = gone.because(&Error::from_raw_os_error(2)).with_remedy();
        assert_eq!(gone.hints[0].text, "The cache was changed while it was used: run it again");
    }

    #[test]
    fn a_fault_is_one_sentence_where_there_is_room_for_one() {
        let problem = Problem::new(Code::Store, "cannot keep the log of `uv`").because(&Error::from_raw_os_error(28));
        let said = problem.in_one_sentence();
        assert!(said.starts_with("the disk is full: cannot keep the log of `uv`: No space left"), "{said}");
    }
}
