//! The types of what the catalogue says about each technology: data, in TOML beside the backend that uses it.
//!
//! An [`Entry`] is one technology, a [`Tool`] one of the programs that make it. The grammar of [`Condition`]s is closed:
//! there are no other expressions. Beside the entries stand the [`Level`]s of the gradient, the [`Questionnaire`] of the
//! interview, the [`Combination`]s, the [`Contradiction`]s, the [`Installer`]s and the
//! [`glossary`] of everyday words.

mod by_hand;
mod check;
mod combination;
mod condition;
mod contradiction;
mod embedded;
mod entry;
mod fate;
pub mod glossary;
pub mod gradient;
mod installer;
mod instructions;
mod level;
mod option;
mod question;
mod tool;
mod tools;
mod usage;

pub use by_hand::{ByHand, PLACEHOLDERS};
pub use combination::{Combination, combinations};
pub use condition::Condition;
pub use contradiction::{Contradiction, contradictions};
pub use embedded::shared_symptoms;
pub use entry::{Entry, HostSupport, Kind, Layer, Missing, Rule, SizeClass, StartClass, Status, Summary, Symptom};
pub use fate::{Fate, Is};
pub use installer::{Installer, installers};
pub use instructions::Instructions;
pub use level::{Level, families_of, level_of, levels, rank_of};
pub use option::{Choice, OptionError, OptionKind, OptionSpec, Options, Preset};
pub use question::{Answer, Question, Questionnaire, Several};
pub use tool::{Form, Install, Needed, Pins, Probe, Tool};
pub use tools::{tool, tool_names};
pub use usage::{Does, Usage};
