//! Progress: one live line for each running step on a terminal, a plain line for each ended one everywhere.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use packwright_core::event::{Event, Record, StepEnd};
use packwright_core::plan::StepId;
use packwright_core::session::{Phase, Update, View};
use packwright_core::words::{self, duration};

use crate::show::{Paint, Sign, Style, shortened};
use crate::terminal::Terminal;

/// Progress on standard error.
#[derive(Debug)]
pub struct Progress<'a> {
    terminal: &'a Terminal,
    began: Instant,
    drawn: usize,
    /// Set when the user asked it to stop.
    interrupted: Option<&'a AtomicBool>,
    is_stopping: bool,
}

impl<'a> Progress<'a> {
    /// Progress of a session that begins now.
    pub fn new(terminal: &'a Terminal) -> Self {
        Self { terminal, began: Instant::now(), drawn: 0, interrupted: None, is_stopping: false }
    }

    /// Says when this was set that everything comes to its end.
    pub fn until(self, interrupted: &'a AtomicBool) -> Self {
        Self { interrupted: Some(interrupted), ..self }
    }

    /// Shows what happened; the view has taken it in already. Where programs read, only records are printed.
    pub fn show(&mut self, view: &View, updates: &[Update]) {
        for update in updates {
            let Update::Happened(record) = update else { continue };
            if self.terminal.json {
                self.terminal.print_json(record);
            } else if let Some(line) = line(self.terminal.notes, view, record) {
                self.clear();
                self.terminal.note(&line);
            }
        }
        if !self.is_stopping && self.interrupted.is_some_and(|flag| flag.load(Ordering::SeqCst)) {
            self.is_stopping = true;
            if !self.terminal.json {
                self.clear();
                self.terminal.note("Stopping; once more to stop at once\n");
            }
        }
        if self.terminal.live {
            self.draw(view);
        }
    }

    /// Draws the lines of what is running.
    fn draw(&mut self, view: &View) {
        self.clear();
        let now = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let lines = running(self.terminal.notes, view, now);
        self.drawn = lines.len();
        self.terminal.note(&lines.concat());
    }

    /// Takes the live lines away.
    pub fn clear(&mut self) {
        if self.drawn > 0 {
            // The cursor may stand behind a `^C` that the terminal has shown.
            self.terminal.note(&format!("\r\u{1b}[{}A\u{1b}[J", self.drawn));
            self.drawn = 0;
        }
    }
}

/// The line that stays for something that happened, if it is worth one.
pub fn line(style: Style, view: &View, record: &Record) -> Option<String> {
    let build = view.builds.get(&record.build?)?;
    let step = |id: &StepId| build.steps.iter().find(|known| known.step == *id).map(|known| known.title.clone());
    let (sign, text, remark) = match &record.event {
        Event::Resolving { title } | Event::CheckStarted { title } => (None, title.clone(), String::new()),
        Event::Noted { text } => (Some(Sign::Warning), text.clone(), String::new()),
        Event::StepFinished { step: id, end, wall_ms, .. } => match end {
            StepEnd::Done => (Some(Sign::Good), step(id)?, duration(*wall_ms)),
            StepEnd::Cached => (Some(Sign::Good), step(id)?, words::step_end(*end).into()),
            StepEnd::Failed => {
                (Some(Sign::Bad), step(id)?, format!("{} after {}", words::step_end(*end), duration(*wall_ms)))
            }
            StepEnd::Cancelled => (Some(Sign::Off), step(id)?, words::step_end(*end).into()),
        },
        _ => return None,
    };
    let sign = sign.map_or_else(|| style.faint("·"), |sign| style.sign(sign));
    let label =
        if view.builds.len() > 1 { format!("{} ", style.faint(&label(&build.technology))) } else { String::new() };
    let text = style.paint(Paint::Plain, &text);
    let remark = if remark.is_empty() { remark } else { format!("  {}", style.faint(&remark)) };
    Some(format!("{sign} {label}{text}{remark}\n"))
}

/// One line for each running step, short enough not to wrap: a wrapped line could not be taken away again.
fn running(style: Style, view: &View, now: u64) -> Vec<String> {
    let mut lines = Vec::new();
    for build in view.builds.values().filter(|build| !build.has_ended()) {
        let mut add = |text: &str, since: u64| {
            let several = view.builds.len() > 1;
            let text = if several { format!("{} {text}", label(&build.technology)) } else { text.to_owned() };
            let cut = shortened(&text, style.width.saturating_sub(16));
            let elapsed = style.faint(&duration(now.saturating_sub(since) / 100 * 100));
            lines.push(format!("{} {}  {elapsed}\n", style.faint("…"), style.paint(Paint::Plain, &cut)));
        };
        for step in build.running() {
            add(&step.title, step.began_at);
        }
        if let Some(trying) = &build.trying {
            add(trying, build.trying_since);
        }
        if let (Phase::Preparing, Some(title)) = (build.phase, build.resolving.last()) {
            add(title, build.began_at);
        }
    }
    lines
}

fn label(technology: &str) -> String {
    format!("{technology:<8}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use packwright_core::event::{BuildId, StepTitle};
    use packwright_core::plan::Action;

    const STYLE: Style = Style { colour: false, width: 80 };

    fn record(build: u32, event: Event) -> Record {
        Record { v: Record::VERSION, at: 10, build: Some(BuildId(build)), event }
    }

    fn view() -> (View, StepId) {
        let step = StepId::of(&Action::Fetch { files: Vec::new() });
        let mut view = View::default();
        let steps = vec![StepTitle { step: step.clone(), title: "Fetch\u{1b}[2J the wheels".into() }];
        view.fold(&record(1, Event::BuildStarted { technology: "zipapp".into(), steps }));
        (view, step)
    }

    #[test]
    fn an_ended_step_leaves_one_line() {
        let (mut view, step) = view();
        let ended = record(1, Event::StepFinished { step, end: StepEnd::Done, wall_ms: 1500, lines: 2 });
        view.fold(&ended);
        assert_eq!(line(STYLE, &view, &ended).as_deref(), Some("✓ Fetch the wheels  1.5 s\n"));
    }

    #[test]
    fn a_running_step_has_a_live_line_with_its_time() {
        let (mut view, step) = view();
        view.fold(&record(1, Event::StepStarted { step, title: String::new() }));
        assert_eq!(running(STYLE, &view, 2_510), ["… Fetch the wheels  2.5 s\n"]);
    }

    #[test]
    fn several_builds_are_told_apart() {
        let (mut view, _) = view();
        let resolving = record(2, Event::Resolving { title: "Resolve".into() });
        view.fold(&resolving);
        view.fold(&record(2, Event::BuildStarted { technology: "pex".into(), steps: Vec::new() }));
        assert_eq!(line(STYLE, &view, &resolving).as_deref(), Some("· pex      Resolve\n"));
    }
}
