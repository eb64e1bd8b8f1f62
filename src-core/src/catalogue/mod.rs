//! The types of what the catalogue says about each technology: data, in TOML beside the backend that uses it.
//!
//! An [`Entry`] is one technology. The grammar of [`Condition`]s is closed: there are no other expressions.

mod condition;
mod embedded;
mod entry;
mod option;

pub use condition::Condition;
pub use embedded::{shared_symptoms, shared_tool};
pub use entry::{
    Entry, HostSupport, Install, Kind, Layer, Rule, SizeClass, StartClass, Status, Summary, Symptom, Tool,
};
pub use option::{Choice, OptionError, OptionKind, OptionSpec, Options, Preset};
