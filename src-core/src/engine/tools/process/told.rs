//! What a supervisor tells.

use serde::{Deserialize, Serialize};

/// What a supervisor tells, a line of JSON each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Told {
    /// The process id of the program.
    Leader(i32),
    /// The program could not be started, by this error number.
    NotStarted(i32),
    /// So many that were left behind were ended, because somebody waited for them.
    Held(usize),
    /// The exit code; `None` when a signal ended it.
    Exit(Option<i32>),
    /// It had stopped itself, and was ended.
    Stopped,
    /// It ran more processes than this, and was ended.
    Crowded(usize),
    /// Nothing of it is left.
    Over,
}
