//! What the engine writes down as JSON: keys of steps, manifests, receipts, what it remembers.

use serde::Serialize;

/// Why nothing that is written down can fail to be: serde knows only two reasons, keys of a map that are no texts, and paths
/// that are not UTF-8.
const WHOLE: &str = "what is written down has texts for keys, and its paths are names that the engine gave";

/// It in one line.
pub(in crate::engine) fn line(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect(WHOLE)
}

/// It for people to read.
pub(in crate::engine) fn pretty(value: &impl Serialize) -> String {
    serde_json::to_string_pretty(value).expect(WHOLE)
}
