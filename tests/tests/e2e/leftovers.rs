//! What steps leave behind, hold open or stop: nothing of it outlives the build, and the build does not wait for it.
//!
//! Each is tried with the sandbox of this machine and without one, and each sleeps for a time of its own, by which it is
//! found among all processes.

use std::path::Path;
use std::time::{Duration, Instant};

use packwright_tests::{Invocation, Run, Workbench, end_at_once, tree};
use rustix::process::{Pid, Signal, kill_process};

use crate::hostile_builds::{hostile, processes};

/// Where something is at the path of bubblewrap that cannot be started.
const WITHOUT_BUBBLEWRAP: &[&str] = &["--ro-bind", "/dev/null", "/usr/bin/bwrap"];

/// A run with the sandbox of this machine, and one without, each with the code made for a time to sleep.
fn both(code: impl Fn(u32) -> String, time: u32, more: &[&str]) -> Vec<(Run, u32)> {
    let mut runs = Vec::new();
    for (way, time) in [(None, time), (Some(WITHOUT_BUBBLEWRAP), time + 1)] {
        let bench = Workbench::new();
        let root = hostile(&bench, &code(time));
        let Some(run) = invocation(&bench, way) else { continue };
        let run = run.args(["build", "wheel", "--trust", "--json", "--no-cache"]).args(more).arg(&root);
        let run = run.limit(Duration::from_secs(120)).run();
        assert!(run.code != 0 || crate::path_of(&run.artifact()).exists(), "no wheel\n{run}");
        runs.push((run, time));
    }
    runs
}

fn invocation(bench: &Workbench, way: Option<&[&str]>) -> Option<Invocation> {
    match way {
        Some(view) => bench.packwright_in_changed_view(view),
        None => Some(bench.packwright([""; 0])),
    }
}

fn is_running(time: u32) -> bool {
    processes().contains(&format!("sleep {time} "))
}

/// Fails unless the builds went well and nothing with their time is left.
fn expect_done(runs: Vec<(Run, u32)>, at_most: Duration) {
    for (run, time) in runs {
        assert!(!is_running(time), "something was left behind");
        let run = run.expect_code(0);
        assert!(run.wall < at_most, "{:?}", run.wall);
    }
}

#[test]
fn a_daemon_that_holds_the_output_open_holds_nothing_up() {
    let code = |time| format!("import subprocess\nsubprocess.Popen(['sleep', '{time}'], start_new_session=True)\n");
    expect_done(both(code, 86_410, &["--no-verify"]), Duration::from_secs(60));
}

#[test]
fn many_children_that_hold_the_output_open_hold_nothing_up() {
    let code = |time| {
        format!(
            "import os\nfor _ in range(100):\n    if os.fork() == 0:\n        os.execvp('sleep', ['sleep', '{time}'])\n"
        )
    };
    expect_done(both(code, 86_420, &["--no-verify"]), Duration::from_secs(60));
}

#[test]
fn a_busy_daemon_that_holds_the_output_open_holds_nothing_up() {
    let code = |time| {
        format!(
            "import subprocess\nsubprocess.Popen(['sh', '-c', 'while :; do :; done; sleep {time} '], start_new_session=True)\n"
        )
    };
    expect_done(both(code, 86_430, &["--no-verify"]), Duration::from_secs(80));
}

#[test]
fn a_daemon_with_an_environment_of_its_own_is_ended() {
    let code = |time| {
        format!(
            "import os\nif os.fork() == 0:\n    os.setsid()\n    if os.fork():\n        os._exit(0)\n    \
             null = os.open('/dev/null', os.O_RDWR)\n    [os.dup2(null, fd) for fd in range(3)]\n    \
             os.closerange(3, 100)\n    os.execve('/bin/sleep', ['sleep', '{time}'], {{}})\nos.wait()\n"
        )
    };
    expect_done(both(code, 86_440, &["--no-verify"]), Duration::from_secs(60));
}

#[test]
fn a_build_that_stops_itself_is_ended_and_the_reason_is_said() {
    let code = |_| "import os, signal\nos.kill(0, signal.SIGSTOP)\n".to_owned();
    for (run, _) in both(code, 0, &[]) {
        let run = run.expect_code(1);
        crate::expect_words(&crate::problem(&run), &["had stopped itself, and was ended"]);
        assert!(run.wall < Duration::from_secs(60), "{:?}", run.wall);
    }
}

#[test]
fn a_build_that_starts_processes_without_end_is_ended_and_the_reason_is_said() {
    let code = |time| {
        format!(
            "import os, signal, subprocess\nsubprocess.Popen(['sleep', '{time}'])\n\
             for _ in range(2100):\n    if os.fork() == 0:\n        signal.pause()\nos.wait()\n"
        )
    };
    for (run, time) in both(code, 86_450, &[]) {
        assert!(!is_running(time), "something was left behind");
        crate::expect_words(&crate::problem(&run.expect_code(1)), &["ran more than 2000 processes at a time"]);
    }
}

/// The first child of a process.
fn child_of(id: u32) -> Option<u32> {
    let children = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children")).ok()?;
    children.split_whitespace().next()?.parse().ok()
}

