//! Steps: what they are, and what they need of the machine.

use std::fmt;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Action;
use crate::facts::Platform;

/// What a step is: the hash of its action, which names the steps it consumes. Never of a title or a machine.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct StepId(String);

/// One thing to do, which writes one folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// See [`StepId`].
    pub id: StepId,
    /// Plain words, for example "Build the project's wheel".
    pub title: String,
    /// What is done.
    pub action: Action,
    /// Steps that must have ended although nothing of theirs is consumed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<StepId>,
    /// Whether its output may be used again.
    #[serde(default, skip_serializing_if = "Keep::is_pure")]
    pub keep: Keep,
    /// What it needs of this machine.
    pub needs: Resources,
    /// Seconds after which it is ended.
    pub within: u64,
    /// Where it must be carried out; `None` for anywhere its tools are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<Platform>,
}

/// What a step needs of the machine while it runs.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Resources {
    /// Cores it keeps busy; 0 where it mostly waits.
    pub cpu: u8,
    /// Memory in MiB it is expected to take at most.
    #[serde(default, skip_serializing_if = "is_none")]
    pub memory: u32,
    /// Disk space in MiB it is expected to take at most, besides what it reads.
    #[serde(default, skip_serializing_if = "is_none")]
    pub disk: u32,
    /// Things only one step of this machine can use at a time, for example `display`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exclusive: Vec<String>,
}

/// Whether the output of a step may be used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Keep {
    /// The same input gives the same output.
    #[default]
    Pure,
    /// What the world was like, which is worth keeping this long and is not made again to compare two builds: a root file
    /// system.
    Base(Duration),
    /// An answer from the world, kept this long.
    Until(Duration),
    /// It changes something outside: never kept, never repeated.
    Act,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
fn is_none(amount: &u32) -> bool {
    *amount == 0
}

impl Keep {
    /// Whether the same input gives the same output.
    pub fn is_pure(&self) -> bool {
        *self == Self::Pure
    }

    /// How long an output may be used again: `None` for ever, no time at all for what changes the world.
    pub fn lasts(self) -> Option<Duration> {
        match self {
            Self::Pure => None,
            Self::Base(time) | Self::Until(time) => Some(time),
            Self::Act => Some(Duration::ZERO),
        }
    }

    /// What holds where two plans want the same step: the stricter of the two.
    #[must_use]
    pub fn joined(self, other: Self) -> Self {
        match (self.lasts(), other.lasts()) {
            (None, _) => other,
            (Some(_), None) => self,
            (Some(one), Some(two)) => {
                if one <= two {
                    self
                } else {
                    other
                }
            }
        }
    }
}

impl Step {
    /// A step whose output is kept, and that keeps one core busy for at most ten minutes.
    pub fn new(title: impl Into<String>, action: Action) -> Self {
        Self {
            id: StepId::of(&action),
            title: title.into(),
            action,
            after: Vec::new(),
            keep: Keep::Pure,
            needs: Resources { cpu: 1, ..Resources::default() },
            within: 600,
            on: None,
        }
    }

    /// The same with other needs.
    #[must_use]
    pub fn needs(mut self, needs: Resources) -> Self {
        self.needs = needs;
        self
    }

    /// Takes over what another plan says of the same step: the stricter, or the more patient, of the two.
    pub fn join(&mut self, other: &Self) {
        for step in &other.after {
            if !self.after.contains(step) {
                self.after.push(step.clone());
            }
        }
        self.keep = self.keep.joined(other.keep);
        self.within = self.within.max(other.within);
        self.on = self.on.or(other.on);
        let (mine, theirs) = (&mut self.needs, &other.needs);
        mine.cpu = mine.cpu.max(theirs.cpu);
        mine.memory = mine.memory.max(theirs.memory);
        mine.disk = mine.disk.max(theirs.disk);
        for thing in &theirs.exclusive {
            if !mine.exclusive.contains(thing) {
                mine.exclusive.push(thing.clone());
            }
        }
    }

    /// Whether it runs code that is not ours.
    pub fn runs_foreign_code(&self) -> bool {
        self.action.grants().is_some_and(|may| !may.foreign.is_empty())
    }
}

impl Resources {
    /// So many cores and so much memory in MiB.
    pub fn new(cpu: u8, memory: u32) -> Self {
        Self { cpu, memory, ..Self::default() }
    }
}

impl StepId {
    /// The id of a step with this action.
    #[expect(clippy::missing_panics_doc, reason = "it does not: what an action consists of can be written")]
    pub fn of(action: &Action) -> Self {
        let written = serde_json::to_vec(action).expect("an action consists of texts, numbers and lists of them");
        Self::of_bytes(&written)
    }

    /// The id of what is done where no step is: in a room.
    pub(super) fn of_act(act: &impl Serialize) -> Self {
        let written = serde_json::to_vec(act).expect("an act consists of texts, numbers and lists of them");
        Self::of_bytes(&written)
    }

    fn of_bytes(written: &[u8]) -> Self {
        Self(Sha256::digest(written).iter().take(12).map(|byte| format!("{byte:02x}")).collect())
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

    #[test]
    fn the_id_follows_the_action_and_not_the_title() {
        let write = |text: &str| Action::write("a", text);
        let (one, two) = (Step::new("One", write("x")), Step::new("Two", write("x")));
        assert_eq!(one.id, two.id);
        assert_ne!(one.id, StepId::of(&write("y")));
    }

    #[test]
    fn what_two_plans_want_of_one_step_is_joined() {
        let mut one = Step::new("One", Action::write("a", "x"));
        let hour = Duration::from_secs(3600);
        let other = Step { keep: Keep::Until(hour), within: 900, needs: Resources::new(2, 512), ..one.clone() };
        one.join(&other);
        assert_eq!((one.keep, one.within, one.needs.cpu, one.needs.memory), (Keep::Until(hour), 900, 2, 512));
        one.join(&Step { keep: Keep::Act, within: 1, ..other });
        assert_eq!((one.keep, one.within), (Keep::Act, 900));
    }
}
