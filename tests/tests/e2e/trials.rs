//! What proves that an artifact works, and what a result is called when nothing does.

use std::path::{Path, PathBuf};

use packwright_tests::{Workbench, has, tree};

use crate::{build, build_with, expect_words, problem};

/// The small project with this program and this under `[tool.packwright]`.
fn program(bench: &Workbench, code: &str, settings: &str) -> PathBuf {
    let root = bench.project("greet", &tree::console_project(&[("greet.py", code)]));
    let definition = root.join("pyproject.toml");
    std::fs::write(&definition, format!("{}\n[tool.packwright]\n{settings}\n", tree::read(&definition))).unwrap();
    root
}

const SERVER: &str = "import http.server\nimport os\n\n\ndef main():\n    port = int(os.environ.get('PORT', '8765'))\n    \
                      http.server.HTTPServer(('127.0.0.1', port), http.server.SimpleHTTPRequestHandler).serve_forever()\n";

#[test]
fn a_server_is_tried_by_asking_it() {
    let bench = Workbench::new();
    let root = program(&bench, SERVER, "try = { by = \"http\", port = 8765, path = \"/\", deadline = 30 }");
    let artifact = build(&bench, "zipapp", &root).expect_code(0).artifact();
    assert_eq!(artifact["verified"]["outcome"], "answered", "{artifact}");
}

#[test]
fn what_is_done_in_a_room_is_told_as_steps_are() {
    let bench = Workbench::new();
    let root = program(&bench, SERVER, "try = { by = \"http\", port = 8765, path = \"/\", deadline = 30 }");
    let records = build(&bench, "wheel", &root).expect_code(0).records();
    let titles: Vec<&str> = records.iter().filter_map(|record| record["title"].as_str()).collect();
    let trial = titles.iter().position(|title| *title == "Start it").expect("the start is told");
    assert!(trial > 0 && records.iter().any(|record| record["type"] == "check-started"), "{titles:?}");
    let started = records.iter().find(|record| record["title"] == "Start it").unwrap();
    let ended = records.iter().find(|record| record["type"] == "step-finished" && record["step"] == started["step"]);
    assert_eq!(ended.expect("and its end")["end"], "done");
}

#[test]
fn a_server_that_never_answers_fails_its_trial() {
    let bench = Workbench::new();
    let silent = "import time\n\n\ndef main():\n    time.sleep(600)\n";
    let root = program(&bench, silent, "try = { by = \"http\", port = 8765, path = \"/\", deadline = 2 }");
    let _ = build(&bench, "zipapp", &root).expect_code(1);
}

#[test]
fn a_failed_trial_is_explained_by_what_the_program_printed() {
    let bench = Workbench::new();
    let code = "import nomod\n\n\ndef main():\n    nomod.run()\n";
    let root = program(&bench, code, "try = { by = \"arguments\", attempts = [[\"--help\"]] }");
    let run = build(&bench, "zipapp", &root).expect_code(1);
    let words = ["`nomod` is not in the archive", "Declare it as a dependency"];
    expect_words(&problem(&run), &words);
    let finished = run.finished();
    let log = finished["problems"][0]["log"].as_str().expect("the log is named");
    assert!(tree::read(Path::new(log)).contains("ModuleNotFoundError"), "{log}");
}

/// Whether a window can be shown here.
pub fn can_show() -> bool {
    has("display", ["Xvfb", "xdotool"].iter().all(|tool| Path::new("/usr/bin").join(tool).exists()))
}

const WINDOW: &str =
    "import tkinter\n\n\ndef main():\n    root = tkinter.Tk()\n    root.title('A greeting')\n    root.mainloop()\n";

#[test]
fn a_plan_says_which_trial_cannot_be_made_here_and_what_is_missing_for_it() {
    let bench = Workbench::new();
    let root = program(&bench, WINDOW, "try = { by = \"window\", deadline = 40 }");
    let bin = bench.only(&["python3", "bwrap"]);
    let plan = |format: &[&str]| bench.packwright(["plan", "zipapp"]).args(format).arg(&root).env("PATH", &bin).run();
    let answer = plan(&["--json"]).expect_code(0).json();
    expect_words(&answer["lacks"]["untried"].to_string(), &["will not be tried", "`Xvfb` and `xdotool`"]);
    let said = plan(&[]).expect_code(0).stdout;
    expect_words(&said, &["will not be tried", "Xvfb"]);
}

