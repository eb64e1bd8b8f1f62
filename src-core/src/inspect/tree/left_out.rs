//! What a walk finds although it is no part of the project.

use std::collections::HashSet;

use super::links::Destination;
use super::{Tree, TreeFile};
use crate::facts::{Risk, RiskKind, Source};
use crate::problem::count;

/// Most paths that are named because something is wrong with them; of more, only the number is told.
const MOST_NAMED: usize = 1_000;

/// Virtual environments under other names than the usual ones.
pub(super) fn environments(tree: &mut Tree) {
    let folders = tree.files.iter().filter_map(|file| file.path.strip_suffix("/pyvenv.cfg"));
    let folders: HashSet<String> = folders.map(str::to_owned).collect();
    if !folders.is_empty() {
        tree.files.retain(|file| !is_at_or_under(&file.path, &folders));
    }
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
