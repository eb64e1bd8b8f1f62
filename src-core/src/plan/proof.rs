//! How an artifact is tried, and where: a small plan of its own.

use std::collections::BTreeSet;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Command, Device, Grants, Place, Resources, Step, StepId, Survey, Word};
use crate::facts::{Platform, Trial};

/// One trial of an artifact. What fails while the room is furnished means *not tried*; what fails in an act is the
/// artifact's fault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    /// Plain words.
    pub title: String,
    /// Where it is tried.
    pub room: Room,
    /// Steps that make what the room needs; they run only where something is tried.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub furnish: Vec<Step>,
    /// What is done in it, one after the other.
    pub acts: Vec<Act>,
    /// What a success is called.
    pub success: Outcome,
    /// What it needs of this machine.
    #[serde(default)]
    pub needs: Resources,
}

/// One place that stays open for all acts, with an empty home and a scratch folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Room {
    /// What is seen there.
    pub place: Place,
    /// What its acts get besides.
    #[serde(default, skip_serializing_if = "Grants::is_empty")]
    pub may: Grants,
    /// Where it must be, because native code for it is inside; `None` where any system will do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<Platform>,
}

/// Something done in a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "act", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Act {
    /// Runs a command to its end: installs, upgrades, applies again, lints, removes.
    Do {
        /// Plain words, for example "Install it".
        title: String,
        /// What is run.
        command: Command,
        /// How it must end.
        #[serde(default, skip_serializing_if = "Expect::is_plain")]
        expect: Box<Expect>,
    },
    /// Runs a command beside the acts that follow, until the room closes: a registry, an index, a server.
    Beside {
        /// Plain words.
        title: String,
        /// What is run.
        command: Command,
        /// When the next act may begin.
        ready: Ready,
    },
    /// Starts the program, and proves it as the project says. It is asked from this machine inside the room's network.
    Start {
        /// What starts the program; the trial adds its arguments.
        subject: Command,
        /// What the program must do.
        trial: Trial,
        /// Seconds the place around the program may take besides, for example a machine that boots.
        #[serde(default)]
        within: u64,
    },
    /// Imports the modules of the project that are in it, and opens its data, in one process.
    Survey {
        /// What runs a Python script with all that the artifact brings along; the script is added.
        interpreter: Command,
        /// What is looked at.
        within: Box<Survey>,
    },
    /// Asks the program for its help, and each command that the help names for its own.
    Help {
        /// What starts the program.
        subject: Command,
    },
    /// The place is as it was before the first act but for these paths: *removed without a trace*.
    Untouched {
        /// Patterns of absolute paths.
        but: Vec<String>,
    },
}

/// When something that runs beside is ready.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Ready {
    /// A port of the room's network answers.
    Port(u16),
    /// A line of its log has this text.
    Says(String),
    /// At once.
    AtOnce,
}

/// How a command must end.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Expect {
    /// Exit codes that are a success; 0 where there is none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<i32>,
    /// A text that a line of what it prints must have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub says: Option<String>,
    /// Lines that are complaints, as a regular expression. Each must be one of those known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub complaints: Option<String>,
    /// Complaints that are no fault.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub known: Vec<Known>,
    /// Paths that must be there afterwards.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub leaves: Vec<Word>,
}

/// A complaint that is no fault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Known {
    /// A regular expression for the line.
    pub pattern: String,
    /// Why it is no fault, one sentence.
    pub because: String,
}

/// What was proven. The last two are never shown as a success.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
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

impl Proof {
    /// A trial that needs no more than one core.
    pub fn new(title: impl Into<String>, room: Room, success: Outcome) -> Self {
        let needs = Resources { cpu: 1, ..Resources::default() };
        Self { title: title.into(), room, furnish: Vec::new(), acts: Vec::new(), success, needs }
    }

    /// Adds an act.
    #[must_use]
    pub fn act(mut self, act: Act) -> Self {
        self.acts.push(act);
        self
    }

    /// Adds commands that must end with 0.
    #[must_use]
    pub fn then(mut self, title: &str, commands: impl IntoIterator<Item = Command>) -> Self {
        self.acts.extend(commands.into_iter().map(|command| Act::done(title, command)));
        self
    }

    /// Adds the start of the program.
    #[must_use]
    pub fn start(self, subject: Command, trial: Trial) -> Self {
        self.act(Act::Start { subject, trial, within: 0 })
    }

    /// The program that is started and what it must do: the first, where there are several.
    pub fn started(&self) -> Option<(&Command, &Trial)> {
        self.acts.iter().find_map(|act| match act {
            Act::Start { subject, trial, .. } => Some((subject, trial)),
            Act::Do { .. } | Act::Beside { .. } | Act::Survey { .. } | Act::Help { .. } | Act::Untouched { .. } => None,
        })
    }

