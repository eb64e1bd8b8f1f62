//! `packwright plan`: a dry run.

use std::path::{Path, PathBuf};

use clap::Args;
use packwright_core::engine::Lacks;
use packwright_core::inspect::regular;
use packwright_core::plan::{self, Consent};
use packwright_core::problem::{Code, Problem, listing};
use packwright_core::session::{Intent, command_lines};
use packwright_core::technologies;
use packwright_core::words::shell_line;

use super::making::{Making, Recorded, path_or_here};
use super::{chosen, remedies};
use crate::progress::Progress;
use crate::script::Script;
use crate::show;
use crate::terminal::Terminal;

/// Show what a build would do: its steps, the exact commands, downloads, and what it asks for
///
/// Requirements are resolved for it; nothing is built and no code of the project is run. For a technology that Packwright
/// does not build yet, the steps to take by hand are shown.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  packwright plan pex
  packwright plan docker
  packwright plan zipapp examples/weather-cli --option compress=false
  packwright plan --from plan.json     # a plan that was written down, by another program or by hand
  packwright plan --schema             # the JSON schema of plans")]
pub struct Plan {
    /// Its id; `packwright list` shows them all
    #[arg(required_unless_present_any = ["from", "schema"])]
    technology: Option<String>,

    /// Folder of the project, or one script; the current folder unless said
    path: Option<PathBuf>,

    /// Show the plan in this file, as it would be taken: with the ids and the consents that follow from what it does
    #[arg(long, value_name = "FILE", conflicts_with_all = ["technology", "path"])]
    from: Option<PathBuf>,

    /// Print the JSON schema of plans
    #[arg(long, conflicts_with_all = ["technology", "path", "from"])]
    schema: bool,

    #[command(flatten)]
    making: Making,

    #[command(flatten)]
    recorded: Recorded,
}

impl Plan {
    pub fn run(mut self, terminal: &Terminal) -> Result<u8, Problem> {
        if self.schema {
            terminal.print_json(&plan::schema());
            return Ok(0);
        }
        if let Some(file) = &self.from {
            return from_file(file, terminal);
        }
        let technology = chosen::technology(self.technology.as_deref().unwrap_or_default())?;
        if !technologies::is_buildable(&technology) {
            return self.by_hand(&technology, terminal);
        }
        self.making.check_options(std::slice::from_ref(&technology))?;
        let (mut script, inspection) =
            Script::recorded(&path_or_here(self.path.clone()), self.making.sorting(), self.recorded.file()?)?;
        self.making.ask_for_entry(&inspection.project, terminal, || false);
        let choice = self.making.choice_of(&technology);
        script.dispatch(Intent::Set { settings: Box::new(self.making.settings()) });
        let mut progress = Progress::new(terminal);
        script.choose(Intent::Choose { choices: vec![choice] })?;
        script.until_planned(|view, updates| {
            // The answer of a dry run is one object, so records have no place in it.
            if !terminal.json {
                progress.show(view, updates);
            }
        })?;
        progress.clear();
        let view = script.view();
        let Some((build, plan)) = view.plans.iter().next() else {
            let failed = view.summary();
            let nothing = || Problem::new(Code::BuildFailed, "there is no plan");
            let problem = failed.problems.into_iter().next().unwrap_or_else(nothing);
            return Err(remedies::with_command(problem, &path_or_here(self.path.clone())));
        };
        if !terminal.json {
            let doubts = view.project.as_ref().map(|project| project.selection.doubts.as_slice());
            terminal.print(&show::left_out(terminal.style, doubts.unwrap_or_default()));
        }
        print(plan, view.asked(build), view.lacks.get(build), terminal);
        if !terminal.json {
            let next = ["packwright".into(), "build".into(), technology];
            let path = self.path.iter().map(|path| path.display().to_string());
            let next: Vec<String> = next.into_iter().chain(path).collect();
            terminal.print(&format!("\nNext: {}\n", terminal.style.strong(&shell_line(&next))));
        }
        Ok(0)
    }

    /// The steps of a technology that is only advised, filled in for the project.
    fn by_hand(&self, technology: &str, terminal: &Terminal) -> Result<u8, Problem> {
        self.making.check_options(std::slice::from_ref(&technology.to_owned()))?;
        let path = path_or_here(self.path.clone());
        let (_, inspection) = Script::recorded(&path, self.making.sorting(), None)?;
        let project = &inspection.project;
        let entry = project.entry(self.making.entry.as_deref());
        if let (Some(wanted), None) = (&self.making.entry, &entry) {
            let names: Vec<String> = project.entry_points.iter().map(|entry| format!("`{}`", entry.name)).collect();
            let problem = Problem::new(Code::Usage, format!("`{}` has no entry point `{wanted}`", project.name));
            return Err(if names.is_empty() { problem } else { problem.hint(format!("There is {}", listing(&names))) });
        }
        let page = technologies::named(technology).ok_or_else(|| chosen::unknown_technology(technology))?;
        let instructions = page.instructions(project, entry.as_ref());
        if terminal.json {
            let documentation = &page.documentation;
            terminal.print_json(&serde_json::json!({
                "technology": technology,
                "buildable": false,
                "by_hand": instructions.steps,
                "lacks_build_system": instructions.lacks_build_system,
                "lacks_command": instructions.lacks_command,
                "unknown": instructions.unknown,
                "documentation": documentation,
            }));
        } else {
            terminal.print(&show::instructions(terminal.style, technology, &instructions));
            terminal.print(&format!("\nDocs: {}\n", page.documentation));
        }
        Ok(0)
    }
}

fn print(plan: &plan::Plan, asked: &[Consent], lacks: Option<&Lacks>, terminal: &Terminal) {
    if terminal.json {
        let commands: Vec<Vec<Vec<String>>> = plan.steps.iter().map(command_lines).collect();
        let mut answer = serde_json::json!({ "plan": plan, "commands": commands, "consents": asked });
        if let Some(lacks) = lacks {
            answer["lacks"] = serde_json::json!(lacks);
        }
        terminal.print_json(&answer);
    } else {
        terminal.print(&show::plan(terminal.style, plan, asked, lacks));
    }
}

/// A plan that somebody wrote: nothing of it is believed, and nothing is done.
fn from_file(file: &Path, terminal: &Terminal) -> Result<u8, Problem> {
    let text = regular::read_text(file, plan::LONGEST as u64).map_err(|error| {
        let problem = Problem::new(Code::Usage, format!("cannot read the plan `{}`", file.display()));
        problem.because(&error)
    })?;
    let plan = plan::adopt(&text, Some(&file.display().to_string()))?;
    // Nothing is known of the machine that will run it: all that could be asked is shown.
    print(&plan, &plan.consents(false, |_| true), None, terminal);
    Ok(0)
}
