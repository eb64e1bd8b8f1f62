//! Everything that happens is an event; every front end draws the same fold of them.

mod quality;

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::facts::Target;
use crate::plan::{Outcome, Proof, StepId};
use crate::problem::{Problem, Remedy};

pub use quality::Quality;

/// One build of one technology within a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct BuildId(pub u32);

/// An event with its time: one line of a recording.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Format version of recordings.
    pub v: u32,
    /// Milliseconds since the session began.
    pub at: u64,
    /// The build it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub build: Option<BuildId>,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Event {
    /// A build has its plan and begins.
    BuildStarted {
        /// The technology.
        technology: String,
        /// Its steps in order.
        steps: Vec<StepTitle>,
    },
    /// A step that only tools can answer runs before the plan is complete, for example resolving.
    Resolving {
        /// Plain words.
        title: String,
    },
    /// Something to know besides, for example that a damaged tool was installed again.
    Noted {
        /// One sentence.
        text: String,
    },
    /// A step begins.
    StepStarted {
        /// Which.
        step: StepId,
        /// Plain words.
        title: String,
    },
    /// A step ended.
    StepFinished {
        /// Which.
        step: StepId,
        /// How.
        end: StepEnd,
        /// Wall time in milliseconds.
        wall_ms: u64,
        /// Lines in its log.
        lines: u64,
    },
    /// A trial begins.
    CheckStarted {
        /// Plain words.
        title: String,
    },
    /// A trial ended.
    CheckFinished {
        /// What was found.
        verdict: Verdict,
    },
    /// An artifact is in place. (`finished` is the one object that ends the output of `build --json`.)
    #[serde(rename = "artifact")]
    Finished {
        /// The artifact.
        artifact: Box<Artifact>,
    },
    /// A build ended without an artifact.
    Failed {
        /// Why.
        problem: Box<Problem>,
    },
}

/// A step as it is listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepTitle {
    /// Which.
    pub step: StepId,
    /// Plain words.
    pub title: String,
}

/// How a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepEnd {
    /// It ran.
    Done,
    /// Its output was there already.
    Cached,
    /// It failed.
    Failed,
    /// It was ended because nobody wanted it any more.
    Cancelled,
}

/// A file or folder handed to the user.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Artifact {
    /// How it was made.
    pub technology: String,
    /// What it was made for.
    pub target: Target,
    /// Where it lies.
    pub path: PathBuf,
    /// Whether it is a folder.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_folder: bool,
    /// The file in it that users start, as a path from there with `/`; empty for the artifact itself. `None` where it is used
    /// in another way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts: Option<String>,
    /// Size; of a folder, the sum of its files.
    pub bytes: u64,
    /// SHA-256 of the file; of a folder, that of its manifest as [`Receipt`] says it.
    pub sha256: String,
    /// Median start time of several runs, where it was measured.
    pub start_ms: Option<u64>,
    /// Time of its first start, which may unpack or compile something, where that was measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_start_ms: Option<u64>,
    /// The command that it is started by once it is installed, where it is installed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
    /// The Pythons it runs on, where it brings none: versions as PEP 440 writes them, or the one it was made for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub python: Option<String>,
    /// What makes the result yellow.
    pub warnings: Vec<String>,
    /// What was proven.
    pub verified: Verdict,
    /// The oldest system that it runs on, in words, where native programs in it were looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runs_on: Option<String>,
    /// Fingerprint of the key that signed the receipt, where one did. Only the signature proves it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_by: Option<String>,
}

/// What a trial found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// What was proven.
    pub outcome: Outcome,
    /// Where.
    pub room: RoomUsed,
    /// What it answered, or why nothing was tried.
    pub because: String,
    /// What was looked at besides, each part of a sentence, for example "imported 12 of its modules".
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tried: Vec<String>,
}

impl Verdict {
    /// Why nothing was started where nobody has agreed to it.
    pub const NOT_AGREED: &str = "there is no sandbox here, and nobody has agreed to start it without one";

    /// What was found in this room.
    pub fn new(outcome: Outcome, room: RoomUsed, because: impl Into<String>) -> Self {
        Self { outcome, room, because: because.into(), tried: Vec::new() }
    }

    /// What makes it tried, where that is known.
    pub fn remedy(&self) -> Option<Remedy> {
        (self.outcome == Outcome::NotTried && self.because == Self::NOT_AGREED).then_some(Remedy::Trust)
    }
}

