//! Logs as they are shown: the newest lines of each build, bounded in number and size; all of it is in the file.

use std::collections::{BTreeMap, VecDeque};

use packwright_core::engine::log::{Line, Stream};
use packwright_core::event::BuildId;
use packwright_core::plan::StepId;
use packwright_core::session::plain;

/// Lines kept of each build.
const MOST_LINES: usize = 40_000;
/// Bytes kept of each build.
const MOST_BYTES: usize = 8 << 20;
/// Characters shown of a line; the rest is in the file.
const LONGEST: usize = 4_000;

/// A line with what is known of it.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its number in the build, from 0.
    pub number: u64,
    /// The step that printed it.
    pub step: StepId,
    /// On which stream.
    pub stream: Stream,
    /// Its text; untrusted, with the colours of the tool.
    pub text: String,
    /// Whether it holds what is searched for. Looking again for every frame would cost more than drawing it.
    is_found: bool,
}

/// The newest lines of one build.
#[derive(Debug, Default)]
pub struct Log {
    entries: VecDeque<Entry>,
    bytes: usize,
    seen: u64,
    first_error: Option<u64>,
}

/// Which lines are shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Filter {
    /// All.
    #[default]
    All,
    /// Standard output.
    Output,
    /// Standard error.
    Errors,
    /// The lines that hold what is searched for.
    Found,
}

/// All logs, and how they are looked at.
#[derive(Debug, Default)]
pub struct Logs {
    by_build: BTreeMap<BuildId, Log>,
    /// The line at the top, by number; `None` follows the end.
    pub top: Option<u64>,
    /// Which lines are shown.
    pub filter: Filter,
    /// Only lines of this step are shown.
    pub step: Option<StepId>,
    /// What is searched for, in lower case; empty for nothing.
    sought: String,
    /// Whether long lines are wrapped.
    pub wrap: bool,
    /// Columns scrolled sideways.
    pub sideways: usize,
}

impl Log {
    fn push(&mut self, step: &StepId, line: &Line, sought: &str) {
        let mut text = line.text.as_str();
        if let Some((end, _)) = text.char_indices().nth(LONGEST) {
            text = &text[..end];
        }
        if self.first_error.is_none() && looks_like_an_error(&plain(text)) {
            self.first_error = Some(self.seen);
        }
        self.bytes += text.len();
        let entry = Entry {
            number: self.seen,
            step: step.clone(),
            stream: line.stream,
            text: text.to_owned(),
            is_found: holds(text, sought),
        };
        self.entries.push_back(entry);
        self.seen += 1;
        while self.entries.len() > MOST_LINES || self.bytes > MOST_BYTES {
            let Some(old) = self.entries.pop_front() else { break };
            self.bytes -= old.text.len();
        }
    }

    /// Lines that are no longer kept.
    pub fn dropped(&self) -> u64 {
        self.seen - self.entries.len() as u64
    }

    /// Lines that came.
    pub fn seen(&self) -> u64 {
        self.seen
    }
}

impl Logs {
    /// Takes in lines of a step.
    pub fn take(&mut self, build: BuildId, step: &StepId, lines: &[Line], skipped: u64) {
        let log = self.by_build.entry(build).or_default();
        log.seen += skipped;
        if skipped > 0 {
            log.entries.clear();
            log.bytes = 0;
        }
        for line in lines {
            log.push(step, line, &self.sought);
        }
    }

    /// The log of a build.
    pub fn of(&self, build: BuildId) -> Option<&Log> {
        self.by_build.get(&build)
    }

    /// Forgets the log of a build that begins anew.
    pub fn forget(&mut self, build: BuildId) {
        self.by_build.remove(&build);
        (self.top, self.step) = (None, None);
    }

    /// What is searched for; empty for nothing.
    pub fn sought(&self) -> &str {
        &self.sought
    }

    /// Searches for something, in upper or lower case.
    pub fn seek(&mut self, text: &str) {
        if text.to_lowercase() == self.sought {
            return;
        }
        self.sought = text.to_lowercase();
        for entry in self.by_build.values_mut().flat_map(|log| &mut log.entries) {
            entry.is_found = holds(&entry.text, &self.sought);
        }
    }

    /// Forgets what was searched for, and shows other lines than those again.
    pub fn forget_search(&mut self) {
        self.seek("");
        if self.filter == Filter::Found {
            self.filter = Filter::All;
        }
    }

    /// Whether the end is followed.
    pub fn follows(&self) -> bool {
        self.top.is_none()
    }

