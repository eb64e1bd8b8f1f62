//! `packwright explain`: what the catalogue says about one technology, or where an everyday word leads.

use clap::Args;
use packwright_core::catalogue::glossary;
use packwright_core::engine::doctor::Seen;
use packwright_core::problem::Problem;
use packwright_core::technologies;

use super::chosen::unknown_word;
use crate::show;
use crate::terminal::Terminal;

/// Explain a technology: what it is, when it is right, what it costs, its options; or say where a word leads
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  packwright explain pex
  packwright explain wheel --json
  packwright explain exe
  packwright explain disk image")]
pub struct Explain {
    /// Its id, which `packwright list` shows, or an everyday word such as `exe`, `installer` or `sandbox`
    #[arg(required = true, value_name = "TECHNOLOGY")]
    words: Vec<String>,
}

impl Explain {
    pub fn run(self, terminal: &Terminal) -> Result<u8, Problem> {
        let typed = self.words.join(" ");
        let (Some(page), Some(entry)) = (technologies::page(&typed), technologies::named(&typed)) else {
            let word = glossary::word(&typed).ok_or_else(|| unknown_word(&typed))?;
            if terminal.json {
                terminal.print_json(word);
            } else {
                terminal.print(&show::word(terminal.style, word));
            }
            return Ok(0);
        };
        if terminal.json {
            terminal.print_json(&page);
        } else {
            terminal.print(&show::page(terminal.style, &page, entry, Some(&Seen::of(entry))));
        }
        Ok(0)
    }
}