/// The room that was asked for and the one there was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomUsed {
    /// For example "Python 3.11.7, no network".
    pub wanted: String,
    /// For example "Python 3.11.7, no network, by bubblewrap".
    pub used: String,
}

/// Written beside the artifact as `<artifact>.receipt.json`: what it is, how it was made, where it was tried.
///
/// The digest of a folder is the SHA-256 of its manifest: one line for each path in it, sorted by path, with four fields
/// and a tab between them:
///
/// - the path, with `/` between its parts;
/// - `file`, `link` or `folder`; a folder is named only where nothing lies in it, or where it has another mode than 755;
/// - the mode as three octal digits, 777 of a link;
/// - the SHA-256 of a file, the text of a link, nothing of a folder.
///
/// In paths and texts of links a backslash, a tab and a line feed are written `\\`, `\t` and `\n`. Every line ends with a line
/// feed. What a step wrote is hashed with its modes. An artifact that is a folder is hashed with mode 755 for folders and
/// for files that somebody may execute, and 644 for all others: whoever copies it may have another umask. In format 1 a
/// line was `MODE SHA-256 PATH`, of files only.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Receipt {
    /// Format version of receipts.
    pub format: u32,
    /// Packwright's version.
    pub packwright: String,
    /// Seconds since 1970, UTC.
    pub made_at: i64,
    /// The project's name.
    pub project: String,
    /// Its version.
    pub version: Option<String>,
    /// Digest of the source selection.
    pub source_sha256: String,
    /// The artifact; its path is only the file name.
    pub artifact: Artifact,
    /// Options the backend was given.
    pub options: BTreeMap<String, String>,
    /// The entry point it starts with; `None` for a library.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<String>,
    /// Extras that went in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extras: Vec<String>,
    /// Dependency groups that went in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
    /// The version that the user gave where the build takes it from version control.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scm_version: Option<String>,
    /// Tools with their versions and digests.
    pub tools: Vec<ToolUsed>,
    /// What ran, in order.
    pub steps: Vec<StepUsed>,
    /// Every trial.
    pub trials: Vec<Verdict>,
    /// Components inside: name, version, SHA-256 of the file they came from.
    pub components: Vec<Component>,
    /// Figures.
    pub measurements: Measurement,
    /// `bubblewrap`, or `not sandboxed`.
    pub sandbox: String,
    /// How it can be tried again.
    pub proof: Retrial,
}

/// What it takes to try an artifact again later.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Retrial {
    /// The trials.
    pub proofs: Vec<Proof>,
    /// The step that made the artifact.
    pub made_by: StepId,
    /// The artifact's path in that step's output.
    pub made_at: String,
    /// Digests of the other trees the trials read.
    pub trees: BTreeMap<StepId, String>,
}

/// A tool as it was used.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ToolUsed {
    /// Its name.
    pub name: String,
    /// What it says of itself.
    pub version: String,
    /// SHA-256 of the executable.
    pub sha256: String,
}

/// A step as it was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepUsed {
    /// Which.
    pub step: StepId,
    /// Plain words.
    pub title: String,
    /// The command as the step saw it, empty for actions of the engine itself.
    pub command: Vec<String>,
    /// Whether its output was there already.
    pub cached: bool,
    /// Wall time in milliseconds.
    pub wall_ms: u64,
    /// Digest of what it wrote.
    pub output_sha256: String,
}

/// Something inside an artifact.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Component {
    /// Normalised name.
    pub name: String,
    /// Version.
    pub version: String,
    /// SHA-256 of the file it came from, where it came as a file.
    pub sha256: Option<String>,
    /// Licence, where its metadata says one.
    pub licence: Option<String>,
    /// Repository and commit it was built from, as `git+URL@COMMIT`, where it was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
}

/// Figures of one build.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Measurement {
    /// Wall time of all steps, in milliseconds.
    pub build_ms: u64,
    /// Start times of the runs, in milliseconds; empty when the program did not run.
    pub starts_ms: Vec<u64>,
}

impl Record {
    /// The current format version.
    pub const VERSION: u32 = 1;
}

impl Receipt {
    /// The current format version.
    pub const FORMAT: u32 = 2;

    /// The first format version whose digests of folders know links and empty folders.
    pub const WITH_LINKS: u32 = 2;
}

impl fmt::Display for BuildId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "build {}", self.0)
    }
}
