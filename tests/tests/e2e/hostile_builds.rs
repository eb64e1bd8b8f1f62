//! Build code that misbehaves: it is never run without consent, and never reaches beyond its sandbox.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use packwright_tests::{Index, Workbench, has, tree};

use crate::{build, expect_words};

/// A setuptools project whose `setup.py` begins with this code.
pub fn hostile(bench: &Workbench, code: &str) -> PathBuf {
    let files = tree::legacy_project(code);
    let files: Vec<_> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    bench.project("hostile", &files)
}

/// Whether builds are sandboxed here.
pub fn sandboxed() -> bool {
    let there = Command::new("bwrap").args(["--ro-bind", "/", "/", "true"]).status();
    has("bwrap", there.is_ok_and(|status| status.success()))
}

/// Command lines of every process on this machine.
pub fn processes() -> String {
    let lines = tree::children(Path::new("/proc")).into_iter().map(|process| process.join("cmdline"));
    lines
        .filter_map(|line| fs::read(line).ok())
        .map(|line| String::from_utf8_lossy(&line).replace('\0', " ") + "\n")
        .collect()
}

#[test]
fn build_code_does_not_run_without_consent() {
    let bench = Workbench::new();
    let mark = bench.path().join("mark");
    let root = hostile(&bench, &format!("open({:?}, 'w').close()", mark.display().to_string()));
    for command in [&["inspect"][..], &["advise"], &["plan", "wheel"], &["build", "wheel"]] {
        let run = bench.packwright(command).arg(&root).run();
        assert!(!mark.exists(), "`{}` ran setup.py\n{run}", command.join(" "));
    }
    let _ = bench.packwright(["build", "wheel"]).arg(&root).run().expect_code(5).says(&["setup.py", "--trust"]);
}

#[test]
fn a_build_that_sleeps_is_ended_by_an_interrupt_with_everything_it_started() {
    let bench = Workbench::new();
    let sleeper = "import signal, subprocess, sys\n\
                   ignore = 'import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(4321)'\n\
                   subprocess.Popen([sys.executable, '-c', ignore], start_new_session=True)\n\
                   subprocess.run([sys.executable, '-c', ignore])\n";
    let root = hostile(&bench, sleeper);
    let mut child = bench.packwright(["build", "wheel", "--trust", "--no-verify"]).arg(&root).start();
    let patience = Instant::now() + Duration::from_mins(2);
    while !processes().contains("time.sleep(4321)") {
        assert!(Instant::now() < patience && child.try_wait().unwrap().is_none(), "setup.py was not reached");
        std::thread::sleep(Duration::from_millis(100));
    }
    let id = i32::try_from(child.id()).unwrap();
    rustix::process::kill_process(rustix::process::Pid::from_raw(id).unwrap(), rustix::process::Signal::INT).unwrap();
    let begin = Instant::now();
    let status = child.wait().unwrap();
    assert!(begin.elapsed() < Duration::from_secs(20), "cancelling took {:?}", begin.elapsed());
    assert_eq!(status.code(), Some(130));
    std::thread::sleep(Duration::from_millis(300));
    assert!(!processes().contains("time.sleep(4321)"), "something was left behind");
}

#[test]
fn a_flood_of_output_is_kept_in_the_log_and_does_not_stop_the_build() {
    let bench = Workbench::new();
    let root =
        hostile(&bench, "import sys\nfor number in range(300_000):\n    print('flood', number, file=sys.stderr)\n");
    let run = build(&bench, "wheel", &root).expect_code(0);
    assert!(run.stdout.len() < 5_000_000, "{} bytes of events", run.stdout.len());
}

#[test]
fn escape_sequences_of_a_tool_never_reach_the_terminal() {
    let bench = Workbench::new();
    let root = hostile(
        &bench,
        "print('\\033]0;owned\\007\\033[2J\\033[31mred', flush=True)\nraise SystemExit('\\033[2Jbroken')\n",
    );
    let run = bench.packwright(["build", "wheel", "--trust"]).arg(&root).run().expect_code(1);
    assert!(!run.stderr.contains('\u{1b}') && !run.stdout.contains('\u{1b}'), "{run}");
}

#[test]
fn build_code_cannot_read_the_home_folder() {
    if !sandboxed() {
        return;
    }
    let bench = Workbench::new();
    let key = bench.home().join(".ssh/id_ed25519");
    tree::write(&bench.home(), &[(".ssh/id_ed25519", "the private key")]);
    let thief = format!("raise SystemExit(open({:?}).read())", key.display().to_string());
    let run = build(&bench, "wheel", &hostile(&bench, &thief)).expect_code(1);
    assert!(!run.stdout.contains("the private key"), "{run}");
    let log = run.finished()["problems"][0]["log"]
        .as_str()
        .map(|path| tree::read(Path::new(path)))
        .expect("a failed step has a log");
    expect_words(&log, &["FileNotFoundError", "id_ed25519"]);
}

#[test]
fn build_code_cannot_reach_the_network() {
    if !sandboxed() {
        return;
    }
    let bench = Workbench::new();
    let index = Index::serve([]);
    let caller = format!("import urllib.request\nurllib.request.urlopen({:?} + 'stolen', timeout=5)\n", index.url());
    let _ = build(&bench, "wheel", &hostile(&bench, &caller)).expect_code(1);
    assert!(index.asked().is_empty(), "{:?}", index.asked());
}

#[test]
fn build_code_cannot_change_the_project() {
    let bench = Workbench::new();
    let root = hostile(&bench, "open('hostile.py', 'w').write('changed = True')\nopen('litter', 'w').close()\n");
    let before = tree::files(&root);
    let _ = build(&bench, "sdist", &root);
    assert_eq!(tree::files(&root), before);
    assert!(tree::read(&root.join("hostile.py")).contains("def main"));
}
