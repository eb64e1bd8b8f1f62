//! What to do with an artifact that is there: how it is used, and how it is tried again.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::catalogue::{Does, Entry, Layer, Usage};
use crate::event::Artifact;
use crate::facts::{Os, pep};
use crate::technologies;
use crate::words::{Sentence, sentence, shell_line, size, target, windows_line};

/// The commands for one artifact, as argument vectors.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handover {
    /// What `using` does; `None` where that is not known, and `using` is only the path.
    pub does: Option<Does>,
    /// How it is run or installed.
    pub using: Vec<String>,
    /// How it is compared with its receipt and tried again later.
    pub verify: Vec<String>,
    /// Three sentences for people: what to send, what the receiver needs, and how it is started there.
    pub people: [String; 3],
}

impl Handover {
    /// What to do with an artifact, as the catalogue of its technology says.
    pub fn of(artifact: &Artifact) -> Self {
        let path = artifact.path.display().to_string();
        let name = artifact.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let entry = technologies::named(&artifact.technology);
        let usage = entry.and_then(|entry| entry.usage_of(&name));
        let (does, using) = match (&artifact.starts, usage) {
            (Some(starts), _) => (Some(Does::Run), vec![program(&artifact.path, starts)]),
            (None, Some(usage)) => (Some(usage.does), usage.command_for(&path)),
            (None, None) => (None, vec![path.clone()]),
        };
        Self {
            does,
            using,
            verify: vec!["packwright".into(), "verify".into(), path],
            people: [sent(artifact, &name), needed(artifact, entry), started(artifact, usage, &name)],
        }
    }
}

/// What to send.
fn sent(artifact: &Artifact, name: &str) -> String {
    let which = if artifact.is_folder { Sentence::SendFolder } else { Sentence::SendFile };
    sentence(which, &[name, &size(artifact.bytes)])
}

/// What who gets it must have.
fn needed(artifact: &Artifact, entry: Option<&Entry>) -> String {
    let is_native = artifact.python.as_ref().is_some_and(|python| python.starts_with("=="));
    let anywhere = sentence(Sentence::AnySystem, &[]);
    let there = target(&artifact.target);
    let takes_python = entry.is_some_and(|entry| entry.takes.contains(&Layer::Python));
    let python = artifact.python.as_deref().or(takes_python.then_some(""));
    let needs = match python {
        Some(python) => {
            let system = if is_native { &there } else { &anywhere };
            sentence(Sentence::NeedsPython, &[&versions(python), system])
        }
        None => {
            let oldest = artifact.runs_on.as_ref().map(|oldest| format!(" ({oldest})")).unwrap_or_default();
            sentence(Sentence::NeedsSystem, &[&format!("{there}{oldest}")])
        }
    };
    let is_fetched = entry.is_some_and(|entry| entry.takes.contains(&Layer::Dependencies));
    if is_fetched { sentence(Sentence::NeedsIndex, &[&needs]) } else { needs }
}

/// Versions of Python in words.
fn versions(allowed: &str) -> String {
    if let Some(only) = allowed.strip_prefix("==").and_then(|only| only.strip_suffix(".*")) {
        return sentence(Sentence::PythonOnly, &[only]);
    }
    match pep::lowest_python(allowed).filter(|minor| *minor > 0) {
        Some(minor) => sentence(Sentence::PythonFrom, &[&format!("3.{minor}")]),
        None => sentence(Sentence::AnyPython, &[]),
    }
}

/// How it is started, in the words of the shell there.
fn started(artifact: &Artifact, usage: Option<&Usage>, name: &str) -> String {
    let Some(usage) = usage else { return opened(artifact, name) };
    let which = match usage.does {
        Does::Run => Sentence::StartedWith,
        Does::Install => Sentence::InstalledWith,
    };
    // Options begin with a dash, and a plain name is looked for elsewhere.
    let here = if name.starts_with('-') { format!("./{name}") } else { name.to_owned() };
    let on_windows = windows_line(&usage.command_on_windows(&here.replace("./", ".\\")));
    if artifact.target.platform.os == Os::Windows {
        return then(artifact, usage.does, sentence(which, &[&on_windows]));
    }
    let told = sentence(which, &[&shell_line(&usage.command_for(&here))]);
    let is_for_all = artifact.python.as_ref().is_some_and(|python| !python.starts_with("=="));
    let differs = usage.on_windows.is_some() && is_for_all;
    let told = if differs { sentence(Sentence::OnWindows, &[&told, &on_windows]) } else { told };
    then(artifact, usage.does, told)
}

/// The same with what is typed once it is installed.
fn then(artifact: &Artifact, does: Does, told: String) -> String {
    match artifact.command.as_ref().filter(|_| does == Does::Install) {
        Some(command) => sentence(Sentence::ThenStartedWith, &[&told, command]),
        None => told,
    }
}

/// The file that is started, in words that a shell does not look for on its search path.
fn program(artifact: &Path, starts: &str) -> String {
    let parts = starts.split('/').filter(|part| !part.is_empty());
    let path = parts.fold(artifact.to_path_buf(), |path, part| path.join(part));
    let is_bare = path.components().count() == 1;
    if is_bare { Path::new(".").join(path) } else { path }.display().to_string()
}

