//! Opens a root file system as a room.
//!
//! It is unpacked once, into the cache. For every room a user namespace is made, with several users where the system lends
//! some; in it a layer in memory is laid above what was unpacked, and bubblewrap holds both open. Acts enter as root, with all
//! capabilities of the room, because installing needs them: so all that a room is shown is its own.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::base::Root;
use super::beside::Beside;
use super::furnished::Furnished;
use super::opened::{Closed, Entry, Inside, LONGEST, first_process};
use super::{at, last_line};
use crate::engine::disk::lock;
use crate::engine::run::sandbox::{Alone, Binding, Lent, Sandbox, behind};
use crate::engine::run::step::StepError;
use crate::engine::tools::find;
use crate::engine::tools::log::Log;
use crate::engine::tools::process::{Errand, Spawn, errand, in_front};
use crate::engine::trees::layer::{COPIED, Layer, MERGED, UPPER};
use crate::engine::trees::roots::{Owners, Roots, is_whole_now, mark_of, take};
use crate::plan::Users;

/// How long unpacking may take.
const UNPACKING: Duration = Duration::from_mins(10);
/// What is said where something else than a room has changed one.
const DAMAGED: &str = "an unpacked root file system in the cache was changed by something else, and is unpacked again";
/// What every machine has, and no archive.
const HOSTS: &str = "127.0.0.1\tlocalhost packwright\n::1\tlocalhost\n";

/// The words that make a command root of such a room, and who owns its files; or why there is no room.
fn users(base: &Root, wanted: Users) -> Result<(&[String], Owners), Closed> {
    match (&base.lent, wanted) {
        (Lent::Several(words), _) => Ok((words, Owners::Several)),
        (Lent::One(words, _), Users::One | Users::Lent) => Ok((words, Owners::One)),
        (Lent::One(_, alone), Users::Mapped) => {
            let problem = alone.hints.iter().map(|hint| hint.command.join(" "));
            let remedy: String = problem.map(|command| format!("; `{command}` changes that")).collect();
            Err(Closed::Never(format!("it needs several users: {alone}{remedy}")))
        }
        (Lent::None, _) => Err(Closed::Never("no user namespace can be made here".into())),
    }
}

/// Where it lies unpacked.
fn unpacked(base: &Root, room: &Furnished, users: (&[String], Owners)) -> Result<PathBuf, Closed> {
    let store = room.bench.store;
    let roots = Roots::of(store).map_err(StepError::from)?;
    let place = roots.place(&base.sha256, users.1);
    let wait = lock::exclusive(&place.with_extension("lock"), room.bench.cancel).map_err(StepError::from)?;
    let _lock = wait.ok_or(StepError::Cancelled)?;
    if let Some(unharmed) = mark_of(&place) {
        if recognized(room, users.0, &place)?.is_some_and(|found| found == unharmed) {
            return Ok(place);
        }
        room.bench.toolbox.notices.add(DAMAGED);
    }
    unpack(base, room, users, &place)?;
    let mark = recognized(room, users.0, &place)?;
    let mark = mark.ok_or_else(|| Closed::Never("the unpacked root file system cannot be read".into()))?;
    is_whole_now(&place, base.bytes, &mark).map_err(StepError::from)?;
    Ok(place)
}

/// Unpacks it, in place of whatever is there.
fn unpack(base: &Root, room: &Furnished, users: (&[String], Owners), place: &Path) -> Result<(), Closed> {
    let store = room.bench.store;
    // What is unpacked is used for weeks.
    store.check(&base.tree).map_err(StepError::from)?;
    let staged = store.work().join(format!("root-{}", base.sha256));
    for path in [staged.as_path(), place] {
        if path.exists() {
            run(room, "remove", &behind_errand(users.0, &Errand::Remove(path.to_path_buf()), room)?)?;
        }
    }
    let unpack = Errand::Unpack { archive: base.archive.clone(), to: staged.clone(), owners: users.1 };
    let spawn = Spawn { timeout: UNPACKING, ..behind_errand(users.0, &unpack, room)? };
    let (is_done, log) = run(room, "unpack", &spawn)?;
    if !is_done {
        return Err(Closed::Never(format!("the root file system cannot be unpacked: {}", last_line(&log))));
    }
    Ok(take(&staged, place).map_err(StepError::from)?)
}

