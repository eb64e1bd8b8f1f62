//! Tells the living from the dead by locks: who makes something holds one beside it as long as he lives.
//!
//! What is being made at `NAME` has its lock at `NAME.lock`, which is held before `NAME` is there and goes after it. So
//! whoever gets the lock knows that its owner is gone. Ids of processes would not tell: other containers, users and
//! machines have their own. Locks of another kernel may not reach this one, nor those of the same network folder that is
//! mounted twice; so a name begins with the view that its owner has of the folder, and what was made under another view
//! counts as living until nobody has touched it for a day.

use std::collections::hash_map::RandomState;
use std::fs::{self, File, TryLockError};
use std::hash::{BuildHasher, Hasher};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use sha2::{Digest, Sha256};

use super::files::{hex, remove_all};

/// The end of a lock's name.
const LOCK: &str = ".lock";

/// How long something counts as living that no lock tells of.
const DOUBT: Duration = Duration::from_secs(24 * 3600);

/// A name in a folder that is its owner's as long as this is there. With it goes what was made under the name.
#[derive(Debug)]
pub(in crate::engine) struct Lease {
    lock: File,
    path: PathBuf,
    is_held: bool,
}

impl Lease {
    /// Takes a name that nobody else has. It begins with this, and nothing is there yet.
    pub fn take(folder: &Path, prefix: &str) -> io::Result<Self> {
        let prefix = format!("{prefix}{}-", view(folder));
        loop {
            let file = tempfile::Builder::new().prefix(&prefix).suffix(LOCK).rand_bytes(12).tempfile_in(folder)?;
            let (lock, place) = file.into_parts();
            let taken = lock.try_lock();
            // Somebody who sweeps may have found it before it was held: then he removes it, and another is needed.
            if matches!(taken, Err(TryLockError::WouldBlock)) || !is_at(&lock, &place) {
                continue;
            }
            let path = without_lock(&place.keep().map_err(|error| error.error)?);
            return Ok(Self { lock, path, is_held: taken.is_ok() });
        }
    }

    /// What is made goes here.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its last part.
    pub fn name(&self) -> &Path {
        Path::new(self.path.file_name().unwrap_or_default())
    }

    /// Whether the file system has locks.
    pub fn is_held(&self) -> bool {
        self.is_held
    }

    /// Says to those that the lock does not reach that its owner lives. The date is that of the file system, not of a clock
    /// of this machine, which may be wrong.
    pub fn renew(&self) {
        #[cfg(unix)]
        {
            use rustix::fs::{Timespec, Timestamps, UTIME_NOW, futimens};
            let now = Timespec { tv_sec: 0, tv_nsec: UTIME_NOW };
            let _ = futimens(&self.lock, &Timestamps { last_access: now, last_modification: now });
        }
        #[cfg(not(unix))]
        let _ = self.lock.set_modified(std::time::SystemTime::now());
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if exists(&self.path) {
            remove_all(&self.path);
        }
        let _ = fs::remove_file(with_lock(&self.path));
    }
}

/// Removes what the dead left below names that begin with this. What `rescue` could not save stays.
pub(in crate::engine) fn sweep(folder: &Path, prefix: &str, rescue: impl Fn(&Path) -> bool) {
    let own_view = format!("{prefix}{}-", view(folder));
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let (name, path) = (entry.file_name(), entry.path());
        let Some(name) = name.to_str().filter(|name| name.starts_with(prefix)) else { continue };
        let is_lock = name.ends_with(LOCK) && entry.file_type().is_ok_and(|kind| kind.is_file());
        // What has a lock is met twice, and judged by its lock.
        let (made, held) = match is_lock.then(|| alone(&path)) {
            None if exists(&with_lock(&path)) => continue,
            None => (path.clone(), None),
            Some(Ok(None)) => continue,
            Some(Ok(Some(file))) => (without_lock(&path), Some(file)),
            Some(Err(_)) => (without_lock(&path), None),
        };
        let has_gone = held.is_some() && name.starts_with(&own_view);
        let is_dead = has_gone || is_forgotten(folder, &[&made, &with_lock(&made)]);
        if is_dead && rescue(&made) {
            remove_all(&made);
            if !exists(&made) {
                let _ = fs::remove_file(with_lock(&made));
            }
        }
    }
}

