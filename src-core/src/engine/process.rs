//! Runs programs: argument vectors only, a process group each, both streams line by line into a log.
//!
//! `duct` starts and waits. What it does not do is end grandchildren: a group is told to stop, then killed, and on
//! Linux whatever left the group is found by a mark in its environment.

use std::collections::BTreeMap;
use std::io::{PipeWriter, Read};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::Cancel;
use super::launch::with_umask;
use super::log::{LogWriter, Stream};

/// How long a group may take to end after it was asked to.
const GRACE: Duration = Duration::from_millis(500);
/// How long pipes may stay open after the leader ended: a daemon it left behind would hold them for ever.
const LINGER: Duration = Duration::from_secs(2);
/// The variable by which processes that left their group are found again.
const MARK: &str = "PACKWRIGHT_STEP";

/// A program to run, with nothing left to decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spawn {
    /// Absolute path.
    pub program: PathBuf,
    /// Its arguments.
    pub args: Vec<String>,
    /// Its whole environment.
    pub env: BTreeMap<String, String>,
    /// Its working folder.
    pub cwd: PathBuf,
    /// When it is ended.
    pub timeout: Duration,
}

/// How a program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exit {
    /// Its exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    /// How long it ran.
    pub wall: Duration,
}

/// Why a program has no exit.
#[derive(Debug, thiserror::Error)]
pub enum ProcessError {
    /// It could not be started.
    #[error("cannot start `{program}`")]
    Start {
        /// The program.
        program: String,
        /// Why.
        source: std::io::Error,
    },
    /// It was ended because it took too long.
    #[error("`{program}` was ended after {} seconds", after.as_secs())]
    TimedOut {
        /// The program.
        program: String,
        /// The limit.
        after: Duration,
    },
    /// It was ended because the user cancelled.
    #[error("`{program}` was cancelled")]
    Cancelled {
        /// The program.
        program: String,
    },
    /// Its log cannot be written.
    #[error("cannot keep the log of `{program}`")]
    Log {
        /// The program.
        program: String,
        /// Why.
        source: std::io::Error,
    },
}

/// Runs a program to its end. Nothing of it is left when this returns.
pub(super) fn run(spawn: &Spawn, log: &LogWriter, cancel: &Cancel) -> Result<Exit, ProcessError> {
    let program = || spawn.program.display().to_string();
    let started = Instant::now();
    let failed = |source| ProcessError::Start { program: program(), source };
    let (out, out_end) = std::io::pipe().map_err(failed)?;
    let (err, err_end) = std::io::pipe().map_err(failed)?;
    let mark = mark();
    let group = Group::start(&with_umask(spawn), &mark, out_end, Some(err_end)).map_err(failed)?;

    let outcome = std::thread::scope(|scope| {
        let readers = [scope.spawn(|| log.drain(out, Stream::Out)), scope.spawn(|| log.drain(err, Stream::Err))];
        let outcome = group.wait(spawn, cancel, started);
        let deadline = Instant::now() + LINGER;
        while outcome.is_ok() && readers.iter().any(|reader| !reader.is_finished()) && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(2));
        }
        group.end(&mark);
        let kept = readers.into_iter().try_for_each(|reader| reader.join().unwrap_or(Ok(())));
        outcome.and_then(|exit| kept.map(|()| exit).map_err(|source| ProcessError::Log { program: program(), source }))
    })?;
    Ok(Exit { code: outcome, wall: started.elapsed() })
}

/// Runs a program and gives what it printed on standard output, for probes.
pub(super) fn capture(spawn: &Spawn) -> Result<(Option<i32>, String), ProcessError> {
    let failed = |source| ProcessError::Start { program: spawn.program.display().to_string(), source };
    let (mut out, out_end) = std::io::pipe().map_err(failed)?;
    let mark = mark();
    let group = Group::start(spawn, &mark, out_end, None).map_err(failed)?;
    std::thread::scope(|scope| {
        let reader = scope.spawn(move || {
            let mut text = Vec::new();
            let _ = out.by_ref().take(1 << 20).read_to_end(&mut text);
            String::from_utf8_lossy(&text).into_owned()
        });
        let code = group.wait(spawn, &Cancel::default(), Instant::now());
        group.end(&mark);
        let text = reader.join().unwrap_or_default();
        Ok((code?, text))
    })
}

