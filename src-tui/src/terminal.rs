//! The only place that prints: answers to standard output, progress and notes to standard error, neither with a login.

use std::cell::{Cell, RefCell};
use std::io::{self, BufRead, IsTerminal, Write};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use packwright_core::problem::Problem;
use packwright_core::redaction;
use serde::Serialize;

use crate::show::Style;

/// Columns where nothing says how wide the terminal is; longer lines are hard to read anyway.
const WIDTH: usize = 100;

/// The streams of this process, and how to write to them.
#[derive(Debug)]
pub struct Terminal {
    /// Whether other programs read the answer.
    pub json: bool,
    /// How answers look.
    pub style: Style,
    /// How notes look.
    pub notes: Style,
    /// Whether lines of progress can be redrawn.
    pub live: bool,
    /// Whether somebody can be asked.
    pub can_ask: bool,
    lost: Cell<bool>,
    mute: Cell<bool>,
    fault: RefCell<Option<io::Error>>,
}

impl Terminal {
    /// The streams as they are now.
    pub fn new(json: bool) -> Self {
        let (out, err) = (io::stdout().is_terminal(), io::stderr().is_terminal());
        let wanted = |terminal: bool| {
            let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
            terminal && !set("NO_COLOR") && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
        };
        let width = terminal_size::terminal_size().map_or(WIDTH, |(width, _)| usize::from(width.0)).clamp(40, WIDTH);
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        Self {
            json,
            style: Style { colour: wanted(out), width },
            notes: Style { colour: wanted(err), width },
            live: err && !json && !dumb,
            can_ask: err && !json && io::stdin().is_terminal(),
            lost: Cell::default(),
            mute: Cell::default(),
            fault: RefCell::default(),
        }
    }

    /// Whether answers are seen on a terminal, rather than written to a file or read by a program.
    pub fn shows_answers() -> bool {
        io::stdout().is_terminal()
    }

    /// Whether a full screen can be drawn: standard output is a terminal that understands more than lines.
    pub fn takes_a_screen(&self) -> bool {
        let dumb = std::env::var_os("TERM").is_none_or(|term| term == "dumb" || term.is_empty());
        !self.json && !dumb && io::stdout().is_terminal()
    }

    /// Prints lines of an answer. When nobody reads any more, as after `| head`, the rest is dropped quietly.
    pub fn print(&self, text: &str) {
        if self.lost.get() {
            return;
        }
        let text = redaction::without_addressed(text);
        let mut out = io::stdout().lock();
        if let Err(error) = out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            self.lost.set(true);
            if error.kind() != io::ErrorKind::BrokenPipe {
                self.fault.replace(Some(error));
            }
        }
    }

    /// Prints one JSON value on a line.
    pub fn print_json(&self, value: &impl Serialize) {
        match serde_json::to_string(value) {
            Ok(text) => self.print(&format!("{}\n", ascii_controls(&text))),
            Err(error) => {
                self.fault.replace(Some(error.into()));
            }
        }
    }

    /// Prints progress or a note.
    pub fn note(&self, text: &str) {
        let text = redaction::without_addressed(text);
        // When even this cannot be written, there is nobody to tell.
        if !self.mute.get() && io::stderr().lock().write_all(text.as_bytes()).is_err() {
            self.mute.set(true);
        }
    }

    /// Prints a problem: as text to standard error, or as an object of problems where programs read.
    pub fn fail(&self, problem: &Problem) -> u8 {
        if self.json {
            self.print_json(&serde_json::json!({ "problems": [problem] }));
        } else {
            self.note(&crate::show::problem(&self.notes, problem));
        }
        problem.code.exit_code()
    }

    /// Puts a question that only `y` or `yes` answers with yes; no answer is waited for once this `is_moot`.
    pub fn ask(&self, question: &str, is_moot: impl Fn() -> bool) -> bool {
        let line = self.ask_for(question, is_moot);
        line.is_some_and(|line| matches!(line.to_lowercase().as_str(), "y" | "yes"))
    }

    /// Puts a question, and gives the line that answers it without the spaces around it; `None` once this `is_moot`.
    pub fn ask_for(&self, question: &str, is_moot: impl Fn() -> bool) -> Option<String> {
        self.note(question);
        let (sender, answer) = mpsc::channel();
        // Reading cannot be interrupted: a thread that still reads ends with the process. Without one nobody answers.
        let _ = std::thread::Builder::new().spawn(move || {
            let mut line = String::new();
            if io::stdin().lock().read_line(&mut line).is_ok() {
                let _ = sender.send(line);
            }
        });
        loop {
            match answer.recv_timeout(Duration::from_millis(20)) {
                Ok(line) => return Some(line.trim().to_owned()),
                Err(RecvTimeoutError::Timeout) if !is_moot() => {}
                Err(_) => {
                    self.note("\n");
                    return None;
                }
            }
        }
    }

    /// The exit code, once all is printed: an answer that could not be written is a failure.
    pub fn finish(&self, code: u8) -> u8 {
        match self.fault.take() {
            Some(error) => {
                self.note(&format!("packwright: cannot write the answer: {error}\n"));
                code.max(1)
            }
            None => code,
        }
    }
}

/// JSON may hold characters that a terminal obeys or that hide; written as escapes, they mean the same to programs.
fn ascii_controls(json: &str) -> String {
    let mut safe = String::with_capacity(json.len());
    for c in json.chars() {
        if !c.is_ascii() && packwright_core::words::plain(c.encode_utf8(&mut [0; 4])) != c.to_string().as_str() {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                safe.push_str(&format!("\\u{unit:04x}"));
            }
        } else if c == '\u{7f}' {
            safe.push_str("\\u007f");
        } else {
            safe.push(c);
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_keeps_its_meaning_and_hides_nothing() {
        let text = "größe \u{9b}31m \u{202e}x \u{e0041} \u{7f}";
        let json = serde_json::to_string(text).unwrap();
        let safe = ascii_controls(&json);
        assert_eq!(safe, "\"größe \\u009b31m \\u202ex \\udb40\\udc41 \\u007f\"");
        assert_eq!(serde_json::from_str::<String>(&safe).unwrap(), text);
    }
}
