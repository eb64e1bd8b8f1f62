//! A recorded session looks the same again.

use packwright_tests::Workbench;

const RECORDING: &str = r#"{"v":1,"at":1,"build":1,"type":"resolving","title":"Resolve the dependencies"}
{"v":1,"at":5,"build":1,"type":"build-started","technology":"zipapp","steps":[{"step":"00","title":"Fetch the wheels"},{"step":"01","title":"Zip it"}]}
{"v":1,"at":6,"build":1,"type":"step-started","step":"00","title":"Fetch the wheels"}
{"v":1,"at":7,"build":1,"type":"step-finished","step":"00","end":"cached","wall_ms":0,"lines":0}
{"v":1,"at":8,"build":1,"type":"step-finished","step":"01","end":"failed","wall_ms":1200,"lines":3}
{"v":1,"at":9,"build":1,"type":"failed","problem":{"code":"build-failed","message":"`Zip it` failed","causes":["no \u001b[31mspace"],"hints":[{"text":"Free some"}],"log":"/logs/zip.log"}}
"#;

#[test]
fn a_failed_build_is_told_as_it_was() {
    let bench = Workbench::new();
    bench.project("session", &[("build.jsonl", RECORDING)]);
    let run = bench.run(["replay", "session/build.jsonl"]).expect_code(0);
    let told = "\
· Resolve the dependencies
✓ Fetch the wheels  was there already
✗ Zip it  failed after 1.2 s
✗  `Zip it` failed
  because  no space
  do       Free some
  log      /logs/zip.log
";
    assert_eq!(run.stdout, told, "{run}");
}

#[test]
fn what_is_no_recording_is_a_usage_problem() {
    let bench = Workbench::new();
    bench.project(
        "session",
        &[("text.txt", "hello\nworld\n"), ("newer.jsonl", &RECORDING.replace("\"v\":1", "\"v\":9"))],
    );
    let _ = bench.run(["replay", "session/text.txt"]).expect_code(2).says(&["line 1 of the recording"]);
    let _ = bench.run(["replay", "session/newer.jsonl"]).expect_code(2).says(&["has format 9"]);
    let _ = bench.run(["replay", "session/missing.jsonl"]).expect_code(2).says(&["missing.jsonl"]);
}

#[test]
fn programs_get_the_view_that_the_recording_makes() {
    let bench = Workbench::new();
    bench.project("session", &[("build.jsonl", RECORDING)]);
    let view = bench.run(["replay", "session/build.jsonl", "--json"]).expect_code(0).json();
    assert_eq!(view["builds"]["1"]["phase"], "failed");
}
