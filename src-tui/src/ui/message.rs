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
    /// The folders and scripts in a folder.
    Listed {
        /// The folder.
        folder: PathBuf,
        /// What is in it.
        inside: Vec<Listed>,
    },
    /// A folder cannot be listed, and why.
    Unlisted(PathBuf, String),
    /// The tools of a technology were looked for.
    Looked(String, Seen),
    /// Time has passed; milliseconds since the session began.
    Tick(u64),
}

/// One of what is in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its path.
    pub path: PathBuf,
    /// What it is.
    pub kind: Kind,
}

/// What a path in a listing is, in the order in which they are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A folder with a Python project.
    Project,
    /// Any other folder.
    Folder,
    /// A Python file.
    Script,
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
