//! Judges how a command ended: its exit code, what it printed, and what it left.

use std::path::{Path, PathBuf};

use regex::Regex;

use super::last_line;
use super::opened::{Way, relative};
use super::visit::Visit;
use crate::engine::run::step::StepError;
use crate::engine::tools::log::{Line, Log};
use crate::plan::Expect;

/// How many lines are looked at together.
const TOGETHER: u64 = 1_000;

/// What is to be thought of it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Judged {
    /// It is as expected.
    Good,
    /// It is not: what follows the title of the act in a sentence.
    Bad(String),
    /// What is expected cannot be understood, or looked at.
    Unknown(String),
}

/// Judges a command that has ended.
pub(super) fn judge(visit: &Visit, expect: &Expect, exit: Option<i32>, log: &Log) -> Result<Judged, StepError> {
    match said(expect, exit, log) {
        Judged::Good => {}
        other => return Ok(other),
    }
    for word in &expect.leaves {
        for path in visit.room.places.arguments(word)? {
            match is_there(visit, Path::new(&path)) {
                Some(true) => {}
                Some(false) => return Ok(Judged::Bad(format!("did not leave `{path}`"))),
                None => return Ok(Judged::Unknown(format!("nobody can look here whether `{path}` is there"))),
            }
        }
    }
    Ok(Judged::Good)
}

/// Judges the exit code and what was printed.
fn said(expect: &Expect, exit: Option<i32>, log: &Log) -> Judged {
    let is_success = |code| if expect.codes.is_empty() { code == 0 } else { expect.codes.contains(&code) };
    match exit {
        Some(code) if is_success(code) => {}
        Some(code) => return Judged::Bad(format!("ended with exit code {code}: {}", last_line(log))),
        None => return Judged::Bad(format!("was ended by a signal: {}", last_line(log))),
    }
    if let Some(text) = &expect.says
        && lines(log).all(|line| !line.text.contains(text))
    {
        return Judged::Bad(format!("did not say `{text}`: {}", last_line(log)));
    }
    let Some(complaints) = &expect.complaints else { return Judged::Good };
    let known = expect.known.iter().map(|known| Regex::new(&known.pattern)).collect::<Result<Vec<_>, _>>();
    let (complaint, known) = match (Regex::new(complaints), known) {
        (Ok(complaint), Ok(known)) => (complaint, known),
        (Err(error), _) | (_, Err(error)) => {
            return Judged::Unknown(format!("the plan has an expression that cannot be used: {error}"));
        }
    };
    let is_known = |text: &str| known.iter().any(|known| known.is_match(text));
    match lines(log).find(|line| complaint.is_match(&line.text) && !is_known(&line.text)) {
        Some(line) => Judged::Bad(format!("complained: {}", super::short(line.text.trim()))),
        None => Judged::Good,
    }
}

/// Every line, without all of them in memory.
fn lines(log: &Log) -> impl Iterator<Item = Line> + '_ {
    let starts = (0..log.lines()).step_by(usize::try_from(TOGETHER).unwrap_or(usize::MAX));
    starts.flat_map(|from| log.range(from, from + TOGETHER).unwrap_or_default())
}

/// Whether a path of the room is there; `None` where nobody can tell.
fn is_there(visit: &Visit, path: &Path) -> Option<bool> {
    let path = &if path.is_absolute() { path.to_path_buf() } else { visit.room.places.scratch.join(path) };
    match &visit.way {
        Way::Into(entry) => is_below(&entry.root(), path),
        Way::Apart(_) => real(visit, path).map(|path| path.symlink_metadata().is_ok()),
    }
}

/// Where a path of a room really is that does not stay open.
fn real(visit: &Visit, path: &Path) -> Option<PathBuf> {
    let folders = ["home", "tmp"].map(|name| visit.room.folder(name));
    let below = folders.iter().find_map(|(seen, real)| Some(real.join(path.strip_prefix(seen).ok()?)));
    below.or_else(|| (!visit.room.bench.sandbox.confines()).then(|| path.to_path_buf()))
}

/// Looks for a path below a root whose links lead nowhere else.
#[cfg(target_os = "linux")]
fn is_below(root: &Path, path: &Path) -> Option<bool> {
    use rustix::fs::{CWD, Mode, OFlags, ResolveFlags, openat, openat2};
    use rustix::io::Errno;
    let root = openat(CWD, root, OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty()).ok()?;
    let flags = OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    match openat2(&root, relative(path), flags, Mode::empty(), ResolveFlags::IN_ROOT) {
        Ok(_) => Some(true),
        Err(Errno::NOENT | Errno::NOTDIR) => Some(false),
        Err(_) => None,
    }
}

#[cfg(not(target_os = "linux"))]
fn is_below(root: &Path, path: &Path) -> Option<bool> {
    Some(root.join(relative(path)).symlink_metadata().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::tools::log::LogWriter;
    use crate::plan::Known;

    fn judged(expect: &Expect, exit: i32, text: &str) -> Judged {
        let folder = tempfile::tempdir().unwrap();
        let writer = LogWriter::create(&folder.path().join("act")).unwrap();
        writer.note(text).unwrap();
        said(expect, Some(exit), &writer.finish().unwrap())
    }

    fn bad(text: &str) -> Judged {
        Judged::Bad(text.into())
    }

    #[test]
    fn an_exit_code_that_is_not_expected_is_bad_also_where_it_is_0() {
        let plain = Expect::default();
        assert_eq!(judged(&plain, 0, ""), Judged::Good);
        assert_eq!(judged(&plain, 2, "no\n\n"), bad("ended with exit code 2: no"));
        let one_or_two = Expect { codes: vec![1, 2], ..Expect::default() };
        assert_eq!(judged(&one_or_two, 2, ""), Judged::Good);
        assert_eq!(judged(&one_or_two, 0, ""), bad("ended with exit code 0: it printed nothing"));
        assert_eq!(
            said(&plain, None, &Log::empty(Path::new("/nowhere"))),
            bad("was ended by a signal: it printed nothing")
        );
    }

    #[test]
    fn what_must_be_said_is_looked_for_in_all_that_is_said() {
        let expect = Expect { says: Some("changed=0".into()), ..Expect::default() };
        assert_eq!(judged(&expect, 0, &format!("ok: changed=0\n{}", "x\n".repeat(3_000))), Judged::Good);
        assert_eq!(judged(&expect, 0, "changed=1"), bad("did not say `changed=0`: changed=1"));
    }

    #[test]
    fn a_complaint_must_be_a_known_one() {
        let known = Known { pattern: "^E: x: no-manual-page".into(), because: "it has none".into() };
        let expect = Expect { complaints: Some("^[EW]: ".into()), known: vec![known], ..Expect::default() };
        assert_eq!(judged(&expect, 0, "E: x: no-manual-page y\nI: z"), Judged::Good);
        assert_eq!(judged(&expect, 0, "E: x: no-manual-page y\nW: x: other"), bad("complained: W: x: other"));
        let broken = Expect { complaints: Some("(".into()), ..Expect::default() };
        assert!(matches!(judged(&broken, 0, "x"), Judged::Unknown(_)));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_link_in_a_room_leads_nowhere_else() {
        let folder = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink("/etc", folder.path().join("out")).unwrap();
        std::fs::create_dir(folder.path().join("in")).unwrap();
        for (path, is_there) in [("/in", true), ("/out", true), ("/out/passwd", false), ("/../../etc/passwd", false)] {
            assert_eq!(is_below(folder.path(), Path::new(path)), Some(is_there), "{path}");
        }
    }
}
