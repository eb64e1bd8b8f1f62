//! A private, writable copy of a project's files.

use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

use super::SourceError;
use super::folder::Folder;
use crate::engine::disk::error::{StoreError, at};
use crate::engine::disk::files::{create_plain_dirs, is_executable};
use crate::engine::terms::cancel::Cancel;
use crate::engine::tools::EPOCH;

/// Bytes that are copied between two looks at whether anybody still wants the copy.
const CHUNK: u64 = 64 << 20;

/// Copies a file with the date and one of the two modes that all copies have.
pub(super) fn copy_file(from: &mut Folder, file: &str, to: &Path, cancel: &Cancel) -> Result<(), SourceError> {
    if let Some(folder) = to.parent() {
        create_plain_dirs(folder).map_err(at("create", folder))?;
    }
    let (source, found) = from.open(file)?.ok_or_else(|| SourceError::Changed { path: file.to_owned() })?;
    let copy = File::create_new(to).map_err(at("write", to))?;
    copy_contents(&source, &found, &copy, to, cancel)?;
    copy.set_modified(UNIX_EPOCH + Duration::from_secs(epoch())).map_err(at("write", to))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = if is_executable(&found) { 0o755 } else { 0o644 };
        copy.set_permissions(fs::Permissions::from_mode(mode)).map_err(at("write", to))?;
    }
    Ok(())
}

/// Copies what a file held when it was opened. Where it has holes, so has the copy.
fn copy_contents(from: &File, found: &Metadata, mut to: &File, path: &Path, cancel: &Cancel) -> Result<(), StoreError> {
    let mut done = 0;
    while done < found.len() {
        if cancel.is_cancelled() {
            return Err(StoreError::Cancelled);
        }
        let Some((start, end)) = next_data(from, found, done).map_err(at("copy", path))? else { break };
        let most = (end - start).min(CHUNK);
        if start > done {
            io::Seek::seek(&mut to, io::SeekFrom::Start(start)).map_err(at("write", path))?;
        }
        let copied = io::copy(&mut from.take(most), &mut to).map_err(at("copy", path))?;
        if copied == 0 {
            break;
        }
        done = start + copied;
    }
    // What is missing at the end is a hole, or was cut off meanwhile, which shows when the copy is hashed.
    to.set_len(found.len()).map_err(at("write", path))
}

/// The next part of a file that holds anything, and puts the file there. `None` where only holes follow.
#[cfg(target_os = "linux")]
fn next_data(file: &File, found: &Metadata, from: u64) -> io::Result<Option<(u64, u64)>> {
    use rustix::fs::{SeekFrom, seek};
    use std::os::linux::fs::MetadataExt;
    let whole = Some((from, found.len()));
    if found.st_blocks() * 512 >= found.len() {
        return Ok(whole);
    }
    let start = match seek(file, SeekFrom::Data(from)) {
        Ok(start) => start,
        Err(rustix::io::Errno::NXIO) => return Ok(None),
        Err(_) => return Ok(whole),
    };
    let end = seek(file, SeekFrom::Hole(start)).unwrap_or(found.len()).min(found.len());
    seek(file, SeekFrom::Start(start))?;
    Ok((start < end).then_some((start, end)))
}

#[cfg(not(target_os = "linux"))]
fn next_data(_file: &File, found: &Metadata, from: u64) -> io::Result<Option<(u64, u64)>> {
    Ok(Some((from, found.len())))
}

/// Links of a selection stay inside the project, so they are links in the copy too.
#[cfg(unix)]
pub(super) fn copy_link(from: &Path, to: &Path) -> Result<(), StoreError> {
    if let Some(folder) = to.parent() {
        create_plain_dirs(folder).map_err(at("create", folder))?;
    }
    let target = fs::read_link(from).map_err(at("read", from))?;
    std::os::unix::fs::symlink(target, to).map_err(at("link", to))
}

#[cfg(not(unix))]
pub(super) fn copy_link(from: &Path, to: &Path) -> Result<(), StoreError> {
    if let Some(folder) = to.parent() {
        create_plain_dirs(folder).map_err(at("create", folder))?;
    }
    fs::copy(from, to).map(drop).map_err(at("copy", from))
}

fn epoch() -> u64 {
    std::env::var("SOURCE_DATE_EPOCH")
        .ok()
        .and_then(|text| text.parse().ok())
        .or_else(|| EPOCH.parse().ok())
        .unwrap_or_default()
}