#[test]
fn a_program_with_a_window_is_tried_by_waiting_for_it() {
    let bench = Workbench::new();
    let root = program(&bench, WINDOW, "try = { by = \"window\", deadline = 40 }");
    let artifact = build(&bench, "zipapp", &root).expect_code(0).artifact();
    let verdict = &artifact["verified"];
    // Without a display server nothing can be shown, and then nothing may be claimed.
    let (outcome, words) = if can_show() { ("answered", "A greeting") } else { ("not-tried", "xvfb") };
    assert_eq!(verdict["outcome"], outcome, "{artifact}");
    expect_words(&verdict["because"].to_string(), &[words]);
}

#[test]
fn a_program_that_fails_when_it_starts_fails_the_build_and_is_quoted() {
    let bench = Workbench::new();
    let broken = "import argparse\n\n\ndef main():\n    argparse.ArgumentParser().parse_known_args()\n    \
                  raise RuntimeError('the gears are stuck')\n";
    let root = program(&bench, broken, "try = { by = \"arguments\", attempts = [[\"now\"]] }");
    let run = build(&bench, "zipapp", &root).expect_code(1);
    expect_words(&problem(&run), &["the gears are stuck"]);
}

#[test]
fn a_library_is_tried_by_importing_it() {
    let bench = Workbench::new();
    let root = program(&bench, "VALUE = 1\n", "try = { by = \"import\", modules = [\"greet\"] }");
    let artifact = build(&bench, "wheel", &root).expect_code(0).artifact();
    assert_eq!(artifact["verified"]["outcome"], "installed-and-ran", "{artifact}");
}

#[test]
fn what_was_not_tried_is_said_so_and_is_strictly_a_failure() {
    let bench = Workbench::new();
    let root = program(&bench, SERVER, "try = { by = \"none\", because = \"it moves a robot\" }");
    let artifact = build(&bench, "zipapp", &root).expect_code(0).artifact();
    assert_eq!(artifact["verified"]["outcome"], "not-tried", "{artifact}");
    expect_words(&artifact["verified"]["because"].to_string(), &["it moves a robot"]);
    let _ = build_with(&bench, "zipapp", &root, &["--strict"]).expect_code(1);
}

#[test]
fn a_wheel_that_drops_a_data_file_is_yellow() {
    let bench = Workbench::new();
    let definition = "[build-system]\nrequires = [\"setuptools>=77\"]\nbuild-backend = \"setuptools.build_meta\"\n\n\
                      [project]\nname = \"greet\"\nversion = \"1.0\"\n\n[project.scripts]\ngreet = \"greet.cli:main\"\n\n\
                      [tool.setuptools.packages.find]\nwhere = [\"src\"]\n\n\
                      [tool.setuptools]\ninclude-package-data = false\n";
    let cli = "import argparse\n\n\ndef main():\n    argparse.ArgumentParser(prog=\"greet\").parse_args()\n";
    let root = bench.project(
        "greet",
        &[
            ("pyproject.toml", definition),
            ("src/greet/__init__.py", ""),
            ("src/greet/cli.py", cli),
            ("src/greet/words.json", "{}"),
        ],
    );
    let artifact = build(&bench, "wheel", &root).expect_code(0).artifact();
    expect_words(&artifact["warnings"].to_string(), &["words.json"]);
    let _ = build_with(&bench, "wheel", &root, &["--strict"]).expect_code(1);
}

#[test]
fn what_is_tried_again_is_told_act_by_act() {
    let bench = Workbench::new();
    let root = program(&bench, SERVER, "try = { by = \"http\", port = 8765, path = \"/\", deadline = 30 }");
    let artifact = crate::path_of(&build(&bench, "zipapp", &root).expect_code(0).artifact());
    let run = bench.packwright(["verify", "--trust"]).arg(&artifact).run().expect_code(0);
    let told = run.says(&["Start it"]).stderr;
    assert!(told.lines().any(|line| line.starts_with('✓') && line.contains("Start it")), "{told}");
}
