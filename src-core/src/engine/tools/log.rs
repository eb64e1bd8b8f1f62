//! A build's log: an append-only file with an index, so that a million lines cost no memory.
//!
//! `NAME.log` holds the lines as they came; `NAME.idx` holds eight bytes for each line, little-endian: the offset of
//! its first byte shifted left by one, and the stream in the lowest bit.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use crate::engine::disk::private;
use crate::engine::terms::limits::{Limits, mib};
use crate::redaction;

/// A line longer than this is cut into several: a tool that prints 100 MB without a newline must not fill the memory.
const LONGEST: usize = 64 * 1024;

/// How much is kept of the end of a log that is full, in bytes: what a tool says last says why it failed.
const END: usize = 256 * 1024;

/// Which stream a line came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    /// Standard output.
    Out,
    /// Standard error.
    Err,
}

/// One line of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Where it came from.
    pub stream: Stream,
    /// Its text without the newline. Untrusted: escape sequences are still in it.
    pub text: String,
}

/// A log that is being written.
#[derive(Debug)]
pub struct LogWriter {
    path: PathBuf,
    /// The most bytes it takes.
    most: u64,
    files: Mutex<Files>,
}

#[derive(Debug)]
struct Files {
    text: File,
    index: File,
    /// Lines that are not written yet.
    held: Held,
    offset: u64,
    lines: u64,
    /// What came since the log was full.
    end: Option<End>,
}

/// The last lines of a log that is full.
#[derive(Debug, Default)]
struct End {
    lines: VecDeque<(Vec<u8>, Stream)>,
    /// Bytes of those.
    bytes: usize,
    /// Lines and bytes before those, which are not kept.
    lost: (u64, u64),
}

#[derive(Debug, Default)]
struct Held {
    text: Vec<u8>,
    index: Vec<u8>,
}

/// A log that can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    path: PathBuf,
    lines: u64,
}

impl LogWriter {
    /// Creates `path.log` and `path.idx`.
    pub fn create(path: &Path) -> io::Result<Self> {
        Self::create_below(path, Limits::current().log)
    }

    fn create_below(path: &Path, most: u64) -> io::Result<Self> {
        let text = private::create(&path.with_extension("log"))?;
        let index = private::create(&path.with_extension("idx"))?;
        let files = Files { text, index, held: Held::default(), offset: 0, lines: 0, end: None };
        Ok(Self { path: path.to_path_buf(), most, files: Mutex::new(files) })
    }

    /// Takes lines from a stream until it ends.
    pub(in crate::engine) fn drain(&self, mut from: impl Read, stream: Stream) -> io::Result<()> {
        let mut chunk = vec![0; LONGEST];
        let mut held = Vec::new();
        loop {
            let read = match from.read(&mut chunk) {
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if read == 0 {
                return if held.is_empty() { Ok(()) } else { self.append(&[&held], stream) };
            }
            held.extend_from_slice(&chunk[..read]);
            let mut lines: Vec<&[u8]> = held.split(|byte| *byte == b'\n').collect();
            let rest = lines.pop().unwrap_or_default();
            let rest = if rest.len() >= LONGEST {
                lines.push(rest);
                &[][..]
            } else {
                rest
            };
            let keep = rest.to_vec();
            self.append(&lines, stream)?;
            held = keep;
        }
    }

    /// Adds a line of the engine's own.
    pub fn note(&self, text: &str) -> io::Result<()> {
        let lines: Vec<&[u8]> = text.lines().map(str::as_bytes).collect();
        self.append(&lines, Stream::Out)
    }

    fn append(&self, lines: &[&[u8]], stream: Stream) -> io::Result<()> {
        let mut files = self.files.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        for line in lines {
            // Most of what comes to a full log is dropped: only what is left at the end is worth a look.
            if let Some(end) = &mut files.end {
                end.add(line, stream);
                continue;
            }
            let line = &*shown(line);
            if files.offset + line.len() as u64 > self.most {
                files.add(
                    format!("the log is full at {}: of what follows only the end is kept", mib(self.most)).as_bytes(),
                    stream,
                );
                files.end.insert(End::default()).add(line, stream);
            } else {
                files.add(line, stream);
            }
        }
        files.write()
    }

    /// Closes the log.
    pub fn finish(self) -> io::Result<Log> {
        let mut files = self.files.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(End { lines, lost: (lost, bytes), .. }) = files.end.take() {
            if lost > 0 {
                files.add(format!("{lost} lines with {} are left out here", mib(bytes)).as_bytes(), Stream::Out);
            }
            for (line, stream) in lines {
                files.add(&shown(&line), stream);
            }
            files.write()?;
        }
        Ok(Log { path: self.path, lines: files.lines })
    }
}

/// A line without logins: a log is kept, shown and quoted, and no tool knows what of its words is secret.
fn shown(line: &[u8]) -> Cow<'_, [u8]> {
    match redaction::without_logins(&String::from_utf8_lossy(line)) {
        Cow::Owned(shown) => Cow::Owned(shown.into_bytes()),
        // What holds no login stays as it came, also where it is no UTF-8.
        Cow::Borrowed(_) => Cow::Borrowed(line),
    }
}

