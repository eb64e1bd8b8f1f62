//! The rungs of the packaging gradient.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::embedded::data;
use crate::facts::Vocabulary;

/// One rung: what artifacts of it still take from the target, in words.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Level {
    /// Its id in the vocabulary.
    pub id: String,
    /// What it is called in short, where there is little room.
    pub name: String,
    /// A few words.
    pub title: String,
    /// What it still takes and what it brings, one sentence.
    pub text: String,
    /// Where the rung is described.
    pub source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Levels {
    levels: Vec<Level>,
}

static LEVELS: LazyLock<Vec<Level>> = LazyLock::new(|| {
    let levels: Levels = data!("catalogue/levels.toml");
    levels.levels
});

/// Every rung, lightest first.
pub fn levels() -> &'static [Level] {
    &LEVELS
}

/// The rung of a technology, by id.
pub fn level_of(technology: &str) -> Option<&'static Level> {
    let id = Vocabulary::get().levels().find(|(_, list)| list.contains(&technology)).map(|(level, _)| level)?;
    levels().iter().find(|level| level.id == id)
}

/// The place of a technology on the gradient: 0 is the lightest.
pub fn rank_of(technology: &str) -> Option<usize> {
    Vocabulary::get().levels().flat_map(|(_, list)| list).position(|id| id == technology)
}

/// The families of a technology: each holds others that answer the same need.
pub fn families_of(technology: &str) -> Vec<&'static str> {
    let holds = |members: &[String]| members.iter().any(|member| member == technology);
    let families = Vocabulary::get().families().iter();
    families.filter(|(_, members)| holds(members)).map(|(family, _)| family.as_str()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_levels_are_those_of_the_vocabulary_in_its_order() {
        let ours: Vec<&str> = levels().iter().map(|level| level.id.as_str()).collect();
        let theirs: Vec<&str> = Vocabulary::get().levels().map(|(level, _)| level).collect();
        assert_eq!(ours, theirs);
        assert!(levels().iter().all(|level| level.source.starts_with("https://")));
    }

    #[test]
    fn a_technology_knows_its_rung_and_its_families() {
        assert_eq!(level_of("pex").map(|level| level.id.as_str()), Some("preinstalled-python"));
        assert!(rank_of("module") < rank_of("wheel") && rank_of("wheel") < rank_of("docker"));
        assert_eq!(families_of("briefcase"), ["installer", "mobile"]);
        assert_eq!((level_of("tarball"), rank_of("tarball")), (None, None));
    }
}
