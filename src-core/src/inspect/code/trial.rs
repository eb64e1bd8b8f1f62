//! How the program is tried: inferred from what its code visibly does.

use super::arguments::parses_arguments;
use super::judge::{web, windows};
use super::module::{Literal, Module};
use super::whole::Code;
use crate::facts::{EntryKind, EntryPoint, Evidence, Runner, Source, Trial};

/// Seconds until a server must answer or a window must appear.
const DEADLINE: u64 = 30;

/// Names under which a server usually says that it is well, tried where the root has no route.
const HEALTH: &[&str] = &["/health", "/healthz", "/ping", "/status", "/api/health"];

/// Infers the trial. Arguments come first: they are answered without a port, a display or a network.
pub(super) fn find(code: &Code) -> Evidence<Trial> {
    // With several entry points, the first is tried, as builds take it.
    let Some(entry) = code.entry_points.first().copied() else {
        // A package that nothing starts is imported, even where a part of it could serve.
        let served = || web_server(code, &code.reached());
        return import(code).or_else(served).unwrap_or_else(|| none("it has no entry point"));
    };
    of(code, entry)
}

/// Infers how one entry point is tried.
pub(super) fn of(code: &Code, entry: &EntryPoint) -> Evidence<Trial> {
    let reached = code.reached_by(entry);
    if let Some(runner) = &entry.runner {
        return served(runner, &reached, entry);
    }
    (arguments(&reached))
        .or_else(|| web_server(code, &reached))
        .or_else(|| window(code, &reached, entry))
        .unwrap_or_else(|| none(&unclear(&reached, entry)))
}

fn none(because: &str) -> Evidence<Trial> {
    let source = Source::Tree { seen: because.to_owned() };
    Evidence { value: Trial::None { because: because.to_owned() }, source }
}

fn unclear(reached: &[&Module], entry: &EntryPoint) -> String {
    match reached.first() {
        None => format!("the module of `{}` was not found in the project", entry.target),
        Some(start) if start.argv.is_some() => {
            format!("`{}` reads `sys.argv`, but shows no `--help`", start.path)
        }
        Some(start) => format!("`{}` does not visibly parse arguments", start.path),
    }
}

/// An application that a server is told of.
fn served(runner: &Runner, reached: &[&Module], entry: &EntryPoint) -> Evidence<Trial> {
    let trial = Trial::Http { port: runner.port, path: path(reached), deadline: DEADLINE, arguments: Vec::new() };
    Evidence { value: trial, source: entry.source.clone() }
}

/// The nearest module that parses arguments.
fn arguments(reached: &[&Module]) -> Option<Evidence<Trial>> {
    let source = reached.iter().find_map(|module| parses_arguments(module))?;
    let attempts = vec![vec!["--version".to_owned()], vec!["--help".to_owned()]];
    Some(Evidence { value: Trial::Arguments { attempts }, source })
}

/// A server of a web framework, with its port and a path that it has.
fn web_server(code: &Code, reached: &[&Module]) -> Option<Evidence<Trial>> {
    let started = web::server(reached);
    let framework = web::application(code, reached);
    let source =
        started.as_ref().map(|server| server.source.clone()).or(framework.as_ref().map(|f| f.source.clone()))?;
    let usual = framework.as_ref().map_or(8000, |framework| framework.value.port);
    let port = started.and_then(|server| server.value).unwrap_or(usual);
    let trial = Trial::Http { port, path: path(reached), deadline: DEADLINE, arguments: Vec::new() };
    Some(Evidence { value: trial, source })
}

/// A route without parameters: the root, a sign of health, or the first one.
fn path(reached: &[&Module]) -> String {
    let mut routes = reached.iter().flat_map(|module| &module.calls).filter_map(|call| {
        let is_route = [".route", ".get", ".page"].iter().any(|end| call.callee.ends_with(end));
        let path = call.arguments.first().and_then(Literal::text).filter(|_| is_route)?;
        (path.starts_with('/') && !path.contains(['<', '{', ' '])).then_some(path)
    });
    let all: Vec<&str> = routes.by_ref().collect();
    let wanted = std::iter::once(&"/").chain(HEALTH).find(|path| all.contains(path));
    wanted.or(all.first()).map_or_else(|| "/".to_owned(), |path| (*path).to_owned())
}

fn window(code: &Code, reached: &[&Module], entry: &EntryPoint) -> Option<Evidence<Trial>> {
    let opened = windows::opened(code, reached).map(|toolkit| toolkit.source);
    let source = opened.or_else(|| (entry.kind == EntryKind::Gui).then(|| entry.source.clone()))?;
    Some(Evidence { value: Trial::Window { deadline: DEADLINE }, source })
}

