//! The terminal while it is ours: taken over at the start, and given back whatever happens.

use std::io::{self, Write};
use std::sync::Once;

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
}

static PANICS: Once = Once::new();

impl Stage {
    /// Takes the terminal over. A panic gives it back before its message is printed.
    pub fn enter() -> io::Result<Self> {
        PANICS.call_once(|| {
            let report = std::panic::take_hook();
            std::panic::set_hook(Box::new(move |panic| {
                leave();
                report(panic);
            }));
        });
        take_over()?;
        match Terminal::new(CrosstermBackend::new(io::stdout())) {
            Ok(screen) => Ok(Self { screen }),
            Err(error) => {
                leave();
                Err(error)
            }
        }
    }

    /// Gives the terminal to the shell until it brings this process back.
    #[cfg(unix)]
    pub fn suspend(&mut self) -> io::Result<()> {
        leave();
        // The whole group stops, as it would without us catching the key.
        rustix::process::kill_current_process_group(rustix::process::Signal::TSTP)?;
        take_over()?;
        self.screen.clear()
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

fn take_over() -> io::Result<()> {
    terminal::enable_raw_mode()?;
    execute!(io::stdout(), EnterAlternateScreen, EnableMouseCapture, EnableBracketedPaste)
}

/// Gives the terminal back. Each part for itself: one that fails must not keep the others.
fn leave() {
    let _ = execute!(io::stdout(), DisableBracketedPaste);
    let _ = execute!(io::stdout(), DisableMouseCapture);
    let _ = execute!(io::stdout(), LeaveAlternateScreen, crossterm::cursor::Show);
    let _ = terminal::disable_raw_mode();
}
