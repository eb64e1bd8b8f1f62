//! Why a tool is not ready.

use super::packages::hints;
use super::process::ProcessError;
use super::record::Damage;
use crate::catalogue;
use crate::engine::disk::error::StoreError;
use crate::engine::network::configuration::ConfigurationError;
use crate::problem::{Code, Problem, Remedy, listing};

/// Why a tool is not ready.
#[derive(Debug, thiserror::Error)]
pub enum ToolError {
    /// Nothing knows how to install it.
    #[error("`{0}` is not a tool that can be installed here")]
    Unknown(String),
    /// Programs of this system are missing.
    #[error("{} not found on PATH", were(.0))]
    Missing(Vec<String>),
    /// There is no Python of this version.
    #[error("no Python {0} was found here")]
    NoPython(String),
    /// A program is neither here nor can it be fetched.
    #[error("`{tool}` was not found on PATH, and no Python here could fetch it with pip")]
    NotFetched {
        /// The tool.
        tool: String,
        /// The last lines of what pip said.
        said: String,
    },
    /// A program is not here, and nothing may be fetched.
    #[error("`{0}` was not found on PATH, and the network may not be used")]
    Offline(String),
    /// Installing failed.
    #[error("installing `{tool}` failed")]
    Install {
        /// The tool.
        tool: String,
        /// The last lines of the installer.
        said: String,
    },
    /// Another Packwright installs it, and nobody wanted to wait any longer.
    #[error("installing `{0}` was cancelled")]
    Cancelled(String),
    /// A program could not be run.
    #[error(transparent)]
    Process(#[from] ProcessError),
    /// The cache could not be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It is not known where tools come from.
    #[error(transparent)]
    Configuration(#[from] ConfigurationError),
    /// It is not what was installed, and installing it again failed.
    #[error("`{tool}` is damaged ({damage}), and it could not be installed again")]
    Damaged {
        /// The tool.
        tool: String,
        /// What is wrong.
        damage: Damage,
        /// Whether that was because the network may not be used.
        offline: bool,
        /// Why it could not.
        source: Box<ToolError>,
    },
    /// What was installed is not what its wheels hold.
    #[error("installing `{tool}` gave another `{path}` than its wheel lists")]
    Unlike {
        /// The tool.
        tool: String,
        /// The file.
        path: String,
    },
    /// A fetched wheel is not what it should be.
    #[error("the wheel of `{tool}` cannot be unpacked: {why}")]
    Wheel {
        /// The tool.
        tool: String,
        /// What is wrong.
        why: String,
    },
}

impl ToolError {
    /// Whether it was only asked to stop.
    pub(in crate::engine) fn is_cancelled(&self) -> bool {
        matches!(self, Self::Cancelled(_) | Self::Process(ProcessError::Cancelled { .. }))
    }
}

impl From<ToolError> for Problem {
    fn from(error: ToolError) -> Self {
        let problem = Self::new(Code::ToolMissing, error.to_string());
        match error {
            ToolError::NotFetched { said, .. } | ToolError::Install { said, .. } if unreachable(&said) => {
                not_reached(problem, &said)
            }
            ToolError::NotFetched { tool, said } => {
                let problem = last_line(&said).into_iter().fold(problem, Self::cause);
                problem.hint_command("Install it, then try again", ["pipx", "install", &tool])
            }
            ToolError::Offline(tool) => {
                problem.remedy(format!("Go online once, so that `{tool}` gets into the cache"), Remedy::Online)
            }
            ToolError::Install { said, .. } => {
                problem.cause(said).hint("Check the network and the index settings of pip or uv")
            }
            ToolError::Missing(names) => {
                let hints = hints(names.iter().filter_map(|name| catalogue::tool(name)));
                let problem = Self { hints, ..problem };
                if problem.hints.is_empty() { problem.hint("Install it, then try again") } else { problem }
            }
            ToolError::NoPython(_) => {
                problem.remedy("Install it, for example with `uv python install`, or choose another", Remedy::Target)
            }
            ToolError::Cancelled(_) => Self { code: Code::Cancelled, ..problem },
            ToolError::Process(error) => Self::of_process(Code::ToolMissing, &error),
            ToolError::Store(error) => error.into(),
            ToolError::Configuration(error) => Self { code: Code::Unreadable, ..problem }
                .because_of(&error)
                .hint("Correct it: without it a package of the same name could come from another index"),
            ToolError::Damaged { offline, source, .. } => {
                let beneath = Self::from(*source);
                let causes = [beneath.message].into_iter().chain(beneath.causes).collect();
                let problem = Self { causes, hints: beneath.hints, code: beneath.code, ..problem };
                if offline {
                    problem.remedy("Go online once: then it is installed again", Remedy::Online)
                } else {
                    problem
                }
            }
            ToolError::Unlike { .. } => {
                problem.remedy("The cache of uv may be damaged: empty the cache, then try again", Remedy::Clear)
            }
            ToolError::Unknown(_) | ToolError::Wheel { .. } => problem,
        }
    }
}

/// The subject of a sentence about missing programs, with its verb.
fn were(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    format!("{} {}", listing(&quoted), if names.len() == 1 { "was" } else { "were" })
}

/// What installers say when nobody answers: pip, which tries again and again, and uv.
const UNREACHABLE: &[&str] = &[
    "Max retries exceeded",
    "Failed to establish a new connection",
    "NewConnectionError",
    "ProxyError",
    "Cannot connect to proxy",
    "ConnectTimeoutError",
    "ReadTimeoutError",
    "name resolution",
    "Name or service not known",
    "error sending request",
    "dns error",
    "tcp connect error",
    "Connection refused",
];

/// Whether these words say that nobody answered.
pub(in crate::engine) fn unreachable(said: &str) -> bool {
    UNREACHABLE.iter().any(|words| said.contains(words))
}

fn last_line(said: &str) -> Option<&str> {
    said.lines().rev().map(str::trim).find(|line| !line.is_empty())
}

/// The index did not answer: the last thing that says why, and not every attempt.
fn not_reached(problem: Problem, said: &str) -> Problem {
    let why = said.lines().rev().map(str::trim).find(|line| unreachable(line));
    let problem = problem.cause("the package index was not reached");
    why.into_iter()
        .fold(problem, Problem::cause)
        .hint("Check the network, the proxy variables and the index settings of pip or uv")
}
