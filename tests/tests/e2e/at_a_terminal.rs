//! Builds that somebody watches: the question whether code may run, and Ctrl-C.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use packwright_tests::{Index, Terminal, Workbench, tree};

use crate::hostile_builds::{hostile, processes};
use crate::source_only::{leaf, plain as source, script};

fn start(bench: &Workbench, more: &[&str], project: &Path) -> Terminal {
    let run = bench.packwright(["build", "wheel", "--no-verify", "--out"]).arg(out(bench)).args(more).arg(project);
    Terminal::start(&run, 80, 24)
}

/// What Ctrl-C sends.
const CTRL_C: &str = "\u{3}";

fn out(bench: &Workbench) -> PathBuf {
    bench.path().join("out")
}

/// A project whose `setup.py` says that it ran by making this file.
fn marking(bench: &Workbench) -> (PathBuf, PathBuf) {
    let mark = bench.path().join("mark");
    // In a sandbox the file cannot be made; the build log tells as well.
    let code = format!("try:\n    open({:?}, 'w').close()\nexcept OSError:\n    pass\n", mark.display().to_string());
    (hostile(bench, &code), mark)
}

#[test]
fn whoever_is_asked_and_says_no_gets_nothing_and_nothing_has_run() {
    let bench = Workbench::new();
    let (root, mark) = marking(&bench);
    let mut terminal = start(&bench, &[], &root);
    terminal.shows("[y/N]");
    let screen = terminal.screen();
    assert!(screen.contains("setup.py") && screen.contains("Trust hostile as it is now?"), "{screen}");
    terminal.answers("n");
    let (code, text) = terminal.ends();
    assert_eq!(code, 5, "{text}");
    assert!(!mark.exists() && tree::children(&out(&bench)).is_empty());
    assert!(text.contains("--trust"), "the refusal says how to agree\n{text}");
}

#[test]
fn whoever_says_yes_is_not_asked_again_until_the_code_changes() {
    let bench = Workbench::new();
    let (root, _) = marking(&bench);
    let mut terminal = start(&bench, &[], &root);
    terminal.shows("[y/N]");
    terminal.answers("y");
    let (code, text) = terminal.ends();
    assert_eq!(code, 0, "{text}");
    assert!(!tree::children(&out(&bench)).is_empty());
    let (code, text) = start(&bench, &[], &root).ends();
    assert_eq!(code, 0, "{text}");
    assert!(!text.contains("[y/N]"), "{text}");
    let setup = root.join("setup.py");
    std::fs::write(&setup, format!("# changed\n{}", tree::read(&setup))).unwrap();
    let changed = start(&bench, &[], &root);
    changed.shows("[y/N]");
}

#[test]
fn what_is_put_in_the_place_of_what_was_asked_about_is_neither_run_nor_trusted() {
    let bench = Workbench::new();
    let (root, mark) = marking(&bench);
    let mut terminal = start(&bench, &[], &root);
    terminal.shows("[y/N]");
    let setup = root.join("setup.py");
    std::fs::write(&setup, format!("print('SWAPPED IN')\n{}", tree::read(&setup))).unwrap();
    terminal.answers("y");
    let (code, text) = terminal.ends();
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("was changed after") && text.contains("build it again"), "{text}");
    assert!(!mark.exists() && tree::children(&out(&bench)).is_empty(), "{text}");
    let again = start(&bench, &[], &root);
    again.shows("[y/N]");
}

#[test]
fn another_release_of_a_source_distribution_than_the_one_agreed_to_is_asked_about() {
    let bench = Workbench::new();
    let one = Index::serve([source("1.0"), leaf("2.0")]);
    let newer = Index::serve([source("1.0"), source("1.1"), leaf("2.0")]);
    let script = script(&bench, "src-only");
    let start = |index: &Index| {
        let run = bench.packwright(["build", "zipapp", "--no-verify", "--no-cache", "--out"]).arg(out(&bench));
        Terminal::start(&run.arg(&script).env("UV_DEFAULT_INDEX", index.url()), 100, 24)
    };
    let mut terminal = start(&one);
    terminal.shows("`src-only 1.0` comes as source only");
    terminal.shows("[y/N]");
    terminal.answers("y");
    let (code, text) = terminal.ends();
    assert_eq!(code, 0, "{text}");
    let (code, text) = start(&one).ends();
    assert!(code == 0 && !text.contains("[y/N]"), "{text}");
    let mut terminal = start(&newer);
    terminal.shows("`src-only 1.1` comes as source only");
    terminal.shows("[y/N]");
    terminal.answers("n");
    let (code, text) = terminal.ends();
    assert_eq!(code, 5, "{text}");
}

