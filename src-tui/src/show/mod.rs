//! Turns what the core says into text for people.
//!
//! Everything that comes from a project, a tool or a file passes [`Style::paint`], which filters it; colour only
//! repeats what a sign and a word already say.

mod advice;
mod artifact;
mod by_hand;
mod facts;
mod interview;
mod layers;
mod left_out;
mod machine;
mod page;
mod plan;
mod problem;
mod project;
mod remedy;
mod story;
mod style;
mod table;
mod word;

pub use advice::advice;
pub use artifact::{artifacts, problems, verified};
pub use by_hand::{instructions, outline};
pub use interview::{Place, done, found, keys, leads_to, question};
pub use layers::{LEGEND, glyph};
pub use left_out::{left_out, left_out_in_short};
pub use machine::{cache, doctor, history};
pub use page::page;
pub use plan::{broken, plan};
pub use problem::{problem, warning};
pub use project::{named_indexes, project};
pub use style::{Paint, Sign, Style};
pub use table::{Cell, Table, cut, folded, shortened, wrapped};
pub use word::word;
