//! `packwright doctor`: what can be built here.

use std::path::Path;

use clap::Args;
use packwright_core::engine::Engine;
use packwright_core::engine::doctor::State;
use packwright_core::problem::{Code, Problem};

use super::chosen;
use crate::show;
use crate::terminal::Terminal;

/// Say which technologies can be built here, and how to get what is missing
///
/// With a technology, exits with 4 when it cannot be built here.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  packwright doctor
  packwright doctor pex")]
pub struct Doctor {
    /// Look at this technology only
    technology: Option<String>,
}

impl Doctor {
    pub fn run(self, terminal: &Terminal) -> Result<u8, Problem> {
        if let Some(word) = &self.technology {
            chosen::must_be_buildable(&chosen::technology(word)?, Path::new("."))?;
        }
        let engine = Engine::open()?;
        let found = engine.doctor(self.technology.as_deref())?;
        let buildable = found.iter().all(|checkup| checkup.state == State::Build);
        let machine = engine.provision();
        if terminal.json {
            terminal.print_json(
                &serde_json::json!({ "technologies": found, "sandbox": machine.sandbox, "free": machine.free }),
            );
        } else {
            terminal.print(&show::doctor(terminal.style, &found, &machine));
        }
        Ok(if self.technology.is_some() && !buildable { Code::ToolMissing.exit_code() } else { 0 })
    }
}
