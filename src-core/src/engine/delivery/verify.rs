//! Tries an artifact again, by what its receipt says of it.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use serde::Serialize;

use super::delivered::{self, Delivered};
use super::history::{Build, History};
use super::mending::until_sound;
use super::receipt::{self, Unreadable};
use crate::engine::disk::error::StoreError;
use crate::engine::run::rooms::{Told, hindrance, try_out};
use crate::engine::run::step::{Bench, Done};
use crate::engine::terms::order::Settings;
use crate::engine::terms::signature::{self, Signature, Signers};
use crate::engine::trees::store::Tree;
use crate::event::{Event, Receipt, RoomUsed, Verdict};
use crate::inspect::regular;
use crate::plan::{Network, Outcome, Proof, StepId};
use crate::problem::{Code, Problem};

/// How an artifact is to be verified.
pub struct Verifying<'a> {
    /// Whose signatures are accepted; `None` where nobody said.
    pub signers: Option<Signers>,
    /// Whether the user agrees to start this where no sandbox confines it; each is said as in
    /// [`Check::starts`]. Asked at most once, and never where nothing would be started.
    pub agrees: &'a dyn Fn(&[String]) -> bool,
    /// Whom it is told what is tried, act by act.
    pub told: &'a dyn Fn(Event),
}

/// What is known of an artifact that matches the receipt beside it. Who wrote that receipt is said by its signature alone.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Verified {
    /// What it was compared with.
    pub receipt: Receipt,
    /// Who signed the receipt.
    pub signature: Signature,
    /// What trying it has shown.
    pub verdicts: Vec<Verdict>,
}

/// An artifact, the receipt beside it, and what is known of who wrote that.
pub(in crate::engine) struct Claim<'a> {
    artifact: &'a Path,
    receipt: Receipt,
    signature: Signature,
    /// Whether it was built here, or is signed by a key that was given.
    is_vouched_for: bool,
}

impl<'a> Claim<'a> {
    /// Reads what is claimed of an artifact, and looks at who signed it.
    pub fn read(artifact: &'a Path, signers: Option<&Signers>, history: Option<&History>) -> Result<Self, Problem> {
        let (receipt, written) = receipt_of(artifact)?;
        let signature = signature::check(artifact, &written, signers)?;
        let known = history.and_then(|history| history.list(Some(&receipt.project), 1_000).ok());
        let is_vouched_for =
            matches!(signature, Signature::Good { .. }) || is_known(&known.unwrap_or_default(), &receipt);
        Ok(Self { artifact, receipt, signature, is_vouched_for })
    }

    /// Compares the artifact with its receipt, and tries it again.
    pub fn verified(self, bench: &Bench, verifying: &Verifying) -> Result<Verified, Problem> {
        // What is tried once more, because the store was damaged, is agreed to already.
        let answer = OnceCell::new();
        let agrees = |starts: &[String]| self.is_vouched_for && *answer.get_or_init(|| (verifying.agrees)(starts));
        let verdicts = until_sound(bench.store, || self.compare_and_try(bench, &agrees, verifying.told))?;
        Ok(Verified { receipt: self.receipt, signature: self.signature, verdicts })
    }
}

/// How the engine works where it verifies: without network, and starting nothing but what is tried.
pub(in crate::engine) fn settings() -> Settings {
    Settings { trusted: true, verify: true, use_cache: true, jobs: 1, offline: true, ..Settings::default() }
}

/// Reads the receipt beside an artifact; gives it, and its bytes.
fn receipt_of(artifact: &Path) -> Result<(Receipt, Vec<u8>), Problem> {
    if !artifact.exists() {
        return Err(Problem::new(Code::Usage, format!("there is nothing at `{}`", artifact.display())));
    }
    let mut name = artifact.as_os_str().to_owned();
    name.push(".receipt.json");
    let unreadable = |error: &dyn std::error::Error| {
        let message = format!("`{}` has no receipt that can be read", artifact.display());
        Problem::new(Code::Usage, message)
            .because(error)
            .hint("Keep `.receipt.json` beside the artifact, or build it again")
    };
    let text = regular::read(Path::new(&name), regular::LARGEST).map_err(|error| unreadable(&error))?;
    match receipt::read(&text) {
        Ok(receipt) => Ok((receipt, text)),
        Err(Unreadable::Json(error)) => Err(unreadable(&error)),
        Err(error @ Unreadable::Format(_)) => {
            let message =
                format!("the receipt of `{}` was written by another version of Packwright", artifact.display());
            Err(Problem::new(Code::Usage, message)
                .because(&error)
                .hint("Build it again, or verify it with the version that built it"))
        }
    }
}

/// Whether the history knows this very artifact: a proof alone is soon copied into a receipt for something else.
fn is_known(history: &[Build], receipt: &Receipt) -> bool {
    let same = |known: &Receipt| known.proof == receipt.proof && known.artifact.sha256 == receipt.artifact.sha256;
    history.iter().any(|build| same(&build.receipt))
}

