//! `packwright completions`: what a shell needs to complete the command line.

use clap::{Args, Command};
use clap_complete::Shell;

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
    pub fn run(self, mut command: Command, terminal: &Terminal) -> u8 {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut command, "packwright", &mut script);
        terminal.print(&String::from_utf8_lossy(&script));
        0
    }
}
