//! Packwright's core: it reads a Python project, advises how to ship it, and builds, runs and proves the result.
//!
//! One sentence: *a backend is a pure function from what we know to a plan; the engine alone acts; everything that
//! happens is an event; every front end draws the same fold of those events.*
//!
//! Reading order, each module using only those above it: [`embedded`], [`redaction`], [`facts`], [`problem`], [`threads`], [`inspect`], [`catalogue`],
//! [`plan`], [`advice`], [`backend`], [`backends`], [`technologies`], [`event`], [`engine`], [`words`], [`session`], [`app`]. What is deliberately
//! absent: terminals, windows, argument parsing and async runtimes. Nothing here prints or exits.

pub mod advice;
pub mod app;
pub mod backend;
pub mod backends;
pub mod catalogue;
mod embedded;
pub mod engine;
pub mod event;
pub mod facts;
pub mod inspect;
pub mod plan;
pub mod problem;
pub mod redaction;
pub mod session;
pub mod technologies;
pub mod threads;
pub mod words;
