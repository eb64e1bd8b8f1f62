//! What inspection finds: in every example and fixture project, as snapshots with the evidence of each claim, and in
//! small projects of every kind.

use std::fmt::Write;
use std::path::Path;

use packwright_core::facts::Fact;
use packwright_core::inspect::{self, Inspection};
use packwright_tests::{Workbench, projects};

fn found(path: &Path) -> String {
    let Inspection { project, facts, .. } = inspect::read(path).expect("every example can be inspected");
    let mut text = format!("{} {}\n", project.name, project.static_version().unwrap_or("without a static version"));
    for entry in &project.entry_points {
        let _ = writeln!(text, "starts `{}` at `{}`: {}", entry.name, entry.target, entry.source);
    }
    for requirement in &project.dependencies {
        let _ = writeln!(text, "requires `{}`: {}", requirement.text, requirement.source);
    }
    for data in &project.data_files {
        let _ = writeln!(text, "data of `{}`: {}", data.package, data.path);
    }
    for risk in &project.risks {
        let _ = writeln!(text, "risk {:?} `{}`: {}", risk.kind, risk.what, risk.source);
    }
    let _ = writeln!(text, "tried by {:?}: {}", project.trial.value, project.trial.source);
    let facts = serde_json::to_string_pretty(&facts).expect("facts can be written");
    let _ = writeln!(text, "{facts}");
    text
}

#[test]
fn every_project_is_described_with_evidence() {
    let mut settings = insta::Settings::clone_current();
    settings.set_omit_expression(true);
    for (name, path) in projects() {
        settings.bind(|| insta::assert_snapshot!(name.clone(), found(&path)));
    }
}

#[test]
fn a_selection_holds_what_git_tracks_and_nothing_that_a_build_left() {
    for (name, path) in projects() {
        let selection = inspect::read(&path).expect("every example can be inspected").project.selection;
        assert!(!selection.files.is_empty(), "`{name}` has no files");
        let stray = selection.files.iter().find(|file| file.contains("__pycache__") || file.contains(".egg-info"));
        assert_eq!(stray, None, "`{name}`");
    }
}

/// Paths with their text.
type Files = &'static [(&'static str, &'static str)];

/// A fact with its tag.
type Claim = (&'static str, &'static str);

/// Small projects of every kind, each with facts that inspection must find in them.
const KINDS: &[(&str, Files, &[Claim])] = &[
    (
        "a web application on a platform",
        &[
            ("app.py", "from flask import Flask\n\napp = Flask(__name__)\n"),
            ("requirements.txt", "flask\n"),
            ("Procfile", "web: gunicorn app:app\nworker: python worker.py\n"),
            ("worker.py", "import time\n\nif __name__ == '__main__':\n    time.sleep(1)\n"),
        ],
        &[("kind", "web-app"), ("framework", "flask"), ("components", "several"), ("dependencies", "third-party")],
    ),
    (
        "a service with its unit",
        &[
            ("pyproject.toml", "[project]\nname = 'agent'\nversion = '1'\n[project.scripts]\nagent = 'agent:main'\n"),
            ("agent.py", "import time\n\ndef main():\n    time.sleep(1)\n"),
            ("systemd/agent.service", "[Service]\nExecStart=/usr/bin/agent\n"),
        ],
        &[("kind", "service"), ("dependencies", "stdlib-only"), ("native-code", "none")],
    ),
    (
        "a program for windows of Qt",
        &[
            (
                "pyproject.toml",
                "[project]\nname = 'draw'\nversion = '1'\ndependencies = ['PySide6']\n[project.gui-scripts]\ndraw = 'draw:main'\n",
            ),
            ("draw.py", "def main():\n    from PySide6.QtWidgets import QApplication\n    QApplication([]).exec()\n"),
        ],
        &[("kind", "gui"), ("gui-toolkit", "qt"), ("native-code", "wheels")],
    ),
    (
        "a plug-in of pytest",
        &[
            (
                "pyproject.toml",
                "[project]\nname = 'pytest-x'\nversion = '1'\ndependencies = ['pytest']\n[project.entry-points.pytest11]\nx = 'pytest_x'\n",
            ),
            ("pytest_x.py", "import pytest\n"),
        ],
        &[("kind", "plugin"), ("gui-toolkit", "none"), ("framework", "none")],
    ),
    (
        "a program that takes plug-ins",
        &[
            (
                "pyproject.toml",
                "[project]\nname = 'host'\nversion = '1'\ndependencies = ['pluggy']\n[project.scripts]\nhost = 'host:main'\n",
            ),
            ("host.py", "import argparse\n\nimport pluggy\n\n\ndef main():\n    argparse.ArgumentParser()\n"),
        ],
        &[("kind", "cli"), ("plugins", "pure")],
    ),
    (
        "the files of a CircuitPython board",
        &[
            ("boot.py", "import storage\n\nstorage.remount('/', False)\n"),
            ("code.py", "import time\n\nimport board\nimport digitalio\n\nled = digitalio.DigitalInOut(board.LED)\n"),
        ],
        &[("kind", "firmware"), ("environment", "microcontroller")],
    ),
    (
        "a function",
        &[
            ("handler.py", "import json\n\n\ndef lambda_handler(event, context):\n    return json.dumps(event)\n"),
            ("template.yaml", "Transform: AWS::Serverless-2016-10-31\n"),
        ],
        &[("kind", "function"), ("environment", "serverless"), ("framework", "aws-lambda")],
    ),
    (
        "an add-on of QGIS in its folder",
        &[
            ("layers/metadata.txt", "[general]\nname=Layers\nqgisMinimumVersion=3.0\n"),
            ("layers/__init__.py", "def classFactory(iface):\n    from qgis.core import QgsProject\n"),
        ],
        &[("kind", "plugin"), ("environment", "host-application")],
    ),
    (
        "a library",
        &[
            ("pyproject.toml", "[project]\nname = 'lib'\nversion = '1'\ndependencies = ['attrs']\n"),
            ("lib/__init__.py", "import attr\n"),
            ("lib/core.py", "x = 1\n"),
        ],
        &[("kind", "library"), ("native-code", "none"), ("source-files", "several")],
    ),
    (
        "a module of its own",
        &[
            (
                "pyproject.toml",
                "[build-system]\nrequires = ['setuptools', 'Cython']\n[project]\nname = 'fast'\nversion = '1'\n",
            ),
            ("fast/__init__.py", ""),
            ("fast/core.pyx", ""),
        ],
        &[("kind", "library"), ("native-code", "compiled")],
    ),
    (
        "one script",
        &[("report.py", "import csv\nprint(csv)\n")],
        &[("source-files", "single"), ("dependencies", "stdlib-only")],
    ),
];

