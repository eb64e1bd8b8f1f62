//! Reads archives that others wrote, within limits: nothing is believed of them, and nothing is held in memory.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use zip::ZipArchive;
use zip::read::Config;
use zip::result::ZipError;
use zip::unstable::read::ZipIterable;

use crate::engine::disk::files::is_inside;
use crate::engine::terms::cancel::Cancel;
use crate::engine::terms::limits::{Limits, Passed, mib, passed};

/// Whether file systems here hold two names apart that differ in case only.
const HOLDS_CASE: bool = cfg!(not(any(windows, target_os = "macos")));

/// Why an archive is not read.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// It is broken, or its headers contradict each other.
    #[error("`{archive}` is not an archive that can be read")]
    Broken {
        /// The archive.
        archive: String,
        /// Why.
        source: ZipError,
    },
    /// A member is none that is unpacked.
    #[error("`{archive}` holds `{member}`, which {why}")]
    Unsafe {
        /// The archive.
        archive: String,
        /// The member.
        member: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// It is too large.
    #[error("`{archive}` is not unpacked{}", member.as_ref().map(|name| format!(" because of `{name}`")).unwrap_or_default())]
    Limit {
        /// The archive.
        archive: String,
        /// The member, where it is one.
        member: Option<String>,
        /// The limit.
        source: Passed,
    },
}

impl From<ArchiveError> for io::Error {
    fn from(error: ArchiveError) -> Self {
        // Only the outer error would be told otherwise.
        match std::error::Error::source(&error) {
            Some(source) => Self::other(format!("{error}: {source}")),
            None => Self::other(error.to_string()),
        }
    }
}

/// A ZIP archive, such as a wheel, of which the headers are checked.
#[derive(Debug)]
pub(in crate::engine) struct Zip {
    name: String,
    archive: ZipArchive<File>,
}

impl Zip {
    /// Opens an archive and checks all that its headers say, before anything is unpacked.
    pub fn open(path: &Path) -> Result<Self, ArchiveError> {
        Self::open_within(path, &path.file_name().unwrap_or_default().to_string_lossy(), &Limits::current())
    }

    /// Likewise, for one that lies where its name is not to be seen.
    pub fn open_named(path: &Path, name: &str) -> Result<Self, ArchiveError> {
        Self::open_within(path, name, &Limits::current())
    }

    fn open_within(path: &Path, name: &str, limits: &Limits) -> Result<Self, ArchiveError> {
        let name = name.to_owned();
        let broken = |source| ArchiveError::Broken { archive: name.clone(), source };
        let too_much = |passed: Passed| ArchiveError::Limit { archive: name.clone(), member: None, source: passed };
        let file = || File::open(path).map_err(|error| broken(error.into()));
        // The list of members is read into memory, so it is counted first.
        let count = ZipIterable::try_new(file()?, Config::default()).map_err(broken)?.len();
        limits.members(count as u64).map_err(too_much)?;
        let packed = file()?.metadata().map_err(|error| broken(error.into()))?.len();
        let mut archive = ZipArchive::new(file()?).map_err(broken)?;
        archive.validate_header_consistency().map_err(broken)?;
        let unpacked = check_members(&archive, &name, limits, HOLDS_CASE)?;
        limits.unpacked(packed, unpacked).map_err(too_much)?;
        Ok(Self { name, archive })
    }

    pub fn len(&self) -> usize {
        self.archive.len()
    }

    /// The paths of its members; those of folders end with `/`.
    pub fn names(&self) -> impl Iterator<Item = Cow<'_, str>> {
        self.archive.file_names().flatten()
    }

    /// One member, with its path and its size. What is read of it is never more than that.
    pub fn member(&mut self, index: usize) -> Result<Member<'_>, ArchiveError> {
        let archive = self.name.clone();
        let broken = |source| ArchiveError::Broken { archive, source };
        let file = self.archive.by_index(index).map_err(broken)?;
        let path = file.name().map(Cow::into_owned).unwrap_or_default();
        let executable = file.unix_mode().is_some_and(|mode| mode & 0o111 != 0);
        Ok(Member { path, bytes: file.size(), executable, contents: Box::new(file) })
    }
}

/// A member of an archive.
pub(in crate::engine) struct Member<'a> {
    pub path: String,
    /// Its size when it is unpacked.
    pub bytes: u64,
    pub executable: bool,
    pub contents: Box<dyn Read + 'a>,
}

/// Looks at every member without unpacking it; gives the bytes of all.
fn check_members(
    archive: &ZipArchive<File>,
    name: &str,
    limits: &Limits,
    holds_case: bool,
) -> Result<u64, ArchiveError> {
    let mut paths = BTreeSet::new();
    let mut total: u64 = 0;
    for index in 0..archive.len() {
        let broken = |source| ArchiveError::Broken { archive: name.to_owned(), source };
        let member = archive.by_index_data(index).map_err(broken)?;
        let path = member.name().map_err(broken)?.into_owned();
        let refuse =
            |why| ArchiveError::Unsafe { archive: name.to_owned(), member: path.chars().take(200).collect(), why };
        if member.encrypted() {
            return Err(refuse("is encrypted"));
        }
        let kind = member.unix_mode().unwrap_or_default() & 0o170_000;
        if !matches!(kind, 0 | 0o100_000 | 0o040_000) {
            return Err(refuse("is neither a file nor a folder"));
        }
        let plain = path.strip_suffix('/').unwrap_or(&path);
        if !is_inside(plain) {
            return Err(refuse("leads out of the folder"));
        }
        let short = |passed: Passed| ArchiveError::Limit {
            archive: name.to_owned(),
            member: Some(path.chars().take(200).collect()),
            source: passed,
        };
        limits.one(plain, member.size()).map_err(short)?;
        total = total.saturating_add(member.size());
        if plain.len() == path.len() {
            let known = if holds_case { path.clone() } else { path.to_lowercase() };
            if !paths.insert(known) {
                return Err(refuse("is there twice"));
            }
        }
    }
    match paths.iter().find(|path| path.match_indices('/').any(|(end, _)| paths.contains(&path[..end]))) {
        Some(path) => Err(ArchiveError::Unsafe {
            archive: name.to_owned(),
            member: path.clone(),
            why: "lies in what is a file too",
        }),
        None => Ok(total),
    }
}

/// What is unpacked of a stream, counted: it ends with an error where it is more than the archive may unpack to.
pub(in crate::engine) struct Counted<'a, R> {
    inner: R,
    /// The archive, for messages.
    name: &'a str,
    packed: u64,
    most: u64,
    read: u64,
    cancel: &'a Cancel,
}

impl<'a, R: Read> Counted<'a, R> {
    /// What an archive of this size unpacks to.
    pub fn new(inner: R, name: &'a str, packed: u64, limits: &Limits, cancel: &'a Cancel) -> Self {
        Self { inner, name, packed, most: limits.most_unpacked(packed), read: 0, cancel }
    }
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.cancel.is_cancelled() {
            return Err(io::Error::other(format!("reading `{}` was cancelled", self.name)));
        }
        let read = self.inner.read(buffer)?;
        self.read += read as u64;
        if self.read <= self.most {
            return Ok(read);
        }
        let what = format!("`{}`, which has {}, unpacks to over {}", self.name, mib(self.packed), mib(self.most));
        Err(io::Error::other(passed(what, format!("{} of it", mib(self.most)))))
    }
}

#[cfg(test)]
mod tests;
