//! What holds for every advice about a project of which is known what can be made of it.

use packwright_core::advice::Outlook;
use packwright_core::problem::{Code, Problem};
use proptest::prelude::*;

use super::{ADVISOR, answers, facts, ids};

/// What can be made of a project: for each technology two bits, whether anything is known and whether it can be made.
fn outlook() -> impl Strategy<Value = Outlook> {
    (any::<u64>(), any::<u64>()).prop_map(|(known, ready)| {
        let mut outlook = Outlook::default();
        let ids = ADVISOR.entries().iter().map(|entry| entry.id.clone());
        for (index, id) in ids.enumerate().filter(|(index, _)| known >> (index % 64) & 1 == 1) {
            if ready >> (index % 64) & 1 == 1 {
                outlook.ready.insert(id);
            } else {
                outlook.needs.insert(id, Problem::new(Code::Unsuitable, "it has no entry point").hint("Add one"));
            }
        }
        outlook
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_needs_something_first_never_leads_while_another_can_be_made(answers in answers(), outlook in outlook()) {
        let facts = facts(&answers);
        let advice = ADVISOR.rank((&facts, &outlook));
        let own = advice.targets.iter().map(|target| &target.recommendations);
        for ranking in std::iter::once(&advice.recommendations).chain(own) {
            let can_be_made = ranking.iter().any(|one| one.score >= 0 && outlook.ready.contains(&one.technology));
            let first = ranking.first();
            prop_assert!(!can_be_made || first.is_some_and(|first| first.needs.is_none()));
            prop_assert!(ranking.iter().all(|one| one.needs.is_some() == outlook.needs.contains_key(&one.technology)));
        }
        let without = ADVISOR.rank(&facts);
        prop_assert_eq!(ids(&advice.ruled_out), ids(&without.ruled_out), "it decides about the order alone");
        let told = ADVISOR.explain((&facts, &outlook));
        prop_assert_eq!(told.technology.as_deref(), advice.best().map(|best| best.technology.as_str()));
    }

    #[test]
    fn nothing_is_proposed_behind_another_that_does_not_fit_there(answers in answers(), outlook in outlook()) {
        let advice = ADVISOR.rank((&facts(&answers), &outlook));
        let own = advice.targets.iter().map(|target| &target.recommendations);
        let rankings: Vec<_> = std::iter::once(&advice.recommendations).chain(own).collect();
        for step in &advice.and_then {
            let fits = |id: &String| {
                rankings.iter().any(|ranking| ranking.iter().any(|one| one.technology == *id && one.needs.is_none()))
            };
            prop_assert!(fits(&step.then) || rankings.iter().any(|ranking| ranking.first().is_some_and(|best| best.technology == step.then)), "{:?}", step);
        }
    }
}
