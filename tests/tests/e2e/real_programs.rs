//! Source distributions of real programs, fetched when the test runs: inspected, built by everything that fits, tried.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use packwright_core::backends;
use packwright_tests::{Workbench, tree};
use serde_json::Value;

/// Fetches and unpacks a source distribution; pip may run its metadata hooks, which is why this is only in a test.
fn source_of(bench: &Workbench, name: &str) -> PathBuf {
    let folder = bench.path().join("sdist");
    let fetched = Command::new("python3")
        .args(["-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", name, "--dest"])
        .arg(&folder)
        .arg(name)
        .output()
        .expect("Python runs");
    assert!(fetched.status.success(), "{}", String::from_utf8_lossy(&fetched.stderr));
    let archive = tree::children(&folder).pop().expect("pip fetched a file");
    let unpacked = bench.path().join("unpacked");
    let file = std::fs::File::open(archive).expect("the archive is there");
    tar::Archive::new(flate2::read::GzDecoder::new(file)).unpack(&unpacked).expect("a source distribution unpacks");
    tree::children(&unpacked).pop().expect("a source distribution holds one folder")
}

fn names(finished: &Value, key: &str) -> Vec<String> {
    let list = finished[key].as_array().into_iter().flatten();
    list.filter_map(|entry| entry["technology"].as_str()).map(str::to_owned).collect()
}

/// Every technology either makes something that was tried, or says why it cannot.
fn expect_shipped(name: &str, at_least: &[&str]) {
    let bench = Workbench::new();
    let project = source_of(&bench, name);
    let _ = bench.packwright(["inspect", "--json"]).arg(&project).run().expect_code(0).json();
    let finished = build_everything(&bench, &project);
    let (made, refused) = (names(&finished, "artifacts"), names(&finished, "problems"));
    assert_eq!(made.len() + refused.len(), backends::all().len(), "neither made nor explained: {finished:#}");
    for technology in at_least {
        assert!(made.iter().any(|one| one == technology), "`{technology}` was not made for `{name}`: {finished:#}");
    }
    for artifact in finished["artifacts"].as_array().into_iter().flatten() {
        assert!(crate::is_proven(artifact), "{artifact:#}");
    }
}

fn build_everything(bench: &Workbench, project: &Path) -> Value {
    let technologies = backends::all().iter().map(|backend| backend.entry().id.as_str());
    let run = bench.packwright(["build"]).args(technologies).arg(project);
    let run = run.args(["--json", "--trust", "--out"]).arg(bench.path().join("out"));
    let run = run.limit(Duration::from_mins(12)).run();
    assert!([0, 1].contains(&run.code), "{run}");
    run.finished()
}

#[test]
fn cowsay_ships() {
    expect_shipped("cowsay", &["sdist", "wheel", "entry-point-tool", "zipapp", "pex", "shiv"]);
}

#[test]
fn pyfiglet_ships() {
    expect_shipped("pyfiglet", &["sdist", "wheel", "entry-point-tool", "zipapp", "pex", "shiv"]);
}

#[test]
fn tldr_ships() {
    expect_shipped("tldr", &["sdist", "wheel", "entry-point-tool", "pex", "shiv"]);
}

#[test]
fn httpie_ships() {
    expect_shipped("httpie", &["sdist", "wheel", "entry-point-tool", "pex", "shiv"]);
}

#[test]
fn black_ships() {
    expect_shipped("black", &["sdist", "wheel", "entry-point-tool", "pex", "shiv"]);
}
