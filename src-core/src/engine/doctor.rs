//! What can be built here, and what is missing.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::backend::Backend;
use crate::catalogue::{Entry, Tool};
use crate::engine::disk::capacity::Capacity;
use crate::engine::tools::{Toolbox, find, hints, install_command};
use crate::facts::{Os, Platform};
use crate::problem::Hint;

/// What was found out about one technology.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkup {
    /// The technology.
    pub technology: String,
    /// Whether it can be built here.
    pub state: State,
    /// Its tools.
    pub tools: Vec<ToolState>,
}

/// Whether a technology can be built here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "can", rename_all = "kebab-case")]
pub enum State {
    /// It can.
    Build,
    /// A tool is missing.
    Missing {
        /// How to get it.
        hints: Vec<Hint>,
    },
    /// Not on this system.
    Unsupported {
        /// Why.
        because: String,
    },
}

/// The commands that install what is missing, each once however many technologies need it.
pub fn install_commands(found: &[Checkup]) -> Vec<&[String]> {
    let mut commands: Vec<&[String]> = Vec::new();
    for checkup in found {
        let State::Missing { hints } = &checkup.state else { continue };
        for hint in hints {
            if !hint.command.is_empty() && !commands.contains(&hint.command.as_slice()) {
                commands.push(&hint.command);
            }
        }
    }
    commands
}

/// What builds find here besides tools.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provision {
    /// What confines steps and trials, or that nothing does.
    pub sandbox: String,
    /// Whether it does.
    pub is_confined: bool,
    /// How a missing sandbox is got.
    pub hints: Vec<Hint>,
    /// How much room there is.
    pub free: Capacity,
}

/// What is known of one tool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolState {
    /// Its name.
    pub name: String,
    /// Its version; `None` when it is not here.
    pub version: Option<String>,
    /// Whether Packwright gets it by itself when it is needed.
    pub managed: bool,
    /// Which of those that Packwright has installed are not as they were installed, with what is wrong, in plain words.
    /// They are installed again when they are needed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub damaged: Vec<String>,
}

/// How a tool can be had here, as far as that shows without starting anything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reach {
    /// It is here.
    Here,
    /// Packwright installs it when it is needed.
    Managed,
    /// This command installs it.
    Install(Vec<String>),
    /// No package manager that is here has it, as far as the catalogue knows.
    Unknown,
}

/// Looks for a tool.
pub fn reach(tool: &Tool) -> Reach {
    if find(&tool.name, &[]).is_some() {
        Reach::Here
    } else if tool.pins.is_some() {
        Reach::Managed
    } else {
        install_command(tool).map_or(Reach::Unknown, Reach::Install)
    }
}

/// Whether a technology can be built here, without asking any tool for its version.
pub fn glance(entry: &Entry) -> State {
    let missing = wanted(entry).into_iter().filter(|tool| matches!(reach(tool), Reach::Install(_) | Reach::Unknown));
    let hints = hints(missing);
    match unsupported(entry, Platform::host().os) {
        Some(because) => State::Unsupported { because },
        None if hints.is_empty() => State::Build,
        None => State::Missing { hints },
    }
}

/// What this machine has for a technology, as far as that shows without starting anything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seen {
    /// Whether it can be built here.
    pub state: State,
    /// How each of its tools is reached, in the order of the entry.
    pub tools: Vec<Reach>,
}

impl Seen {
    /// Looks for the tools of an entry; this reads folders of programs.
    pub fn of(entry: &Entry) -> Self {
        Self { state: glance(entry), tools: entry.tools().map(reach).collect() }
    }
}

/// The tools of a technology, each with what it starts itself.
fn wanted(entry: &Entry) -> Vec<&'static Tool> {
    let mut all: Vec<&'static Tool> = Vec::new();
    for tool in entry.tools().flat_map(|tool| std::iter::once(tool).chain(tool.needs(Platform::host().os))) {
        if !all.contains(&tool) {
            all.push(tool);
        }
    }
    all
}

/// What is wrong with the tools that were looked at, by their names: several technologies use the same.
pub(super) type LookedAt = BTreeMap<String, Vec<String>>;