    fn fits(&self, entry: &Entry) -> bool {
        let of_step = self.step.as_ref().is_none_or(|step| *step == entry.step);
        of_step
            && match self.filter {
                Filter::All => true,
                Filter::Output => entry.stream == Stream::Out,
                Filter::Errors => entry.stream == Stream::Err,
                Filter::Found => entry.is_found,
            }
    }

    /// At most so many lines to show, the first of them at the top.
    pub fn window(&self, build: BuildId, most: usize) -> Vec<&Entry> {
        let Some(log) = self.by_build.get(&build) else { return Vec::new() };
        let fits = |entry: &&Entry| self.fits(entry);
        match self.top {
            Some(top) => {
                let from = log.entries.partition_point(|entry| entry.number < top);
                log.entries.iter().skip(from).filter(fits).take(most).collect()
            }
            None => {
                let mut last: Vec<&Entry> = log.entries.iter().rev().filter(fits).take(most).collect();
                last.reverse();
                last
            }
        }
    }

    /// Shows the lines of the next step alone, and after the last those of all again.
    pub fn next_step(&mut self, build: BuildId) {
        let mut steps: Vec<&StepId> = Vec::new();
        for entry in self.by_build.get(&build).iter().flat_map(|log| &log.entries) {
            if steps.last().is_none_or(|last| **last != entry.step) && !steps.contains(&&entry.step) {
                steps.push(&entry.step);
            }
        }
        let next = match &self.step {
            Some(now) => steps.iter().position(|step| *step == now).and_then(|at| steps.get(at + 1)),
            None => steps.first(),
        };
        self.step = next.map(|step| (*step).clone());
        self.top = None;
    }

    /// Scrolls by so many lines; past the end follows it again.
    pub fn scroll(&mut self, build: BuildId, lines: isize, height: usize) {
        let Some(log) = self.by_build.get(&build) else { return };
        let numbers: Vec<u64> = log.entries.iter().filter(|entry| self.fits(entry)).map(|entry| entry.number).collect();
        let last = numbers.len().saturating_sub(height);
        let now = self.top.map_or(last, |top| numbers.partition_point(|number| *number < top).min(last));
        let next = now.saturating_add_signed(lines);
        self.top = if next >= last { None } else { numbers.get(next).copied() };
    }

    /// To the next line that holds what is searched for, or the one before.
    pub fn find(&mut self, build: BuildId, forward: bool) -> bool {
        let Some(log) = self.by_build.get(&build) else { return false };
        let here = self.top.unwrap_or(log.seen);
        let mut found = log.entries.iter().filter(|entry| entry.is_found && self.fits(entry));
        let next = if forward {
            let first = found.clone().next();
            found.find(|entry| entry.number > here).or(first)
        } else {
            found.rfind(|entry| entry.number < here)
        };
        let number = next.map(|entry| entry.number);
        self.top = number.or(self.top);
        number.is_some()
    }

    /// To the first line that looks like an error.
    pub fn find_first_error(&mut self, build: BuildId) -> bool {
        let first = self.by_build.get(&build).and_then(|log| Some(log.first_error?.max(log.dropped())));
        (self.filter, self.step) = (Filter::All, None);
        self.top = first.map(|number| number.saturating_sub(2)).or(self.top);
        first.is_some()
    }
}

/// Whether a line holds this, which is in lower case.
fn holds(text: &str, sought: &str) -> bool {
    !sought.is_empty() && plain(text).to_lowercase().contains(sought)
}

fn looks_like_an_error(text: &str) -> bool {
    let lower = text.to_lowercase();
    let lower = lower.trim_start();
    ["error", "fatal", "traceback (most recent call last)"].iter().any(|word| lower.starts_with(word))
        || lower.contains("error:")
}

#[cfg(test)]
mod tests {
    use super::*;
    use packwright_core::plan::Action;

    const BUILD: BuildId = BuildId(1);

    fn filled(lines: &[&str]) -> Logs {
        let mut logs = Logs::default();
        add(&mut logs, lines);
        logs
    }

    fn add(logs: &mut Logs, lines: &[&str]) {
        let lines: Vec<Line> = lines
            .iter()
            .map(|text| Line {
                stream: if text.starts_with('!') { Stream::Err } else { Stream::Out },
                text: (*text).to_owned(),
            })
            .collect();
        logs.take(BUILD, &StepId::of(&Action::Fetch { files: Vec::new() }), &lines, 0);
    }

    fn shown(logs: &Logs, most: usize) -> Vec<&str> {
        logs.window(BUILD, most).into_iter().map(|entry| entry.text.as_str()).collect()
    }

