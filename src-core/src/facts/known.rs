//! What is known about a project and its targets.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{Fact, Os, Source, Tags, Target, UnknownWord};

/// The tags of one fact, and why they are believed.
#[derive(Debug, Clone, PartialEq)]
pub struct Known {
    /// At least one tag.
    pub tags: Tags,
    /// The evidence.
    pub source: Source,
}

impl Known {
    /// Whether it rests on a hint alone.
    pub fn is_hint(&self) -> bool {
        matches!(self.source, Source::Hint { .. })
    }
}

/// Facts that hold for all targets, and those that hold for the targets of one operating system.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Facts {
    common: BTreeMap<Fact, Known>,
    per_target: BTreeMap<Os, BTreeMap<Fact, Known>>,
}

/// Why a set of facts cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FactsError {
    /// A word that the vocabulary does not have.
    #[error(transparent)]
    Unknown(#[from] UnknownWord),
    /// A value of another shape.
    #[error("`{fact}` holds {found}, but a tag or a list of tags was expected")]
    Shape {
        /// The fact with the value.
        fact: String,
        /// The value, as JSON.
        found: String,
    },
    /// A fact without any tag.
    #[error("`{0}` names no tag; leave it out when it is unknown")]
    Empty(String),
    /// An assignment without its parts.
    #[error("`{0}` is not of the form [target:]fact=tag,…")]
    Assignment(String),
    /// The object of facts is not an object.
    #[error("the facts are {0}, but an object from fact to tags was expected")]
    NotAnObject(String),
}

impl Facts {
    /// What is known of a fact for every target.
    pub fn get(&self, fact: Fact) -> Option<&Known> {
        self.common.get(&fact)
    }

    /// What is known of a fact for the targets with this system: its own answer first, the common one otherwise.
    pub fn get_for(&self, os: Os, fact: Fact) -> Option<&Known> {
        self.per_target.get(&os).and_then(|facts| facts.get(&fact)).or_else(|| self.common.get(&fact))
    }

    /// The tags of a fact by its id; the empty set when unknown. For rules written in code.
    pub fn tags(&self, fact: &str) -> Tags {
        Fact::named(fact).ok().and_then(|fact| self.get(fact)).map(|known| known.tags).unwrap_or_default()
    }

    /// Whether a fact is known to hold this tag. Unknown words hold nowhere.
    pub fn has(&self, fact: &str, tag: &str) -> bool {
        Fact::named(fact).and_then(|fact| fact.tag(tag)).is_ok_and(|tag| self.tags(fact).has(tag))
    }

    /// Sets a fact for every target, or for those of one system.
    pub fn set(&mut self, os: Option<Os>, fact: Fact, known: Known) {
        match os {
            Some(os) => self.per_target.entry(os).or_default().insert(fact, known),
            None => self.common.insert(fact, known),
        };
    }

    /// Sets a fact by the ids of its tags.
    pub fn set_tags(&mut self, fact: &str, tags: &[&str], source: Source) -> Result<(), UnknownWord> {
        let fact = Fact::named(fact)?;
        let tags = fact.tag_set(tags.iter().copied())?;
        self.set(None, fact, Known { tags, source });
        Ok(())
    }

    /// Forgets a fact.
    pub fn unset(&mut self, os: Option<Os>, fact: Fact) -> Option<Known> {
        match os {
            Some(os) => self.per_target.get_mut(&os).and_then(|facts| facts.remove(&fact)),
            None => self.common.remove(&fact),
        }
    }

    /// Forgets a fact if it was saved with the project; says whether it was.
    pub fn unset_saved(&mut self, os: Option<Os>, fact: Fact) -> bool {
        let known = match os {
            Some(os) => self.per_target.get(&os).and_then(|facts| facts.get(&fact)),
            None => self.common.get(&fact),
        };
        known.is_some_and(|known| matches!(known.source, Source::Saved { .. })) && self.unset(os, fact).is_some()
    }

