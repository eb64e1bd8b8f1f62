//! Errands that this binary does from inside namespaces, where nobody else would: it is started again for each.
//!
//! They need no shell and no program that a machine may lack, and what they do is checked like the rest of the engine.

#[cfg(target_os = "linux")]
mod done;
#[cfg(target_os = "linux")]
mod owners;

use std::path::{Path, PathBuf};

#[cfg(target_os = "linux")]
pub(super) use self::done::run;
use crate::engine::trees::layer::Layer;
use crate::engine::trees::roots::Owners;

/// Something that is done in a namespace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::engine) enum Errand {
    /// Unpacks a root file system.
    Unpack { archive: PathBuf, to: PathBuf, owners: Owners },
    /// Removes what belongs to several users.
    Remove(PathBuf),
    /// Lays a layer above a root file system, says which on standard output, and becomes the command that follows.
    LayAbove { root: PathBuf, at: PathBuf },
    /// Becomes the command that follows, where nobody can change who owns a file and who it is itself: it seems to work.
    LeaveOwners,
    /// Says on standard output what a layer changes, as JSON.
    Compare(Layer),
    /// Says on standard output by what an unpacked root file system is known.
    Recognize(PathBuf),
}

impl Errand {
    /// The words by which it is asked for.
    pub fn words(&self) -> Vec<String> {
        let path = |path: &Path| path.display().to_string();
        match self {
            Self::Unpack { archive, to, owners: Owners::Several } => vec!["unpack".into(), path(archive), path(to)],
            Self::Unpack { archive, to, owners: Owners::One } => vec!["unpack-own".into(), path(archive), path(to)],
            Self::Remove(what) => vec!["remove".into(), path(what)],
            Self::LayAbove { root, at } => vec!["lay-above".into(), path(root), path(at)],
            Self::LeaveOwners => vec!["leave-owners".into()],
            Self::Compare(Layer { upper, lower, is_copy }) => {
                let verb = if *is_copy { "compare-copy" } else { "compare" };
                vec![verb.into(), path(upper), path(lower)]
            }
            Self::Recognize(root) => vec!["recognize".into(), path(root)],
        }
    }
}
