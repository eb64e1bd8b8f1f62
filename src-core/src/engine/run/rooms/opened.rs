//! Opens a room once, and enters it for every act.
//!
//! bubblewrap holds the room open, and says on standard output which process is the first in it. Its namespaces are entered
//! by `nsenter`, which gives all capabilities there. Where something is shown that others read too, an act gets a user
//! namespace of its own besides, in which it is the user who builds, and from which nothing that is shown read-only can be
//! made writable.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::Deserialize;

use super::beside::Beside;
use super::furnished::Furnished;
use super::{at, last_line};
use crate::engine::run::sandbox::{Binding, Sandbox, System, behind};
use crate::engine::run::step::StepError;
use crate::engine::tools::find;
use crate::engine::tools::log::{Log, Stream};
use crate::engine::tools::process::Spawn;
use crate::engine::trees::layer::Layer;

/// How long a room may take to open.
const OPENING: Duration = Duration::from_secs(20);
/// How often is looked whether it has.
const LOOK: Duration = Duration::from_millis(5);
/// How long a room stays open at most.
pub(super) const LONGEST: Duration = Duration::from_hours(24);

/// How acts get into a room.
#[derive(Debug, Clone)]
pub(super) enum Way {
    /// Each in a sandbox of its own, or in none; why the room does not stay open.
    Apart(String),
    /// All into the same one.
    Into(Entry),
}

/// What a room that stays open is entered by.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub nsenter: PathBuf,
    /// The first process in it, as this machine counts.
    pub child: u32,
    pub inside: Inside,
}

/// What an act is in a room.
#[derive(Debug, Clone)]
pub(super) enum Inside {
    /// The user who builds, without any capability.
    Guarded {
        /// `unshare`, as it is seen in the room.
        unshare: PathBuf,
        /// The user and the group.
        ids: (u32, u32),
    },
    /// Root of a root file system.
    Root {
        /// What stands in front of a command that may change no owners.
        filter: Vec<String>,
        /// Where it shows what is changed.
        layer: Layer,
    },
}

/// What bubblewrap says of the sandbox.
#[derive(Deserialize)]
struct Info {
    #[serde(rename = "child-pid")]
    child: u32,
}

/// Why a room is not open.
pub(super) enum Closed {
    /// It cannot be had.
    Never(String),
    /// It can be had, but not entered.
    Apart(String),
    /// What is needed for it failed.
    Failed(StepError),
}

impl From<StepError> for Closed {
    fn from(error: StepError) -> Self {
        Self::Failed(error)
    }
}

/// The programs by which rooms are entered: `nsenter`, and `unshare` as it is seen in the room.
fn programs(room: &Furnished) -> Option<(PathBuf, PathBuf)> {
    let off_limits = room.bench.toolbox.off_limits;
    let unshare = find("unshare", off_limits)?;
    Some((find("nsenter", off_limits)?, unshare.canonicalize().unwrap_or(unshare)))
}

/// Opens the room. It stays open until what holds it is ended.
pub(super) fn open<'s>(
    room: &Furnished,
    more: &[Binding],
    hold: impl FnOnce(Spawn) -> Result<Beside<'s>, StepError>,
) -> Result<Entry, Closed> {
    if *room.bench.sandbox == Sandbox::Absent {
        return Err(Closed::Apart("there is no sandbox here".into()));
    }
    let Some((nsenter, unshare)) = programs(room) else {
        return Err(Closed::Apart(
            "`nsenter` and `unshare` of util-linux are needed to enter it, and cannot be found".into(),
        ));
    };
    let mut bindings = room.bindings.clone();
    bindings.extend(more.iter().cloned());
    if room.system != System::Whole {
        bindings.push(Binding::readable(&unshare, &unshare));
    }
    let first = Spawn { timeout: LONGEST, ..room.plain(Path::new("/bin/sleep"), &["infinity"]) };
    let network = !room.proof.room.may.network.is_own();
    let holder = hold(room.bench.sandbox.open(&first, &room.system, &bindings, network))?;
    let (seen, _) = room.folder("home");
    let child = first_process(room, holder, &seen)?;
    let question = room.plain(&unshare, &["--version"]);
    let entry = Entry { nsenter, child, inside: Inside::Guarded { unshare, ids: ids() } };
    entry.must_let_in(room, &question)?;
    Ok(entry)
}

/// The first process of a room that is being opened, once everything is where it belongs: `seen` is shown last.
pub(super) fn first_process(room: &Furnished, holder: Beside, seen: &Path) -> Result<u32, Closed> {
    // A log that cannot be kept is no fault of the room.
    wait_for(room, &holder, seen).map_err(|closed| holder.fault().map_or(closed, Closed::Failed))
}

/// The first process of the room, once everything is where it belongs.
fn wait_for(room: &Furnished, holder: &Beside, seen: &Path) -> Result<u32, Closed> {
    let until = Instant::now() + OPENING;
    // What is shown is shown last; before that another file system is seen through the process.
    let shows = |child: u32| Path::new("/proc").join(child.to_string()).join("root").join(relative(seen)).is_dir();
    while Instant::now() < until && !holder.has_ended() {
        if room.bench.cancel.is_cancelled() {
            return Err(StepError::Cancelled.into());
        }
        if let Some(child) = child_in(&holder.said()).filter(|child| shows(*child)) {
            return Ok(child);
        }
        std::thread::sleep(LOOK);
    }
    Err(Closed::Never(format!("the room cannot be opened: {}", holder.last_line())))
}

