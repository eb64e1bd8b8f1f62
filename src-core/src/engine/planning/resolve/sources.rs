//! What is known of packages that come as source only.
//!
//! `uv` may not build: building runs their code, and `uv` has the network. So it is told their metadata. It chooses a
//! version while it believes that each needs nothing; the metadata of what it chose is read, in a step without network
//! where it must be built, and `uv` chooses again with what is known by then.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;
use toml::{Table, Value};

use super::Requested;
use crate::backend::{CoreMetadata, Locked};
use crate::facts::pep;

/// What `uv` says of a package whose releases have no wheel for the environment.
static OF_INDEX: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new("Wheels are required for `([^`]+)` because building from source is disabled")
        .expect("the pattern is part of the program")
});

/// What it says of a source distribution that is required by its address.
static BY_ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new("Building source distributions for `([^`]+)` is disabled").expect("the pattern is part of the program")
});

/// A package that cannot be had without building.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Needed {
    /// One of an index: its normalised name.
    OfIndex(String),
    /// One that is required by an address.
    ByAddress(String),
}

impl Needed {
    /// The package that `uv` wanted to build, in the words of its failure.
    pub fn in_words(said: &str) -> Option<Self> {
        let line = said.split_whitespace().collect::<Vec<_>>().join(" ");
        let name = |pattern: &Regex| {
            let name = pattern.captures(&line)?.get(1)?.as_str();
            Some(pep::package_name(name)?.to_string())
        };
        name(&BY_ADDRESS).map(Self::ByAddress).or_else(|| name(&OF_INDEX).map(Self::OfIndex))
    }
}

/// Packages that may come as source, with the metadata that was read so far.
#[derive(Debug, Default)]
pub(super) struct Sources {
    /// By name and version.
    of_index: BTreeMap<String, BTreeMap<String, CoreMetadata>>,
    by_address: BTreeMap<String, CoreMetadata>,
}

impl Sources {
    /// Whether this package may come as source already.
    pub fn has(&self, name: &str) -> bool {
        self.of_index.contains_key(name) || self.by_address.contains_key(name)
    }

    /// Lets a package of an index come as source.
    pub fn allow(&mut self, name: String) {
        self.of_index.entry(name).or_default();
    }

    /// Whether the metadata of what was chosen is known.
    pub fn knows(&self, package: &Locked) -> bool {
        let release = || self.of_index.get(&package.name).is_some_and(|known| known.contains_key(&package.version));
        self.by_address.contains_key(&package.name) || release()
    }

    /// Notes the metadata of a release of an index.
    pub fn learn(&mut self, package: &Locked, metadata: CoreMetadata) {
        // The index calls the release so; the author's spelling of the version may be another one.
        let metadata = CoreMetadata { version: package.version.clone(), ..metadata };
        self.of_index.entry(package.name.clone()).or_default().insert(package.version.clone(), metadata);
    }

    /// Notes the metadata of what an address leads to.
    pub fn learn_address(&mut self, name: &str, metadata: CoreMetadata) {
        // A name that has an address by now must not be free to be built: `uv` would build that, with its network.
        self.of_index.retain(|known, _| address_in(&metadata.requires_dist, known).is_none());
        self.by_address.insert(name.to_owned(), metadata);
    }

    /// The address that a source distribution requires under this name.
    pub fn address_of(&self, name: &str) -> Option<String> {
        self.by_address.values().find_map(|metadata| address_in(&metadata.requires_dist, name))
    }

    /// Arguments of `uv`: nothing is built, and these packages are taken as source, whose metadata it is told.
    pub fn arguments(&self) -> impl Iterator<Item = String> {
        let free = self.of_index.keys().flat_map(|name| ["--no-binary", name]);
        ["--only-binary", ":all:"].into_iter().chain(free).map(str::to_owned)
    }

