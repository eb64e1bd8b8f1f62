//! What a walk finds although it is no part of the project.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::path::Path;

use super::excluded::{ENVIRONMENT, Excluded, excluded};
use super::links::Destination;
use super::never::Never;
use super::{Tree, TreeFile, tracked};
use crate::facts::{Doubt, DoubtKind, Fate, Risk, RiskKind, Source};
use crate::inspect::secrets::is_made_up;
use crate::problem::count;

/// Most paths that are named because something is wrong with them; of more, only the number is told.
const MOST_NAMED: usize = 1_000;

/// Most files that are tracked although a pattern ignores them.
const MOST_RESTORED: usize = 100_000;

/// Environments under other names than the usual ones.
pub(super) fn environments(tree: &mut Tree) {
    let mut folders: HashSet<String> = HashSet::new();
    for inside in ENVIRONMENT {
        let end = format!("/{inside}");
        folders.extend(tree.files.iter().filter_map(|file| file.path.strip_suffix(end.as_str())).map(str::to_owned));
    }
    // The folders below the top of one were not walked.
    let installed = tree.doubts.iter().filter(|doubt| doubt.kind == DoubtKind::Environment);
    folders.extend(installed.filter_map(|doubt| environment_of(&doubt.path)).map(str::to_owned));
    if folders.is_empty() {
        return;
    }
    tree.files.retain(|file| !is_at_or_under(&file.path, &folders));
    tree.doubts.retain(|doubt| !is_at_or_under(&doubt.path, &folders));
    tree.doubts.extend(folders.iter().map(|folder| Doubt::left_out(format!("{folder}/"), DoubtKind::Environment)));
}

/// The environment that a folder with what is installed belongs to: `env` of `env/lib/python3.12/site-packages/`.
fn environment_of(path: &str) -> Option<&str> {
    let above = path.trim_end_matches('/').rsplit_once('/')?.0;
    let lib = match above.rsplit_once('/') {
        Some((lib, python)) if python.starts_with("python") => lib,
        _ => above,
    };
    let (environment, lib) = lib.rsplit_once('/')?;
    matches!(lib, "lib" | "lib64" | "Lib").then_some(environment)
}

/// What version control tracks although a pattern ignores it, or its name says that it is none of the program. A credential
/// and an environment stay left out though they were committed.
pub(super) fn tracked(tree: &mut Tree, links: &mut Vec<(String, Destination)>) {
    if !tree.doubts.iter().any(|doubt| doubt.kind.yields_to_version_control() || !doubt.path.ends_with('/')) {
        return;
    }
    let (mut missing, mut at) = (Vec::new(), 0);
    tracked::each(&tree.root, |path| {
        while tree.files.get(at).is_some_and(|file| file.path.as_str() < path) {
            at += 1;
        }
        if tree.files.get(at).is_none_or(|file| file.path != path) && missing.len() < MOST_RESTORED {
            missing.push(path.to_owned());
        }
    });
    let mut found = Vec::new();
    for path in missing.into_iter().filter(|path| may_return(&tree.root, path)) {
        let full = tree.root.join(&path);
        match full.symlink_metadata() {
            Ok(status) if status.is_file() => found.push(TreeFile { path, link: None }),
            Ok(status) if status.is_symlink() && !links.iter().any(|(link, _)| *link == path) => {
                links.push((path, super::links::follow(&tree.root, &full)));
            }
            Ok(_) | Err(_) => {}
        }
    }
    if !found.is_empty() {
        let holds = |doubt: &Doubt| {
            let is_of = |file: &TreeFile| is_at_or_below(&file.path, &doubt.path);
            let may_be_of = doubt.kind.yields_to_version_control() || !doubt.path.ends_with('/');
            may_be_of && found.iter().any(is_of)
        };
        // Build backends that obey the patterns drop such files, so they are told.
        let (kept, gone): (Vec<Doubt>, Vec<Doubt>) =
            std::mem::take(&mut tree.doubts).into_iter().partition(|doubt| !holds(doubt));
        tree.doubts = kept;
        let is_ignored = |file: &&TreeFile| {
            gone.iter().any(|doubt| doubt.kind == DoubtKind::Ignored && is_at_or_below(&file.path, &doubt.path))
        };
        let tracked = found.iter().filter(is_ignored).take(MOST_NAMED);
        tree.doubts.extend(
            tracked.map(|file| Doubt { fate: Fate::Tracked, ..Doubt::left_out(file.path.clone(), DoubtKind::Ignored) }),
        );
        tree.files.append(&mut found);
        tree.files.sort_by(|left, right| left.path.cmp(&right.path));
    }
}

