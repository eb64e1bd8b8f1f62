//! Where no sandbox confines a program, it is started only by consent: neither arguments nor settings of a project give it.

use std::path::{Path, PathBuf};

use packwright_tests::{Invocation, Terminal, Workbench, tree};
use serde_json::Value;

use crate::{expect_words, path_of};

/// A program that visibly reads its arguments, and leaves a mark as soon as it is imported.
fn marking(mark: &Path) -> String {
    format!(
        "import argparse\n\nopen({:?}, 'w').close()\n\n\ndef main():\n    \
         parser = argparse.ArgumentParser(prog='greet')\n    parser.add_argument('--version', action='version', \
         version='greet 1.0')\n    parser.parse_args()\n\n\nif __name__ == '__main__':\n    main()\n",
        mark.display().to_string()
    )
}

fn mark(bench: &Workbench) -> PathBuf {
    bench.path().join("mark")
}

/// A project that only declares, with that program.
fn project(bench: &Workbench) -> PathBuf {
    bench.project("greet", &tree::console_project(&[("greet.py", &marking(&mark(bench)))]))
}

fn build(bench: &Workbench, technology: &str, project: &Path) -> Invocation {
    let out = bench.path().join("out");
    bench.packwright_unconfined().args(["build", technology, "--json", "--out"]).arg(out).arg(project)
}

/// Fails unless the artifact is there, says that it was not tried, and nothing of it ran.
#[track_caller]
fn expect_untried(bench: &Workbench, artifact: &Value) {
    assert!(!mark(bench).exists(), "it was started: {artifact}");
    assert!(path_of(artifact).exists());
    assert_eq!(artifact["verified"]["outcome"], "not-tried", "{artifact}");
    expect_words(&artifact["verified"]["because"].to_string(), &["no sandbox", "nobody has agreed"]);
}

#[test]
fn a_program_that_visibly_reads_arguments_is_not_started_unasked() {
    let bench = Workbench::new();
    let root = project(&bench);
    for technology in ["wheel", "zipapp", "sdist", "pex"] {
        let run = build(&bench, technology, &root).run().expect_code(0);
        expect_untried(&bench, &run.artifact());
    }
    let _ = build(&bench, "wheel", &root).arg("--strict").run().expect_code(1);
    let told = bench.packwright_unconfined().args(["build", "wheel", "--out"]).arg(bench.path().join("out")).arg(&root);
    expect_words(&told.run().expect_code(0).stdout, &["nobody has agreed", "Agree to it: `--trust`"]);
    assert!(!mark(&bench).exists());
}

#[test]
fn a_single_script_is_not_started_unasked() {
    let bench = Workbench::new();
    let root = bench.project("scripts", &[("greet.py", &marking(&mark(&bench)))]);
    let run = build(&bench, "pep723-script", &root.join("greet.py")).run().expect_code(0);
    expect_untried(&bench, &run.artifact());
}

#[test]
fn no_setting_of_a_project_starts_it() {
    let attempts = "try = { by = \"arguments\", attempts = [[\"--version\"]] }";
    let import = "try = { by = \"import\", modules = [\"greet\"] }";
    let service = "try = { by = \"http\", port = 8765, path = \"/\", deadline = 1 }";
    for setting in [attempts, import, service, "try = { by = \"window\", deadline = 1 }"] {
        let bench = Workbench::new();
        let root = project(&bench);
        let definition = root.join("pyproject.toml");
        let text = format!("{}\n[tool.packwright]\n{setting}\n", tree::read(&definition));
        std::fs::write(&definition, text).unwrap();
        let run = build(&bench, "wheel", &root).run().expect_code(0);
        expect_untried(&bench, &run.artifact());
    }
}

#[test]
fn trust_starts_it_and_what_is_not_tried_needs_none() {
    let bench = Workbench::new();
    let root = project(&bench);
    let artifact = build(&bench, "zipapp", &root).arg("--no-verify").run().expect_code(0).artifact();
    assert!(!mark(&bench).exists());
    expect_words(&artifact["verified"]["because"].to_string(), &["--no-verify was given"]);
    let artifact = build(&bench, "zipapp", &root).arg("--trust").run().expect_code(0).artifact();
    assert_eq!(artifact["verified"]["outcome"], "ran", "{artifact}");
    assert!(mark(&bench).exists());
}

