//! Addresses as texts.

use percent_encoding::percent_decode_str;

/// A text with `%20` and the like of an address as the characters they stand for.
pub fn percent_decoded(path: &str) -> String {
    percent_decode_str(path).decode_utf8_lossy().into_owned()
}
