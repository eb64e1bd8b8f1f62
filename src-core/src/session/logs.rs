//! Logs as they are shown: of each build the newest lines, bounded over all builds together, and where its user is reading.

mod follower;
mod kept;
mod reading;
mod search;

use std::collections::BTreeMap;
use std::path::Path;

use crate::event::BuildId;
use crate::plan::StepId;
use crate::words::plain;
use unicode_width::UnicodeWidthStr;

pub use follower::{Follower, Piece};
pub use kept::{Entry, Log, Origin};
pub use reading::Spot;
use reading::{Lens, Reading};
pub use search::places;

/// Bytes kept of all builds together.
const MOST_BYTES: usize = 12 << 20;

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

/// The rows and columns in which lines are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// Rows.
    pub rows: usize,
    /// Columns for the text of a line.
    pub columns: usize,
}

/// In which direction is searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Towards {
    /// From here back, and if there is nothing forth.
    Nearest,
    /// Forth, and after the end from the beginning.
    Next,
    /// Back, and after the beginning from the end.
    Previous,
}

/// What a search came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// A line, which is shown now.
    Shown,
    /// Only lines that the filter or the choice of a step hides.
    Hidden,
    /// No line.
    Nowhere,
}

/// The log of a build, and where it is read.
#[derive(Debug, Default)]
struct Watched {
    log: Log,
    /// The row at the top; `None` follows the end.
    top: Option<Spot>,
    /// Only lines of this step are shown.
    step: Option<usize>,
    /// Columns scrolled sideways.
    sideways: usize,
}

/// All logs, and how they are looked at.
#[derive(Debug, Default)]
pub struct Logs {
    by_build: BTreeMap<BuildId, Watched>,
    /// Which lines are shown.
    filter: Filter,
    /// What is searched for, in lower case; empty for nothing.
    sought: String,
    /// Whether long lines are wrapped.
    pub wrap: bool,
}

impl Watched {
    fn through(&self, filter: Filter, wrap: Option<usize>) -> Reading<'_> {
        Reading { log: &self.log, lens: Lens { filter, step: self.step, wrap } }
    }
}

impl Logs {
    /// Takes in lines of a step.
    pub fn take(&mut self, piece: Piece) {
        let Piece { build, origin, lines, skipped } = piece;
        self.by_build.entry(build).or_default().log.take(origin, &lines, skipped, &self.sought);
    }

    /// Keeps no more than there is room for: of builds that have ended the oldest lines go first.
    pub fn shrink(&mut self, has_ended: impl Fn(BuildId) -> bool) {
        let mut over =
            self.by_build.values().map(|watched| watched.log.bytes()).sum::<usize>().saturating_sub(MOST_BYTES);
        while over > 0 {
            let ended = self.by_build.iter().find(|(id, watched)| has_ended(**id) && watched.log.bytes() > 0);
            let largest = || self.by_build.iter().max_by_key(|(_, watched)| watched.log.bytes());
            let Some(id) = ended.or_else(largest).map(|(id, _)| *id) else { return };
            let Some(watched) = self.by_build.get_mut(&id) else { return };
            let before = watched.log.bytes();
            while before - watched.log.bytes() < over && watched.log.drop_oldest() {}
            over = over.saturating_sub(before - watched.log.bytes());
        }
    }

    /// The log of a build.
    pub fn of(&self, build: BuildId) -> Option<&Log> {
        self.by_build.get(&build).map(|watched| &watched.log)
    }

    /// Forgets the log of a build that begins anew.
    pub fn forget(&mut self, build: BuildId) {
        self.by_build.remove(&build);
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
        for entry in self.by_build.values_mut().flat_map(|watched| &mut watched.log.entries) {
            entry.is_found = search::holds(&entry.text, &self.sought);
        }
    }

    /// Forgets what was searched for, and shows other lines than those again.
    pub fn forget_search(&mut self) {
        self.seek("");
        if self.filter == Filter::Found {
            self.filter = Filter::All;
        }
    }

    /// Which lines are shown.
    pub fn filter(&self) -> Filter {
        self.filter
    }

    /// Shows the lines of the next filter, at their end.
    pub fn next_filter(&mut self, build: BuildId) {
        self.filter = match self.filter {
            Filter::All => Filter::Output,
            Filter::Output => Filter::Errors,
            Filter::Errors if !self.sought.is_empty() => Filter::Found,
            Filter::Errors | Filter::Found => Filter::All,
        };
        self.follow(build);
    }

    /// Whether the end is followed.
    pub fn follows(&self, build: BuildId) -> bool {
        self.by_build.get(&build).is_none_or(|watched| watched.top.is_none())
    }

    /// Follows the end.
    pub fn follow(&mut self, build: BuildId) {
        if let Some(watched) = self.by_build.get_mut(&build) {
            watched.top = None;
        }
    }

    fn reading(&self, build: BuildId, columns: usize) -> Option<(&Watched, Reading<'_>)> {
        let watched = self.by_build.get(&build)?;
        Some((watched, watched.through(self.filter, self.wrap.then_some(columns))))
    }

    /// The lines to show, and how many rows of the first lie above.
    pub fn window(&self, build: BuildId, room: Room) -> (Vec<&Entry>, usize) {
        let Some((watched, reading)) = self.reading(build, room.columns) else { return (Vec::new(), 0) };
        let start = reading.start(watched.top, room.rows);
        (reading.below(start, room.rows), start.row)
    }

