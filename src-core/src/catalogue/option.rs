//! Options of a backend: how the artifact is made, never whether it is the right one.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Condition;
use crate::facts::Facts;

/// An option, described beside its backend.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OptionSpec {
    /// What `--option` takes.
    pub id: String,
    /// Its label in a form.
    pub title: String,
    /// One sentence.
    pub help: String,
    /// Which values it takes.
    pub kind: OptionKind,
    /// The values of a choice; those that a list may hold, where not anything may stand in it.
    #[serde(default)]
    pub choices: Vec<Choice>,
    /// Its value when no preset applies.
    #[serde(default)]
    pub default: String,
    /// Values that follow from facts; the first that holds wins.
    #[serde(default)]
    pub presets: Vec<Preset>,
}

/// Which values an option takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum OptionKind {
    /// `true` or `false`.
    Flag,
    /// One of its choices.
    Choice,
    /// Any text.
    Text,
    /// Texts with commas between them.
    List,
}

/// One value of a choice.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// The value.
    pub id: String,
    /// What it means.
    pub title: String,
}

/// A default that follows from facts.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preset {
    /// When it applies.
    pub when: Condition,
    /// The value then.
    pub value: String,
}

/// Why an option cannot be set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OptionError {
    /// No such option.
    #[error("`{technology}` has no option `{option}`; it has {known}")]
    Unknown {
        /// The technology.
        technology: String,
        /// The option.
        option: String,
        /// The options there are, in words.
        known: String,
    },
    /// No such value.
    #[error("`{option}` cannot be `{value}`; it takes {accepted}")]
    Value {
        /// The option.
        option: String,
        /// The value.
        value: String,
        /// The values it takes, in words.
        accepted: String,
    },
}

/// The values of every option of a backend.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Options(BTreeMap<String, String>);

impl Options {
    /// Defaults that fit the facts, with the user's choices laid over them.
    pub fn settle(
        technology: &str,
        specs: &[OptionSpec],
        facts: &Facts,
        chosen: &BTreeMap<String, String>,
    ) -> Result<Self, OptionError> {
        let mut values: BTreeMap<String, String> =
            specs.iter().map(|spec| (spec.id.clone(), spec.default_for(facts).to_owned())).collect();
        for (id, value) in chosen {
            let spec = specs.iter().find(|spec| spec.id == *id).ok_or_else(|| OptionError::Unknown {
                technology: technology.into(),
                option: id.clone(),
                known: known(specs),
            })?;
            spec.check(value)?;
            values.insert(id.clone(), value.clone());
        }
        Ok(Self(values))
    }

    /// The value of an option; empty when there is none.
    pub fn get(&self, id: &str) -> &str {
        self.0.get(id).map_or("", String::as_str)
    }

    /// Whether a flag is set.
    pub fn is_set(&self, id: &str) -> bool {
        self.get(id) == "true"
    }

    /// The items of a list.
    pub fn list(&self, id: &str) -> Vec<&str> {
        items(self.get(id)).collect()
    }

    /// Every option with its value.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(id, value)| (id.as_str(), value.as_str()))
    }
}

impl OptionSpec {
    /// Its value for these facts when the user says nothing.
    pub fn default_for(&self, facts: &Facts) -> &str {
        self.presets.iter().find(|preset| preset.when.holds(facts)).map_or(&self.default, |preset| &preset.value)
    }

    /// Whether it takes this value.
    pub fn check(&self, value: &str) -> Result<(), OptionError> {
        let refused = |accepted: String| OptionError::Value { option: self.id.clone(), value: value.into(), accepted };
        match self.kind {
            OptionKind::Flag if !matches!(value, "true" | "false") => Err(refused("`true` or `false`".into())),
            OptionKind::Choice if !self.has_choice(value) => Err(refused(self.listed())),
            OptionKind::List if !self.choices.is_empty() && !items(value).all(|item| self.has_choice(item)) => {
                Err(refused(format!("any of {}, with commas between them", self.listed())))
            }
            OptionKind::Text | OptionKind::List if value.contains(['\n', '\0']) => {
                Err(refused("one line of text".into()))
            }
            _ => Ok(()),
        }
    }

    fn has_choice(&self, value: &str) -> bool {
        self.choices.iter().any(|choice| choice.id == value)
    }

    fn listed(&self) -> String {
        crate::problem::listing(&self.choices.iter().map(|choice| format!("`{}`", choice.id)).collect::<Vec<_>>())
    }
}

/// The items of a list, without those that are empty.
fn items(value: &str) -> impl Iterator<Item = &str> {
    value.split(',').map(str::trim).filter(|item| !item.is_empty())
}

fn known(specs: &[OptionSpec]) -> String {
    if specs.is_empty() {
        return "none".into();
    }
    crate::problem::listing(&specs.iter().map(|spec| format!("`{}`", spec.id)).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Source;

    fn specs() -> Vec<OptionSpec> {
        toml::from_str::<BTreeMap<String, Vec<OptionSpec>>>(
            r#"
            [[options]]
            id = "layout"
            title = "Layout"
            help = "How it is laid out."
            kind = "choice"
            default = "folder"
            choices = [{ id = "folder", title = "A folder" }, { id = "file", title = "One file" }]
            presets = [{ when = { all = { limits = ["single-file"] } }, value = "file" }]
            "#,
        )
        .unwrap()
        .remove("options")
        .unwrap()
    }

    #[test]
    fn a_default_follows_from_facts_and_the_user_overrides_it() {
        let facts = Facts::from_json(&serde_json::json!({"limits": ["single-file"]}), &Source::User).unwrap();
        let none = BTreeMap::new();
        assert_eq!(Options::settle("x", &specs(), &Facts::default(), &none).unwrap().get("layout"), "folder");
        assert_eq!(Options::settle("x", &specs(), &facts, &none).unwrap().get("layout"), "file");
        let chosen = BTreeMap::from([("layout".to_owned(), "folder".to_owned())]);
        assert_eq!(Options::settle("x", &specs(), &facts, &chosen).unwrap().get("layout"), "folder");
    }

    #[test]
    fn a_wrong_option_or_value_is_answered_with_what_there_is() {
        let settle = |id: &str, value: &str| {
            let chosen = BTreeMap::from([(id.to_owned(), value.to_owned())]);
            Options::settle("x", &specs(), &Facts::default(), &chosen).unwrap_err().to_string()
        };
        assert_eq!(settle("colour", "red"), "`x` has no option `colour`; it has `layout`");
        assert_eq!(settle("layout", "tar"), "`layout` cannot be `tar`; it takes `folder` and `file`");
    }
}