/// The packages of a library, at most a handful.
fn import(code: &Code) -> Option<Evidence<Trial>> {
    let importable = code.layout.packages.iter().filter(|package| !package.namespace);
    let modules: Vec<String> = importable.map(|package| package.name.clone()).take(5).collect();
    let is_library = code.declared.has_metadata && !modules.is_empty();
    let seen = format!("no entry point, and {}", crate::problem::count(modules.len(), "import package"));
    is_library.then_some(Evidence { value: Trial::Import { modules }, source: Source::Tree { seen } })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::code::{Given, sample};

    fn arguments() -> Trial {
        Trial::Arguments { attempts: vec![vec!["--version".into()], vec!["--help".into()]] }
    }

    fn http(port: u16, path: &str) -> Trial {
        Trial::Http { port, path: path.into(), deadline: DEADLINE, arguments: Vec::new() }
    }

    fn trial(text: &str) -> Trial {
        sample::script(text).trial.value
    }

    #[test]
    fn every_parser_of_arguments_is_seen() {
        for text in [
            "import argparse\nargparse.ArgumentParser().parse_args()",
            "from argparse import ArgumentParser as P\nP()",
            "import click\n@click.command()\ndef main(): pass\nmain()",
            "import typer\napp = typer.Typer()\napp()",
            "from docopt import docopt\ndocopt(__doc__)",
            "import optparse\noptparse.OptionParser()",
            "import getopt, sys\ngetopt.getopt(sys.argv[1:], 'h')",
            "import fire\nfire.Fire(main)",
            "import sys\nif '--help' in sys.argv: print('x')",
        ] {
            assert_eq!(trial(text), arguments(), "{text}");
        }
    }

    #[test]
    fn a_parser_is_found_a_few_imports_away() {
        let entry = EntryPoint::new("a", EntryKind::Console, "a.cli:main", Source::line("pyproject.toml", 5));
        let entries = [entry];
        let declared = Given { name: "a", has_metadata: true, entry_points: &entries, ..Given::default() };
        let files = [
            ("src/a/__init__.py", ""),
            ("src/a/cli.py", "from . import core\ndef main(): core.run()"),
            ("src/a/core.py", "from a.options import parse\n"),
            ("src/a/options.py", "import argparse\ndef parse(): argparse.ArgumentParser()"),
        ];
        let found = sample::scanned(&files, &declared).trial;
        assert_eq!(found.value, arguments());
        assert_eq!(found.source.to_string(), "src/a/options.py:1 imports argparse");
    }

    #[test]
    fn a_program_that_shows_nothing_is_not_tried() {
        let because = |text: &str| match trial(text) {
            Trial::None { because } => because,
            other => format!("{other:?}"),
        };
        assert_eq!(because("print(1)"), "`tool.py` does not visibly parse arguments");
        assert_eq!(because("import sys\nopen(sys.argv[1], 'w')"), "`tool.py` reads `sys.argv`, but shows no `--help`");
    }

    #[test]
    fn servers_are_asked_at_their_port_and_path() {
        let flask = "import os\nfrom flask import Flask\napp = Flask(__name__)\n";
        assert_eq!(trial(&format!("{flask}app.run()")), http(5000, "/"));
        assert_eq!(trial(&format!("{flask}@app.route('/hi')\ndef hi(): ...\napp.run(port=81)")), http(81, "/hi"));
        assert_eq!(trial(&format!("{flask}app.run(port=int(os.environ.get('PORT', 8123)))")), http(8123, "/"));
        let fastapi = "from fastapi import FastAPI\nimport uvicorn\napp = FastAPI()\n";
        let routes = "@app.get('/items/{id}')\ndef a(): ...\n@app.get('/health')\ndef b(): ...\n";
        assert_eq!(trial(&format!("{fastapi}{routes}uvicorn.run(app, port=9000)")), http(9000, "/health"));
        let plain = "from http.server import HTTPServer\nHTTPServer(('', 8042), None).serve_forever()";
        assert_eq!(trial(plain), http(8042, "/"));
    }

    #[test]
    fn a_window_is_awaited() {
        let text = "import tkinter as tk\nroot = tk.Tk()\nroot.mainloop()\n";
        assert_eq!(trial(text), Trial::Window { deadline: DEADLINE });
        let text = "from PyQt6.QtWidgets import QApplication\nimport sys\napp = QApplication(sys.argv)\n";
        assert_eq!(trial(text), Trial::Window { deadline: DEADLINE });
    }

    #[test]
    fn a_library_that_could_serve_is_imported() {
        let declared = Given { name: "a", has_metadata: true, ..Given::default() };
        let text = "import bottle\ndef serve(): bottle.run()\n";
        let found = sample::scanned(&[("src/a/__init__.py", text)], &declared).trial;
        assert_eq!(found.value, Trial::Import { modules: vec!["a".into()] });
    }

    #[test]
    fn a_library_is_imported() {
        let declared = Given { name: "a", has_metadata: true, ..Given::default() };
        let found = sample::scanned(&[("src/a/__init__.py", "")], &declared).trial;
        assert_eq!(found.value, Trial::Import { modules: vec!["a".into()] });
    }
}
