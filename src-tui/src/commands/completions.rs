//! `packwright completions`: what a shell needs to complete the command line.

use clap::builder::PossibleValuesParser;
use clap::{Arg, Args, Command};
use clap_complete::Shell;
use packwright_core::technologies;

use crate::terminal::Terminal;

/// Print completions for a shell
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  packwright completions bash > ~/.local/share/bash-completion/completions/packwright
  packwright completions fish > ~/.config/fish/completions/packwright.fish")]
pub struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    pub fn run(self, command: Command, terminal: &Terminal) -> u8 {
        let mut command = with_technologies(command, self.shell);
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut command, "packwright", &mut script);
        terminal.print(&String::from_utf8_lossy(&script));
        0
    }
}

/// The same commands with the ids of technologies to choose from. Typed ones are checked elsewhere, which knows the
/// nearest one to a mistake.
fn with_technologies(command: Command, shell: Shell) -> Command {
    let ids = |only: fn(&str) -> bool| {
        let ids = technologies::all().iter().map(|entry| entry.id.as_str()).filter(move |id| only(id));
        PossibleValuesParser::new(ids.collect::<Vec<_>>())
    };
    let any = |_: &str| true;
    let mut choices = vec![("explain", "technology", ids(any)), ("plan", "technology", ids(any))];
    choices.push(("doctor", "technology", ids(technologies::is_buildable)));
    // Where there are values to choose from, zsh offers no files, and the last word of `build` is a path.
    if shell != Shell::Zsh {
        choices.push(("build", "words", ids(technologies::is_buildable)));
    }
    choices.into_iter().fold(command, |command, (name, chosen, ids)| {
        // Arguments keep their order only when all of them are gone through.
        let mut choose = move |argument: Arg| {
            if argument.get_id() == chosen { argument.value_parser(ids.clone()) } else { argument }
        };
        command.mut_subcommand(name, |one| one.mut_args(&mut choose))
    })
}
