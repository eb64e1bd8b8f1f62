//! Programs that end, and those that must be ended.

use super::*;

fn shell(script: &str, timeout: Duration) -> Spawn {
    Spawn {
        program: "/bin/sh".into(),
        args: vec!["-c".into(), script.into()],
        env: BTreeMap::from([("PATH".into(), "/usr/bin:/bin".into())]),
        cwd: "/".into(),
        timeout,
    }
}

fn logged(spawn: &Spawn, cancel: &Cancel) -> (Result<Exit, ProcessError>, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let log = LogWriter::create(&folder.path().join("step")).unwrap();
    let exit = run(spawn, &log, cancel);
    let log = log.finish().unwrap();
    let lines = log.range(0, log.lines()).unwrap();
    (exit, lines.into_iter().map(|line| format!("{}: {}", line.stream.id(), line.text)).collect())
}

#[test]
fn both_streams_are_kept_line_by_line_and_the_code_is_told() {
    let (exit, mut lines) =
        logged(&shell("echo one; echo two >&2; exit 3", Duration::from_secs(9)), &Cancel::default());
    lines.sort();
    assert_eq!(exit.unwrap().code, Some(3));
    assert_eq!(lines, ["err: two", "out: one"]);
}

#[test]
fn a_grandchild_that_ignores_sigterm_does_not_outlive_the_time_limit() {
    let script = "trap '' TERM; (trap '' TERM; sleep 60) & sleep 60";
    let started = Instant::now();
    let (exit, _) = logged(&shell(script, Duration::from_millis(200)), &Cancel::default());
    assert!(matches!(exit, Err(ProcessError::TimedOut { .. })));
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[test]
fn a_daemon_that_leaves_the_group_is_found_and_ended() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pid");
    let script = format!("setsid sh -c 'echo $$ > {}; sleep 60' & sleep 0.3", file.display());
    let started = Instant::now();
    let (exit, _) = logged(&shell(&script, Duration::from_secs(9)), &Cancel::default());
    assert_eq!(exit.unwrap().code, Some(0));
    assert!(started.elapsed() < Duration::from_secs(5));
    let pid = std::fs::read_to_string(&file).unwrap();
    std::thread::sleep(Duration::from_millis(100));
    let state = std::fs::read_to_string(format!("/proc/{}/stat", pid.trim())).unwrap_or_default();
    assert!(state.is_empty() || state.contains(") Z "), "still running: {state}");
}

#[test]
fn cancelling_ends_a_running_program() {
    let cancel = Cancel::default();
    let switch = cancel.clone();
    std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(100));
        switch.cancel();
    });
    let (exit, _) = logged(&shell("sleep 60", Duration::from_secs(60)), &cancel);
    assert!(matches!(exit, Err(ProcessError::Cancelled { .. })));
}

#[test]
fn a_program_that_is_not_there_is_named() {
    let spawn = Spawn { program: "/nowhere/tool".into(), ..shell("", Duration::from_secs(1)) };
    let (exit, _) = logged(&spawn, &Cancel::default());
    assert_eq!(exit.unwrap_err().to_string(), "cannot start `/nowhere/tool`");
}