/// By what an unpacked root file system is known; nothing where it cannot be looked through.
fn recognized(room: &Furnished, users: &[String], place: &Path) -> Result<Option<String>, Closed> {
    let (is_done, log) = run(room, "recognize", &behind_errand(users, &Errand::Recognize(place.to_path_buf()), room)?)?;
    let said = log.range(0, 1).map_err(at("read", &log.path())).map_err(StepError::from)?;
    Ok(said.into_iter().find(|_| is_done).map(|line| line.text))
}

/// An errand as root in a namespace.
fn behind_errand(users: &[String], what: &Errand, room: &Furnished) -> Result<Spawn, Closed> {
    let (program, args) = errand(what).ok_or_else(no_errands)?;
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    Ok(behind(users, room.plain(&program, &args)))
}

fn no_errands() -> Closed {
    Closed::Never("this program cannot start itself to lay a root file system out".into())
}

/// What a receipt says of a room with one user.
pub(super) fn not_tried(alone: &Alone) -> String {
    format!("; ownership and the change to the service's user were not tried: {alone}")
}

/// Runs something around the acts to its end.
fn run(room: &Furnished, name: &str, spawn: &Spawn) -> Result<(bool, Log), StepError> {
    let (log, path) = room.log(name)?;
    let exit = room.bench.world.run(spawn, &log, room.bench.cancel)?;
    Ok((exit.code == Some(0), log.finish().map_err(at("write", &path))?))
}

/// Opens the room. It stays open until what holds it is ended.
pub(super) fn open<'s>(
    room: &Furnished,
    base: &Root,
    more: &[Binding],
    hold: impl FnOnce(Spawn) -> Result<Beside<'s>, StepError>,
) -> Result<Entry, Closed> {
    if *room.bench.sandbox == Sandbox::Absent {
        return Err(Closed::Never("a root file system needs a sandbox, and there is none here".into()));
    }
    let Some(nsenter) = find("nsenter", room.bench.toolbox.off_limits) else {
        return Err(Closed::Never("`nsenter` of util-linux is needed to enter the room, and cannot be found".into()));
    };
    let (words, owners) = users(base, room.proof.room.may.users)?;
    let lower = unpacked(base, room, (words, owners))?;
    let (_, layer) = room.folder("layer");
    let inner = Spawn { timeout: LONGEST, ..room.plain(Path::new("/bin/sleep"), &["infinity"]) };
    let network = !room.proof.room.may.network.is_own();
    let confined = room.bench.sandbox.open_root(&inner, &layer.join(MERGED), &bindings(room, more)?, network);
    let lay = in_front(&Errand::LayAbove { root: lower.clone(), at: layer.clone() }).ok_or_else(no_errands)?;
    let holder = hold(behind(&[words, &lay].concat(), confined))?;
    let log = holder.log.clone();
    let child = first_process(room, holder, &room.folder("tmp").0)?;
    let filter = match owners {
        Owners::Several => Vec::new(),
        Owners::One => in_front(&Errand::LeaveOwners).ok_or_else(no_errands)?,
    };
    let said = Log::open(&log).and_then(|log| log.range(0, 10)).map_err(at("read", &log)).map_err(StepError::from)?;
    let is_copy = said.iter().any(|line| line.text == COPIED);
    let layer = Layer { upper: layer.join(if is_copy { MERGED } else { UPPER }), lower, is_copy };
    let entry = Entry { nsenter, child, inside: Inside::Root { filter, layer } };
    entry.must_let_in(room, &room.plain(Path::new("/bin/sleep"), &["0"])).map_err(|closed| match closed {
        Closed::Apart(because) => Closed::Never(because),
        other => other,
    })?;
    Ok(entry)
}

/// What is shown besides the root file system: copies of what is read, in a room of their own.
fn bindings(room: &Furnished, more: &[Binding]) -> Result<Vec<Binding>, StepError> {
    let (_, hosts) = room.folder("hosts");
    std::fs::write(&hosts, HOSTS).map_err(at("write", &hosts))?;
    let mut bindings = vec![Binding::readable(hosts, "/etc/hosts")];
    bindings.extend(room.bindings.iter().chain(more).cloned());
    Ok(bindings)
}
