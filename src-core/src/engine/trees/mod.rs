//! What steps wrote, as trees of files: the store that keeps them, archives that become trees and the other way round, and what
//! is trimmed.
//!
//! Reading order, each using only those before it: [`store`], [`pick`], [`unpack`], [`archive`], [`install`], [`usage`].

pub(super) mod archive;
pub(super) mod install;
pub(super) mod pick;
pub(super) mod store;
pub(super) mod unpack;
pub mod usage;
