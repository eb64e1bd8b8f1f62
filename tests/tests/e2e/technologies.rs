//! Every technology for every project: an artifact that was tried, or the reason why not.

use std::path::Path;

use packwright_core::backends;
use packwright_tests::{Workbench, has, tree};
use serde_json::Value;

use crate::path_of;

/// Builds every technology in one run and expects that these are made and that all others say why they are not.
fn expect_made(name: &str, expected: &[&str]) {
    let bench = Workbench::new();
    let project = bench.copy_of(name);
    let technologies: Vec<&str> = backends::all().iter().map(|backend| backend.entry().id.as_str()).collect();
    let run = bench
        .packwright(["build"])
        .args(&technologies)
        .arg(&project)
        .args(["--json", "--trust", "--out"])
        .arg(bench.path().join("out"))
        .run();
    let finished = run.finished();
    let list = |key: &str| finished[key].as_array().cloned().unwrap_or_default();
    let made = list("artifacts");
    let names: Vec<_> = made.iter().filter_map(|artifact| artifact["technology"].as_str()).collect();
    for technology in expected {
        assert!(names.contains(technology), "`{technology}` was not made for `{name}`\n{run}");
    }
    made.iter().for_each(expect_proven);
    for problem in list("problems") {
        let (technology, message) = (problem["technology"].as_str(), problem["message"].as_str());
        assert!(technology.is_some() && message.is_some_and(|message| message.len() > 20), "{problem}\n{run}");
    }
    assert_eq!(names.len() + list("problems").len(), technologies.len(), "neither made nor explained\n{run}");
    assert_eq!(run.code, i32::from(names.len() < technologies.len()), "{run}");
}

fn expect_proven(artifact: &Value) {
    let path = path_of(artifact);
    assert!(path.exists(), "{artifact}");
    let verdict = &artifact["verified"];
    assert!(crate::is_proven(artifact), "{artifact}");
    assert!(!verdict["room"]["wanted"].as_str().unwrap_or_default().is_empty(), "{artifact}");
    let receipt = path.with_file_name(format!("{}.receipt.json", tree::name(&path)));
    let receipt: Value = serde_json::from_str(&tree::read(&receipt)).expect("a receipt is JSON");
    assert_eq!(receipt["artifact"]["sha256"], artifact["sha256"], "{artifact}");
    assert_eq!(receipt["format"], 2);
    // Not only the first trial counts: what another one lacks here must be known, too.
    let trials = receipt["trials"].as_array().expect("a receipt has trials");
    let is_linted = has("lintian", Path::new("/usr/bin/lintian").exists());
    let is_lacking = |verdict: &Value| {
        let outcome = verdict["outcome"].as_str().unwrap_or_default();
        outcome == "not-tried" && (is_linted || !verdict["because"].to_string().contains("lintian"))
    };
    assert!(
        !crate::PROVEN.contains(&verdict["outcome"].as_str().unwrap_or_default()) || !trials.iter().any(is_lacking),
        "{receipt}"
    );
}

#[test]
fn the_weather_is_told_by_everything_that_can_carry_two_dependencies_and_a_data_file() {
    expect_made("weather-cli", &["sdist", "wheel", "entry-point-tool", "zipapp", "pex", "shiv", "pyinstaller", "deb"]);
}

#[test]
fn one_file_is_shipped_as_it_is_or_zipped() {
    expect_made("one-file", &["module", "pep723-script", "zipapp", "pyinstaller", "deb"]);
}

#[test]
fn a_native_dependency_is_carried_by_what_unpacks_itself() {
    expect_made("numpy-report", &["sdist", "wheel", "entry-point-tool", "pex", "shiv", "pyinstaller", "deb"]);
}

#[test]
fn a_service_of_the_standard_library_answers_where_it_is_shipped_to() {
    expect_made("hello-svc", &["sdist", "wheel", "entry-point-tool", "zipapp", "pex", "shiv", "pyinstaller", "deb"]);
}

#[test]
fn a_flat_poetry_project_is_built_by_its_own_backend() {
    expect_made("poetry-flat", &["sdist", "wheel", "entry-point-tool", "zipapp", "pex", "shiv"]);
}

#[test]
fn a_single_module_is_built_by_flit() {
    expect_made("flit-app", &["sdist", "wheel", "entry-point-tool", "zipapp", "pex", "shiv"]);
}

