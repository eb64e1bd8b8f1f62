//! What is looked at in an artifact beside its start: its modules, its commands, what people type; and what it opens.

use std::path::PathBuf;

use packwright_tests::{Workbench, tree};

use crate::{build, build_with, expect_words, path_of, problem};

/// A program of two commands, of which one needs what nothing brings along.
const COMMANDS: &str = "import argparse\n\n\ndef main():\n    parser = argparse.ArgumentParser(prog=\"greet\")\n    \
                        parser.add_argument(\"--version\", action=\"version\", version=\"greet 1.0\")\n    \
                        commands = parser.add_subparsers(dest=\"command\")\n    commands.add_parser(\"hello\")\n    \
                        commands.add_parser(\"draw\")\n    if parser.parse_args().command == \"draw\":\n        \
                        import greetings.drawing\n        greetings.drawing.draw()\n    print(\"hello\")\n";

const DEFINITION: &str = "[build-system]\nrequires = [\"flit_core>=3.11\"]\nbuild-backend = \"flit_core.buildapi\"\n\n\
                          [project]\nname = \"greetings\"\nversion = \"1.0\"\ndescription = \"Says hello\"\n\n\
                          [project.scripts]\ngreet = \"greetings.cli:main\"\n";

fn package(bench: &Workbench, more: &[(&str, &str)]) -> PathBuf {
    let mut files = vec![("pyproject.toml", DEFINITION), ("greetings/__init__.py", ""), ("greetings/cli.py", COMMANDS)];
    files.extend(more);
    bench.project("greetings", &files)
}

fn tried(artifact: &serde_json::Value) -> String {
    artifact["verified"]["tried"].to_string()
}

#[test]
fn a_module_that_cannot_be_imported_makes_it_yellow_with_its_line() {
    let bench = Workbench::new();
    let drawing = "import os\nimport nosuchmodule_here\n\n\ndef draw():\n    pass\n";
    let root = package(&bench, &[("greetings/drawing.py", drawing), ("greetings/words.txt", "hello")]);
    for technology in ["zipapp", "wheel"] {
        let artifact = build(&bench, technology, &root).expect_code(0).artifact();
        expect_words(&artifact["warnings"].to_string(), &["`nosuchmodule_here`", "greetings/drawing.py:2"]);
        expect_words(
            &tried(&artifact),
            &["imported 2 of its modules", "opened 1 data file", "asked `hello` and `draw` for `--help`"],
        );
    }
}

#[test]
fn a_command_that_breaks_when_it_is_asked_for_help_is_not_handed_over() {
    let bench = Workbench::new();
    let early = COMMANDS.replace(
        "    commands.add_parser(\"draw\")\n",
        "    commands.add_parser(\"draw\")\n    import sys\n    if \"draw\" in sys.argv:\n        import nosuchmodule_here\n",
    );
    let root = package(&bench, &[("greetings/cli.py", &early)]);
    let run = build(&bench, "zipapp", &root).expect_code(1);
    expect_words(&problem(&run), &["`draw --help` ends with", "nosuchmodule_here"]);
}

#[test]
fn what_people_type_is_run_and_what_fails_is_told() {
    let bench = Workbench::new();
    let root = package(&bench, &[("greetings/drawing.py", "def draw():\n    raise SystemExit(3)\n")]);
    let definition = root.join("pyproject.toml");
    let settings = |typed: &str| {
        std::fs::write(&definition, format!("{DEFINITION}\n[tool.packwright]\ntry = [{typed}]\n")).unwrap();
    };
    settings("\"greet hello\"");
    let artifact = build(&bench, "zipapp", &root).expect_code(0).artifact();
    expect_words(&tried(&artifact), &["ran `greet hello`"]);
    let run = build_with(&bench, "zipapp", &root, &["--try", "greet draw"]).expect_code(1);
    expect_words(&problem(&run), &["Run `greet draw`", "exit code 3"]);
}

#[cfg(unix)]
#[test]
fn who_builds_at_a_terminal_is_asked_what_is_typed_first_and_it_is_kept() {
    let bench = Workbench::new();
    let root = bench.project("greet", &tree::console_project(&[]));
    let start = || {
        let run = bench.packwright(["build", "zipapp", "--out"]).arg(bench.path().join("out")).arg(&root);
        packwright_tests::Terminal::start(&run, 100, 30)
    };
    let mut terminal = start();
    terminal.shows("What would you type first?");
    terminal.answers("greet --version");
    let (code, text) = terminal.ends();
    let told = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(code == 0 && told.contains("ran `greet --version`"), "{text}");
    assert!(tree::read(&root.join("pyproject.toml")).contains("try = [\"greet --version\"]"));
    let (code, text) = start().ends();
    assert!(code == 0 && !text.contains("What would you type first?"), "{text}");
}

