//! A session as data: what a front end asks for ([`Intent`]), what it is told ([`Update`]), and the [`View`] that both make.
//!
//! A view is a pure fold: the same updates give the same view in every front end, today or replayed from a
//! recording. It has no current screen; cursor, scroll and focus belong to each front end.

mod asking;
mod build;
mod choice;
mod command_line;
pub mod form;
mod handover;
mod intent;
pub mod logs;
pub mod making;
mod progress;
mod recommended;
mod recording;
mod summary;
mod view;

pub use asking::{Asking, Given};
pub use build::{BuildView, Phase, StepState, StepView};
pub use choice::{Change, Choice};
pub use command_line::command_lines;
pub use handover::Handover;
pub use intent::Intent;
pub use progress::Progress;
pub use recommended::{Candidate, Recommended};
pub use recording::{FORMAT, Line, Recording, RecordingError};
pub use summary::Summary;
pub use view::{Update, View};

#[cfg(test)]
mod wire;
