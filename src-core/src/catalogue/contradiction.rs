//! Facts that cannot hold together.

use std::sync::LazyLock;

use serde::Deserialize;

use super::Condition;
use crate::embedded::data;

/// Facts that cannot hold together on one target.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Contradiction {
    /// When it is there; like a hard rule, only beyond doubt.
    pub when: Condition,
    /// Whether it is there only if it is so for all targets taken together, because it is about which they are.
    #[serde(default)]
    pub across_targets: bool,
    /// Why both cannot be, one sentence.
    pub because: String,
}

static CONTRADICTIONS: LazyLock<Vec<Contradiction>> = LazyLock::new(|| {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct All {
        contradictions: Vec<Contradiction>,
    }
    let all: All = data!("catalogue/contradictions.toml");
    all.contradictions
});

/// Every contradiction.
pub fn contradictions() -> &'static [Contradiction] {
    &CONTRADICTIONS
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Questionnaire;

    #[test]
    fn contradictions_can_be_there_and_say_why() {
        for contradiction in contradictions() {
            assert!(contradiction.when.is_satisfiable(), "{}", contradiction.because);
            assert!(contradiction.because.split(' ').count() > 3 && !contradiction.because.ends_with('.'));
        }
    }

    #[test]
    fn no_single_answer_contradicts_itself() {
        for question in &Questionnaire::get().questions {
            for tag in question.fact.tags() {
                let tags = |fact| {
                    if fact == question.fact {
                        crate::facts::Tags::default().with(tag)
                    } else {
                        crate::facts::Tags::default()
                    }
                };
                let found = contradictions().iter().find(|one| one.when.is_certain(tags, Questionnaire::is_together));
                assert!(found.is_none(), "{tag:?}: {}", found.unwrap().because);
            }
        }
    }
}
