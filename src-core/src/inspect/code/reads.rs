//! What a program reads and writes, and what only works where it is installed as real files.

use super::module::{Beside, How, Module, Opened};
use super::resources;
use super::whole::Code;
use crate::facts::{Edit, Risk, RiskKind, Source};

/// Finds it in one module, with the lines that may be written otherwise.
pub(super) fn find(code: &Code, module: &Module, risks: &mut Vec<Risk>, edits: &mut Vec<Edit>) {
    for habit in &module.habits {
        // A framework's folder counts where there is one.
        let is_folder = habit.kind == RiskKind::FileBesideCode;
        if !is_folder {
            risks.push(module.risk(habit.kind, habit.what.clone(), habit.line));
        } else if code.tree.has_folder(&habit.what) {
            risks.push(module.risk(habit.kind, format!("{}/…", habit.what), habit.line));
        }
    }
    for opened in &module.opened {
        relative(code, module, opened, risks, edits);
    }
    for beside in module.beside.iter().filter(|beside| beside.exact && !beside.writes && code.tree.has(&beside.path)) {
        edits.extend(as_resource(code, module, beside));
    }
    folders_without_init(code, module, risks);
}

/// A relative path: a file of the project that is opened by it, or one that is written.
fn relative(code: &Code, module: &Module, opened: &Opened, risks: &mut Vec<Risk>, edits: &mut Vec<Edit>) {
    let above = module.path.rsplit_once('/').map_or("", |(above, _)| above);
    let beside = if above.is_empty() { opened.path.clone() } else { format!("{above}/{}", opened.path) };
    let places = [opened.path.clone(), beside];
    if let Some(path) = places.iter().find_map(|path| there(code, opened, path)) {
        let is_folder = path.ends_with('/');
        let what = if is_folder { format!("{path}…") } else { path.clone() };
        risks.push(module.risk(RiskKind::FileInWorkingFolder, what, opened.line));
        if opened.how != How::Written {
            edits.extend(beside_code(module, above, opened, path.trim_end_matches('/')));
        }
    } else if opened.how == How::Written && opened.exact && !opened.path.ends_with('/') {
        risks.push(module.risk(RiskKind::WrittenInWorkingFolder, opened.path.clone(), opened.line));
    } else if opened.how == How::Read && opened.exact && code.tree.root.join(&opened.path).is_file() {
        risks.push(module.risk(RiskKind::IgnoredFile, opened.path.clone(), opened.line));
    }
}

/// What of the project a path means: a file, or a folder with a slash behind it.
fn there(code: &Code, opened: &Opened, path: &str) -> Option<String> {
    // Of a single script nothing is known but what lies on the disk.
    let is_beside_script = || code.declared.script.is_some() && code.tree.root.join(path).is_file();
    if opened.exact && !path.ends_with(".py") && (code.tree.has(path) || is_beside_script()) {
        return Some(path.to_owned());
    }
    // The beginning of a path that goes on with a name: its folder is meant.
    let folder = if opened.exact { path.split('*').next().unwrap_or(path) } else { path };
    let folder = folder.rsplit_once('/').map_or(if opened.exact { folder } else { "" }, |(folder, last)| {
        if last.is_empty() || !opened.exact { folder } else { path }
    });
    let may_be_folder = opened.how == How::Folder || (!opened.exact && opened.how != How::Perhaps);
    let has_data = || code.tree.under(folder).any(|file| !file.path.ends_with(".py"));
    (may_be_folder && !folder.is_empty() && has_data()).then(|| format!("{folder}/"))
}

/// The line with a path that begins beside the code.
fn beside_code(module: &Module, above: &str, opened: &Opened, path: &str) -> Option<Edit> {
    let (line, start, end) = opened.text.as_ref().filter(|_| opened.exact)?;
    let inside = if above.is_empty() { Some(path) } else { path.strip_prefix(above)?.strip_prefix('/') }?;
    let written = format!("Path(__file__).parent / \"{inside}\"");
    Some(edit(RiskKind::FileInWorkingFolder, module, opened.line, line, &line[..*start], &written, &line[*end..]))
}