/// Whether somebody lives below such a folder whom no lock of this view tells of.
pub(in crate::engine) fn has_strangers(folder: &Path) -> bool {
    let own_view = format!("{}-", view(folder));
    fs::read_dir(folder).into_iter().flatten().flatten().any(|entry| {
        let name = entry.file_name().to_string_lossy().into_owned();
        name.ends_with(LOCK) && !name.starts_with(&own_view) && !is_forgotten(folder, &[&entry.path()])
    })
}

/// Whether somebody holds this name in the folder.
pub(in crate::engine) fn is_taken(folder: &Path, name: &Path) -> bool {
    let lock = with_lock(&folder.join(name));
    exists(&lock) && !matches!(alone(&lock), Ok(Some(_)))
}

/// The lock, if nobody holds it; `None` if somebody does, or if it has just gone.
fn alone(lock: &Path) -> io::Result<Option<File>> {
    let file = File::options().read(true).write(true).open(lock)?;
    match file.try_lock() {
        Ok(()) => Ok(is_at(&file, lock).then_some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Whether a file that was opened is still the one at its path: a lock on one that was removed tells nothing.
pub(in crate::engine) fn is_at(file: &File, path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let place = |found: fs::Metadata| (found.dev(), found.ino());
        let (open, named) = (file.metadata().map(place), fs::symlink_metadata(path).map(place));
        matches!((open, named), (Ok(open), Ok(named)) if open == named)
    }
    #[cfg(not(unix))]
    {
        let _ = file;
        exists(path)
    }
}

fn exists(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

fn with_lock(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(LOCK);
    name.into()
}

fn without_lock(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(name.strip_suffix(LOCK).unwrap_or(&name))
}

/// Whether nobody has touched these files of a folder for so long that their owner must be dead, by the clock of the file
/// system: what is touched now tells it.
fn is_forgotten(folder: &Path, files: &[&Path]) -> bool {
    let touched = |path: &Path| fs::symlink_metadata(path).and_then(|found| found.modified());
    let now = tempfile::NamedTempFile::new_in(folder).and_then(|file| touched(file.path()));
    let is_old = |path: &Path| match (&now, touched(path)) {
        (Ok(now), Ok(date)) => now.duration_since(date).is_ok_and(|age| age > DOUBT),
        (_, Err(error)) => error.kind() == io::ErrorKind::NotFound,
        (Err(_), _) => false,
    };
    files.iter().all(|path| is_old(path))
}

/// Whether a file was not touched for this long.
pub(in crate::engine) fn is_older(path: &Path, age: Duration) -> bool {
    let found = fs::symlink_metadata(path).and_then(|found| found.modified());
    found.ok().and_then(|date| date.elapsed().ok()).is_some_and(|elapsed| elapsed > age)
}

/// A number that no other process draws, most likely.
pub(in crate::engine) fn draw() -> u64 {
    RandomState::new().build_hasher().finish()
}

/// Eight digits for those whose locks on this folder reach each other: this run of this kernel, and the file system as
/// it is mounted.
fn view(folder: &Path) -> String {
    #[cfg(unix)]
    let device = {
        use std::os::unix::fs::MetadataExt;
        // A folder that is not there has no view of its own; taking a name in it fails.
        fs::metadata(folder).map(|found| found.dev()).unwrap_or_default()
    };
    #[cfg(not(unix))]
    let device = {
        let _ = folder;
        0
    };
    hex(&Sha256::digest(format!("{}\n{device}", kernel()))).get(..8).unwrap_or_default().to_owned()
}

/// What tells a kernel from others: the id of its run, or else the name of its machine.
fn kernel() -> &'static str {
    static KERNEL: OnceLock<String> = OnceLock::new();
    const SAID: [&str; 3] = ["/proc/sys/kernel/random/boot_id", "/proc/sys/kernel/hostname", "/etc/hostname"];
    // Where nothing tells machines apart, all are taken for one, as without such files.
    KERNEL.get_or_init(|| SAID.iter().find_map(|path| fs::read_to_string(path).ok()).unwrap_or_default())
}

#[cfg(test)]
pub(in crate::engine) mod tests;
