//! What steps wrote, as trees of files, links and folders: the store that keeps them, archives that become trees and the other
//! way round, and what is trimmed.
//!
//! Reading order, each using only those before it: [`manifest`], [`links`], [`store`], [`pick`], [`unpack`], [`archive`],
//! [`install`], [`binaries`], [`layer`], [`roots`], [`usage`].

pub(super) mod archive;
pub(super) mod binaries;
pub(super) mod install;
pub(super) mod layer;
pub(super) mod links;
pub(super) mod manifest;
pub(super) mod pick;
pub(super) mod roots;
pub(super) mod store;
pub(super) mod unpack;
pub mod usage;
