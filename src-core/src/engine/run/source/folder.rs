//! The files of a folder, opened without following a link on the way: whoever looked at them saw real folders, and what
//! was put in their place since may lead anywhere.

use std::fs::{File, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use crate::engine::disk::error::{StoreError, at};
use crate::engine::disk::files::relative;

/// A folder whose files are opened one after the other.
#[derive(Debug)]
pub(super) struct Folder {
    root: PathBuf,
    /// The folder of the file before: most files have a neighbour.
    #[cfg(unix)]
    last: Option<(String, std::os::fd::OwnedFd)>,
}

impl Folder {
    pub fn new(root: &Path) -> Self {
        Self {
            root: root.to_path_buf(),
            #[cfg(unix)]
            last: None,
        }
    }

    /// Opens an ordinary file, by its path with `/` between the parts. `None` where there is none, or only by a link.
    pub fn open(&mut self, file: &str) -> Result<Option<(File, Metadata)>, StoreError> {
        let path = self.path(file);
        let Some(opened) = self.open_any(file).map_err(at("read", &path))? else { return Ok(None) };
        let found = opened.metadata().map_err(at("read", &path))?;
        Ok(found.is_file().then_some((opened, found)))
    }

    /// Where a file is.
    pub fn path(&self, file: &str) -> PathBuf {
        self.root.join(file)
    }

    #[cfg(unix)]
    fn open_any(&mut self, file: &str) -> io::Result<Option<File>> {
        use rustix::io::Errno;
        match self.open_here(file) {
            Ok(file) => Ok(file),
            Err(Errno::NOENT | Errno::NOTDIR | Errno::LOOP) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    #[cfg(unix)]
    fn open_here(&mut self, file: &str) -> rustix::io::Result<Option<File>> {
        use rustix::fs::{AtFlags, FileType, Mode, OFlags, open, openat, statat};
        let (folder, name) = file.rsplit_once('/').unwrap_or(("", file));
        let reading = OFlags::RDONLY | OFlags::CLOEXEC;
        let at = match self.last.take() {
            Some((known, at)) if known == folder => at,
            _ => {
                let parts = folder.split('/').filter(|part| !part.is_empty());
                let root = open(&self.root, reading | OFlags::DIRECTORY, Mode::empty())?;
                let flags = reading | OFlags::DIRECTORY | OFlags::NOFOLLOW;
                parts.into_iter().try_fold(root, |at, part| openat(&at, part, flags, Mode::empty()))?
            }
        };
        let (_, at) = self.last.insert((folder.to_owned(), at));
        // Opening a device can do something already.
        if !FileType::from_raw_mode(statat(&*at, name, AtFlags::SYMLINK_NOFOLLOW)?.st_mode).is_file() {
            return Ok(None);
        }
        let flags = reading | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY;
        Ok(Some(openat(&*at, name, flags, Mode::empty())?.into()))
    }

    #[cfg(not(unix))]
    fn open_any(&mut self, file: &str) -> io::Result<Option<File>> {
        let path = self.root.join(file);
        if path.is_file() { File::open(path).map(Some) } else { Ok(None) }
    }

    /// Where a link leads, from the folder; `None` where that is outside of it, or nowhere.
    pub fn end_of(&self, link: &str) -> Option<String> {
        let root = self.root.canonicalize().ok()?;
        let end = self.root.join(link).canonicalize().ok()?;
        end.starts_with(&root).then(|| relative(&root, &end))
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::symlink;

    #[test]
    fn nothing_is_opened_through_a_link_on_the_way_or_at_the_end() {
        let folder = tempfile::tempdir().unwrap();
        let (root, other) = (folder.path().join("project"), folder.path().join("other"));
        for path in [root.join("pkg"), other.clone()] {
            fs::create_dir_all(&path).unwrap();
            fs::write(path.join("a"), "text").unwrap();
        }
        let mut opened = Folder::new(&root);
        let is_there = |opened: &mut Folder, file: &str| opened.open(file).unwrap().is_some();
        assert!(is_there(&mut opened, "pkg/a") && is_there(&mut opened, "pkg/a"));
        symlink(&other, root.join("link")).unwrap();
        symlink(other.join("a"), root.join("file")).unwrap();
        symlink("pkg/a", root.join("inside")).unwrap();
        rustix::fs::mkfifoat(rustix::fs::CWD, root.join("pipe"), rustix::fs::Mode::RWXU).unwrap();
        for file in ["link/a", "file", "inside", "pipe", "pkg", "none", "pkg/a/b"] {
            assert!(!is_there(&mut opened, file), "{file}");
        }
        assert_eq!(opened.end_of("inside").as_deref(), Some("pkg/a"));
        assert_eq!((opened.end_of("file"), opened.end_of("none")), (None, None));
        // A folder that is replaced between two projects' builds is opened anew.
        fs::remove_dir_all(root.join("pkg")).unwrap();
        symlink(&other, root.join("pkg")).unwrap();
        assert!(!is_there(&mut Folder::new(&root), "pkg/a"));
    }
}