#[test]
fn a_plan_says_what_would_be_started() {
    let bench = Workbench::new();
    let root = project(&bench);
    let run = bench.packwright_unconfined().args(["plan", "zipapp"]).arg(&root).run().expect_code(0);
    let said = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    expect_words(&said, &["starts `greet", "--version`", "without a sandbox", "--trust"]);
}

fn at_a_terminal(bench: &Workbench, project: &Path) -> Terminal {
    let out = bench.path().join("out");
    let run = bench.packwright_unconfined().args(["build", "zipapp", "--out"]).arg(out).arg(project);
    Terminal::start(&run, 100, 30)
}

#[test]
fn whoever_declines_gets_it_untried_and_whoever_agrees_is_not_asked_again_until_it_changes() {
    let bench = Workbench::new();
    let root = project(&bench);
    let mut terminal = at_a_terminal(&bench, &root);
    terminal.shows("[y/N]");
    let screen = terminal.screen().split_whitespace().collect::<Vec<_>>().join(" ");
    expect_words(&screen, &["--version`", "without a sandbox"]);
    assert!(!screen.contains("build code"), "it has none: {screen}");
    terminal.answers("n");
    let (code, text) = terminal.ends();
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("was not tried") && !mark(&bench).exists(), "{text}");
    let mut terminal = at_a_terminal(&bench, &root);
    terminal.shows("[y/N]");
    terminal.answers("y");
    let (code, text) = terminal.ends();
    assert_eq!(code, 0, "{text}");
    assert!(mark(&bench).exists(), "{text}");
    let mut terminal = at_a_terminal(&bench, &root);
    terminal.shows("What would you type first?");
    terminal.answers("");
    let (code, text) = terminal.ends();
    assert!(code == 0 && !text.contains("[y/N]"), "{text}");
    let module = root.join("greet.py");
    std::fs::write(&module, format!("{}# changed\n", tree::read(&module))).unwrap();
    at_a_terminal(&bench, &root).shows("[y/N]");
}

#[test]
fn building_is_agreed_to_apart_from_starting() {
    let bench = Workbench::new();
    let files = tree::legacy_project("");
    let files: Vec<_> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let root = bench.project("hostile", &files);
    let run = bench.packwright_unconfined().args(["build", "wheel", "--out"]).arg(bench.path().join("out")).arg(&root);
    let mut terminal = Terminal::start(&run, 100, 30);
    terminal.shows("Trust hostile as it is now? [y/N]");
    terminal.answers("y");
    terminal.shows("Start it, to try it?");
    terminal.answers("n");
    let (code, text) = terminal.ends();
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("was not tried"), "{text}");
}

#[test]
fn verifying_starts_nothing_unasked_either() {
    let bench = Workbench::new();
    let root = project(&bench);
    let artifact = path_of(&build(&bench, "zipapp", &root).arg("--no-verify").run().expect_code(0).artifact());
    let run = bench.packwright_unconfined().args(["verify", "--json"]).arg(&artifact).run().expect_code(0).json();
    assert!(!mark(&bench).exists(), "{run}");
    assert_eq!(run["verdicts"][0]["outcome"], "not-tried", "{run}");
    expect_words(&run["verdicts"][0]["because"].to_string(), &["no sandbox", "nobody has agreed"]);
    let told = bench.packwright_unconfined().arg("verify").arg(&artifact).run().expect_code(0).stdout;
    expect_words(&told, &["Agree to it: `--trust`"]);
    let run = bench.packwright_unconfined().args(["verify", "--json", "--trust"]).arg(&artifact).run().expect_code(0);
    assert_eq!(run.json()["verdicts"][0]["outcome"], "ran", "{run}");
    assert!(mark(&bench).exists());
}

#[test]
fn what_only_its_receipt_vouches_for_is_not_started_even_with_trust() {
    let bench = Workbench::new();
    let root = project(&bench);
    let artifact = path_of(&build(&bench, "zipapp", &root).arg("--no-verify").run().expect_code(0).artifact());
    // On another machine the history knows nothing of it.
    let elsewhere = bench.path().join("elsewhere");
    let run = bench.packwright_unconfined().args(["verify", "--json", "--trust"]).arg(&artifact);
    let run = run.env("PACKWRIGHT_DATA", &elsewhere).run().expect_code(0).json();
    expect_words(&run["verdicts"][0]["because"].to_string(), &["neither built here nor signed"]);
    assert!(!mark(&bench).exists());
}
