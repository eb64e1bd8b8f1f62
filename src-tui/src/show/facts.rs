//! Facts with their sources.

use packwright_core::facts::{Fact, Facts, Known};

use super::{Cell, Paint, Table};

/// One row a fact: its id, its tags, why it is believed. Facts of one system are written as `--set` takes them.
pub fn table(facts: &Facts) -> Table {
    let mut table = Table::default();
    let mut add = |name: String, fact: Fact, known: &Known| {
        let tags: Vec<&str> = known.tags.ids(fact).collect();
        table.row([name.into(), tags.join(", ").into(), Cell::new(Paint::Faint, known.source.to_string())]);
    };
    for (fact, known) in facts.common() {
        add(fact.id().into(), fact, known);
    }
    for os in facts.systems() {
        for (fact, known) in facts.for_target(os).common().filter(|(fact, known)| facts.get(*fact) != Some(*known)) {
            add(format!("{os}:{fact}"), fact, known);
        }
    }
    if table.is_empty() {
        table.row(["nothing is known".into()]);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::show::Style;

    #[test]
    fn facts_of_one_system_are_named_with_it() {
        let mut facts = Facts::default();
        facts.assign("kind=cli").unwrap();
        facts.assign("windows:python-on-target=absent").unwrap();
        let text = table(&facts).render(Style { colour: false, width: 80 }, 0);
        assert_eq!(text, "kind                      cli     you\nwindows:python-on-target  absent  you\n");
    }
}
