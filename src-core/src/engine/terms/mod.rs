//! The terms of the work: what is ordered, within which limits, under whose signature, until when, and what the user is told
//! besides.
//!
//! Reading order, each using only those before it: [`address`], [`limits`], [`cancel`], [`beside`], [`signature`],
//! [`consent`], [`order`], [`notices`], [`json`].

pub(super) mod address;
pub(super) mod beside;
pub(super) mod cancel;
pub(super) mod consent;
pub(super) mod json;
pub(super) mod limits;
pub(super) mod notices;
pub(super) mod order;
pub mod signature;
