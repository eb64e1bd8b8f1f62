//! Finds out what only tools can tell: locks, build requirements, dynamic metadata.

mod compile;
mod error;
mod memory;
mod metadata;
mod pins;
mod pure;
mod pylock;
mod question;
mod refusal;
mod requested;
mod routes;
mod said;
mod sdist;
mod sources;
mod stand_in;
mod wanted;

pub(in crate::engine) use compile::Resolver;
pub use error::ResolveError;
pub(in crate::engine) use memory::Remembered;
pub(in crate::engine) use metadata::{read_wheel_metadata, static_metadata, with_wheel};
pub use refusal::Refusal;
pub(in crate::engine) use requested::{Requested, markers};
pub(in crate::engine) use routes::{Routes, Seeker};
pub(in crate::engine) use sdist::Sdist;
pub(in crate::engine) use wanted::{LocalWheel, Wanted};
