//! Writes ZIP archives whose bytes depend on nothing but their contents: sorted names, one date, two modes.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::engine::disk::error::{StoreError, at};
use crate::engine::disk::files::copy_hashed;
use crate::engine::terms::cancel::Cancel;
use crate::engine::trees::store::{Manifest, Store};
use crate::plan::Format;

/// Writes an archive of what a manifest names. It may be executed: it may be one with a `#!` line (PEP 441).
pub(in crate::engine) fn write(
    to: &Path,
    manifest: &Manifest,
    store: &Store,
    format: &Format,
    cancel: &Cancel,
) -> Result<(), StoreError> {
    match format {
        Format::Zip { shebang, deflate } => zip(to, manifest, store, shebang.as_deref(), *deflate, cancel)?,
        Format::Tar { .. } => {
            let error = std::io::Error::new(std::io::ErrorKind::Unsupported, "no tar is written yet");
            return Err(at("write", to)(error));
        }
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(to, std::fs::Permissions::from_mode(0o755)).map_err(at("seal", to))?;
    }
    Ok(())
}

fn zip(
    to: &Path,
    manifest: &Manifest,
    store: &Store,
    shebang: Option<&str>,
    deflate: bool,
    cancel: &Cancel,
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
    for (name, blob) in &manifest.files {
        // The fields of ZIP64 are written for what needs them, and for no other.
        let options = options
            .unix_permissions(if blob.executable { 0o755 } else { 0o644 })
            .large_file(blob.bytes >= zip::ZIP64_BYTES_THR);
        archive.start_file(name, options).map_err(failed)?;
        let path = store.blob_path(blob);
        let mut file = cancel.reading(File::open(&path).map_err(at("read", &path))?);
        copy_hashed(&mut file, &mut archive).map_err(at("pack", &path))?;
    }
    archive.finish().map_err(failed)?.flush().map_err(at("write", to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_contents_give_the_same_bytes_whenever_they_are_written() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("store")).unwrap();
        let make = |name: &str, texts: [(&str, &str); 2]| {
            let mut manifest = Manifest::default();
            for (name, text) in texts {
                manifest.add(name.into(), store.put(text.as_bytes(), false).unwrap()).unwrap();
            }
            let path = folder.path().join(name);
            let format = Format::Zip { shebang: Some("#!/usr/bin/env python3".into()), deflate: true };
            write(&path, &manifest, &store, &format, &Cancel::default()).unwrap();
            std::fs::read(path).unwrap()
        };
        let one = make("one", [("b.py", "1"), ("__main__.py", "2")]);
        assert_eq!(one, make("two", [("__main__.py", "2"), ("b.py", "1")]));
        assert!(one.starts_with(b"#!/usr/bin/env python3\nPK\x03\x04"));
    }
}
