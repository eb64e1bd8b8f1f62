//! The root file system that a room stands on, and how a command is run there.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::PATIENCE_IN_ROOT;
use crate::engine::run::render::{Places, RenderError};
use crate::engine::run::sandbox::Lent;
use crate::engine::run::step::{Bench, Done, StepError};
use crate::engine::tools::process::Spawn;
use crate::engine::tools::{Access, environment};
use crate::engine::trees::pick::Picked;
use crate::engine::trees::store::Tree;
use crate::plan::{Command, Piece, Place, Proof, StepId, Word};

/// What programs of a root file system are looked for on.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// A root file system for a proof.
pub(super) struct Root {
    /// What holds the archive.
    pub tree: Tree,
    /// The archive.
    pub archive: PathBuf,
    pub sha256: String,
    pub bytes: u64,
    /// The users that a room of it has.
    pub lent: Lent,
}

impl Root {
    /// The root file system that a proof is made in, if it is made in one.
    pub fn of(bench: &Bench, proof: &Proof, done: &BTreeMap<StepId, Done>) -> Result<Option<Self>, StepError> {
        let Place::Root { root, name, arch } = &proof.room.place else { return Ok(None) };
        if let Some(arch) = arch {
            return Err(StepError::Place(format!("{name} for {arch}")));
        }
        if let Some(tool) = proof.words().flat_map(Word::tools).next() {
            return Err(StepError::Place(format!("`{}` of this machine in {name}", tool.name())));
        }
        let Some(Piece::Output(step, pick)) = root.piece() else { return Err(StepError::Place(name.clone())) };
        let tree = &done.get(step).ok_or_else(|| RenderError::Dangling(step.to_string()))?.tree;
        let picked = tree.select(pick).map_err(RenderError::from)?;
        let [Picked::File(path, node)] = picked.as_slice() else { return Err(StepError::Place(name.clone())) };
        let Some(blob) = node.blob() else { return Err(StepError::Place(name.clone())) };
        let (archive, sha256, bytes) = (tree.path.join(path), blob.sha256.clone(), blob.bytes);
        Ok(Some(Self { tree: tree.clone(), archive, sha256, bytes, lent: bench.lent()? }))
    }
}

/// A command of the proof with more arguments, as root of a fresh machine would run it.
pub(super) fn spawn(places: &Places, command: &Command, arguments: &[String]) -> Result<Spawn, StepError> {
    let program = places.program(command)?;
    let mut args = Vec::new();
    for word in &command.args {
        args.extend(places.arguments(word)?);
    }
    args.extend(arguments.iter().cloned());
    let kept = |(name, _): &(String, String)| ["LANG", "LC_ALL", "TZ", "SOURCE_DATE_EPOCH"].contains(&name.as_str());
    let mut env: BTreeMap<String, String> = environment(Access::None, &[]).into_iter().filter(kept).collect();
    for (name, value) in [("PATH", PATH), ("HOME", "/root"), ("DEBIAN_FRONTEND", "noninteractive")] {
        env.insert(name.into(), value.into());
    }
    for (name, word) in &command.env {
        env.insert(name.clone(), places.text(word)?);
    }
    let cwd = command.cwd.as_ref().map(|word| places.text(word)).transpose()?.unwrap_or_else(|| "/".into());
    Ok(Spawn { program, args, env, cwd: cwd.into(), timeout: PATIENCE_IN_ROOT })
}
