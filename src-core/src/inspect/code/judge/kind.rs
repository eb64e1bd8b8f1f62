//! `kind`: what the project is, from the surest sign to the weakest.

use super::{Code, Found, place, web, windows};
use crate::facts::{EntryKind, Source};
use crate::inspect::code::libraries::Libraries;
use crate::inspect::code::module::{Module, Need};
use crate::inspect::code::trial;

/// Calls that keep a process answering or working.
const SERVES: &[&str] = &["asyncio.start_server", "asyncio.start_unix_server"];

pub(super) fn judge(code: &Code, found: &mut Found) {
    if let Some((tag, source)) = kind(code) {
        found.set("kind", &[tag], source);
    }
}

fn kind(code: &Code) -> Option<(&'static str, Source)> {
    (firmware(code).map(|source| ("firmware", source)))
        .or_else(|| place::host(code.tree).map(|source| ("plugin", source)))
        .or_else(|| code.declared.plugin_groups.first().map(|group| ("plugin", group.source.clone())))
        .or_else(|| web::lambda(code).map(|source| ("function", source)))
        .or_else(|| interface(code))
        .or_else(|| command_line(code))
        .or_else(|| notebook(code).map(|source| ("notebook", source)))
        .or_else(|| library(code).map(|source| ("library", source)))
}

/// Imports that only a board answers, in code that does not also run elsewhere.
pub(super) fn firmware(code: &Code) -> Option<Source> {
    let is_board = |name: &str| Libraries::get().is_firmware(name);
    let import = code.imports.iter().find(|import| is_board(&import.module) && import.need == Need::Always)?;
    (!code.declared.has_metadata).then(|| import.source.clone())
}

/// A window or a web application that the program starts.
fn interface(code: &Code) -> Option<(&'static str, Source)> {
    if let Some(toolkit) = windows::toolkit(code) {
        let is_game = toolkit.value.modules.iter().any(|module| matches!(module.as_str(), "pygame" | "arcade"));
        return Some((if is_game { "game" } else { "gui" }, toolkit.source));
    }
    if let Some(entry) = code.entry_points.first().copied().filter(|entry| entry.kind == EntryKind::Gui) {
        return Some(("gui", entry.source.clone()));
    }
    // A library for a framework makes applications in its documentation; a program is started, or is no package.
    let is_program = !code.declared.has_metadata || code.entry_points.first().copied().is_some();
    let framework = web::application(&code.reached_first()).filter(|_| is_program)?;
    Some(("web-app", framework.source))
}

/// What answers on a terminal, or works without one.
fn command_line(code: &Code) -> Option<(&'static str, Source)> {
    let entry = code.entry_points.first().copied()?;
    let reached = code.reached_by(entry);
    let parses = reached.iter().find_map(|module| trial::parses_arguments(module));
    match (parses, service(&reached)) {
        // A command that can also serve is still a command.
        (None, Some(source)) => return Some(("service", source)),
        _ if entry.kind == EntryKind::Console => return Some(("cli", entry.source.clone())),
        (Some(source), _) => return Some(("cli", source)),
        (None, None) => {}
    }
    let is_one_file = code.program.modules.len() == 1 && entry.kind == EntryKind::Script;
    (is_one_file && !code.declared.has_metadata).then(|| ("script", entry.source.clone()))
}

/// Where a server is started.
fn service(reached: &[&Module]) -> Option<Source> {
    web::server(reached).map(|server| server.source).or_else(|| {
        reached.iter().find_map(|module| {
            let call = module.calls.iter().find(|call| SERVES.contains(&call.callee.as_str()))?;
            Some(Source::line(&module.path, call.line))
        })
    })
}

/// Notebooks and no program beside them.
fn notebook(code: &Code) -> Option<Source> {
    let is_notebook = |path: &str| path.ends_with(".ipynb") && !path.contains('/');
    let file = code.tree.files.iter().find(|file| is_notebook(&file.path))?;
    let is_alone = !code.declared.has_metadata && code.entry_points.first().copied().is_none();
    is_alone.then(|| Source::File { path: file.path.clone(), line: None })
}

/// A distribution with packages to import and nothing to start.
fn library(code: &Code) -> Option<Source> {
    let is_library =
        code.declared.has_metadata && !code.layout.packages.is_empty() && code.entry_points.first().copied().is_none();
    is_library.then(|| Source::Tree { seen: "packages to import, and no entry point".into() })
}

#[cfg(test)]
mod tests {
    use super::super::tests::tags;
    use crate::facts::{EntryKind, EntryPoint, Source};
    use crate::inspect::code::{Given, sample};

    fn kind(files: &[(&str, &str)], declared: &Given) -> Vec<&'static str> {
        tags(&sample::scanned(files, declared).facts, "kind")
    }

    #[test]
    fn scripts_and_folders_are_known_by_what_they_do() {
        for (expected, text) in [
            ("script", "print(1)"),
            ("cli", "import argparse\nargparse.ArgumentParser()"),
            ("gui", "import tkinter\ntkinter.Tk()"),
            ("game", "import pygame\npygame.display.set_mode((1, 1))"),
            ("web-app", "from flask import Flask\nFlask('a').run()"),
            ("cli", "import argparse, socketserver\nargparse.ArgumentParser()\nsocketserver.TCPServer(('', 1), None)"),
            ("service", "from http.server import HTTPServer\nHTTPServer(('', 80), None)"),
            ("function", "def handler(event, context): pass"),
            ("firmware", "from machine import Pin\nPin(1).on()"),
        ] {
            assert_eq!(tags(&sample::script(text).facts, "kind"), [expected], "{text}");
        }
    }

    #[test]
    fn metadata_tells_libraries_from_programs() {
        let library = Given { name: "a", has_metadata: true, ..Given::default() };
        assert_eq!(kind(&[("a/__init__.py", "")], &library), ["library"]);
        let entries = [EntryPoint {
            name: "a".into(),
            kind: EntryKind::Console,
            target: "a:main".into(),
            source: Source::line("pyproject.toml", 3),
        }];
        assert_eq!(kind(&[("a/__init__.py", "")], &Given { entry_points: &entries, ..library }), ["cli"]);
    }

    #[test]
    fn notebooks_alone_are_notebooks() {
        assert_eq!(kind(&[("study.ipynb", "{}")], &Given::default()), ["notebook"]);
    }

    #[test]
    fn what_shows_nothing_stays_unknown() {
        assert!(kind(&[("a.py", "x = 1"), ("b.py", "y = 1")], &Given::default()).is_empty());
    }
}
