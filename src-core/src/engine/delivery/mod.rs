//! Hands over: the graph of a build to its end, artifacts put into place, receipts and what lies beside them, the history, and
//! verifying later.
//!
//! Reading order, each using only those before it: [`delivered`], [`output`], [`sbom`], [`receipt`], [`history`], [`trying`],
//! [`giving_away`], [`receiver`], [`build`], [`mending`], [`verify`].

pub(super) mod build;
pub(super) mod delivered;
pub(super) mod giving_away;
pub mod history;
pub(super) mod mending;
pub(super) mod output;
pub(super) mod receipt;
pub(super) mod receiver;
pub(super) mod sbom;
pub(super) mod trying;
pub(super) mod verify;
