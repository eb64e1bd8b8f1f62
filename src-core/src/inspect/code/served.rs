//! Applications that another program starts: `main:app` for `uvicorn`, `app.py` for `streamlit`; and lines of a `Procfile`.

use std::sync::LazyLock;

use serde::Deserialize;

use super::given::Given;
use super::layout::{is_python, stem};
use super::libraries::{Libraries, WebFramework, ends_with};
use super::module::{Module, top};
use super::program::Program;
use super::starts;
use crate::embedded::data;
use crate::facts::{EntryKind, EntryPoint, Runner, Source, normalize};
use crate::inspect::tree::Tree;

/// The data file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Runners {
    runners: Vec<Known>,
}

/// A program that starts others.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Known {
    module: String,
    takes: Vec<String>,
    arguments: Vec<String>,
    #[serde(default)]
    needs: Vec<String>,
    port: u16,
}

static RUNNERS: LazyLock<Runners> = LazyLock::new(|| data!("inspect/code/runners.toml"));

impl Known {
    fn runner(&self) -> Runner {
        let (module, arguments) = (self.module.clone(), self.arguments.clone());
        Runner { module, arguments, needs: self.needs.clone(), port: self.port }
    }
}

/// What starts applications of a framework: what the project requires for it, or what is usual; and whether it is required.
fn runner(framework: &WebFramework, declared: &Given) -> Option<(Runner, bool)> {
    let takes = |known: &&Known| framework.interface.iter().any(|interface| known.takes.contains(interface));
    let is_required = |known: &&Known| {
        let name = normalize(&known.module);
        !known.needs.is_empty() && declared.dependencies.iter().any(|requirement| requirement.name == name)
    };
    let own = framework.interface.first()?;
    let required = RUNNERS.runners.iter().find(|known| takes(known) && is_required(known));
    let usual = || RUNNERS.runners.iter().find(|known| known.takes.contains(own));
    Some((required.or_else(usual)?.runner(), required.is_some()))
}

/// An application, the module that makes it, and whether that module starts it by itself when it is run.
pub(super) struct Application<'a> {
    pub entry: EntryPoint,
    pub module: &'a Module,
    pub starts_itself: bool,
    /// Whether the project requires what starts it.
    pub is_required: bool,
}

/// Every application that a module keeps under a name, or is by itself, in the order of their files.
pub(super) fn applications<'a>(program: &'a Program, declared: &Given) -> Vec<Application<'a>> {
    let of = |module: &'a Module, framework: &WebFramework| {
        let (runner, is_required) = runner(framework, declared)?;
        let (target, line) =
            if framework.runs_files { file_of(module, framework, declared)? } else { object_of(module, framework)? };
        let entry = EntryPoint::new(stem(&module.path), EntryKind::Served, target, Source::line(&module.path, line));
        let entry = EntryPoint { runner: Some(runner), ..entry };
        let starts_itself = !framework.runs_files && starts_itself(module, framework);
        Some(Application { entry, module, starts_itself, is_required })
    };
    let web = &Libraries::get().web;
    let of_module = |module: &'a Module| web.iter().find_map(|framework| of(module, framework));
    program.modules.iter().filter(|module| is_python(&module.path)).filter_map(of_module).collect()
}

fn is_made(callee: &str, framework: &WebFramework, ends: &[String]) -> bool {
    framework.modules.iter().any(|module| module == top(callee)) && ends.iter().any(|end| ends_with(callee, end))
}

/// `module:name` of an application that is made at the top level, with its line.
fn object_of(module: &Module, framework: &WebFramework) -> Option<(String, usize)> {
    let made = module.calls.iter().filter(|call| is_made(&call.callee, framework, &framework.starts));
    let mut kept = made.filter_map(|call| module.assigned.iter().find(|(_, line)| *line == call.line));
    let (name, line) = kept.next()?;
    Some((format!("{}:{name}", module.name), *line))
}