impl End {
    fn add(&mut self, line: &[u8], stream: Stream) {
        self.lines.push_back((line.to_vec(), stream));
        self.bytes += line.len();
        while self.bytes > END
            && let Some((line, _)) = self.lines.pop_front()
        {
            self.bytes -= line.len();
            self.lost = (self.lost.0 + 1, self.lost.1 + line.len() as u64);
        }
    }
}

impl Files {
    fn add(&mut self, line: &[u8], stream: Stream) {
        let entry = self.offset << 1 | u64::from(stream == Stream::Err);
        self.held.index.extend_from_slice(&entry.to_le_bytes());
        self.held.text.extend_from_slice(line);
        self.held.text.push(b'\n');
        self.offset += line.len() as u64 + 1;
        self.lines += 1;
    }

    /// Front ends read the files while they grow: what the index names is there already.
    fn write(&mut self) -> io::Result<()> {
        let held = std::mem::take(&mut self.held);
        self.text.write_all(&held.text)?;
        self.index.write_all(&held.index)
    }
}

impl Log {
    /// A log that says nothing.
    pub(in crate::engine) fn empty(path: &Path) -> Self {
        Self { path: path.to_path_buf(), lines: 0 }
    }

    /// Opens a log written before, or one that is still growing.
    pub fn open(path: &Path) -> io::Result<Self> {
        let lines = std::fs::metadata(path.with_extension("idx"))?.len() / 8;
        Ok(Self { path: path.to_path_buf(), lines })
    }

    /// The file with the text.
    pub fn path(&self) -> PathBuf {
        self.path.with_extension("log")
    }

    /// How many lines it has.
    pub fn lines(&self) -> u64 {
        self.lines
    }

    /// Lines `from..to`, as far as there are that many.
    pub fn range(&self, from: u64, to: u64) -> io::Result<Vec<Line>> {
        let to = to.min(self.lines);
        if from >= to {
            return Ok(Vec::new());
        }
        let mut index = File::open(self.path.with_extension("idx"))?;
        index.seek(SeekFrom::Start(from * 8))?;
        let count = usize::try_from(to - from).unwrap_or(usize::MAX);
        let mut entries = vec![0; count * 8];
        index.read_exact(&mut entries)?;
        let entries: Vec<u64> = entries
            .chunks_exact(8)
            .map(|bytes| bytes.iter().rev().fold(0, |value, byte| value << 8 | u64::from(*byte)))
            .collect();
        let end = if to < self.lines {
            let mut next = [0; 8];
            index.read_exact(&mut next)?;
            u64::from_le_bytes(next) >> 1
        } else {
            std::fs::metadata(self.path())?.len()
        };
        let start = entries.first().map_or(0, |entry| entry >> 1);
        let mut text = File::open(self.path())?;
        text.seek(SeekFrom::Start(start))?;
        let mut bytes = Vec::new();
        text.take(end.saturating_sub(start)).read_to_end(&mut bytes)?;
        let offset = |entry: u64| usize::try_from((entry >> 1) - start).unwrap_or(usize::MAX).min(bytes.len());
        let ends = entries.iter().skip(1).map(|entry| offset(*entry)).chain([bytes.len()]);
        let line = |(entry, end): (&u64, usize)| {
            let line = bytes.get(offset(*entry)..end).unwrap_or_default();
            // A log that grows may hold more behind its last known line.
            let line = line.split(|byte| *byte == b'\n').next().unwrap_or_default();
            let stream = if entry & 1 == 1 { Stream::Err } else { Stream::Out };
            Line { stream, text: String::from_utf8_lossy(line).trim_end_matches('\r').to_owned() }
        };
        Ok(entries.iter().zip(ends).map(line).collect())
    }

