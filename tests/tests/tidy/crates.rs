//! Which crate may depend on which.

use std::collections::{BTreeMap, BTreeSet};

use packwright_tests::{repository, tree};
use regex::Regex;

use crate::expect_none;
use crate::source::files;

/// Crates of terminals, windows, argument parsing and async runtimes.
const FRONT_END_CRATES: &[&str] = &[
    "ratatui",
    "crossterm",
    "termion",
    "console",
    "indicatif",
    "clap",
    "lexopt",
    "argh",
    "pico-args",
    "tauri",
    "wry",
    "tao",
    "gtk",
    "egui",
    "tokio",
    "async-std",
    "smol",
    "futures",
];

/// Names under a table of dependencies in a crate's manifest, with build and development dependencies.
fn dependencies(folder: &str) -> Vec<String> {
    let manifest = repository().join(folder).join("Cargo.toml");
    if !manifest.is_file() {
        return Vec::new();
    }
    let table: toml::Table = tree::read(&manifest).parse().expect("manifests are TOML");
    let mut tables = vec![&table];
    tables.extend(
        table
            .get("target")
            .and_then(toml::Value::as_table)
            .into_iter()
            .flat_map(|targets| targets.values().filter_map(toml::Value::as_table)),
    );
    let kinds = ["dependencies", "dev-dependencies", "build-dependencies"];
    let named = tables.iter().flat_map(|table| kinds.iter().filter_map(|kind| table.get(*kind)?.as_table()));
    named.flat_map(|table| table.keys().cloned()).collect()
}

#[test]
fn the_first_command_of_the_readme_knows_which_program_is_meant() {
    let read = |folder: &str| -> toml::Table {
        tree::read(&repository().join(folder).join("Cargo.toml")).parse().expect("manifests are TOML")
    };
    let members = read("")["workspace"]["members"].as_array().cloned().unwrap_or_default();
    let meant: Vec<String> = members
        .iter()
        .filter_map(|member| read(member.as_str()?)["package"].get("default-run")?.as_str().map(str::to_owned))
        .collect();
    assert_eq!(meant, ["packwright"], "`cargo run` in a workspace with several programs needs one `default-run`");
}

#[test]
fn nothing_depends_on_a_front_end_and_the_core_on_no_crate_of_ours() {
    let mut violations = Vec::new();
    for folder in ["src-core", "src-tui", "src-tauri", "tests"] {
        for dependency in dependencies(folder) {
            let front_end = ["packwright", "packwright-desktop"].contains(&dependency.as_str());
            if front_end || (folder == "src-core" && dependency.starts_with("packwright")) {
                violations.push(format!("{folder}/Cargo.toml names `{dependency}`"));
            }
        }
    }
    expect_none("Front ends and tests use the core; the core uses none of them:", &violations);
}

#[test]
fn the_core_knows_no_terminal_window_argument_parser_or_async_runtime() {
    let dependencies = dependencies("src-core");
    assert!(dependencies.contains(&"serde".to_owned()), "the manifest of the core was not read");
    let violations: Vec<_> = FRONT_END_CRATES
        .iter()
        .filter(|name| dependencies.iter().any(|dependency| dependency == *name))
        .map(|name| format!("src-core/Cargo.toml names `{name}`"))
        .collect();
    expect_none("What draws or parses arguments belongs into a front end:", &violations);
}

#[test]
fn nothing_that_the_core_pulls_in_is_an_async_runtime() {
    let lock: toml::Table = tree::read(&repository().join("Cargo.lock")).parse().expect("a lock is TOML");
    let packages = lock.get("package").and_then(toml::Value::as_array).expect("a lock lists packages");
    let text = |package: &toml::Value, key: &str| package.get(key).and_then(toml::Value::as_str).map(str::to_owned);
    let mut needs: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for package in packages {
        let named = package.get("dependencies").and_then(toml::Value::as_array).into_iter().flatten();
        let named = named.filter_map(|need| Some(need.as_str()?.split(' ').next()?.to_owned()));
        needs.entry(text(package, "name").expect("a package has a name")).or_default().extend(named);
    }
    let (mut open, mut pulled_in) = (vec!["packwright-core".to_owned()], BTreeSet::new());
    while let Some(name) = open.pop() {
        if pulled_in.insert(name.clone()) {
            open.extend(needs.get(&name).into_iter().flatten().cloned());
        }
    }
    assert!(pulled_in.contains("rustls"), "the lock was not read");
    let runtimes = ["tokio", "async-std", "smol", "futures-executor", "hyper"];
    let violations: Vec<_> = runtimes.into_iter().filter(|name| pulled_in.contains(*name)).map(str::to_owned).collect();
    expect_none("The core is synchronous, with all that it pulls in:", &violations);
}

#[test]
fn every_dependency_is_named_where_it_is_depended_on() {
    let mut violations = Vec::new();
    for folder in ["src-core", "src-tui", "src-tauri", "tests"] {
        let code: String = files(folder, &[".rs"]).into_iter().map(|source| source.text).collect();
        for dependency in dependencies(folder) {
            let name = dependency.replace('-', "_");
            let named = Regex::new(&format!(r"\b{name}\b(::|!|;| as )")).expect("a crate has a plain name");
            if !named.is_match(&code) {
                violations.push(format!("{folder}/Cargo.toml names `{dependency}`, and no code does"));
            }
        }
    }
    let named: BTreeSet<String> =
        ["src-core", "src-tui", "src-tauri", "tests"].into_iter().flat_map(dependencies).collect();
    let workspace: toml::Table = tree::read(&repository().join("Cargo.toml")).parse().expect("manifests are TOML");
    let pinned = workspace.get("workspace").and_then(|workspace| workspace.get("dependencies")?.as_table());
    for dependency in pinned.expect("the workspace pins its dependencies").keys() {
        if !named.contains(dependency) {
            violations.push(format!("Cargo.toml pins `{dependency}`, and no crate depends on it"));
        }
    }
    expect_none("A dependency that nothing uses is compiled, audited and updated for nothing:", &violations);
}
