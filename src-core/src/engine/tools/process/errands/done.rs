//! Does errands, in the process that was started for one.

use std::ffi::OsString;
use std::io::{self, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use rustix::mount::{MountFlags, mount};

use super::{Errand, owners};
use crate::engine::disk::files::remove_all;
use crate::engine::trees::layer::{self, Layer};
use crate::engine::trees::roots::{Owners, known_by, unpack};

impl Errand {
    /// Reads those words; what follows them is the command.
    fn read(words: &mut impl Iterator<Item = OsString>) -> Option<Self> {
        let verb = words.next()?;
        let mut path = || words.next().map(PathBuf::from);
        Some(match verb.to_str()? {
            "unpack" => Self::Unpack { archive: path()?, to: path()?, owners: Owners::Several },
            "unpack-own" => Self::Unpack { archive: path()?, to: path()?, owners: Owners::One },
            "remove" => Self::Remove(path()?),
            "lay-above" => Self::LayAbove { root: path()?, at: path()? },
            "leave-owners" => Self::LeaveOwners,
            "compare" => Self::Compare(Layer { upper: path()?, lower: path()?, is_copy: false }),
            "compare-copy" => Self::Compare(Layer { upper: path()?, lower: path()?, is_copy: true }),
            "recognize" => Self::Recognize(path()?),
            _ => return None,
        })
    }
}

/// Does the errand that these words ask for. What goes wrong is said on standard error.
pub(in crate::engine::tools::process) fn run(mut words: impl Iterator<Item = OsString>) -> ExitCode {
    let done = match Errand::read(&mut words) {
        Some(Errand::Unpack { archive, to, owners }) => unpack(&archive, &to, owners),
        Some(Errand::Remove(what)) => {
            remove_all(&what);
            Ok(())
        }
        Some(Errand::LayAbove { root, at }) => lay_above(&root, &at).and_then(|()| Err(become_next(words))),
        Some(Errand::LeaveOwners) => owners::leave().and_then(|()| Err(become_next(words))),
        Some(Errand::Compare(layer)) => layer.changes().and_then(|changes| {
            let text = serde_json::to_string(&changes)?;
            writeln!(io::stdout(), "{text}")
        }),
        Some(Errand::Recognize(root)) => known_by(&root).and_then(|mark| writeln!(io::stdout(), "{mark}")),
        None => Err(io::Error::other("nobody knows this errand")),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Whoever reads nothing sees at least that it failed.
            let _ = writeln!(io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}

/// Returns only where the command cannot be started.
fn become_next(mut words: impl Iterator<Item = OsString>) -> io::Error {
    let program = words.next().unwrap_or_default();
    Command::new(program).args(words).exec()
}

/// In memory, so that nothing is left of it, whoever owns what is written there.
fn lay_above(root: &Path, at: &Path) -> io::Result<()> {
    mount("tmpfs", at, "tmpfs", MountFlags::empty(), c"mode=0755")?;
    for name in [layer::UPPER, layer::WORK, layer::MERGED] {
        std::fs::create_dir(at.join(name))?;
    }
    let merged = at.join(layer::MERGED);
    let is_overlay = layer::options(root, at)
        .is_some_and(|options| mount("overlay", &merged, "overlay", MountFlags::empty(), options.as_c_str()).is_ok());
    if !is_overlay {
        let status = Command::new("cp").arg("--archive").arg("--").arg(root.join(".")).arg(&merged).status()?;
        if !status.success() {
            return Err(io::Error::other("the root file system cannot be copied"));
        }
    }
    writeln!(io::stdout(), "{}", if is_overlay { layer::LAID } else { layer::COPIED })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_errand_is_read_as_it_was_asked_for_and_an_unknown_one_fails() {
        let (archive, to) = (PathBuf::from("/a"), PathBuf::from("/b"));
        for errand in [
            Errand::Unpack { archive: archive.clone(), to: to.clone(), owners: Owners::Several },
            Errand::Unpack { archive: archive.clone(), to: to.clone(), owners: Owners::One },
            Errand::Remove(to.clone()),
            Errand::LayAbove { root: archive.clone(), at: to.clone() },
            Errand::LeaveOwners,
            Errand::Compare(Layer { upper: archive.clone(), lower: to.clone(), is_copy: false }),
            Errand::Compare(Layer { upper: archive, lower: to.clone(), is_copy: true }),
            Errand::Recognize(to),
        ] {
            let mut words = errand.words().into_iter().map(OsString::from);
            assert_eq!(Errand::read(&mut words), Some(errand));
            assert_eq!(words.next(), None);
        }
        for words in [&[][..], &["unknown"], &["unpack", "/only-one"]] {
            assert_eq!(run(words.iter().map(OsString::from)), ExitCode::FAILURE);
        }
    }
}
