//! One file per command.

pub mod advise;
pub mod build;
pub mod cache;
pub mod completions;
pub mod doctor;
pub mod explain;
pub mod history;
pub mod inspect;
pub mod list;
pub mod man;
pub mod plan;
pub mod replay;
pub mod verify;

mod chosen;
mod consent;
mod open;

pub use open::open;

use packwright_core::problem::Problem;

use crate::arguments::Command;
use crate::terminal::Terminal;

/// Does what was asked for, and gives the exit code.
pub fn run(command: Command, terminal: &Terminal) -> u8 {
    dispatch(command, terminal).unwrap_or_else(|problem| terminal.fail(&problem))
}

fn dispatch(command: Command, terminal: &Terminal) -> Result<u8, Problem> {
    match command {
        Command::Inspect(inspect) => inspect.run(terminal),
        Command::Advise(advise) => advise.run(terminal),
        Command::Explain(explain) => explain.run(terminal),
        Command::List(list) => Ok(list.run(terminal)),
        Command::Plan(plan) => plan.run(terminal),
        Command::Build(build) => Ok(build.run(terminal)),
        Command::Verify(verify) => verify.run(terminal),
        Command::Doctor(doctor) => doctor.run(terminal),
        Command::History(history) => history.run(terminal),
        Command::Cache(cache) => cache.run(terminal),
        Command::Replay(replay) => replay.run(terminal),
        Command::Completions(completions) => Ok(completions.run(terminal)),
        Command::Man(man) => man.run(terminal),
    }
}
