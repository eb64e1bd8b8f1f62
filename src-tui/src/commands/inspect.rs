//! `packwright inspect`: what was found in a project.

use std::path::PathBuf;

use clap::Args;
use packwright_core::problem::Problem;
use packwright_core::words::shell_line;

use super::making::{Sorted, path_or_here};
use crate::script::Script;
use crate::show;
use crate::terminal::Terminal;

/// Say what kind of project this is, with the evidence for every fact
///
/// None of the project's code is run.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  packwright inspect
  packwright inspect tool.py
  packwright inspect examples/weather-cli --json")]
pub struct Inspect {
    /// Folder of the project, or one script; the current folder unless said
    path: Option<PathBuf>,

    #[command(flatten)]
    sorted: Sorted,
}

impl Inspect {
    pub fn run(self, terminal: &Terminal) -> Result<u8, Problem> {
        let path = path_or_here(self.path);
        let (_, inspection) = Script::recorded(&path, self.sorted.sorting(), None)?;
        if terminal.json {
            terminal.print_json(&inspection);
        } else {
            let next = shell_line(&["packwright".into(), "advise".into(), path.display().to_string()]);
            terminal.print(&show::project(terminal.style, &inspection));
            terminal.print(&format!("\nNext: {}\n", terminal.style.strong(&next)));
        }
        Ok(0)
    }
}
