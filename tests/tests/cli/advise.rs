//! Facts in, advice out.

use packwright_tests::{Run, Workbench};

use crate::DECLARED;

fn advise(facts: &str, more: &[&str]) -> Run {
    Workbench::new().packwright(["advise", "--json", "--facts", "-"]).args(more).stdin(facts).run()
}

#[test]
fn facts_are_read_from_standard_input_and_no_folder_is_read() {
    let advice = advise(r#"{"kind": ["cli"], "os": "linux"}"#, &[]).expect_code(0).json();
    for key in ["recommendations", "ruled_out", "targets", "and_then", "ask", "facts"] {
        assert!(advice.get(key).is_some(), "`{key}` is missing: {advice}");
    }
    let best = &advice["recommendations"][0];
    for key in ["technology", "level", "score", "reasons"] {
        assert!(best.get(key).is_some(), "`{key}` is missing: {best}");
    }
    assert_eq!(advice["facts"]["kind"]["tags"][0], "cli");
}

#[test]
fn an_answer_is_laid_over_what_the_facts_say() {
    let advice = advise(r#"{"kind": "cli"}"#, &["--set", "kind=library", "--set", "windows:linux=any"]).json();
    assert_eq!(advice["facts"]["kind"]["tags"][0], "library");
    assert_eq!(advice["facts"]["targets"]["windows"]["linux"]["source"]["from"], "user");
}

#[test]
fn facts_that_cannot_hold_together_are_said_and_never_refused() {
    let advice = advise(r#"{"kind": "gui", "os": "bare-metal"}"#, &[]).expect_code(0).json();
    assert_eq!(advice["contradictions"][0]["facts"][1], "os=bare-metal");
    let run =
        Workbench::new().packwright(["advise", "--facts", "-"]).stdin(r#"{"kind": "gui", "os": "bare-metal"}"#).run();
    let told = run.expect_code(0).stdout;
    assert!(told.contains("cannot hold together") && told.contains("kind=gui, os=bare-metal"), "{told}");
}

#[test]
fn broken_json_is_answered_with_its_line_and_column() {
    let run = advise("{\n  \"kind\": [\"cli\",,]\n}", &[]).expect_code(2);
    let message = run.json()["problems"][0]["message"].to_string();
    assert!(message.contains("line 2, column 18"), "{run}");
}

#[test]
fn words_outside_the_vocabulary_are_answered_with_the_nearest_ones() {
    let bench = Workbench::new();
    let _ = bench.run(["advise", "--set", "audiance=end-users"]).expect_code(2).says(&["`audience`", "--set help"]);
    let _ = bench.run(["advise", "--set", "os=linus"]).expect_code(2).says(&["`linux`"]);
    let _ = bench.run(["advise", "--set", "os"]).expect_code(2).says(&["[target:]fact=tag"]);
    let help = bench.run(["advise", "--set", "help"]).expect_code(0);
    assert!(help.stdout.contains("python-on-target"), "{help}");
}

#[test]
fn the_advice_for_a_project_ends_with_the_next_command() {
    let bench = Workbench::new();
    bench.project("thing", DECLARED);
    let run = bench.run(["advise", "thing", "--set", "audience=developers"]).expect_code(0);
    assert!(run.stdout.contains("Ship it as ") && run.stdout.contains("\nNext: packwright build "), "{run}");
}

#[test]
fn a_technology_is_explained_with_its_sources() {
    let bench = Workbench::new();
    let run = bench.run(["explain", "zipapp"]).expect_code(0);
    assert!(run.stdout.contains("Options") && run.stdout.contains("https://"), "{run}");
    assert_eq!(bench.run(["explain", "zipapp", "--json"]).expect_code(0).json()["technology"], "zipapp");
}

/// Two modules that nothing starts and nothing builds.
const PARTS: &[(&str, &str)] = &[("a.py", "def f(): return 1\n"), ("b.py", "import a\ndef g(): return a.f()\n")];

#[test]
fn what_a_project_needs_first_is_said_with_what_helps_and_is_not_built() {
    let bench = Workbench::new();
    bench.project("parts", PARTS);
    let run = bench.run(["advise", "parts", "--set", "kind=library"]).expect_code(0);
    for words in ["It needs something first: `parts` has no build configuration", "describe it in a `pyproject.toml`"] {
        assert!(run.stdout.contains(words), "{words:?} is missing\n{run}");
    }
    assert!(!run.stdout.contains("Next: packwright build"), "{run}");
    let advice = bench.run(["advise", "parts", "--json"]).expect_code(0).json();
    assert!(advice["recommendations"][0]["needs"]["hints"][0]["text"].is_string(), "{advice}");
    let built = bench.run(["build", "parts", "--recommended"]).expect_code(1);
    let _ = built.says(&["needs something first", "has no build configuration", "describe it in a `pyproject.toml`"]);
}

#[test]
fn what_can_be_built_comes_before_what_needs_something_first() {
    let bench = Workbench::new();
    bench.project(
        "loose",
        &[
            (
                "tool.py",
                "import argparse, part\nif __name__ == '__main__':\n    argparse.ArgumentParser().parse_args()\n",
            ),
            ("part.py", ""),
        ],
    );
    let advice = bench.run(["advise", "loose", "--json", "--set", "audience=developers"]).expect_code(0).json();
    let ranked = advice["recommendations"].as_array().cloned().unwrap_or_default();
    assert!(ranked[0]["needs"].is_null(), "{}", ranked[0]);
    let stronger =
        ranked.iter().find(|one| !one["needs"].is_null() && one["score"].as_i64() > ranked[0]["score"].as_i64());
    assert!(stronger.is_some(), "the rules alone would put a package first: {ranked:?}");
}

#[test]
fn the_kind_of_a_command_that_was_found_can_be_corrected() {
    let bench = Workbench::new();
    bench.project("thing", DECLARED);
    let advice = bench.run(["advise", "thing", "--json", "--set", "kind=service", "--save"]).expect_code(0).json();
    assert_eq!(advice["facts"]["kind"]["tags"][0], "service");
    let again = bench.run(["advise", "thing", "--json"]).expect_code(0).json();
    assert_eq!(again["facts"]["kind"]["source"]["from"], "saved", "{again}");
}
