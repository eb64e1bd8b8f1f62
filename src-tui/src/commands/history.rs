//! `packwright history`: what was built before.

use clap::Args;
use packwright_core::engine::Engine;
use packwright_core::problem::Problem;

use crate::show;
use crate::terminal::Terminal;

/// List what was built, the newest first
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  packwright history
  packwright history --project weather-cli
  packwright history --containing 'click<8.1'")]
pub struct History {
    /// Only builds of the project with this name
    #[arg(long, value_name = "NAME", conflicts_with = "containing")]
    project: Option<String>,

    /// Only artifacts with a component that meets this requirement
    #[arg(long, value_name = "REQUIREMENT")]
    containing: Option<String>,

    /// At most this many
    #[arg(long, value_name = "N", default_value_t = 20)]
    most: usize,
}

impl History {
    pub fn run(self, terminal: &Terminal) -> Result<u8, Problem> {
        let engine = Engine::open()?;
        let history = engine.history()?;
        let found = match &self.containing {
            Some(requirement) => history.containing(requirement),
            None => history.list(self.project.as_deref(), self.most),
        };
        let mut builds = found.map_err(|error| engine.history_problem(&error))?;
        builds.truncate(self.most);
        if terminal.json {
            terminal.print_json(&builds);
        } else {
            terminal.print(&show::history(terminal.style, &builds, self.among().as_deref()));
        }
        Ok(0)
    }

    /// What is said when nothing of what was asked for is there.
    fn among(&self) -> Option<String> {
        let containing = self.containing.as_ref().map(|wanted| format!("No artifact contains what meets `{wanted}`"));
        containing.or_else(|| self.project.as_ref().map(|name| format!("Nothing of a project `{name}` was built")))
    }
}
