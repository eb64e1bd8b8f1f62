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