/// A file that the framework runs, with the line of its first call. Pages beside an application are no applications, and what
/// lies in a package of a distribution is for others to import.
fn file_of(module: &Module, framework: &WebFramework, declared: &Given) -> Option<(String, usize)> {
    let mut calls = module.calls.iter().filter(|call| !call.is_conditional);
    let call = calls.find(|call| is_made(&call.callee, framework, &framework.starts))?;
    let mut folders = module.path.split('/').rev().skip(1);
    let is_part = folders.any(|folder| folder == "pages") || declared.has_metadata && module.path.contains('/');
    (!is_part).then(|| (module.path.clone(), call.line))
}

fn starts_itself(module: &Module, framework: &WebFramework) -> bool {
    let libraries = Libraries::get();
    let serves = module
        .calls
        .iter()
        .any(|call| libraries.serves(&call.callee) || is_made(&call.callee, framework, &framework.serves));
    serves && (module.main_guard.is_some() || module.acts_on_import)
}

/// What the `Procfile` says that answers requests: its line for the web, by a program that is known here.
pub(super) fn process(tree: &Tree, program: &Program) -> Option<EntryPoint> {
    let text = tree.read("Procfile").ok().flatten()?;
    let (at, line) = text.lines().enumerate().find(|(_, line)| line.starts_with("web:"))?;
    let words: Vec<&str> = line.trim_start_matches("web:").split_whitespace().collect();
    let words = words.strip_prefix(&["python", "-m"]).unwrap_or(&words);
    let (first, rest) = words.split_first()?;
    let known = RUNNERS.runners.iter().find(|known| known.module == *first)?;
    let is_file = known.arguments.iter().any(|argument| argument == "{file}");
    let is_target =
        |word: &&&str| if is_file { tree.has(word) } else { word.contains(':') && names_module(program, word) };
    let target = rest.iter().find(is_target)?;
    let argument = |word: &&str| match word {
        word if word == target => Some(if is_file { "{file}".to_owned() } else { (*word).to_owned() }),
        word => with_port(word),
    };
    // What only a shell understands is left to the shell.
    let arguments: Option<Vec<String>> = rest.iter().map(argument).collect();
    let name = if is_file { stem(target) } else { target.split([':', '.']).next().unwrap_or(target) };
    let entry = EntryPoint::new(name, EntryKind::Served, *target, Source::line("Procfile", at + 1));
    Some(EntryPoint { runner: Some(Runner { arguments: arguments?, ..known.runner() }), ..entry })
}

fn names_module(program: &Program, word: &str) -> bool {
    word.split_once(':').is_some_and(|(module, _)| program.module(module).is_some())
}

/// A word with the variable `PORT` as what stands for the port; `None` for what a shell would change otherwise.
fn with_port(word: &str) -> Option<String> {
    let end = word.find("${PORT").and_then(|start| Some((start, start + word[start..].find('}')? + 1)));
    let plain = match end {
        Some((start, end)) => format!("{}{{port}}{}", &word[..start], &word[end..]),
        None => word.replace("$PORT", "{port}"),
    };
    (!plain.contains(['$', '|', '&', ';', '<', '>', '`', '\'', '"', '*'])).then_some(plain)
}

