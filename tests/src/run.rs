//! One run of the binary: how it is started, and what came of it.

use std::ffi::OsStr;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

/// A run that is being prepared.
#[derive(Debug)]
pub struct Invocation {
    command: Command,
    stdin: Vec<u8>,
    limit: Duration,
}

/// What came of a run.
#[derive(Debug)]
pub struct Run {
    /// Everything on standard output; bytes that are not UTF-8 are replaced.
    pub stdout: String,
    /// Everything on standard error, likewise.
    pub stderr: String,
    /// The exit code; 128 and the signal where a signal ended it.
    pub code: i32,
    /// How long it took.
    pub wall: Duration,
}

impl Invocation {
    /// A run of this program with an environment that holds only what is given.
    pub(crate) fn new(program: PathBuf) -> Self {
        let mut command = Command::new(program);
        command.env_clear();
        Self { command, stdin: Vec::new(), limit: Duration::from_mins(5) }
    }

    /// Adds an argument.
    #[must_use]
    pub fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.command.arg(argument);
        self
    }

    /// Adds arguments.
    #[must_use]
    pub fn args(mut self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        self.command.args(arguments);
        self
    }

    /// Sets a variable.
    #[must_use]
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Takes a variable away.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.command.env_remove(name);
        self
    }

    /// Runs it in this folder.
    #[must_use]
    pub fn within(mut self, folder: impl Into<PathBuf>) -> Self {
        self.command.current_dir(folder.into());
        self
    }

    /// Gives it this on standard input, which is otherwise empty.
    #[must_use]
    pub fn stdin(mut self, text: impl Into<Vec<u8>>) -> Self {
        self.stdin = text.into();
        self
    }

    /// Ends it after this time; a run that takes longer than five minutes fails its test otherwise.
    #[must_use]
    pub fn limit(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// What will be started.
    pub(crate) fn command(&self) -> &Command {
        &self.command
    }

    /// Starts it, for tests that interrupt; its output is thrown away.
    ///
    /// # Panics
    /// When it cannot be started.
    pub fn start(mut self) -> Child {
        own_group(&mut self.command);
        self.command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        self.command.spawn().expect("the binary starts")
    }

    /// Runs it to the end.
    ///
    /// # Panics
    /// When it cannot be started, or takes longer than its limit.
    pub fn run(mut self) -> Run {
        own_group(&mut self.command);
        self.command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let begin = Instant::now();
        let mut child = self.command.spawn().expect("the binary starts");
        let mut stdin = child.stdin.take();
        let input = std::mem::take(&mut self.stdin);
        let writer = thread::spawn(move || stdin.as_mut().map(|pipe| pipe.write_all(&input)));
        let (stdout, stderr) = (collect(child.stdout.take()), collect(child.stderr.take()));
        let status = wait(&mut child, begin + self.limit);
        let _ = writer.join();
        let text = |reader: thread::JoinHandle<Vec<u8>>| {
            String::from_utf8_lossy(&reader.join().unwrap_or_default()).into_owned()
        };
        let run =
            Run { stdout: text(stdout), stderr: text(stderr), code: status.map_or(-1, code), wall: begin.elapsed() };
        assert!(status.is_some(), "not done after {:?}\n{run}", self.limit);
        run
    }
}

impl Run {
    /// Fails the test, showing everything, unless the exit code is this one.
    ///
    /// # Panics
    /// When it is not.
    #[must_use]
    #[track_caller]
    pub fn expect_code(self, code: i32) -> Self {
        assert_eq!(self.code, code, "exit code {}, not {code}\n{self}", self.code);
        self
    }

    /// Standard output as one JSON value.
    ///
    /// # Panics
    /// When it is not.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("not JSON: {error}\n{self}"))
    }

    /// Standard output as JSON, one value a line.
    ///
    /// # Panics
    /// When a line is not JSON.
    #[track_caller]
    pub fn records(&self) -> Vec<Value> {
        let parse = |line| serde_json::from_str(line).unwrap_or_else(|error| panic!("not JSON: {error}\n{line}"));
        self.stdout.lines().map(parse).collect()
    }

    /// The object that ends `build --json`.
    ///
    /// # Panics
    /// When there is none.
    #[track_caller]
    pub fn finished(&self) -> Value {
        let last = self.records().pop().unwrap_or_else(|| panic!("nothing was printed\n{self}"));
        assert_eq!(last["type"], "finished", "the last line is not `finished`\n{self}");
        last
    }

    /// The only artifact of `build --json`.
    ///
    /// # Panics
    /// When there is none, or more than one.
    #[track_caller]
    pub fn artifact(&self) -> Value {
        let finished = self.finished();
        let artifacts = finished["artifacts"].as_array().cloned().unwrap_or_default();
        assert_eq!(artifacts.len(), 1, "not one artifact\n{self}");
        artifacts[0].clone()
    }

    /// Fails the test unless standard error says all of this, on whatever lines it is wrapped.
    ///
    /// # Panics
    /// When it does not.
    #[must_use]
    #[track_caller]
    pub fn says(self, words: &[&str]) -> Self {
        let said = self.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
        for word in words {
            assert!(said.contains(word), "nothing says {word:?}\n{self}");
        }
        self
    }
}

impl std::fmt::Display for Run {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "exit code {}\n-- stdout\n{}-- stderr\n{}", self.code, self.stdout, self.stderr)
    }
}

/// A group of its own, so that a run that hangs can be ended with everything it started.
fn own_group(command: &mut Command) {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    #[cfg(not(unix))]
    let _ = command;
}

/// How the process ended, or `None` when its time was up and it was ended here.
fn wait(child: &mut Child, deadline: Instant) -> Option<ExitStatus> {
    let mut pause = Duration::from_millis(1);
    loop {
        if let Some(status) = child.try_wait().expect("a child can be waited for") {
            return Some(status);
        }
        if Instant::now() > deadline {
            end_at_once(child);
            return None;
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(50));
    }
}

/// Ends a run that was started with [`Invocation::start`] as `kill -9` does, with everything in its group.
pub fn end_at_once(child: &mut Child) {
    #[cfg(unix)]
    if let Some(group) = i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw) {
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
    let _ = child.kill();
    let _ = child.wait();
}

fn code(status: ExitStatus) -> i32 {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return 128 + signal;
    }
    status.code().unwrap_or(-1)
}

fn collect(pipe: Option<impl Read + Send + 'static>) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            let _ = pipe.read_to_end(&mut bytes);
        }
        bytes
    })
}
