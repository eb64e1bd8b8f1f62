//! Removes what processes that were killed left behind.

use std::fs;
use std::path::Path;
use std::time::Duration;

use super::files::remove_all;

/// The name of this process's folder: its id, and when it started, because ids are used again.
pub(super) fn own_name() -> String {
    let pid = std::process::id();
    format!("{pid}-{}", started(pid).unwrap_or_default())
}

/// Removes the folders of processes that are gone.
pub(super) fn sweep(work: &Path) {
    for entry in fs::read_dir(work).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if !is_alive(&name) {
            remove_all(&entry.path());
        }
    }
}

/// Whether the process with this name still runs.
pub(super) fn is_alive(name: &str) -> bool {
    let Some((pid, start)) = name.split_once('-') else { return false };
    let Ok(pid) = pid.parse() else { return false };
    match started(pid) {
        Some(now) => now == start,
        // Where processes cannot be looked up, only age tells.
        None => !cfg!(target_os = "linux"),
    }
}

/// When a process started, in clock ticks since boot: field 22 of `/proc/PID/stat` (proc(5)).
fn started(pid: u32) -> Option<String> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The second field, the name, may hold spaces and brackets: count from its last bracket.
    stat.rsplit_once(')')?.1.split_whitespace().nth(19).map(str::to_owned)
}

/// Whether a file was not touched for this long.
pub(super) fn is_older(path: &Path, age: Duration) -> bool {
    let found = fs::symlink_metadata(path).and_then(|found| found.modified());
    found.ok().and_then(|date| date.elapsed().ok()).is_some_and(|elapsed| elapsed > age)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn folders_of_dead_processes_go_and_those_of_living_ones_stay() {
        let folder = tempfile::tempdir().unwrap();
        let own = folder.path().join(own_name());
        let reused = folder.path().join(format!("{}-1", std::process::id()));
        let dead = folder.path().join("4999999-123");
        for path in [&own, &reused, &dead] {
            fs::create_dir(path).unwrap();
        }
        sweep(folder.path());
        assert!(own.exists() && !reused.exists() && !dead.exists());
    }
}
