//! A plan is data: what will be run, written and tried, without a path of this machine in it.
//!
//! Reading order: a [`Plan`] has [`Step`]s, a step has one [`Action`], an action is made of [`Word`]s,
//! a word of [`Piece`]s. A step writes one folder, and a [`Pick`] takes from it by path or pattern.

mod action;
mod check;
mod script;
mod starts;
mod step;
mod word;

pub use action::{Action, Command, Compression, Member, Network, Registry, Remote, Runner, ToolRef};
pub use check::{Check, Outcome, PythonInRoom, Room};
pub use script::with_metadata;
pub use step::{Cache, Consent, Expected, Output, Plan, Resources, Step, StepId};
pub use word::{Pick, Piece, Word};
