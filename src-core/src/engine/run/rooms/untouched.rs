//! Looks whether a room is as it was before anything was done in it.

use std::collections::BTreeSet;
use std::path::Path;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use super::Found;
use super::opened::{Way, relative};
use super::visit::Visit;
use crate::engine::disk::error::at;
use crate::engine::run::step::StepError;
use crate::plan::Act;

/// Folders of a room that can be written besides its home.
const WRITABLE: &[&str] = &["/tmp", "/var/tmp", "/run"];
/// How many traces are named.
const NAMED: usize = 3;

/// Absolute paths of what is in a room.
pub(super) type Traces = BTreeSet<String>;

/// What is there now; nothing, where nobody wants to know.
pub(super) fn look(visit: &Visit) -> Result<Traces, StepError> {
    let is_asked = visit.room.proof.acts.iter().any(|act| matches!(act, Act::Untouched { .. }));
    let mut traces = Traces::new();
    if let (Way::Into(entry), true) = (&visit.way, is_asked) {
        let (home, _) = visit.room.folder("home");
        for folder in WRITABLE.iter().map(Path::new).chain([home.as_path()]) {
            walk(&entry.root().join(relative(folder)), folder, &mut traces)?;
        }
    }
    Ok(traces)
}

fn walk(real: &Path, seen: &Path, traces: &mut Traces) -> Result<(), StepError> {
    for entry in std::fs::read_dir(real).map_err(at("list", real))? {
        let entry = entry.map_err(at("list", real))?;
        let seen = seen.join(entry.file_name());
        traces.insert(seen.display().to_string());
        // A link is no folder here, wherever it leads.
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            walk(&entry.path(), &seen, traces)?;
        }
    }
    Ok(())
}

/// Whether nothing has come or gone but what may.
pub(super) fn untouched(but: &[String], before: &Traces, after: &Traces) -> Found {
    let forgiven = match patterns(but) {
        Ok(forgiven) => forgiven,
        Err(error) => return Found::Impossible(format!("the plan has a pattern that cannot be used: {error}")),
    };
    let changed: Vec<&String> = before.symmetric_difference(after).filter(|path| !forgiven.is_match(path)).collect();
    let Some(first) = changed.first() else { return Found::answered("nothing was left behind") };
    let verb = if after.contains(*first) { "was left behind" } else { "is gone" };
    let others: Vec<String> = changed[1..].iter().take(NAMED - 1).map(|path| format!("`{path}`")).collect();
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
        let traces = |paths: &[&str]| paths.iter().map(|path| (*path).to_owned()).collect::<Traces>();
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
}
