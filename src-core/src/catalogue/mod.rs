//! The types of what the catalogue says about each technology: data, in TOML beside the backend that uses it.
//!
//! An [`Entry`] is one technology. The grammar of [`Condition`]s is closed: there are no other expressions. Beside the
//! entries stand the [`Level`]s of the gradient, the [`Questionnaire`] of the interview, the [`Combination`]s and the
//! [`Contradiction`]s.

mod by_hand;
mod check;
mod combination;
mod condition;
mod contradiction;
mod embedded;
mod entry;
mod level;
mod option;
mod question;

pub use by_hand::{ByHand, Instructions, PLACEHOLDERS};
pub use combination::{Combination, combinations};
pub use condition::Condition;
pub use contradiction::{Contradiction, contradictions};
pub use embedded::{shared_symptoms, shared_tool};
pub use entry::{
    Entry, HostSupport, Install, Kind, Layer, Rule, SizeClass, StartClass, Status, Summary, Symptom, Tool,
};
pub use level::{Level, families_of, level_of, levels, rank_of};
pub use option::{Choice, OptionError, OptionKind, OptionSpec, Options, Preset};
pub use question::{Answer, Question, Questionnaire, Several};
