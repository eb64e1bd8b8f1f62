//! How artifacts are tried, in the same ways by many backends.

use super::recipes::{python, uv};
use super::{PlanError, Reference, Request};
use crate::facts::{EntryKind, EntryPoint, Os, Platform, Trial};
use crate::plan::{Check, Command, Outcome, Pick, Piece, Room, StepId, ToolRef, Word};

/// The room with the request's Python; on the target's platform only, where native code is inside.
pub(crate) fn python_room(request: &Request) -> Room {
    let room = Room::with_python(&request.python);
    if request.is_native() { room.on(request.environment.platform) } else { room }
}

/// Starts a file that brings its dependencies along: by its first line where the system can, else by Python.
pub(crate) fn started(request: &Request, step: &StepId, file: &str, by_first_line: bool) -> Check {
    let pick = Pick::Path(file.to_owned());
    let subject = if by_first_line && Platform::host().os != Os::Windows {
        Command::new(ToolRef::Built { step: step.clone(), pick }, [] as [&str; 0])
    } else {
        Command::new(python(request), [Word::output(step, pick)])
    };
    Check {
        title: format!("Start it with Python {}", request.environment.python),
        room: python_room(request),
        prepare: Vec::new(),
        subject,
        trial: started_trial(request),
        success: Outcome::Ran,
        inputs: vec![step.clone()],
    }
}

/// What a program that is started must do. A library has nothing to start.
fn started_trial(request: &Request) -> Trial {
    match &request.project.trial.value {
        Trial::Import { modules } => {
            Trial::None { because: format!("only importing {} can be tried", crate::problem::listing(modules)) }
        }
        trial => trial.clone(),
    }
}

/// What `uv` is told whatever it does in a room: nothing of this machine's configuration counts there.
pub(crate) fn offline(command: Command) -> Command {
    command.args(["--offline", "--no-index", "--no-config"])
}

/// Commands that make a virtual environment in the scratch folder and install into it, and the check of what was installed.
pub(crate) struct Installing<'a> {
    /// What is built.
    pub request: &'a Request,
    /// Folders with wheels.
    pub links: Vec<Word>,
    /// What is installed: names or files.
    pub what: Vec<Word>,
    /// Steps that the room can read.
    pub inputs: Vec<StepId>,
}

impl Installing<'_> {
    /// The commands.
    pub fn prepare(&self) -> Vec<Command> {
        let make = Command::new(uv(), ["venv", "--offline", "--no-config", "--python"])
            .arg(Piece::Tool(python(self.request)))
            .arg(Piece::Scratch("venv".into()));
        let install = offline(Command::new(uv(), ["pip", "install"]))
            .arg("--python")
            .arg(Piece::Scratch(format!("venv/{}", executable("python"))));
        let install = self.links.iter().fold(install, |command, link| command.arg("--find-links").arg(link.clone()));
        vec![make, install.args(self.what.iter().cloned())]
    }

    /// Installs, then runs the program, or imports a library.
    pub fn check(&self) -> Result<Check, PlanError> {
        let request = self.request;
        let trial = request.project.trial.value.clone();
        let entry = request.entries.first().filter(|entry| {
            // A loose script of a project with a build is not in what was installed.
            entry.kind != EntryKind::Script && !matches!(trial, Trial::Import { .. })
        });
        let (title, subject) = match entry {
            Some(entry) => (format!("Install it and run `{}`", entry.name), installed_entry(entry)?),
            None => ("Install it and import it".into(), installed("python")),
        };
        Ok(Check {
            title,
            room: python_room(request),
            prepare: self.prepare(),
            subject,
            trial: if entry.is_none() { imported(request) } else { trial },
            success: Outcome::InstalledAndRan,
            inputs: self.inputs.clone(),
        })
    }
}

/// What starts an entry point from the environment.
fn installed_entry(entry: &EntryPoint) -> Result<Command, PlanError> {
    Ok(match entry.kind {
        EntryKind::Console | EntryKind::Gui => installed(&entry.name),
        EntryKind::Module | EntryKind::Script => {
            installed("python").args(["-m".to_owned(), Reference::of(entry)?.module])
        }
    })
}

fn installed(name: &str) -> Command {
    Command::new(ToolRef::Prepared { path: format!("venv/{}", executable(name)) }, [] as [&str; 0])
}

/// Where a virtual environment has an executable. Rooms are on this machine, whatever the artifact is made for.
pub(crate) fn executable(name: &str) -> String {
    if Platform::host().os == Os::Windows { format!("Scripts/{name}.exe") } else { format!("bin/{name}") }
}

/// What a library must do: be imported. Arguments meant for a program would prove only that Python answers them.
fn imported(request: &Request) -> Trial {
    match &request.project.trial.value {
        trial @ (Trial::Import { .. } | Trial::None { .. }) => trial.clone(),
        _ => {
            let modules: Vec<String> = request.project.packages.iter().map(|package| package.name.clone()).collect();
            if modules.is_empty() {
                return Trial::None { because: "nothing to import was found in it".into() };
            }
            Trial::Import { modules }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::sample;

    fn check(request: &Request) -> Check {
        Installing { request, links: Vec::new(), what: Vec::new(), inputs: Vec::new() }.check().unwrap()
    }

    #[test]
    fn a_library_is_never_proven_by_the_version_of_python() {
        let mut request = sample::library();
        request.project.trial.value = Trial::Arguments { attempts: vec![vec!["--version".into()]] };
        assert_eq!(check(&request).trial, Trial::Import { modules: vec!["shapes".into()] });
        request.project.packages.clear();
        assert!(matches!(check(&request).trial, Trial::None { .. }));
    }

    #[test]
    fn what_is_not_to_be_tried_is_not_tried() {
        let mut request = sample::library();
        request.project.trial.value = Trial::None { because: "the settings say so".into() };
        assert_eq!(check(&request).trial, Trial::None { because: "the settings say so".into() });
    }

    #[test]
    fn a_module_is_run_and_a_script_that_was_installed_is_called() {
        let mut request = sample::weather();
        assert!(check(&request).subject.args.is_empty());
        request.entries[0].kind = EntryKind::Module;
        request.entries[0].target = "weather".into();
        assert_eq!(check(&request).subject.args, [Word::text("-m"), Word::text("weather")]);
    }
}