    /// The last lines, as one text: what diagnosis looks at.
    pub fn tail(&self, lines: u64) -> String {
        let range = self.range(self.lines.saturating_sub(lines), self.lines).unwrap_or_default();
        range.into_iter().map(|line| line.text).collect::<Vec<_>>().join("\n")
    }
}

impl Stream {
    /// `out` or `err`.
    pub fn id(self) -> &'static str {
        match self {
            Self::Out => "out",
            Self::Err => "err",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log_of(chunks: &[(&[u8], Stream)]) -> (tempfile::TempDir, Log) {
        let folder = tempfile::tempdir().unwrap();
        let writer = LogWriter::create(&folder.path().join("one")).unwrap();
        for (bytes, stream) in chunks {
            writer.drain(*bytes, *stream).unwrap();
        }
        let log = writer.finish().unwrap();
        (folder, log)
    }

    #[test]
    fn any_range_can_be_read_back() {
        let (_folder, log) = log_of(&[(b"a\nbb\n", Stream::Out), (b"ccc", Stream::Err)]);
        assert_eq!(log.lines(), 3);
        let texts = |from, to| log.range(from, to).unwrap().into_iter().map(|line| line.text).collect::<Vec<_>>();
        assert_eq!(texts(0, 3), ["a", "bb", "ccc"]);
        assert_eq!(texts(1, 2), ["bb"]);
        assert_eq!(texts(3, 9), Vec::<String>::new());
        assert_eq!(log.range(2, 3).unwrap()[0].stream, Stream::Err);
    }

    #[test]
    fn a_log_that_grows_can_be_read_as_far_as_it_was_seen() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("one");
        let writer = LogWriter::create(&path).unwrap();
        assert_eq!(Log::open(&path).unwrap().lines(), 0);
        writer.note("a\nb").unwrap();
        let seen = Log::open(&path).unwrap();
        writer.note("c").unwrap();
        assert_eq!((seen.tail(9).as_str(), Log::open(&path).unwrap().tail(9).as_str()), ("a\nb", "a\nb\nc"));
    }

    #[test]
    fn an_endless_line_is_cut_instead_of_kept_in_memory() {
        let (_folder, log) = log_of(&[(&vec![b'x'; 1_000_000], Stream::Out)]);
        assert!(log.lines() > 5);
        let total: usize = log.range(0, log.lines()).unwrap().iter().map(|line| line.text.len()).sum();
        assert_eq!(total, 1_000_000);
    }

    #[test]
    fn bytes_that_are_no_text_do_not_break_a_log() {
        let (_folder, log) = log_of(&[(b"\xff\xfe\x00ok\n", Stream::Out)]);
        assert!(log.tail(1).ends_with("ok"));
    }

    #[test]
    fn of_a_log_that_is_full_the_beginning_and_the_end_are_kept_and_it_says_what_is_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let writer = LogWriter::create_below(&folder.path().join("one"), 10).unwrap();
        writer.drain(&b"12345\n123456789\n1\n"[..], Stream::Out).unwrap();
        assert_eq!(writer.files.lock().unwrap().offset, 6 + 63);
        let line = [b'x'; 1023];
        for _ in 0..300 {
            writer.append(&[&line], Stream::Out).unwrap();
        }
        writer.drain(&b"the last word\n"[..], Stream::Err).unwrap();
        let log = writer.finish().unwrap();
        let lines = log.range(0, log.lines()).unwrap();
        let texts: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
        assert_eq!(texts[..2], ["12345", "the log is full at 1 MiB: of what follows only the end is kept"]);
        assert_eq!(texts[2], "46 lines with 1 MiB are left out here");
        assert_eq!((texts.len(), texts[texts.len() - 1]), (3 + 256 + 1, "the last word"));
        assert_eq!(lines[lines.len() - 1].stream, Stream::Err);
    }

    #[test]
    fn a_log_that_is_only_a_little_too_long_loses_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let writer = LogWriter::create_below(&folder.path().join("one"), 10).unwrap();
        writer.drain(&b"12345\n123456789\n1\n"[..], Stream::Out).unwrap();
        let log = writer.finish().unwrap();
        assert_eq!(log.tail(2), "123456789\n1");
        assert_eq!(log.lines(), 4);
    }
}