#[test]
fn a_native_dependency_keeps_a_program_out_of_a_zipapp() {
    let bench = Workbench::new();
    let project = bench.copy_of("numpy-report");
    let run = crate::build(&bench, "zipapp", &project).expect_code(1);
    crate::expect_words(&crate::problem(&run), &["numpy"]);
}

#[test]
fn the_command_of_the_readme_builds_what_is_recommended() {
    let bench = Workbench::new();
    let out = bench.path().join("out");
    let run = bench
        .packwright(["build", "--recommended", "examples/weather-cli", "--json", "--out"])
        .arg(&out)
        .within(packwright_tests::repository())
        .run()
        .expect_code(0);
    expect_proven(&run.artifact());
}

#[test]
fn the_same_source_gives_the_same_bytes() {
    let (one, two) = (Workbench::new().with_own_cache(), Workbench::new());
    let digest = |bench: &Workbench, project: &str, technology: &str, option: &str| {
        let project = bench.copy_of(project);
        let more = ["--no-verify", "--option", option];
        let more = if option.is_empty() { &more[..1] } else { &more[..] };
        crate::build_with(bench, technology, &project, more).expect_code(0).artifact()["sha256"].clone()
    };
    for (project, technology, option) in [
        ("weather-cli", "zipapp", ""),
        ("one-file", "pyinstaller", ""),
        ("weather-cli", "deb", "payload=venv"),
        ("hello-svc", "deb", "payload=frozen"),
    ] {
        let [first, second] = [&one, &two].map(|bench| digest(bench, project, technology, option));
        assert_eq!(first, second, "{technology} of {project} with {option}");
    }
}

#[test]
fn a_frozen_program_says_on_what_it_runs_and_runs_without_an_environment() {
    let bench = Workbench::new();
    let project = bench.copy_of("one-file");
    let run = crate::build_with(&bench, "pyinstaller", &project, &["--option", "layout=file"]).expect_code(0);
    let (artifact, path) = (run.artifact(), path_of(&run.artifact()));
    let oldest = artifact["runs_on"].as_str().unwrap_or_default();
    let version = oldest.strip_prefix("Linux with glibc ").and_then(|rest| rest.split(' ').next()).expect(oldest);
    assert!(tree::name(&path).contains(&format!("-glibc{version}-")), "{artifact}");
    let started = |program: &Path| std::process::Command::new(program).arg("--version").env_clear().output();
    let said = started(&path).expect("it starts");
    assert_eq!(String::from_utf8_lossy(&said.stdout), "tally 0.3.0\n");
    // No library looks for others in a folder of this machine, whatever Python it comes from.
    assert_eq!(artifact["warnings"], serde_json::json!([]), "{artifact}");
    assert_eq!(artifact["starts"], "");
    let other = Workbench::new();
    let folder = crate::build_with(&other, "pyinstaller", &project, &["--option", "layout=folder"]).expect_code(0);
    let artifact = folder.artifact();
    assert_eq!(artifact["warnings"], serde_json::json!([]), "{artifact}");
    let program = path_of(&artifact).join(artifact["starts"].as_str().expect("what is started is said"));
    assert_eq!(started(&program).expect("it starts").stdout, said.stdout);
    let receipt = tree::read(&path.with_file_name(format!("{}.receipt.json", tree::name(&path))));
    let receipt: Value = serde_json::from_str(&receipt).expect("a receipt is JSON");
    crate::expect_words(&receipt["tools"].to_string(), &["\"pyinstaller\""]);
}

#[test]
fn a_changed_bang_path_keeps_a_zipapp_running() {
    let bench = Workbench::new();
    let project = bench.copy_of("weather-cli");
    let artifact = path_of(&crate::build(&bench, "zipapp", &project).expect_code(0).artifact());
    let other = bench.path().join("other.pyz");
    let python = |arguments: &[&std::ffi::OsStr]| {
        std::process::Command::new("python3").args(arguments).output().expect("Python runs")
    };
    let change =
        ["-m".as_ref(), "zipapp".as_ref(), artifact.as_os_str(), "-p".as_ref(), "/usr/bin/env python3".as_ref()];
    let changed = python(&[&change[..], &["-o".as_ref(), other.as_os_str()]].concat());
    assert!(changed.status.success(), "{}", String::from_utf8_lossy(&changed.stderr));
    let ran = python(&[other.as_os_str(), "--version".as_ref()]);
    assert_eq!(String::from_utf8_lossy(&ran.stdout), "weather, version 1.2.0\n");
}
