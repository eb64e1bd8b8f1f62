//! One tool, as its file in `catalogue/tools/` describes it.

use serde::{Deserialize, Serialize};

use super::{Symptom, tool};
use crate::facts::Os;

/// A tool.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Tool {
    /// Its executable; of a managed tool also its distribution.
    pub name: String,
    /// Where it is described, and how it is installed where no package manager has it.
    pub documentation: String,
    /// How its version is asked for.
    #[serde(default)]
    pub probe: Probe,
    /// Packages by package manager.
    #[serde(default)]
    pub install: Vec<Install>,
    /// Where package managers lack it: why, and how it is got instead.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub elsewhere: String,
    /// What Packwright installs by itself, if it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pins: Option<Pins>,
    /// The variable that names the folder in which it keeps what it has found out. Every step gives it one of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remembers: Option<String>,
    /// Programs of the system that it starts itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<Needed>,
    /// Its known failures, and those of what it makes.
    #[serde(default, skip_serializing)]
    pub symptoms: Vec<Symptom>,
}

/// How a tool is asked for its version.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Probe {
    /// Its arguments.
    pub arguments: Vec<String>,
    /// A regular expression over what it then prints, whose first group is the version.
    pub version: String,
}

/// A program of the system that a tool starts itself.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Needed {
    /// The name of its tool.
    pub tool: String,
    /// Where.
    pub on: Vec<Os>,
}

/// How a tool is installed with one package manager.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Install {
    /// The id of an [`Installer`](super::Installer).
    pub with: String,
    /// The package.
    pub package: String,
}

/// What Packwright installs of a tool by itself: from the package index, into the user's cache.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Pins {
    /// What is installed.
    pub form: Form,
    /// The oldest version on PATH that is taken instead, for example `0.9`; without it only the pinned one will do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oldest: Option<String>,
    /// Requirements with their hashes, for all platforms and Pythons. Made by
    /// `echo NAME | uv pip compile - --universal --python-version 3.9 --generate-hashes --no-header --no-annotate`.
    pub requirements: String,
}

/// What is installed of a managed tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// One program, which is taken out of its wheel: it needs no Python, and is on nobody's PATH.
    Program,
    /// An environment of its own, with the Python that it is to work for.
    Environment,
}

/// The first thing that looks like a version: a number, a dot, and more.
const ANY_VERSION: &str = r"([0-9][0-9A-Za-z+~-]*\.[0-9A-Za-z.+~-]*[0-9A-Za-z])";

impl Default for Probe {
    fn default() -> Self {
        Self { arguments: vec!["--version".into()], version: ANY_VERSION.into() }
    }
}

impl Pins {
    /// The version that the requirements pin for a distribution.
    pub fn version(&self, distribution: &str) -> Option<&str> {
        self.requirements.lines().find_map(|line| {
            let rest = line.trim().strip_prefix(distribution)?.strip_prefix("==")?;
            rest.split([' ', ';', '\\']).next()
        })
    }
}

impl Tool {
    /// Whether what is installed is one program that needs nothing else.
    pub fn is_program(&self) -> bool {
        self.pins.as_ref().is_some_and(|pins| pins.form == Form::Program)
    }

    /// What it starts itself on such a system.
    pub fn needs(&self, os: Os) -> impl Iterator<Item = &'static Tool> {
        self.needs.iter().filter(move |needed| needed.on.contains(&os)).filter_map(|needed| tool(&needed.tool))
    }
}
