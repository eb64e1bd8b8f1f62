//! From which index each package comes: what a project says of it, as far as the user's own configuration agrees.
//!
//! What a project names is never obeyed by itself, and never passed over. An index that the user has configured is used
//! as the project says; for any other one there is no answer, because the same name elsewhere may be another package.

use std::collections::BTreeMap;

use super::{Refusal, Requested, ResolveError, Wanted};
use crate::engine::network::indexes::Indexes;
use crate::engine::network::known::{Kind, Known};
use crate::facts::index::canonical;
use crate::facts::pep::MarkerEnvironment;
use crate::facts::{IndexRole, NamedIndex, Tied};

/// What `uv` calls the indexes that packages are tied to; a number follows.
const NAME: &str = "packwright-";

/// Where packages come from, other than from where the user's configuration says alone.
#[derive(Debug, Clone, Default)]
pub(in crate::engine) struct Routes {
    /// Packages that come from one index of the user, by normalised name.
    tied: BTreeMap<String, Known>,
    /// Packages that come from an index that the user does not know.
    refused: BTreeMap<String, Refusal>,
    /// Patterns of names, for packages that nobody has named yet.
    patterns: Vec<(String, Known)>,
    /// The index that is asked in the place of the user's default.
    default: Option<Known>,
    /// Indexes of the user that are asked beside the default only for this project.
    extra: Vec<Known>,
}

/// For whom packages are sought.
#[derive(Debug, Clone, Copy)]
pub(in crate::engine) struct Seeker<'a> {
    /// Extras and groups that go in.
    pub chosen: &'a [String],
    /// Whether the project's own requirements are meant, and not those of its build.
    pub own: bool,
    /// The environment that markers are compared with.
    pub target: Option<&'a MarkerEnvironment>,
}

impl Routes {
    /// Compares what is named with what the user has configured; the first naming of a package counts. An error where
    /// anything could come from an index that the user does not know.
    pub fn of(named: &[NamedIndex], indexes: &Indexes, seeker: Seeker) -> Result<Self, ResolveError> {
        let mut routes = Self::default();
        let is_chosen = |only: &Option<String>| only.as_ref().is_none_or(|only| seeker.chosen.contains(only));
        for index in named.iter().filter(|index| is_chosen(&index.only)) {
            let found = known(index, indexes);
            let is_mirrored = index.is_public() && index.role != IndexRole::Explicit;
            match (index.role, found) {
                _ if is_mirrored => {}
                (IndexRole::None, _) if indexes.is_none() => {}
                (IndexRole::Explicit | IndexRole::Locked, found) => {
                    let holds = |tied: &&Tied| is_chosen(&tied.only) && holds(tied, seeker.target);
                    for tied in index.packages.iter().filter(holds) {
                        routes.tie(index, tied, found.as_ref(), indexes)?;
                    }
                }
                (_, None) => return Err(refusal(index, None, indexes).into()),
                (_, Some(found)) => {
                    // A build asks the user's default too: it needs what has nothing to do with the project.
                    let is_default = index.role == IndexRole::Default && seeker.own && found.kind != Kind::Files;
                    if is_default && found.kind != Kind::Default {
                        routes.default.get_or_insert_with(|| found.clone());
                    } else if found.kind == Kind::Explicit && !routes.extra.contains(&found) {
                        routes.extra.push(found.clone());
                    }
                    for tied in &index.packages {
                        routes.tie(index, tied, Some(&found), indexes)?;
                    }
                }
            }
        }
        Ok(routes)
    }

    fn tie(
        &mut self,
        index: &NamedIndex,
        tied: &Tied,
        known: Option<&Known>,
        indexes: &Indexes,
    ) -> Result<(), ResolveError> {
        // What is no name nobody can require, and it must not become the name of a file.
        if !tied.name.chars().all(|c| c.is_ascii_alphanumeric() || "-*".contains(c)) || tied.name.is_empty() {
            return Ok(());
        }
        let is_pattern = tied.name.contains('*');
        let is_named = self.tied.contains_key(&tied.name) || self.refused.contains_key(&tied.name);
        match known {
            _ if is_named => {}
            // Where the user has one index only, nothing can come from another; and the hashes of a lock are checked anyway.
            Some(known)
                if known.kind == Kind::Default && (index.role == IndexRole::Locked || !indexes.has_several()) => {}
            None if index.is_public() => {}
            Some(known) if is_pattern => {
                self.patterns.push((tied.name.clone(), known.clone()));
                if known.kind == Kind::Explicit && !self.extra.contains(known) {
                    self.extra.push(known.clone());
                }
            }
            Some(known) => drop(self.tied.insert(tied.name.clone(), known.clone())),
            None if is_pattern => return Err(refusal(index, Some(tied), indexes).into()),
            None => drop(self.refused.insert(tied.name.clone(), refusal(index, Some(tied), indexes))),
        }
        Ok(())
    }