    /// Facts that hold for every target.
    pub fn common(&self) -> impl Iterator<Item = (Fact, &Known)> {
        self.common.iter().map(|(fact, known)| (*fact, known))
    }

    /// Facts of the targets with one system, laid over the common ones.
    #[must_use]
    pub fn for_target(&self, os: Os) -> Self {
        let mut merged = self.common.clone();
        merged.extend(self.per_target.get(&os).cloned().unwrap_or_default());
        Self { common: merged, per_target: BTreeMap::new() }
    }

    /// Facts of the targets with one system alone.
    pub fn own(&self, os: Os) -> impl Iterator<Item = (Fact, &Known)> {
        self.per_target.get(&os).into_iter().flatten().map(|(fact, known)| (*fact, known))
    }

    /// The systems that have facts of their own.
    pub fn systems(&self) -> impl Iterator<Item = Os> {
        self.per_target.keys().copied()
    }

    /// Lays other facts over these: what the other knows wins.
    pub fn overlay(&mut self, other: &Self) {
        self.common.extend(other.common.clone());
        for (os, facts) in &other.per_target {
            self.per_target.entry(*os).or_default().extend(facts.clone());
        }
    }

    /// Applies an assignment written as `[target:]fact=tag,…`, as the user's answer.
    pub fn assign(&mut self, assignment: &str) -> Result<(), FactsError> {
        let malformed = || FactsError::Assignment(assignment.to_owned());
        let (left, tags) = assignment.split_once('=').ok_or_else(malformed)?;
        let (os, fact) = match left.split_once(':') {
            Some((os, fact)) => (Some(Os::named(os.trim())?), fact),
            None => (None, left),
        };
        let fact = Fact::named(fact.trim())?;
        let tags = fact.tag_set(tags.split(',').map(str::trim).filter(|tag| !tag.is_empty()))?;
        if tags.is_empty() {
            return Err(FactsError::Empty(fact.id().into()));
        }
        self.set(os, fact, Known { tags, source: Source::User });
        Ok(())
    }

    /// Reads an object from fact to tag or tags. The key `targets` holds such objects by operating system.
    pub fn from_json(value: &serde_json::Value, source: &Source) -> Result<Self, FactsError> {
        let mut facts = Self::default();
        let object = value.as_object().ok_or_else(|| FactsError::NotAnObject(short(value)))?;
        for (key, value) in object {
            if key == "targets" {
                let targets = value.as_object().ok_or_else(|| FactsError::NotAnObject(short(value)))?;
                for (os, value) in targets {
                    let inner = Self::from_json(value, source)?;
                    facts.per_target.insert(Os::named(os)?, inner.common);
                }
            } else {
                let fact = Fact::named(key)?;
                let tags = read_tags(fact, value)?;
                facts.common.insert(fact, Known { tags, source: source.clone() });
            }
        }
        Ok(facts)
    }
}

fn read_tags(fact: Fact, value: &serde_json::Value) -> Result<Tags, FactsError> {
    let shape = || FactsError::Shape { fact: fact.id().into(), found: short(value) };
    let ids: Vec<&str> = match value {
        serde_json::Value::String(tag) => vec![tag],
        serde_json::Value::Array(tags) => {
            tags.iter().map(|tag| tag.as_str().ok_or_else(shape)).collect::<Result<_, _>>()?
        }
        _ => return Err(shape()),
    };
    if ids.is_empty() {
        return Err(FactsError::Empty(fact.id().into()));
    }
    Ok(fact.tag_set(ids)?)
}

fn short(value: &serde_json::Value) -> String {
    let text = value.to_string();
    if text.chars().count() > 60 { format!("{}…", text.chars().take(60).collect::<String>()) } else { text }
}

/// One fact as it is written to JSON: its tags and their source.
#[derive(Serialize, Deserialize)]
struct Written {
    tags: Vec<String>,
    source: Source,
}

