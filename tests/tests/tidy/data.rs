//! Licences, advisories and sources of what we depend on, and the data beside the code.

use std::collections::BTreeSet;
use std::process::Command;

use packwright_tests::{repository, tree};
use serde_json::Value;

use crate::expect_none;

fn deny() -> toml::Table {
    tree::read(&repository().join("deny.toml")).parse().expect("deny.toml is TOML")
}

/// The triple of this machine, as rustc names it.
fn host() -> String {
    let version = Command::new("rustc").arg("-vV").output().expect("rustc runs");
    let text = String::from_utf8_lossy(&version.stdout).into_owned();
    text.lines().find_map(|line| line.strip_prefix("host: ")).expect("rustc says its host").to_owned()
}

fn metadata() -> Value {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        // Only what is built here: what other platforms need has perhaps never been fetched.
        .args(["metadata", "--format-version=1", "--locked", "--offline", "--filter-platform", &host()])
        .current_dir(repository())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("cargo prints JSON")
}

/// Whether an SPDX expression can be met with these licences: one side of `OR`, all parts of `AND`.
fn allowed(expression: &str, licences: &BTreeSet<&str>) -> bool {
    let expression = expression.replace('/', " OR ").replace(['(', ')'], " ");
    expression.split(" AND ").all(|part| part.split(" OR ").any(|licence| licences.contains(licence.trim())))
}

#[test]
fn every_dependency_has_a_licence_that_deny_toml_allows() {
    let deny = deny();
    let licences: BTreeSet<_> =
        deny["licenses"]["allow"].as_array().into_iter().flatten().filter_map(toml::Value::as_str).collect();
    let metadata = metadata();
    let packages = metadata["packages"].as_array().expect("cargo lists packages");
    let violations: Vec<_> = packages
        .iter()
        .filter(|package| !allowed(package["license"].as_str().unwrap_or("none"), &licences))
        .map(|package| format!("{} {}: {}", package["name"], package["version"], package["license"]))
        .collect();
    expect_none("Add the licence to deny.toml with a reason, or use another crate:", &violations);
}

#[test]
fn every_dependency_comes_from_the_crate_registry() {
    let lock: toml::Table = tree::read(&repository().join("Cargo.lock")).parse().expect("Cargo.lock is TOML");
    let packages = lock["package"].as_array().expect("the lock lists packages");
    let violations: Vec<_> = packages
        .iter()
        .filter(|package| {
            package.get("source").is_some_and(|source| !source.as_str().unwrap_or("").starts_with("registry+"))
        })
        .map(|package| package["name"].to_string())
        .collect();
    expect_none("Git dependencies cannot be published or reproduced:", &violations);
}

#[test]
fn every_backend_has_its_data_beside_its_code_and_one_word_in_the_list() {
    let folder = repository().join("src-core/src/backends");
    let list = tree::read(&repository().join("src-core/src/backends.rs"));
    let mut violations = Vec::new();
    for backend in tree::children(&folder).iter().filter(|path| path.is_dir()) {
        let name = tree::name(backend);
        if !backend.join("catalogue.toml").is_file() {
            violations.push(format!("src-core/src/backends/{name} has no catalogue.toml"));
        }
        if !list.contains(&name) {
            violations.push(format!("src-core/src/backends.rs does not list `{name}`"));
        }
    }
    expect_none("A backend is one folder and one word:", &violations);
}

#[test]
fn every_tool_is_one_file_and_one_word_in_the_list() {
    let list = tree::read(&repository().join("src-core/src/catalogue/tools.rs"));
    let files = tree::children(&repository().join("src-core/src/catalogue/tools"));
    let unlisted = files.iter().filter_map(|file| {
        let name = tree::name(file);
        let word = name.strip_suffix(".toml")?;
        (!list.contains(&format!("\"{word}\",\n")))
            .then(|| format!("src-core/src/catalogue/tools.rs does not list `{word}`"))
    });
    expect_none("A tool is one file and one word:", &unlisted.collect::<Vec<_>>());
}
