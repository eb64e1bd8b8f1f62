//! Moves artifacts into place: staged beside the destination, then renamed, so that an artifact is old or new, never half.

use std::fs;
use std::path::{Path, PathBuf};

use super::files::remove_all;
use super::render::{RenderError, picked};
use super::store::{Blob, StoreError, Tree};
use super::sweep;
use crate::plan::Output;
use crate::problem::{Code, Problem};

/// Hidden names of half-made things in the destination begin with this.
const STAGED: &str = ".packwright-";

/// Why an artifact is not in place.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// The plan names something that was not made.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// The destination cannot be written.
    #[error("cannot write into `{}`", folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Something stands where the artifact goes.
    #[error("`{}` is in the way: it is {what}", path.display())]
    InTheWay {
        /// Where the artifact goes.
        path: PathBuf,
        /// What is there.
        what: &'static str,
    },
    /// Staging failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<OutputError> for Problem {
    fn from(error: OutputError) -> Self {
        let problem = Self::new(Code::Output, error.to_string());
        match &error {
            OutputError::Folder { source, .. } => problem.because(source).hint("Choose another folder with `--out`"),
            OutputError::InTheWay { .. } => problem.hint("Move it away, or choose another folder with `--out`"),
            OutputError::Store(source) => match std::error::Error::source(source) {
                Some(cause) => problem.because(cause),
                None => problem,
            },
            OutputError::Render(_) => problem,
        }
    }
}

/// An artifact in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Placed {
    pub path: PathBuf,
    pub bytes: u64,
    pub sha256: String,
}

/// Checks before any work that the destination can be written, creating it if it is missing.
pub(super) fn check(folder: &Path) -> Result<(), OutputError> {
    let failed = |source| OutputError::Folder { folder: folder.to_path_buf(), source };
    if folder.exists() && !folder.is_dir() {
        return Err(OutputError::InTheWay {
            path: folder.to_path_buf(),
            what: "a file, and artifacts go into a folder",
        });
    }
    fs::create_dir_all(folder).map_err(failed)?;
    tempfile::Builder::new().prefix(&staged_prefix()).tempfile_in(folder).map_err(failed)?;
    Ok(())
}

/// Whether something was made by Packwright: a receipt lies beside it.
pub(super) fn is_artifact(path: &Path) -> bool {
    let receipt: Option<serde_json::Value> =
        fs::read(beside(path, ".receipt.json")).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
    receipt.is_some_and(|receipt| receipt.get("packwright").is_some())
}

/// The path of what is written beside an artifact.
fn beside(artifact: &Path, suffix: &str) -> PathBuf {
    let mut name = artifact.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Puts one output of a plan into the folder. An artifact that is there already is replaced at once.
pub(super) fn place(output: &Output, tree: &Tree, folder: &Path) -> Result<Placed, OutputError> {
    let path = picked(tree, &output.pick)?.into_iter().next().unwrap_or_default();
    let blob = tree.manifest.files.get(&path);
    let own_name = path.rsplit('/').next().unwrap_or(&path);
    let name = output.name.as_deref().unwrap_or(own_name);
    let destination = folder.join(name);
    match blob {
        Some(blob) => place_file(&tree.path.join(&path), blob, &destination, folder),
        None => place_folder(tree, &path, &destination, folder),
    }
}

fn place_file(from: &Path, blob: &Blob, destination: &Path, folder: &Path) -> Result<Placed, OutputError> {
    if destination.is_dir() {
        return Err(OutputError::InTheWay {
            path: destination.to_path_buf(),
            what: "a folder, and the artifact is a file",
        });
    }
    write_file(from, destination, folder, blob.executable)?;
    Ok(Placed { path: destination.to_path_buf(), bytes: blob.bytes, sha256: blob.sha256.clone() })
}

fn write_file(from: &Path, destination: &Path, folder: &Path, executable: bool) -> Result<(), OutputError> {
    let failed = |source| OutputError::Folder { folder: folder.to_path_buf(), source };
    let staged = tempfile::Builder::new().prefix(&staged_prefix()).tempfile_in(folder).map_err(failed)?;
    // A copy, not a link: what the user does with the artifact must not reach the store.
    fs::copy(from, staged.path()).map_err(failed)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = if executable { 0o755 } else { 0o644 };
        fs::set_permissions(staged.path(), fs::Permissions::from_mode(mode)).map_err(failed)?;
    }
    #[cfg(not(unix))]
    let _ = executable;
    staged.persist(destination).map_err(|error| failed(error.error))?;
    Ok(())
}

