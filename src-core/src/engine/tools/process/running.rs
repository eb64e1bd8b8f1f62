//! A running program with everything that it started.

use std::io::PipeWriter;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::launch::with_umask;
use super::watched::Link;
use super::{GRACE, ProcessError, Spawn};
use crate::engine::disk::lease;
use crate::engine::terms::cancel::Cancel;

/// The variable by which processes that left their group are found again, where no supervisor knows them.
const MARK: &str = "PACKWRIGHT_STEP";
/// How long a supervisor may take to end everything.
const ENOUGH: Duration = Duration::from_secs(15);

pub(super) struct Running {
    handle: duct::Handle,
    mark: String,
    /// To the supervisor, where there is one.
    link: Option<Link>,
}

impl Running {
    /// Starts a program below a supervisor, where this binary can be one. Without a pipe for them its errors are lost.
    pub fn start(spawn: &Spawn, out: PipeWriter, err: Option<PipeWriter>) -> std::io::Result<Self> {
        let (expression, link) = match Link::pair()? {
            Some((link, stdin)) => {
                let (program, args) = Link::command(spawn);
                // It begins a session of its own, which the leader of a group cannot do.
                (duct::cmd(program, args).stdin_file(stdin), Some(link))
            }
            None => {
                let spawn = with_umask(spawn);
                (in_own_group(&duct::cmd(&spawn.program, &spawn.args).stdin_null()), None)
            }
        };
        let expression = match err {
            Some(err) => expression.stderr_file(err),
            None => expression.stderr_null(),
        };
        let mark = mark();
        let mut env = spawn.env.clone();
        env.insert(MARK.into(), mark.clone());
        // The expression holds the writing ends; readers see the end only when it is gone.
        let handle = expression.full_env(env).dir(&spawn.cwd).stdout_file(out).unchecked().start()?;
        Ok(Self { handle, mark, link })
    }

    /// Waits for the program, within the time limit and until cancelled.
    pub fn wait(&self, spawn: &Spawn, cancel: &Cancel, started: Instant) -> Result<Option<i32>, ProcessError> {
        let program = || spawn.program.display().to_string();
        loop {
            match self.handle.wait_timeout(Duration::from_millis(50)) {
                Ok(Some(output)) => {
                    return match &self.link {
                        Some(link) => link.exit(spawn),
                        None => Ok(output.status.code()),
                    };
                }
                Ok(None) if cancel.is_cancelled() => return Err(ProcessError::Cancelled { program: program() }),
                Ok(None) if started.elapsed() > spawn.timeout => {
                    return Err(ProcessError::TimedOut { program: program(), after: spawn.timeout });
                }
                Ok(None) => self.wake(),
                Err(source) => return Err(ProcessError::Start { program: program(), source }),
            }
        }
    }

    /// Lets a supervisor go on that its program has stopped.
    fn wake(&self) {
        #[cfg(target_os = "linux")]
        if self.link.is_some() {
            use rustix::process::{Pid, Signal, kill_process};
            let own = self.handle.pids().first().and_then(|id| Pid::from_raw(id.cast_signed()));
            let _ = own.map(|pid| kill_process(pid, Signal::CONT));
        }
    }

    /// How many the supervisor had to end so that the program could go on.
    pub fn held(&self) -> usize {
        self.link.as_ref().map_or(0, Link::held)
    }

    /// Ends whatever is left.
    pub fn end(&self) {
        let own = self.handle.pids().first().copied();
        let mut leader = own.and_then(|id| i32::try_from(id).ok());
        if let Some(link) = &self.link {
            link.cut();
            let _ = self.handle.wait_timeout(ENOUGH);
            let _ = self.handle.kill();
            if link.is_over() {
                return;
            }
            // It was killed, perhaps by the program.
            leader = link.leader();
        }
        #[cfg(unix)]
        if let Some(group) = leader.and_then(rustix::process::Pid::from_raw) {
            self.end_group(group);
        }
        sweep(&self.mark);
        #[cfg(not(unix))]
        let _ = (leader, self.handle.kill());
        let _ = self.handle.wait_timeout(GRACE);
    }

    /// Ends whatever is left of a group: politely, then surely.
    #[cfg(unix)]
    fn end_group(&self, group: rustix::process::Pid) {
        use rustix::process::{Signal, kill_process_group, test_kill_process_group};
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
}

/// What nothing else is marked with: two containers have processes with equal ids.
fn mark() -> String {
    static OWN: OnceLock<u64> = OnceLock::new();
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    format!("{:016x}-{}", OWN.get_or_init(lease::draw), COUNTER.fetch_add(1, Ordering::Relaxed))
}

fn in_own_group(expression: &duct::Expression) -> duct::Expression {
    #[cfg(unix)]
    let expression = &expression.before_spawn(|command| {
        use std::os::unix::process::CommandExt;
        command.process_group(0);
        Ok(())
    });
    expression.clone()
}

/// Kills processes that left their group with `setsid` but still carry the mark.
#[cfg(target_os = "linux")]
fn sweep(mark: &str) {
    use rustix::process::{Pid, Signal, kill_process};
    let needle = format!("{MARK}={mark}\0");
    let processes = super::family::is_own().then(|| std::fs::read_dir("/proc").ok()).flatten();
    for process in processes.into_iter().flatten().flatten() {
        let Some(pid) = process.file_name().to_str().and_then(|name| name.parse().ok()).and_then(Pid::from_raw) else {
            continue;
        };
        // Whose environment may not be read belongs to somebody else, or has ended.
        let environment = std::fs::read(process.path().join("environ")).unwrap_or_default();
        if environment.windows(needle.len()).any(|window| window == needle.as_bytes()) {
            let _ = kill_process(pid, Signal::KILL);
        }
    }
}

#[cfg(not(target_os = "linux"))]
fn sweep(_mark: &str) {}