/// How a program is started that needs nothing but its name.
fn opened(artifact: &Artifact, name: &str) -> String {
    let inside = artifact.starts.as_deref().unwrap_or_default();
    if artifact.is_folder && inside.is_empty() {
        return sentence(Sentence::StartedByOpening, &[name]);
    }
    let path = if inside.is_empty() { name.to_owned() } else { format!("{name}/{inside}") };
    let command = if artifact.target.platform.os == Os::Windows {
        windows_line(&[format!(".\\{}", path.replace('/', "\\"))])
    } else {
        shell_line(&[format!("./{path}")])
    };
    sentence(Sentence::StartedWith, &[&command])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{RoomUsed, Verdict};
    use crate::facts::Target;
    use crate::plan::Outcome;

    fn of(technology: &str, path: &str) -> Handover {
        Handover::of(&Artifact { python: None, ..pure(technology, path, "") })
    }

    fn pure(technology: &str, path: &str, python: &str) -> Artifact {
        let room = RoomUsed { wanted: "bare".into(), used: "bare".into() };
        Artifact {
            technology: technology.into(),
            target: Target::host(),
            path: path.into(),
            bytes: 1_200,
            sha256: "ab".into(),
            start_ms: None,
            first_start_ms: None,
            command: None,
            python: Some(python.into()),
            is_folder: false,
            runs_on: None,
            warnings: Vec::new(),
            verified: Verdict::new(Outcome::Ran, room, ""),
            starts: None,
            signed_by: None,
        }
    }

    #[test]
    fn people_are_told_what_to_send_what_is_needed_and_how_it_is_started() {
        let mut artifact = pure("zipapp", "dist/my tool-1!2.pyz", ">=3.9,<4");
        assert_eq!(
            Handover::of(&artifact).people,
            [
                "Send the file `my tool-1!2.pyz` (1.2 kB).",
                "Who gets it needs Python 3.9 or newer, on any system.",
                "It is started there with: python3 'my tool-1!2.pyz' (on Windows: py \"my tool-1!2.pyz\")",
            ]
        );
        artifact.target.platform.os = Os::Windows;
        artifact.python = Some("==3.12.*".into());
        let [_, needs, starts] = Handover::of(&artifact).people;
        assert!(needs.starts_with("Who gets it needs Python 3.12, on windows"), "{needs}");
        assert_eq!(starts, "It is started there with: py \"my tool-1!2.pyz\"");
    }

    #[test]
    fn a_program_that_brings_its_python_and_a_folder_need_no_command_of_python() {
        let mut frozen =
            Artifact { python: None, runs_on: Some("glibc 2.31".into()), ..pure("pyinstaller", "dist/my app", "") };
        let [_, needs, starts] = Handover::of(&frozen).people;
        assert!(needs.ends_with("(glibc 2.31), and no Python."), "{needs}");
        assert_eq!(starts, "It is started there with: './my app'");
        frozen.is_folder = true;
        let [send, _, starts] = Handover::of(&frozen).people;
        assert_eq!(send, "Send the whole folder `my app` (1.2 kB), for example as a ZIP.");
        assert_eq!(starts, "It is started there by opening `my app`.");
        let wheel = Artifact { command: Some("a".into()), ..pure("wheel", "dist/a-1-py3-none-any.whl", "") };
        let wheel = Handover::of(&wheel).people;
        assert!(wheel[2].ends_with("; then: a"), "{wheel:?}");
        assert!(wheel[1].contains("fetched from the package index"), "{wheel:?}");
    }

    #[test]
    fn what_is_known_of_an_artifact_is_how_it_is_used_and_of_another_its_path() {
        let buildable = technologies::all().iter().filter(|entry| technologies::is_buildable(&entry.id));
        for entry in buildable.filter(|entry| !entry.usage.is_empty()) {
            let path = format!("dist/x{}", entry.usage[0].ending);
            let handover = of(&entry.id, &path);
            assert!(handover.does.is_some() && handover.using.len() > 1, "{}", entry.id);
            assert_eq!(handover.using.last(), Some(&path), "{}", entry.id);
            let unknown = of(&entry.id, "dist/x.unknown");
            assert_eq!((unknown.does, unknown.using), (None, vec!["dist/x.unknown".to_owned()]));
        }
        assert_eq!(of("no-such-technology", "x.whl").verify, ["packwright", "verify", "x.whl"]);
    }

    #[test]
    fn of_a_program_that_is_started_by_itself_the_file_is_named_wherever_it_lies() {
        let started = |path: &str, starts: &str| {
            let artifact = Artifact { starts: Some(starts.into()), ..pure("pyinstaller", path, "") };
            let handover = Handover::of(&artifact);
            assert_eq!(handover.does, Some(Does::Run));
            handover.using
        };
        assert_eq!(started("dist/app", "app"), [Path::new("dist/app/app").display().to_string()]);
        assert_eq!(started("dist/app", ""), ["dist/app"]);
        assert_eq!(started("app", ""), [Path::new("./app").display().to_string()]);
        let folder =
            Artifact { python: None, is_folder: true, starts: Some("app".into()), ..pure("pyinstaller", "my app", "") };
        assert_eq!(Handover::of(&folder).people[2], "It is started there with: './my app/app'");
    }
}
