//! Writes archives whose bytes depend on nothing but their contents: sorted names, one date, one owner.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::Path;

use flate2::{Compression, GzBuilder};
use sha2::{Digest, Sha256};
use tar::{EntryType, Header};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::engine::disk::error::{StoreError, at};
use crate::engine::disk::files::{SEALED, hex, set_mode};
use crate::engine::terms::cancel::{Cancel, Reading};
use crate::engine::trees::manifest::{Blob, Manifest, Node};
use crate::engine::trees::store::Store;
use crate::plan::{Format, Mode, Squeeze};

/// Writes an archive of what a manifest names. A ZIP may be executed: it may be one with a `#!` line (PEP 441).
pub(in crate::engine) fn write(
    to: &Path,
    manifest: Manifest,
    store: &Store,
    format: &Format,
    cancel: &Cancel,
) -> Result<(), StoreError> {
    let manifest = manifest.settled()?;
    let contents = Contents { store, cancel };
    match format {
        Format::Zip { shebang, deflate } => {
            // Python follows no link in an archive that it runs.
            let manifest = if shebang.is_some() { without_links(&manifest)? } else { manifest };
            zip(to, &manifest, &contents, shebang.as_deref(), *deflate)?;
            set_mode(to, 0o755).map_err(at("seal", to))
        }
        Format::Tar { squeeze } => {
            let file = BufWriter::new(File::create(to).map_err(at("write", to))?);
            let mut file = match squeeze {
                Squeeze::Nothing => tar(file, to, &manifest, &contents)?,
                Squeeze::Gzip => {
                    // Neither a name nor a date.
                    let packed = GzBuilder::new().write(file, Compression::default());
                    tar(packed, to, &manifest, &contents)?.finish().map_err(at("write", to))?
                }
            };
            file.flush().map_err(at("write", to))?;
            set_mode(to, 0o644).map_err(at("seal", to))
        }
    }
}

fn zip(
    to: &Path,
    manifest: &Manifest,
    contents: &Contents,
    shebang: Option<&str>,
    deflate: bool,
) -> Result<(), StoreError> {
    let failed = |error: zip::result::ZipError| at("write", to)(error.into());
    let mut file = BufWriter::new(File::create(to).map_err(at("write", to))?);
    if let Some(shebang) = shebang {
        writeln!(file, "{shebang}").map_err(at("write", to))?;
    }
    let mut archive = ZipWriter::new(file);
    let method = if deflate { CompressionMethod::Deflated } else { CompressionMethod::Stored };
    // 1980-01-01 00:00, the earliest date of the format and its default.
    let options = SimpleFileOptions::default().compression_method(method).last_modified_time(DateTime::default());
    let with = |mode: Mode| options.unix_permissions(mode.bits().into());
    // Python up to 3.13.0 finds a namespace package (PEP 420) in an archive by the entry of its folder alone.
    for (name, node) in with_folders(manifest) {
        match node {
            Node::File { blob, mode } => {
                // The fields of ZIP64 are written for what needs them, and for no other.
                let options = with(*mode).large_file(blob.bytes >= zip::ZIP64_BYTES_THR);
                archive.start_file(name, options).map_err(failed)?;
                contents.give(name, blob, |file| io::copy(file, &mut archive).map(drop))?;
            }
            Node::Link { to } => archive.add_symlink(name, to, options.unix_permissions(0o777)).map_err(failed)?,
            Node::Folder { mode } => archive.add_directory(name, with(*mode)).map_err(failed)?,
        }
    }
    archive.finish().map_err(failed)?.flush().map_err(at("write", to))
}

/// The same without links: each is what it leads to; of a folder, the files in it.
fn without_links(manifest: &Manifest) -> Result<Manifest, StoreError> {
    let mut plain = Manifest::default();
    for (path, node) in &manifest.nodes {
        if !matches!(node, Node::Link { .. }) {
            plain.add(path.clone(), node.clone())?;
            continue;
        }
        let led = manifest.follow(path);
        let led = led.map_err(|astray| StoreError::Strange { path: path.clone(), what: astray.in_words() })?;
        if let Some(file @ Node::File { .. }) = manifest.nodes.get(&led) {
            plain.add(path.clone(), file.clone())?;
            continue;
        }
        for (below, file) in manifest.below(&led).filter(|(_, node)| matches!(node, Node::File { .. })) {
            plain.add(format!("{path}/{below}"), file.clone())?;
        }
    }
    Ok(plain)
}

/// Where contents come from.
struct Contents<'a> {
    store: &'a Store,
    cancel: &'a Cancel,
}

/// A file that is hashed as it is read.
struct Hashed<R> {
    from: R,
    hash: Sha256,
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, piece: &mut [u8]) -> io::Result<usize> {
        let read = self.from.read(piece)?;
        self.hash.update(&piece[..read]);
        Ok(read)
    }
}

impl Contents<'_> {
    /// Gives a content to somebody who reads it whole. One that is no longer what was stored leaves the store and is an
    /// error: texts of a layout are in no tree that was looked at before.
    fn give(
        &self,
        name: &str,
        blob: &Blob,
        to: impl FnOnce(&mut Hashed<Reading<File>>) -> io::Result<()>,
    ) -> Result<(), StoreError> {
        let path = self.store.blob_path(blob);
        let from = self.cancel.reading(File::open(&path).map_err(at("read", &path))?);
        let mut file = Hashed { from, hash: Sha256::new() };
        to(&mut file).map_err(at("pack", &path))?;
        if hex(&file.hash.finalize()) == blob.sha256 { Ok(()) } else { Err(self.store.drop_content(blob, name)) }
    }
}

/// Writes a tar with every folder named, each before what is in it.
fn tar<W: Write>(to_write: W, to: &Path, manifest: &Manifest, contents: &Contents) -> Result<W, StoreError> {
    let mut archive = tar::Builder::new(to_write);
    for (name, node) in with_folders(manifest) {
        let failed = at("write", to);
        match node {
            Node::File { blob, mode } => {
                let mut header = header(EntryType::Regular, mode.bits(), blob.bytes);
                contents.give(name, blob, |file| archive.append_data(&mut header, name, file))?;
            }
            Node::Link { to } => {
                let mut header = header(EntryType::Symlink, 0o777, 0);
                archive.append_link(&mut header, name, to).map_err(failed)?;
            }
            Node::Folder { mode } => {
                let mut header = header(EntryType::Directory, mode.bits(), 0);
                archive.append_data(&mut header, format!("{name}/"), io::empty()).map_err(failed)?;
            }
        }
    }
    archive.into_inner().map_err(at("write", to))
}

/// Everything of a manifest, and the folders in which it lies, sorted.
fn with_folders(manifest: &Manifest) -> BTreeMap<&str, &Node> {
    let folders = manifest.nodes.keys().flat_map(|path| path.match_indices('/').map(|(end, _)| &path[..end]));
    let mut all: BTreeMap<&str, &Node> = folders.map(|folder| (folder, &Node::FOLDER)).collect();
    all.extend(manifest.nodes.iter().map(|(path, node)| (path.as_str(), node)));
    all
}

fn header(kind: EntryType, mode: u16, bytes: u64) -> Header {
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_mode(mode.into());
    header.set_size(bytes);
    header.set_mtime(SEALED.as_secs());
    header.set_uid(0);
    header.set_gid(0);
    // A name that fits the field is no reason to fail.
    let _ = header.set_username("root");
    let _ = header.set_groupname("root");
    header
}

#[cfg(test)]
mod tests;
