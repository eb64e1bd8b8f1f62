//! What the engine does with files everywhere: digests, dates, atomic writes, thorough removal.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use sha2::{Digest, Sha256};

use super::error::{StoreError, at};
use crate::engine::terms::cancel::Cancel;

/// Every stored file carries this date, so that a later change shows and archives made from it do not differ.
pub(in crate::engine) const SEALED: Duration = Duration::from_secs(315_532_800);

/// Makes a file read-only and gives it the date of the store.
pub(in crate::engine) fn seal(file: &Path, executable: bool) -> io::Result<()> {
    File::options()
        .read(true)
        .write(true)
        .open(file)
        .or_else(|_| File::open(file))?
        .set_modified(UNIX_EPOCH + SEALED)?;
    set_mode(file, if executable { 0o555 } else { 0o444 })
}

/// Digest and size of a file.
pub(in crate::engine) fn digest_file(path: &Path) -> Result<(String, u64), StoreError> {
    let mut file = File::open(path).map_err(at("read", path))?;
    copy_hashed(&mut file, &mut io::sink()).map_err(at("read", path))
}

/// Likewise, as long as it is wanted.
pub(in crate::engine) fn digest_until(path: &Path, cancel: &Cancel) -> Result<(String, u64), StoreError> {
    let file = File::open(path).map_err(at("read", path))?;
    copy_hashed(&mut cancel.reading(file), &mut io::sink()).map_err(at("read", path))
}

/// Copies a stream piece by piece; gives its SHA-256 and its size.
pub(in crate::engine) fn copy_hashed(
    from: &mut (impl Read + ?Sized),
    to: &mut impl Write,
) -> io::Result<(String, u64)> {
    let mut hash = Sha256::new();
    let mut chunk = vec![0; 128 * 1024];
    let mut bytes = 0;
    loop {
        let read = match from.read(&mut chunk) {
            Ok(0) => return Ok((hex(&hash.finalize()), bytes)),
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        hash.update(&chunk[..read]);
        to.write_all(&chunk[..read])?;
        bytes += read as u64;
    }
}

/// Writes a file of the user's alone so that readers see the old or the new contents, never half of them.
pub(in crate::engine) fn write_atomically(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(at("write in", folder))?;
    file.write_all(bytes).map_err(at("write in", folder))?;
    file.persist(path).map_err(|error| at("write", path)(error.error))?;
    Ok(())
}

/// Creates a folder that tools see, and those above it: whatever the umask, they have the same mode, which tools copy into
/// what they make. Nobody else gets there, because the cache is private.
pub(in crate::engine) fn create_plain_dirs(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    if let Some(above) = folder.parent() {
        create_plain_dirs(above)?;
    }
    match fs::create_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => Ok(()),
        Err(error) => Err(error),
        Ok(()) => plain_mode(folder),
    }
}

/// Gives a folder the mode that all folders have which tools see.
pub(in crate::engine) fn plain_mode(folder: &Path) -> io::Result<()> {
    set_mode(folder, 0o755)
}

/// Gives a file or a folder these permissions, where a system has such.
pub(in crate::engine) fn set_mode(path: &Path, bits: u16) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(bits.into()))?;
    }
    #[cfg(not(unix))]
    let _ = (path, bits);
    Ok(())
}

/// The permissions of something, with those bits that say more than who may read it.
pub(in crate::engine) fn mode_of(found: &fs::Metadata) -> u32 {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        found.permissions().mode() & 0o7777
    }
    #[cfg(not(unix))]
    {
        if found.is_dir() { 0o755 } else { 0o644 }
    }
}

/// Makes a symbolic link.
pub(in crate::engine) fn symlink(to: &str, link: &Path) -> io::Result<()> {
    #[cfg(unix)]
    return std::os::unix::fs::symlink(to, link);
    #[cfg(not(unix))]
    {
        let _ = (to, link);
        Err(io::ErrorKind::Unsupported.into())
    }
}

/// Folders that are made on the way, sorted paths one after the other: each is asked for once.
pub(in crate::engine) struct Parents {
    last: PathBuf,
}

