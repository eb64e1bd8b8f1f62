//! Reading the logs of builds while they grow, a piece at a time.

use std::collections::{BTreeMap, BTreeSet};

use super::Origin;
use crate::engine::log::{Line, Log};
use crate::event::BuildId;
use crate::plan::StepId;
use crate::session::{StepState, View};

/// Lines of one step that are read at once: what a front end takes in between two frames.
const LINES: u64 = 4_000;
/// Bytes likewise: some tools print without ever ending a line.
const BYTES: usize = 1 << 20;
/// Lines that are taken from a file at once; the longest have 64 KiB.
const PIECE: u64 = 64;
/// Lines that may wait; of more, only the newest are read.
const BACKLOG: u64 = 40_000;

/// New lines of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The build.
    pub build: BuildId,
    /// The step, and the file of its log.
    pub origin: Origin,
    /// The lines.
    pub lines: Vec<Line>,
    /// Lines that were left out before these, because more came than can be shown.
    pub skipped: u64,
}

/// How far the logs of builds were read.
#[derive(Debug, Default)]
pub struct Follower {
    /// Lines that were read, of each build by itself: a step that is built again has a new log.
    read: BTreeMap<(BuildId, StepId), u64>,
    finished: BTreeSet<(BuildId, StepId)>,
}

impl Follower {
    /// New lines of every step of these builds that runs or has just ended. `open` gives the log of a step, where there is
    /// one.
    pub fn next(
        &mut self,
        view: &View,
        builds: impl IntoIterator<Item = BuildId>,
        open: impl Fn(&StepId) -> Option<Log>,
    ) -> Vec<Piece> {
        let mut pieces = Vec::new();
        for build in builds {
            for step in view.builds.get(&build).iter().flat_map(|build| &build.steps) {
                let key = (build, step.step.clone());
                if step.state == StepState::Waiting || self.finished.contains(&key) {
                    continue;
                }
                let Some(log) = open(&step.step) else { continue };
                let is_over = matches!(step.state, StepState::Ended(_));
                pieces.extend(self.piece(key, &log, is_over));
            }
        }
        pieces
    }

    /// The next lines of one log; nothing where none came.
    fn piece(&mut self, key: (BuildId, StepId), log: &Log, is_over: bool) -> Option<Piece> {
        let from = self.read.get(&key).copied().unwrap_or(0);
        let start = if log.lines() > from + BACKLOG { log.lines() - LINES } else { from };
        let lines = some_lines(log, start);
        let to = start + lines.len() as u64;
        let (build, step) = key.clone();
        if is_over && to == log.lines() {
            self.finished.insert(key.clone());
        }
        if lines.is_empty() {
            return None;
        }
        self.read.insert(key, to);
        Some(Piece { build, origin: Origin { step, file: log.path() }, lines, skipped: start - from })
    }
}

/// Lines from this one on, as many as are read at once. What cannot be read now is tried again the next time.
fn some_lines(log: &Log, start: u64) -> Vec<Line> {
    let end = log.lines().min(start + LINES);
    let (mut lines, mut bytes, mut at) = (Vec::new(), 0, start);
    while at < end && bytes < BYTES {
        let Ok(piece) = log.range(at, end.min(at + PIECE)) else { break };
        bytes += piece.iter().map(|line| line.text.len()).sum::<usize>();
        at += PIECE;
        lines.extend(piece);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::log::LogWriter;
    use crate::event::{Event, Record, StepEnd};
    use crate::plan::{Action, Step};

    fn record(event: Event) -> Record {
        Record { v: Record::VERSION, at: 1, build: Some(BuildId(1)), event }
    }

    #[test]
    fn each_line_of_a_step_is_read_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("step.log");
        let writer = LogWriter::create(&path).unwrap();
        let step = Step::new("x", Action::write("a", "x")).id;
        let mut view = View::default();
        view.fold(&record(Event::StepStarted { step: step.clone(), title: "Write".into() }));
        let mut follower = Follower::default();
        let mut next = |view: &View| follower.next(view, [BuildId(1)], |_| Log::open(&path).ok());
        writer.note(&"a line\n".repeat(10)).unwrap();
        drop(writer.finish().unwrap());
        let first = next(&view);
        assert_eq!((first[0].lines.len(), first[0].skipped), (10, 0));
        assert!(next(&view).is_empty(), "nothing came since");
        view.fold(&record(Event::StepFinished { step, end: StepEnd::Done, wall_ms: 1, lines: 10 }));
        assert!(next(&view).is_empty());
    }
}
