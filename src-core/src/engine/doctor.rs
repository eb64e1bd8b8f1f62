//! What can be built here, and what is missing.

use serde::{Deserialize, Serialize};

use super::tools::{Toolbox, find, install_command};
use crate::backend::Backend;
use crate::catalogue::{Entry, Tool};
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

/// What is known of one tool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolState {
    /// Its name.
    pub name: String,
    /// Its version; `None` when it is not here.
    pub version: Option<String>,
    /// Whether Packwright gets it by itself when it is needed.
    pub managed: bool,
}

/// Looks at one technology.
pub(super) fn examine(backend: &dyn Backend, toolbox: &Toolbox) -> Checkup {
    let entry = backend.entry();
    let tools: Vec<ToolState> = entry.tools.iter().map(|tool| look_for(tool, toolbox)).collect();
    let missing = || {
        entry
            .tools
            .iter()
            .zip(&tools)
            .filter(|(_, state)| state.version.is_none() && !state.managed)
            .map(|(tool, _)| tool)
    };
    let state = match unsupported(entry, Platform::host().os) {
        Some(because) => State::Unsupported { because },
        None if toolbox.pythons.is_empty() => {
            State::Missing { hints: vec![Hint { text: "Install Python 3.9 or newer".into(), command: Vec::new() }] }
        }
        None if missing().next().is_some() => State::Missing { hints: missing().map(hint).collect() },
        None => State::Build,
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

fn look_for(tool: &Tool, toolbox: &Toolbox) -> ToolState {
    let own = matches!(tool.name.as_str(), "uv" | "python" | "python3");
    let version = match tool.name.as_str() {
        "python" | "python3" => toolbox.pythons.first().map(|python| python.version.clone()),
        name => find(name, None).and_then(|program| {
            let probe: Vec<&str> = tool.probe.iter().map(String::as_str).collect();
            let said = toolbox.probes.ask(&program, if probe.is_empty() { &["--version"] } else { &probe })?;
            said.lines().next().map(|line| line.trim().to_owned())
        }),
    };
    ToolState { name: tool.name.clone(), version, managed: tool.managed.is_some() || own && tool.name == "uv" }
}

fn hint(tool: &Tool) -> Hint {
    let command = install_command(tool).unwrap_or_default();
    Hint { text: format!("Install `{}`", tool.name), command }
}
