//! When a rule, a preset or a warning applies.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, de};

use crate::facts::{Fact, Facts, Tags};

/// A condition over facts: every part that is present must hold. Each part maps facts to tags.
///
/// A part about an unknown fact does not hold, so unknown facts decide nothing.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Condition {
    /// One of the facts has one of its tags.
    #[serde(deserialize_with = "tags_by_fact")]
    pub any: Vec<(Fact, Tags)>,
    /// Each fact has one of its tags.
    #[serde(deserialize_with = "tags_by_fact")]
    pub all: Vec<(Fact, Tags)>,
    /// Each fact is known and has no tag outside these.
    #[serde(deserialize_with = "tags_by_fact")]
    pub only: Vec<(Fact, Tags)>,
    /// Each fact is known and has none of these tags.
    #[serde(deserialize_with = "tags_by_fact")]
    pub none: Vec<(Fact, Tags)>,
    /// The exception: one of the facts has one of its tags.
    #[serde(deserialize_with = "tags_by_fact")]
    pub unless: Vec<(Fact, Tags)>,
}

impl Condition {
    /// Whether it holds for what is known.
    pub fn holds(&self, facts: &Facts) -> bool {
        let tags = |fact: Fact| facts.get(fact).map(|known| known.tags);
        let meets = |(fact, wanted): &(Fact, Tags)| tags(*fact).is_some_and(|tags| tags.meets(*wanted));
        (self.any.is_empty() || self.any.iter().any(meets))
            && self.all.iter().all(meets)
            && self.only.iter().all(|(fact, wanted)| tags(*fact).is_some_and(|tags| tags.within(*wanted)))
            && self.none.iter().all(|(fact, wanted)| tags(*fact).is_some_and(|tags| !tags.meets(*wanted)))
            && !self.unless.iter().any(meets)
    }

    /// Every fact it mentions.
    pub fn facts(&self) -> impl Iterator<Item = Fact> {
        [&self.any, &self.all, &self.only, &self.none, &self.unless].into_iter().flatten().map(|(fact, _)| *fact)
    }
}

fn tags_by_fact<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<(Fact, Tags)>, D::Error> {
    let map = BTreeMap::<String, Vec<String>>::deserialize(deserializer)?;
    map.into_iter()
        .map(|(id, tags)| {
            let fact = Fact::named(&id)?;
            Ok((fact, fact.tag_set(tags.iter().map(String::as_str))?))
        })
        .collect::<Result<_, crate::facts::UnknownWord>>()
        .map_err(de::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Source;

    fn condition(text: &str) -> Condition {
        toml::from_str(text).unwrap()
    }

    fn facts(json: &serde_json::Value) -> Facts {
        Facts::from_json(json, &Source::User).unwrap()
    }

    #[test]
    fn unknown_facts_decide_nothing() {
        for text in ["all.os = ['linux']", "any.os = ['linux']", "only.os = ['linux']", "none.os = ['windows']"] {
            assert!(!condition(text).holds(&Facts::default()), "{text}");
        }
        assert!(condition("").holds(&Facts::default()));
    }

    #[test]
    fn each_part_means_what_its_name_says() {
        let both = facts(&serde_json::json!({"os": ["linux", "windows"], "kind": "cli"}));
        assert!(condition("all.os = ['linux']").holds(&both));
        assert!(!condition("only.os = ['linux']").holds(&both));
        assert!(condition("none.os = ['macos']").holds(&both));
        assert!(condition("any.os = ['macos']\nany.kind = ['cli']").holds(&both));
        assert!(!condition("all.os = ['linux']\nunless.kind = ['cli']").holds(&both));
    }
}