fn mark() -> String {
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    format!("{}-{}", std::process::id(), COUNTER.fetch_add(1, Ordering::Relaxed))
}

/// A running process with its group.
struct Group {
    handle: duct::Handle,
    /// The leader, whose id is the group's.
    leader: Option<u32>,
}

impl Group {
    fn start(spawn: &Spawn, mark: &str, out: PipeWriter, err: Option<PipeWriter>) -> std::io::Result<Self> {
        let mut env = spawn.env.clone();
        env.insert(MARK.into(), mark.into());
        let expression = duct::cmd(&spawn.program, &spawn.args)
            .full_env(env)
            .dir(&spawn.cwd)
            .stdin_null()
            .stdout_file(out)
            .unchecked();
        let expression = match err {
            Some(err) => expression.stderr_file(err),
            None => expression.stderr_null(),
        };
        #[cfg(unix)]
        let expression = expression.before_spawn(|command| {
            use std::os::unix::process::CommandExt;
            command.process_group(0);
            Ok(())
        });
        let handle = expression.start()?;
        // The expression holds the writing ends; readers see the end only when it is gone.
        drop(expression);
        let leader = handle.pids().first().copied();
        Ok(Self { handle, leader })
    }

    /// Waits for the leader, within the time limit and until cancelled.
    fn wait(&self, spawn: &Spawn, cancel: &Cancel, started: Instant) -> Result<Option<i32>, ProcessError> {
        let program = || spawn.program.display().to_string();
        loop {
            match self.handle.wait_timeout(Duration::from_millis(50)) {
                Ok(Some(output)) => return Ok(output.status.code()),
                Ok(None) if cancel.is_cancelled() => return Err(ProcessError::Cancelled { program: program() }),
                Ok(None) if started.elapsed() > spawn.timeout => {
                    return Err(ProcessError::TimedOut { program: program(), after: spawn.timeout });
                }
                Ok(None) => {}
                Err(source) => return Err(ProcessError::Start { program: program(), source }),
            }
        }
    }

    /// Ends whatever is left of the group: politely, then surely.
    #[cfg(unix)]
    fn end(&self, mark: &str) {
        use rustix::process::{Pid, Signal, kill_process_group, test_kill_process_group};
        if let Some(group) = self.leader.and_then(|pid| i32::try_from(pid).ok()).and_then(Pid::from_raw) {
            // The leader's exit is not the group's: only an empty group cannot be signalled.
            if test_kill_process_group(group).is_ok() && kill_process_group(group, Signal::TERM).is_ok() {
                let deadline = Instant::now() + GRACE;
                while test_kill_process_group(group).is_ok() && Instant::now() < deadline {
                    let _ = self.handle.try_wait();
                    std::thread::sleep(Duration::from_millis(5));
                }
                let _ = kill_process_group(group, Signal::KILL);
            }
        }
        sweep(mark);
        let _ = self.handle.wait_timeout(GRACE);
    }

    #[cfg(not(unix))]
    fn end(&self, _mark: &str) {
        let _ = self.handle.kill();
    }
}

/// Kills processes that left their group with `setsid` but still carry the mark.
#[cfg(target_os = "linux")]
fn sweep(mark: &str) {
    use rustix::process::{Pid, Signal, kill_process};
    let needle = format!("{MARK}={mark}\0");
    let Ok(processes) = std::fs::read_dir("/proc") else { return };
    for process in processes.flatten() {
        let Some(pid) = process.file_name().to_str().and_then(|name| name.parse().ok()).and_then(Pid::from_raw) else {
            continue;
        };
        let environment = std::fs::read(process.path().join("environ")).unwrap_or_default();
        if environment.windows(needle.len()).any(|window| window == needle.as_bytes()) {
            let _ = kill_process(pid, Signal::KILL);
        }
    }
}

#[cfg(all(unix, not(target_os = "linux")))]
fn sweep(_mark: &str) {}

#[cfg(all(test, unix))]
mod tests {
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
}
