//! `MANIFEST.in`: which files a source distribution has.

use super::look::Look;
use super::place::leaves;
use crate::facts::Source;
use crate::inspect::tree::Exact;

/// Commands that only leave files out.
const LEAVING_OUT: [&str; 4] = ["exclude", "recursive-exclude", "global-exclude", "prune"];

impl Look<'_> {
    /// Looks at the paths of every line that adds files.
    pub(super) fn manifest(&mut self, path: &str) {
        let text = match self.tree.exact(path) {
            Exact::Text(text) => text,
            Exact::Absent => return,
            Exact::Unclear(why) => {
                return self.ask(Source::File { path: path.into(), line: None }, format!("`{path}` {why}"));
            }
        };
        for (index, line) in text.split(['\n', '\r']).enumerate() {
            let mut words = line.split_whitespace();
            let command = words.next().unwrap_or_default();
            // A line that goes on from the one before has no command of its own, so its first word is a path too.
            let first = if LEAVING_OUT.contains(&command) { "" } else { command };
            let rest: Vec<&str> = if first.is_empty() { Vec::new() } else { words.collect() };
            for word in std::iter::once(first).chain(rest).filter(|word| !word.starts_with('#')) {
                if let Some(why) = leaves(word) {
                    self.ask(Source::line(path, index + 1), format!("`{path}` has `{word}`, which {why}"));
                }
            }
        }
    }
}
