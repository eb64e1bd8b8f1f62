//! `packwright man`: manual pages, for those who package Packwright.

use std::path::PathBuf;

use clap::{Args, Command};
use packwright_core::problem::{Code, Problem};

use crate::terminal::Terminal;

/// Write the manual pages into a folder
#[derive(Debug, Args)]
pub struct Man {
    /// The folder, which must exist
    folder: PathBuf,
}

impl Man {
    pub fn run(self, command: Command, terminal: &Terminal) -> Result<u8, Problem> {
        clap_mangen::generate_to(command, &self.folder).map_err(|error| {
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
