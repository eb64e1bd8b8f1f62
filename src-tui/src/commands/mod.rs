//! One file per command.

pub mod advise;
pub mod build;
pub mod cache;
pub mod completions;
pub mod declare;
pub mod doctor;
mod entry;
pub mod explain;
pub mod history;
pub mod inspect;
pub mod list;
pub mod man;
pub mod plan;
pub mod replay;
mod signing;
pub mod verify;

mod chosen;
mod consent;
mod making;
mod open;
mod remedies;

pub use making::Recorded;
pub use open::open;
