//! `packwright man`: manual pages, for those who package Packwright.

use std::path::PathBuf;

use clap::{Args, Command};
use packwright_core::problem::{Code, Problem};

use crate::terminal::Terminal;

/// Write the manual pages into a folder
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  packwright man ~/.local/share/man/man1")]
pub struct Man {
    /// The folder; made when it is not there
    folder: PathBuf,
}

impl Man {
    pub fn run(self, command: Command, terminal: &Terminal) -> Result<u8, Problem> {
        let written =
            std::fs::create_dir_all(&self.folder).and_then(|()| clap_mangen::generate_to(command, &self.folder));
        written.map_err(|error| {
            let message = format!("cannot write manual pages into `{}`", self.folder.display());
            Problem::new(Code::Output, message).because(&error)
        })?;
        if !terminal.json {
            terminal
                .print(&format!("Manual pages are in {}\n", terminal.style.strong(&self.folder.display().to_string())));
        }
        Ok(0)
    }
}
