//! PEP 735: dependency groups with their includes resolved.

use std::collections::BTreeMap;

use super::document::Item;
use super::requirement;
use crate::facts::Requirement;
use crate::facts::normalize;
use crate::inspect::InspectError;

/// Reads `[dependency-groups]` of a whole document. Keys are the names as written.
pub(crate) fn read(root: &Item) -> Result<BTreeMap<String, Vec<Requirement>>, InspectError> {
    let Some(table) = root.get("dependency-groups") else { return Ok(BTreeMap::new()) };
    let entries = table.entries()?;
    let mut groups = Groups { table: &table, by_name: BTreeMap::new(), done: BTreeMap::new() };
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

struct Groups<'g, 'd> {
    table: &'g Item<'d>,
    by_name: BTreeMap<String, Item<'d>>,
    done: BTreeMap<String, Vec<Requirement>>,
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
        open.push(name.to_owned());
        let mut requirements = Vec::new();
        for element in item.elements()? {
            match included(&element)? {
                Some(group) => requirements.extend(self.resolve(&normalize(group), open)?),
                None => requirements.push(requirement::read(&element)?),
            }
        }
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
    fn an_element_of_another_form_is_refused() {
        for element in ["{group = 'b'}", "{include-group = 'b', x = 1}", "3"] {
            assert!(groups(&format!("[dependency-groups]\na = [{element}]\nb = []\n")).is_err(), "{element}");
        }
    }
}
