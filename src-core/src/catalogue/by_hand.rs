//! Steps that a person takes where Packwright does not build yet: commands and files, with placeholders for a project.

use serde::{Deserialize, Serialize};

/// The placeholder for the few lines that start a program which has no file of its own to start.
pub(super) const LAUNCHER: &str = "launcher";

/// The placeholders of commands and texts, and what each stands for.
pub const PLACEHOLDERS: &[(&str, &str)] = &[
    ("name", "the name of the distribution, normalised as PEP 503 says"),
    ("filename", "that name as the names of its files have it, with `_` for `-`, as PEP 625 says"),
    ("version", "its version"),
    ("package", "the top-level package or module that holds the program"),
    ("entry", "what a user types to start the program"),
    ("start", "how the program is started, listening for everybody where it listens"),
    ("parts", "the same as parts of a list, between quotation marks"),
    ("web", "the same, on the port in `PORT`"),
    ("needs", "distributions that start the program and that it does not require itself"),
    ("script", "the file that starts the program"),
    (LAUNCHER, "the lines of that file, for programs that have none"),
    ("builders", "the distributions that build it, as `[build-system]` requires them"),
    ("summary", "what the project is, in one line"),
    ("licence", "its licence"),
    ("maintainer", "the person who answers for it, with an address"),
];

/// One step by hand: a command, a file to write, or neither for what is done in a browser or an editor.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ByHand {
    /// What it does, one sentence.
    pub title: String,
    /// The folder it is done in, from the root of the project; the root itself unless said.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub folder: String,
    /// The argument vector, with placeholders in braces.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub command: Vec<String>,
    /// The file to write, from the root of the project.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub file: String,
    /// What goes into that file, with placeholders in braces.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// The address this is known from.
    pub source: String,
}

impl ByHand {
    /// Everything wrong with it, for the sentence `step N of …`.
    pub(super) fn faults(&self) -> Vec<String> {
        let texts = self.command.iter().chain([&self.title, &self.folder, &self.file, &self.text]);
        let unknown = texts
            .flat_map(|text| placeholders(text))
            .find(|name| !PLACEHOLDERS.iter().any(|(known, _)| known == name))
            .map(|name| format!("has the unknown placeholder `{{{name}}}`"));
        let shell =
            self.command.iter().find(|argument| argument.contains(['|', '&', ';', '<', '>', '`', '$', '*', '\n']));
        let shell = shell.map(|argument| format!("has `{argument}`, which only a shell understands"));
        let checks = [
            (self.command.is_empty() || self.file.is_empty(), "is both a command and a file"),
            (self.file.is_empty() == self.text.is_empty(), "has a file without a text, or the other way round"),
            (![&self.file, &self.folder].into_iter().any(|path| leaves(path)), "works outside the project"),
        ];
        let careless = checks.into_iter().filter(|(holds, _)| !holds).map(|(_, fault)| fault.to_owned());
        unknown.into_iter().chain(shell).chain(careless).collect()
    }
}

/// Whether a path leads out of the project.
fn leaves(path: &str) -> bool {
    path.starts_with('/') || path.split('/').any(|part| part == "..")
}

/// The names between braces. Braces around anything else than lower-case letters mean themselves.
pub(super) fn placeholders(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|rest| {
        let (name, _) = rest.split_once('}')?;
        (!name.is_empty() && name.chars().all(|letter| letter.is_ascii_lowercase())).then_some(name)
    })
}
