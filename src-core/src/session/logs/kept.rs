//! The lines of one build that are kept: the newest; all of them are in the files.

use std::collections::VecDeque;
use std::path::PathBuf;

use crate::engine::log::{Line, Stream};
use crate::plan::StepId;
use crate::words::plain;
use unicode_width::UnicodeWidthChar;

use super::search::holds;

/// Lines kept of each build.
pub const MOST_LINES: usize = 40_000;
/// Characters shown of a line; the rest is in the file.
pub const LONGEST: usize = 4_000;

/// Who printed a line, and where all of its lines are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The step.
    pub step: StepId,
    /// The file with its whole log.
    pub file: PathBuf,
}

/// A line with what is known of it.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its number in the build, from 0.
    pub number: u64,
    /// Which of the steps printed it, counted in the order in which they first did.
    pub step: usize,
    /// On which stream.
    pub stream: Stream,
    /// Its text; untrusted, with the colours of the tool.
    pub text: String,
    /// Whether more of it is in the file.
    pub is_cut: bool,
    /// Whether it holds what is searched for. Looking again for every frame would cost more than drawing it.
    pub is_found: bool,
}

/// The newest lines of one build.
#[derive(Debug, Default)]
pub struct Log {
    pub(super) entries: VecDeque<Entry>,
    pub(super) origins: Vec<Origin>,
    pub(super) first_error: Option<u64>,
    bytes: usize,
    seen: u64,
}

impl Entry {
    /// Rows it takes when it is wrapped at so many columns.
    pub fn rows(&self, columns: usize) -> usize {
        // No character has more columns than bytes, and escape sequences have none.
        if self.text.len() < columns { 1 } else { rows(&plain(&self.text), self.is_cut, columns) }
    }

    /// Bytes it takes in memory.
    fn bytes(&self) -> usize {
        self.text.len() + size_of::<Self>()
    }
}

/// Rows of a text that is broken wherever a row is full; what was cut off has a sign of one column.
pub fn rows(text: &str, is_cut: bool, columns: usize) -> usize {
    let (mut rows, mut used) = (1, 0);
    for wide in text.chars().map(|c| c.width().unwrap_or_default()).chain(is_cut.then_some(1)) {
        if used + wide > columns && used > 0 {
            rows += 1;
            used = 0;
        }
        used += wide;
    }
    rows
}

impl Log {
    /// Takes in lines of a step.
    pub fn take(&mut self, origin: Origin, lines: &[Line], skipped: u64, sought: &str) {
        self.seen += skipped;
        if skipped > 0 {
            self.entries.clear();
            self.bytes = 0;
        }
        let step = self.origins.iter().position(|known| *known == origin).unwrap_or_else(|| {
            self.origins.push(origin);
            self.origins.len() - 1
        });
        for line in lines {
            self.push(step, line, sought);
        }
    }

    fn push(&mut self, step: usize, line: &Line, sought: &str) {
        let end = line.text.char_indices().nth(LONGEST).map(|(end, _)| end);
        let text = &line.text[..end.unwrap_or(line.text.len())];
        if self.first_error.is_none() && looks_like_an_error(&plain(text)) {
            self.first_error = Some(self.seen);
        }
        let entry = Entry {
            number: self.seen,
            step,
            stream: line.stream,
            text: text.to_owned(),
            is_cut: end.is_some(),
            is_found: holds(text, sought),
        };
        self.bytes += entry.bytes();
        self.entries.push_back(entry);
        self.seen += 1;
        if self.entries.len() > MOST_LINES {
            self.drop_oldest();
        }
    }

    /// Lets go of the oldest line that is kept; says whether there was one.
    pub fn drop_oldest(&mut self) -> bool {
        let Some(old) = self.entries.pop_front() else { return false };
        self.bytes -= old.bytes();
        if self.entries.is_empty() {
            self.entries.shrink_to_fit();
        }
        true
    }

    /// Bytes that its lines take in memory.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Lines that are no longer kept.
    pub fn dropped(&self) -> u64 {
        self.seen - self.entries.len() as u64
    }

    /// Lines that came.
    pub fn seen(&self) -> u64 {
        self.seen
    }

    /// The lines from this number on.
    pub fn from(&self, number: u64) -> impl DoubleEndedIterator<Item = &Entry> {
        self.entries.range(self.index(number)..)
    }

    /// The lines before this number, the last one first.
    pub fn before(&self, number: u64) -> impl Iterator<Item = &Entry> {
        self.entries.range(..self.index(number)).rev()
    }

    fn index(&self, number: u64) -> usize {
        self.entries.partition_point(|entry| entry.number < number)
    }
}

fn looks_like_an_error(text: &str) -> bool {
    let lower = text.to_lowercase();
    let lower = lower.trim_start();
    ["error", "fatal", "traceback (most recent call last)"].iter().any(|word| lower.starts_with(word))
        || lower.contains("error:")
}
