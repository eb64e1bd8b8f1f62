//! The real binary on real projects, from the command line to the artifact that runs.
//!
//! These tests need a Python ≥ 3.9 with pip and a package index, as users do. Everything else they make themselves.

mod another_day;
mod at_a_terminal;
mod bad_projects;
mod bad_requirements;
mod belongs;
mod build_hooks;
mod cancelling;
#[cfg(unix)]
mod damaged_cache;
#[cfg(target_os = "linux")]
mod debian;
mod diagnoses;
mod entry_points;
mod git_dependencies;
mod hostile_builds;
mod hostile_projects;
mod index_logins;
mod indexes;
mod inside;
mod interrupted;
#[cfg(target_os = "linux")]
mod leftovers;
mod needs;
mod odd_paths;
mod outputs;
mod packages;
mod privacy;
mod real_programs;
#[cfg(target_os = "linux")]
mod rooms;
#[cfg(target_os = "linux")]
mod roots;
#[cfg(unix)]
mod screens;
mod self_references;
mod shared_state;
mod signatures;
mod sizes;
mod source_only;
#[cfg(unix)]
mod starting;
mod technologies;
#[cfg(unix)]
mod trees;
mod trials;
#[cfg(unix)]
mod unasked_builds;
mod version_control;

use std::path::{Path, PathBuf};

use packwright_tests::{Run, Workbench};
use serde_json::Value;

/// What a trial calls a success.
const PROVEN: &[&str] = &["answered", "installed-and-ran", "ran"];

/// Whether an artifact was proven. Not every machine can make a Debian, and there nothing is tried in one.
fn is_proven(artifact: &Value) -> bool {
    let verdict = &artifact["verified"];
    let outcome = verdict["outcome"].as_str().unwrap_or_default();
    let wants_debian = verdict["room"]["wanted"].as_str().is_some_and(|room| room.starts_with("Debian"));
    let tools = ["mmdebstrap", "newuidmap"].iter().all(|tool| Path::new("/usr/bin").join(tool).exists());
    PROVEN.contains(&outcome) || outcome == "linted" || (wants_debian && !packwright_tests::has("debian", tools))
}

/// Builds one technology of a project with its code trusted.
fn build(bench: &Workbench, technology: &str, project: &Path) -> Run {
    build_with(bench, technology, project, &[])
}

/// Likewise, with further arguments.
fn build_with(bench: &Workbench, technology: &str, project: &Path, more: &[&str]) -> Run {
    bench
        .packwright(["build", technology])
        .arg(project)
        .args(["--json", "--trust", "--out"])
        .arg(bench.path().join("out"))
        .args(more)
        .run()
}

/// The path of a record of an artifact.
fn path_of(artifact: &Value) -> PathBuf {
    artifact["path"].as_str().map(PathBuf::from).unwrap_or_default()
}

/// The only problem of a run with `--json`, as its message with causes and hints, one a line.
#[track_caller]
fn problem(run: &Run) -> String {
    let finished = run.finished();
    let problems = finished["problems"].as_array().cloned().unwrap_or_default();
    assert_eq!(problems.len(), 1, "not one problem\n{run}");
    let problem = &problems[0];
    let texts = |key: &str, text: fn(&Value) -> Option<&str>| -> Vec<String> {
        problem[key].as_array().into_iter().flatten().filter_map(text).map(str::to_owned).collect()
    };
    let mut lines = vec![problem["message"].as_str().unwrap_or_default().to_owned()];
    lines.extend(texts("causes", Value::as_str));
    lines.extend(texts("hints", |hint| hint["text"].as_str()));
    lines.join("\n")
}

/// Fails unless every part is in the text.
#[track_caller]
fn expect_words(text: &str, words: &[&str]) {
    for word in words {
        assert!(text.contains(word), "{word:?} is not said in:\n{text}");
    }
}
