//! Every file in an artifact, and in the archives that lie in it: wheels in a PEX file, a ZIP behind a `#!` line.
//!
//! What cannot be read for what it is, such as a program with its files packed into it, is told as such, with all of its parts
//! that are compressed by zlib.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use flate2::read::{GzDecoder, ZlibDecoder};
use tempfile::NamedTempFile;

use crate::engine::terms::cancel::Cancel;
use crate::engine::terms::limits::Limits;
use crate::engine::trees::unpack::{Counted, Zip};
use crate::inspect::regular;

/// The largest file whose text is looked at, in bytes; that of programs, and of archives in archives.
const LARGEST: u64 = regular::LARGEST;
const LARGEST_BINARY: u64 = 512 << 20;

/// How deep archives lie in one another.
const DEEPEST: usize = 4;

/// Most bytes that one compressed part of a program unpacks to.
const LARGEST_PART: u64 = 64 << 20;

/// What is seen.
#[derive(Clone, Copy)]
pub(super) enum Seen<'a> {
    /// The files of an archive or a folder, before any of them.
    Names(&'a [String]),
    /// A file in it, by its path.
    File(&'a str, &'a [u8]),
    /// A part of a file that is no text and no archive.
    Part(&'a [u8]),
    /// An archive that cannot be read here.
    Closed,
}

/// Takes what is seen in a container, which has a path of its own: empty for the artifact itself.
pub(super) type Look<'a> = &'a mut dyn FnMut(&str, Seen);

/// Looks at a file or an archive. What cannot be read is passed over: other code complains.
pub(super) fn look_at(path: &Path, name: &str, inside: &str, depth: usize, look: Look) {
    let Some(head) = head_of(path) else { return };
    let is_zip = head.starts_with(b"PK\x03\x04") || head.starts_with(b"#!") || head.starts_with(b"PK\x05\x06");
    if is_zip && depth < DEEPEST && zip(path, name, inside, depth, look).is_some() {
        return;
    }
    if head.starts_with(b"\x1f\x8b") && depth < DEEPEST && tar_gz(path, name, inside, look).is_ok() {
        return;
    }
    if head.starts_with(b"!<arch>\n") {
        look(inside, Seen::Closed);
    } else if is_program(&head) {
        parts(path, inside, look);
    } else if let Ok(bytes) = regular::read(path, LARGEST) {
        look(inside, Seen::File(name, &bytes));
    }
}

/// Looks at files, each by its path in the artifact.
pub(super) fn look_at_folder(files: &[(String, PathBuf)], look: Look) {
    let names: Vec<String> = files.iter().map(|(name, _)| name.clone()).collect();
    look("", Seen::Names(&names));
    // Who owns a file is told by records, so they come first.
    let (records, others): (Vec<_>, Vec<_>) = files.iter().partition(|(name, _)| is_record(name));
    for (name, path) in records.into_iter().chain(others) {
        look_at(path, name, &below("", name, path), 1, look);
    }
}

/// The list of installed files of a distribution.
pub(super) fn is_record(path: &str) -> bool {
    path.strip_suffix("/RECORD").is_some_and(|folder| folder.ends_with(".dist-info"))
}

/// The container of what lies in a file: the file itself where it is an archive, and what it lies in otherwise.
fn below(inside: &str, name: &str, path: &Path) -> String {
    let is_archive = head_of(path).is_some_and(|head| head.starts_with(b"PK") || head.starts_with(b"\x1f\x8b"));
    if is_archive { join(inside, name) } else { inside.to_owned() }
}

fn join(inside: &str, name: &str) -> String {
    if inside.is_empty() { name.to_owned() } else { format!("{inside}/{name}") }
}

fn head_of(path: &Path) -> Option<Vec<u8>> {
    let mut head = Vec::new();
    File::open(path).ok()?.take(512).read_to_end(&mut head).ok()?;
    Some(head)
}

/// An executable or a library of Linux, Windows or macOS.
fn is_program(head: &[u8]) -> bool {
    [&b"\x7fELF"[..], b"MZ", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xca\xfe\xba\xbe"]
        .iter()
        .any(|magic| head.starts_with(magic))
}

fn zip(path: &Path, name: &str, inside: &str, depth: usize, look: Look) -> Option<()> {
    let mut zip = Zip::open_named(path, name).ok()?;
    let names: Vec<String> = zip.names().map(std::borrow::Cow::into_owned).collect();
    look(inside, Seen::Names(&names));
    for wants_records in [true, false] {
        for index in 0..zip.len() {
            let Ok(mut member) = zip.member(index) else { continue };
            if is_record(&member.path) == wants_records && !member.path.ends_with('/') {
                let path = member.path.clone();
                let _ = nested(&mut member.contents, &path, inside, depth, look);
            }
        }
    }
    Some(())
}

/// A member, which may be an archive itself.
fn nested(contents: &mut dyn Read, name: &str, inside: &str, depth: usize, look: Look) -> io::Result<()> {
    let mut head = vec![0; 512];
    let read = read_some(contents, &mut head)?;
    head.truncate(read);
    let is_archive = head.starts_with(b"PK\x03\x04") || head.starts_with(b"\x1f\x8b");
    if is_archive || is_program(&head) {
        let mut file = NamedTempFile::new()?;
        file.write_all(&head)?;
        io::copy(&mut contents.take(LARGEST_BINARY), &mut file)?;
        let container = if is_archive { join(inside, name) } else { inside.to_owned() };
        look_at(file.path(), name, &container, depth + 1, look);
        return Ok(());
    }
    let mut bytes = head;
    contents.take(LARGEST).read_to_end(&mut bytes)?;
    look(inside, Seen::File(name, &bytes));
    Ok(())
}

fn read_some(contents: &mut dyn Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut read = 0;
    while read < buffer.len() {
        match contents.read(&mut buffer[read..])? {
            0 => break,
            more => read += more,
        }
    }
    Ok(read)
}

fn tar_gz(path: &Path, name: &str, inside: &str, look: Look) -> io::Result<()> {
    let file = File::open(path)?;
    let (packed, limits, cancel) = (file.metadata()?.len(), Limits::current(), Cancel::default());
    let mut tar = tar::Archive::new(Counted::new(GzDecoder::new(file), name, packed, &limits, &cancel));
    for (count, entry) in tar.entries()?.enumerate() {
        limits.members(count as u64).map_err(io::Error::other)?;
        let mut entry = entry?;
        let path = entry.path()?.to_string_lossy().into_owned();
        if entry.header().entry_type().is_file() {
            nested(&mut entry, &path, inside, 1, look)?;
        }
    }
    Ok(())
}

/// The program itself, and every part of it that zlib has compressed.
fn parts(path: &Path, inside: &str, look: Look) {
    let Ok(bytes) = regular::read(path, LARGEST_BINARY) else { return };
    look(inside, Seen::Part(&bytes));
    let mut at = 0;
    while let Some(found) = bytes.get(at..).and_then(|rest| rest.windows(2).position(is_compressed)) {
        let start = at + found;
        let mut part = Vec::new();
        let mut stream = ZlibDecoder::new(&bytes[start..]);
        let is_whole = stream.by_ref().take(LARGEST_PART).read_to_end(&mut part).is_ok();
        if is_whole && !part.is_empty() {
            look(inside, Seen::Part(&part));
            at = start + usize::try_from(stream.total_in()).unwrap_or(2).max(2);
        } else {
            at = start + 1;
        }
    }
}

/// RFC 1950: the first two bytes of a stream.
fn is_compressed(bytes: &[u8]) -> bool {
    bytes[0] == 0x78 && matches!(bytes[1], 0x01 | 0x5e | 0x9c | 0xda)
}
