//! What the cache holds, and how it is kept below its ceiling.

mod trees;

use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use self::trees::Trees;
use super::roots::Roots;
use super::store::{Store, works};
use crate::engine::disk::error::StoreError;
use crate::engine::disk::files::remove_all;
use crate::engine::disk::lease::{has_strangers, is_older, is_taken};
use crate::engine::disk::{lock, private};
use crate::engine::terms::cancel::Cancel;
use crate::problem::{Code, Problem};

/// The size above which a build trims the cache, in bytes.
pub const CEILING: u64 = 10 << 30;

/// Which part of that logs may take: a tenth.
const LOGS: u64 = 10;
/// Which part of it unpacked root file systems may take: a fifth. Unpacking one again takes seconds.
const ROOTS: u64 = 5;

/// Removes an unpacked root file system, which may belong to several users.
pub(in crate::engine) type Remove<'a> = &'a dyn Fn(&Path);

/// What a part of the cache holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// For example `wheels and step outputs`.
    pub holds: String,
    /// The folder.
    pub path: PathBuf,
    /// Files in it, each content counted once.
    pub files: u64,
    /// Their size in bytes.
    pub bytes: u64,
}

/// The parts of the cache by folder, and what each holds. Trees are links to blobs and take no room of their own.
const PARTS: &[(&str, &str)] = &[
    ("store/blobs", "fetched files and step outputs"),
    ("store/roots", "root file systems, unpacked"),
    ("tools", "tools that Packwright installed"),
    ("uv", "the cache of uv"),
    ("locks", "answers of the resolver"),
    ("git", "commits of repositories"),
    ("logs", "logs of builds"),
];

/// What each part holds.
pub(in crate::engine) fn measure(cache: &Path) -> Vec<Part> {
    let part = |(folder, holds): &(&str, &str)| {
        let path = cache.join(folder);
        let mut sizes = Vec::new();
        walk(&path, &mut |_, found| sizes.push(found.len()));
        Part { holds: (*holds).to_owned(), files: sizes.len() as u64, bytes: sizes.iter().sum(), path }
    };
    PARTS.iter().map(part).collect()
}

