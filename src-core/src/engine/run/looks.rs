//! Looks at what came out although no tool failed: a tool that leaves something out reports success.

mod contents;
mod lines;
mod members;
mod paths;
pub(in crate::engine) mod secrets;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::step::Done;
use crate::engine::trees::binaries::{self, Oldest};
use crate::plan::{Look, Piece, StepId, Word};

/// What was found.
#[derive(Debug, Default)]
pub(in crate::engine) struct Found {
    /// What makes the result yellow, one sentence each.
    pub warnings: BTreeSet<String>,
    /// The oldest system that its native programs run on, where some were looked at.
    pub oldest: Option<Oldest>,
}

/// Looks at everything that a plan says. `private` are folders of this machine whose names have no place in an artifact.
pub(in crate::engine) fn look(looks: &[Look], done: &BTreeMap<StepId, Done>, private: &[PathBuf]) -> Found {
    let mut found = Found::default();
    // An archive with many expected members is opened once.
    let mut expected: BTreeMap<PathBuf, Vec<(&str, &str)>> = BTreeMap::new();
    for look in looks {
        let files = files(look.of(), done);
        match look {
            Look::Member { path, otherwise, .. } => {
                for file in files {
                    expected.entry(file).or_default().push((path, otherwise));
                }
            }
            Look::Lines { pattern, otherwise, .. } => {
                for file in files {
                    found.warnings.extend(lines::like(&file, pattern, otherwise));
                }
            }
            Look::Binaries { .. } => {
                let seen = binaries::look(&files);
                found.warnings.extend(seen.warnings());
                found.oldest = found.oldest.max(Some(seen.oldest));
            }
            Look::Paths { .. } => found.warnings.extend(paths::mentioned(&files, private)),
        }
    }
    for (archive, expected) in expected {
        found.warnings.extend(members::missing(&archive, &expected).into_iter().map(str::to_owned));
    }
    found
}

/// The files that a word stands for; none where it stands for nothing, of which other code complains.
fn files(word: &Word, done: &BTreeMap<StepId, Done>) -> Vec<PathBuf> {
    let Some(Piece::Output(step, pick)) = word.piece() else { return Vec::new() };
    let Some(tree) = done.get(step).map(|done| &done.tree) else { return Vec::new() };
    let picked = tree.select(pick).unwrap_or_default();
    let paths = picked.iter().flat_map(|picked| picked.at(picked.path()));
    paths.map(|(path, _)| tree.path.join(path)).collect()
}

/// The name of a file for people.
fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
