//! A recorded session looks the same again.

use packwright_tests::{Workbench, tree};

use crate::DECLARED;

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

#[test]
fn a_session_that_was_recorded_is_shown_again_in_every_face() {
    let bench = Workbench::new();
    bench.project("thing", DECLARED);
    let plain = ["--plain", "thing", "--record", "screens.jsonl"];
    let _ = bench.packwright(plain).stdin("interview\n0\nquit\n").run().expect_code(0);
    let _ = bench.run(["advise", "thing", "--no-interview", "--record", "advice.jsonl"]).expect_code(0);
    for (file, given) in [("screens.jsonl", 1), ("advice.jsonl", 0)] {
        let told = bench.run(["replay", file]).expect_code(0);
        assert!(told.stdout.contains("· thing was read"), "{told}");
        let view = bench.run(["replay", file, "--json"]).expect_code(0).json();
        assert_eq!(view["project"]["name"], "thing");
        assert!(view["advice"]["recommendations"].as_array().is_some_and(|ranked| !ranked.is_empty()));
        assert_eq!(view["asking"]["given"].as_array().map(Vec::len), Some(given), "{file}");
    }
    let text = tree::read(&bench.path().join("advice.jsonl"));
    let newer = text.replace("\"session\":2", "\"session\":9");
    bench.project("cut", &[("cut.jsonl", &text[..text.len() - 20]), ("newer.jsonl", &newer)]);
    let _ = bench.run(["replay", "cut/cut.jsonl"]).expect_code(0);
    let _ = bench.run(["replay", "cut/newer.jsonl"]).expect_code(2).says(&["has format 9", "reads up to 2"]);
    let run = bench.run(["advise", "thing", "--no-interview", "--record", "nowhere/x.jsonl"]).expect_code(1);
    let _ = run.says(&["cannot be recorded in `nowhere/x.jsonl`"]);
}
