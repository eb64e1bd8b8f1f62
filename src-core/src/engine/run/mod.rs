//! Carries out steps: words become arguments, sources and inputs are laid out, sandboxes opened, failures diagnosed; and tries in
//! rooms what came out.
//!
//! Reading order, each using only those before it: [`render`], [`sandbox`], [`source`], [`diagnose`], [`step`],
//! [`looks`], [`schedule`], [`rooms`], [`needed`].

pub(super) mod diagnose;
pub(super) mod looks;
pub(super) mod needed;
pub(super) mod render;
pub(super) mod rooms;
pub(super) mod sandbox;
pub(super) mod schedule;
pub(super) mod source;
pub(super) mod step;
