//! An output on its way: made whole beside its place, then moved there at once.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::replaceable::must_be_replaceable;
use super::{ASIDE, OutputError, beside, staged_prefix};
use crate::engine::render::picked;
use crate::engine::store::{Blob, Manifest, Tree};
use crate::plan::Output;

/// An output beside its place, gone again when it is dropped.
#[derive(Debug)]
pub(in crate::engine) struct Staged {
    /// Where it goes.
    pub path: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// Digest of the file, or of the manifest of a folder.
    pub sha256: String,
    held: Held,
}

#[derive(Debug)]
enum Held {
    File(tempfile::TempPath),
    /// Holds `new`, and for a moment `old/NAME`.
    Folder(tempfile::TempDir),
}

/// Copies one output of a plan beside its place in the folder.
pub(in crate::engine) fn stage(output: &Output, tree: &Tree, folder: &Path) -> Result<Staged, OutputError> {
    let path = picked(tree, &output.pick)?.into_iter().next().unwrap_or_default();
    let own_name = path.rsplit('/').next().unwrap_or(&path);
    let name = output.name.as_deref().unwrap_or(own_name);
    let destination = folder.join(name);
    match tree.manifest.files.get(&path) {
        Some(blob) => {
            must_not_be_a_folder(&destination)?;
            let held = Held::File(copy(&tree.path.join(&path), folder, blob.executable)?);
            Ok(Staged { path: destination, bytes: blob.bytes, sha256: blob.sha256.clone(), held })
        }
        None => stage_folder(tree, &path, destination, folder),
    }
}

/// Writes what goes beside an artifact, such as its receipt, beside its own place.
pub(in crate::engine) fn stage_text(artifact: &Path, suffix: &str, text: &[u8]) -> Result<Staged, OutputError> {
    let path = beside(artifact, suffix);
    must_not_be_a_folder(&path)?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let failed = at(folder);
    let mut file = tempfile::Builder::new().prefix(&staged_prefix()).tempfile_in(folder).map_err(failed)?;
    file.write_all(text).map_err(failed)?;
    let file = file.into_temp_path();
    set_mode(&file, false).map_err(failed)?;
    Ok(Staged { bytes: text.len() as u64, sha256: String::new(), held: Held::File(file), path })
}

fn stage_folder(tree: &Tree, below: &str, destination: PathBuf, folder: &Path) -> Result<Staged, OutputError> {
    if destination.is_file() {
        return Err(OutputError::InTheWay { path: destination, what: "a file, and the artifact is a folder" });
    }
    if destination.is_dir() {
        must_be_replaceable(&destination)?;
    }
    let failed = at(folder);
    let staged = tempfile::Builder::new().prefix(&staged_prefix()).tempdir_in(folder).map_err(failed)?;
    let new = staged.path().join("new");
    fs::create_dir(&new).map_err(failed)?;
    let mut part = Manifest::default();
    for (path, blob) in &tree.manifest.files {
        let Some(name) = path.strip_prefix(below).map(|name| name.trim_start_matches('/')) else { continue };
        let to = new.join(name);
        fs::create_dir_all(to.parent().unwrap_or(&new)).map_err(failed)?;
        copy_to(&tree.path.join(path), &to, blob).map_err(failed)?;
        part.add(name.to_owned(), blob.clone())?;
    }
    Ok(Staged { path: destination, bytes: part.bytes(), sha256: part.digest(), held: Held::Folder(staged) })
}

impl Staged {
    /// Moves it to its place. What is there already is replaced at once.
    pub fn place(self) -> Result<(), OutputError> {
        let folder = self.path.parent().unwrap_or(Path::new(".")).to_path_buf();
        let failed = at(&folder);
        match self.held {
            Held::File(file) => file.persist(&self.path).map_err(|error| failed(error.error)),
            Held::Folder(staged) => replace(staged.path(), &self.path).map_err(failed),
        }
    }
}

/// Puts the folder `new` of a staged one into its place.
fn replace(staged: &Path, destination: &Path) -> io::Result<()> {
    let new = staged.join("new");
    if !destination.exists() {
        return fs::rename(new, destination);
    }
    exchange(&new, destination).or_else(|_| replace_in_two_moves(staged, destination))
}