fn place_folder(tree: &Tree, below: &str, destination: &Path, folder: &Path) -> Result<Placed, OutputError> {
    if destination.is_file() {
        return Err(OutputError::InTheWay {
            path: destination.to_path_buf(),
            what: "a file, and the artifact is a folder",
        });
    }
    let failed = |source| OutputError::Folder { folder: folder.to_path_buf(), source };
    let staged = tempfile::Builder::new().prefix(&staged_prefix()).tempdir_in(folder).map_err(failed)?;
    let mut part = super::store::Manifest::default();
    for (path, blob) in &tree.manifest.files {
        let Some(name) = path.strip_prefix(below).map(|name| name.trim_start_matches('/')) else { continue };
        let to = staged.path().join("new").join(name);
        let parent = to.parent().unwrap_or(staged.path());
        fs::create_dir_all(parent).map_err(failed)?;
        write_file(&tree.path.join(path), &to, parent, blob.executable)?;
        part.add(name.to_owned(), blob.clone())?;
    }
    // The old folder moves aside first; it comes back if the new one cannot take its place.
    let aside = staged.path().join("old");
    if destination.exists() {
        fs::rename(destination, &aside).map_err(failed)?;
    }
    if let Err(error) = fs::rename(staged.path().join("new"), destination) {
        if aside.exists() {
            let _ = fs::rename(&aside, destination);
        }
        return Err(failed(error));
    }
    Ok(Placed { path: destination.to_path_buf(), bytes: part.bytes(), sha256: part.digest() })
}

/// Writes a text beside an artifact.
pub(super) fn write_beside(artifact: &Path, suffix: &str, text: &[u8]) -> Result<PathBuf, OutputError> {
    let path = beside(artifact, suffix);
    super::files::write_atomically(&path, text).map_err(|error| at_folder(error, artifact))?;
    Ok(path)
}

fn at_folder(error: StoreError, artifact: &Path) -> OutputError {
    match error {
        StoreError::File { source, .. } => {
            OutputError::Folder { folder: artifact.parent().unwrap_or(artifact).to_path_buf(), source }
        }
        other => other.into(),
    }
}

/// The beginning of names of half-made things in the destination: it tells whose they are.
fn staged_prefix() -> String {
    format!("{STAGED}{}.", sweep::own_name())
}

/// Removes what processes that were killed left half-made in the destination.
pub(super) fn sweep(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let owner = name.strip_prefix(STAGED).and_then(|rest| rest.split_once('.'));
        if owner.is_some_and(|(owner, _)| !sweep::is_alive(owner)) {
            remove_all(&entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::store::{Manifest, Store};
    use super::*;
    use crate::plan::{Action, Pick, StepId};

    fn tree(store: &Store, files: &[(&str, &str)]) -> Tree {
        let mut manifest = Manifest::default();
        for (path, text) in files {
            manifest.add((*path).into(), store.put(text.as_bytes(), true).unwrap()).unwrap();
        }
        store.assemble(manifest).unwrap()
    }

    fn output(pick: Pick, name: &str) -> Output {
        Output { step: StepId::of(&Action::Fetch { files: Vec::new() }), pick, name: Some(name.into()) }
    }

    #[test]
    fn an_artifact_replaces_the_one_before_it_and_folders_do_too() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("store")).unwrap();
        let out = folder.path().join("out");
        check(&out).unwrap();
        for text in ["one", "two"] {
            let tree = tree(&store, &[("bin/app", text)]);
            let placed = place(&output(Pick::One("*".into()), "app.pyz"), &tree, &out).unwrap();
            assert_eq!((fs::read_to_string(&placed.path).unwrap().as_str(), placed.bytes), (text, 3));
            let placed = place(&output(Pick::Folder, "app"), &tree, &out).unwrap();
            assert_eq!(fs::read_to_string(placed.path.join("bin/app")).unwrap(), text);
        }
        assert_eq!(fs::read_dir(&out).unwrap().count(), 2, "nothing half-made is left");
    }

    #[test]
    fn what_is_in_the_way_is_named_and_not_touched() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("store")).unwrap();
        fs::create_dir(folder.path().join("app.pyz")).unwrap();
        fs::write(folder.path().join("file"), "mine").unwrap();
        let error =
            place(&output(Pick::One("*".into()), "app.pyz"), &tree(&store, &[("a", "x")]), folder.path()).unwrap_err();
        assert!(error.to_string().ends_with("is in the way: it is a folder, and the artifact is a file"));
        let error = check(&folder.path().join("file")).unwrap_err();
        assert!(error.to_string().ends_with("it is a file, and artifacts go into a folder"));
        assert_eq!(fs::read_to_string(folder.path().join("file")).unwrap(), "mine");
    }
}
