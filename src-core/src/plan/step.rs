//! Steps, and the plan they make.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Action, Check, Network, Pick};

/// What a step is: the hash of its action, which names the steps it consumes. Never of a title or a machine.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct StepId(String);

/// One thing to do, which writes one folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// See [`StepId`].
    pub id: StepId,
    /// Plain words, for example "Build the project's wheel".
    pub title: String,
    /// What is done.
    pub action: Action,
    /// Steps that must have ended although nothing of theirs is consumed.
    pub after: Vec<StepId>,
    /// What it may reach.
    pub network: Network,
    /// What it needs of this machine.
    pub resources: Resources,
    /// Whether its output may be used again.
    pub cache: Cache,
    /// Whether it runs code of the project or of a source distribution: needs trust.
    pub runs_foreign_code: bool,
    /// Seconds after which it is ended.
    pub timeout: u64,
}

/// What a step needs of the machine while it runs.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Resources {
    /// Cores it keeps busy; 0 where it mostly waits.
    pub cpu: u8,
    /// Memory in MiB it is expected to take at most.
    pub memory: u32,
    /// Things only one step can use at a time, for example `display`.
    pub exclusive: Vec<String>,
}

/// Whether the output of a step may be used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cache {
    /// The same input gives the same output: kept.
    Pure,
    /// An answer from the world: kept this long.
    Until(Duration),
    /// Holds secrets or changes something outside.
    Never,
}

/// Everything needed to make an artifact and to try it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Format version of plans.
    pub format: u32,
    /// The technology.
    pub technology: String,
    /// In an order in which they can run.
    pub steps: Vec<Step>,
    /// How the artifact is tried; at least one, or the receipt says "not tried".
    pub checks: Vec<Check>,
    /// What is handed over.
    pub produces: Vec<Output>,
    /// What must be agreed to before anything runs.
    pub consents: Vec<Consent>,
    /// What the output of steps should hold; what is missing makes the result yellow.
    #[serde(default)]
    pub expects: Vec<Expected>,
    /// What makes the result yellow whatever the tools say, one sentence each.
    #[serde(default)]
    pub warnings: Vec<String>,
}

/// Something that an archive should hold although no tool fails without it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expected {
    /// The step that makes the archive.
    pub step: StepId,
    /// The archive: a wheel, a ZIP or a `.tar.gz`.
    pub pick: Pick,
    /// The path of a member, with `/` between the parts; `*/` at its head stands for any one folder.
    pub member: String,
    /// The warning where it is missing: one sentence with the remedy.
    pub otherwise: String,
}

/// A file or folder that is handed to the user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Output {
    /// The step that makes it.
    pub step: StepId,
    /// Which part of its folder.
    pub pick: Pick,
    /// The name it gets; `None` keeps the tool's own.
    pub name: Option<String>,
}

/// Something nobody does without being asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "to", rename_all = "kebab-case")]
pub enum Consent {
    /// Running code of the project or of its source distributions, for all that is known.
    RunProjectCode {
        /// Whose code.
        whose: Vec<String>,
        /// Why it may run, each a sentence with its place.
        #[serde(default)]
        because: Vec<String>,
    },
    /// Starting what was built, to try it, where no sandbox confines it.
    StartProgram {
        /// What is started, as [`Check::starts`] says it.
        starts: Vec<String>,
    },
    /// Downloading files.
    Download {
        /// How many.
        files: usize,
        /// Total size where known.
        bytes: Option<u64>,
    },
}

impl Plan {
    /// The current format version.
    pub const FORMAT: u32 = 1;

    /// An empty plan.
    pub fn new(technology: impl Into<String>) -> Self {
        let technology = technology.into();
        Self {
            format: Self::FORMAT,
            technology,
            steps: Vec::new(),
            checks: Vec::new(),
            produces: Vec::new(),
            consents: Vec::new(),
            expects: Vec::new(),
            warnings: Vec::new(),
        }
    }

    /// Adds a warning; the same sentence is not added twice.
    pub fn warn(&mut self, sentence: impl Into<String>) {
        let sentence = sentence.into();
        if !self.warnings.contains(&sentence) {
            self.warnings.push(sentence);
        }
    }

    /// Adds an expectation; the same one is not added twice.
    pub fn expect(&mut self, expected: Expected) {
        if !self.expects.contains(&expected) {
            self.expects.push(expected);
        }
    }

    /// Adds a step and gives its id; a step that is there already is not added again.
    pub fn add(&mut self, step: Step) -> StepId {
        let id = step.id.clone();
        if !self.steps.iter().any(|known| known.id == id) {
            self.steps.push(step);
        }
        id
    }

    /// The step with this id.
    pub fn step(&self, id: &StepId) -> Option<&Step> {
        self.steps.iter().find(|step| step.id == *id)
    }

    /// Adds a consent, joining it with one of its kind.
    pub fn ask(&mut self, consent: Consent) {
        for known in &mut self.consents {
            match (known, &consent) {
                (
                    Consent::RunProjectCode { whose, because },
                    Consent::RunProjectCode { whose: more, because: reasons },
                ) => {
                    whose.extend(more.iter().filter(|one| !whose.contains(one)).cloned().collect::<Vec<_>>());
                    because.extend(reasons.iter().filter(|one| !because.contains(one)).cloned().collect::<Vec<_>>());
                    return;
                }
                (Consent::StartProgram { starts }, Consent::StartProgram { starts: more }) => {
                    starts.extend(more.iter().filter(|one| !starts.contains(one)).cloned().collect::<Vec<_>>());
                    return;
                }
                (known, consent) if known == consent => return,
                _ => {}
            }
        }
        self.consents.push(consent);
    }
}

impl Step {
    /// A cached step without network that keeps one core busy for at most ten minutes.
    pub fn new(title: impl Into<String>, action: Action) -> Self {
        Self {
            id: StepId::of(&action),
            title: title.into(),
            action,
            after: Vec::new(),
            network: Network::None,
            resources: Resources { cpu: 1, ..Resources::default() },
            cache: Cache::Pure,
            runs_foreign_code: false,
            timeout: 600,
        }
    }

    /// Marks it as running code that is not ours.
    #[must_use]
    pub fn foreign(mut self) -> Self {
        self.runs_foreign_code = true;
        self
    }

    /// Says what it may reach.
    #[must_use]
    pub fn network(mut self, network: Network) -> Self {
        self.network = network;
        self
    }
}

impl StepId {
    /// The id of a step with this action.
    #[expect(clippy::missing_panics_doc, reason = "it does not: what an action consists of can be written")]
    pub fn of(action: &Action) -> Self {
        let written = serde_json::to_vec(action).expect("an action consists of texts, numbers and lists of them");
        let digest = Sha256::digest(&written);
        Self(digest.iter().take(12).map(|byte| format!("{byte:02x}")).collect())
    }

    /// 24 hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for StepId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Word;

    fn write(contents: &str) -> Action {
        Action::Write { to: "a".into(), contents: Word::text(contents), executable: false }
    }

    #[test]
    fn the_id_follows_the_action_and_not_the_title() {
        let (one, two) = (Step::new("One", write("x")), Step::new("Two", write("x")));
        assert_eq!(one.id, two.id);
        assert_ne!(one.id, StepId::of(&write("y")));
    }

    #[test]
    fn the_same_step_stands_once_in_a_plan() {
        let mut plan = Plan::new("wheel");
        plan.add(Step::new("One", write("x")));
        plan.add(Step::new("Again", write("x")));
        assert_eq!(plan.steps.len(), 1);
    }
}
