//! Cache keys: a step's id, what it consumes, the tools that do it, and where.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Bench, StepError, Tools};
use crate::engine::disk::files::{hex, write_atomically};
use crate::engine::run::sandbox::Lent;
use crate::engine::terms::json;
use crate::engine::trees::store::Tree;
use crate::facts::Platform;
use crate::plan::{Keep, Step, StepId, Users};

/// The revision of what the engine does itself: whoever changes what an action writes raises it. Functions have revisions of
/// their own, which are part of the id.
pub(super) const VERBS: &str = "4";

/// A cache entry.
#[derive(Debug, Serialize, Deserialize)]
struct Entry {
    /// The tree that was written.
    tree: String,
    /// When, in seconds since 1970.
    at: u64,
    /// The command that wrote it, for receipts.
    #[serde(default)]
    command: Vec<String>,
}

/// The key under which a step's output is kept.
pub(super) fn of(bench: &Bench, step: &Step, inputs: &BTreeMap<StepId, Tree>, tools: &Tools) -> String {
    let mut hash = Sha256::new();
    let mut line = |name: &str, value: &str| hash.update(format!("{name}\t{value}\n"));
    line("verbs", VERBS);
    line("step", step.id.as_str());
    for id in step.action.inputs() {
        line("input", inputs.get(id).map_or("", |tree| tree.digest.as_str()));
    }
    if step.action.reads_source() {
        line("source", &bench.source.whole);
    }
    for (tool, ready) in tools {
        line(
            tool.name(),
            &format!("{} {}", ready.version, crate::engine::tools::status(&ready.program).unwrap_or_default()),
        );
    }
    if !tools.is_empty() {
        line("platform", &Platform::host().to_string());
        line("sandbox", bench.sandbox.name());
        // What belongs to whom depends on who there is.
        if step.action.grants().is_some_and(|may| may.users == Users::Lent) {
            line("users", if matches!(bench.lent(), Ok(Lent::Several(_))) { "several" } else { "one" });
        }
        line("epoch", &std::env::var("SOURCE_DATE_EPOCH").unwrap_or_default());
    }
    hex(&hash.finalize()).get(..40).unwrap_or_default().to_owned()
}

/// The tree kept under a key and the command that wrote it, unless it is too old or damaged.
pub(super) fn look_up(bench: &Bench, key: &str, keep: Keep) -> Option<(Tree, Vec<String>)> {
    let entry: Entry = serde_json::from_slice(&std::fs::read(bench.keys.join(key)).ok()?).ok()?;
    if let Some(age) = keep.lasts()
        && now().saturating_sub(entry.at) > age.as_secs()
    {
        return None;
    }
    Some((bench.store.tree(&entry.tree)?, entry.command))
}

/// Keeps a tree under a key.
pub(super) fn remember(bench: &Bench, key: &str, tree: &Tree, command: &[String]) -> Result<(), StepError> {
    let entry = Entry { tree: tree.digest.clone(), at: now(), command: command.to_vec() };
    Ok(write_atomically(&bench.keys.join(key), json::line(&entry).as_bytes())?)
}

fn now() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO).as_secs()
}
