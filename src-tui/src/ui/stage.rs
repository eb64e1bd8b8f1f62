//! The terminal while it is ours: taken over at the start, and given back whatever happens.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Once};

use base64::Engine as _;
use crossterm::event::{DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture};
use crossterm::execute;
use crossterm::terminal::{self, EnterAlternateScreen, LeaveAlternateScreen};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;

/// The screen of this process.
pub type Screen = Terminal<CrosstermBackend<io::Stdout>>;

/// The terminal, ours until dropped.
#[derive(Debug)]
pub struct Stage {
    /// Where frames are drawn.
    pub screen: Screen,
    /// Whether another process asked this one to stop, as `kill -TSTP` does.
    must_stop: Arc<AtomicBool>,
}

static PANICS: Once = Once::new();

/// Whether a parent waits for this process, and stops the whole group with it.
#[cfg(unix)]
static SUPERVISED: AtomicBool = AtomicBool::new(false);

/// Says that a parent waits for this process from now on.
#[cfg(unix)]
pub fn leave_stopping_to_a_parent() {
    SUPERVISED.store(true, Ordering::Relaxed);
}

/// Whether a parent waits for this process.
#[cfg(unix)]
pub fn is_supervised() -> bool {
    SUPERVISED.load(Ordering::Relaxed)
}

impl Stage {
    /// Takes the terminal over. A panic of this thread gives it back before its message is printed. Those of others are
    /// told by the session, as problems: their messages would only spoil the screen, which goes on.
    pub fn enter() -> io::Result<Self> {
        PANICS.call_once(|| {
            let report = std::panic::take_hook();
            let stage = std::thread::current().id();
            std::panic::set_hook(Box::new(move |panic| {
                if std::thread::current().id() == stage {
                    leave();
                    report(panic);
                }
            }));
        });
        let must_stop = Arc::new(AtomicBool::new(false));
        #[cfg(unix)]
        signal_hook::flag::register(signal_hook::consts::SIGTSTP, must_stop.clone())?;
        take_over()?;
        match Terminal::new(CrosstermBackend::new(io::stdout())) {
            Ok(screen) => Ok(Self { screen, must_stop }),
            Err(error) => {
                leave();
                Err(error)
            }
        }
    }

    /// Whether another process asked this one to stop. The terminal is then given to the shell by [`Stage::suspend`].
    pub fn must_stop(&self) -> bool {
        self.must_stop.load(Ordering::SeqCst)
    }

    /// Gives the terminal to the shell until it brings this process back.
    #[cfg(unix)]
    pub fn suspend(&mut self) -> io::Result<()> {
        leave();
        // The whole group stops, as it would without us catching the key; the signal itself only tells us. A parent that
        // waits for this process sees to that.
        if !is_supervised() {
            rustix::process::kill_current_process_group(rustix::process::Signal::TSTP)?;
        }
        signal_hook::low_level::emulate_default_handler(signal_hook::consts::SIGTSTP)?;
        self.must_stop.store(false, Ordering::SeqCst);
        take_over()?;
        // Everything is drawn anew. Clearing would ask the terminal where its cursor is, and wait for the answer among keys.
        self.screen = Terminal::new(CrosstermBackend::new(io::stdout()))?;
        Ok(())
    }

    /// There is no such thing here.
    #[cfg(not(unix))]
    pub fn suspend(&mut self) -> io::Result<()> {
        Ok(())
    }

    /// Puts a text on the clipboard of the terminal, wherever that runs: OSC 52.
    pub fn copy(text: &str) -> io::Result<()> {
        let encoded = base64::engine::general_purpose::STANDARD.encode(text);
        let mut out = io::stdout();
        write!(out, "\u{1b}]52;c;{encoded}\u{7}")?;
        out.flush()
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        leave();
    }
}