    /// The id of an act, by which its log is found like that of a step: it follows from all that is done up to it.
    pub fn id_of(&self, act: usize) -> StepId {
        StepId::of_act(&(&self.room, self.acts.get(..=act).unwrap_or(&self.acts)))
    }

    /// Every command of its acts.
    pub fn commands(&self) -> impl Iterator<Item = &Command> {
        self.acts.iter().filter_map(Act::command)
    }

    /// Every word of its room and its acts.
    pub fn words(&self) -> impl Iterator<Item = &Word> {
        self.room.place.words().chain(self.acts_words())
    }

    fn acts_words(&self) -> impl Iterator<Item = &Word> {
        self.commands().flat_map(Command::words).chain(self.acts.iter().flat_map(Act::leaves))
    }

    /// The steps whose output it reads, those that furnish the room among them.
    pub fn reads(&self) -> BTreeSet<&StepId> {
        self.words().flat_map(Word::inputs).collect()
    }

    /// The steps whose output its acts read.
    pub fn acts_read(&self) -> BTreeSet<&StepId> {
        self.acts_words().flat_map(Word::inputs).collect()
    }

    /// What a success has proven: more than a start where the program answered or showed a window.
    pub fn proven(&self) -> Outcome {
        match (self.success, self.started()) {
            (Outcome::Ran, Some((_, Trial::Http { .. } | Trial::Window { .. }))) => Outcome::Answered,
            (success, _) => success,
        }
    }
}

impl Act {
    /// A command that must end with 0.
    pub fn done(title: impl Into<String>, command: Command) -> Self {
        Self::Do { title: title.into(), command, expect: Box::default() }
    }

    /// Plain words.
    pub fn title(&self) -> String {
        match self {
            Self::Do { title, .. } | Self::Beside { title, .. } => title.clone(),
            Self::Start { .. } => "Start it".into(),
            Self::Survey { .. } => "Look at what is inside".into(),
            Self::Help { .. } => "Ask it for help".into(),
            Self::Untouched { .. } => "Look for what is left behind".into(),
        }
    }

    /// The command of it.
    pub fn command(&self) -> Option<&Command> {
        match self {
            Self::Do { command, .. }
            | Self::Beside { command, .. }
            | Self::Start { subject: command, .. }
            | Self::Survey { interpreter: command, .. }
            | Self::Help { subject: command } => Some(command),
            Self::Untouched { .. } => None,
        }
    }

    fn leaves(&self) -> &[Word] {
        match self {
            Self::Do { expect, .. } => &expect.leaves,
            Self::Beside { .. }
            | Self::Start { .. }
            | Self::Survey { .. }
            | Self::Help { .. }
            | Self::Untouched { .. } => &[],
        }
    }
}

impl Expect {
    fn is_plain(expect: &Self) -> bool {
        *expect == Self::default()
    }
}

impl Room {
    /// No Python visible, empty home, no network.
    pub fn bare() -> Self {
        Self::of(Place::Userland { python: None })
    }

    /// One Python, nothing else, no network.
    pub fn with_python(version: impl Into<String>) -> Self {
        Self::of(Place::Userland { python: Some(version.into()) })
    }

    /// A room of this place, without grants.
    pub fn of(place: Place) -> Self {
        Self { place, may: Grants::default(), on: None }
    }

    /// The same room on this platform only.
    #[must_use]
    pub fn on(mut self, platform: Platform) -> Self {
        self.on = Some(platform);
        self
    }

    /// The same room with this device.
    #[must_use]
    pub fn with(mut self, device: Device) -> Self {
        self.may.devices.push(device);
        self
    }

    /// Whether a machine of this platform can provide it. The C library is left to the trial.
    pub fn fits(&self, host: Platform) -> bool {
        self.on.is_none_or(|wanted| wanted.os == host.os && wanted.arch == host.arch)
    }

    /// `here`, `bare`, `python`, `root` or `wine`.
    pub fn name(&self) -> &'static str {
        match self.place {
            Place::Here => "here",
            Place::Userland { python: None } => "bare",
            Place::Userland { python: Some(_) } => "python",
            Place::Root { .. } => "root",
            Place::Wine { .. } => "wine",
        }
    }
}

impl fmt::Display for Room {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Place::Here => f.write_str("this system")?,
            Place::Userland { python: None } => f.write_str("no Python")?,
            Place::Userland { python: Some(version) } => write!(f, "Python {version}")?,
            Place::Root { name, .. } => f.write_str(name)?,
            Place::Wine { .. } => f.write_str("Wine")?,
        }
        f.write_str(if self.may.network.is_own() { ", no network" } else { ", network" })?;
        if self.may.devices.contains(&Device::Display) {
            f.write_str(", display")?;
        }
        match self.on {
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
