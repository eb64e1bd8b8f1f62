//! `packwright explain`: what the catalogue says about one technology.

use clap::Args;
use packwright_core::engine::doctor::Seen;
use packwright_core::problem::Problem;
use packwright_core::technologies;

use super::chosen::unknown_technology;
use crate::show;
use crate::terminal::Terminal;

/// Explain a technology: what it is, when it is right, what it costs, its options
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  packwright explain pex
  packwright explain wheel --json")]
pub struct Explain {
    /// Its id; `packwright list` shows them all
    technology: String,
}

impl Explain {
    pub fn run(self, terminal: &Terminal) -> Result<u8, Problem> {
        let unknown = || unknown_technology(&self.technology);
        let page = technologies::page(&self.technology).ok_or_else(unknown)?;
        let entry = technologies::named(&self.technology).ok_or_else(unknown)?;
        if terminal.json {
            terminal.print_json(&page);
        } else {
            terminal.print(&show::page(terminal.style, &page, entry, Some(&Seen::of(entry))));
        }
        Ok(0)
    }
}
