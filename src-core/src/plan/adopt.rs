//! The one way in which a plan that was written down is read: by a plug-in, by hand, or by Packwright itself.
//!
//! What it claims is not believed. Ids are names until they are computed here, so no plan can take or fill the place of
//! another's step; words, verbs and functions that are not known are refused; and what must be agreed to follows, as for
//! every plan, from what is run. The JSON schema of plans is [`schema`].

mod check;
mod relabel;

use serde::Deserialize;

use super::{Action, Plan};
use crate::problem::{Code, Problem};

/// The most that is read of one plan, in bytes. The plan of a program with ten thousand data files has a tenth of it.
pub const LONGEST: usize = 64 << 20;

/// Why a plan is not taken.
#[derive(Debug, thiserror::Error)]
pub enum AdoptError {
    /// It has more than [`LONGEST`] bytes.
    #[error("the plan has {bytes} bytes, and at most {LONGEST} are read")]
    TooLarge {
        /// How many.
        bytes: usize,
    },
    /// It is no plan, or has a word that is not known.
    #[error("this is no plan that can be read")]
    Unread(#[source] serde_json::Error),
    /// It has another format.
    #[error("the plan has format {found}, and this version reads format {}", Plan::FORMAT)]
    Format {
        /// Which.
        found: u64,
    },
    /// Two of its steps have one id, and do not do the same.
    #[error("two steps of the plan that do not do the same have the id `{label}`")]
    Twice {
        /// Which.
        label: String,
    },
    /// It refers to a step that is not there, or comes later.
    #[error("{place} refers to the step `{label}`, and no step before it has that id")]
    Unknown {
        /// What refers to it.
        place: String,
        /// The id.
        label: String,
    },
    /// Something in it cannot be.
    #[error("{place} has {what}")]
    Wrong {
        /// Where: a step, a trial, a product.
        place: String,
        /// What it has, with the value in backticks.
        what: String,
    },
}

/// Reads a plan of format [`Plan::FORMAT`].
///
/// `author` is who wrote it, where that was not Packwright: then everything it runs is somebody's code, and needs consent
/// as such. Ids may be any text that is not used twice; a step may refer to steps before it.
pub fn adopt(json: &str, author: Option<&str>) -> Result<Plan, AdoptError> {
    if json.len() > LONGEST {
        return Err(AdoptError::TooLarge { bytes: json.len() });
    }
    let head: Head = serde_json::from_str(json).map_err(AdoptError::Unread)?;
    if head.format != u64::from(Plan::FORMAT) {
        return Err(AdoptError::Format { found: head.format });
    }
    let mut plan: Plan = serde_json::from_str(json).map_err(AdoptError::Unread)?;
    check::plan(&plan)?;
    if let Some(author) = author {
        everything_is_of(author, &mut plan);
    }
    relabel::plan(plan)
}

/// The JSON schema (draft 2020-12) of plans, as [`adopt`] reads them.
pub fn schema() -> schemars::Schema {
    schemars::schema_for!(Plan)
}

/// What is read before anything else: another format may have another shape.
#[derive(Deserialize)]
struct Head {
    format: u64,
}

/// Whatever a plan that is not ours runs is its author's code.
fn everything_is_of(author: &str, plan: &mut Plan) {
    let reason = || vec!["the plan was not made by Packwright".to_owned()];
    let furnish = plan.proofs.iter_mut().flat_map(|proof| &mut proof.furnish);
    for step in plan.steps.iter_mut().chain(furnish) {
        if let Action::Run { may, .. } = &mut step.action {
            *may = std::mem::take(may).foreign(author, reason());
        }
    }
    for proof in &mut plan.proofs {
        proof.room.may = std::mem::take(&mut proof.room.may).foreign(author, reason());
    }
}

impl From<AdoptError> for Problem {
    fn from(error: AdoptError) -> Self {
        let problem = Self::new(Code::Usage, error.to_string());
        match &error {
            AdoptError::Unread(source) => problem
                .because(source)
                .hint("Compare it with the schema of plans, which names every word that is known"),
            AdoptError::Format { found } if *found > u64::from(Plan::FORMAT) => {
                problem.hint("It was written for a later version of Packwright: read it with that one")
            }
            AdoptError::Format { .. } => problem.hint("It was written for an earlier version: make it again"),
            AdoptError::Twice { .. } | AdoptError::Unknown { .. } => {
                problem.hint("Give each step an id of its own, and let steps stand behind those that they use")
            }
            AdoptError::TooLarge { .. } | AdoptError::Wrong { .. } => problem,
        }
    }
}

#[cfg(test)]
mod tests;