/// Puts applications among the files that start something: in place of the file where that only makes one, behind it where it
/// starts it by itself. The likeliest comes first; the names are those of all that are as likely.
pub(super) fn placed(applications: Vec<Application>, found: &mut Vec<EntryPoint>) -> Vec<String> {
    let manages = found.iter().any(|entry| entry.target == "manage.py");
    let (mut first, mut behind) = (Vec::new(), Vec::new());
    for Application { entry, module, starts_itself, is_required } in applications {
        let is_same = |other: &EntryPoint| other.file() == Some(&*module.path);
        if starts_itself && found.iter().any(is_same) {
            let name = entry.target.clone();
            behind.push(EntryPoint { name, ..entry });
        } else if manages && !is_required {
            behind.push(entry);
        } else {
            found.retain(|other| !is_same(other));
            first.push(entry);
        }
    }
    let module = |entry: &EntryPoint| entry.target.split(':').next().unwrap_or_default().to_owned();
    first.sort_by_key(|entry| (starts::place(&module(entry)), entry.target.clone()));
    // What a package offers in several ways is one program.
    let mut likely: Vec<(String, String)> = Vec::new();
    for entry in &first {
        let module = module(entry);
        let of = module.rsplit_once('.').map_or(module.as_str(), |(package, _)| package).to_owned();
        if !likely.iter().any(|(known, _)| *known == of) {
            likely.push((of, entry.name.clone()));
        }
    }
    found.splice(0..0, first);
    found.extend(behind);
    likely.into_iter().map(|(_, name)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Requirement;
    use crate::inspect::code::sample;

    fn started(files: &[(&str, &str)], requires: &[&str]) -> Vec<String> {
        let declared: Vec<Requirement> = requires
            .iter()
            .map(|name| Requirement { text: (*name).into(), name: (*name).into(), source: Source::User })
            .collect();
        let given = Given { name: "sample", dependencies: &declared, ..Given::default() };
        let scan = sample::scanned(files, &given);
        scan.entry_points.iter().map(|entry| entry.typed().join(" ")).collect()
    }

    const FLASK: &str = "from flask import Flask\napp = Flask(__name__)\n";
    const FASTAPI: &str = "from fastapi import FastAPI\napi = FastAPI()\n";

    #[test]
    fn every_runner_takes_what_a_framework_is_and_is_told_it() {
        for known in &RUNNERS.runners {
            assert!(known.arguments.iter().any(|argument| argument.contains("{target}") || argument == "{file}"));
        }
        let interfaces = Libraries::get().web.iter().flat_map(|framework| &framework.interface);
        for interface in interfaces {
            assert!(RUNNERS.runners.iter().any(|known| known.takes.contains(interface)), "{interface}");
        }
    }

    #[test]
    fn an_application_is_started_by_what_its_framework_uses_or_the_project_requires() {
        assert_eq!(started(&[("main.py", FASTAPI)], &[]), ["uvicorn main:api --host 127.0.0.1 --port 8000"]);
        assert_eq!(started(&[("app.py", FLASK)], &[]), ["flask --app app:app run --host 127.0.0.1 --port 5000"]);
        assert_eq!(started(&[("app.py", FLASK)], &["gunicorn"]), ["gunicorn app:app --bind 127.0.0.1:8000"]);
        let page = "import streamlit as st\nst.title('x')\n";
        let files = [("my app.py", page), ("pages/other.py", page)];
        let expected = "streamlit run my app.py --server.headless=true --server.address=127.0.0.1 --server.port=8501";
        assert_eq!(started(&files, &[]), [expected]);
    }

    #[test]
    fn a_file_that_starts_its_application_itself_comes_first() {
        let text = format!("{FLASK}if __name__ == '__main__':\n    app.run()\n");
        let expected = ["python app.py", "flask --app app:app run --host 127.0.0.1 --port 5000"];
        assert_eq!(started(&[("app.py", &text)], &[]), expected);
    }

    #[test]
    fn a_site_is_managed_unless_its_server_is_required() {
        let manage = "from django.core.management import execute_from_command_line as x\nif __name__ == '__main__':\n    x([])\n";
        let wsgi = "from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n";
        let files = [("manage.py", manage), ("site1/wsgi.py", wsgi), ("site1/__init__.py", "")];
        assert_eq!(started(&files, &[])[0], "python manage.py");
        assert_eq!(started(&files, &["gunicorn"])[0], "gunicorn site1.wsgi:application --bind 127.0.0.1:8000");
    }

    #[test]
    fn a_procfile_says_how_it_is_started() {
        let line = |line: &str| started(&[("app.py", FLASK), ("Procfile", line)], &[]).remove(0);
        assert_eq!(line("web: gunicorn app:app --workers 2\n"), "gunicorn app:app --workers 2");
        assert_eq!(line("web: hypercorn app:app -b 0.0.0.0:${PORT:-80}\n"), "hypercorn app:app -b 0.0.0.0:8000");
        // What a shell would change is not guessed.
        assert_eq!(line("web: gunicorn app:app $OPTIONS\n"), "flask --app app:app run --host 127.0.0.1 --port 5000");
    }

    #[test]
    fn two_applications_are_two_programs() {
        let scan = sample::folder(&[("api.py", FASTAPI), ("admin.py", FLASK)]);
        assert_eq!(scan.rivals, ["admin", "api"]);
    }
}
