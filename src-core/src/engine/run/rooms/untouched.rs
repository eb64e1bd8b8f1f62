//! Looks whether a room is as it was before anything was done in it.

use std::path::Path;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use super::Found;
use super::opened::{Entry, Inside, Way, relative};
use super::visit::Visit;
use crate::engine::disk::error::at;
use crate::engine::run::step::StepError;
use crate::engine::tools::process::{Errand, errand};
use crate::engine::trees::layer::{Layer, Trace, Traces};
use crate::plan::Act;

/// Folders of a room that can be written besides its home.
const WRITABLE: &[&str] = &["/tmp", "/var/tmp", "/run"];
/// How many traces are named.
const NAMED: usize = 3;

/// What is there now, or changed; nothing, where nobody wants to know.
pub(super) fn look(visit: &Visit) -> Result<Traces, StepError> {
    let is_asked = visit.room.proof.acts.iter().any(|act| matches!(act, Act::Untouched { .. }));
    let mut traces = Traces::new();
    let Way::Into(entry) = &visit.way else { return Ok(traces) };
    match &entry.inside {
        _ if !is_asked => {}
        Inside::Root { layer, .. } => return changes(visit, entry, layer),
        Inside::Guarded { .. } => {
            let (home, _) = visit.room.folder("home");
            for folder in WRITABLE.iter().map(Path::new).chain([home.as_path()]) {
                walk(&entry.root().join(relative(folder)), folder, &mut traces)?;
            }
        }
    }
    Ok(traces)
}

/// What the layer of a room changes, as root of the room sees it.
fn changes(visit: &Visit, entry: &Entry, layer: &Layer) -> Result<Traces, StepError> {
    let room = visit.room;
    let Some((program, args)) = errand(&Errand::Compare(layer.clone())) else { return Ok(Traces::new()) };
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let (log, path) = room.log("layer")?;
    let spawn = entry.beside_layer(&room.plain(&program, &args))?;
    room.bench.world.run(&spawn, &log, room.bench.cancel)?;
    let log = log.finish().map_err(at("write", &path))?;
    let said: String =
        log.range(0, log.lines()).map_err(at("read", &path))?.into_iter().map(|line| line.text).collect();
    let unknown = |error: serde_json::Error| at("understand", &path)(error.into());
    Ok(serde_json::from_str(&said).map_err(unknown)?)
}

fn walk(real: &Path, seen: &Path, traces: &mut Traces) -> Result<(), StepError> {
    for entry in std::fs::read_dir(real).map_err(at("list", real))? {
        let entry = entry.map_err(at("list", real))?;
        let seen = seen.join(entry.file_name());
        traces.insert(seen.display().to_string(), Trace::There);
        // A link is no folder here, wherever it leads.
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            walk(&entry.path(), &seen, traces)?;
        }
    }
    Ok(())
}

/// Whether nothing has come, gone or changed but what may.
pub(super) fn untouched(but: &[String], before: &Traces, after: &Traces) -> Found {
    let forgiven = match patterns(but) {
        Ok(forgiven) => forgiven,
        Err(error) => return Found::Impossible(format!("the plan has a pattern that cannot be used: {error}")),
    };
    let came = after.iter().filter(|(path, trace)| before.get(*path) != Some(trace));
    let came = came.map(|(path, trace)| (path, *trace));
    // What was changed before and is not any more is as it should be.
    let went = before.iter().filter(|(path, trace)| **trace == Trace::There && !after.contains_key(*path));
    let went = went.map(|(path, _)| (path, Trace::Gone));
    let mut changed: Vec<(&String, Trace)> = came.chain(went).filter(|(path, _)| !forgiven.is_match(path)).collect();
    changed.sort_by_key(|(path, _)| *path);
    let Some((first, trace)) = changed.first() else { return Found::answered("nothing was left behind") };
    let verb = match trace {
        Trace::There => "was left behind",
        Trace::Changed => "was changed",
        Trace::Gone => "is gone",
    };
    let others: Vec<String> = changed[1..].iter().take(NAMED - 1).map(|(path, _)| format!("`{path}`")).collect();
    let others = match (others.is_empty(), changed.len() - 1) {
        (true, _) => String::new(),
        (false, number) => format!(", and {number} more paths changed, such as {}", crate::problem::listing(&others)),
    };
    Found::Not { because: format!("`{first}` {verb}{others}"), log: None }
}

/// What is forgiven, and all that is below it.
fn patterns(but: &[String]) -> Result<GlobSet, globset::Error> {
    let mut set = GlobSetBuilder::new();
    for pattern in but {
        for pattern in [pattern.clone(), format!("{}/**", pattern.trim_end_matches('/'))] {
            set.add(GlobBuilder::new(&pattern).literal_separator(true).build()?);
        }
    }
    set.build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_and_what_goes_is_a_trace_unless_it_is_forgiven() {
        let traces = |paths: &[&str]| paths.iter().map(|path| ((*path).to_owned(), Trace::There)).collect::<Traces>();
        let because = |but: &[&str], before: &[&str], after: &[&str]| {
            let but: Vec<String> = but.iter().map(|path| (*path).to_owned()).collect();
            match untouched(&but, &traces(before), &traces(after)) {
                Found::Not { because, .. } | Found::Impossible(because) => Some(because),
                Found::Answered { .. } => None,
            }
        };
        assert_eq!(because(&[], &["/tmp/x"], &["/tmp/x"]), None);
        assert_eq!(because(&[], &[], &["/tmp/x"]).as_deref(), Some("`/tmp/x` was left behind"));
        assert_eq!(because(&[], &["/tmp/x"], &[]).as_deref(), Some("`/tmp/x` is gone"));
        assert_eq!(because(&["/tmp/x"], &[], &["/tmp/x", "/tmp/x/y"]), None);
        assert_eq!(because(&["/tmp/*.log"], &[], &["/tmp/a.log"]), None);
        let many = because(&["/tmp/*.log"], &[], &["/tmp/a", "/tmp/b", "/tmp/c", "/tmp/d"]).unwrap();
        assert_eq!(many, "`/tmp/a` was left behind, and 3 more paths changed, such as `/tmp/b` and `/tmp/c`");
        assert!(because(&["["], &[], &[]).unwrap().starts_with("the plan has a pattern"));
    }
    #[test]
    fn what_is_changed_in_a_root_file_system_is_a_trace_until_it_is_changed_back() {
        let traces = |all: &[(&str, Trace)]| all.iter().map(|(path, trace)| ((*path).to_owned(), *trace)).collect();
        let because = |before: &Traces, after: &Traces| match untouched(&["/etc/{a,b}-".into()], before, after) {
            Found::Not { because, .. } | Found::Impossible(because) => because,
            Found::Answered { text, .. } => text,
        };
        let changed: Traces = traces(&[("/etc/a-", Trace::There), ("/etc/passwd", Trace::Changed)]);
        assert_eq!(because(&Traces::new(), &changed), "`/etc/passwd` was changed");
        assert_eq!(because(&changed, &Traces::new()), "nothing was left behind");
        assert_eq!(because(&changed, &changed), "nothing was left behind");
        assert_eq!(because(&Traces::new(), &traces(&[("/bin/sh", Trace::Gone)])), "`/bin/sh` is gone");
    }
}
