//! `packwright cache`: what is kept to make the next build quick.

use clap::Args;
use packwright_core::engine::Engine;
use packwright_core::engine::usage::CEILING;
use packwright_core::problem::Problem;

use crate::show;
use crate::terminal::Terminal;

/// Show what the cache holds, trim it, or clear it
///
/// Everything in it can be fetched or made again. Artifacts, receipts and the history are elsewhere and stay.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  packwright cache
  packwright cache --trim
  packwright cache --trim=2000
  packwright cache --clear")]
pub struct Cache {
    /// Remove what was not used for longest, until fetched files and step outputs take less than this; the ceiling of
    /// the cache unless said
    #[arg(long, value_name = "MB", num_args = 0..=1, require_equals = true)]
    #[allow(clippy::option_option, reason = "not given, given alone, given with a size")]
    trim: Option<Option<u64>>,

    /// Remove everything
    #[arg(long, conflicts_with = "trim")]
    clear: bool,
}

impl Cache {
    pub fn run(self, terminal: &Terminal) -> Result<u8, Problem> {
        let engine = Engine::open()?;
        let before: u64 = engine.cache_usage().iter().map(|part| part.bytes).sum();
        if self.clear {
            engine.clear_cache()?;
        }
        if let Some(megabytes) = self.trim {
            engine.trim_cache(megabytes.map_or(CEILING, |megabytes| megabytes.saturating_mul(1_000_000)))?;
        }
        let parts = engine.cache_usage();
        let now: u64 = parts.iter().map(|part| part.bytes).sum();
        let freed = before.saturating_sub(now);
        if terminal.json {
            terminal.print_json(&serde_json::json!({ "parts": parts, "bytes": now, "freed": freed }));
        } else {
            let changed = self.clear || self.trim.is_some();
            terminal.print(&show::cache(terminal.style, &parts, changed.then_some(freed)));
        }
        Ok(0)
    }
}
