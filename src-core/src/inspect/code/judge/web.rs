//! `framework`.

use super::found::Found;
use super::windows;
use crate::facts::{Evidence, Source};
use crate::inspect::code::libraries::{self, Libraries, WebFramework};
use crate::inspect::code::module::{Call, Literal, Module, Need, top};
use crate::inspect::code::whole::Code;

/// Frameworks whose tag is that of a window toolkit too.
const GRAPHICAL: &[&str] = &["kivy", "toga", "pygame"];

pub(super) fn judge(code: &Code, found: &mut Found) {
    if let Some(source) = lambda(code) {
        found.set("framework", &["aws-lambda"], source);
    } else if let Some(framework) = application(code, &code.reached()).or_else(|| anywhere(code)) {
        // Others answer HTTP as well, but nothing in packaging hangs on their name.
        if let Some(tag) = &framework.value.tag {
            found.set("framework", &[tag], framework.source);
        }
    } else if let Some((tag, source)) = browser(code) {
        found.set("framework", &[tag], source);
    } else if let Some(toolkit) = windows::toolkit(code) {
        let tag = toolkit.value.tag.as_deref().filter(|tag| GRAPHICAL.contains(tag));
        found.set("framework", &[tag.unwrap_or("none")], toolkit.source);
    } else if !code.program.modules.is_empty() && !imports_any(code) {
        found.set("framework", &["none"], Source::Tree { seen: "no import of a framework".into() });
    }
}

/// In a plain folder every file belongs to the program, also what only a server starts.
fn anywhere(code: &Code) -> Option<Evidence<&'static WebFramework>> {
    let modules: Vec<&Module> = code.program.modules.iter().collect();
    application(code, &modules).filter(|_| !code.declared.has_metadata)
}

/// The framework whose application is made in these modules.
pub(in crate::inspect::code) fn application(
    code: &Code,
    reached: &[&Module],
) -> Option<Evidence<&'static WebFramework>> {
    let could_run = |framework: &&WebFramework| !framework.runs_files || code.is_program();
    Libraries::get().web.iter().filter(could_run).find_map(|framework| {
        let least = code.least_need(&framework.modules);
        let source =
            reached.iter().filter(|module| module.needs_any(&framework.modules, least)).find_map(|module| {
                let call = module.calls.iter().find(|call| is_of(call, framework, &framework.starts))?;
                Some(Source::line(&module.path, call.line))
            })?;
        Some(Evidence { value: framework, source })
    })
}

/// An application that a module keeps under a name, as in `main:app`, for a server to be told of.
pub(super) fn served(code: &Code) -> Option<Source> {
    code.program.modules.iter().find_map(|module| {
        let made = application(code, &[module])?;
        let keeps = |(_, line): &(String, usize)| made.source == Source::line(&module.path, *line);
        module.assigned.iter().any(keeps).then_some(made.source.clone())
    })
}

/// Whether a server is started, and only where a condition holds, such as an option of a command line.
pub(in crate::inspect::code) fn serves_when_asked(reached: &[&Module]) -> bool {
    let mut calls = reached.iter().flat_map(|module| &module.calls).filter(|call| starts_a_server(call)).peekable();
    calls.peek().is_some() && calls.all(|call| call.is_conditional)
}

fn starts_a_server(call: &Call) -> bool {
    let libraries = Libraries::get();
    libraries.serves(&call.callee) || libraries.web.iter().any(|framework| is_of(call, framework, &framework.serves))
}

/// Where a server is started, and its port if that is written out.
pub(in crate::inspect::code) fn server(reached: &[&Module]) -> Option<Evidence<Option<u16>>> {
    reached.iter().find_map(|module| {
        let call = module.calls.iter().find(|call| starts_a_server(call))?;
        Some(Evidence { value: port(call), source: Source::line(&module.path, call.line) })
    })
}

fn port(call: &Call) -> Option<u16> {
    let named = ["port", "server_port"].into_iter().find_map(|name| call.keyword(name)).and_then(Literal::port);
    let address =
        || call.arguments.iter().filter(|argument| matches!(argument, Literal::Number(_))).find_map(Literal::port);
    let listen = || call.keyword("listen").and_then(Literal::text)?.rsplit(':').next()?.parse().ok();
    named.or_else(address).or_else(listen)
}

fn is_of(call: &Call, framework: &WebFramework, ends: &[String]) -> bool {
    framework.modules.iter().any(|module| module == top(&call.callee))
        && ends.iter().any(|end| libraries::ends_with(&call.callee, end))
}

/// A function with the signature that AWS Lambda calls. A program with scripts carries it for others.
pub(super) fn lambda(code: &Code) -> Option<Source> {
    if code.installs_scripts() {
        return None;
    }
    code.program.modules.iter().find_map(|module| {
        let handler = module.definitions.iter().find(|function| {
            !function.is_class && function.name.ends_with("handler") && function.parts == ["event", "context"]
        })?;
        Some(Source::line(&module.path, handler.line))
    })
}

/// Python that runs in a browser: Brython's or Pyodide's own modules.
fn browser(code: &Code) -> Option<(&'static str, Source)> {
    code.program.modules.iter().find_map(|module| {
        let tags = [("browser", "brython"), ("pyodide", "pyodide"), ("js", "pyodide"), ("flexx", "flexx")];
        tags.into_iter().find_map(|(name, tag)| {
            let import = module.import_of(name).filter(|import| import.need == Need::Always)?;
            let (module_name, path) = (import.module.clone(), module.path.clone());
            Some((tag, Source::Import { module: module_name, path, line: import.line }))
        })
    })
}

fn imports_any(code: &Code) -> bool {
    let libraries = Libraries::get();
    let is_framework = |name: &str| {
        libraries.web.iter().any(|framework| framework.modules.iter().any(|module| module == name))
            || libraries.gui.iter().any(|toolkit| toolkit.modules.iter().any(|module| module == name))
    };
    code.imports.iter().any(|import| is_framework(&import.module))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{source, tags};
    use crate::inspect::code::sample;

    #[test]
    fn frameworks_are_known_by_their_application() {
        for (tag, text) in [
            ("flask", "import flask\napp = flask.Flask(__name__)"),
            ("fastapi", "from fastapi import FastAPI\napp = FastAPI()"),
            ("streamlit", "import streamlit as st\nst.title('a')"),
            ("django", "from django.core.management import execute_from_command_line as x\nx([])"),
            ("aws-lambda", "def lambda_handler(event, context): pass"),
            ("brython", "from browser import document"),
            ("kivy", "from kivy.app import App\nclass A(App): pass"),
            ("none", "import json"),
        ] {
            assert_eq!(tags(&sample::script(text).facts, "framework"), [tag], "{text}");
        }
    }

    #[test]
    fn an_extension_of_a_framework_is_not_built_on_it() {
        let text = "from flask import current_app\ndef f(): return current_app";
        assert!(tags(&sample::script(text).facts, "framework").is_empty());
    }

    #[test]
    fn the_application_is_the_evidence() {
        let scan = sample::folder(&[("app.py", "\nfrom flask import Flask\n\napp = Flask('a')\n")]);
        assert_eq!(source(&scan.facts, "framework"), "app.py:4");
    }
}
