//! Which crate may depend on which.

use packwright_tests::{repository, tree};

use crate::expect_none;

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
