//! Projects that lack something: each gets a clear answer.

use packwright_tests::{Workbench, tree};

use crate::{build, expect_words, problem};

const FLIT: &str = "[build-system]\nrequires = [\"flit_core>=3.11\"]\nbuild-backend = \"flit_core.buildapi\"\n\n";

/// A project of one module, `thing.py`, with this table of metadata.
fn with_metadata(bench: &Workbench, table: &str, module: &str) -> std::path::PathBuf {
    bench.project("thing", &[("pyproject.toml", &format!("{FLIT}{table}")), ("thing.py", module)])
}

#[test]
fn a_path_where_nothing_is_is_said_to_be_empty() {
    let bench = Workbench::new();
    for command in [&["inspect", "nowhere"][..], &["build", "zipapp", "nowhere"], &["advise", "nowhere"]] {
        let _ = bench.run(command).expect_code(3).says(&["`nowhere`"]);
    }
}

#[test]
fn an_empty_folder_is_no_project_and_the_answer_says_what_was_looked_for() {
    let bench = Workbench::new();
    bench.project("empty", &[]);
    let _ = bench.run(["inspect", "empty"]).expect_code(3).says(&["`empty`", "pyproject.toml"]);
}

#[test]
fn broken_toml_is_shown_with_its_line_and_column() {
    let bench = Workbench::new();
    bench.project("broken", &[("pyproject.toml", "[project]\nname = \"x\"\nversion = = 1\n"), ("x.py", "")]);
    let _ = bench.run(["inspect", "broken"]).expect_code(3).says(&["pyproject.toml", "line 3", "column 11"]);
}

#[test]
fn a_file_that_is_not_utf_8_is_named() {
    let bench = Workbench::new();
    let root = bench.project("latin", &[("latin.py", "")]);
    std::fs::write(root.join("pyproject.toml"), b"[project]\nname = \"caf\xe9\"\n").unwrap();
    let _ = bench.run(["inspect", "latin"]).expect_code(3).says(&["pyproject.toml"]);
}

#[test]
fn a_missing_name_is_named() {
    let bench = Workbench::new();
    let root = with_metadata(&bench, "[project]\nversion = \"1.0\"\n", "");
    let _ = bench.packwright(["inspect"]).arg(root).run().expect_code(3).says(&["`name`"]);
}

#[test]
fn a_missing_version_is_named() {
    let bench = Workbench::new();
    let root = with_metadata(&bench, "[project]\nname = \"thing\"\ndescription = \"x\"\n", "");
    let run = bench.packwright(["build", "wheel"]).arg(root).run();
    assert_ne!(run.code, 0, "{run}");
    let _ = run.says(&["version"]);
}

#[test]
fn a_dynamic_version_is_found_by_the_build_backend() {
    let bench = Workbench::new();
    let table = "[project]\nname = \"thing\"\ndynamic = [\"version\", \"description\"]\n";
    let root = with_metadata(&bench, table, "\"\"\"A thing.\"\"\"\n__version__ = \"4.5.6\"\n");
    let artifact = build(&bench, "wheel", &root).expect_code(0).artifact();
    expect_words(&artifact["path"].to_string(), &["4.5.6"]);
}

#[test]
fn a_project_without_entry_point_has_nothing_to_start_but_is_a_library() {
    let bench = Workbench::new();
    let table = "[project]\nname = \"thing\"\nversion = \"1.0\"\ndescription = \"x\"\n";
    let root = with_metadata(&bench, table, "VALUE = 1\n");
    expect_words(&problem(&build(&bench, "zipapp", &root).expect_code(1)), &["`thing` has no entry point"]);
    let _ = build(&bench, "wheel", &root).expect_code(0);
}

#[test]
fn a_module_named_like_one_of_the_standard_library_is_a_risk_before_the_build() {
    let bench = Workbench::new();
    let root = bench.project("shadow", &[("random.py", "print('mine')\n"), ("main.py", "import random\n")]);
    let run = bench.packwright(["inspect", "--json"]).arg(root).run().expect_code(0);
    expect_words(&run.stdout, &["shadows-standard-library", "random"]);
}

#[test]
fn an_entry_point_that_does_not_exist_is_answered_with_those_that_do() {
    let bench = Workbench::new();
    let root = bench.copy_of("weather-cli");
    let run = crate::build_with(&bench, "zipapp", &root, &["--entry", "sunshine"]).expect_code(2);
    expect_words(&problem(&run), &["`sunshine`", "weather"]);
}

#[test]
fn a_technology_that_does_not_exist_is_answered_with_where_to_see_them_all() {
    let bench = Workbench::new();
    bench.project("greet", &tree::console_project(&[]));
    let run = bench.run(["build", "floppy-disk", "greet"]).expect_code(2);
    let _ = run.says(&["floppy-disk", "packwright list"]);
}
