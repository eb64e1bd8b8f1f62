//! The binary in a terminal of its own: typed at, resized, and read like a person would.

use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use crate::Invocation;

/// How long something may take to appear, on a busy machine.
const PATIENCE: Duration = Duration::from_mins(3);

/// A run in a pseudo-terminal.
pub struct Terminal {
    shown: Arc<Mutex<Shown>>,
    keyboard: Box<dyn Write + Send>,
    /// Until it hangs up.
    master: Option<Box<dyn MasterPty + Send>>,
    reader: Option<thread::JoinHandle<()>>,
    child: Box<dyn Child + Send + Sync>,
    /// How much of the text was looked at by [`Terminal::expect`].
    seen: usize,
}

/// What came out: as a screen, and as the text of all that was ever written.
struct Shown {
    screen: vt100::Parser,
    text: Vec<u8>,
    /// Nobody looks any more.
    is_over: bool,
}

impl Terminal {
    /// Starts a run in a terminal of this size.
    ///
    /// # Panics
    /// When there is no terminal to be had.
    pub fn start(invocation: &Invocation, columns: u16, rows: u16) -> Self {
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).expect("a pseudo-terminal");
        let child = pair.slave.spawn_command(command(invocation)).expect("the binary starts");
        // Without another end that is open, reading ends with the run.
        drop(pair.slave);
        let screen = vt100::Parser::new(some(rows), some(columns), 0);
        let shown = Arc::new(Mutex::new(Shown { screen, text: Vec::new(), is_over: false }));
        let mut output = pair.master.try_clone_reader().expect("a terminal can be read");
        let sink = Arc::clone(&shown);
        let reader = thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(read @ 1..) = output.read(&mut bytes) {
                let mut shown = sink.lock().unwrap_or_else(PoisonError::into_inner);
                if shown.is_over {
                    break;
                }
                shown.screen.process(&bytes[..read]);
                shown.text.extend_from_slice(&bytes[..read]);
            }
        });
        let keyboard = pair.master.take_writer().expect("a terminal can be written");
        Self { shown, keyboard, master: Some(pair.master), reader: Some(reader), child, seen: 0 }
    }

    /// Types these characters; `\r` is the Enter key, `\x03` Ctrl-C, `\x04` Ctrl-D.
    ///
    /// # Panics
    /// When nobody reads them any more.
    pub fn types(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).and_then(|()| self.keyboard.flush()).expect("keys are taken");
    }

    /// Types a line.
    pub fn answers(&mut self, line: &str) {
        self.types(&format!("{line}\r"));
    }

    /// Waits until this text was written, after what was waited for before.
    ///
    /// # Panics
    /// When it does not come.
    #[track_caller]
    pub fn expect(&mut self, text: &str) {
        let seen = self.seen;
        let found = self.wait(|terminal| terminal.text().get(seen..).and_then(|rest| rest.find(text)));
        match found {
            Some(at) => self.seen += at + text.len(),
            None => panic!("{text:?} did not come after\n{}\n-- but\n{}", &self.text()[..seen], &self.text()[seen..]),
        }
    }

    /// Waits until this text stands on the screen.
    ///
    /// # Panics
    /// When it does not.
    #[track_caller]
    pub fn shows(&self, text: &str) {
        let there = self.wait(|terminal| terminal.screen().contains(text).then_some(()));
        assert!(there.is_some(), "{text:?} is not on the screen\n{}", self.screen());
    }

    /// The screen as it is now, without colours.
    pub fn screen(&self) -> String {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner).screen.screen().contents()
    }

    /// Everything that was written, with plain line ends.
    pub fn text(&self) -> String {
        let shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&shown.text).replace('\r', "")
    }

    /// Gives the terminal another size.
    ///
    /// # Panics
    /// When that is impossible.
    pub fn resize(&self, columns: u16, rows: u16) {
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        let master = self.master.as_ref().expect("the terminal is there");
        master.resize(size).expect("a terminal can be resized");
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        shown.screen.screen_mut().set_size(some(rows), some(columns));
    }

    /// Asks the run to end, as `kill` does.
    ///
    /// # Panics
    /// When it has ended already.
    #[cfg(unix)]
    pub fn terminate(&self) {
        self.signal(rustix::process::Signal::TERM);
    }

    /// Sends the run a signal.
    ///
    /// # Panics
    /// When it has ended already.
    #[cfg(unix)]
    pub fn signal(&self, signal: rustix::process::Signal) {
        Self::signal_to(self.process(), signal);
    }

    /// Sends a process a signal.
    ///
    /// # Panics
    /// When it has ended already.
    #[cfg(unix)]
    pub fn signal_to(process: u32, signal: rustix::process::Signal) {
        let id = i32::try_from(process).ok().and_then(rustix::process::Pid::from_raw);
        rustix::process::kill_process(id.expect("it runs"), signal).expect("it can be asked");
    }

    /// The process that runs in it.
    ///
    /// # Panics
    /// When it has ended already.
    pub fn process(&self) -> u32 {
        self.child.process_id().expect("it runs")
    }

    /// The process that draws, which the one that was started waits for.
    ///
    /// # Panics
    /// When there is none.
    #[cfg(target_os = "linux")]
    pub fn drawing(&self) -> u32 {
        let parent = format!("PPid:\t{}\n", self.process());
        let is_drawing = |id: &u32| {
            std::fs::read_to_string(format!("/proc/{id}/status")).is_ok_and(|status| status.contains(&parent))
        };
        let processes = std::fs::read_dir("/proc").expect("Linux lists its processes").flatten();
        let mut ids = processes.filter_map(|process| process.file_name().to_str()?.parse().ok());
        ids.find(is_drawing).expect("a process draws")
    }

    /// How the terminal takes and shows what is typed.
    ///
    /// # Panics
    /// When it is gone.
    #[cfg(unix)]
    pub fn modes(&self) -> String {
        let master = self.master.as_ref().expect("the terminal is there");
        format!("{:?}", master.get_termios().expect("a terminal has modes"))
    }

    /// Whether a program has left a mode of the screen behind: another screen, a hidden cursor, reports of the mouse.
    pub fn is_ours(&self) -> bool {
        let shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        let screen = shown.screen.screen();
        !screen.alternate_screen()
            && !screen.hide_cursor()
            && !screen.bracketed_paste()
            && screen.mouse_protocol_mode() == vt100::MouseProtocolMode::None
    }

    /// Closes the terminal, as when its window is closed or the connection is lost: nobody types or reads any more. The
    /// run must be one that still draws, since reading only ends with what is read.
    ///
    /// # Panics
    /// When the reader failed.
    pub fn hang_up(&mut self) {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner).is_over = true;
        self.reader.take().map(thread::JoinHandle::join).transpose().expect("the reader ends");
        self.keyboard = Box::new(std::io::sink());
        self.master = None;
    }

    /// Waits for the end of the run; gives its exit code, and everything that was written.
    ///
    /// # Panics
    /// When it does not end.
    #[track_caller]
    pub fn ends(mut self) -> (u32, String) {
        let mut code = None;
        let deadline = Instant::now() + PATIENCE;
        while code.is_none() && Instant::now() < deadline {
            code = self.child.try_wait().expect("a child can be waited for").map(|status| status.exit_code());
            thread::sleep(Duration::from_millis(10));
        }
        let code = code.unwrap_or_else(|| panic!("it does not end\n{}", self.text()));
        // What was written last may still be on its way.
        thread::sleep(Duration::from_millis(100));
        (code, self.text())
    }

    fn wait<T>(&self, look: impl Fn(&Self) -> Option<T>) -> Option<T> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let found = look(self);
            if found.is_some() || Instant::now() > deadline {
                return found;
            }
            thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl std::fmt::Debug for Terminal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Terminal").field("screen", &self.screen()).finish_non_exhaustive()
    }
}

/// A count that a screen can have.
fn some(count: u16) -> NonZeroU16 {
    NonZeroU16::new(count).unwrap_or(NonZeroU16::MIN)
}

fn command(invocation: &Invocation) -> CommandBuilder {
    let original = invocation.command();
    let mut command = CommandBuilder::new(original.get_program());
    command.args(original.get_args());
    command.env_clear();
    command.env("TERM", "xterm-256color");
    for (name, value) in original.get_envs() {
        if let Some(value) = value {
            command.env(name, value);
        }
    }
    if let Some(folder) = original.get_current_dir() {
        command.cwd(folder);
    }
    command
}
