//! What is said of the things of this domain, and how: one voice for every front end.
//!
//! What an outcome, a layer or a risk is called is data ([`layer`], [`outcome`] and their like read `words.toml`), so that
//! a language is one more file. Beside it stand the forms that texts have in every language: sizes and dates, commands as a
//! shell takes them, paths that are shortened, and untrusted text made [`plain`].

mod command;
mod condition;
mod consent;
mod doubts;
mod machine;
mod measure;
mod names;
mod path;
mod plain;
mod sentence;
mod slots;
mod voice;

pub use command::{quoted, shell_line, windows_line};
pub use condition::{Strictness, condition};
pub use consent::{because, consent, downloads, starts};
pub use doubts::{Told as ToldDoubts, doubts, weighty_doubts};
pub use machine::{free, hint, tool};
pub use measure::{date, duration, size};
pub use names::{
    doubt, entry, fate, layer, layers, missing, needs_none, network, outcome, quality, risk, size_class, start_class,
    status, step_end, target,
};
pub use path::{home, middle};
pub use plain::{plain, plain_lines};
pub use sentence::{needs_first, no_question, sentence, signature, starts_in, told_of};
pub use slots::Sentence;
