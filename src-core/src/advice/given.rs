//! What an advice is asked for.

use std::collections::{BTreeMap, BTreeSet};

use super::answer::Advice;
use super::outlook::Outlook;
use crate::facts::Facts;

/// What an advice is asked for: facts, and the outlook where a project is open.
#[derive(Debug, Clone, Copy)]
pub struct Given<'a> {
    /// What is known.
    pub facts: &'a Facts,
    /// What can be made of the project.
    pub outlook: &'a Outlook,
}

/// The outlook where no project is open.
static NOTHING: Outlook = Outlook { ready: BTreeSet::new(), needs: BTreeMap::new() };

impl<'a> From<&'a Facts> for Given<'a> {
    fn from(facts: &'a Facts) -> Self {
        Self { facts, outlook: &NOTHING }
    }
}

impl<'a> From<(&'a Facts, &'a Outlook)> for Given<'a> {
    fn from((facts, outlook): (&'a Facts, &'a Outlook)) -> Self {
        Self { facts, outlook }
    }
}

impl<'a> From<&'a Advice> for Given<'a> {
    fn from(advice: &'a Advice) -> Self {
        Self { facts: &advice.facts, outlook: &advice.outlook }
    }
}