impl Parents {
    /// Of paths below a folder that is there.
    pub fn below(folder: &Path) -> Self {
        Self { last: folder.to_path_buf() }
    }

    /// Makes the folder in which a path lies.
    pub fn make(&mut self, path: &Path) -> io::Result<()> {
        if let Some(parent) = path.parent().filter(|parent| *parent != self.last) {
            create_plain_dirs(parent)?;
            self.last = parent.to_path_buf();
        }
        Ok(())
    }
}

/// Swaps two paths, so that at no moment one of them is missing.
#[cfg(target_os = "linux")]
pub(in crate::engine) fn swap(one: &Path, other: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    Ok(renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE)?)
}

#[cfg(not(target_os = "linux"))]
pub(in crate::engine) fn swap(_one: &Path, _other: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Removes a folder or file that may hold read-only folders, or folders too deep for a path; what cannot be removed is
/// left for the next sweep.
pub(in crate::engine) fn remove_all(path: &Path) {
    if fs::remove_dir_all(path).is_ok() || fs::remove_file(path).is_ok() {
        return;
    }
    #[cfg(unix)]
    {
        flatten(path);
        let _ = fs::remove_dir_all(path);
    }
}

/// Makes every folder one that can be removed: writable, and not far below the first.
#[cfg(unix)]
fn flatten(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let writable = |folder: &Path| fs::set_permissions(folder, fs::Permissions::from_mode(0o700));
    let mut open = vec![(path.to_path_buf(), 0)];
    let mut moved = 0_u64;
    while let Some((folder, depth)) = open.pop() {
        let _ = writable(&folder);
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            if !entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                continue;
            }
            let child = entry.path();
            let _ = writable(&child);
            let near = path.join(format!(".{moved}"));
            moved += 1;
            if depth > 50 && fs::rename(&child, &near).is_ok() {
                open.push((near, 1));
            } else {
                open.push((child, depth + 1));
            }
        }
    }
}

pub(in crate::engine) fn is_executable(metadata: &fs::Metadata) -> bool {
    metadata.is_file() && mode_of(metadata) & 0o111 != 0
}

/// A path below a folder, with `/` between its parts. An error where a part of it is no text.
pub(in crate::engine) fn name_below(root: &Path, path: &Path) -> Result<String, StoreError> {
    let below = path.strip_prefix(root).unwrap_or(path);
    let parts: Option<Vec<&str>> = below.components().map(|part| part.as_os_str().to_str()).collect();
    parts
        .map(|parts| parts.join("/"))
        .ok_or_else(|| StoreError::Strange { path: below.display().to_string(), what: "a name that is not UTF-8" })
}

/// A path below a folder, with `/` between its parts.
pub(in crate::engine) fn relative(root: &Path, path: &Path) -> String {
    let below = path.strip_prefix(root).unwrap_or(path);
    below.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

pub(in crate::engine) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Whether a path of an archive, a receipt or a manifest stays in the folder it is joined to.
pub(in crate::engine) fn is_inside(path: &str) -> bool {
    !path.is_empty()
        && !path.starts_with('/')
        && !path.contains(['\\', '\0'])
        && path.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_folder_too_deep_for_a_path_is_removed() {
        let keep = tempfile::tempdir().unwrap();
        let root = keep.path().join("root");
        let links = 200;
        fs::create_dir(&root).unwrap();
        // From the inside out, as no path reaches the whole way.
        for number in 0..links {
            let (inner, outer) = (keep.path().join("inner"), keep.path().join("outer"));
            let chain = outer.join("a-name-of-some-length/".repeat(20));
            fs::create_dir_all(&chain).unwrap();
            if number > 0 {
                fs::rename(&inner, chain.join("inner")).unwrap();
            }
            fs::rename(&outer, &inner).unwrap();
        }
        fs::rename(keep.path().join("inner"), root.join("inner")).unwrap();
        remove_all(&root);
        assert!(!root.exists());
    }
}
