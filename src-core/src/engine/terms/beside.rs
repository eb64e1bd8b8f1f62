//! What lies beside an artifact: names, and whether it is a receipt of ours.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::inspect::regular;

/// The end of a receipt's name, after that of its artifact.
pub(in crate::engine) const RECEIPT: &str = ".receipt.json";
/// The end of the name of a receipt's signature.
pub(in crate::engine) const SIGNATURE: &str = ".receipt.json.sig";

/// The path of what is written beside an artifact.
pub(in crate::engine) fn beside(artifact: &Path, suffix: &str) -> PathBuf {
    let mut name = artifact.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// The receipt beside a path, if Packwright wrote it.
pub(in crate::engine) fn receipt_beside(path: &Path) -> Option<Value> {
    let file = beside(path, RECEIPT);
    // A link may lead to what is nobody's to read.
    fs::symlink_metadata(&file).ok().filter(fs::Metadata::is_file)?;
    let receipt: Value = serde_json::from_slice(&regular::read(&file, regular::LARGEST).ok()?).ok()?;
    receipt.get("packwright").is_some().then_some(receipt)
}
