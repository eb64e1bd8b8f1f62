//! `kind`: what the project is, from the surest sign to the weakest.

use super::found::Found;
use super::{place, services, web, windows};
use crate::facts::{EntryKind, EntryPoint, Source};
use crate::inspect::code::arguments::parses_arguments;
use crate::inspect::code::libraries::Libraries;
use crate::inspect::code::module::{Module, top};
use crate::inspect::code::notebook::is_notebook;
use crate::inspect::code::whole::Code;

/// Groups by which a library helps tools along, without being a part of them.
const ASIDE: &[&str] = &["pyinstaller40", "distutils.commands", "setuptools.finalize_distribution_options"];

pub(super) fn judge(code: &Code, found: &mut Found) {
    match kind(code) {
        // A lone file that parses its arguments is installed by nothing, and as much a script as a command.
        Some(("cli", source)) if is_bare_file(code) => found.set("kind", &["cli", "script"], source),
        Some((tag, source)) => found.set("kind", &[tag], source),
        None => {}
    }
}

fn kind(code: &Code) -> Option<(&'static str, Source)> {
    (place::firmware(code).map(|source| ("firmware", source)))
        .or_else(|| place::host(code).or_else(|| place::inside_host(code)).map(|source| ("plugin", source)))
        .or_else(|| plugin(code).map(|source| ("plugin", source)))
        .or_else(|| place::phone(code.tree).map(|source| ("mobile-app", source)))
        .or_else(|| web::lambda(code).map(|source| ("function", source)))
        .or_else(|| window(code))
        .or_else(|| commands(code).map(|source| ("cli", source)))
        .or_else(|| application(code).map(|source| ("web-app", source)))
        .or_else(|| services::web_process(code).map(|source| ("web-app", source)))
        .or_else(|| services::own_unit(code).map(|source| ("service", source)))
        .or_else(|| command_line(code))
        .or_else(|| notebook(code).map(|source| ("notebook", source)))
        .or_else(|| web::served(code).map(|source| ("web-app", source)))
        .or_else(|| library(code).map(|source| ("library", source)))
}

/// An entry-point group of a program that this project extends. What installs scripts is a program itself, and may well
/// offer something to others besides.
fn plugin(code: &Code) -> Option<Source> {
    if code.installs_scripts() || code.declared.open_scripts {
        return None;
    }
    let own = code.layout.packages.iter().map(|package| top(&package.name)).collect::<Vec<_>>();
    let extends = |group: &str| !ASIDE.contains(&group) && !own.contains(&top(group));
    let group = code.declared.plugin_groups.iter().find(|group| extends(&group.value))?;
    Some(group.source.clone())
}

/// A window that the program opens.
fn window(code: &Code) -> Option<(&'static str, Source)> {
    if let Some(toolkit) = windows::toolkit(code) {
        let is_game = toolkit.value.modules.iter().any(|module| matches!(module.as_str(), "pygame" | "arcade"));
        return Some((if is_game { "game" } else { "gui" }, toolkit.source));
    }
    let entry = code.entry_points.first().copied().filter(|entry| entry.kind == EntryKind::Gui)?;
    Some(("gui", entry.source.clone()))
}

/// A command with commands in it, or one that serves when it is asked to: a server among them makes it no server.
fn commands(code: &Code) -> Option<Source> {
    let entry = code.entry_points.first().copied().filter(|entry| entry.runner.is_none())?;
    let reached = code.reached_by(entry);
    let libraries = Libraries::get();
    let made = reached.iter().find_map(|module| {
        let call = module.calls.iter().find(|call| libraries.makes_commands(&call.callee))?;
        Some(Source::line(&module.path, call.line))
    });
    let parses = || reached.iter().find_map(|module| parses_arguments(module));
    made.or_else(|| parses().filter(|_| web::serves_when_asked(&reached)))
}

/// A web application that the program starts.
fn application(code: &Code) -> Option<Source> {
    // A library for a framework makes applications in its documentation.
    Some(web::application(code, &code.reached_first()).filter(|_| code.is_program())?.source)
}

/// What answers on a terminal, or works without one.
fn command_line(code: &Code) -> Option<(&'static str, Source)> {
    let entry = code.entry_points.first().copied()?;
    let reached = code.reached_by(entry);
    let parses = reached.iter().find_map(|module| parses_arguments(module));
    match (parses, service(&reached)) {
        // Options say where it listens; what it does is serve.
        (_, Some(source)) => return Some(("service", source)),
        _ if entry.kind == EntryKind::Console => return Some(("cli", entry.source.clone())),
        (Some(source), _) => return Some(("cli", source)),
        (None, None) => {}
    }
    (is_bare_file(code) && entry.kind == EntryKind::Script).then(|| ("script", entry.source.clone()))
}

/// One file without packaging metadata.
fn is_bare_file(code: &Code) -> bool {
    code.program.modules.len() == 1 && !code.declared.has_metadata
}