    /// What `uv` is told, as its setting `dependency-metadata` takes it.
    pub fn tables(&self) -> Vec<Value> {
        let unknown = |name: &String| (name.clone(), None, CoreMetadata::default());
        let of_index = self.of_index.iter().flat_map(|(name, releases)| {
            let known =
                releases.iter().map(|(version, metadata)| (name.clone(), Some(version.clone()), metadata.clone()));
            known.chain([unknown(name)])
        });
        // A package with an address has one version; for several entries `uv` would not know which is meant.
        let by_address = self
            .by_address
            .iter()
            .map(|(name, metadata)| (name.clone(), Some(metadata.version.clone()), metadata.clone()));
        of_index.chain(by_address).map(|(name, version, metadata)| table(&name, version, metadata)).collect()
    }
}

fn table(name: &str, version: Option<String>, metadata: CoreMetadata) -> Value {
    let mut table = Table::new();
    table.insert("name".into(), name.into());
    table.extend(version.map(|version| ("version".to_owned(), version.into())));
    table.extend(metadata.requires_python.map(|python| ("requires-python".to_owned(), python.into())));
    table.insert("requires-dist".into(), metadata.requires_dist.into());
    table.into()
}

/// The address under which a package is required, if it is.
pub(super) fn address_in(requirements: &[String], name: &str) -> Option<String> {
    let asked = requirements.iter().map(|requirement| Requested::parse(requirement));
    asked.filter(|asked| asked.name == name).find_map(|asked| asked.address).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn release(name: &str, version: &str) -> Locked {
        Locked { name: name.into(), version: version.into(), wheel: None, sdist: None, pure: None }
    }

    fn needing(requirements: &[&str]) -> CoreMetadata {
        let requires_dist = requirements.iter().map(|text| (*text).to_owned()).collect();
        CoreMetadata { version: "1".into(), requires_dist, ..CoreMetadata::default() }
    }

    #[test]
    fn what_uv_would_have_to_build_is_read_from_its_words() {
        let said = "error: No solution found when resolving dependencies\n\nhint: Wheels are required for `Src_Only` \
                    because building\n from source is disabled for all packages (i.e., with `--no-build`)";
        assert_eq!(Needed::in_words(said), Some(Needed::OfIndex("src-only".into())));
        let said =
            "error: Failed to build `a @ file:///a.tar.gz`\n  cause: Building source distributions for `a` is disabled";
        assert_eq!(Needed::in_words(said), Some(Needed::ByAddress("a".into())));
        assert_eq!(Needed::in_words("Because a was not found in the package registry"), None);
        let said = "Wheels are required for `a\n--pre` because building from source is disabled";
        assert_eq!(Needed::in_words(said), None);
    }

    #[test]
    fn uv_is_told_what_was_read_and_that_the_rest_needs_nothing() {
        let mut sources = Sources::default();
        sources.allow("a".into());
        assert!(sources.has("a") && !sources.knows(&release("a", "2")));
        sources.learn(&release("a", "2"), needing(&["b>=1"]));
        assert!(sources.knows(&release("a", "2")) && !sources.knows(&release("a", "1")));
        let text = sources.tables().iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
        assert_eq!(
            text,
            "{ name = \"a\", version = \"2\", requires-dist = [\"b>=1\"] }\n{ name = \"a\", requires-dist = [] }"
        );
        assert_eq!(sources.arguments().collect::<Vec<_>>(), ["--only-binary", ":all:", "--no-binary", "a"]);
    }

    #[test]
    fn a_package_with_an_address_is_never_free_to_be_built() {
        let mut sources = Sources::default();
        sources.allow("b".into());
        sources.learn_address("a", needing(&["B[x] @ https://x.test/b.tar.gz ; os_name == 'posix'"]));
        assert_eq!(sources.arguments().collect::<Vec<_>>(), ["--only-binary", ":all:"]);
        assert_eq!(sources.address_of("b"), Some("https://x.test/b.tar.gz".into()));
    }
}
