//! Every technology Packwright knows: those it can build, and those it can only advise for now.
//!
//! A technology without a backend has its entry in `catalogue/technologies/`. Giving it a backend moves that file into the
//! backend's folder and takes its word out of the list here.

use std::sync::LazyLock;

use crate::advice::{Advice, Advisor, Page};
use crate::backends;
use crate::catalogue::Entry;
use crate::facts::Facts;

/// Declares the technologies that have no backend yet, in gradient order.
macro_rules! described {
    ($($id:literal),* $(,)?) => {
        const DESCRIBED: &[&str] = &[$(include_str!(concat!("catalogue/technologies/", $id, ".toml"))),*];
    };
}

described! {
    "host-plugin-zip",
    "paas",
    "lambda-zip",
    "buildozer",
    "briefcase",
    "brython",
    "flexx",
    "pyodide",
    "homebrew",
    "conda-package",
    "conda-pack",
    "activepython",
    "winpython",
    "pyinstaller",
    "cx-freeze",
    "nuitka",
    "py2exe",
    "py2app",
    "osnap",
    "constructor",
    "pynsist",
    "win-installer",
    "msi",
    "macos-installer",
    "omnibus",
    "deb",
    "rpm",
    "dh-virtualenv",
    "appimage",
    "flatpak",
    "snap",
    "docker",
    "apptainer",
    "vagrant-box",
    "vm-image",
    "ami",
    "openstack-image",
    "sd-image",
    "micropython",
    "circuitpython",
    "ansible",
    "salt",
    "puppet",
    "chef",
    "fabric",
}

static ENTRIES: LazyLock<Vec<Entry>> = LazyLock::new(|| DESCRIBED.iter().map(|text| Entry::embedded(text)).collect());

static ADVISOR: LazyLock<Advisor> =
    LazyLock::new(|| Advisor::new(backends::all().iter().map(|backend| backend.entry()).chain(ENTRIES.iter())));

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
    use crate::catalogue::{Kind, Status};
    use crate::facts::Vocabulary;

    #[test]
    fn every_entry_is_valid() {
        let faults: Vec<String> = all().iter().flat_map(|entry| entry.faults()).collect();
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }

    #[test]
    fn every_technology_of_the_vocabulary_has_one_entry_in_the_order_of_the_gradient() {
        let ours: Vec<&str> = all().iter().map(|entry| entry.id.as_str()).collect();
        let theirs: Vec<&str> = Vocabulary::get().levels().flat_map(|(_, list)| list).collect();
        assert_eq!(ours, theirs);
    }

    #[test]
    fn what_is_given_up_is_never_the_first_choice() {
        for entry in all().iter().filter(|entry| matches!(entry.status, Status::Dormant | Status::Superseded)) {
            let against =
                entry.rules.iter().filter(|rule| rule.rule == Kind::Disfavour && rule.when.facts().next().is_none());
            let most: u32 = entry.rules.iter().filter(|rule| rule.rule == Kind::Favour).map(|rule| rule.weight).sum();
            assert!(against.map(|rule| rule.weight).sum::<u32>() > most, "`{}` could come first", entry.id);
        }
    }

    #[test]
    fn what_cannot_be_built_yet_says_so() {
        let page = super::page("docker").unwrap();
        assert_eq!(page.buildable, is_buildable("docker"));
        assert!(!page.not_when.is_empty() && !page.right_when.is_empty() && page.sources.len() > 1);
        assert!(super::page("tarball").is_none());
    }
}