/// Whether nothing on the way to a file is left out whatever version control says.
fn may_return(root: &Path, path: &str) -> bool {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let mut above = String::new();
    for folder in folders.split('/').filter(|folder| !folder.is_empty()) {
        above = if above.is_empty() { folder.to_owned() } else { format!("{above}/{folder}") };
        match excluded(&root.join(&above), OsStr::new(folder)) {
            Some(Excluded::Doubt(kind)) if kind.yields_to_version_control() => {}
            Some(Excluded::Doubt(_) | Excluded::VersionControl) => return false,
            None => {}
        }
    }
    Never::get().file(name).is_none_or(|kind| {
        let is_vendored = kind == DoubtKind::BuildOutput;
        kind.yields_to_version_control() || is_vendored || kind == DoubtKind::Credential && is_made_up(path)
    })
}

/// Whether a path is that of a doubt, or lies in the folder that it is.
pub(crate) fn is_at_or_below(path: &str, doubt: &str) -> bool {
    path == doubt || doubt.ends_with('/') && path.starts_with(doubt)
}

/// Receipts, and the artifacts they lie beside: what Packwright made is not what it is made from.
pub(super) fn receipts(tree: &mut Tree) {
    let artifacts = tree.files.iter().filter_map(|file| file.path.strip_suffix(".receipt.json"));
    let artifacts: HashSet<String> = artifacts.map(str::to_owned).collect();
    if !artifacts.is_empty() {
        let belongs = |path: &str| path.ends_with(".receipt.json") || is_at_or_under(path, &artifacts);
        tree.files.retain(|file| !belongs(&file.path));
    }
}

/// Links that stay inside and lead to something that is part of the project join the files; others are risks.
pub(super) fn links(tree: &mut Tree, links: Vec<(String, Destination)>) {
    let mut inside = Vec::new();
    for (path, destination) in links {
        let fate = match destination {
            Destination::Inside(target) if tree.has(&target) || tree.has_folder(&target) => {
                inside.push(TreeFile { path, link: Some(target) });
                continue;
            }
            Destination::Inside(target) => format!("leads to `{target}`, which is no part of the project"),
            Destination::LeftOut => "leads to what no build takes".to_owned(),
            Destination::Outside => "leads outside the project".to_owned(),
            Destination::Nowhere => "leads nowhere".to_owned(),
        };
        let what = format!("the link `{}` {fate}", path.escape_debug());
        tree.risks.push(Risk { kind: RiskKind::LinkOutside, what, source: Source::File { path, line: None } });
    }
    if !inside.is_empty() {
        tree.files.append(&mut inside);
        tree.files.sort_by(|left, right| left.path.cmp(&right.path));
    }
}

/// Whether the path is one of these or lies below it.
fn is_at_or_under(path: &str, folders: &HashSet<String>) -> bool {
    folders.contains(path) || path.match_indices('/').any(|(at, _)| folders.contains(&path[..at]))
}

/// Keeps no more of what is wrong than somebody would read.
pub(super) fn all_but_the_first(tree: &mut Tree) {
    let more = tree.unreadable.len().saturating_sub(MOST_NAMED);
    tree.unreadable.truncate(MOST_NAMED);
    tree.unreadable.extend((more > 0).then(|| format!("{}: they cannot be read either", count(more, "more file"))));
    let more = tree.risks.len().saturating_sub(MOST_NAMED);
    tree.risks.truncate(MOST_NAMED);
    tree.risks.extend((more > 0).then(|| Risk {
        kind: RiskKind::HostilePath,
        what: format!("{} that tools may stumble over", count(more, "more path")),
        source: Source::Tree { seen: "names of files and where links lead".into() },
    }));
}
