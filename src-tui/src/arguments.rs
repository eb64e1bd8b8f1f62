//! What can be typed.

use std::path::PathBuf;

use clap::{CommandFactory, Parser, Subcommand};
use packwright_core::problem::Problem;

use crate::commands::{
    Recorded, advise, build, cache, completions, declare, doctor, explain, history, inspect, list, man, plan, replay,
    verify,
};
use crate::footers;
use crate::terminal::Terminal;

/// Tells you how to ship your Python program, then ships it.
#[derive(Debug, Parser)]
#[command(name = "packwright", version, args_conflicts_with_subcommands = true, after_help = footers::FIRST_STEPS, after_long_help = footers::EXIT_CODES)]
pub struct Arguments {
    /// Print JSON for other programs instead of text for people
    #[arg(long, global = true)]
    pub json: bool,

    /// Read each screen out as plain text and take one command a line, as screen readers like it
    #[arg(long)]
    pub plain: bool,

    #[command(flatten)]
    pub recorded: Recorded,

    /// Set by the process that waits for the terminal UI
    #[cfg(unix)]
    #[arg(long, hide = true, value_name = "PID")]
    pub supervised: Option<u32>,

    /// Folder or script to open in the terminal UI; the current folder unless said
    #[arg(value_name = "PATH")]
    pub path: Option<PathBuf>,

    #[command(subcommand)]
    pub command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    Inspect(inspect::Inspect),
    Advise(advise::Advise),
    Declare(declare::Declare),
    Explain(explain::Explain),
    List(list::List),
    Plan(plan::Plan),
    Build(build::Build),
    Verify(verify::Verify),
    Doctor(doctor::Doctor),
    History(history::History),
    Cache(cache::Cache),
    Replay(replay::Replay),
    Completions(completions::Completions),
    Man(man::Man),
}

impl Command {
    /// Does what was asked for, and gives the exit code.
    pub fn run(self, terminal: &Terminal) -> u8 {
        self.attempt(terminal).unwrap_or_else(|problem| terminal.fail(&problem))
    }

    fn attempt(self, terminal: &Terminal) -> Result<u8, Problem> {
        match self {
            Self::Inspect(inspect) => inspect.run(terminal),
            Self::Advise(advise) => advise.run(terminal),
            Self::Declare(declare) => declare.run(terminal),
            Self::Explain(explain) => explain.run(terminal),
            Self::List(list) => Ok(list.run(terminal)),
            Self::Plan(plan) => plan.run(terminal),
            Self::Build(build) => Ok(build.run(terminal)),
            Self::Verify(verify) => verify.run(terminal),
            Self::Doctor(doctor) => doctor.run(terminal),
            Self::History(history) => history.run(terminal),
            Self::Cache(cache) => cache.run(terminal),
            Self::Replay(replay) => replay.run(terminal),
            Self::Completions(completions) => Ok(completions.run(Arguments::command(), terminal)),
            Self::Man(man) => man.run(Arguments::command(), terminal),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn every_command_says_what_it_does_and_gives_examples() {
        for command in Arguments::command().get_subcommands() {
            assert!(command.get_about().is_some(), "{}", command.get_name());
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(help.contains("packwright "), "{} has no example", command.get_name());
        }
    }
}
