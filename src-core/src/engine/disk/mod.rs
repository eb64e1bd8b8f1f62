//! Files and folders that nobody else may touch meanwhile: where they are, who may look into them, leases and locks, and what
//! went wrong with them.
//!
//! Reading order, each using only those before it: [`paths`], [`faults`], [`capacity`], [`error`], [`files`], [`lease`], [`private`],
//! [`lock`].

pub mod capacity;
pub(super) mod error;
pub(super) mod faults;
pub(super) mod files;
pub(super) mod lease;
pub(super) mod lock;
pub(super) mod paths;
pub(super) mod private;
