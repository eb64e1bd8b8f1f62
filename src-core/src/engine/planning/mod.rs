//! Turns an order into a complete plan: finds out what only tools can tell (locks, requirements of builds, metadata of hooks),
//! and knows what the user has agreed to.
//!
//! Reading order, each using only those before it: [`fit`], [`resolve`], [`trust`], [`prepare`].

pub(super) mod fit;
pub(super) mod prepare;
pub(super) mod resolve;
pub(super) mod trust;
