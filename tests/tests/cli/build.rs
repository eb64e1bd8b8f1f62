//! What `build` answers before anything is built.

use packwright_tests::Workbench;

use crate::DECLARED;

/// A project whose build runs its own code.
const OWN_CODE: &[(&str, &str)] = &[
    ("setup.py", "from setuptools import setup\nsetup(name=\"own\", version=\"1\", py_modules=[\"own\"])\n"),
    ("own.py", ""),
];

#[test]
fn with_nothing_saved_it_says_what_to_do() {
    let bench = Workbench::new();
    bench.project("thing", DECLARED);
    let run = bench.run(["build", "thing"]).expect_code(2);
    let _ = run.says(&[
        "none is saved for this project",
        "packwright build --recommended thing",
        "packwright advise thing",
    ]);
}

#[test]
fn nothing_is_built_where_too_much_speaks_against_what_can_be() {
    let bench = Workbench::new();
    let facts = "facts = { kind = [\"gui\"], audience = [\"end-users\"], os = [\"windows\"], environment = [\"desktop\"], \
                 updates = [\"system-security\"] }";
    let saved = format!("{}\n[tool.packwright]\n{facts}\n", DECLARED[0].1);
    bench.project("thing", &[("pyproject.toml", &saved), DECLARED[1]]);
    let run = bench.run(["build", "--recommended", "thing"]).expect_code(4);
    let run = run.says(&["`win-installer` is recommended, but", "packwright plan win-installer thing"]);
    assert!(!run.stderr.contains("wheel") && !bench.path().join("thing/dist").exists(), "{run}");
    let advice = bench.run(["advise", "--no-interview", "thing"]).expect_code(0).stdout;
    assert!(advice.contains("Next: packwright plan win-installer thing"), "{advice}");
    assert!(!advice.contains("packwright build"), "{advice}");
}

#[test]
fn where_everything_needs_something_first_the_best_says_what_and_nothing_is_built() {
    let bench = Workbench::new();
    let files = [("one.py", "import requests\n"), ("two.py", "x = 1\n"), ("requirements.txt", "requests\n")];
    bench.project("study", &files);
    let run = bench.run(["build", "--recommended", "--json", "study", "--offline"]).expect_code(1);
    let finished = run.finished();
    assert_eq!(finished["problems"].as_array().map(Vec::len), Some(1), "{run}");
    let problem = finished["problems"][0].to_string();
    assert!(problem.contains("needs something first") && problem.contains("no build configuration"), "{run}");
    assert!(!bench.path().join("study/dist").exists());
}

#[test]
fn choices_saved_with_the_project_are_repeated() {
    let bench = Workbench::new();
    let saved = format!("{}\n[tool.packwright]\nbuild = [\"docker\"]\n", DECLARED[0].1);
    bench.project("thing", &[("pyproject.toml", &saved), DECLARED[1]]);
    // Known by name only, so that nothing need be built to see that it was asked for.
    let _ = bench.run(["build", "thing"]).expect_code(4).says(&["`docker`, but does not build it"]);
}

#[test]
fn programs_get_one_object_at_the_end_even_when_nothing_could_begin() {
    let bench = Workbench::new();
    for (arguments, code) in
        [(&["build", "zipapp", "nowhere"][..], 3), (&["build", "zipap"], 2), (&["build", "docker"], 3)]
    {
        let run = bench.packwright(arguments).arg("--json").run().expect_code(code);
        let records = run.records();
        assert_eq!(records.len(), 1, "{run}");
        assert_eq!(run.finished()["artifacts"].as_array().map(Vec::len), Some(0), "{run}");
        for key in ["code", "message", "hints"] {
            assert!(run.finished()["problems"][0].get(key).is_some(), "`{key}` is missing\n{run}");
        }
    }
}

#[test]
fn an_option_that_no_technology_has_is_answered_with_those_there_are() {
    let bench = Workbench::new();
    bench.project("thing", DECLARED);
    let run = bench.run(["build", "zipapp", "thing", "--option", "colour=red"]).expect_code(2);
    let _ = run.says(&["`zipapp` has no option `colour`", "`interpreter`"]);
    let run = bench.run(["build", "zipapp", "thing", "--option", "pex:venv=true"]).expect_code(2);
    let _ = run.says(&["`pex`, which is not being built"]);
}

#[test]
fn a_technology_that_is_only_known_by_name_is_a_problem_of_its_own() {
    let bench = Workbench::new();
    bench.project("thing", DECLARED);
    let run = bench.run(["build", "docker", "thing"]).expect_code(4);
    let _ = run.says(&["`docker`, but does not build it", "packwright plan docker thing", "packwright list"]);
}

#[test]
fn code_of_the_project_is_not_run_unasked_and_the_command_that_allows_it_is_named() {
    let bench = Workbench::new();
    bench.project("own", OWN_CODE);
    let run = bench.run(["build", "wheel", "own"]).expect_code(5);
    let _ = run.says(&["packwright build wheel own --trust", "setup.py"]);
    assert!(!bench.path().join("own/dist").exists());
}