/// The line with a path beside the code as a resource of its package, where the rest of the line takes one.
fn as_resource(code: &Code, module: &Module, beside: &Beside) -> Option<Edit> {
    let (line, start, end) = beside.text.as_ref()?;
    let packages = code.layout.packages.iter().filter(|package| !package.path.ends_with(".py"));
    let package = packages
        .filter(|package| beside.path.starts_with(&format!("{}/", package.path)))
        .max_by_key(|package| package.path.len())?;
    let inside = &beside.path[package.path.len() + 1..];
    let resource = format!("importlib.resources.files(\"{}\").joinpath(\"{inside}\")", package.name);
    let (before, after) = (&line[..*start], &line[*end..]);
    let kind = RiskKind::FileBesideCode;
    if let Some(before) = before.strip_suffix("open(") {
        let rest = after.strip_prefix(',').map_or(after, str::trim_start);
        return Some(edit(kind, module, beside.line, line, before, &format!("{resource}.open("), rest));
    }
    let is_read = [".read_text(", ".read_bytes(", ".open("]
        .iter()
        .any(|method| after.trim_start_matches(')').starts_with(method));
    is_read.then(|| edit(kind, module, beside.line, line, before, &resource, after))
}

fn edit(kind: RiskKind, module: &Module, at: usize, line: &str, before: &str, written: &str, after: &str) -> Edit {
    Edit {
        kind,
        source: Source::line(&module.path, at),
        before: line.trim().to_owned(),
        after: format!("{before}{written}{after}").trim().to_owned(),
    }
}