    /// An error where one of these requirements is to come from an index that the user does not know. What is built here,
    /// has an address or is not needed comes from none.
    pub fn allow<'t>(
        &self,
        requirements: impl IntoIterator<Item = &'t String>,
        wanted: &Wanted,
        target: Option<&MarkerEnvironment>,
    ) -> Result<(), ResolveError> {
        let asked = requirements.into_iter().map(|text| Requested::parse(text));
        let mut open = asked
            .filter(|asked| asked.address.is_none() && asked.is_needed(target, &[]) && !wanted.is_here(&asked.name));
        match open.find_map(|asked| self.refused.get(&asked.name)) {
            Some(refusal) => Err(refusal.clone().into()),
            None => Ok(()),
        }
    }

    /// The index that a package is tied to.
    pub fn tied(&self, name: &str) -> Option<&Known> {
        let fits = |pattern: &str| {
            let parts: Vec<String> = pattern.split('*').map(regex::escape).collect();
            regex::Regex::new(&format!("^{}$", parts.join(".*"))).is_ok_and(|pattern| pattern.is_match(name))
        };
        self.tied.get(name).or_else(|| self.patterns.iter().find(|(pattern, _)| fits(pattern)).map(|(_, known)| known))
    }

    /// Names that the user's default must not be asked for.
    pub fn names(&self) -> impl Iterator<Item = &String> {
        self.tied.keys().chain(self.refused.keys())
    }

    /// The user's indexes, as they are for this project.
    pub fn indexes(&self, indexes: &Indexes) -> Indexes {
        indexes.with(self.default.as_ref(), &self.extra)
    }

    /// Everything that can change an answer.
    pub fn fingerprint(&self) -> String {
        format!("{:?} {:?} {:?} {:?} {:?}", self.tied, self.refused.keys(), self.patterns, self.default, self.extra)
    }

    /// A `pyproject.toml` that tells `uv` where these requirements come from: only there it can be said for packages
    /// alone. With the indexes it names, in the order of their numbers.
    pub fn project(&self, requirements: &[String]) -> (String, Vec<(String, &Known)>) {
        let mut named: Vec<(String, &Known)> = Vec::new();
        let mut sources = toml::Table::new();
        for requirement in requirements {
            let name = Requested::parse(requirement).name;
            let Some(known) = self.tied(&name) else { continue };
            let of_index = named.iter().find(|(_, other)| *other == known).map(|(of_index, _)| of_index.clone());
            let of_index = of_index.unwrap_or_else(|| {
                named.push((format!("{NAME}{}", named.len()), known));
                format!("{NAME}{}", named.len() - 1)
            });
            sources.insert(name, toml::Table::from_iter([("index".to_owned(), of_index.into())]).into());
        }
        let indexes: Vec<toml::Value> = named.iter().map(|(name, known)| entry(name, known).into()).collect();
        let uv = toml::Table::from_iter([("sources".to_owned(), sources.into()), ("index".to_owned(), indexes.into())]);
        let requirements: Vec<toml::Value> = requirements.iter().map(|text| text.as_str().into()).collect();
        let project = toml::Table::from_iter([
            ("name".to_owned(), "requirements".into()),
            ("version".to_owned(), "0".into()),
            ("dependencies".to_owned(), requirements.into()),
        ]);
        let tool = toml::Table::from_iter([("uv".to_owned(), uv.into())]);
        let whole = toml::Table::from_iter([("project".to_owned(), project.into()), ("tool".to_owned(), tool.into())]);
        (whole.to_string(), named)
    }
}

fn entry(name: &str, known: &Known) -> toml::Table {
    let mut entry = toml::Table::from_iter([
        ("name".to_owned(), name.into()),
        ("url".to_owned(), crate::facts::index::without_login(&known.address).into()),
        ("explicit".to_owned(), true.into()),
    ]);
    if known.kind == Kind::Files {
        entry.insert("format".to_owned(), "flat".into());
    }
    entry
}

/// Whether a package is tied to an index in an environment. Where nobody can tell, it is.
fn holds(tied: &Tied, target: Option<&MarkerEnvironment>) -> bool {
    let Some(marker) = &tied.marker else { return true };
    let text = format!("{} ; {marker}", tied.name);
    Requested::parse(&text).is_needed(target, &[])
}

/// The index of the user that a project means: the one at the same address, or where it says none the one with its name.
fn known(index: &NamedIndex, indexes: &Indexes) -> Option<Known> {
    let all = indexes.known();
    let Some(address) = &index.address else {
        let is_it = |known: &&Known| index.name.is_some() && same_name(known.name.as_deref(), index.name.as_deref());
        return all.iter().find(is_it).cloned();
    };
    let own = canonical(address);
    let mut found: Vec<&Known> = all
        .iter()
        .filter(|known| known.canonical() == own || (index.is_public() && known.kind == Kind::Default))
        .collect();
    // The one with a login or a name says more than another of the same address.
    found.sort_by_key(|known| (known.kind, known.name.is_none()));
    found.first().map(|known| (*known).clone())
}

fn same_name(one: Option<&str>, other: Option<&str>) -> bool {
    one.zip(other).is_some_and(|(one, other)| one.eq_ignore_ascii_case(other))
}

fn refusal(index: &NamedIndex, package: Option<&Tied>, indexes: &Indexes) -> Refusal {
    let all = indexes.known().iter();
    let mut namesakes =
        all.filter(|known| index.address.is_some() && same_name(known.name.as_deref(), index.name.as_deref()));
    let namesake = namesakes.next().map(|known| crate::facts::index::without_login(&known.address));
    Refusal { index: index.clone(), package: package.cloned(), namesake }
}

impl From<Refusal> for ResolveError {
    fn from(refusal: Refusal) -> Self {
        Self::UnknownIndex(Box::new(refusal))
    }
}

#[cfg(test)]
mod tests;
