//! One technology, as its `catalogue.toml` describes it.

use serde::{Deserialize, Serialize};

use super::{ByHand, Condition, Fate, OptionSpec, Usage};
use crate::facts::Os;

/// A technology of the catalogue. Level and family come from the vocabulary.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Entry {
    /// Its id in the vocabulary.
    pub id: String,
    /// Its name as its makers write it.
    pub name: String,
    /// What it is.
    pub summary: Summary,
    /// The layers the artifact takes from the target.
    pub takes: Vec<Layer>,
    /// The layers it brings along.
    pub brings: Vec<Layer>,
    /// How large artifacts usually are.
    pub size: SizeClass,
    /// How fast they usually start.
    pub start: StartClass,
    /// The licence of the tool, SPDX.
    pub licence: String,
    /// How alive it is.
    pub status: Status,
    /// How updates reach users, one sentence.
    pub updates: String,
    /// What it costs to keep it secure, one sentence.
    pub security: String,
    /// Official documentation.
    pub documentation: String,
    /// What can be built where.
    pub hosts: Vec<HostSupport>,
    /// The names of the tools that make it; [`Entry::tools`] gives what is known of them.
    #[serde(default)]
    pub tools: Vec<String>,
    /// How it is made by hand; for technologies that have no backend yet.
    #[serde(default)]
    pub by_hand: Vec<ByHand>,
    /// Rules of the advice.
    #[serde(default)]
    pub rules: Vec<Rule>,
    /// How people use what comes out; none where a path is all there is to tell.
    #[serde(default)]
    pub usage: Vec<Usage>,
    /// What becomes of what a program reads and writes, where that is not as everywhere.
    #[serde(default)]
    pub fates: Vec<Fate>,
    /// Options of the backend.
    #[serde(default)]
    pub options: Vec<OptionSpec>,
    /// Known failures.
    #[serde(default)]
    pub symptoms: Vec<Symptom>,
}

impl Entry {
    /// How an artifact of this name is used; nothing where only its path is known.
    pub fn usage_of(&self, name: &str) -> Option<&Usage> {
        self.usage.iter().find(|usage| name.ends_with(&usage.ending))
    }
}

/// What a technology is, for two readers.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Summary {
    /// For somebody to whom the word is new.
    pub newcomer: String,
    /// For somebody who ships every week.
    pub professional: String,
}

/// The layers of the gradient picture, from the code down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Layer {
    /// The project's own code.
    Code,
    /// What it depends on.
    Dependencies,
    /// The interpreter.
    Python,
    /// Libraries and programs of an operating system.
    Userspace,
    /// The kernel.
    Kernel,
    /// The machine.
    Hardware,
}

impl Layer {
    /// All of them, from the program down.
    pub const ALL: [Self; 6] =
        [Self::Code, Self::Dependencies, Self::Python, Self::Userspace, Self::Kernel, Self::Hardware];
}

/// How large artifacts usually are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SizeClass {
    /// Less than a megabyte.
    Kilobytes,
    /// Less than ten.
    Megabytes,
    /// Less than a hundred.
    TensOfMegabytes,
    /// Less than a gigabyte.
    HundredsOfMegabytes,
    /// More.
    Gigabytes,
}

/// How fast artifacts usually start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StartClass {
    /// As fast as Python itself.
    Instant,
    /// Under half a second.
    Fast,
    /// Slow the first time, fast afterwards.
    SlowFirst,
    /// Seconds.
    Seconds,
    /// Minutes.
    Minutes,
}

/// How alive a technology is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Releases within a year, or a standard.
    Maintained,
    /// Used, with few releases.
    Quiet,
    /// No release for years.
    Dormant,
    /// Replaced by something else.
    Superseded,
}

/// What can be built on which host.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct HostSupport {
    /// Hosts that can build it.
    pub on: Vec<Os>,
    /// Targets it can be built for there.
    #[serde(rename = "for")]
    pub targets: Vec<Os>,
    /// Why not for the others.
    #[serde(default)]
    pub because: String,
}

/// A rule of the advice.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// What it does.
    pub rule: Kind,
    /// How much it counts; only for `favour` and `disfavour`.
    #[serde(default)]
    pub weight: u32,
    /// When it applies.
    pub when: Condition,
    /// One sentence.
    pub because: String,
    /// The address of its source.
    pub source: String,
}

/// What a rule does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Takes the technology out; only when certain.
    RuleOut,
    /// Speaks for it.
    Favour,
    /// Speaks against it.
    Disfavour,
}

/// A known failure: what the log says, why, and what helps.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Symptom {
    /// Regular expression over the log; named groups can be used in the texts below as `{name}`.
    pub log: String,
    /// What went wrong, one sentence.
    pub cause: String,
    /// What to do, one sentence.
    pub remedy: String,
    /// Where this is known from.
    pub source: String,
    /// A text the expression matches; the test of this row.
    pub sample: String,
    /// Whether a successful build with this line is only a warning, not a failure.
    #[serde(default)]
    pub warning: bool,
    /// An option whose change helps.
    #[serde(default)]
    pub set: Option<(String, String)>,
    /// Where it is a module that is missing, named by the group `missing`: what it is needed for.
    #[serde(default)]
    pub missing: Option<Missing>,
}

/// What a module is needed for that is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Missing {
    /// To run the program.
    ToRun,
    /// To build it.
    ToBuild,
}
