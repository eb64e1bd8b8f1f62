//! Whether a build only declares: what is known of the build backends, and whether a project keeps to it.
//!
//! A build needs no trust where everything that its backend reads is known to run nothing. So this is an allow list:
//! `known/NAME.toml` says of each backend which keys of which files are inert, what their values may be, and which
//! distributions may be there when it runs. Whatever is not in it is a reason to ask, and names its line.

mod attribute;
mod data;
mod flit;
mod lock;
mod look;
mod manifest;
mod module;
mod place;
mod reasons;
mod requires;
mod rules;
mod setup_cfg;
mod shadow;
mod table;
#[cfg(test)]
mod tests;

pub(crate) use data::named;
pub(crate) use lock::unknown_in;
pub(crate) use reasons::reasons;