/// Looks at one technology.
pub(super) fn examine(backend: &dyn Backend, toolbox: &Toolbox, looked_at: &mut LookedAt) -> Checkup {
    let entry = backend.entry();
    let wanted = wanted(entry);
    let tools: Vec<ToolState> = wanted.iter().map(|tool| look_for(tool, toolbox, looked_at)).collect();
    let missing = wanted.into_iter().zip(&tools).filter(|(_, state)| state.version.is_none() && !state.managed);
    let missing = hints(missing.map(|(tool, _)| tool));
    let state = match unsupported(entry, Platform::host().os) {
        Some(because) => State::Unsupported { because },
        None if toolbox.pythons.is_empty() => State::Missing { hints: vec![Hint::of("Install Python 3.9 or newer")] },
        None if missing.is_empty() => State::Build,
        None => State::Missing { hints: missing },
    };
    Checkup { technology: entry.id.clone(), state, tools }
}

fn unsupported(entry: &Entry, os: Os) -> Option<String> {
    let here: Vec<_> = entry.hosts.iter().filter(|support| support.on.contains(&os)).collect();
    if here.iter().any(|support| !support.targets.is_empty()) {
        return None;
    }
    let because = here
        .iter()
        .chain(&entry.hosts.iter().collect::<Vec<_>>())
        .map(|support| support.because.clone())
        .find(|because| !because.is_empty());
    Some(because.unwrap_or_else(|| format!("it cannot be built on {os}")))
}

/// The version of a tool that is here and does not say one that is understood.
const UNKNOWN: &str = "of an unknown version";

fn look_for(tool: &Tool, toolbox: &Toolbox, looked_at: &mut LookedAt) -> ToolState {
    let found = find(&tool.name, toolbox.off_limits);
    let version = found.map(|program| toolbox.version(tool, &program).unwrap_or_else(|| UNKNOWN.into()));
    let managed = tool.pins.is_some();
    let look = || {
        let damaged = toolbox.damaged(&tool.name);
        damaged.iter().map(|(version, damage)| format!("{} {version} is damaged ({damage})", tool.name)).collect()
    };
    let damaged = if managed { looked_at.entry(tool.name.clone()).or_insert_with(look).clone() } else { Vec::new() };
    ToolState { name: tool.name.clone(), version, managed, damaged }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::tool;
    use crate::technologies;

    #[test]
    fn what_is_nowhere_is_installed_by_a_command_or_by_hand() {
        let tool = Tool { name: "no-such-program-anywhere".into(), ..tool("pex").unwrap().clone() };
        assert_eq!(reach(&tool), Reach::Managed);
        assert_eq!(reach(&Tool { pins: None, install: Vec::new(), ..tool }), Reach::Unknown);
    }

    #[test]
    fn a_tool_is_looked_for_with_what_it_starts_itself() {
        let freezes = |entry: &&&Entry| entry.tools.iter().any(|name| name == "pyinstaller");
        let names: Vec<&str> =
            wanted(technologies::all().iter().find(freezes).unwrap()).iter().map(|tool| tool.name.as_str()).collect();
        assert_eq!(names.contains(&"objdump"), Platform::host().os == Os::Linux, "{names:?}");
    }

    #[test]
    fn a_command_that_installs_what_several_miss_is_given_once() {
        let hint = |words: &[&str]| Hint {
            text: "x".into(),
            command: words.iter().map(|word| (*word).to_owned()).collect(),
            remedy: None,
        };
        let missing = |hints| Checkup { technology: "x".into(), state: State::Missing { hints }, tools: Vec::new() };
        let able = Checkup { technology: "x".into(), state: State::Build, tools: Vec::new() };
        let found = [missing(vec![hint(&["a"]), hint(&[])]), able, missing(vec![hint(&["a"]), hint(&["b"])])];
        assert_eq!(install_commands(&found), [["a"], ["b"]]);
    }

    #[test]
    fn what_cannot_be_built_on_this_system_says_why() {
        let foreign = |entry: &&&Entry| entry.hosts.iter().all(|support| !support.on.contains(&Platform::host().os));
        let entry = technologies::all().iter().find(foreign).unwrap();
        assert!(matches!(glance(entry), State::Unsupported { .. }), "{}", entry.id);
    }
}
