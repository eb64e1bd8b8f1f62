//! What is known of making each technology from the open project, beside what the rules say of it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::problem::Problem;

/// Which technologies can be made from a project as it is, and what others need first. Empty where no project is open.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Outlook {
    /// Ids of those that nothing known stands in the way of.
    pub ready: BTreeSet<String>,
    /// What others need first, with what helps, by id.
    pub needs: BTreeMap<String, Problem>,
}

/// How one technology could be made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Prospect {
    /// Nothing is known: no project is open, or it is only advised.
    #[default]
    Open,
    /// Nothing that is known stands in the way.
    Ready,
    /// The project needs something first.
    NeedsFirst,
}

impl Outlook {
    /// Whether nothing is known of any technology.
    pub fn is_empty(&self) -> bool {
        self.ready.is_empty() && self.needs.is_empty()
    }

    pub(super) fn of(&self, technology: &str) -> Prospect {
        if self.needs.contains_key(technology) {
            Prospect::NeedsFirst
        } else if self.ready.contains(technology) {
            Prospect::Ready
        } else {
            Prospect::Open
        }
    }
}
