//! Lines that somebody types, and the wish to leave.

use std::io::{self, BufRead};
use std::sync::mpsc::{self, Receiver, Sender};

use crossterm::event::{self, Event, KeyCode, KeyEventKind, KeyModifiers};
use crossterm::terminal::{disable_raw_mode, enable_raw_mode};
use packwright_core::problem::{Code, Problem};

use crate::show::Paint;
use crate::terminal::Terminal;

/// What came back.
#[derive(Debug, PartialEq, Eq)]
pub enum Reply {
    /// A line, without its end.
    Line(String),
    /// The end of the input, as by Ctrl-D.
    End,
    /// Ctrl-C, or a signal that asks to end.
    Interrupted,
}

/// A conversation on standard input. Whoever waits for a line also hears of an interrupt, so that leaving is an ordinary
/// answer: nothing is cut off in the middle.
#[derive(Debug)]
pub struct Prompt {
    wanted: Sender<()>,
    replies: Receiver<Reply>,
}

impl Prompt {
    /// Begins to listen; once in a process.
    pub fn open() -> Result<Self, Problem> {
        let (answered, replies) = mpsc::channel();
        let interrupted = answered.clone();
        ctrlc::set_handler(move || {
            let _ = interrupted.send(Reply::Interrupted);
        })
        .map_err(|error| Problem::new(Code::BuildFailed, "cannot watch for interrupts").because(&error))?;
        let (wanted, wants) = mpsc::channel();
        std::thread::Builder::new()
            .spawn(move || while wants.recv().is_ok() && answered.send(line()).is_ok() {})
            .map_err(|error| Problem::new(Code::BuildFailed, "cannot listen for answers").because(&error))?;
        Ok(Self { wanted, replies })
    }

    /// Shows a text and waits for the answer to it.
    pub fn ask(&self, terminal: &Terminal, text: &str) -> Reply {
        terminal.note(text);
        // Without the other thread there is nothing more to read.
        let _ = self.wanted.send(());
        let reply = self.replies.recv().unwrap_or(Reply::End);
        if !matches!(reply, Reply::Line(_)) {
            terminal.note("\n");
        }
        reply
    }
}

/// Asks for a password, which is not shown; `None` where it is not given. Ctrl-C is a key like others here: the terminal is
/// put back before the program goes on.
pub fn password(terminal: &Terminal, question: &str) -> Option<String> {
    // Before the question: who types at once, or pastes, must not see it either.
    enable_raw_mode().ok()?;
    terminal.note(&terminal.notes.paint(Paint::Plain, question));
    let typed = typed();
    let _ = disable_raw_mode();
    terminal.note("\n");
    typed
}

fn typed() -> Option<String> {
    let mut text = String::new();
    loop {
        let key = match event::read() {
            Ok(Event::Key(key)) => key,
            Ok(_) => continue,
            Err(_) => return None,
        };
        let with_control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            _ if key.kind == KeyEventKind::Release => {}
            KeyCode::Enter => return Some(text),
            KeyCode::Esc => return None,
            KeyCode::Char('c' | 'd') if with_control => return None,
            KeyCode::Char('u') if with_control => text.clear(),
            KeyCode::Char(letter) if !with_control => text.push(letter),
            KeyCode::Backspace => drop(text.pop()),
            _ => {}
        }
    }
}

fn line() -> Reply {
    let mut bytes = Vec::new();
    match io::stdin().lock().read_until(b'\n', &mut bytes) {
        Ok(read) if read > 0 => Reply::Line(String::from_utf8_lossy(&bytes).trim().to_owned()),
        _ => Reply::End,
    }
}