impl Claim<'_> {
    /// Compares the artifact with its receipt and tries it in the same rooms, never with network: a receipt is a file that
    /// anybody may have written. For the same reason nothing is started outside a sandbox unless it was built here or is signed
    /// by a key that was given, and even then only if the user agrees.
    fn compare_and_try(
        &self,
        bench: &Bench,
        agrees: &dyn Fn(&[String]) -> bool,
        told: Told,
    ) -> Result<Vec<Verdict>, Problem> {
        let done = self.compared(bench)?;
        let mut proofs = self.receipt.proof.proofs.clone();
        for proof in &mut proofs {
            proof.room.may.network = Network::Own;
        }
        let is_lost = |proof: &Proof| proof.reads().into_iter().any(|step| !done.contains_key(step));
        let possible = proofs.iter().filter(|proof| hindrance(proof).is_none() && !is_lost(proof));
        let starts: Vec<String> = possible.filter_map(Proof::starts).collect();
        let may_start = bench.sandbox.confines() || (!starts.is_empty() && agrees(&starts));
        let tried = proofs.iter().map(|proof| {
            let verdict = match (is_lost(proof), may_start || hindrance(proof).is_some()) {
                (true, _) => untried(proof, "what the trial needs is no longer in the cache; build it again"),
                (false, true) => {
                    told(Event::CheckStarted { title: proof.title.clone() });
                    try_out(bench, proof, &done, false, told).verdict
                }
                (false, false) if self.is_vouched_for => untried(proof, Verdict::NOT_AGREED),
                (false, false) => untried(proof, NOT_VOUCHED_FOR),
            };
            told(Event::CheckFinished { verdict: verdict.clone() });
            verdict
        });
        Ok(tried.collect())
    }

    /// The artifact, where it is what its receipt says, and what else its trials read, as far as that is still there.
    fn compared(&self, bench: &Bench) -> Result<BTreeMap<StepId, Done>, Problem> {
        let (receipt, artifact) = (&self.receipt, self.artifact);
        let unusable = |error: StoreError| Problem::new(Code::Store, error.to_string()).because_of(&error);
        let found = Delivered::read(artifact, Some(bench.store)).map_err(unusable)?;
        let sha256 = found.digest(receipt.format).map_err(unusable)?;
        if sha256 != receipt.artifact.sha256 {
            let message = format!("`{}` does not match its receipt: its SHA-256 is {sha256}", artifact.display());
            let problem = Problem::new(Code::CheckFailed, message);
            return Err(problem.cause(format!("the receipt says {}", receipt.artifact.sha256)));
        }
        let found = adopt(bench, found, &receipt.proof.made_at).map_err(unusable)?;
        let others = receipt.proof.trees.iter().filter_map(|(step, digest)| {
            let tree = delivered::tree(bench.store, digest, receipt.format)?;
            bench.store.check(&tree).is_ok().then(|| (step.clone(), finished(tree)))
        });
        Ok(others.chain([(receipt.proof.made_by.clone(), finished(found))]).collect())
    }
}

/// Why nothing is started of which only a receipt says where it comes from.
const NOT_VOUCHED_FOR: &str =
    "there is no sandbox here, and it was neither built here nor signed by a key that was given";

fn untried(proof: &Proof, because: &str) -> Verdict {
    let room = RoomUsed { wanted: proof.room.to_string(), used: "none".into() };
    Verdict::new(Outcome::NotTried, room, because)
}

/// The artifact as the output of the step that made it.
fn adopt(bench: &Bench, found: Delivered, made_at: &str) -> Result<Tree, StoreError> {
    let tree = bench.store.assemble(found.at(made_at)?)?;
    // What is tried is the copy in the cache.
    bench.store.check(&tree)?;
    Ok(tree)
}

fn finished(tree: Tree) -> Done {
    Done { tree, cached: true, wall: Duration::ZERO, command: Vec::new(), log: None }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::engine::delivery::history::History;

    fn receipt(sha256: &str, made_by: &str) -> Receipt {
        let room = json!({ "wanted": "none", "used": "none" });
        let artifact = json!({
            "technology": "zipapp", "target": crate::facts::Target::host(), "path": "app.pyz", "bytes": 1, "sha256": sha256,
            "start_ms": null, "warnings": [], "verified": { "outcome": "not-tried", "room": room, "because": "" },
        });
        serde_json::from_value(json!({
            "format": Receipt::FORMAT, "packwright": "0", "made_at": 0, "project": "app", "version": null,
            "source_sha256": "", "artifact": artifact, "options": {}, "tools": [], "steps": [], "trials": [],
            "components": [], "measurements": { "build_ms": 0, "starts_ms": [] }, "sandbox": "not sandboxed",
            "proof": { "proofs": [], "made_by": made_by, "made_at": "app.pyz", "trees": {} },
        }))
        .unwrap()
    }

    #[test]
    fn the_history_keeps_absolute_paths() {
        let folder = tempfile::tempdir().unwrap();
        let mut history = History::open(folder.path()).unwrap();
        history.add(folder.path(), Path::new("out/app.pyz"), &receipt("aa", "step")).unwrap();
        let kept = history.list(None, 1).unwrap().remove(0).path;
        assert_eq!(Path::new(&kept), std::env::current_dir().unwrap().join("out/app.pyz"));
    }

    #[test]
    fn a_known_proof_in_the_receipt_of_another_artifact_makes_it_no_build_of_this_machine() {
        let folder = tempfile::tempdir().unwrap();
        let mut history = History::open(folder.path()).unwrap();
        history.add(folder.path(), &folder.path().join("app.pyz"), &receipt("aa", "step")).unwrap();
        let known = history.list(Some("app"), 10).unwrap();
        assert!(is_known(&known, &receipt("aa", "step")));
        assert!(!is_known(&known, &receipt("bb", "step")));
        assert!(!is_known(&known, &receipt("aa", "another")));
    }
}