#[test]
fn a_program_that_is_not_to_be_started_is_looked_at_all_the_same() {
    let bench = Workbench::new();
    let root =
        bench.project("loop", &[("loop.py", "import nosuchmodule_here\nwhile True:\n    nosuchmodule_here.turn()\n")]);
    let run = build(&bench, "module", &root.join("loop.py"));
    // What it imports is a requirement that nobody has; where it is offered after all it would be packed.
    assert_ne!(run.code, 0, "{run}");
    let silent = "import json\n\nprint(json.dumps({}))\n";
    let root = bench.project("silent", &[("silent.py", silent)]);
    let artifact = build(&bench, "zipapp", &root.join("silent.py")).expect_code(0).artifact();
    assert_eq!(artifact["verified"]["outcome"], "not-tried", "{artifact}");
}

#[test]
fn a_file_of_the_working_folder_is_told_with_the_line_that_finds_it() {
    let bench = Workbench::new();
    let code = "import argparse\n\n\ndef main():\n    argparse.ArgumentParser(prog=\"greet\").parse_args()\n    \
                print(open(\"words.txt\").read())\n    open(\"results.csv\", \"w\").write(\"1\")\n";
    let root = package(&bench, &[("greetings/cli.py", code), ("words.txt", "hello")]);
    for technology in ["wheel", "zipapp"] {
        let warnings = build(&bench, technology, &root).expect_code(0).artifact()["warnings"].to_string();
        expect_words(&warnings, &["`words.txt` (greetings/cli.py:6)", "in the folder in which the program is started"]);
        assert!(!warnings.contains("results.csv"), "that is where results belong: {warnings}");
    }
    let said = bench.packwright(["inspect"]).arg(&root).run().expect_code(0).stdout;
    expect_words(&said, &["words.txt", "results.csv"]);
}

#[test]
fn a_program_that_misses_a_file_when_it_starts_is_explained_by_the_line_that_opens_it() {
    let bench = Workbench::new();
    let code = "import argparse\n\n\ndef main():\n    words = open(\"words.txt\").read()\n    \
                argparse.ArgumentParser(prog=\"greet\", description=words).parse_args()\n";
    let root = package(&bench, &[("greetings/cli.py", code), ("greetings/words.txt", "hello")]);
    let run = build(&bench, "zipapp", &root).expect_code(1);
    let words = [
        "`greetings/words.txt` (greetings/cli.py:5)",
        "write `words = open(Path(__file__).parent / \"words.txt\").read()`",
    ];
    expect_words(&problem(&run), &words);
}

#[test]
fn a_python_that_the_program_starts_finds_its_modules() {
    let bench = Workbench::new();
    let code = "import argparse, subprocess, sys\n\n\ndef main():\n    argparse.ArgumentParser(prog=\"greet\").parse_args()\n    \
                sys.exit(subprocess.run([sys.executable, \"-m\", \"greetings.child\"]).returncode)\n";
    let root = package(&bench, &[("greetings/cli.py", code), ("greetings/child.py", "print(\"child\")\n")]);
    for technology in ["zipapp", "shiv", "pex"] {
        let artifact = build_with(&bench, technology, &root, &["--try", "greet"]).expect_code(0).artifact();
        assert_eq!(artifact["warnings"].as_array().map(Vec::len), Some(0), "{artifact}");
        expect_words(&tried(&artifact), &["ran `greet`"]);
    }
}

#[test]
fn who_gets_it_is_told_what_is_needed_and_how_it_is_started() {
    let bench = Workbench::new();
    let root = bench.project("greet", &tree::console_project(&[]));
    let out = bench.path().join("out");
    let run = bench.packwright(["build", "zipapp", "--trust", "--out"]).arg(&out).arg(&root).run().expect_code(0);
    let words = [
        "Send the file `greet-1.0-any-zipapp.pyz`",
        "Python 3.9 or newer",
        "python3 greet-1.0-any-zipapp.pyz",
        "on Windows: py",
    ];
    expect_words(&run.stdout.split_whitespace().collect::<Vec<_>>().join(" "), &words);
    let target = ["--target", "os=windows,arch=x86-64"];
    let artifact = build_with(&bench, "zipapp", &root, &target).expect_code(0).artifact();
    expect_words(&artifact["warnings"].to_string(), &["it is for windows, and was tried on"]);
}

#[test]
fn a_version_is_given_where_there_is_no_repository() {
    let bench = Workbench::new();
    let definition = "[build-system]\nrequires = [\"setuptools>=77\", \"setuptools-scm>=8\"]\n\
                      build-backend = \"setuptools.build_meta\"\n\n[project]\nname = \"tagless\"\ndynamic = [\"version\"]\n\n\
                      [tool.setuptools]\npy-modules = [\"tagless\"]\n\n[tool.setuptools_scm]\n";
    let root = bench.project("tagless", &[("pyproject.toml", definition), ("tagless.py", "")]);
    let artifact = build_with(&bench, "wheel", &root, &["--version-from-scm", "1.2.3"]).expect_code(0).artifact();
    let path = path_of(&artifact);
    assert!(path.ends_with("tagless-1.2.3-py3-none-any.whl"), "{artifact}");
    let receipt = tree::read(&PathBuf::from(format!("{}.receipt.json", path.display())));
    expect_words(&receipt, &["\"scm_version\": \"1.2.3\"", "as version 1.2.3"]);
    let run = build_with(&bench, "wheel", &root, &["--version-from-scm", "new"]).expect_code(2);
    expect_words(&problem(&run), &["`new` is no version"]);
}
