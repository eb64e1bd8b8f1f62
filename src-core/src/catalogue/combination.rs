//! Technologies that experts use one inside or after another.

use std::sync::LazyLock;

use serde::Deserialize;

use super::Condition;
use crate::embedded::data;

/// Two technologies that belong together.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Combination {
    /// The technologies that can come first.
    pub first: Vec<String>,
    /// The one that carries or installs it.
    pub then: String,
    /// When it is worth saying.
    pub when: Condition,
    /// One sentence.
    pub because: String,
    /// The address of its source.
    pub source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Combinations {
    combinations: Vec<Combination>,
}

static COMBINATIONS: LazyLock<Vec<Combination>> = LazyLock::new(|| {
    let all: Combinations = data!("catalogue/combinations.toml");
    all.combinations
});

/// Every combination.
pub fn combinations() -> &'static [Combination] {
    &COMBINATIONS
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::rank_of;

    #[test]
    fn combinations_name_technologies_of_the_vocabulary_and_can_apply() {
        for combination in combinations() {
            for technology in combination.first.iter().chain([&combination.then]) {
                assert!(rank_of(technology).is_some(), "{technology}");
            }
            assert!(!combination.first.contains(&combination.then), "{}", combination.then);
            assert!(combination.when.is_satisfiable(), "{}", combination.because);
            assert!(combination.source.starts_with("https://"), "{}", combination.source);
        }
    }
}
