//! `packwright plan`: a dry run.

use std::path::PathBuf;

use clap::Args;
use packwright_core::event::BuildId;
use packwright_core::problem::{Code, Problem};
use packwright_core::session::command_line;

use super::{chosen, consent};
use crate::arguments::{Making, path_or_here};
use crate::script::Script;
use crate::show::{self, Progress};
use crate::terminal::Terminal;

/// Show what a build would do: its steps, the exact commands, downloads, and what it asks for
///
/// Requirements are resolved for it; nothing is built and no code of the project is run.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  packwright plan pex
  packwright plan zipapp examples/weather-cli --option compress=false")]
pub struct Plan {
    /// Its id; `packwright list` shows them all
    technology: String,

    /// Folder of the project, or one script; the current folder unless said
    path: Option<PathBuf>,

    #[command(flatten)]
    making: Making,
}

impl Plan {
    pub fn run(self, terminal: &Terminal) -> Result<u8, Problem> {
        let technology = chosen::technology(&self.technology)?;
        let choice = self.making.choice(&technology, std::slice::from_ref(&technology))?;
        let (mut script, inspection) = Script::open(&path_or_here(self.path.clone()))?;
        let settings = self.making.settings(inspection.project.root.join("dist"));
        let build = BuildId(1);
        let mut progress = Progress::new(terminal);
        script.plan(build, choice, settings);
        script.until_planned(&[build], |view, updates| {
            // The answer of a dry run is one object, so records have no place in it.
            if !terminal.json {
                progress.show(view, updates);
            }
        })?;
        progress.clear();
        let view = script.view();
        let Some(plan) = view.plans.get(&build) else {
            let failed = view.summary();
            let nothing = || Problem::new(Code::BuildFailed, "there is no plan");
            return Err(failed.problems.into_iter().next().map_or_else(nothing, consent::named));
        };
        if terminal.json {
            let commands: Vec<Vec<String>> = plan.steps.iter().map(command_line).collect();
            terminal.print_json(&serde_json::json!({ "plan": plan, "commands": commands }));
        } else {
            terminal.print(&show::plan(terminal.style, plan));
            let next = ["packwright".into(), "build".into(), technology];
            let path = self.path.iter().map(|path| path.display().to_string());
            let next: Vec<String> = next.into_iter().chain(path).collect();
            terminal.print(&format!("\nNext: {}\n", terminal.style.strong(&show::shell_line(&next))));
        }
        Ok(0)
    }
}
