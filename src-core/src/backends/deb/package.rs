//! One package, as far as it is known before anything is made.

use super::commands::Installed;
use super::people::Maintainer;
use super::text::one_line;
use super::version::DebianVersion;
use crate::backend::Request;
use crate::facts::{EntryKind, Trial};

/// Both ways to carry a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Payload {
    /// A virtual environment at its final place, which runs on the system's Python.
    Venv,
    /// A folder with a Python of its own.
    Frozen,
}

/// What all files of the package speak of.
#[derive(Clone)]
pub(super) struct Package<'a> {
    /// What is built, for the Python that will run it.
    pub request: &'a Request,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: DebianVersion,
    /// Who answers for it.
    pub maintainer: Maintainer,
    /// What it carries.
    pub payload: Payload,
    /// The commands that it gives, the main one first.
    pub commands: Vec<Installed<'a>>,
}

impl Package<'_> {
    /// The same with another version.
    pub fn at(&self, version: DebianVersion) -> Self {
        Self { version, ..self.clone() }
    }

    /// Where the program stands, from the root of the system and without a slash before it: `/opt` is for what no
    /// distribution's package manager puts there, `/usr/lib/NAME` for what one program needs (FHS 3.13, 4.7).
    pub fn folder(&self) -> String {
        format!("usr/lib/{}", self.name)
    }

    /// The main command.
    pub fn command(&self) -> &str {
        self.commands.first().map_or(&self.name, |command| &command.name)
    }

    /// What it is, in one line without a full stop; never empty.
    pub fn summary(&self) -> String {
        let summary = self.request.project.metadata.summary.as_deref().map(one_line).unwrap_or_default();
        let summary = summary.trim_end_matches('.').trim_end();
        if summary.is_empty() { format!("program {}, written in Python", self.command()) } else { summary.to_owned() }
    }

    /// Whether the system starts it and keeps it running.
    pub fn is_service(&self) -> bool {
        let request = self.request;
        match request.options.get("service") {
            "yes" => true,
            "no" => false,
            _ => {
                ["service", "web-app", "agent"].iter().any(|kind| request.facts.has("kind", kind))
                    || matches!(request.project.trial.value, Trial::Http { .. })
            }
        }
    }

    /// Whether it has windows, and so a place in menus.
    pub fn has_windows(&self) -> bool {
        let request = self.request;
        self.commands.first().is_some_and(|command| command.entry.kind == EntryKind::Gui)
            || ["gui", "game"].iter().any(|kind| request.facts.has("kind", kind))
            || matches!(request.project.trial.value, Trial::Window { .. })
    }

    /// The page on the web: what the metadata calls so, else another address of the project.
    pub fn homepage(&self) -> Option<&str> {
        let urls = &self.request.project.metadata.urls;
        let is_plain = |url: &&String| {
            (url.starts_with("https://") || url.starts_with("http://"))
                && url.chars().all(|c| c.is_ascii_graphic() && !"\"'\\<>".contains(c))
        };
        let label = |label: &str| label.to_lowercase().replace(|c: char| !c.is_alphanumeric(), "");
        let named = |wanted: &str| urls.iter().find(|(name, _)| label(name) == wanted).map(|(_, url)| url);
        let known = ["homepage", "home", "website", "documentation", "repository", "source", "sourcecode", "github"];
        known.iter().filter_map(|name| named(name)).chain(urls.values()).find(is_plain).map(String::as_str)
    }
}
