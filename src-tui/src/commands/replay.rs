//! `packwright replay`: what a recorded session looked like.

use std::path::PathBuf;

use clap::Args;
use packwright_core::inspect::regular;
use packwright_core::problem::{Code, Problem};
use packwright_core::session::{Recording, Update, View};

use crate::show::{Paint, Style};
use crate::terminal::Terminal;
use crate::{progress, show};

/// The largest recording that is read, in bytes: a session holds what happened, and no log.
const LARGEST: u64 = 64 << 20;

/// Show a recorded session as it would have been shown
///
/// A recording is what `--record` writes, or what `packwright build --json` prints.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  packwright --record session.jsonl
  packwright replay session.jsonl
  packwright build zipapp --json > build.jsonl
  packwright replay build.jsonl")]
pub struct Replay {
    /// The recording
    file: PathBuf,
}

impl Replay {
    pub fn run(self, terminal: &Terminal) -> Result<u8, Problem> {
        let text = regular::read_text(&self.file, LARGEST).map_err(|error| {
            let message = format!("cannot read the recording `{}`", self.file.display());
            Problem::new(Code::Usage, message).because(&error)
        })?;
        let recording = Recording::read(&text)?;
        if terminal.json {
            terminal.print_json(&recording.view());
        } else {
            print(terminal, &recording);
        }
        Ok(0)
    }
}

fn print(terminal: &Terminal, recording: &Recording) {
    // The names of all builds are known from the start, as they are when the builds are asked for.
    let view = recording.view();
    for update in &recording.updates {
        terminal.print(&told(terminal.style, &view, update).unwrap_or_default());
    }
    let summary = recording.summary.clone().unwrap_or_else(|| view.summary());
    terminal.print(&show::artifacts(terminal.style, &summary.artifacts));
    terminal.print(&show::problems(terminal.style, &summary));
}

/// What is said of an update, where something is.
fn told(style: Style, view: &View, update: &Update) -> Option<String> {
    let said = match update {
        Update::Happened(record) => return progress::line(style, view, record),
        Update::Opened(inspection) => format!("{} was read", inspection.project.name),
        Update::Planning { choice, .. } => format!("{} is planned", choice.technology),
        Update::Agreed { .. } => "What the plans ask was agreed to".into(),
        Update::Saved { path } => format!("Saved in {}", path.display()),
        Update::Advised { .. }
        | Update::Chosen { .. }
        | Update::Recommended(_)
        | Update::Planned { .. }
        | Update::Lacking { .. }
        | Update::Examined(_)
        | Update::Measured(_)
        | Update::Recalled(_)
        | Update::Refused(_)
        | Update::Dismissed => return None,
    };
    Some(format!("· {}\n", style.paint(Paint::Plain, &said)))
}
