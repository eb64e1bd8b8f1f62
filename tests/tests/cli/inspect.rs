//! What `inspect` prints of projects nobody has read before.

use packwright_tests::Workbench;

use crate::DECLARED;

#[test]
fn facts_are_printed_with_their_evidence_and_the_next_command() {
    let bench = Workbench::new();
    bench.project("thing", DECLARED);
    let run = bench.run(["inspect", "thing"]).expect_code(0);
    for words in ["thing 1.0", "pyproject.toml:11", "Next: packwright advise thing"] {
        assert!(run.stdout.contains(words), "{words:?} is missing\n{run}");
    }
}

#[test]
fn programs_get_the_project_and_its_facts() {
    let bench = Workbench::new();
    bench.project("thing", DECLARED);
    let found = bench.run(["inspect", "thing", "--json"]).expect_code(0).json();
    assert_eq!(found["project"]["name"], "thing");
    assert_eq!(found["facts"]["kind"]["tags"][0], "cli");
}

#[test]
fn what_could_not_be_read_is_listed_with_the_reason() {
    let bench = Workbench::new();
    let root = bench.project("thing", DECLARED);
    std::fs::write(root.join("old.py"), "import os\nprint 'hello'\n").unwrap();
    std::fs::write(root.join("bytes.py"), b"\0\x01\xff\xfe\0").unwrap();
    let run = bench.run(["inspect", "thing"]).expect_code(0);
    for words in ["Not read", "old.py:2", "bytes.py:1", "Simple statements must be separated"] {
        assert!(run.stdout.contains(words), "{words:?} is missing\n{run}");
    }
    let unread = bench.run(["inspect", "thing", "--json"]).expect_code(0).json()["unread"].clone();
    assert_eq!(unread.as_array().map(Vec::len), Some(2), "{unread}");
    assert!(unread[0]["because"].is_string(), "{unread}");
}

#[test]
fn what_a_project_writes_cannot_move_the_cursor_or_turn_the_line() {
    let bench = Workbench::new();
    let summary = "\\u001b[2Jboo\\u202Eexe\\u009b31m";
    let text = format!("[project]\nname = \"thing\"\nversion = \"1\"\ndescription = \"{summary}\"\n");
    bench.project("thing", &[("pyproject.toml", &text), ("thing.py", "")]);
    for more in [&[][..], &["--json"]] {
        let run = bench.packwright(["inspect", "thing"]).args(more).run();
        for hidden in ['\u{1b}', '\u{202e}', '\u{9b}'] {
            assert!(!run.stdout.contains(hidden) && !run.stderr.contains(hidden), "{run}");
        }
        assert!(run.stdout.contains("boo"), "{run}");
    }
}

#[test]
fn a_problem_is_an_object_where_programs_read() {
    let run = Workbench::new().run(["inspect", "nowhere", "--json"]).expect_code(3);
    assert_eq!(run.json()["problems"][0]["code"], "unreadable", "{run}");
    assert_eq!(run.stderr, "", "{run}");
}

#[test]
fn a_folder_of_projects_and_a_whole_system_are_said_at_once_with_what_to_open() {
    let bench = Workbench::new();
    bench.project("many/one", DECLARED);
    bench.project("many/two", DECLARED);
    let run = bench.run(["inspect", "many"]).expect_code(3);
    let _ = run.says(&["holds projects but is none itself: one and two", "packwright advise many/two"]);
    let plain = bench.packwright(["many", "--plain"]).stdin("quit\n").run();
    assert!(plain.stdout.contains("Open `one`"), "{plain}");
    if cfg!(unix) {
        let began = std::time::Instant::now();
        let _ = bench.run(["inspect", "/"]).expect_code(3).says(&["everything that this system has, and no project"]);
        assert!(began.elapsed() < std::time::Duration::from_secs(5), "{:?}", began.elapsed());
    }
}
