//! What becomes of what a program reads and writes.

use serde::{Deserialize, Serialize};

use crate::facts::RiskKind;

/// What becomes of one kind of risk in an artifact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fate {
    /// The kind of risk.
    pub risk: RiskKind,
    /// What becomes of it.
    pub is: Is,
    /// Why, and what helps, one sentence without its end; of what is found it says nothing.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub because: String,
    /// A flag of the backend with which it is found all the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unless: Option<String>,
}

/// What becomes of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Is {
    /// It is taken along, and found.
    Found,
    /// It is not found there, or does not last.
    Lost,
    /// Nothing is built with it.
    Refused,
}
