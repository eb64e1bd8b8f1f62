//! The whole: steps, proofs, looks and products.

use std::collections::HashSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Look, Pick, Proof, Step, StepId};

/// Everything needed to make an artifact and to try it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Format version of plans.
    pub format: u32,
    /// The technology.
    pub technology: String,
    /// In an order in which they can run.
    pub steps: Vec<Step>,
    /// How the artifact is tried; at least one, or the receipt says "not tried".
    pub proofs: Vec<Proof>,
    /// What is looked at in what came out; what is found makes the result yellow.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub looks: Vec<Look>,
    /// What comes of it.
    pub products: Vec<Product>,
    /// What makes the result yellow whatever the tools say, one sentence each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

/// In the name of a product: the oldest system that its native programs run on, as [`Look::Binaries`] found it, for example
/// `glibc2.36`.
pub const OLDEST: &str = "{oldest}";

/// What comes of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "product", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Product {
    /// A file or folder that is handed to the user.
    Place {
        /// The step that makes it.
        step: StepId,
        /// Which part of its folder.
        pick: Pick,
        /// The name it gets; `None` keeps the tool's own. [`OLDEST`] in it is replaced.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// The file in it that users start, as a path from there; empty for the product itself. `None` where it is used in
        /// another way, which the catalogue of its technology tells.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        starts: Option<String>,
    },
    /// Something that a step published.
    Published {
        /// The step that did.
        step: StepId,
        /// Where it is now, in words for people.
        to: String,
    },
}

impl Product {
    /// A file or folder under the name it has.
    pub fn place(step: StepId, pick: Pick) -> Self {
        Self::Place { step, pick, name: None, starts: None }
    }

    /// Which part of that step's folder it is; nothing where it was published.
    pub fn pick(&self) -> Option<&Pick> {
        match self {
            Self::Place { pick, .. } => Some(pick),
            Self::Published { .. } => None,
        }
    }

    /// The step it comes from.
    pub fn step(&self) -> &StepId {
        match self {
            Self::Place { step, .. } | Self::Published { step, .. } => step,
        }
    }
}

impl Plan {
    /// The current format version.
    pub const FORMAT: u32 = 2;

    /// An empty plan.
    pub fn new(technology: impl Into<String>) -> Self {
        let technology = technology.into();
        Self {
            format: Self::FORMAT,
            technology,
            steps: Vec::new(),
            proofs: Vec::new(),
            looks: Vec::new(),
            products: Vec::new(),
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

    /// Adds looks; the same one is not added twice. Projects have ten thousands of data files, and a look for each.
    pub fn look(&mut self, looks: impl IntoIterator<Item = Look>) {
        let mut known: HashSet<Look> = self.looks.iter().cloned().collect();
        self.looks.extend(looks.into_iter().filter(|look| known.insert(look.clone())));
    }

    /// Adds a step and gives its id; a step that is there already is not added again.
    pub fn add(&mut self, step: Step) -> StepId {
        let id = step.id.clone();
        match self.steps.iter_mut().find(|known| known.id == id) {
            Some(known) => known.join(&step),
            None => self.steps.push(step),
        }
        id
    }

    /// The step with this id.
    pub fn step(&self, id: &StepId) -> Option<&Step> {
        self.steps.iter().find(|step| step.id == *id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Action;

    #[test]
    fn the_same_step_stands_once_in_a_plan() {
        let mut plan = Plan::new("wheel");
        plan.add(Step::new("One", Action::write("a", "x")));
        plan.add(Step::new("Again", Action::write("a", "x")));
        assert_eq!(plan.steps.len(), 1);
    }
}
