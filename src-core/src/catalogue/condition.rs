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
        self.fits(|fact| facts.get(fact).map(|known| known.tags).unwrap_or_default())
    }

    /// Whether it holds for these tags, where the empty set means unknown. One matching tag among several is enough.
    pub fn fits(&self, tags: impl Fn(Fact) -> Tags) -> bool {
        let meets = |(fact, wanted): &(Fact, Tags)| tags(*fact).meets(*wanted);
        (self.any.is_empty() || self.any.iter().any(meets))
            && self.all.iter().all(meets)
            && self.bounds(&tags)
            && !self.unless.iter().any(meets)
    }

    /// Whether it holds beyond doubt, as a hard rule needs it. The empty set means unknown.
    ///
    /// Several tags of a fact are cases of which any may turn up, so each of them must match, except for the facts that
    /// are `together`: there all tags apply at once and one match suffices. An exception must be known to be false.
    pub fn is_certain(&self, tags: impl Fn(Fact) -> Tags, together: impl Fn(Fact) -> bool) -> bool {
        let matches = |(fact, wanted): &(Fact, Tags)| {
            let tags = tags(*fact);
            if together(*fact) { tags.meets(*wanted) } else { !tags.is_empty() && tags.within(*wanted) }
        };
        let refuted = |(fact, exception): &(Fact, Tags)| {
            let tags = tags(*fact);
            !tags.is_empty() && !tags.meets(*exception)
        };
        (self.any.is_empty() || self.any.iter().any(matches))
            && self.all.iter().all(matches)
            && self.bounds(&tags)
            && self.unless.iter().all(refuted)
    }

    /// The parts `only` and `none`, which mean the same for soft and hard rules.
    fn bounds(&self, tags: &impl Fn(Fact) -> Tags) -> bool {
        let known = |fact: Fact| Some(tags(fact)).filter(|tags| !tags.is_empty());
        self.only.iter().all(|(fact, wanted)| known(*fact).is_some_and(|tags| tags.within(*wanted)))
            && self.none.iter().all(|(fact, wanted)| known(*fact).is_some_and(|tags| !tags.meets(*wanted)))
    }

    /// Whether any tags could make it hold: a rule that cannot fire is a mistake in the data.
    pub fn is_satisfiable(&self) -> bool {
        let every = |fact: Fact| fact.tags().fold(Tags::default(), Tags::with);
        let allowed = |fact: Fact| {
            let mut left = every(fact);
            for (_, only) in self.only.iter().filter(|(other, _)| *other == fact) {
                left = left.and(*only);
            }
            for (_, out) in self.none.iter().chain(&self.unless).filter(|(other, _)| *other == fact) {
                left = left.without(*out);
            }
            left
        };
        let possible = |(fact, wanted): &(Fact, Tags)| allowed(*fact).meets(*wanted);
        (self.any.is_empty() || self.any.iter().any(possible))
            && self.all.iter().all(possible)
            && self.only.iter().chain(&self.none).all(|(fact, _)| !allowed(*fact).is_empty())
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

    #[test]
    fn a_hard_rule_needs_every_case_and_a_refuted_exception() {
        let certain = |text: &str, json: serde_json::Value| {
            let facts = facts(&json);
            let tags = |fact| facts.get(fact).map(|known| known.tags).unwrap_or_default();
            condition(text).is_certain(tags, |fact| fact.id() == "limits")
        };
        let absent = "all.python-on-target = ['absent']";
        assert!(certain(absent, serde_json::json!({"python-on-target": "absent"})));
        assert!(!certain(absent, serde_json::json!({"python-on-target": ["absent", "matching"]})));
        assert!(certain("all.limits = ['small']", serde_json::json!({"limits": ["small", "signed"]})));
        let excepted = "all.os = ['linux']\nunless.plugins = ['none']";
        assert!(!certain(excepted, serde_json::json!({"os": "linux"})));
        assert!(certain(excepted, serde_json::json!({"os": "linux", "plugins": "pure"})));
    }

    #[test]
    fn a_condition_that_contradicts_itself_is_noticed() {
        assert!(condition("all.os = ['linux']\nnone.os = ['windows']").is_satisfiable());
        assert!(!condition("all.os = ['linux']\nnone.os = ['linux']").is_satisfiable());
        assert!(!condition("any.os = ['linux']\nonly.os = ['windows']").is_satisfiable());
    }
}