/// Waits, for ever if need be, until the other end of the terminal is closed.
#[cfg(unix)]
pub fn is_gone() -> bool {
    use rustix::event::{PollFd, PollFlags, poll};
    let terminal = io::stdin();
    loop {
        // With nothing to wait for, only the end is told.
        let mut ends = [PollFd::new(&terminal, PollFlags::empty())];
        match poll(&mut ends, None) {
            Err(rustix::io::Errno::INTR) => {}
            Err(_) => return false,
            Ok(_) => return ends[0].revents().intersects(PollFlags::HUP | PollFlags::ERR),
        }
    }
}

fn take_over() -> io::Result<()> {
    terminal::enable_raw_mode()?;
    execute!(io::stdout(), EnterAlternateScreen, EnableMouseCapture, EnableBracketedPaste)
}

/// Gives the terminal back. Each part for itself: one that fails must not keep the others.
pub fn leave() {
    let _ = execute!(io::stdout(), DisableBracketedPaste);
    let _ = execute!(io::stdout(), DisableMouseCapture);
    let _ = execute!(io::stdout(), LeaveAlternateScreen, crossterm::cursor::Show);
    let _ = terminal::disable_raw_mode();
}

#[cfg(all(test, unix))]
mod tests {
    use std::io::Read;

    use portable_pty::{CommandBuilder, PtySize, native_pty_system};

    use super::Stage;

    /// Set in the process that plays the program, inside of the pseudo-terminal.
    const PLAYED: &str = "PACKWRIGHT_STAGE_TEST";
    const LEFT: &str = "\u{1b}[?1049l";

    /// Runs this test again, alone, in a terminal of its own; gives all that was written there, and whether the
    /// terminal then was as it had been.
    fn play(test: &str) -> (String, bool) {
        let pair = native_pty_system().openpty(PtySize::default()).unwrap();
        let before = pair.master.get_termios().unwrap();
        let mut command = CommandBuilder::new(std::env::current_exe().unwrap());
        command.args(["--exact", test, "--nocapture"]);
        command.env(PLAYED, "1");
        command.env("RUST_BACKTRACE", "0");
        let mut child = pair.slave.spawn_command(command).unwrap();
        let mut output = pair.master.try_clone_reader().unwrap();
        let reader = std::thread::spawn(move || {
            let (mut written, mut bytes) = (Vec::new(), [0; 4096]);
            // Linux says with an error that nobody writes any more.
            while let Ok(read @ 1..) = output.read(&mut bytes) {
                written.extend_from_slice(&bytes[..read]);
            }
            written
        });
        assert!(!child.wait().unwrap().success());
        let restored = pair.master.get_termios().unwrap() == before;
        drop(pair.slave);
        (String::from_utf8_lossy(&reader.join().unwrap()).into_owned(), restored)
    }

    #[test]
    fn a_panic_gives_the_terminal_back_and_then_says_why() {
        if std::env::var_os(PLAYED).is_some() {
            let _stage = Stage::enter().unwrap();
            panic!("it went wrong");
        }
        let (text, restored) = play("ui::stage::tests::a_panic_gives_the_terminal_back_and_then_says_why");
        let (before, after) = text.split_once(LEFT).expect("the screen is left");
        assert!(!before.contains("it went wrong") && after.contains("it went wrong"), "{text:?}");
        assert!(text.contains("\u{1b}[?1000l") && text.contains("\u{1b}[?2004l") && after.contains("\u{1b}[?25h"));
        assert!(restored, "the terminal takes lines again");
    }

    #[test]
    fn a_panic_elsewhere_leaves_the_screen_as_it_is() {
        if std::env::var_os(PLAYED).is_some() {
            let _stage = Stage::enter().unwrap();
            assert!(std::thread::spawn(|| panic!("behind the scenes")).join().is_err());
            println!("still here");
            panic!("and now for real");
        }
        let (text, _) = play("ui::stage::tests::a_panic_elsewhere_leaves_the_screen_as_it_is");
        let (before, after) = text.split_once(LEFT).expect("the screen is left");
        assert!(before.contains("still here") && !text.contains("behind the scenes"), "{text:?}");
        assert!(after.contains("and now for real"), "{text:?}");
    }
}
