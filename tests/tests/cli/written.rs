//! Plans that were written down, by another program or by hand: shown as they would be taken.

use packwright_tests::{Workbench, tree};

/// A plan that writes one file and copies it, in the words of somebody who wrote it by hand.
const PLAN: &str = r#"{"format": 2, "technology": "notes", "steps": [
  {"id": "write", "title": "Write it", "action": {"do": "lay", "items": [{"at": "a.txt", "what": {"text": [{"text": "hello"}]}}]},
   "needs": {"cpu": 1}, "within": 10},
  {"id": "compress", "title": "Compress it", "action": {"do": "run", "commands": [
     {"tool": [{"tool": {"kind": "system", "name": "gzip"}}], "args": [[{"output": ["write", {"path": "a.txt"}]}]]}]},
   "needs": {"cpu": 1}, "within": 10}],
 "proofs": [], "products": [{"product": "place", "step": "compress", "pick": {"one": "*.gz"}}]}"#;

#[test]
fn a_plan_from_a_file_is_shown_with_the_ids_and_the_consent_that_follow_from_it() {
    let bench = Workbench::new();
    bench.project("written", &[("plan.json", PLAN)]);
    let told = bench.run(["plan", "--from", "written/plan.json", "--json"]).expect_code(0).json();
    let ids: Vec<&str> =
        told["plan"]["steps"].as_array().unwrap().iter().filter_map(|step| step["id"].as_str()).collect();
    assert!(ids.len() == 2 && ids.iter().all(|id| id.len() == 24), "{told}");
    assert_eq!(told["plan"]["products"][0]["step"], ids[1]);
    assert_eq!(told["consents"][0]["to"], "run-project-code");
    let shown = bench.run(["plan", "--from", "written/plan.json"]).expect_code(0).stdout;
    for word in ["Compress it", "gzip", "plan.json"] {
        assert!(shown.contains(word), "{word}: {shown}");
    }
}

#[test]
fn a_plan_that_cannot_be_taken_is_refused_with_the_word_that_is_wrong() {
    let bench = Workbench::new();
    for (good, bad, words) in [
        ("\"format\": 2", "\"format\": 3", ["format 3", "later version"]),
        ("\"do\": \"lay\"", "\"do\": \"shell\"", ["`shell`", "schema"]),
        ("[\"write\",", "[\"elsewhere\",", ["`elsewhere`", "before it"]),
        ("\"id\": \"compress\"", "\"id\": \"write\"", ["two steps", "`write`"]),
        ("\"at\": \"a.txt\"", "\"at\": \"../a.txt\"", ["`../a.txt`", "leads out"]),
    ] {
        bench.project("written", &[("plan.json", &PLAN.replace(good, bad))]);
        let _ = bench.run(["plan", "--from", "written/plan.json"]).expect_code(2).says(&words);
    }
    let _ = bench.run(["plan", "--from", "nowhere.json"]).expect_code(2).says(&["`nowhere.json`"]);
    let _ = bench.run(["plan"]).expect_code(2).says(&["lacks a technology"]);
}

#[test]
fn the_schema_that_is_printed_is_the_one_that_is_published() {
    let bench = Workbench::new();
    let printed = bench.run(["plan", "--schema"]).expect_code(0).json();
    let published = tree::read(&packwright_tests::repository().join("docs/plan.schema.json"));
    assert_eq!(printed, serde_json::from_str::<serde_json::Value>(&published).unwrap());
}
