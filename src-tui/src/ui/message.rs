//! What reaches the model, and what it wants done.

use std::path::PathBuf;

use crossterm::event::{KeyEvent, MouseEvent};
use packwright_core::engine::doctor::Seen;
use packwright_core::inspect::browse::Listed;
use packwright_core::session::logs::Piece;
use packwright_core::session::{Intent, Update};

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
    Lines(Piece),
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
