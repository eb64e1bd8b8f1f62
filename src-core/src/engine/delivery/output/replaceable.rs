//! Which folders an artifact may replace: those that are empty, and those that are still what their receipt says.
//!
//! A build may be killed between placing a folder and placing its receipt. So a receipt comes before a new folder, and
//! beside a folder that is being replaced it first says what will come. A receipt that was left alone makes nothing
//! of a folder that somebody has put there since.

use std::path::Path;
use std::{fs, io};

use super::OutputError;
use crate::engine::disk::files::{digest_file, is_executable, relative};
use crate::engine::terms::beside::receipt_beside;
use crate::engine::trees::store::{Blob, Manifest};

/// Where a receipt names the digest of what is about to come into the artifact's place.
const COMING: &str = "coming";

/// Fails where a folder is, or may be, somebody's own. It is read only where there is a receipt for it.
pub(super) fn must_be_replaceable(folder: &Path) -> Result<(), OutputError> {
    let in_the_way = |what| Err(OutputError::InTheWay { path: folder.to_path_buf(), what });
    if fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none()) {
        return Ok(());
    }
    let Some(receipt) = receipt_beside(folder) else {
        return in_the_way("a folder that Packwright did not make");
    };
    let known = [receipt.pointer("/artifact/sha256"), receipt.get(COMING)];
    match digest(folder) {
        Ok(digest) if known.iter().flatten().any(|known| known.as_str() == Some(&digest)) => Ok(()),
        _ => in_the_way("a folder with other files than its receipt says"),
    }
}

/// The receipt that lies beside a folder, with the digest of what is about to replace it.
pub(super) fn announcing(folder: &Path, sha256: &str) -> Option<Vec<u8>> {
    let mut receipt = receipt_beside(folder)?;
    receipt.as_object_mut()?.insert(COMING.into(), sha256.into());
    serde_json::to_vec_pretty(&receipt).ok()
}

/// The digest of a folder as that of an artifact: of the manifest of its files. An error where it holds a link or
/// something else that no artifact has.
fn digest(folder: &Path) -> io::Result<String> {
    let mut manifest = Manifest::default();
    let mut open = vec![folder.to_path_buf()];
    while let Some(below) = open.pop() {
        for entry in fs::read_dir(below)? {
            let entry = entry?;
            let (path, found) = (entry.path(), entry.metadata()?);
            if found.is_dir() {
                open.push(path);
            } else if found.is_file() {
                let (sha256, bytes) = digest_file(&path).map_err(io::Error::other)?;
                let blob = Blob { sha256, bytes, executable: is_executable(&found) };
                manifest.add(relative(folder, &path), blob).map_err(io::Error::other)?;
            } else {
                return Err(io::ErrorKind::Unsupported.into());
            }
        }
    }
    Ok(manifest.digest())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder with one file, and a receipt that says this of it.
    fn folder(receipt: &str) -> tempfile::TempDir {
        let out = tempfile::tempdir().unwrap();
        fs::create_dir(out.path().join("app")).unwrap();
        fs::write(out.path().join("app/file"), "text").unwrap();
        let receipt = receipt.replace("DIGEST", &digest(&out.path().join("app")).unwrap());
        fs::write(out.path().join("app.receipt.json"), receipt).unwrap();
        out
    }

    fn said(out: &tempfile::TempDir) -> String {
        must_be_replaceable(&out.path().join("app")).map_or_else(|error| error.to_string(), |()| String::new())
    }

    const OF_IT: &str = r#"{"packwright": "0", "artifact": {"sha256": "DIGEST"}}"#;

    #[test]
    fn a_folder_is_replaced_while_it_is_what_its_receipt_says() {
        let out = folder(OF_IT);
        assert_eq!(said(&out), "");
        fs::create_dir(out.path().join("app/mine")).unwrap();
        assert_eq!(said(&out), "");
        fs::write(out.path().join("app/mine/thesis"), "mine").unwrap();
        assert!(said(&out).ends_with("is in the way: it is a folder with other files than its receipt says"));
    }

    #[test]
    fn a_receipt_of_something_else_makes_no_folder_replaceable() {
        let others = r#"{"packwright": "0", "artifact": {"sha256": "00"}}"#;
        assert!(said(&folder(others)).ends_with("other files than its receipt says"));
        for none in ["", "{}", r#"{"artifact": {"sha256": "DIGEST"}}"#] {
            assert!(said(&folder(none)).ends_with("it is a folder that Packwright did not make"), "{none}");
        }
    }

    #[test]
    fn a_receipt_may_name_what_was_about_to_come() {
        let out = folder(OF_IT);
        let app = out.path().join("app");
        let announced = announcing(&app, "01").unwrap();
        fs::write(out.path().join("app.receipt.json"), &announced).unwrap();
        assert_eq!(said(&out), "");
        fs::write(app.join("file"), "the next").unwrap();
        assert!(!said(&out).is_empty());
        fs::write(out.path().join("app.receipt.json"), announcing(&app, &digest(&app).unwrap()).unwrap()).unwrap();
        assert_eq!(said(&out), "");
        assert_eq!(announcing(&out.path().join("other"), "01"), None);
    }

    #[test]
    #[cfg(unix)]
    fn a_receipt_that_is_a_link_is_none() {
        let out = folder(OF_IT);
        let (receipt, elsewhere) = (out.path().join("app.receipt.json"), out.path().join("elsewhere"));
        fs::rename(&receipt, &elsewhere).unwrap();
        std::os::unix::fs::symlink(&elsewhere, &receipt).unwrap();
        assert!(said(&out).ends_with("it is a folder that Packwright did not make"));
        assert_eq!(announcing(&out.path().join("app"), "01"), None);
    }

    #[test]
    #[cfg(unix)]
    fn a_link_among_the_files_is_somebody_s_own() {
        let out = folder(OF_IT);
        std::os::unix::fs::symlink("/", out.path().join("app/root")).unwrap();
        assert!(!said(&out).is_empty());
    }
}
