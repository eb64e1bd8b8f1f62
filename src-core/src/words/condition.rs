//! The condition of a rule in words.

use crate::catalogue::Condition;
use crate::facts::{Fact, Tags};

/// What several answers to one question mean for a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strictness {
    /// One that matches is enough.
    Any,
    /// Each has to match: the rule takes a technology out.
    Certain,
}

/// When a rule applies, as facts and tags; empty where it always does.
pub fn condition(condition: &Condition, strictness: Strictness) -> String {
    let only = if strictness == Strictness::Certain { "only " } else { "" };
    let is = |(fact, tags): &(Fact, Tags)| format!("{fact} is {only}{}", either(*fact, *tags));
    let mut parts: Vec<String> = condition.all.iter().map(is).collect();
    if !condition.any.is_empty() {
        parts.push(condition.any.iter().map(is).collect::<Vec<_>>().join(", or "));
    }
    parts.extend(condition.only.iter().map(|(fact, tags)| format!("{fact} is only {}", either(*fact, *tags))));
    parts.extend(condition.none.iter().map(|(fact, tags)| format!("{fact} is known and not {}", either(*fact, *tags))));
    let unless: Vec<String> =
        condition.unless.iter().map(|(fact, tags)| format!("{fact} is {}", either(*fact, *tags))).collect();
    match (parts.is_empty(), unless.is_empty()) {
        (_, true) => parts.join("; "),
        (true, false) => format!("unless {}", unless.join(", or ")),
        (false, false) => format!("{}; unless {}", parts.join("; "), unless.join(", or ")),
    }
}

fn either(fact: Fact, tags: Tags) -> String {
    let ids: Vec<&str> = tags.ids(fact).collect();
    match ids.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => ids.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(fact: &str, tags: &[&str]) -> Vec<(Fact, Tags)> {
        let fact = Fact::named(fact).unwrap();
        vec![(fact, fact.tag_set(tags.iter().copied()).unwrap())]
    }

    #[test]
    fn every_part_of_a_condition_is_told() {
        let condition = Condition {
            all: part("kind", &["gui", "game", "cli"]),
            any: part("os", &["linux"]),
            none: part("audience", &["developers"]),
            unless: part("purpose", &["evaluation"]),
            ..Condition::default()
        };
        assert_eq!(
            super::condition(&condition, Strictness::Any),
            "kind is cli, gui or game; os is linux; audience is known and not developers; unless purpose is evaluation"
        );
        let certain = Condition { all: part("os", &["ios"]), ..Condition::default() };
        assert_eq!(super::condition(&certain, Strictness::Certain), "os is only ios");
        assert_eq!(super::condition(&Condition::default(), Strictness::Any), "");
    }
}
