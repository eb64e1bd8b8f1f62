//! What is to be built, and how a choice changes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::event::Receipt;
use crate::facts::{Facts, Project, Target};
use crate::technologies;

/// A technology with what the user chose for it; the project and the facts are those of the session.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// The technology.
    pub technology: String,
    /// The entry point; `None` for the project's first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<String>,
    /// Options of the backend.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub options: BTreeMap<String, String>,
    /// What it is built for; `None` for what the facts say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<Target>,
    /// Extras that go in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extras: Vec<String>,
    /// Dependency groups that go in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
    /// Commands as people type them, that are tried besides.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub typed: Vec<String>,
    /// The version, where the build takes it from version control.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scm_version: Option<String>,
}

/// Something that is chosen otherwise.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Change {
    /// An option of the backend.
    Option {
        /// Which.
        id: String,
        /// Its value; `None` for what follows from the facts.
        value: Option<String>,
    },
    /// The entry point; `None` for the project's first.
    Entry(Option<String>),
    /// An extra goes in, or stays out.
    Extra {
        /// Which.
        name: String,
        /// Whether it goes in.
        goes_in: bool,
    },
    /// A dependency group goes in, or stays out.
    Group {
        /// Which.
        name: String,
        /// Whether it goes in.
        goes_in: bool,
    },
    /// What it is built for; `None` for what the facts say.
    Target(Option<Target>),
    /// A command as people type it is tried besides, in the place of another one; empty for none.
    Typed(String),
}

impl Choice {
    /// A technology as the facts say it is built.
    pub fn of(technology: impl Into<String>) -> Self {
        Self { technology: technology.into(), ..Self::default() }
    }

    /// What was chosen for a build of this project: what is as it would be without saying so is not said, and what the
    /// project does not have any more neither.
    pub fn again(receipt: &Receipt, project: &Project, facts: &Facts) -> Self {
        let technology = receipt.artifact.technology.clone();
        let specs = technologies::named(&technology).map_or(&[][..], |entry| &entry.options);
        let said = |(id, value): &(&String, &String)| {
            specs.iter().any(|spec| spec.id == **id && spec.default_for(facts) != value.as_str())
        };
        let usual = project.entry_points.first().map(|entry| &entry.name);
        let is_there = |name: &String| project.entry_points.iter().any(|entry| entry.name == *name);
        let target = &receipt.artifact.target;
        Self {
            technology,
            entry: receipt.entry.clone().filter(|name| Some(name) != usual && is_there(name)),
            options: receipt.options.iter().filter(said).map(|(id, value)| (id.clone(), value.clone())).collect(),
            target: (*target != Target::of(facts)).then(|| target.clone()),
            extras: receipt.extras.iter().filter(|extra| project.extras.contains_key(*extra)).cloned().collect(),
            groups: receipt.groups.iter().filter(|group| project.groups.contains_key(*group)).cloned().collect(),
            typed: Vec::new(),
            // Another build is of another version.
            scm_version: None,
        }
    }

    /// The same with a change.
    #[must_use]
    pub fn with(mut self, change: &Change) -> Self {
        match change {
            Change::Option { id, value: Some(value) } => drop(self.options.insert(id.clone(), value.clone())),
            Change::Option { id, value: None } => drop(self.options.remove(id)),
            Change::Entry(entry) => self.entry.clone_from(entry),
            Change::Extra { name, goes_in } => put(&mut self.extras, name, *goes_in),
            Change::Group { name, goes_in } => put(&mut self.groups, name, *goes_in),
            Change::Target(target) => self.target.clone_from(target),
            Change::Typed(command) => {
                self.typed = Some(command.clone()).filter(|typed| !typed.is_empty()).into_iter().collect();
            }
        }
        self
    }
}

/// Takes a name in, or out.
fn put(names: &mut Vec<String>, name: &str, goes_in: bool) {
    names.retain(|one| one != name);
    if goes_in {
        names.push(name.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_sets_one_thing_and_takes_it_back() {
        let option = |value: Option<&str>| Change::Option { id: "venv".into(), value: value.map(str::to_owned) };
        let extra = |goes_in| Change::Extra { name: "colour".into(), goes_in };
        let choice = Choice::of("x").with(&option(Some("true"))).with(&extra(true)).with(&extra(true));
        assert_eq!((choice.options["venv"].as_str(), choice.extras.len()), ("true", 1));
        let typed = choice.clone().with(&Change::Typed("todo list".into()));
        assert_eq!(typed.typed, ["todo list"]);
        assert_eq!(typed.with(&Change::Typed(String::new())), choice);
        let group = Change::Group { name: "night".into(), goes_in: false };
        assert_eq!(choice.with(&option(None)).with(&extra(false)).with(&group), Choice::of("x"));
        let entry = Choice::of("x").with(&Change::Entry(Some("a".into()))).with(&Change::Target(Some(Target::host())));
        assert_eq!((entry.entry.as_deref(), entry.target.is_some()), (Some("a"), true));
    }
}
