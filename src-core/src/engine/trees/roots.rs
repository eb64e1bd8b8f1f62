//! Root file systems as they lie in the cache, unpacked: once for each content, and never written to. Rooms lay a layer of
//! their own above one.

use std::fs::{self, File};
use std::io;
use std::path::{Component, Path, PathBuf};
use std::time::SystemTime;

use tar::{Archive, EntryType};

use super::store::Store;
use crate::engine::disk::error::{StoreError, at};
use crate::engine::disk::files::{hex, write_atomically};
use crate::engine::disk::private;

/// Behind the name of one that is whole: a file with its size, whose date says when it was used last.
const WHOLE: &str = "whole";

/// Who owns the files of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine) enum Owners {
    /// Those that the archive names.
    Several,
    /// The one who unpacks it.
    One,
}

/// Where unpacked root file systems are.
pub(in crate::engine) struct Roots(PathBuf);

/// What was removed, and what is left, in bytes.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::engine) struct Trimmed {
    pub freed: u64,
    pub left: u64,
}

impl Roots {
    pub fn of(store: &Store) -> Result<Self, StoreError> {
        let folder = store.root().join("roots");
        private::create_dir_all(&folder).map_err(at("create", &folder))?;
        Ok(Self(folder))
    }

    /// Where the archive with this content is unpacked.
    pub fn place(&self, sha256: &str, owners: Owners) -> PathBuf {
        let owners = match owners {
            Owners::Several => "several",
            Owners::One => "one",
        };
        self.0.join(format!("{}-{owners}", sha256.get(..40).unwrap_or(sha256)))
    }

    /// Removes those that were not used for longest until the others take no more than this, and what is not whole.
    pub fn trim(&self, below: u64, remove: &dyn Fn(&Path)) -> Trimmed {
        let entries = fs::read_dir(&self.0).into_iter().flatten().flatten().map(|entry| entry.path());
        let mut all: Vec<(SystemTime, u64, PathBuf)> = Vec::new();
        for place in entries.filter(|path| path.is_dir()) {
            let whole = place.with_extension(WHOLE);
            let used = fs::metadata(&whole).and_then(|found| found.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
            // One whose size nobody wrote down is not whole, and goes first.
            let bytes = fs::read_to_string(&whole).ok();
            let bytes = bytes.and_then(|text| text.split(' ').next()?.parse().ok()).unwrap_or(u64::MAX);
            all.push((used, bytes, place));
        }
        all.sort();
        let mut trimmed = Trimmed::default();
        for (_, bytes, place) in all.iter().rev() {
            if trimmed.left.saturating_add(*bytes) <= below {
                trimmed.left += bytes;
                continue;
            }
            let _ = fs::remove_file(place.with_extension(WHOLE));
            remove(place);
            trimmed.freed += if *bytes == u64::MAX { 0 } else { *bytes };
        }
        trimmed
    }
}

/// By what one that is there as a whole was known when it was unpacked. Who asks uses it.
pub(in crate::engine) fn mark_of(place: &Path) -> Option<String> {
    let whole = place.with_extension(WHOLE);
    // A date that cannot be set makes it go earlier, no more.
    File::options().write(true).open(&whole).and_then(|file| file.set_modified(SystemTime::now())).ok()?;
    let text = fs::read_to_string(&whole).ok().filter(|_| place.is_dir())?;
    // Earlier versions wrote down the size alone.
    text.split_once(' ').map(|(_, mark)| mark.to_owned())
}

/// Takes one that was unpacked elsewhere on the same file system.
pub(in crate::engine) fn take(staged: &Path, place: &Path) -> Result<(), StoreError> {
    fs::rename(staged, place).map_err(at("store", place))
}

/// Writes down that one is whole, and by what it is known.
pub(in crate::engine) fn is_whole_now(place: &Path, bytes: u64, mark: &str) -> Result<(), StoreError> {
    write_atomically(&place.with_extension(WHOLE), format!("{bytes} {mark}").as_bytes())
}

/// By what an unpacked root file system is known: what is in it, with modes, owners, sizes and dates. No room writes there, so
/// whoever else does changes the date of a change, which nobody can set. Contents are not read: they are hundreds of MB.
#[cfg(target_os = "linux")]
pub(in crate::engine) fn known_by(root: &Path) -> io::Result<String> {
    use std::fmt::Write as _;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::MetadataExt;

    use sha2::{Digest, Sha256};

    let mut lines = Vec::new();
    let mut open = vec![root.to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            let found = fs::symlink_metadata(&path)?;
            let mut line = path.strip_prefix(root).unwrap_or(&path).as_os_str().as_bytes().to_vec();
            let mut status = format!("\0{:o} {} {}", found.mode(), found.uid(), found.gid());
            if found.is_dir() {
                open.push(path);
            } else {
                let dates = (found.mtime(), found.mtime_nsec(), found.ctime(), found.ctime_nsec());
                write!(status, " {} {dates:?}", found.size()).map_err(io::Error::other)?;
            }
            line.extend_from_slice(status.as_bytes());
            lines.push(line);
        }
    }
    lines.sort();
    let mut hash = Sha256::new();
    for line in lines {
        hash.update(line);
    }
    Ok(hex(&hash.finalize()))
}

