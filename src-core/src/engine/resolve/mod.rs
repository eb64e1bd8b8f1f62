//! Finds out what only tools can tell: locks, build requirements, dynamic metadata.

mod compile;
mod error;
mod metadata;
mod pins;
mod pylock;
mod question;
mod refusal;
mod requested;
mod routes;
mod sdist;
mod sources;
mod stand_in;
mod wanted;

pub(super) use compile::{FRESH, Resolver, now};
pub use error::ResolveError;
pub(super) use metadata::{read_wheel_metadata, static_metadata, with_wheel};
pub use refusal::Refusal;
pub(super) use requested::{Requested, markers};
pub(super) use routes::{Routes, Seeker};
pub(super) use sdist::Sdist;
pub(super) use wanted::{LocalWheel, Wanted};