impl Serialize for Facts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let written = |facts: &BTreeMap<Fact, Known>| -> BTreeMap<String, serde_json::Value> {
            let one = |(fact, known): (&Fact, &Known)| {
                let tags = known.tags.ids(*fact).map(str::to_owned).collect();
                let value = serde_json::to_value(Written { tags, source: known.source.clone() });
                (fact.id().to_owned(), value.unwrap_or_default())
            };
            facts.iter().map(one).collect()
        };
        let mut all = written(&self.common);
        if !self.per_target.is_empty() {
            let targets =
                self.per_target.iter().map(|(os, facts)| (os.id(), written(facts))).collect::<BTreeMap<_, _>>();
            all.insert("targets".into(), serde_json::to_value(targets).map_err(serde::ser::Error::custom)?);
        }
        all.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Facts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        fn read<E: de::Error>(object: serde_json::Map<String, serde_json::Value>) -> Result<BTreeMap<Fact, Known>, E> {
            let one = |(id, value): (String, serde_json::Value)| {
                let fact = Fact::named(&id).map_err(E::custom)?;
                let written: Written = serde_json::from_value(value).map_err(E::custom)?;
                let tags = fact.tag_set(written.tags.iter().map(String::as_str)).map_err(E::custom)?;
                Ok((fact, Known { tags, source: written.source }))
            };
            object.into_iter().map(one).collect()
        }
        let mut object = serde_json::Map::deserialize(deserializer)?;
        let mut per_target = BTreeMap::new();
        if let Some(targets) = object.remove("targets") {
            let targets: BTreeMap<String, serde_json::Map<String, serde_json::Value>> =
                serde_json::from_value(targets).map_err(de::Error::custom)?;
            for (os, facts) in targets {
                per_target.insert(Os::named(&os).map_err(de::Error::custom)?, read(facts)?);
            }
        }
        Ok(Self { common: read(object)?, per_target })
    }
}

impl Os {
    /// The systems that facts name.
    pub fn among(facts: &Facts) -> Vec<Self> {
        Self::ALL.iter().copied().filter(|os| facts.has("os", os.id())).collect()
    }
}

impl Target {
    /// What is built for when nobody says: this machine, where its system is among the targets or none is known;
    /// otherwise the first system named.
    pub fn of(facts: &Facts) -> Self {
        let host = Self::host();
        let systems = Os::among(facts);
        match systems.first() {
            Some(first) if !systems.contains(&host.platform.os) => Self::on(*first),
            _ => host,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn facts_are_read_from_plain_json_and_written_with_their_source() {
        let facts = Facts::from_json(&json!({"os": ["linux", "windows"], "kind": "cli"}), &Source::User).unwrap();
        assert!(facts.has("os", "windows") && facts.has("kind", "cli") && !facts.has("kind", "gui"));
        let text = serde_json::to_string(&facts).unwrap();
        assert_eq!(serde_json::from_str::<Facts>(&text).unwrap(), facts);
    }

    #[test]
    fn a_fact_of_one_target_hides_the_common_one_there_only() {
        let mut facts = Facts::default();
        facts.assign("python-on-target=matching").unwrap();
        facts.assign("windows:python-on-target=absent").unwrap();
        let fact = Fact::named("python-on-target").unwrap();
        let ids = |os| facts.get_for(os, fact).unwrap().tags.ids(fact).next().unwrap();
        assert_eq!((ids(Os::Windows), ids(Os::Linux)), ("absent", "matching"));
    }

    #[test]
    fn malformed_facts_name_what_is_wrong() {
        let read = |value| Facts::from_json(&value, &Source::User).unwrap_err().to_string();
        assert_eq!(read(json!([1])), "the facts are [1], but an object from fact to tags was expected");
        assert_eq!(read(json!({"os": 3})), "`os` holds 3, but a tag or a list of tags was expected");
        assert_eq!(read(json!({"os": []})), "`os` names no tag; leave it out when it is unknown");
        let error = Facts::default().assign("os").unwrap_err();
        assert_eq!(error.to_string(), "`os` is not of the form [target:]fact=tag,…");
    }
}
