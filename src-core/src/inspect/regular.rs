//! Ordinary files, read up to a size: opening a pipe can wait for ever, a device can be endless, and a file can be as
//! large as its author likes.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

/// What is enough for every file that is read as a whole, in bytes.
pub const LARGEST: u64 = 16 << 20;

/// Why a file was not read.
#[derive(Debug, thiserror::Error)]
pub enum NotRead {
    /// A folder, a pipe, a socket or a device.
    #[error("it is no ordinary file")]
    Special,
    /// More than is read.
    #[error("it has {size} bytes, and up to {most} are read")]
    TooLarge {
        /// Its size.
        size: u64,
        /// What would be read.
        most: u64,
    },
    /// The system says so.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl From<NotRead> for io::Error {
    fn from(why: NotRead) -> Self {
        match why {
            NotRead::Io(error) => error,
            NotRead::TooLarge { .. } => Self::new(io::ErrorKind::FileTooLarge, why),
            NotRead::Special => Self::other(why),
        }
    }
}

/// Reads a file of at most this many bytes.
pub fn read(path: &Path, most: u64) -> Result<Vec<u8>, NotRead> {
    let file = open(path)?;
    let status = file.metadata()?;
    if !status.is_file() {
        return Err(NotRead::Special);
    }
    if status.len() > most {
        return Err(NotRead::TooLarge { size: status.len(), most });
    }
    let mut bytes = Vec::with_capacity(usize::try_from(status.len()).unwrap_or_default() + 1);
    // It may have grown since it was asked for its size, and some files of the system do not say theirs.
    file.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(NotRead::TooLarge { size: bytes.len() as u64, most });
    }
    Ok(bytes)
}

/// Reads a file of UTF-8.
pub fn read_text(path: &Path, most: u64) -> Result<String, NotRead> {
    let bytes = read(path, most)?;
    String::from_utf8(bytes).map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8").into())
}

/// Opens what is an ordinary file now; what was opened must be asked again. Opening a device can do something already.
#[cfg(unix)]
fn open(path: &Path) -> Result<File, NotRead> {
    use rustix::fs::{Mode, OFlags};
    if !fs::metadata(path)?.is_file() {
        return Err(NotRead::Special);
    }
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    Ok(rustix::fs::open(path, flags, Mode::empty()).map_err(io::Error::from)?.into())
}

#[cfg(not(unix))]
fn open(path: &Path) -> Result<File, NotRead> {
    if !fs::metadata(path)?.is_file() {
        return Err(NotRead::Special);
    }
    Ok(File::open(path)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_up_to_its_limit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, "12345").unwrap();
        assert_eq!(read_text(&path, 5).unwrap(), "12345");
        assert_eq!(read(&path, 4).unwrap_err().to_string(), "it has 5 bytes, and up to 4 are read");
        File::create(&path).unwrap().set_len(1 << 40).unwrap();
        assert!(matches!(read(&path, 1 << 20), Err(NotRead::TooLarge { size, .. }) if size == 1 << 40));
        fs::write(&path, [0xff]).unwrap();
        assert_eq!(read_text(&path, 5).unwrap_err().to_string(), "it is not UTF-8");
        assert_eq!(io::Error::from(read(&folder.path().join("none"), 1).unwrap_err()).kind(), io::ErrorKind::NotFound);
    }

    #[cfg(unix)]
    #[test]
    fn pipes_devices_and_folders_are_not_opened() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, rustix::fs::Mode::RWXU).unwrap();
        let link = folder.path().join("link");
        std::os::unix::fs::symlink("/dev/zero", &link).unwrap();
        for path in [&pipe, &link, folder.path()] {
            assert_eq!(read(path, 100).unwrap_err().to_string(), "it is no ordinary file");
        }
        assert!(matches!(read(Path::new("/proc/self/maps"), 10), Err(NotRead::TooLarge { .. })));
    }
}
