//! PEP 735: dependency groups with their includes resolved.

use std::collections::{BTreeMap, BTreeSet};

use super::document::Item;
use super::requirement;
use crate::facts::Requirement;
use crate::facts::normalize;
use crate::inspect::InspectError;

/// Reads `[dependency-groups]` of a whole document. Keys are the names as written.
pub(crate) fn read(root: &Item) -> Result<BTreeMap<String, Vec<Requirement>>, InspectError> {
    let Some(table) = root.get("dependency-groups") else { return Ok(BTreeMap::new()) };
    let entries = table.entries()?;
    let mut groups = Groups { table: &table, by_name: BTreeMap::new(), done: BTreeMap::new(), sum: 0 };
    for (name, item) in &entries {
        if groups.by_name.insert(normalize(name), item.clone()).is_some() {
            return Err(
                item.invalid("names a group that another key names too: names are compared as PEP 503 normalises them")
            );
        }
    }
    entries
        .iter()
        .map(|(name, _)| Ok(((*name).to_owned(), groups.resolve(&normalize(name), &mut Vec::new())?)))
        .collect()
}

/// Deepest chain of groups that include one another.
const DEEPEST: usize = 50;

/// Most requirements that all groups may come to.
const MOST: usize = 10_000;

struct Groups<'g, 'd> {
    table: &'g Item<'d>,
    by_name: BTreeMap<String, Item<'d>>,
    done: BTreeMap<String, Vec<Requirement>>,
    /// How many requirements the groups have that are done.
    sum: usize,
}

impl Groups<'_, '_> {
    /// The requirements of a group; `open` are the groups whose includes led here.
    fn resolve(&mut self, name: &str, open: &mut Vec<String>) -> Result<Vec<Requirement>, InspectError> {
        if let Some(done) = self.done.get(name) {
            return Ok(done.clone());
        }
        let Some(item) = self.by_name.get(name).cloned() else {
            return Err(self.table.invalid(&format!("has no group `{name}`, which one of its groups includes")));
        };
        if open.iter().any(|group| group == name) {
            return Err(item.invalid(&format!("includes itself: {} → {name}", open.join(" → "))));
        }
        if open.len() == DEEPEST {
            return Err(item.too_large(&format!("is included over more than {DEEPEST} other groups")));
        }
        open.push(name.to_owned());
        let mut requirements = Vec::new();
        let mut names = BTreeSet::new();
        for element in item.elements()? {
            match included(&element)? {
                // What it brings is the same the second time.
                Some(group) if !names.insert(normalize(group)) => {}
                Some(group) => requirements.extend(self.resolve(&normalize(group), open)?),
                None => requirements.push(requirement::read(&element)?),
            }
            if self.sum + requirements.len() > MOST {
                return Err(self.table.too_large(&format!("comes to more than {MOST} requirements with its includes")));
            }
        }
        self.sum += requirements.len();
        open.pop();
        self.done.insert(name.to_owned(), requirements.clone());
        Ok(requirements)
    }
}

/// The group that an element includes, if it is an include.
fn included<'d>(element: &Item<'d>) -> Result<Option<&'d str>, InspectError> {
    if !element.is_table() {
        return Ok(None);
    }
    match element.get("include-group") {
        Some(group) if element.entries()?.len() == 1 => group.text().map(Some),
        _ => Err(element.invalid("holds a table that is not of the form `{include-group = \"name\"}`")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::metadata::document::Document;

    fn groups(text: &str) -> Result<BTreeMap<String, Vec<Requirement>>, InspectError> {
        read(&Document::parse("pyproject.toml", text)?.root())
    }

    #[test]
    fn an_include_brings_the_requirements_of_the_other_group() {
        let read =
            groups("[dependency-groups]\ntest = ['pytest']\ndev = [{include-group = 'Test'}, 'ruff']\n").unwrap();
        let names: Vec<&str> = read["dev"].iter().map(|requirement| requirement.name.as_str()).collect();
        assert_eq!(names, ["pytest", "ruff"]);
    }

    #[test]
    fn a_cycle_of_includes_is_named() {
        let error =
            groups("[dependency-groups]\na = [{include-group = 'b'}]\nb = [{include-group = 'a'}]\n").unwrap_err();
        assert_eq!(
            error.to_string(),
            "`pyproject.toml` is not valid: line 2: `dependency-groups.a` includes itself: a → b → a"
        );
    }

    #[test]
    fn an_include_of_nothing_is_named() {
        let error = groups("[dependency-groups]\na = [{include-group = 'b'}]\n").unwrap_err();
        assert!(error.to_string().ends_with("has no group `b`, which one of its groups includes"), "{error}");
    }

    #[test]
    fn includes_that_multiply_or_never_end_are_refused() {
        let chain = |many: usize| {
            let group = |number| {
                format!("g{number} = [{{include-group = 'g{}'}}, {{include-group = 'G{}'}}]\n", number + 1, number + 1)
            };
            let groups: String = (0..many).map(group).collect();
            format!("[dependency-groups]\n{groups}g{many} = ['click']\n")
        };
        assert_eq!(groups(&chain(40)).unwrap()["g0"].len(), 1);
        let error = groups(&chain(4_000)).unwrap_err().to_string();
        assert!(error.contains("is included over more than 50 other groups"), "{error}");
        let includes =
            |number: usize| (0..number).map(|to| format!("{{include-group = 'g{to}'}},")).collect::<String>();
        let wide: String = (0..40).map(|number| format!("g{number} = [{} 'a{number}']\n", includes(number))).collect();
        let error = groups(&format!("[dependency-groups]\n{wide}")).unwrap_err().to_string();
        assert!(error.contains("comes to more than 10000 requirements"), "{error}");
    }

    #[test]
    fn an_element_of_another_form_is_refused() {
        for element in ["{group = 'b'}", "{include-group = 'b', x = 1}", "3"] {
            assert!(groups(&format!("[dependency-groups]\na = [{element}]\nb = []\n")).is_err(), "{element}");
        }
    }
}
