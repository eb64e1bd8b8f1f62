//! The linear mode: each screen as plain text, one command a line. For screen readers, and for terminals that cannot
//! place a cursor.

use std::collections::VecDeque;
use std::io::{self, BufRead, Write};
use std::path::Path;
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::action::{Action, everywhere};
use super::message::Message;
use super::run::Run;
use super::update::{act, bindings, page, update};
use super::{overlay, screens};

/// How long a line waits for what it asked for before the screen is read out.
const PATIENCE: Duration = Duration::from_millis(400);
/// What cancels a build while it runs.
const CANCEL: &str = "x";
/// The width that lines are broken at; a screen reader does not mind, a braille line does.
const WIDTH: u16 = 80;

/// Runs until the input ends or the user leaves.
pub fn run(path: Option<&Path>, input: impl BufRead + Send + 'static, output: &mut dyn Write) -> io::Result<u8> {
    let mut run = Run::start(path, (WIDTH, 200));
    run.model.theme.depth = super::theme::Depth::None;
    run.model.medium = super::model::Medium::ReadOut;
    let mut lines = Lines::of(input);
    let mut said = String::new();
    loop {
        settle(&mut run, &mut lines, output)?;
        let text = read_out(&run);
        if text != said {
            output.write_all(text.as_bytes())?;
            said = text;
        }
        write!(output, "> ")?;
        output.flush()?;
        let Some(line) = lines.next()? else { return Ok(0) };
        for effect in command(&mut run, line.trim()) {
            if run.perform(effect)? {
                return Ok(0);
            }
        }
    }
}

/// The lines of the user, read on a thread of their own: a build can be cancelled while it runs.
struct Lines {
    read: Receiver<io::Result<String>>,
    waiting: VecDeque<io::Result<String>>,
}

impl Lines {
    fn of(input: impl BufRead + Send + 'static) -> Self {
        let (sender, read) = mpsc::channel();
        // The thread ends with the input, or with the process.
        std::thread::spawn(move || input.lines().try_for_each(|line| sender.send(line)));
        Self { read, waiting: VecDeque::new() }
    }

    /// The next line, waited for; nothing at the end.
    fn next(&mut self) -> io::Result<Option<String>> {
        self.waiting.pop_front().or_else(|| self.read.recv().ok()).transpose()
    }

    /// Takes the next line out if it is there already and meant for now; others wait their turn.
    fn take_if(&mut self, is_meant: impl Fn(&str) -> bool) -> bool {
        self.waiting.extend(self.read.try_iter());
        let is_meant = self.waiting.front().is_some_and(|line| line.as_ref().is_ok_and(|line| is_meant(line.trim())));
        if is_meant {
            self.waiting.pop_front();
        }
        is_meant
    }
}

/// Waits until nothing has changed for a while; while something is built, until it has ended or was cancelled.
fn settle(run: &mut Run, lines: &mut Lines, output: &mut dyn Write) -> io::Result<()> {
    let mut quiet = Instant::now();
    let mut is_told = false;
    while quiet.elapsed() < PATIENCE {
        let is_building = run.model.is_building();
        if is_building && !is_told {
            is_told = true;
            writeln!(output, "\nBuilding. This is read out again when it has ended; {CANCEL} cancels it.")?;
            output.flush()?;
        }
        if is_building && lines.take_if(|line| line == CANCEL || line == "cancel") {
            for effect in command(run, CANCEL) {
                run.perform(effect)?;
            }
        }
        if run.gather()? || is_building || run.model.opening.is_some() {
            quiet = Instant::now();
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

fn read_out(run: &Run) -> String {
    let model = &run.model;
    let (title, rows) = match &model.overlay {
        Some((over, _)) => overlay::page(model, over, WIDTH),
        None => {
            let screens::Scene { mut main, side, .. } = screens::scene(model);
            if let Some((side, _)) = side {
                main.append(side);
            }
            (format!("{:?}", model.route), main)
        }
    };
    let mut text = format!("\n{title}\n\n");
    let mut named = None;
    for row in &rows.rows {
        let line: String = row.line.spans.iter().map(|span| span.content.as_ref()).collect();
        if row.item.is_some() && row.item != named {
            named = row.item;
            text.push_str(&format!("[{}] ", row.item.unwrap_or_default() + 1));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    if let Some(notice) = &model.notice {
        text.push_str(&format!("\n{notice}\n"));
    }
    let keys: Vec<String> = bindings(model)
        .into_iter()
        .filter(|binding| binding.shown)
        .map(|binding| format!("{} {}", binding.keys[0].name(), binding.label))
        .collect();
    text.push_str(&format!("\nA number chooses. {}. back, help, quit.\n", keys.join(", ")));
    text
}

/// A line of the user: the number of an item, the name of a key, or text for a field.
fn command(run: &mut Run, line: &str) -> Vec<super::message::Effect> {
    if run.model.field.is_some() {
        // A line stands for the whole field, whatever was in it.
        if let Some((_, input)) = &mut run.model.field {
            *input = tui_input::Input::default();
        }
        update(&mut run.model, Message::Paste(line.to_owned()));
        return update(&mut run.model, Message::Key(KeyEvent::new(KeyCode::Enter, KeyModifiers::NONE)));
    }
    if let Ok(number) = line.parse::<usize>()
        && let Some(item) = number.checked_sub(1).filter(|item| *item < page(&run.model).items.len())
    {
        return act(&mut run.model, Action::Click(item));
    }
    let code = match line {
        "" | "enter" => KeyCode::Enter,
        "back" | "esc" => KeyCode::Esc,
        "tab" => KeyCode::Tab,
        "space" => KeyCode::Char(' '),
        "help" => KeyCode::Char('?'),
        "quit" => KeyCode::Char('q'),
        other => match other.chars().next().filter(|_| other.chars().count() == 1) {
            Some(c) => KeyCode::Char(c),
            None => {
                let named = bindings(&run.model).into_iter().chain(everywhere()).find(|one| one.label == other);
                return match named {
                    Some(binding) => act(&mut run.model, binding.action),
                    None => {
                        run.model.notice = Some(format!("there is no `{other}` here; `help` lists what there is"));
                        Vec::new()
                    }
                };
            }
        },
    };
    update(&mut run.model, Message::Key(KeyEvent::new(code, KeyModifiers::NONE)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_cancels_a_build_is_taken_before_its_turn() {
        let mut lines = Lines::of(io::Cursor::new("x\nadvice\n"));
        let begin = Instant::now();
        while !lines.take_if(|line| line == CANCEL) && begin.elapsed() < Duration::from_secs(10) {
            std::thread::sleep(Duration::from_millis(1));
        }
        assert!(!lines.take_if(|line| line == CANCEL));
        assert_eq!(lines.next().unwrap().as_deref(), Some("advice"));
        assert_eq!(lines.next().unwrap(), None);
    }
}
