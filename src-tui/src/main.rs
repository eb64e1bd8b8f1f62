//! The binary `packwright`: the command line over the core.
//!
//! Reading order: [`arguments`] says what can be typed, one file of [`commands`] does each of it, [`script`] runs a
//! session as a script of intents, [`show`] turns what came back into text, and [`terminal`] is the only place that prints.

mod arguments;
mod commands;
mod footers;
mod progress;
mod prompt;
mod script;
mod show;
#[cfg(unix)]
mod supervise;
mod terminal;
mod ui;
mod usage;

use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use arguments::Arguments;
use terminal::Terminal;

/// The exit code of what cannot become the program it was started to become, as shells have it.
const CANNOT_START: u8 = 127;

fn main() -> ExitCode {
    if let Some(code) = packwright_core::engine::supervise_if_asked() {
        return code;
    }
    if let Some(error) = packwright_core::engine::launch::enter() {
        Terminal::new(false).note(&format!("packwright: cannot start it: {error}\n"));
        return ExitCode::from(CANNOT_START);
    }
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let Some(problem) = usage::problem(&error) else { error.exit() };
            let terminal = Terminal::new(std::env::args().any(|argument| argument == "--json"));
            return ExitCode::from(terminal.finish(terminal.fail(&problem)));
        }
    };
    let terminal = Terminal::new(arguments.json);
    let code = match arguments.command {
        Some(command) => command.run(&terminal),
        None => {
            #[cfg(unix)]
            if arguments.supervised.is_some_and(|parent| !supervise::accept(parent)) {
                return ExitCode::FAILURE;
            }
            let Arguments { path, plain, recorded, .. } = arguments;
            commands::open(Arguments::command(), path.as_deref(), plain, &recorded, &terminal)
        }
    };
    ExitCode::from(terminal.finish(code))
}
