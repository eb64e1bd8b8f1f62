//! Which folders an artifact may replace: those that are empty, and those that are still what their receipt says.
//!
//! A build may be killed between placing a folder and placing its receipt. So a receipt comes before a new folder, and
//! beside a folder that is being replaced it first says what will come. A receipt that was left alone makes nothing
//! of a folder that somebody has put there since.

use std::fs;
use std::path::Path;

use super::OutputError;
use crate::engine::delivery::delivered::Delivered;
use crate::engine::terms::beside::receipt_beside;
use crate::event::Receipt;

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
    // What is about to come is of this version, whatever wrote the receipt.
    let format =
        receipt.get("format").and_then(serde_json::Value::as_u64).and_then(|format| u32::try_from(format).ok());
    let known = [
        (receipt.pointer("/artifact/sha256"), format.unwrap_or(Receipt::FORMAT)),
        (receipt.get(COMING), Receipt::FORMAT),
    ];
    let is = |found: &Delivered| {
        let digests = known.iter().filter_map(|(known, format)| Some((known.as_ref()?.as_str()?, *format)));
        digests.into_iter().any(|(known, format)| found.digest(format).is_ok_and(|digest| digest == known))
    };
    if Delivered::read(folder, None).is_ok_and(|found| is(&found)) {
        return Ok(());
    }
    in_the_way("a folder with other files than its receipt says")
}

/// The receipt that lies beside a folder, with the digest of what is about to replace it.
pub(super) fn announcing(folder: &Path, sha256: &str) -> Option<Vec<u8>> {
    let mut receipt = receipt_beside(folder)?;
    receipt.as_object_mut()?.insert(COMING.into(), sha256.into());
    serde_json::to_vec_pretty(&receipt).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(folder: &Path) -> String {
        Delivered::read(folder, None).unwrap().digest(Receipt::FORMAT).unwrap()
    }

    /// A folder with one file, and a receipt that says this of it.
    fn folder(receipt: &str) -> tempfile::TempDir {
        let out = tempfile::tempdir().unwrap();
        fs::create_dir(out.path().join("app")).unwrap();
        fs::write(out.path().join("app/file"), "text").unwrap();
        let receipt = receipt.replace("DIGEST", &digest(&out.path().join("app")));
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
        assert!(!said(&out).is_empty(), "an empty folder is somebody's own");
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
        fs::write(out.path().join("app.receipt.json"), announcing(&app, &digest(&app)).unwrap()).unwrap();
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
    fn a_folder_of_an_earlier_version_is_replaced_by_the_digest_that_its_receipt_gives() {
        let out = folder(OF_IT);
        let app = out.path().join("app");
        let old = Delivered::read(&app, None).unwrap().digest(1).unwrap();
        let receipt = format!(r#"{{"packwright": "0", "format": 1, "artifact": {{"sha256": "{old}"}}}}"#);
        fs::write(out.path().join("app.receipt.json"), receipt).unwrap();
        assert_eq!(said(&out), "");
        fs::write(out.path().join("app.receipt.json"), announcing(&app, &digest(&app)).unwrap()).unwrap();
        fs::write(app.join("file"), "text").unwrap();
        assert_eq!(said(&out), "");
        fs::write(app.join("other"), "text").unwrap();
        assert!(!said(&out).is_empty());
    }

    #[test]
    #[cfg(unix)]
    fn a_link_among_the_files_is_somebody_s_own() {
        let out = folder(OF_IT);
        std::os::unix::fs::symlink("/", out.path().join("app/root")).unwrap();
        assert!(!said(&out).is_empty());
    }
}