#[test]
fn ctrl_c_while_a_large_source_is_read_ends_it_at_once() {
    let bench = Workbench::new();
    let project = bench.project("large", &[("app.py", "print()\n")]);
    std::fs::File::create(project.join("data.bin")).unwrap().set_len(4_000 << 20).unwrap();
    let mut terminal = start(&bench, &[], &project);
    std::thread::sleep(Duration::from_millis(1_500));
    let begin = Instant::now();
    terminal.types(CTRL_C);
    let (code, text) = terminal.ends();
    assert_eq!(code, 130, "{text}");
    assert!(begin.elapsed() < Duration::from_secs(2), "{:?}", begin.elapsed());
}

#[test]
fn ctrl_c_at_the_question_ends_it_without_another_key() {
    let bench = Workbench::new();
    let (root, mark) = marking(&bench);
    let mut terminal = start(&bench, &[], &root);
    terminal.shows("[y/N]");
    let begin = Instant::now();
    terminal.types(CTRL_C);
    let (code, text) = terminal.ends();
    assert_eq!(code, 130, "{text}");
    assert!(begin.elapsed() < Duration::from_secs(20), "{:?}", begin.elapsed());
    assert!(!mark.exists() && tree::children(&out(&bench)).is_empty());
}

/// Starts a build that never ends, with a grandchild that does not listen, and waits until that is there.
fn endless(bench: &Workbench, number: u32) -> Terminal {
    let sleeper = format!(
        "import signal, subprocess, sys\n\
         ignore = 'import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep({number})'\n\
         subprocess.Popen([sys.executable, '-c', ignore], start_new_session=True)\n\
         subprocess.run([sys.executable, '-c', ignore])\n"
    );
    let terminal = start(bench, &["--trust"], &hostile(bench, &sleeper));
    let patience = Instant::now() + Duration::from_mins(3);
    while !processes().contains(&format!("time.sleep({number})")) {
        assert!(Instant::now() < patience, "setup.py was not reached\n{}", terminal.text());
        std::thread::sleep(Duration::from_millis(100));
    }
    terminal
}

#[test]
fn ctrl_c_stops_a_build_cleanly_with_everything_it_started() {
    let bench = Workbench::new();
    let mut terminal = endless(&bench, 7531);
    let begin = Instant::now();
    terminal.types(CTRL_C);
    let (code, text) = terminal.ends();
    assert_eq!(code, 130, "{text}");
    assert!(begin.elapsed() < Duration::from_secs(20), "{:?}", begin.elapsed());
    assert!(text.contains("Stopping; once more to stop at once") && text.contains("cancelled"), "{text}");
    assert!(!processes().contains("time.sleep(7531)"), "something was left behind");
    assert!(tree::children(&out(&bench)).is_empty(), "{:?}", tree::children(&out(&bench)));
}

#[test]
fn ctrl_c_twice_ends_it_at_once_and_leaves_no_artifact() {
    let bench = Workbench::new();
    let mut terminal = endless(&bench, 7532);
    let begin = Instant::now();
    terminal.types(CTRL_C);
    terminal.shows("Stopping; once more to stop at once");
    // It may have ended by itself meanwhile: then nobody takes the second key.
    terminal.types(CTRL_C);
    let (code, text) = terminal.ends();
    assert_eq!(code, 130, "{text}");
    assert!(begin.elapsed() < Duration::from_secs(10), "{:?}", begin.elapsed());
    assert!(tree::children(&out(&bench)).is_empty(), "{:?}", tree::children(&out(&bench)));
    let patience = Instant::now() + Duration::from_secs(10);
    while processes().contains("time.sleep(7532)") {
        assert!(Instant::now() < patience, "something was left behind");
        std::thread::sleep(Duration::from_millis(50));
    }
}
