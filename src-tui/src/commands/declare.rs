//! `packwright declare`: writes down what the program needs and nothing declares.

use std::path::PathBuf;

use clap::Args;
use packwright_core::engine::answers::declare::{Declaration, file_of};
use packwright_core::facts::{Project, Sorting};
use packwright_core::problem::{Code, Needed, Problem};
use packwright_core::session::Intent;

use super::making::path_or_here;
use crate::prompt::{Prompt, Reply};
use crate::script::Script;
use crate::terminal::Terminal;

/// Declare what the program imports, where the project declares requirements
///
/// Without a requirement, everything that `packwright inspect` shows as imported and not declared. What would be written,
/// and into which file, is shown and asked first.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  packwright declare
  packwright declare Pillow
  packwright declare 'setuptools<82' --in examples/weather-cli --yes")]
pub struct Declare {
    /// What to declare, as in PEP 508
    requirements: Vec<String>,

    /// Folder of the project, or one script; the current folder unless said
    #[arg(long = "in", value_name = "PATH")]
    path: Option<PathBuf>,

    /// It is needed to build the program, not to run it
    #[arg(long)]
    build: bool,

    /// Write it without asking
    #[arg(long)]
    yes: bool,
}

impl Declare {
    pub fn run(self, terminal: &Terminal) -> Result<u8, Problem> {
        let path = path_or_here(self.path);
        let (mut script, inspection) = Script::recorded(&path, Sorting::default(), None)?;
        let project = inspection.project;
        let needed = if self.build { Needed::ToBuild } else { Needed::ToRun };
        let wanted = if self.requirements.is_empty() { owned(&project) } else { self.requirements };
        if wanted.is_empty() {
            terminal.print("Nothing is imported that is not declared, as far as it is known where it comes from.\n");
            return Ok(0);
        }
        let file = file_of(&project, needed)?;
        terminal.note(&format!("  {file} gets  {}\n", wanted.join(", ")));
        if !self.yes && !agreed(terminal)? {
            return Err(Problem::new(Code::ConsentRefused, "nothing was written, because nobody agreed")
                .hint("Agree to it with `--yes`, or write it yourself"));
        }
        let requirements =
            wanted.iter().map(|requirement| Declaration { requirement: requirement.clone(), needed }).collect();
        let written = script.declare(Intent::Declare { requirements })?;
        terminal.print(&format!("Written to {}\n", written.display()));
        Ok(0)
    }
}

fn owned(project: &Project) -> Vec<String> {
    project.undeclared().into_iter().map(str::to_owned).collect()
}

fn agreed(terminal: &Terminal) -> Result<bool, Problem> {
    if !terminal.can_ask {
        return Ok(false);
    }
    let reply = Prompt::open()?.ask(terminal, "Write it? [y/N] ");
    Ok(matches!(reply, Reply::Line(line) if ["y", "yes"].contains(&line.trim().to_lowercase().as_str())))
}
