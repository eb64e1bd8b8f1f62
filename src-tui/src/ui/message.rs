//! What reaches the model, and what it wants done.

use std::path::PathBuf;

use crossterm::event::{KeyEvent, MouseEvent};
use packwright_core::engine::log::Line;
use packwright_core::event::BuildId;
use packwright_core::session::{Intent, Update};

use super::logs::Origin;
use crate::show::Seen;

/// Something that happened.
#[derive(Debug, Clone)]
pub enum Message {
    /// A key went down.
    Key(KeyEvent),
    /// A click or the wheel.
    Mouse(MouseEvent),
    /// Text was pasted.
    Paste(String),
    /// The terminal has another size, columns and rows.
    Resize(u16, u16),
    /// The session changed.
    Updates(Vec<Update>),
    /// Lines of a step's log.
    Lines {
        /// The build.
        build: BuildId,
        /// The step, and the file of its log.
        origin: Origin,
        /// The lines.
        lines: Vec<Line>,
        /// Lines that were left out before these, because more came than can be shown.
        skipped: u64,
    },
    /// The folders in a folder, and which of them hold a project.
    Listed {
        /// The folder.
        folder: PathBuf,
        /// The folders in it.
        folders: Vec<Listed>,
    },
    /// The tools of a technology were looked for.
    Looked(String, Seen),
    /// Time has passed; milliseconds since the session began.
    Tick(u64),
    /// Something outside the session did not work.
    Failed(String),
}

/// A folder in a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its path.
    pub path: PathBuf,
    /// Whether it holds a Python project.
    pub is_project: bool,
}

/// Something to be done outside the model.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Asks the session for something.
    Send(Box<Intent>),
    /// Lists the folders in a folder.
    List(PathBuf),
    /// Looks for the tools of a technology.
    Look(String),
    /// Puts a text on the clipboard.
    Copy(String),
    /// Opens a path or an address in the system's program.
    Show(String),
    /// Gives the terminal back to the shell for a while.
    Suspend,
    /// Leaves.
    Quit,
}

impl From<Intent> for Effect {
    fn from(intent: Intent) -> Self {
        Self::Send(Box::new(intent))
    }
}