    /// How many lines are left by the filter and the choice of a step; nothing where all are.
    pub fn narrowed(&self, build: BuildId) -> Option<usize> {
        let (_, reading) = self.reading(build, 1)?;
        reading.lens.is_narrow().then(|| reading.from(0).count())
    }

    /// The step whose lines are shown alone.
    pub fn step(&self, build: BuildId) -> Option<&StepId> {
        let watched = self.by_build.get(&build)?;
        Some(&watched.log.origins.get(watched.step?)?.step)
    }

    /// The file with what is read: the log of the step whose line is at the top.
    pub fn file(&self, build: BuildId, room: Room) -> Option<&Path> {
        let watched = self.by_build.get(&build)?;
        let first = self.window(build, room).0.first().map(|entry| entry.step);
        let step = watched.step.or(first).or(watched.log.origins.len().checked_sub(1))?;
        Some(&watched.log.origins.get(step)?.file)
    }

    /// Shows the lines of the next step alone, and after the last those of all again.
    pub fn next_step(&mut self, build: BuildId) {
        let Some(watched) = self.by_build.get_mut(&build) else { return };
        let after = watched.step.map_or(0, |step| step + 1);
        let kept = |step: &usize| watched.log.entries.iter().any(|entry| entry.step == *step);
        watched.step = (after..watched.log.origins.len()).find(kept);
        watched.top = None;
    }

    /// Columns scrolled sideways.
    pub fn sideways(&self, build: BuildId) -> usize {
        self.by_build.get(&build).map_or(0, |watched| watched.sideways)
    }

    /// Scrolls sideways by so many columns.
    pub fn shift(&mut self, build: BuildId, by: isize) {
        if let Some(watched) = self.by_build.get_mut(&build) {
            watched.sideways = watched.sideways.saturating_add_signed(by).min(2 * kept::LONGEST);
        }
    }

    /// Scrolls by so many rows; past the end follows it again.
    pub fn scroll(&mut self, build: BuildId, by: isize, room: Room) {
        self.place(build, room, |reading, now| {
            let rows = by.unsigned_abs();
            if by < 0 { reading.up(now, rows) } else { reading.down(now, rows) }
        });
    }

    /// To the first row.
    pub fn rewind(&mut self, build: BuildId, room: Room) {
        self.place(build, room, |reading, now| {
            reading.from(0).next().map_or(now, |first| Spot { line: first.number, row: 0 })
        });
    }

    /// Puts another row at the top, given the one that is there.
    fn place(&mut self, build: BuildId, room: Room, next: impl Fn(Reading, Spot) -> Spot) {
        let Some((watched, reading)) = self.reading(build, room.columns) else { return };
        let end = reading.end(room.rows);
        let next = next(reading, reading.start(watched.top, room.rows).min(end));
        let top = (next < end).then_some(next);
        if let Some(watched) = self.by_build.get_mut(&build) {
            watched.top = top;
        }
    }

    /// To a line that holds what is searched for, and sideways to the place in it.
    pub fn find(&mut self, build: BuildId, towards: Towards, room: Room) -> Found {
        let Some((watched, reading)) = self.reading(build, room.columns) else { return Found::Nowhere };
        let here = watched.top.map_or(watched.log.seen(), |top| top.line);
        let first = |from: u64| reading.from(from).find(|entry| entry.is_found);
        let last = |to: u64| reading.before(to).find(|entry| entry.is_found);
        let next = match towards {
            Towards::Nearest => last(here + 1).or_else(|| first(here)),
            Towards::Next => first(here + 1).or_else(|| first(0)),
            Towards::Previous => last(here).or_else(|| last(u64::MAX)),
        };
        let Some(entry) = next else {
            let is_hidden = watched.log.entries.iter().any(|entry| entry.is_found);
            return if is_hidden { Found::Hidden } else { Found::Nowhere };
        };
        let text = plain(&entry.text);
        let place = places(&text, &self.sought).into_iter().next().unwrap_or_default();
        let row = if self.wrap { kept::rows(&text[..place.end], false, room.columns) - 1 } else { 0 };
        let (from, to) = (text[..place.start].width(), text[..place.end].width());
        let top = Spot { line: entry.number, row };
        let Some(watched) = self.by_build.get_mut(&build) else { return Found::Nowhere };
        watched.top = Some(top);
        // The last column may hold the sign that the line goes on.
        if from < watched.sideways || to >= watched.sideways + room.columns {
            watched.sideways = if to < room.columns { 0 } else { from.saturating_sub(room.columns / 3) };
        }
        Found::Shown
    }

    /// To the first line that looks like an error, with what stands before it.
    pub fn find_first_error(&mut self, build: BuildId, room: Room) -> Found {
        self.filter = Filter::All;
        let Some(watched) = self.by_build.get_mut(&build) else { return Found::Nowhere };
        watched.step = None;
        let Some(number) = watched.log.first_error.map(|number| number.max(watched.log.dropped())) else {
            return Found::Nowhere;
        };
        let reading = watched.through(Filter::All, self.wrap.then_some(room.columns));
        watched.top = Some(reading.up(Spot { line: number, row: 0 }, 2.min(room.rows - 1)));
        Found::Shown
    }
}

#[cfg(test)]
mod tests;