/// Unpacks an archive. Devices are left out, and so is the right to become the owner of a program: nothing of this cache may
/// make anybody somebody else.
pub(in crate::engine) fn unpack(archive: &Path, to: &Path, owners: Owners) -> io::Result<()> {
    fs::create_dir(to)?;
    let mut archive = Archive::new(File::open(archive)?);
    archive.set_preserve_permissions(true);
    archive.set_preserve_ownerships(owners == Owners::Several);
    archive.set_mask(0o6000);
    // Every room has its own.
    let devices = Component::Normal("dev".as_ref());
    let mut folders = Vec::new();
    for entry in archive.entries()? {
        let mut entry = entry?;
        let is_device = entry.path()?.components().find(|part| *part != Component::CurDir) == Some(devices);
        match entry.header().entry_type() {
            // Nobody could write into a closed one: they get their modes in the end.
            EntryType::Directory => folders.push(entry),
            EntryType::Regular | EntryType::Continuous | EntryType::Symlink | EntryType::Link if !is_device => {
                entry.unpack_in(to)?;
            }
            // Devices, and what the format may come to hold.
            _ => {}
        }
    }
    folders.iter_mut().rev().try_for_each(|folder| folder.unpack_in(to).map(drop))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::engine::disk::files::{mode_of, remove_all};

    /// An archive with a file, a program that makes who runs it its owner, a link, and a device.
    fn archive(folder: &Path) -> PathBuf {
        let mut archive = tar::Builder::new(Vec::new());
        let mut add = |kind, path: &str, mode, text: &str| {
            let mut header = tar::Header::new_gnu();
            header.set_entry_type(kind);
            header.set_mode(mode);
            header.set_size(text.len() as u64);
            archive.append_data(&mut header, path, text.as_bytes()).unwrap();
        };
        add(EntryType::Directory, "./", 0o755, "");
        add(EntryType::Directory, "./closed/", 0o500, "");
        add(EntryType::Regular, "./closed/file", 0o640, "hello");
        add(EntryType::Regular, "./su", 0o4755, "x");
        add(EntryType::Directory, "./dev/", 0o755, "");
        add(EntryType::Regular, "./dev/null", 0o666, "");
        add(EntryType::Char, "./console", 0o666, "");
        let path = folder.join("root.tar");
        std::fs::write(&path, archive.into_inner().unwrap()).unwrap();
        path
    }

    #[test]
    fn a_root_is_unpacked_without_devices_and_without_programs_that_make_somebody_else() {
        let keep = tempfile::tempdir().unwrap();
        let root = keep.path().join("root");
        unpack(&archive(keep.path()), &root, Owners::One).unwrap();
        let mode = |path: &str| mode_of(&fs::symlink_metadata(root.join(path)).unwrap()) & 0o7777;
        assert_eq!((mode("su"), mode("closed/file"), mode("closed")), (0o755, 0o640, 0o500));
        assert!(root.join("dev").is_dir() && !root.join("dev/null").exists() && !root.join("console").exists());
        assert!(unpack(Path::new("/no-such-archive"), &keep.path().join("none"), Owners::One).is_err());
        remove_all(&root);
        assert!(!root.exists());
    }

    #[test]
    fn roots_that_were_not_used_for_longest_go_first_and_half_ones_at_once() {
        let keep = tempfile::tempdir().unwrap();
        let store = Store::open(&keep.path().join("store")).unwrap();
        let roots = Roots::of(&store).unwrap();
        let place = |sha256: &str| {
            let (place, staged) = (roots.place(sha256, Owners::Several), keep.path().join("staged"));
            fs::create_dir(&staged).unwrap();
            take(&staged, &place).unwrap();
            is_whole_now(&place, 100, "mark").unwrap();
            place
        };
        let (old, new, half) = (place("old"), place("new"), roots.place("half", Owners::One));
        fs::create_dir(&half).unwrap();
        let date = SystemTime::now() - std::time::Duration::from_mins(1);
        File::options().write(true).open(new.with_extension(WHOLE)).unwrap().set_modified(date).unwrap();
        assert_eq!((mark_of(&new).as_deref(), mark_of(&half)), (Some("mark"), None), "who asks uses it");
        File::options().write(true).open(old.with_extension(WHOLE)).unwrap().set_modified(date).unwrap();
        assert_eq!(roots.trim(150, &remove_all), Trimmed { freed: 100, left: 100 });
        assert!(new.exists() && !old.exists() && !half.exists());
        assert_eq!(roots.trim(0, &remove_all), Trimmed { freed: 100, left: 0 });
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn whatever_somebody_changes_in_an_unpacked_root_makes_it_another() {
        let keep = tempfile::tempdir().unwrap();
        let root = keep.path().join("root");
        unpack(&archive(keep.path()), &root, Owners::One).unwrap();
        let whole = known_by(&root).unwrap();
        fs::rename(&root, keep.path().join("moved")).unwrap();
        let root = keep.path().join("moved");
        assert_eq!(known_by(&root).unwrap(), whole);
        let su = root.join("su");
        let date = fs::metadata(&su).unwrap().modified().unwrap();
        fs::write(&su, "y").unwrap();
        File::options().write(true).open(&su).unwrap().set_modified(date).unwrap();
        let edited = known_by(&root).unwrap();
        assert_ne!(edited, whole, "of the same size and date");
        fs::remove_file(root.join("closed/file")).unwrap_or_else(|_| fs::remove_file(&su).unwrap());
        assert_ne!(known_by(&root).unwrap(), edited);
    }
}
