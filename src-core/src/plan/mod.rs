//! A plan is data: what will be run, written and tried, without a path of this machine in it.
//!
//! Reading order: a [`Plan`] has [`Step`]s, a step has one [`Action`], an action is made of [`Word`]s,
//! a word of [`Piece`]s. A step writes one folder, and a [`Pick`] takes from it by path or pattern. What was made is tried by
//! [`Proof`]s: a [`Room`], and [`Act`]s in it.

mod action;
mod adopt;
mod command;
mod consent;
mod layout;
mod look;
pub mod maker;
mod proof;
mod script;
mod starts;
mod step;
mod survey;
mod whole;
mod word;

pub use action::{Action, Format, Remote, Squeeze};
pub use adopt::{AdoptError, LONGEST, adopt, schema};
pub use command::{Command, Device, Foreign, Grants, Network, Place, ToolRef, Users};
pub use consent::Consent;
pub use layout::{Item, Mode, What};
pub use look::Look;
pub use maker::Maker;
pub use proof::{Act, Expect, Known, Outcome, Proof, Ready, Room};
pub use script::with_metadata;
pub use step::{Keep, Resources, Step, StepId};
pub use survey::{Resource, Survey, Surveyed};
pub use whole::{OLDEST, Plan, Product};
pub use word::{Pick, Piece, Word};
