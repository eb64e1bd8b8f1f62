//! What programs said of themselves, kept by the status of their file so that asking again costs nothing.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::process::{Spawn, capture};
use crate::engine::disk::files::{digest_file, write_atomically};
use crate::inspect::regular;

/// Answers by the question: real path, size, date and inode of the program, and the arguments.
#[derive(Debug)]
pub(in crate::engine) struct Probes {
    file: PathBuf,
    known: Mutex<BTreeMap<String, String>>,
    /// When the package index was asked in vain, and what was said then.
    silent: Mutex<Option<(Instant, String)>>,
}

/// How long an index that did not answer is not asked again.
const SILENCE: Duration = Duration::from_secs(30);

impl Probes {
    /// Reads what is known. A file that cannot be read is an empty one: probing again repairs it.
    pub fn open(file: &Path) -> Self {
        let known = regular::read(file, regular::LARGEST)
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default();
        Self { file: file.to_path_buf(), known: Mutex::new(known), silent: Mutex::default() }
    }

    /// What was said when the package index did not answer, if that was a moment ago: several builds ask for the same tool.
    pub fn silence(&self) -> Option<String> {
        let silent = self.silent.lock().unwrap_or_else(PoisonError::into_inner);
        silent.as_ref().filter(|(since, _)| since.elapsed() < SILENCE).map(|(_, said)| said.clone())
    }

    /// Remembers that the package index did not answer.
    pub fn remember_silence(&self, said: &str) {
        *self.silent.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), said.to_owned()));
    }

    /// What a program prints for these arguments; `None` when it fails.
    pub fn ask(&self, program: &Path, args: &[&str]) -> Option<String> {
        let real = fs::canonicalize(program).ok()?;
        let key = format!("{} {} {}", status(&real)?, program.display(), args.join(" "));
        if let Some(answer) = self.known.lock().ok()?.get(&key) {
            return Some(answer.clone()).filter(|answer| !answer.is_empty());
        }
        let answer = match capture(&question(program, args)) {
            Ok((Some(0), text)) => text.trim().to_owned(),
            Ok((Some(_), _)) => String::new(),
            // A machine that was busy, or out of processes, says nothing about the program.
            Ok((None, _)) | Err(_) => return None,
        };
        self.remember(key, &answer);
        Some(answer).filter(|answer| !answer.is_empty())
    }

    /// The SHA-256 of a program; reading fifty megabytes for every receipt would cost more than a small build.
    pub fn digest(&self, program: &Path) -> Option<String> {
        let key = format!("sha256 {}", status(program)?);
        if let Some(digest) = self.known.lock().ok()?.get(&key) {
            return Some(digest.clone());
        }
        let (digest, _) = digest_file(program).ok()?;
        self.remember(key, &digest);
        Some(digest)
    }

    fn remember(&self, key: String, answer: &str) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(key, answer.to_owned());
        if let Ok(bytes) = serde_json::to_vec_pretty(&*known) {
            // Not being able to remember is no reason to fail.
            let _ = write_atomically(&self.file, &bytes);
        }
    }
}

/// Whether a program succeeds now. Not remembered: what it needs of the system may change without its file.
pub(in crate::engine) fn works(program: &Path, args: &[&str]) -> bool {
    matches!(capture(&question(program, args)), Ok((Some(0), _)))
}

fn question(program: &Path, args: &[&str]) -> Spawn {
    Spawn {
        program: program.to_path_buf(),
        args: args.iter().map(|arg| (*arg).to_owned()).collect(),
        env: super::environment(super::environment::Access::None, &[]),
        cwd: std::env::temp_dir(),
        timeout: Duration::from_secs(20),
    }
}

/// What changes when a file does: among others the date of the last change of its status, which no program can set back.
pub(in crate::engine) fn status(path: &Path) -> Option<String> {
    status_of(path, &fs::metadata(path).ok()?)
}

/// Likewise, of a file that was looked at already.
pub(in crate::engine) fn status_of(path: &Path, found: &fs::Metadata) -> Option<String> {
    let date = found.modified().ok()?.duration_since(UNIX_EPOCH).ok()?.as_nanos();
    #[cfg(unix)]
    let own = {
        use std::os::unix::fs::MetadataExt;
        format!("{}:{}.{}", found.ino(), found.ctime(), found.ctime_nsec())
    };
    #[cfg(not(unix))]
    let own = 0;
    Some(format!("{}:{}:{date}:{own}", path.display(), found.len()))
}

/// Whether a file was left alone for so long that an edit from now on shows in its dates, which some file systems count
/// in steps of two seconds.
pub(in crate::engine) fn is_settled(found: &fs::Metadata) -> bool {
    let is_old = |date: SystemTime| date.elapsed().is_ok_and(|age| age > Duration::from_secs(2));
    #[cfg(unix)]
    {
        let changed = std::os::unix::fs::MetadataExt::ctime(found);
        let changed = u64::try_from(changed).ok().and_then(|at| UNIX_EPOCH.checked_add(Duration::from_secs(at + 1)));
        if !changed.is_some_and(is_old) {
            return false;
        }
    }
    found.modified().is_ok_and(is_old)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn an_edit_that_puts_size_and_date_back_changes_the_status() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        fs::write(&path, "one").unwrap();
        let (before, date) = (status(&path), fs::metadata(&path).unwrap().modified().unwrap());
        assert!(!is_settled(&fs::metadata(&path).unwrap()), "who edits it at once may leave no trace");
        std::thread::sleep(Duration::from_millis(20));
        fs::write(&path, "two").unwrap();
        fs::File::options().write(true).open(&path).unwrap().set_modified(date).unwrap();
        assert_ne!(status(&path), before);
    }

    #[test]
    fn a_program_is_asked_again_only_when_its_file_changes() {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("tool");
        let count = folder.path().join("count");
        let script = |answer: &str| format!("#!/bin/sh\necho x >> {}\necho {answer}\n", count.display());
        let write = |text: &str| {
            fs::write(&program, text).unwrap();
            fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        };
        write(&script("1.0"));
        let probes = Probes::open(&folder.path().join("probes.json"));
        assert_eq!(probes.ask(&program, &["--version"]).as_deref(), Some("1.0"));
        let again = Probes::open(&folder.path().join("probes.json"));
        assert_eq!(again.ask(&program, &["--version"]).as_deref(), Some("1.0"));
        assert_eq!(fs::read_to_string(&count).unwrap().lines().count(), 1);
        write(&script("2.0.0"));
        assert_eq!(again.ask(&program, &["--version"]).as_deref(), Some("2.0.0"));
    }
}