    #[test]
    fn the_end_is_followed_until_the_user_scrolls_up() {
        let mut logs = filled(&["a", "b", "c", "d"]);
        assert_eq!(shown(&logs, 2), ["c", "d"]);
        logs.scroll(BUILD, -1, 2);
        assert_eq!((shown(&logs, 2), logs.follows()), (vec!["b", "c"], false));
        add(&mut logs, &["e"]);
        assert_eq!(shown(&logs, 2), ["b", "c"], "what comes does not move what is read");
        logs.scroll(BUILD, 9, 2);
        assert_eq!((shown(&logs, 2), logs.follows()), (vec!["d", "e"], true));
    }

    #[test]
    fn lines_are_filtered_by_stream_and_by_search() {
        let mut logs = filled(&["a", "!b", "c ERROR", "d"]);
        logs.filter = Filter::Errors;
        assert_eq!(shown(&logs, 9), ["!b"]);
        logs.seek("Error");
        logs.filter = Filter::Found;
        assert_eq!(shown(&logs, 9), ["c ERROR"]);
    }

    #[test]
    fn the_lines_of_one_step_can_be_seen_alone() {
        let mut logs = filled(&["a", "b"]);
        let other = StepId::of(&Action::Run(packwright_core::plan::Command::new(
            packwright_core::plan::ToolRef::System { name: "x".into() },
            [""; 0],
        )));
        logs.take(BUILD, &other, &[Line { stream: Stream::Out, text: "c".into() }], 0);
        logs.next_step(BUILD);
        assert_eq!(shown(&logs, 9), ["a", "b"]);
        logs.next_step(BUILD);
        assert_eq!(shown(&logs, 9), ["c"]);
        logs.next_step(BUILD);
        assert_eq!(shown(&logs, 9), ["a", "b", "c"]);
    }

    #[test]
    fn a_search_goes_forth_and_back_and_begins_anew_at_the_end() {
        let mut logs = filled(&["x 1", "y", "x 2", "y"]);
        logs.seek("x");
        assert!(logs.find(BUILD, false));
        assert_eq!(shown(&logs, 1), ["x 2"]);
        assert!(logs.find(BUILD, false));
        assert_eq!(shown(&logs, 1), ["x 1"]);
        assert!(!logs.find(BUILD, false), "there is none before the first");
        logs.top = Some(2);
        assert!(logs.find(BUILD, true));
        assert_eq!(shown(&logs, 1), ["x 1"]);
    }

    #[test]
    fn a_search_that_begins_anew_stays_among_the_lines_that_are_shown() {
        let mut logs = filled(&["x out", "!x err", "y"]);
        logs.seek("x");
        logs.filter = Filter::Errors;
        logs.top = Some(1);
        assert!(logs.find(BUILD, true));
        assert_eq!(shown(&logs, 1), ["!x err"]);
    }

    #[test]
    fn what_comes_while_something_is_searched_for_is_found_too() {
        let mut logs = filled(&["a Needle", "b"]);
        logs.seek("NEEDLE");
        logs.filter = Filter::Found;
        add(&mut logs, &["c", "d needle"]);
        assert_eq!(shown(&logs, 9), ["a Needle", "d needle"]);
        logs.forget_search();
        assert_eq!((logs.filter, shown(&logs, 9).len()), (Filter::All, 4));
    }

    #[test]
    fn an_error_in_colours_is_an_error() {
        let mut logs = filled(&["fine", "\u{1b}[1;31merror\u{1b}[0m: no such file"]);
        assert!(logs.find_first_error(BUILD));
    }

    #[test]
    fn memory_is_bounded_by_lines_and_by_bytes() {
        let mut all = Logs::default();
        let long = "x".repeat(70_000);
        for _ in 0..100 {
            add(&mut all, &vec!["short"; 1_000]);
            add(&mut all, &[&long]);
        }
        let kept = all.of(BUILD).unwrap();
        assert_eq!(kept.seen(), 100_100);
        assert!(kept.entries.len() <= MOST_LINES && kept.bytes <= MOST_BYTES && kept.dropped() > 0);
        assert!(kept.entries.iter().all(|entry| entry.text.len() <= LONGEST));
    }

    #[test]
    fn the_first_error_is_found_even_when_it_is_no_longer_kept() {
        let mut logs = filled(&["fine", "error: no such file"]);
        assert!(logs.find_first_error(BUILD));
        assert_eq!(shown(&logs, 9), ["fine", "error: no such file"]);
        add(&mut logs, &vec!["x"; MOST_LINES + 10]);
        assert!(logs.find_first_error(BUILD) && logs.window(BUILD, 3).len() == 3);
    }
}
