//! Finds out what only tools can tell: locks, build requirements, dynamic metadata.

mod compile;
mod metadata;
mod pins;
mod pylock;

pub use compile::ResolveError;
pub(super) use compile::Resolver;
pub(super) use metadata::{build_requires_of_sdist, read_wheel_metadata, requirements, static_metadata};
