//! How an artifact is tried, and where.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Command, StepId};
use crate::facts::{Platform, Trial};

/// One trial of an artifact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// Plain words.
    pub title: String,
    /// Where it is tried.
    pub room: Room,
    /// Commands that put the artifact in place, for example installing a wheel; run in the room, before the trial.
    pub prepare: Vec<Command>,
    /// What starts the program; the trial adds its arguments.
    pub subject: Command,
    /// What the program must do.
    pub trial: Trial,
    /// What a success is called.
    pub success: Outcome,
    /// Steps whose folders the room can read.
    pub inputs: Vec<StepId>,
}

/// What the place has in which an artifact is tried. It always has an empty HOME.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Room {
    /// Which Python can be seen there.
    pub python: PythonInRoom,
    /// Whether it can reach anything but itself.
    pub network: bool,
    /// Whether a display is there.
    pub display: bool,
    /// Where it must be, because native code for it is inside; `None` where any system will do.
    #[serde(default)]
    pub platform: Option<Platform>,
}

/// Which Python a room shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PythonInRoom {
    /// None.
    Absent,
    /// This exact version and nothing else.
    Exactly(String),
}

/// What was proven. The last two are never shown as a success.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// A machine started with it and it answered.
    BootedAndAnswered,
    /// It answered over the network or showed a window.
    Answered,
    /// It was installed as users would, then ran.
    InstalledAndRan,
    /// It was applied, and applied again without a change.
    AppliedTwice,
    /// It ran.
    Ran,
    /// Its own checker found nothing.
    Linted,
    /// Nothing was tried.
    NotTried,
    /// It was tried and did not do what it should.
    Failed,
}

impl Check {
    /// What a trial that succeeded has proven: more than a start where the program answered or showed a window.
    pub fn proven(&self) -> Outcome {
        match (self.success, &self.trial) {
            (Outcome::Ran, Trial::Http { .. } | Trial::Window { .. }) => Outcome::Answered,
            (success, _) => success,
        }
    }
}

impl Room {
    /// No Python visible, empty HOME, no network.
    pub fn bare() -> Self {
        Self { python: PythonInRoom::Absent, network: false, display: false, platform: None }
    }

    /// One Python, nothing else, no network.
    pub fn with_python(version: impl Into<String>) -> Self {
        Self { python: PythonInRoom::Exactly(version.into()), network: false, display: false, platform: None }
    }

    /// The same room on this platform only.
    #[must_use]
    pub fn on(mut self, platform: Platform) -> Self {
        self.platform = Some(platform);
        self
    }

    /// Whether a machine of this platform can provide it. The C library is left to the trial.
    pub fn fits(&self, host: Platform) -> bool {
        self.platform.is_none_or(|wanted| wanted.os == host.os && wanted.arch == host.arch)
    }

    /// `bare` or `python`.
    pub fn name(&self) -> &'static str {
        match self.python {
            PythonInRoom::Absent => "bare",
            PythonInRoom::Exactly(_) => "python",
        }
    }
}

impl fmt::Display for Room {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.python {
            PythonInRoom::Absent => f.write_str("no Python")?,
            PythonInRoom::Exactly(version) => write!(f, "Python {version}")?,
        }
        f.write_str(if self.network { ", network" } else { ", no network" })?;
        f.write_str(if self.display { ", display" } else { "" })?;
        match self.platform {
            Some(platform) => write!(f, ", {platform}"),
            None => Ok(()),
        }
    }
}

impl Outcome {
    /// The id, as receipts spell it.
    pub fn id(self) -> &'static str {
        match self {
            Self::BootedAndAnswered => "booted-and-answered",
            Self::Answered => "answered",
            Self::InstalledAndRan => "installed-and-ran",
            Self::AppliedTwice => "applied-twice",
            Self::Ran => "ran",
            Self::Linted => "linted",
            Self::NotTried => "not-tried",
            Self::Failed => "failed",
        }
    }
}
