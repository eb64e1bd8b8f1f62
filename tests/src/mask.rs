//! The one table of what differs from run to run.

use regex::Regex;

/// Patterns and what stands for them in snapshots, applied in this order.
const MASKS: &[(&str, &str)] = &[
    (r"/tmp/packwright-[A-Za-z0-9]+", "[PLACE]"),
    (r"\b[0-9a-f]{64}\b", "[SHA256]"),
    (r"\b[0-9a-f]{24}\b", "[STEP]"),
    (r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z?", "[MOMENT]"),
    (r"\b\d+(\.\d+)? ?(ms|s|min)\b", "[TIME]"),
    (r"\b\d+(\.\d+)? ?(bytes|B|kB|KiB|MB|MiB)\b", "[SIZE]"),
    (r"\b3\.\d+\.\d+\b", "[PYTHON]"),
    (r"127\.0\.0\.1:\d+", "[LOOPBACK]"),
];

/// Text with every time, place, digest, size and version of Python replaced by its name.
///
/// # Panics
/// Never: the patterns are fixed.
pub fn mask(text: &str) -> String {
    MASKS.iter().fold(text.to_owned(), |text, (pattern, name)| {
        let pattern = Regex::new(pattern).expect("the patterns of the table compile");
        pattern.replace_all(&text, *name).into_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_from_run_to_run_is_masked() {
        let text = format!("built /tmp/packwright-Ab3/out/a.pyz in 1.25 s with Python 3.11.7, {}", "0".repeat(64));
        assert_eq!(mask(&text), "built [PLACE]/out/a.pyz in [TIME] with Python [PYTHON], [SHA256]");
    }
}