/// Why the cache was left as it is.
#[derive(Debug, thiserror::Error)]
pub enum UsageError {
    /// Removing what a build links to or runs would break it.
    #[error("the cache is in use by a build")]
    InUse,
    /// The same, but it would be a build whose locks cannot be asked.
    #[error("the cache may be in use by another machine")]
    InUseElsewhere {
        /// Where that would show.
        works: PathBuf,
    },
    /// Nobody can tell whether it is in use.
    #[error(transparent)]
    Lock(#[from] StoreError),
}

impl From<UsageError> for Problem {
    fn from(error: UsageError) -> Self {
        let problem = Self::new(Code::Store, error.to_string());
        match &error {
            UsageError::InUse => problem.hint("Wait until it is done, or end it, and try again"),
            UsageError::InUseElsewhere { works } => problem.hint(format!(
                "Wait until it is done, or a day if it was cut off; if no other machine uses this cache, remove `{}`",
                works.display()
            )),
            UsageError::Lock(error) => problem.because_of(error),
        }
    }
}

fn lock_path(cache: &Path) -> PathBuf {
    cache.join("in-use")
}

/// Keeps everything in the cache where it is as long as the file is open.
pub(in crate::engine) fn keep_in_use(cache: &Path, cancel: &Cancel) -> Result<File, Problem> {
    match lock::shared(&lock_path(cache), cancel) {
        Ok(Some(file)) => Ok(file),
        Ok(None) => Err(Cancel::problem()),
        Err(error) => Err(UsageError::from(error).into()),
    }
}

/// Keeps others from using the cache as long as the file is open.
pub(in crate::engine) fn keep_out(cache: &Path) -> Result<File, UsageError> {
    let alone = lock::exclusive_now(&lock_path(cache))?.ok_or(UsageError::InUse)?;
    let works = works(&cache.join("store"));
    if has_strangers(&works) { Err(UsageError::InUseElsewhere { works }) } else { Ok(alone) }
}

/// Removes the outputs that were not used for longest until the store is below this size. Gives the bytes freed.
pub(in crate::engine) fn trim(cache: &Path, store: &Store, below: u64, remove: Remove) -> Result<u64, UsageError> {
    let _alone = keep_out(cache)?;
    let roots = Roots::of(store)?.trim(below / ROOTS, remove);
    let logs = Logs::trim(&cache.join("logs"), below / LOGS, &|name| is_taken(&works(store.root()), Path::new(name)));
    let trees = Trees::read(store).trim(below.saturating_sub(logs.left + roots.left));
    let freed = logs.freed + roots.freed + trees;
    for folder in ["logs", "locks", "steps", "git"] {
        for entry in fs::read_dir(cache.join(folder)).into_iter().flatten().flatten() {
            // Logs are called like the session that writes them, which may be an old one.
            let is_open = folder == "logs" && is_taken(&works(store.root()), Path::new(&entry.file_name()));
            if !is_open && is_older(&entry.path(), Duration::from_secs(30 * 24 * 3600)) {
                remove_all(&entry.path());
            }
        }
    }
    Ok(freed)
}

/// What happened to the logs.
struct Logs {
    /// Bytes that were freed.
    freed: u64,
    /// Bytes that are left.
    left: u64,
}

impl Logs {
    /// Removes the logs of the oldest sessions until they take no more than this; those of the last one and
    /// of those that still run stay.
    fn trim(folder: &Path, below: u64, is_open: &dyn Fn(&OsStr) -> bool) -> Self {
        let sessions = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
        let mut sessions: Vec<_> = sessions
            .map(|path| {
                let mut bytes = 0;
                walk(&path, &mut |_, found| bytes += found.len());
                let date = fs::metadata(&path).and_then(|found| found.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
                (date, path, bytes)
            })
            .collect();
        sessions.sort();
        let mut logs = Self { freed: 0, left: 0 };
        for (number, (_, path, bytes)) in sessions.iter().rev().enumerate() {
            if number > 0 && logs.left + bytes > below && !path.file_name().is_some_and(is_open) {
                remove_all(path);
                logs.freed += bytes;
            } else {
                logs.left += bytes;
            }
        }
        logs
    }
}

/// Trims the cache to its ceiling, at most once a day: looking at every file costs more than a small build.
pub(in crate::engine) fn keep_below_ceiling(cache: &Path, store: &Store, remove: Remove) {
    let marker = cache.join("trimmed");
    if marker.exists() && !is_older(&marker, Duration::from_secs(24 * 3600)) {
        return;
    }
    // While another build runs, the next one that ends alone does it.
    if trim(cache, store, CEILING, remove).is_ok() {
        let _ = private::create(&marker);
    }
}

/// Removes everything that can be made again.
pub(in crate::engine) fn clear(cache: &Path, store: &Store, remove: Remove) -> Result<(), UsageError> {
    let _alone = keep_out(cache)?;
    Roots::of(store)?.trim(0, remove);
    for folder in
        ["store/trees", "store/blobs", "tools", "uv", "locks", "steps", "logs", "sources", "git", "probes.json"]
    {
        remove_all(&cache.join(folder));
    }
    for folder in ["store/trees", "store/blobs"] {
        // Whoever uses this cache next expects the folders; failing that it makes them itself.
        let _ = private::create_dir_all(&cache.join(folder));
    }
    Ok(())
}

fn walk(folder: &Path, visit: &mut impl FnMut(&Path, &fs::Metadata)) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        match fs::symlink_metadata(&path) {
            Ok(found) if found.is_dir() => walk(&path, visit),
            Ok(found) if found.is_file() => visit(&path, &found),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::trees::manifest::Manifest;

    #[test]
    fn a_cache_that_a_build_here_or_elsewhere_uses_is_neither_trimmed_nor_cleared() {
        let cache = tempfile::tempdir().unwrap();
        let store = Store::open(&cache.path().join("store")).unwrap();
        let mut manifest = Manifest::default();
        manifest.add("a".into(), store.put(b"hello", false).unwrap()).unwrap();
        let tree = store.assemble(manifest).unwrap();
        let building = keep_in_use(cache.path(), &Cancel::default()).unwrap();
        let error = trim(cache.path(), &store, 0, &remove_all).unwrap_err();
        assert_eq!(Problem::from(error).message, "the cache is in use by a build");
        assert!(matches!(clear(cache.path(), &store, &remove_all), Err(UsageError::InUse)));
        keep_below_ceiling(cache.path(), &store, &remove_all);
        assert!(store.tree(&tree.digest).is_some() && !cache.path().join("trimmed").exists());
        drop(building);
        let stranger = works(store.root()).join("00000000-1.lock");
        fs::write(&stranger, "").unwrap();
        let problem = Problem::from(clear(cache.path(), &store, &remove_all).unwrap_err());
        assert_eq!(problem.message, "the cache may be in use by another machine");
        assert!(problem.hints[0].text.contains("store/work"));
        fs::remove_file(stranger).unwrap();
        assert_eq!(measure(cache.path())[0].bytes, 5);
        assert_eq!(trim(cache.path(), &store, 0, &remove_all).unwrap(), 5);
        clear(cache.path(), &store, &remove_all).unwrap();
        assert!(store.tree(&tree.digest).is_none());
    }

    #[test]
    fn logs_count_for_the_ceiling_and_the_oldest_go_first() {
        let cache = tempfile::tempdir().unwrap();
        let store = Store::open(&cache.path().join("store")).unwrap();
        for (number, session) in ["old", "newer", "newest"].into_iter().enumerate() {
            let folder = cache.path().join("logs").join(session);
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join("step.log"), [b'x'; 1000]).unwrap();
            let date = SystemTime::now() - Duration::from_secs(60 * (10 - number as u64));
            File::open(&folder).unwrap().set_modified(date).unwrap();
        }
        assert_eq!(trim(cache.path(), &store, 25_000, &remove_all).unwrap(), 1000);
        assert!(!cache.path().join("logs/old").exists() && cache.path().join("logs/newer").exists());
        assert_eq!(trim(cache.path(), &store, 0, &remove_all).unwrap(), 1000);
        assert!(cache.path().join("logs/newest").exists());
    }
}
