//! The linear mode: each screen as plain text, one command a line. For screen readers, and for terminals that cannot
//! place a cursor.

use std::collections::{BTreeSet, VecDeque};
use std::io::{self, BufRead, Write};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::action::{Action, Field, everywhere};
use super::message::{Effect, Message};
use super::model::{Medium, Model, Overlay};
use super::route::Route;
use super::run::{Opening, Run};
use super::screens::interview;
use super::update::{act, bindings, page, update};
use super::{overlay, screens, spoken};

/// How long a line waits for what it asked for before the screen is read out.
const PATIENCE: Duration = Duration::from_millis(400);
/// What cancels a build while it runs.
const CANCEL: &str = "x";
/// The width that lines are broken at; a screen reader does not mind, a braille line does.
const WIDTH: u16 = 80;

/// Runs until the input ends or the user leaves.
pub fn run(opening: Opening, input: impl BufRead + Send + 'static, output: &mut dyn Write) -> io::Result<u8> {
    let mut run = Run::start(opening, (WIDTH, 200));
    run.model.theme.depth = super::theme::Depth::None;
    run.model.medium = Medium::ReadOut;
    let mut lines = Lines::of(input);
    let mut said = String::new();
    loop {
        settle(&mut run, &mut lines, output)?;
        let text = read_out(&run.model);
        if text != said {
            output.write_all(text.as_bytes())?;
            said = text;
        }
        write!(output, "> ")?;
        output.flush()?;
        let Some(line) = lines.next()? else { return Ok(0) };
        for effect in command(&mut run.model, line.trim()) {
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
        // The thread ends with the input, or with the process; without one there is no input.
        let _ = std::thread::Builder::new().spawn(move || input.lines().try_for_each(|line| sender.send(line)));
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

/// Waits until nothing has changed for a while; while something is planned or built, until it has ended or was cancelled.
fn settle(run: &mut Run, lines: &mut Lines, output: &mut dyn Write) -> io::Result<()> {
    let mut quiet = Instant::now();
    let mut is_told = false;
    while quiet.elapsed() < PATIENCE {
        let is_building = run.model.is_building();
        let is_busy = is_building || run.model.is_planning();
        if is_busy && !is_told {
            is_told = true;
            let doing = if is_building { "Building" } else { "Planning" };
            writeln!(output, "\n{doing}. This is read out again when it has ended; {CANCEL} cancels it.")?;
            output.flush()?;
        }
        if is_busy && lines.take_if(|line| line == CANCEL || line == "cancel") {
            for effect in command(&mut run.model, CANCEL) {
                run.perform(effect)?;
            }
        }
        if run.gather()? || is_busy || run.model.opening.is_some() {
            quiet = Instant::now();
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

/// The screen, or what lies over it, in words.
pub(super) fn read_out(model: &Model) -> String {
    let (title, rows) = match &model.overlay {
        Some((over, _)) => overlay::page(model, over, WIDTH),
        None => {
            let screens::Scene { mut main, side, foot } = screens::scene(model);
            if let Some((side, _)) = side {
                main.append(side);
            }
            main.append(foot);
            (format!("{:?}", model.route), main)
        }
    };
    let mut text = format!("\n{}\n\n", spoken::line(&title));
    let mut named = None;
    for row in &rows.rows {
        let line: String = row.line.spans.iter().map(|span| span.content.as_ref()).collect();
        let line = spoken::line(&line);
        match row.item.filter(|item| Some(*item) != named) {
            Some(item) => {
                named = Some(item);
                text.push_str(&spoken::numbered(item + 1, &line));
            }
            None => text.push_str(&line),
        }
        text.push('\n');
    }
    if let Some(notice) = &model.notice {
        text.push_str(&format!("\n{notice}\n"));
    }
    text + "\n" + &invitation(model, rows.items.len()) + "\n"
}

/// What the next line can be.
fn invitation(model: &Model, items: usize) -> String {
    let cursor = match items {
        0 => String::new(),
        _ => format!(" The cursor is on {}.", model.place().focus.min(items - 1) + 1),
    };
    match &model.field {
        Some((Field::Filter, _)) => format!("A number chooses, words search.{cursor} esc closes."),
        Some(_) if model.overlay.is_none() => "The next line goes into the field; esc leaves it.".into(),
        _ => {
            let shown = bindings(model).into_iter().filter(|binding| binding.shown);
            let keys: Vec<String> =
                shown.map(|binding| format!("{} {}", binding.keys[0].name(), binding.label)).collect();
            let several = if takes_several(model) { " 1,3 chooses several." } else { "" };
            format!("A number chooses.{several}{cursor} {}. back, help, quit.", keys.join(", "))
        }
    }
}

/// Whether several rows can be chosen together.
fn takes_several(model: &Model) -> bool {
    match &model.overlay {
        Some((Overlay::Tags(fact), _)) => overlay::takes_several(*fact),
        Some(_) => false,
        None => model.route == Route::Interview && interview::question(model).is_some_and(|ask| ask.several),
    }
}

/// Chooses several rows together, where that is possible.
fn choose_all(model: &mut Model, numbers: &[usize]) -> Vec<Effect> {
    let items = page(model).items;
    let index = |number: &usize| match items.get(number.checked_sub(1)?)? {
        Action::Mark(index) | Action::Answer(index) => Some(*index),
        _ => None,
    };
    let chosen: Option<BTreeSet<usize>> = numbers.iter().map(index).collect();
    let Some(chosen) = chosen.filter(|_| takes_several(model)) else {
        model.notice = Some("these cannot be chosen together here".into());
        return Vec::new();
    };
    model.place_mut().focus = chosen.first().copied().unwrap_or_default();
    model.marked = chosen;
    act(model, Action::Confirm)
}

/// The numbers in a line that holds several, and nothing else.
fn several(line: &str) -> Option<Vec<usize>> {
    let numbers: Option<Vec<usize>> =
        line.split([',', ' ']).filter(|part| !part.is_empty()).map(|part| part.parse().ok()).collect();
    numbers.filter(|numbers| numbers.len() > 1)
}

/// A line of the user: the number of an item, the name of a key, or text for a field.
pub(super) fn command(model: &mut Model, line: &str) -> Vec<Effect> {
    let press = |model: &mut Model, code| update(model, Message::Key(KeyEvent::new(code, KeyModifiers::NONE)));
    let is_search = matches!(model.field, Some((Field::Filter, _)));
    if line == "esc" && model.field.is_some() {
        return press(model, KeyCode::Esc);
    }
    let item = line.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    let item = item.filter(|item| *item < page(model).items.len());
    if (model.field.is_some() && !is_search) || (is_search && item.is_none() && !line.is_empty()) {
        // A line stands for the whole field, whatever was in it.
        if let Some((_, input)) = &mut model.field {
            *input = tui_input::Input::default();
        }
        update(model, Message::Paste(line.to_owned()));
        // What a search finds is read out before anything of it is done.
        return if is_search { Vec::new() } else { press(model, KeyCode::Enter) };
    }
    if let Some(item) = item {
        return act(model, Action::Click(item));
    }
    if let Some(numbers) = several(line) {
        return choose_all(model, &numbers);
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
                let named = bindings(model).into_iter().chain(everywhere()).find(|one| one.label == other);
                return match named {
                    Some(binding) => act(model, binding.action),
                    None => {
                        model.notice = Some(format!("there is no `{other}` here; `help` lists what there is"));
                        Vec::new()
                    }
                };
            }
        },
    };
    press(model, code)
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