/// Folders whose files are asked for as those of a package, and that are none: not everything finds them.
fn folders_without_init(code: &Code, module: &Module, risks: &mut Vec<Risk>) {
    for (package, line) in resources::named_in(module) {
        let folder = package.replace('.', "/");
        let source_dir = code.layout.source_dir.trim_end_matches('/');
        let path = if source_dir.is_empty() { folder } else { format!("{source_dir}/{folder}") };
        if code.tree.has_folder(&path) && !code.tree.has(&format!("{path}/__init__.py")) {
            risks.push(module.risk(RiskKind::ResourceFolder, path, line));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::code::sample;

    const FILES: [(&str, &str); 6] = [
        ("config.yaml", ""),
        ("images/player.png", ""),
        ("templates/index.html", ""),
        ("app/__init__.py", ""),
        ("app/data/names.txt", ""),
        ("app/unit.ini", ""),
    ];

    fn found(path: &str, text: &str) -> (Vec<(RiskKind, String, String)>, Vec<Edit>) {
        let files: Vec<(&str, &str)> = FILES.iter().copied().chain([(path, text)]).collect();
        let scan = sample::folder(&files);
        // That the samples declare nothing is no matter here.
        let is_told_here = |kind| !matches!(kind, RiskKind::UndeclaredImport | RiskKind::UnknownImport);
        let risks = scan.risks.into_iter().filter(|risk| is_told_here(risk.kind));
        let risks = risks.map(|risk| (risk.kind, risk.what, risk.source.to_string()));
        (risks.collect(), scan.edits)
    }

    fn one(text: &str) -> (RiskKind, String) {
        let (risks, _) = found("main.py", text);
        let mut risks = risks.into_iter().map(|(kind, what, _)| (kind, what));
        let first = risks.next().unwrap_or((RiskKind::NativeCode, "nothing".into()));
        assert_eq!(risks.next(), None, "{text}");
        first
    }

    #[test]
    fn files_of_the_working_folder_are_found_through_every_library() {
        for text in [
            "open('config.yaml')",
            "import yaml\nwith open('./config.yaml') as f: yaml.safe_load(f)",
            "NAME = 'config.yaml'\n\ndef f():\n    return open(NAME, 'r')",
            "from pathlib import Path\nPath('config.yaml').read_text()",
            "from configparser import ConfigParser\nc = ConfigParser()\nc.read('config.yaml')",
            "from dotenv import load_dotenv\nload_dotenv(dotenv_path='config.yaml')",
            "import anything\nanything.load('config.yaml')",
        ] {
            assert_eq!(one(text), (RiskKind::FileInWorkingFolder, "config.yaml".into()), "{text}");
        }
        for text in [
            "import pygame\npygame.image.load('images/player.png')",
            "import tkinter as tk\ntk.PhotoImage(file='images/player.png')",
            "import os\nfrom PIL import Image\nImage.open(os.path.join('images', 'player.png'))",
            "from pathlib import Path\nfrom PyQt6.QtGui import QIcon\nQIcon(str(Path('images') / 'player.png'))",
        ] {
            assert_eq!(one(text), (RiskKind::FileInWorkingFolder, "images/player.png".into()), "{text}");
        }
    }

    #[test]
    fn folders_are_found_where_they_are_read() {
        for (text, what) in [
            ("import pygame\ndef f(name): return pygame.image.load('images/' + name)", "images/…"),
            ("import os\nos.listdir('images')", "images/…"),
            ("import glob\nglob.glob('images/*.png')", "images/…"),
            ("from jinja2 import FileSystemLoader\nFileSystemLoader('templates')", "templates/…"),
        ] {
            assert_eq!(one(text), (RiskKind::FileInWorkingFolder, what.into()), "{text}");
        }
        assert_eq!(one("import flask\napp = flask.Flask(__name__)"), (RiskKind::FileBesideCode, "templates/…".into()));
        assert_eq!(one("print('images', 'config.yaml')"), (RiskKind::NativeCode, "nothing".into()));
    }

    #[test]
    fn what_is_written_is_told_apart_by_where() {
        for (text, kind, what) in [
            ("open('results.csv', 'w')", RiskKind::WrittenInWorkingFolder, "results.csv"),
            ("import sqlite3\nsqlite3.connect('app.db')", RiskKind::WrittenInWorkingFolder, "app.db"),
            ("import pandas as pd\npd.DataFrame().to_csv('out.csv')", RiskKind::WrittenInWorkingFolder, "out.csv"),
            (
                "import os, sqlite3\nsqlite3.connect(os.path.join(os.path.dirname(__file__), 'app.db'))",
                RiskKind::WrittenBesideCode,
                "app.db",
            ),
            (
                "from pathlib import Path\n(Path(__file__).parent / 'state.json').write_text('x')",
                RiskKind::WrittenBesideCode,
                "state.json",
            ),
        ] {
            assert_eq!(one(text), (kind, what.into()), "{text}");
        }
    }

    #[test]
    fn what_only_works_with_real_files_is_found() {
        let names = "from importlib.resources import as_file, files\n";
        for (text, kind) in [
            (
                "import subprocess, sys\nsubprocess.run([sys.executable, '-m', 'app.child'])".to_owned(),
                RiskKind::StartsPython,
            ),
            (
                "import os, sys\nopen(os.path.join(sys.prefix, 'share', 'x', 'y.txt'))".to_owned(),
                RiskKind::InstalledData,
            ),
            (
                format!("{names}def f():\n    with as_file(files('app') / 'unit.ini') as p:\n        return str(p)\n"),
                RiskKind::PathKept,
            ),
            (format!("{names}print(files('app.data'))"), RiskKind::ResourceFolder),
        ] {
            assert_eq!(one(&text).0, kind, "{text}");
        }
        let fine = format!(
            "{names}def f():\n    with as_file(files('app') / 'unit.ini') as p:\n        return p.read_text()\n"
        );
        assert_eq!(one(&fine).1, "nothing");
    }

    #[test]
    fn the_line_that_finds_it_everywhere_is_shown() {
        let (_, edits) =
            found("main.py", "from pathlib import Path\n\ndef f():\n    return open(\"config.yaml\", \"r\")\n");
        assert_eq!(edits[0].before, "return open(\"config.yaml\", \"r\")");
        assert_eq!(edits[0].after, "return open(Path(__file__).parent / \"config.yaml\", \"r\")");
        let text = "from pathlib import Path\nHERE = Path(__file__).parent\nprint((HERE / 'unit.ini').read_text())\nopen(HERE / 'unit.ini', 'r')\n";
        let (_, edits) = found("app/cli.py", text);
        let after: Vec<&str> = edits.iter().map(|edit| edit.after.as_str()).collect();
        assert_eq!(
            after,
            [
                "print((importlib.resources.files(\"app\").joinpath(\"unit.ini\")).read_text())",
                "importlib.resources.files(\"app\").joinpath(\"unit.ini\").open('r')",
            ]
        );
    }
}
