//! A session written down, one JSON object a line.
//!
//! There are two kinds of lines. A session that is recorded writes its updates, [`Line`], from which every screen can be
//! shown again. `build --json` prints what happened in builds alone, [`Record`], and ends with a [`Summary`].

use serde::{Deserialize, Serialize};

use super::{Summary, Update, View};
use crate::event::Record;
use crate::problem::{Code, Problem, Remedy};

/// The format version of intents and updates, and so of recorded sessions.
pub const FORMAT: u32 = 2;

/// An update with its time: one line of a recorded session.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// The format version, [`FORMAT`].
    pub session: u32,
    /// Milliseconds since the session began.
    pub at: u64,
    /// What changed.
    pub update: Update,
}

/// The lines of a recording.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Recording {
    /// What changed, in order.
    pub updates: Vec<Update>,
    /// How it ended, where `build --json` wrote it and was not cut short.
    pub summary: Option<Summary>,
}

/// Why a recording cannot be read. Lines are counted from 1.
#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    /// A line that is no record.
    #[error("line {line} of the recording is not a record")]
    Line {
        /// Which.
        line: usize,
        /// What the parser says.
        source: serde_json::Error,
    },
    /// A record of a format that came later.
    #[error("line {line} of the recording has format {found}, and this version reads up to {most}")]
    Newer {
        /// Which.
        line: usize,
        /// Its format.
        found: u64,
        /// The last one that is known.
        most: u32,
    },
    /// Nothing is in it.
    #[error("the recording is empty")]
    Empty,
}

impl Line {
    /// An update as it is written. The error is that of a path which is no Unicode: JSON has no way to write it.
    pub fn written(at: u64, update: &Update) -> Result<String, Problem> {
        #[derive(Serialize)]
        struct Written<'a> {
            session: u32,
            at: u64,
            update: &'a Update,
        }
        serde_json::to_string(&Written { session: FORMAT, at, update })
            .map(|line| line + "\n")
            .map_err(|error| Problem::new(Code::Output, "the session cannot be recorded any further").because(&error))
    }
}

impl Recording {
    /// Reads a recording. Empty lines are skipped; a last line that was cut off is not an error, because a crash
    /// is what recordings are most wanted for.
    pub fn read(text: &str) -> Result<Self, RecordingError> {
        let mut recording = Self::default();
        for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let line_number = index + 1;
            let whole = text.ends_with('\n') || text.lines().count() > line_number;
            match recording.take(line, line_number) {
                Err(RecordingError::Line { source, .. }) if source.is_eof() && !whole => break,
                other => other?,
            }
        }
        if recording == Self::default() { Err(RecordingError::Empty) } else { Ok(recording) }
    }

    fn take(&mut self, text: &str, line: usize) -> Result<(), RecordingError> {
        let broken = |source| RecordingError::Line { line, source };
        let value: serde_json::Value = serde_json::from_str(text).map_err(broken)?;
        let known = |key: &str, most: u32| match value.get(key).and_then(serde_json::Value::as_u64) {
            Some(found) if found > u64::from(most) => Err(RecordingError::Newer { line, found, most }),
            _ => Ok(()),
        };
        if value.get("type").is_some_and(|kind| kind == "finished") {
            self.summary = Some(serde_json::from_value(value).map_err(broken)?);
        } else if value.get("session").is_some() {
            known("session", FORMAT)?;
            self.updates.push(serde_json::from_value::<Line>(value).map_err(broken)?.update);
        } else {
            known("v", Record::VERSION)?;
            self.updates.push(Update::Happened(serde_json::from_value(value).map_err(broken)?));
        }
        Ok(())
    }

    /// What happened in builds, in order.
    pub fn records(&self) -> impl Iterator<Item = &Record> {
        self.updates.iter().filter_map(|update| match update {
            Update::Happened(record) => Some(record),
            _ => None,
        })
    }

    /// The view after the last line.
    pub fn view(&self) -> View {
        let mut view = View::default();
        for update in &self.updates {
            view.apply(update);
        }
        view
    }
}

impl From<RecordingError> for Problem {
    fn from(error: RecordingError) -> Self {
        let problem = Self::new(Code::Usage, error.to_string());
        match &error {
            RecordingError::Line { source, .. } => problem
                .because(source)
                .remedy("A recording is one JSON object a line, as a session writes it", Remedy::Record),
            RecordingError::Newer { .. } => problem.hint("Replay it with the version of Packwright that wrote it"),
            RecordingError::Empty => problem.remedy("Make one", Remedy::Record),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = r#"{"v":1,"at":3,"build":1,"type":"resolving","title":"Resolve"}"#;
    const END: &str = r#"{"type":"finished","artifacts":[],"problems":[]}"#;

    #[test]
    fn what_was_written_is_read_back() {
        let recording = Recording::read(&format!("{LINE}\n\n{END}\n")).unwrap();
        assert_eq!(serde_json::to_string(recording.records().next().unwrap()).unwrap(), LINE);
        assert!(recording.summary.is_some());
        assert_eq!(recording.view().builds.len(), 1);
    }

    #[test]
    fn a_recording_that_was_cut_off_is_read_as_far_as_it_goes() {
        let recording = Recording::read(&format!("{LINE}\n{}", &LINE[..20])).unwrap();
        assert_eq!((recording.updates.len(), recording.summary), (1, None));
    }

    #[test]
    fn a_line_that_is_no_record_is_named() {
        let error = Recording::read(&format!("{LINE}\nhello\n{LINE}\n")).unwrap_err();
        assert_eq!(error.to_string(), "line 2 of the recording is not a record");
        assert_eq!(Problem::from(error).code, Code::Usage);
        assert_eq!(Recording::read("\n").unwrap_err().to_string(), "the recording is empty");
    }

    #[test]
    fn a_later_format_is_refused() {
        let error = Recording::read(&LINE.replace("\"v\":1", "\"v\":2")).unwrap_err();
        assert_eq!(error.to_string(), "line 1 of the recording has format 2, and this version reads up to 1");
    }

    #[test]
    fn a_session_is_read_back_as_far_as_it_goes() {
        let mut text = Line::written(7, &Update::Dismissed).unwrap();
        assert_eq!(text, "{\"session\":2,\"at\":7,\"update\":\"dismissed\"}\n");
        let refused = Update::Refused(Problem::new(Code::Usage, "no").remedy("Go online", Remedy::Online));
        text += &Line::written(8, &refused).unwrap();
        assert_eq!(Recording::read(&text).unwrap().updates, [Update::Dismissed, refused]);
        assert_eq!(Recording::read(&text[..text.len() - 9]).unwrap().updates, [Update::Dismissed]);
        let later = text.replace("\"session\":2", "\"session\":3");
        let error = Recording::read(&later).unwrap_err();
        assert_eq!(error.to_string(), "line 1 of the recording has format 3, and this version reads up to 2");
        let unknown = text.replace("dismissed", "dismayed");
        assert!(Recording::read(&unknown).unwrap_err().to_string().contains("line 1"), "a later update is not guessed");
    }

    #[cfg(unix)]
    #[test]
    fn a_path_that_is_no_unicode_is_a_problem_and_not_another_path() {
        use std::os::unix::ffi::OsStrExt;
        let path = std::ffi::OsStr::from_bytes(b"/home/\xff").into();
        let problem = Line::written(1, &Update::Saved { path }).unwrap_err();
        assert!(problem.causes[0].contains("UTF-8"), "{problem:?}");
    }
}