/// Where a server is started, or a bot or worker that works for others from then on.
fn service(reached: &[&Module]) -> Option<Source> {
    let libraries = Libraries::get();
    web::server(reached).map(|server| server.source).or_else(|| {
        reached.iter().find_map(|module| {
            let works = module.calls.iter().find(|call| libraries.works(&call.callee)).map(|call| call.line);
            // A server of its own is derived from those of the standard library.
            let serves = |base: &String| libraries.serves(base);
            let derived = module.definitions.iter().find(|class| class.is_class && class.parts.iter().any(serves));
            let line = works.or_else(|| derived.map(|class| class.line))?;
            Some(Source::line(&module.path, line))
        })
    })
}

/// Notebooks, and beside them no more than scripts that take no arguments: those prepare or check what they show.
fn notebook(code: &Code) -> Option<Source> {
    let module = code.program.modules.iter().find(|module| is_notebook(&module.path))?;
    let is_helper = |entry: &&EntryPoint| entry.kind == EntryKind::Script;
    code.entry_points.iter().all(is_helper).then(|| Source::File { path: module.path.clone(), line: None })
}

/// A distribution with packages to import and nothing to start.
fn library(code: &Code) -> Option<Source> {
    // What makes an application of a framework, but is started by nothing here, may be either.
    let is_open = code.declared.open_scripts || web::application(code, &code.reached()).is_some();
    let is_library = code.declared.has_metadata && !code.layout.packages.is_empty() && !code.is_program() && !is_open;
    is_library.then(|| Source::Tree { seen: "packages to import, and no entry point".into() })
}

#[cfg(test)]
mod tests {
    use super::super::tests::tags;
    use crate::facts::{EntryKind, EntryPoint, Evidence, Requirement, Source};
    use crate::inspect::code::{Given, sample};

