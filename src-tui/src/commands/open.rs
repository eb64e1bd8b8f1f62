//! `packwright` without a command: the terminal UI, or the help where there is no terminal for it.

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use clap::Command;
use packwright_core::inspect::{self, browse};
use packwright_core::problem::{Code, Problem};

use super::{making::Recorded, signing};
#[cfg(unix)]
use crate::supervise;
use crate::terminal::Terminal;
use crate::ui;

/// Opens the terminal UI at a path, or at the current folder where that holds a project or a single script.
pub fn open(mut command: Command, path: Option<&Path>, plain: bool, recorded: &Recorded, terminal: &Terminal) -> u8 {
    if let Some(missing) = path.filter(|path| !path.exists()) {
        return terminal.fail(&neither(&command, missing));
    }
    let draws = !plain && io::stdin().is_terminal() && terminal.takes_a_screen();
    let failed = |error: io::Error| {
        terminal.fail(&Problem::new(Code::BuildFailed, "the terminal cannot be used").because(&error))
    };
    // The screens are drawn in a process of its own, where there can be one.
    #[cfg(unix)]
    if draws
        && !ui::is_supervised()
        && let Some(ended) = supervise::run()
    {
        return ended.unwrap_or_else(failed);
    }
    // Its name is shown while it is read, and where it cannot be.
    let here = std::env::current_dir().unwrap_or_else(|_| PathBuf::from("."));
    // Where a glance says that it is no project, that is said as if it had been named.
    let speaks = browse::is_meant(&here) || inspect::refusal(&here).is_some();
    let path = path.or_else(|| speaks.then_some(here.as_path()));
    // A password is asked for while there is still a line to type it on.
    let signer = match signing::signer(None, terminal) {
        Ok(signer) => signer,
        Err(problem) => return terminal.fail(&problem),
    };
    let record = match recorded.file() {
        Ok(record) => record,
        Err(problem) => return terminal.fail(&problem),
    };
    let opening = ui::Opening { path, signer, record };
    let ended = if plain {
        ui::read_out(opening, io::BufReader::new(io::stdin()), &mut io::stdout())
    } else if draws {
        ui::run(opening)
    } else {
        terminal.print(&command.render_help().to_string());
        return 0;
    };
    ended.unwrap_or_else(failed)
}

/// A word that is no path may be a command that was misspelt.
fn neither(command: &Command, word: &Path) -> Problem {
    let text = word.display().to_string();
    let names = command.get_subcommands().map(|command| command.get_name().to_owned()).collect::<Vec<_>>();
    let near = packwright_core::facts::nearest(&text, names.iter().map(String::as_str));
    let problem = Problem::new(Code::Usage, format!("`{text}` is neither a command nor a path"));
    match near {
        Some(near) => problem.hint(format!("The nearest command is `{near}`")),
        None => problem.hint_command("See the commands", ["packwright", "--help"]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_command_is_answered_with_the_nearest_one() {
        let problem = neither(&Command::new("packwright").subcommand(Command::new("build")), Path::new("biuld"));
        assert_eq!(problem.message, "`biuld` is neither a command nor a path");
        assert_eq!(problem.hints[0].text, "The nearest command is `build`");
        assert_eq!(problem.code.exit_code(), 2);
    }
}
