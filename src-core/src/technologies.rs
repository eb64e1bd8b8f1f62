//! Every technology Packwright knows: those with a backend, and later those it can only explain.

use std::sync::LazyLock;

use crate::advice::{Advice, Advisor, Page};
use crate::backends;
use crate::catalogue::Entry;
use crate::facts::Facts;

static ADVISOR: LazyLock<Advisor> =
    LazyLock::new(|| Advisor::new(backends::all().iter().map(|backend| backend.entry())));

/// The advisor over all technologies.
pub fn advisor() -> &'static Advisor {
    &ADVISOR
}

/// Every technology, lightest first.
pub fn all() -> &'static [&'static Entry] {
    ADVISOR.entries()
}

/// The technology with this id.
pub fn named(technology: &str) -> Option<&'static Entry> {
    all().iter().copied().find(|entry| entry.id == technology)
}

/// Whether Packwright can build it, rather than only advise it.
pub fn is_buildable(technology: &str) -> bool {
    backends::named(technology).is_some()
}

/// The advice for what is known; see [`Advisor::advise`].
pub fn advise(facts: &Facts) -> Advice {
    ADVISOR.advise(facts)
}

/// The page about a technology.
pub fn page(technology: &str) -> Option<Page> {
    named(technology).map(|entry| Page::of(entry, is_buildable(technology)))
}

/// The best recommendation that Packwright can build here, which need not be the first.
pub fn best_buildable(advice: &Advice) -> Option<&crate::advice::Recommendation> {
    advice.recommendations.iter().find(|recommendation| is_buildable(&recommendation.technology))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_is_valid() {
        let faults: Vec<String> = all().iter().flat_map(|entry| entry.faults()).collect();
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }
}
