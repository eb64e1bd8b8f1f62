//! Locks on files, between threads and between Packwrights on one cache. A lock is held as long as its file is open.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;
use std::time::Duration;

use super::error::{StoreError, at};
use super::lease::is_at;
use super::private;
use crate::engine::terms::cancel::Cancel;

/// How often somebody who waits looks again.
const PATIENCE: Duration = Duration::from_millis(20);

/// Waits until nobody else holds the lock; `None` if the work was cancelled before.
pub(in crate::engine) fn exclusive(path: &Path, cancel: &Cancel) -> Result<Option<File>, StoreError> {
    wait(path, cancel, File::try_lock)
}

/// Waits until nobody holds the lock exclusively; `None` if the work was cancelled before.
pub(in crate::engine) fn shared(path: &Path, cancel: &Cancel) -> Result<Option<File>, StoreError> {
    wait(path, cancel, File::try_lock_shared)
}

/// Takes the lock if nobody else holds it.
pub(in crate::engine) fn exclusive_now(path: &Path) -> Result<Option<File>, StoreError> {
    let file = private::create(path).map_err(at("create", path))?;
    let is_mine = is_taken(file.try_lock()).map_err(at("lock", path))? && is_at(&file, path);
    Ok(is_mine.then_some(file))
}

fn wait(
    path: &Path,
    cancel: &Cancel,
    take: impl Fn(&File) -> Result<(), TryLockError>,
) -> Result<Option<File>, StoreError> {
    loop {
        let file = private::create(path).map_err(at("create", path))?;
        while !is_taken(take(&file)).map_err(at("lock", path))? {
            if cancel.is_cancelled() {
                return Ok(None);
            }
            std::thread::sleep(PATIENCE);
        }
        // Who held it may have removed it: then others lock the file that is there now.
        if is_at(&file, path) {
            return Ok(Some(file));
        }
    }
}

/// Only that somebody else holds a lock passes by waiting: a file system without locks never gets any.
fn is_taken(result: Result<(), TryLockError>) -> io::Result<bool> {
    match result {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_may_share_a_lock_and_only_one_may_have_it_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let cancel = Cancel::default();
        let (one, other) = (shared(&path, &cancel).unwrap(), shared(&path, &cancel).unwrap());
        assert!(one.is_some() && other.is_some() && exclusive_now(&path).unwrap().is_none());
        drop((one, other));
        let alone = exclusive(&path, &cancel).unwrap();
        assert!(alone.is_some() && exclusive_now(&path).unwrap().is_none());
        cancel.cancel();
        assert!(shared(&path, &cancel).unwrap().is_none(), "who waits can be cancelled");
    }

    #[test]
    fn a_lock_that_no_waiting_brings_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let error = exclusive(&folder.path().join("missing/lock"), &Cancel::default()).unwrap_err();
        assert!(error.to_string().starts_with("cannot create `"));
        let unsupported = TryLockError::Error(io::ErrorKind::Unsupported.into());
        assert_eq!(is_taken(Err(unsupported)).unwrap_err().kind(), io::ErrorKind::Unsupported);
    }
}
