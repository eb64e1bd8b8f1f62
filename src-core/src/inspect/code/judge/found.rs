//! What the judges have found.

use crate::facts::{Facts, Source};

/// Facts as they are found.
pub(super) struct Found(pub(super) Facts);

impl Found {
    /// Sets a fact. The words are written in this folder, and a test of each judge reads them back.
    pub(super) fn set(&mut self, fact: &str, tags: &[&str], source: Source) {
        let known = self.0.set_tags(fact, tags, source);
        debug_assert!(known.is_ok(), "{fact} = {tags:?}: {known:?}");
    }

    /// Whether a fact is known to hold a tag.
    pub(super) fn has(&self, fact: &str, tag: &str) -> bool {
        self.0.has(fact, tag)
    }
}