#[test]
fn small_projects_of_every_kind_are_known_for_what_they_are() {
    for (what, files, expected) in KINDS {
        let bench = Workbench::new();
        let project = bench.project("project", files);
        let facts = inspect::read(&project).unwrap_or_else(|error| panic!("{what}: {error}")).facts;
        for (fact, tag) in *expected {
            let fact = Fact::named(fact).expect("a word of the vocabulary");
            let tags: Vec<_> = facts.get(fact).map(|known| known.tags.ids(fact).collect()).unwrap_or_default();
            assert_eq!(tags, [*tag], "{what}: {}", fact.id());
        }
    }
}

/// What published projects taught: files like theirs, and the fact that must not be claimed of them.
const NOT: &[(&str, Files, Claim)] = &[
    (
        "a formatter that also tells others its schema",
        &[
            (
                "pyproject.toml",
                "[project]\nname = 'fmt'\nversion = '1'\n[project.scripts]\nfmt = 'fmt:main'\n[project.entry-points.'validate_pyproject.tool_schema']\nfmt = 'fmt:schema'\n",
            ),
            ("fmt.py", "import argparse\n\n\ndef main():\n    argparse.ArgumentParser()\n"),
        ],
        ("kind", "plugin"),
    ),
    (
        "a program whose set-up computes its scripts",
        &[
            ("setup.py", "from setuptools import setup\n\nsetup(name='files', packages=['files'], scripts=found())\n"),
            ("files/__init__.py", ""),
        ],
        ("kind", "library"),
    ),
    (
        "a tool that puts programs onto AWS and brings their handler",
        &[
            ("pyproject.toml", "[project]\nname = 'up'\nversion = '1'\n[project.scripts]\nup = 'up.cli:main'\n"),
            ("up/__init__.py", ""),
            ("up/cli.py", "import argparse\n\n\ndef main():\n    argparse.ArgumentParser()\n"),
            ("up/handler.py", "def lambda_handler(event, context):\n    pass\n"),
        ],
        ("environment", "serverless"),
    ),
    (
        "a terminal program that once asks Tk for the size of the screen",
        &[
            (
                "pyproject.toml",
                "[project]\nname = 'paint'\nversion = '1'\ndependencies = ['textual']\n[project.scripts]\npaint = 'paint:main'\n",
            ),
            (
                "paint.py",
                "from textual.app import App\n\n\ndef size():\n    import tkinter\n    return tkinter.Tk().winfo_screenwidth()\n\n\ndef main():\n    App().run()\n",
            ),
        ],
        ("gui-toolkit", "tk"),
    ),
    (
        "a component for Streamlit",
        &[
            ("pyproject.toml", "[project]\nname = 'menu'\nversion = '1'\ndependencies = ['streamlit']\n"),
            ("menu/__init__.py", "import streamlit as st\n\nif False:\n    st.write('a')\n"),
        ],
        ("framework", "streamlit"),
    ),
    (
        "lights on a Raspberry Pi by Blinka",
        &[("lights.py", "import board\nimport neopixel\n"), ("requirements.txt", "adafruit-blinka\nrpi_ws281x\n")],
        ("environment", "microcontroller"),
    ),
];

#[test]
fn what_is_not_sure_is_not_claimed() {
    for (what, files, (fact, tag)) in NOT {
        let bench = Workbench::new();
        let project = bench.project("project", files);
        let facts = inspect::read(&project).unwrap_or_else(|error| panic!("{what}: {error}")).facts;
        assert!(!facts.has(fact, tag), "{what} is said to have {fact} = {tag}");
    }
}
