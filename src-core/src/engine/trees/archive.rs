//! Writes ZIP archives whose bytes depend on nothing but their contents: sorted names, one date, two modes.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::engine::disk::error::{StoreError, at};
use crate::engine::disk::files::copy_hashed;
use crate::plan::Compression;

/// What goes in, by its path in the archive.
#[derive(Debug, Default)]
pub(in crate::engine) struct Contents<'a> {
    files: BTreeMap<String, (Entry<'a>, bool)>,
}

#[derive(Debug)]
enum Entry<'a> {
    File(std::path::PathBuf),
    Text(&'a str),
}

impl Entry<'_> {
    /// Whether its size needs the fields of ZIP64, which are written for no other.
    fn is_large(&self) -> bool {
        matches!(self, Self::File(path) if path.metadata().is_ok_and(|found| found.len() >= zip::ZIP64_BYTES_THR))
    }
}

impl<'a> Contents<'a> {
    /// Adds a file of this machine.
    pub fn file(&mut self, name: &str, path: &Path, executable: bool) -> Result<(), StoreError> {
        self.add(name, Entry::File(path.to_path_buf()), executable)
    }

    /// Adds a text.
    pub fn text(&mut self, name: &str, text: &'a str) -> Result<(), StoreError> {
        self.add(name, Entry::Text(text), false)
    }

    fn add(&mut self, name: &str, entry: Entry<'a>, executable: bool) -> Result<(), StoreError> {
        match self.files.insert(name.to_owned(), (entry, executable)) {
            Some(_) => Err(StoreError::Clash { path: name.into() }),
            None => Ok(()),
        }
    }
}

/// Writes an archive, behind a `#!` line where one is given (PEP 441).
pub(in crate::engine) fn write(
    to: &Path,
    shebang: Option<&str>,
    contents: &Contents,
    compression: Compression,
) -> Result<(), StoreError> {
    let failed = |error: zip::result::ZipError| at("write", to)(error.into());
    let mut file = BufWriter::new(File::create(to).map_err(at("write", to))?);
    if let Some(shebang) = shebang {
        writeln!(file, "{shebang}").map_err(at("write", to))?;
    }
    let mut archive = ZipWriter::new(file);
    let method = match compression {
        Compression::Stored => CompressionMethod::Stored,
        Compression::Deflated => CompressionMethod::Deflated,
    };
    // 1980-01-01 00:00, the earliest date of the format and its default.
    let options = SimpleFileOptions::default().compression_method(method).last_modified_time(DateTime::default());
    for (name, (entry, executable)) in &contents.files {
        let options = options.unix_permissions(if *executable { 0o755 } else { 0o644 }).large_file(entry.is_large());
        archive.start_file(name, options).map_err(failed)?;
        match entry {
            Entry::Text(text) => archive.write_all(text.as_bytes()).map_err(at("write", to))?,
            Entry::File(path) => {
                let mut file = File::open(path).map_err(at("read", path))?;
                copy_hashed(&mut file, &mut archive).map_err(at("pack", path))?;
            }
        }
    }
    archive.finish().map_err(failed)?.flush().map_err(at("write", to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_contents_give_the_same_bytes_whenever_they_are_written() {
        let folder = tempfile::tempdir().unwrap();
        let make = |name: &str, texts: [(&str, &'static str); 2]| {
            let mut contents = Contents::default();
            for (name, text) in texts {
                contents.text(name, text).unwrap();
            }
            let path = folder.path().join(name);
            write(&path, Some("#!/usr/bin/env python3"), &contents, Compression::Deflated).unwrap();
            std::fs::read(path).unwrap()
        };
        let one = make("one", [("b.py", "1"), ("__main__.py", "2")]);
        assert_eq!(one, make("two", [("__main__.py", "2"), ("b.py", "1")]));
        assert!(one.starts_with(b"#!/usr/bin/env python3\nPK\x03\x04"));
    }

    #[test]
    fn one_name_twice_is_refused() {
        let mut contents = Contents::default();
        contents.text("a", "1").unwrap();
        assert!(contents.text("a", "2").is_err());
    }
}
