//! A session written down, one JSON object a line: what `build --json` prints, and what `replay` reads.

use super::{Summary, View};
use crate::event::Record;
use crate::problem::{Code, Problem, Remedy};

/// The lines of a recording.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Recording {
    /// What happened, in order.
    pub records: Vec<Record>,
    /// How it ended, where the recording was not cut short.
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
    #[error("line {line} of the recording has format {found}, and this version reads up to {}", Record::VERSION)]
    Newer {
        /// Which.
        line: usize,
        /// Its format.
        found: u64,
    },
    /// Nothing is in it.
    #[error("the recording is empty")]
    Empty,
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
        if value.get("type").is_some_and(|kind| kind == "finished") {
            self.summary = Some(serde_json::from_value(value).map_err(broken)?);
            return Ok(());
        }
        match value.get("v").and_then(serde_json::Value::as_u64) {
            Some(found) if found > u64::from(Record::VERSION) => return Err(RecordingError::Newer { line, found }),
            _ => self.records.push(serde_json::from_value(value).map_err(broken)?),
        }
        Ok(())
    }

    /// The view after the last line.
    pub fn view(&self) -> View {
        let mut view = View::default();
        for record in &self.records {
            view.fold(record);
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
        assert_eq!(serde_json::to_string(&recording.records[0]).unwrap(), LINE);
        assert!(recording.summary.is_some());
        assert_eq!(recording.view().builds.len(), 1);
    }

    #[test]
    fn a_recording_that_was_cut_off_is_read_as_far_as_it_goes() {
        let recording = Recording::read(&format!("{LINE}\n{}", &LINE[..20])).unwrap();
        assert_eq!((recording.records.len(), recording.summary), (1, None));
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
}