/// What is done where folders cannot be swapped.
fn replace_in_two_moves(staged: &Path, destination: &Path) -> io::Result<()> {
    // The old folder moves aside; it comes back if the new one cannot take its place, or when the next build sweeps.
    let aside = staged.join(ASIDE);
    fs::create_dir_all(&aside)?;
    let aside = aside.join(destination.file_name().unwrap_or_default());
    fs::rename(destination, &aside)?;
    fs::rename(staged.join("new"), destination).inspect_err(|_| {
        let _ = fs::rename(&aside, destination);
    })
}

/// Swaps two folders, so that at no moment one of them is missing.
#[cfg(target_os = "linux")]
fn exchange(one: &Path, other: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    Ok(renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE)?)
}

#[cfg(not(target_os = "linux"))]
fn exchange(_one: &Path, _other: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

fn must_not_be_a_folder(path: &Path) -> Result<(), OutputError> {
    if path.is_dir() {
        return Err(OutputError::InTheWay {
            path: path.to_path_buf(),
            what: "a folder, and what goes there is a file",
        });
    }
    Ok(())
}

fn at(folder: &Path) -> impl Fn(io::Error) -> OutputError + Copy {
    move |source| OutputError::Folder { folder: folder.to_path_buf(), source }
}

/// A copy, not a link: what the user does with the artifact must not reach the store.
fn copy(from: &Path, folder: &Path, executable: bool) -> Result<tempfile::TempPath, OutputError> {
    let failed = at(folder);
    let staged = tempfile::Builder::new().prefix(&staged_prefix()).tempfile_in(folder).map_err(failed)?;
    let staged = staged.into_temp_path();
    fs::copy(from, &staged).and_then(|_| set_mode(&staged, executable)).map_err(failed)?;
    Ok(staged)
}

fn copy_to(from: &Path, to: &Path, blob: &Blob) -> io::Result<()> {
    fs::copy(from, to)?;
    set_mode(to, blob.executable)
}

fn set_mode(path: &Path, executable: bool) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(if executable { 0o755 } else { 0o644 }))?;
    }
    #[cfg(not(unix))]
    let _ = (path, executable);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::tests::{output, tree};
    use super::*;
    use crate::engine::store::Store;
    use crate::plan::Pick;

    #[test]
    fn a_folder_is_replaced_where_folders_cannot_be_swapped_and_comes_back_when_that_fails() {
        let folder = tempfile::tempdir().unwrap();
        let (staged, destination) = (folder.path().join("staged"), folder.path().join("app"));
        for (path, text) in [(staged.join("new"), "new"), (destination.clone(), "old")] {
            fs::create_dir_all(&path).unwrap();
            fs::write(path.join("file"), text).unwrap();
        }
        replace_in_two_moves(&staged, &destination).unwrap();
        assert_eq!(fs::read_to_string(destination.join("file")).unwrap(), "new");
        fs::remove_dir_all(staged.join(ASIDE)).unwrap();
        replace_in_two_moves(&staged, &destination).unwrap_err();
        assert_eq!(fs::read_to_string(destination.join("file")).unwrap(), "new");
    }

    #[test]
    fn nothing_is_in_place_before_it_is_placed_and_nothing_stays_when_it_is_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("store")).unwrap();
        let out = folder.path().join("out");
        fs::create_dir(&out).unwrap();
        fs::write(out.join("app.pyz"), "before").unwrap();
        let tree = tree(&store, &[("app", "after")]);
        let staged = stage(&output(Pick::One("*".into()), "app.pyz"), &tree, &out).unwrap();
        let text = stage_text(&staged.path, ".receipt.json", b"{}").unwrap();
        assert_eq!(fs::read_to_string(&staged.path).unwrap(), "before");
        drop((staged, text));
        assert_eq!(fs::read_dir(&out).unwrap().count(), 1);
        fs::create_dir(out.join("app.pyz.receipt.json")).unwrap();
        let error = stage_text(&out.join("app.pyz"), ".receipt.json", b"{}").unwrap_err();
        assert!(error.to_string().ends_with("it is a folder, and what goes there is a file"), "{error}");
    }
}
