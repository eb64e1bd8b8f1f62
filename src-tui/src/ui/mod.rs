//! The terminal UI: model, message, update, view.
//!
//! [`model`] is what it knows, [`message`] what reaches it, [`update`] how one changes the other, [`draw`] how it looks.
//! Every screen is a [`page`] made by a pure function in [`screens`]; keys, footer, help and list of actions come from one
//! table in [`action`]. Only [`run`], [`stage`], [`surroundings`] and [`neighbours`] touch the world.

mod action;
mod actions;
mod charset;
mod draw;
mod glyph;
mod gradient;
mod linear;
mod measure;
mod message;
mod model;
mod neighbours;
mod overlay;
mod page;
mod route;
mod run;
mod screens;
mod sgr;
mod spoken;
mod stage;
mod surroundings;
mod text;
mod theme;
mod update;

pub use linear::run as read_out;
pub use run::{Opening, run};
#[cfg(unix)]
pub use stage::{is_supervised, leave as give_back, leave_stopping_to_a_parent};
