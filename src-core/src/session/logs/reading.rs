//! Walking through a log row by row: a line takes one row, or several where it is wrapped.

use crate::engine::log::Stream;

use super::Filter;
use super::kept::{Entry, Log};

/// A row of a log: so many rows down in the line of this number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    /// The number of the line.
    pub line: u64,
    /// Rows of it that lie above.
    pub row: usize,
}

/// Which lines are seen, and how many rows each takes.
#[derive(Debug, Clone, Copy)]
pub struct Lens {
    /// Which lines.
    pub filter: Filter,
    /// Lines of this step alone.
    pub step: Option<usize>,
    /// The columns at which lines are wrapped, if they are.
    pub wrap: Option<usize>,
}

/// A log through a lens.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'a> {
    pub log: &'a Log,
    pub lens: Lens,
}

impl Lens {
    fn fits(self, entry: &Entry) -> bool {
        self.step.is_none_or(|step| step == entry.step)
            && match self.filter {
                Filter::All => true,
                Filter::Output => entry.stream == Stream::Out,
                Filter::Errors => entry.stream == Stream::Err,
                Filter::Found => entry.is_found,
            }
    }

    /// Whether any line is left out.
    pub fn is_narrow(self) -> bool {
        self.step.is_some() || self.filter != Filter::All
    }

    fn rows(self, entry: &Entry) -> usize {
        self.wrap.map_or(1, |columns| entry.rows(columns))
    }
}

impl<'a> Reading<'a> {
    /// The lines that are seen, from this number on.
    pub fn from(self, number: u64) -> impl DoubleEndedIterator<Item = &'a Entry> {
        self.log.from(number).filter(move |entry| self.lens.fits(entry))
    }

    /// The lines that are seen, before this number, the last one first.
    pub fn before(self, number: u64) -> impl Iterator<Item = &'a Entry> {
        self.log.before(number).filter(move |entry| self.lens.fits(entry))
    }

    /// The top row with which the last row is the last of so many.
    pub fn end(self, rows: usize) -> Spot {
        let mut filled = 0;
        let mut spot = Spot::default();
        for entry in self.from(0).rev() {
            filled += self.lens.rows(entry);
            spot = Spot { line: entry.number, row: filled.saturating_sub(rows) };
            if filled >= rows {
                break;
            }
        }
        spot
    }

    /// The top row: this one, or the next that is seen, or that of the end.
    pub fn start(self, top: Option<Spot>, rows: usize) -> Spot {
        let entry = top.and_then(|top| self.from(top.line).next().map(|entry| (top, entry)));
        entry.map_or_else(
            || self.end(rows),
            |(top, entry)| {
                let row = if entry.number == top.line { top.row.min(self.lens.rows(entry) - 1) } else { 0 };
                Spot { line: entry.number, row }
            },
        )
    }

    /// The row so many rows further on, or the last.
    pub fn down(self, from: Spot, mut by: usize) -> Spot {
        let mut spot = from;
        for entry in self.from(from.line) {
            let above = if entry.number == from.line { from.row } else { 0 };
            let rows = self.lens.rows(entry);
            if above + by < rows {
                return Spot { line: entry.number, row: above + by };
            }
            by -= rows - above;
            spot = Spot { line: entry.number, row: rows - 1 };
        }
        spot
    }

    /// The row so many rows before, or the first.
    pub fn up(self, from: Spot, mut by: usize) -> Spot {
        if by <= from.row {
            return Spot { row: from.row - by, ..from };
        }
        by -= from.row;
        let mut spot = Spot { row: 0, ..from };
        for entry in self.before(from.line) {
            let rows = self.lens.rows(entry);
            spot = Spot { line: entry.number, row: rows.saturating_sub(by) };
            if by <= rows {
                break;
            }
            by -= rows;
        }
        spot
    }

    /// The lines that fill so many rows below a spot.
    pub fn below(self, top: Spot, rows: usize) -> Vec<&'a Entry> {
        let mut room = rows + top.row;
        let mut lines = Vec::new();
        for entry in self.from(top.line) {
            if room == 0 {
                break;
            }
            lines.push(entry);
            room = room.saturating_sub(self.lens.rows(entry));
        }
        lines
    }
}
