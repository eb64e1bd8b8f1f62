//! Installs wheels into one folder, as `pip install --target` does, without scripts and bytecode.
//!
//! The layout follows the binary distribution format: the root of the archive, `NAME.data/purelib` and
//! `NAME.data/platlib` go into the folder; scripts, headers and data do not belong to an importable tree.

use std::path::{Path, PathBuf};

use super::manifest::Manifest;
use super::store::Store;
use super::unpack::{ArchiveError, Zip};
use crate::engine::disk::error::StoreError;

/// Why a wheel cannot be installed.
#[derive(Debug, thiserror::Error)]
pub enum InstallError {
    /// The archive is broken, or holds what is not unpacked.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Adds the contents of wheels to a tree, below a folder of it.
pub(in crate::engine) fn install(
    wheels: &[PathBuf],
    to: &str,
    store: &Store,
    manifest: &mut Manifest,
) -> Result<(), InstallError> {
    for wheel in wheels {
        install_one(wheel, to, store, manifest)?;
    }
    Ok(())
}

fn install_one(path: &Path, to: &str, store: &Store, manifest: &mut Manifest) -> Result<(), InstallError> {
    let mut wheel = Zip::open(path)?;
    for index in 0..wheel.len() {
        let mut member = wheel.member(index)?;
        let Some(place) = place_of(&member.path) else { continue };
        let place = if to.is_empty() { place.to_owned() } else { format!("{to}/{place}") };
        let blob = store.put_from(&mut member.contents, member.bytes, member.executable, path)?;
        manifest.add(place, blob)?;
    }
    Ok(())
}

/// Where a member goes; `None` for what is not installed.
fn place_of(name: &str) -> Option<&str> {
    if name.ends_with('/') || name.ends_with(".pyc") {
        return None;
    }
    let (head, rest) = name.split_once('/').unwrap_or((name, ""));
    if !head.ends_with(".data") {
        return Some(name);
    }
    rest.strip_prefix("purelib/").or_else(|| rest.strip_prefix("platlib/"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;
    use std::io::Write;
    use zip::write::SimpleFileOptions;

    fn wheel(folder: &Path, members: &[(&str, &str)]) -> PathBuf {
        let path = folder.join("demo-1-py3-none-any.whl");
        let mut archive = zip::ZipWriter::new(File::create(&path).unwrap());
        for (name, text) in members {
            archive.start_file(*name, SimpleFileOptions::default()).unwrap();
            archive.write_all(text.as_bytes()).unwrap();
        }
        archive.finish().unwrap();
        path
    }

    fn installed(members: &[(&str, &str)]) -> Result<Vec<String>, InstallError> {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("store")).unwrap();
        let mut manifest = Manifest::default();
        install(&[wheel(folder.path(), members)], "", &store, &mut manifest)?;
        Ok(manifest.nodes.into_keys().collect())
    }

    #[test]
    fn packages_and_metadata_are_installed_and_scripts_are_not() {
        let files = installed(&[
            ("demo/__init__.py", ""),
            ("demo-1.dist-info/METADATA", "Name: demo\n"),
            ("demo-1.data/purelib/extra.py", ""),
            ("demo-1.data/scripts/demo", "#!python\n"),
        ]);
        assert_eq!(files.unwrap(), ["demo-1.dist-info/METADATA", "demo/__init__.py", "extra.py"]);
    }

    #[test]
    fn a_member_that_leads_out_of_the_folder_is_refused() {
        for name in ["../evil.py", "/etc/evil", "demo/../../evil.py", "a\\..\\b"] {
            let error = installed(&[(name, "")]).unwrap_err().to_string();
            assert!(error.ends_with("which leads out of the folder"), "{error}");
        }
    }

    #[test]
    fn a_file_that_is_no_archive_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("store")).unwrap();
        let path = folder.path().join("x.whl");
        std::fs::write(&path, "not a zip").unwrap();
        let error = install(&[path], "", &store, &mut Manifest::default()).unwrap_err();
        assert_eq!(error.to_string(), "`x.whl` is not an archive that can be read");
    }
}
