//! How artifacts are tried, in the same ways by many backends.

use super::recipes::{python, uv};
use super::thorough::thoroughly;
use super::{PlanError, Reference, Request, carries_wheel};
use crate::facts::{EntryKind, EntryPoint, Os, Trial};
use crate::plan::{Command, Device, Outcome, Pick, Piece, Proof, Room, StepId, Word};

/// The room with the request's Python; on the target's platform only, where native code is inside.
pub(crate) fn python_room(request: &Request) -> Room {
    let room = Room::with_python(&request.python);
    if request.is_native() { room.on(request.environment.platform) } else { room }
}

/// How a script is run with what a file brings along.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Inside {
    /// Python finds it where the file is on its search path.
    OnPath,
    /// The file itself becomes a Python where this variable is set.
    By(&'static str),
}

/// Starts a file that brings its dependencies along: by its first line where the system can, else by Python.
pub(crate) fn started(request: &Request, step: &StepId, file: &str, by_first_line: bool, inside: Inside) -> Proof {
    let file = Word::output(step, Pick::Path(file.to_owned()));
    let subject = if by_first_line && request.host.platform.os != Os::Windows {
        Command::of(file.clone())
    } else {
        Command::new(python(request), [file.clone()])
    };
    let interpreter = match inside {
        Inside::OnPath => Command::of(python(request)).env("PYTHONPATH", file),
        Inside::By(variable) => subject.clone().env(variable, "1"),
    };
    let title = format!("Start it with Python {}", request.environment.python);
    let proof = Proof::new(title, python_room(request), Outcome::Ran);
    thoroughly(request, proof, &subject, started_trial(request), Some(interpreter))
}

/// What a program that is started must do. A library has nothing to start.
pub(crate) fn started_trial(request: &Request) -> Trial {
    match &request.project.trial.value {
        Trial::Import { modules } => {
            Trial::None { because: format!("only importing {} can be tried", crate::problem::listing(modules)) }
        }
        trial => trial.clone(),
    }
}

/// A room for a program with its trial: with a display, where windows are to appear.
pub(crate) fn with_display(room: Room, trial: &Trial) -> Room {
    if matches!(trial, Trial::Window { .. }) { room.with(Device::Display) } else { room }
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
}

impl Installing<'_> {
    /// The commands.
    pub fn prepare(&self) -> Vec<Command> {
        let make = Command::new(uv(), ["venv", "--offline", "--no-config", "--python"])
            .arg(Piece::Tool(python(self.request)))
            .arg(Piece::Scratch("venv".into()));
        let install = offline(Command::new(uv(), ["pip", "install"]))
            .arg("--python")
            .arg(Piece::Scratch(format!("venv/{}", executable(self.request, "python"))));
        let install = self.links.iter().fold(install, |command, link| command.arg("--find-links").arg(link.clone()));
        let runner = self.request.runner_needs().into_iter().map(Word::from);
        vec![make, install.args(self.what.iter().cloned().chain(runner))]
    }

    /// Installs, then runs the program, or imports a library.
    pub fn proof(&self) -> Result<Proof, PlanError> {
        let request = self.request;
        let trial = request.project.trial.value.clone();
        let entry = request.entries.first().filter(|entry| {
            // A loose script of a project with a build is not in what was installed.
            let is_installed = entry.is_command() || entry.file().is_none() && carries_wheel(request, entry);
            is_installed && !matches!(trial, Trial::Import { .. })
        });
        let (title, subject) = match entry {
            Some(entry) => (format!("Install it and run `{}`", entry.name), installed_entry(request, entry)?),
            None => ("Install it and import it".into(), installed(request, "python")),
        };
        let trial = if entry.is_none() { imported(request) } else { trial };
        let proof = Proof::new(title, python_room(request), Outcome::InstalledAndRan);
        let proof = proof.then("Put it in place", self.prepare());
        Ok(thoroughly(request, proof, &subject, trial, Some(installed(request, "python"))))
    }
}

/// What starts an entry point from the environment.
fn installed_entry(request: &Request, entry: &EntryPoint) -> Result<Command, PlanError> {
    Ok(match entry.kind {
        EntryKind::Console | EntryKind::Gui | EntryKind::Installed => installed(request, &entry.name),
        EntryKind::Served => installed(request, "python").args(["-c".to_owned(), Reference::of(entry)?.statements()]),
        EntryKind::Module | EntryKind::Script => {
            installed(request, "python").args(["-m".to_owned(), Reference::of(entry)?.module])
        }
    })
}

fn installed(request: &Request, name: &str) -> Command {
    Command::of(Piece::Scratch(format!("venv/{}", executable(request, name))))
}

/// Where a virtual environment has an executable. Rooms are on the machine that builds, whatever the artifact is made for.
pub(crate) fn executable(request: &Request, name: &str) -> String {
    let folder = if request.host.platform.os == Os::Windows { "Scripts" } else { "bin" };
    format!("{folder}/{}", program_file(request, name))
}

/// The file name of a program there.
pub(crate) fn program_file(request: &Request, name: &str) -> String {
    if request.host.platform.os == Os::Windows { format!("{name}.exe") } else { name.to_owned() }
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

    fn started(request: &Request) -> (Command, Trial) {
        let proof = Installing { request, links: Vec::new(), what: Vec::new() }.proof().unwrap();
        let (subject, trial) = proof.started().unwrap();
        (subject.clone(), trial.clone())
    }

    #[test]
    fn a_library_is_never_proven_by_the_version_of_python() {
        let mut request = sample::library();
        request.project.trial.value = Trial::Arguments { attempts: vec![vec!["--version".into()]] };
        assert_eq!(started(&request).1, Trial::Import { modules: vec!["shapes".into()] });
        request.project.packages.clear();
        assert!(matches!(started(&request).1, Trial::None { .. }));
    }

    #[test]
    fn what_is_not_to_be_tried_is_not_tried() {
        let mut request = sample::library();
        request.project.trial.value = Trial::None { because: "the settings say so".into() };
        assert_eq!(started(&request).1, Trial::None { because: "the settings say so".into() });
    }

    #[test]
    fn a_module_is_run_and_a_script_that_was_installed_is_called() {
        let mut request = sample::weather();
        assert!(started(&request).0.args.is_empty());
        request.entries[0].kind = EntryKind::Module;
        request.entries[0].target = "weather".into();
        assert_eq!(started(&request).0.args, [Word::text("-m"), Word::text("weather")]);
    }
}