    fn kind(files: &[(&str, &str)], declared: &Given) -> Vec<&'static str> {
        tags(&sample::scanned(files, declared).facts, "kind")
    }

    #[test]
    fn scripts_and_folders_are_known_by_what_they_do() {
        for (expected, text) in [
            ("script", "print(1)"),
            ("gui", "import tkinter\ntkinter.Tk()"),
            ("game", "import pygame\npygame.display.set_mode((1, 1))"),
            ("web-app", "from flask import Flask\nFlask('a').run()"),
            ("service", "from http.server import HTTPServer\nHTTPServer(('', 80), None)"),
            ("function", "def handler(event, context): pass"),
            ("firmware", "from machine import Pin\nPin(1).on()"),
        ] {
            assert_eq!(tags(&sample::script(text).facts, "kind"), [expected], "{text}");
        }
    }

    #[test]
    fn a_lone_file_that_parses_arguments_is_a_command_and_a_script() {
        let text = "import argparse\nargparse.ArgumentParser()";
        assert_eq!(tags(&sample::script(text).facts, "kind"), ["cli", "script"]);
        let entries = [console("a:main")];
        let declared = Given { name: "a", has_metadata: true, entry_points: &entries, ..Given::default() };
        assert_eq!(kind(&[("a.py", "def main(): pass")], &declared), ["cli"]);
    }

    #[test]
    fn a_server_with_options_is_a_server_and_a_command_that_can_serve_is_a_command() {
        let parser = "import argparse, socketserver\nfrom http.server import ThreadingHTTPServer\nimport asyncio\n\
                      p = argparse.ArgumentParser()\na = p.parse_args()\n";
        let kind = |text: &str| tags(&sample::script(&format!("{parser}{text}")).facts, "kind");
        for text in [
            "ThreadingHTTPServer(('', a.port), None).serve_forever()",
            "class Own(socketserver.TCPServer):\n    pass\nOwn(('', 1), None)",
            "async def main():\n    await asyncio.start_server(print, port=1)\nasyncio.run(main())",
        ] {
            assert_eq!(kind(text), ["service"], "{text}");
        }
        for text in [
            "p.add_subparsers()\nThreadingHTTPServer(('', 1), None)",
            "if a.serve:\n    ThreadingHTTPServer(('', 1), None)",
        ] {
            assert_eq!(kind(text), ["cli", "script"], "{text}");
        }
        let group = "import click\nfrom flask import Flask\n@click.group()\ndef main(): pass\n\
                     @main.command()\ndef serve():\n    Flask('a').run()\nmain()\n";
        assert_eq!(tags(&sample::script(group).facts, "kind"), ["cli", "script"]);
    }

    #[test]
    fn bots_and_workers_are_services() {
        for text in [
            "import discord\nclient = discord.Client()\nclient.run('x')",
            "from discord.ext import commands\nbot = commands.Bot('!')\nbot.run('x')",
            "from telegram.ext import Application\napp = Application.builder().token('x').build()\napp.run_polling()",
            "import schedule\nwhile True:\n    schedule.run_pending()",
        ] {
            assert_eq!(tags(&sample::script(text).facts, "kind"), ["service"], "{text}");
        }
    }

    #[test]
    fn metadata_tells_libraries_from_programs() {
        let library = Given { name: "a", has_metadata: true, ..Given::default() };
        assert_eq!(kind(&[("a/__init__.py", "")], &library), ["library"]);
        let entries = [console("a:main")];
        assert_eq!(kind(&[("a/__init__.py", "")], &Given { entry_points: &entries, ..library }), ["cli"]);
    }

    fn console(target: &str) -> EntryPoint {
        EntryPoint::new("a", EntryKind::Console, target, Source::line("pyproject.toml", 3))
    }

    fn group(name: &str) -> Evidence<String> {
        Evidence { value: name.into(), source: Source::line("pyproject.toml", 9) }
    }

    #[test]
    fn a_program_that_also_extends_others_is_no_plug_in() {
        let groups = [group("pytest11")];
        let library = Given { name: "a", has_metadata: true, plugin_groups: &groups, ..Given::default() };
        assert_eq!(kind(&[("a/__init__.py", "")], &library), ["plugin"]);
        let entries = [console("a:main")];
        assert_eq!(kind(&[("a/__init__.py", "")], &Given { entry_points: &entries, ..library }), ["cli"]);
    }

    #[test]
    fn a_group_of_its_own_or_for_tools_makes_no_plug_in() {
        for name in ["a.readers", "pyinstaller40"] {
            let groups = [group(name)];
            let library = Given { name: "a", has_metadata: true, plugin_groups: &groups, ..Given::default() };
            assert_eq!(kind(&[("a/__init__.py", "")], &library), ["library"], "{name}");
        }
    }

    #[test]
    fn scripts_that_only_a_build_shows_leave_it_open() {
        let declared = Given { name: "a", has_metadata: true, open_scripts: true, ..Given::default() };
        assert_eq!(kind(&[("a/__init__.py", "")], &declared), [""; 0]);
    }

    #[test]
    fn a_program_that_carries_a_function_for_others_is_no_function() {
        let handler = ("a/__init__.py", "def lambda_handler(event, context): pass");
        let entries = [console("a:main")];
        let declared = Given { name: "a", has_metadata: true, entry_points: &entries, ..Given::default() };
        assert_eq!(kind(&[handler], &declared), ["cli"]);
    }

    #[test]
    fn a_framework_or_toolkit_that_may_be_missing_does_not_decide() {
        let entries = [console("a:main")];
        let declared = Given { name: "a", has_metadata: true, entry_points: &entries, ..Given::default() };
        let optional =
            "try:\n    from fastapi import FastAPI\nexcept ImportError:\n    FastAPI = None\ndef main(): FastAPI()\n";
        assert_eq!(kind(&[("a/__init__.py", optional)], &declared), ["cli"]);
        let deferred = "def main():\n    import tkinter\n    tkinter.Tk()\n";
        assert_eq!(kind(&[("a/__init__.py", deferred)], &declared), ["cli"]);
        let required = [Requirement { text: "fastapi".into(), name: "fastapi".into(), source: Source::User }];
        let declared = Given { dependencies: &required, ..declared };
        assert_eq!(kind(&[("a/__init__.py", optional)], &declared), ["web-app"]);
    }

    #[test]
    fn an_application_that_is_kept_for_a_server_is_a_web_app() {
        let required = [Requirement { text: "fastapi".into(), name: "fastapi".into(), source: Source::User }];
        let declared = Given { name: "a", has_metadata: true, dependencies: &required, ..Given::default() };
        let kept = "from fastapi import FastAPI\napp = FastAPI()\n";
        assert_eq!(kind(&[("a/__init__.py", ""), ("a/main.py", kept)], &declared), ["web-app"]);
        let made = "from fastapi import FastAPI\ndef example(): return FastAPI()\n";
        assert_eq!(kind(&[("a/__init__.py", ""), ("a/main.py", made)], &declared), [""; 0]);
    }

    #[test]
    fn notebooks_are_programs_also_beside_a_script_that_prepares_them() {
        let code =
            "{\n\"cells\": [{\"cell_type\": \"code\", \"source\": [\n\"import numpy\\n\",\n\"numpy.zeros(3)\"\n]}]}";
        let scan = sample::folder(&[("a.ipynb", code)]);
        assert_eq!((tags(&scan.facts, "kind"), tags(&scan.facts, "native-code")), (vec!["notebook"], vec!["wheels"]));
        assert_eq!(
            scan.undeclared[0].source,
            Source::Import { module: "numpy".into(), path: "a.ipynb".into(), line: 3 }
        );
        assert!(scan.entry_points.is_empty() && scan.packages.is_empty());
        let beside = |text: &str| tags(&sample::folder(&[("a.ipynb", code), ("make.py", text)]).facts, "kind");
        assert_eq!(beside("print('a table')"), ["notebook"]);
        let command = "import argparse\nif __name__ == '__main__':\n    argparse.ArgumentParser()\n";
        assert_eq!(beside(command), ["cli"]);
    }

    #[test]
    fn the_modules_of_a_board_on_a_computer_are_no_firmware() {
        let text = "import argparse\nimport board\nargparse.ArgumentParser()\n";
        assert_eq!(tags(&sample::script(text).facts, "kind"), ["cli", "script"]);
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