fn child_in(log: &Log) -> Option<u32> {
    let lines = log.range(0, 50).unwrap_or_default().into_iter().filter(|line| line.stream == Stream::Out);
    let text: String = lines.map(|line| line.text).collect();
    // Before it stands the engine's own note.
    serde_json::from_str::<Info>(text.get(text.find('{')?..)?).ok().map(|info| info.child)
}

/// A path as seen from the root.
pub(super) fn relative(path: &Path) -> &Path {
    path.strip_prefix("/").unwrap_or(path)
}

#[cfg(unix)]
fn ids() -> (u32, u32) {
    (rustix::process::geteuid().as_raw(), rustix::process::getegid().as_raw())
}

#[cfg(not(unix))]
fn ids() -> (u32, u32) {
    (0, 0)
}

impl Way {
    /// A command as it gets into the room.
    pub fn lead(&self, room: &Furnished, spawn: &Spawn, more: &[Binding]) -> Spawn {
        match self {
            Self::Into(entry) => entry.enter(spawn),
            Self::Apart(_) => {
                let mut bindings = room.bindings.clone();
                bindings.extend(more.iter().cloned());
                room.bench.sandbox.wrap(spawn, &room.system, &bindings, !room.proof.room.may.network.is_own())
            }
        }
    }
}

impl Entry {
    /// Fails where a command cannot get into the room.
    pub fn must_let_in(&self, room: &Furnished, command: &Spawn) -> Result<(), Closed> {
        let (log, path) = room.log("enter")?;
        let exit = room.bench.world.run(&self.enter(command), &log, room.bench.cancel).map_err(StepError::from)?;
        if exit.code == Some(0) {
            return Ok(());
        }
        let said = Log::open(&path).map_or_else(|_| String::new(), |log| last_line(&log));
        Err(Closed::Apart(format!("it cannot be entered: {said}")))
    }

    /// A command in the room.
    fn enter(&self, spawn: &Spawn) -> Spawn {
        let cwd = spawn.cwd.display().to_string();
        let all = ["-U", "-m", "-n", "-p", "-i", "-u"];
        let spawn = Spawn { cwd: "/".into(), ..spawn.clone() };
        match &self.inside {
            Inside::Guarded { unshare, ids: (user, group) } => {
                let own = [unshare.display().to_string(), "-U".into(), "--wd".into(), cwd];
                let ids = [format!("--map-user={user}"), format!("--map-group={group}"), "--".into()];
                behind(&[self.namespaces(&all, self.child), own.into(), ids.into()].concat(), spawn)
            }
            Inside::Root { filter, .. } => {
                let words = self.namespaces(&[&all[..], &[&format!("--wdns={cwd}")]].concat(), self.child);
                behind(&[filter.clone(), words].concat(), spawn)
            }
        }
    }

    /// A command of this machine in the network of the room.
    pub fn listen(&self, spawn: &Spawn) -> Spawn {
        behind(&self.namespaces(&["-U", "-n"], self.child), spawn.clone())
    }

    /// A command of this machine beside what holds the room open, where its layer is seen. An error where that has gone.
    pub fn beside_layer(&self, spawn: &Spawn) -> Result<Spawn, StepError> {
        let path = Path::new("/proc").join(self.child.to_string()).join("status");
        let text = std::fs::read_to_string(&path).map_err(at("read", &path))?;
        let holder = text.lines().find_map(|line| line.strip_prefix("PPid:")?.trim().parse().ok());
        let holder = holder.ok_or_else(|| at("understand", &path)(std::io::ErrorKind::InvalidData.into()))?;
        Ok(behind(&self.namespaces(&["-U", "-m"], holder), spawn.clone()))
    }

    /// `nsenter` into these namespaces of a process.
    fn namespaces(&self, which: &[&str], process: u32) -> Vec<String> {
        let own = [self.nsenter.display().to_string(), "--preserve-credentials".into()];
        let which = which.iter().map(|name| (*name).to_owned());
        own.into_iter().chain(which).chain(["-t".into(), process.to_string(), "--".into()]).collect()
    }

    /// The root of the room, as this machine sees it.
    pub fn root(&self) -> PathBuf {
        Path::new("/proc").join(self.child.to_string()).join("root")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::tools::log::LogWriter;

    #[test]
    fn what_bubblewrap_says_is_read_when_it_is_complete() {
        let folder = tempfile::tempdir().unwrap();
        let said = |text: &str| {
            let writer = LogWriter::create(&folder.path().join("room")).unwrap();
            writer.note(text).unwrap();
            child_in(&writer.finish().unwrap())
        };
        assert_eq!(said("{\n    \"child-pid\": 12,"), None);
        assert_eq!(said("{\n    \"child-pid\": 12,\n    \"ipc-namespace\": 4\n}"), Some(12));
        assert_eq!(said("opening the room\n{ \"child-pid\": 7 }"), Some(7));
        assert_eq!(said("bwrap: no"), None);
    }
}