fn wait_until(what: &str, patience: Duration, done: impl Fn() -> bool) {
    let began = Instant::now();
    while !done() {
        assert!(began.elapsed() < patience, "{what} after {patience:?}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Sends signals to a build without a sandbox as soon as its code runs; nothing of it may be left after two seconds.
fn end_with(signals: &[Signal], code: &str, time: u32) {
    let bench = Workbench::new();
    let root = hostile(&bench, code);
    let Some(run) = bench.packwright_in_changed_view(WITHOUT_BUBBLEWRAP) else { return };
    let mut view = run.args(["build", "wheel", "--trust", "--no-verify", "--no-cache"]).arg(&root).start();
    wait_until("the code does not run", Duration::from_secs(120), || is_running(time));
    let packwright = child_of(view.id()).and_then(|id| Pid::from_raw(i32::try_from(id).ok()?)).expect("it runs");
    for signal in signals {
        kill_process(packwright, *signal).unwrap();
        std::thread::sleep(Duration::from_millis(10));
    }
    wait_until("something was left behind", Duration::from_secs(2), || !is_running(time));
    end_at_once(&mut view);
}

/// A tool that runs a long time, and ignores that it is asked to end.
fn stubborn(time: u32) -> String {
    format!(
        "import signal, subprocess\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nsubprocess.run(['sleep', '{time}'])\n"
    )
}

/// The same beside a daemon that nothing ties to it.
fn with_daemon(time: u32) -> String {
    format!(
        "import signal, subprocess, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n\
         subprocess.run(['setsid', '-f', 'env', '-i', '/bin/sleep', '{time}'])\ntime.sleep(300)\n"
    )
}

#[test]
fn a_build_without_a_sandbox_that_is_killed_leaves_no_tool_running() {
    for time in 86_460..86_463 {
        end_with(&[Signal::KILL], &stubborn(time), time);
    }
}

#[test]
fn a_build_without_a_sandbox_that_is_killed_leaves_no_daemon_running() {
    end_with(&[Signal::KILL], &with_daemon(86_470), 86_470);
}

#[test]
fn a_build_without_a_sandbox_that_is_interrupted_once_or_twice_leaves_nothing_running() {
    end_with(&[Signal::INT], &with_daemon(86_480), 86_480);
    end_with(&[Signal::INT, Signal::INT], &with_daemon(86_481), 86_481);
    end_with(&[Signal::INT, Signal::KILL], &stubborn(86_482), 86_482);
}

/// Sends a signal to the supervisor, where it is in sight.
fn to_the_supervisor(signal: &str) -> String {
    format!(
        "import os, signal\npid = os.getpid()\n\
         while '--watch-over-a-step' not in open(f'/proc/{{pid}}/cmdline').read():\n    \
         pid = int(open(f'/proc/{{pid}}/stat').read().rsplit(')')[1].split()[1])\n\
         os.kill(pid, signal.{signal})\n"
    )
}

#[test]
fn a_step_that_kills_its_supervisor_is_ended_and_the_reason_is_said() {
    let code = |time| {
        let sleep = format!("os.setsid() if os.fork() == 0 else None\nos.execvp('sleep', ['sleep', '{time}'])\n");
        to_the_supervisor("SIGKILL") + &sleep
    };
    for (run, time) in both(code, 86_490, &[]) {
        std::thread::sleep(Duration::from_millis(200));
        assert!(!is_running(time), "something was left behind");
        let said = crate::problem(&run.expect_code(1));
        assert!(said.contains("was killed") || said.contains("failed"), "{said}");
    }
}

#[test]
fn a_step_that_stops_its_supervisor_gains_nothing() {
    let code = |_| {
        format!(
            "try:\n    {}except OSError:\n    pass\n",
            to_the_supervisor("SIGSTOP").replace('\n', "\n    ").trim_end_matches(' ')
        )
    };
    expect_done(both(code, 86_500, &["--no-verify"]), Duration::from_secs(60));
}

/// Where every process of this namespace is called: `/proc` with none but them.
const OWN_PROCESSES: &[&str] = &["--unshare-pid", "--proc", "/proc"];

#[test]
fn two_containers_on_one_cache_do_no_harm_to_each_other() {
    let bench = Workbench::new().with_own_cache();
    let root = bench.project("greet", &tree::console_project(&[]));
    let build = |out: &Path| {
        let run = bench.packwright_in_changed_view(OWN_PROCESSES)?;
        Some(run.args(["build", "zipapp", "--no-verify", "--no-cache", "--out"]).arg(out).arg(&root))
    };
    let (one, other) = (bench.path().join("one"), bench.path().join("other"));
    let Some(first) = build(&one) else {
        eprintln!("not tried: without bubblewrap there are no namespaces here");
        return;
    };
    let _ = first.run().expect_code(0);
    std::thread::scope(|scope| {
        let building = scope.spawn(|| (0..3).for_each(|_| drop(build(&one).unwrap().run().expect_code(0))));
        while !building.is_finished() {
            let doctor = bench.packwright_in_changed_view(OWN_PROCESSES).unwrap();
            let _ = doctor.args(["doctor", "wheel"]).run().expect_code(0);
            let _ = build(&other).unwrap().run().expect_code(0);
            // Into one folder too.
            let _ = build(&one).unwrap().run().expect_code(0);
        }
        building.join().unwrap();
    });
    for folder in [bench.cache().join("packwright/store/work"), one, other] {
        let left: Vec<_> = tree::children(&folder).iter().map(|path| tree::name(path)).collect();
        assert!(left.iter().all(|name| name.starts_with("greet-")), "left behind: {left:?}");
    }
}
