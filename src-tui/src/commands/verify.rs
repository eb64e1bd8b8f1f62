//! `packwright verify`: try an artifact again.

use std::path::PathBuf;

use clap::Args;
use packwright_core::engine::{Cancel, Engine};
use packwright_core::plan::Outcome;
use packwright_core::problem::{Code, Problem};

use crate::show;
use crate::terminal::Terminal;

/// Compare an artifact with its receipt, and try it again where it was tried before
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  packwright verify examples/weather-cli/dist/weather-cli-1.2.0-any-zipapp.pyz")]
pub struct Verify {
    /// The artifact; its receipt lies beside it
    artifact: PathBuf,
}

impl Verify {
    pub fn run(self, terminal: &Terminal) -> Result<u8, Problem> {
        let (receipt, verdicts) = Engine::open()?.verify(&self.artifact, &Cancel::default())?;
        let failed = verdicts.iter().any(|verdict| verdict.outcome == Outcome::Failed);
        if terminal.json {
            terminal.print_json(&serde_json::json!({ "receipt": receipt, "verdicts": verdicts }));
        } else {
            terminal.print(&show::verified(terminal.style, &self.artifact, &receipt, &verdicts));
        }
        Ok(if failed { Code::CheckFailed.exit_code() } else { 0 })
    }
}
