//! Help, versions, mistakes, and readers that go away.

use std::process::{Command, Stdio};

use packwright_tests::{Workbench, packwright};

#[test]
fn alone_it_says_what_can_be_typed_first() {
    let run = Workbench::new().run(&[] as &[&str]).expect_code(0);
    assert!(run.stdout.contains("packwright build --recommended"), "{run}");
}

#[test]
fn the_long_help_documents_the_exit_codes() {
    let run = Workbench::new().run(["--help"]).expect_code(0);
    for line in ["    4  a tool is missing", "  130  cancelled"] {
        assert!(run.stdout.contains(line), "{run}");
    }
}

#[test]
fn an_unknown_flag_is_a_usage_problem() {
    let _ = Workbench::new().run(["build", "--colour"]).expect_code(2).says(&["--colour"]);
}

#[test]
fn a_misspelt_technology_is_answered_with_the_nearest_one() {
    let bench = Workbench::new();
    let _ = bench.run(["build", "zipap"]).expect_code(2).says(&["`zipap`", "`zipapp`"]);
    let _ = bench.run(["explain", "wheeel"]).expect_code(2).says(&["`wheel`", "packwright list"]);
    let _ = bench.run(["explain", "instaler"]).expect_code(2).says(&["`installer`"]);
    let _ = bench.run(["plan", "pax"]).expect_code(2).says(&["`pex`"]);
}

#[test]
fn everyday_words_lead_somewhere() {
    let bench = Workbench::new();
    for (words, technology) in
        [(&["exe"][..], "pyinstaller"), (&["disk", "image"], "macos-installer"), (&["venv"], "pex")]
    {
        let run = bench.packwright(["explain"]).args(words).run().expect_code(0);
        assert!(run.stdout.contains("It leads to") && run.stdout.contains(technology), "{run}");
    }
    let sandbox = bench.run(["explain", "sandbox", "--json"]).expect_code(0).json();
    assert_eq!((sandbox["word"].as_str(), sandbox["see"].as_array().map(Vec::len)), (Some("sandbox"), Some(0)));
    for command in [["build", "installer"], ["plan", "installer"]] {
        let run = bench.run(command).expect_code(2);
        let _ = run.says(&[
            "`installer` is no technology, but leads to some",
            "`win-installer`",
            "packwright explain installer",
        ]);
    }
}

#[test]
fn what_is_missing_is_named_in_a_sentence() {
    let bench = Workbench::new();
    let _ = bench.run(["plan"]).expect_code(2).says(&["`packwright plan` lacks a technology, such as `wheel`"]);
    let run = bench.run(["verify", "--json"]).expect_code(2);
    assert_eq!(run.json()["problems"][0]["code"], "usage", "{run}");
}

#[test]
fn only_what_can_be_built_is_examined() {
    let bench = Workbench::new();
    let _ = bench.run(["doctor", "docker"]).expect_code(4).says(&["`docker`, but does not build it"]);
    let _ = bench.run(["doctor", "dokcer"]).expect_code(2).says(&["`docker`"]);
}

#[test]
fn a_folder_named_like_a_technology_is_reached_by_its_path() {
    let bench = Workbench::new();
    bench.project("docker", &[]);
    let _ = bench.run(["build", "zipapp", "./docker"]).expect_code(3).says(&["docker"]);
}

#[test]
fn a_wrong_target_is_a_usage_problem() {
    let run = Workbench::new().run(["build", "pex", "--target", "os=linus"]).expect_code(2);
    let _ = run.says(&["`linux`"]);
}

#[test]
fn every_shell_gets_completions() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let run = Workbench::new().run(["completions", shell]).expect_code(0);
        assert!(run.stdout.contains("packwright") && run.stdout.contains("inspect"), "{run}");
        // The others complete no values of positional arguments.
        let completes_values = matches!(shell, "bash" | "zsh");
        assert_eq!(run.stdout.contains("zipapp"), completes_values, "{run}");
    }
}

#[test]
fn there_is_a_manual_page_for_every_command() {
    let bench = Workbench::new();
    let _ = bench.run(["man", "share/man"]).expect_code(0);
    for page in ["packwright.1", "packwright-build.1", "packwright-advise.1"] {
        assert!(bench.path().join("share/man").join(page).is_file(), "{page}");
    }
    bench.project("full", &[("file", "")]);
    let _ = bench.run(["man", "full/file"]).expect_code(1).says(&["`full/file`"]);
}

#[test]
fn every_technology_is_listed_for_programs() {
    let run = Workbench::new().run(["list", "--json"]).expect_code(0);
    assert_eq!(run.json().as_array().map(Vec::len), Some(53), "{run}");
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let mut child = Command::new(packwright())
        .arg("list")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("the binary ends");
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]));
}

#[cfg(target_os = "linux")]
#[test]
fn an_answer_that_cannot_be_written_is_a_failure() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("Linux has /dev/full");
    let output = Command::new(packwright()).arg("list").stdout(full).output().expect("the binary starts");
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("cannot write the answer"));
}
