//! An output on its way: made whole beside its place, then moved there at once.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::replaceable::must_be_replaceable;
use super::{ASIDE, OutputError, STAGED, made_in};
use crate::engine::disk::error::StoreError;
use crate::engine::disk::files::{hex, swap, symlink};
use crate::engine::disk::lease::Lease;
use crate::engine::disk::private;
use crate::engine::terms::beside::beside;
use crate::engine::trees::links::leaves;
use crate::engine::trees::manifest::{Blob, Manifest, Node};
use crate::engine::trees::pick::{Below, Picked};
use crate::engine::trees::store::{Store, Tree};
use crate::plan::{Mode, Pick};

/// What is on its way in the folder of a staged one.
const NEW: &str = "new";

/// An output beside its place, gone again when it is dropped.
#[derive(Debug)]
pub(in crate::engine) struct Staged {
    /// Where it goes.
    pub path: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// Digest of the file, or of the manifest of a folder.
    pub sha256: String,
    /// A private folder that holds `new`, and for a moment `old/NAME`: nobody else reads what is not in its place yet.
    held: Lease,
    /// Whether it is a folder.
    pub is_folder: bool,
}

/// Copies one output of a plan beside its place in the folder.
///
/// It is read once, and hashed on the way: a disk may lose bits without a trace, and no receipt may name other bytes than
/// those that are handed over. What differs goes from the store.
pub(in crate::engine) fn stage(
    (pick, name): (&Pick, Option<&str>),
    tree: &Tree,
    folder: &Path,
    store: &Store,
) -> Result<Staged, OutputError> {
    let picked = tree.select_one(pick)?;
    let destination = folder.join(name.unwrap_or(picked.name()));
    match &picked {
        Picked::File(path, Node::File { blob, mode }) => {
            must_take_a_file(&destination)?;
            let failed = at(folder);
            let held = made_in(folder, || private::staging(STAGED, folder)).map_err(failed)?;
            copy((tree, path, blob), (&held.path().join(NEW), *mode), folder, store)?;
            let (bytes, sha256) = (blob.bytes, blob.sha256.clone());
            Ok(Staged { path: destination, bytes, sha256, held, is_folder: false })
        }
        Picked::File(path, _) => Err(astray(path).into()),
        Picked::Folder(path, all) => stage_folder((tree, path), all, destination, folder, store),
    }
}

/// What is handed over is moved elsewhere, so a link in it leads to something in it.
fn astray(path: &str) -> StoreError {
    StoreError::Strange { path: path.to_owned(), what: "a link that leads out of what is handed over" }
}

/// Writes what goes beside an artifact, such as its receipt, beside its own place.
pub(in crate::engine) fn stage_text(artifact: &Path, suffix: &str, text: &[u8]) -> Result<Staged, OutputError> {
    let path = beside(artifact, suffix);
    must_take_a_file(&path)?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let failed = at(folder);
    let held = made_in(folder, || private::staging(STAGED, folder)).map_err(failed)?;
    create(&held.path().join(NEW), Mode::FILE).and_then(|mut file| file.write_all(text)).map_err(failed)?;
    Ok(Staged { bytes: text.len() as u64, sha256: String::new(), held, is_folder: false, path })
}

fn stage_folder(
    (tree, of): (&Tree, &str),
    all: &[Below],
    destination: PathBuf,
    folder: &Path,
    store: &Store,
) -> Result<Staged, OutputError> {
    must_take_a_folder(&destination)?;
    let failed = at(folder);
    let held = made_in(folder, || private::staging(STAGED, folder)).map_err(failed)?;
    let new = held.path().join(NEW);
    fs::create_dir(&new).map_err(failed)?;
    let mut part = Manifest::default();
    for (name, node) in all {
        let to = new.join(&**name);
        fs::create_dir_all(to.parent().unwrap_or(&new)).map_err(failed)?;
        let path = if of.is_empty() { (**name).to_owned() } else { format!("{of}/{name}") };
        match node {
            Node::File { blob, mode } => copy((tree, &path, blob), (&to, *mode), folder, store)?,
            Node::Link { to: target } if leaves(name, target) || tree.manifest.follow(&path).is_err() => {
                return Err(astray(&path).into());
            }
            Node::Link { to: target } => symlink(target, &to).map_err(failed)?,
            Node::Folder { .. } => fs::create_dir_all(&to).map_err(failed)?,
        }
        part.add((**name).to_owned(), (*node).clone())?;
    }
    Ok(Staged { path: destination, bytes: part.bytes(), sha256: part.digest_handed_over()?, held, is_folder: true })
}

impl Staged {
    /// Moves it to its place. What is there already is replaced at once.
    pub fn place(self) -> Result<(), OutputError> {
        let folder = self.path.parent().unwrap_or(Path::new(".")).to_path_buf();
        let failed = at(&folder);
        if self.is_folder {
            return replace(self.held.path(), &self.path).map_err(failed);
        }
        // What has its name until now goes, be it a link or one of several names of a file: nothing is written through.
        fs::rename(self.held.path().join(NEW), &self.path).map_err(failed)
    }
}

/// Puts the folder `new` of a staged one into its place.
fn replace(staged: &Path, destination: &Path) -> io::Result<()> {
    let new = staged.join(NEW);
    if !destination.exists() {
        return fs::rename(new, destination);
    }
    swap(&new, destination).or_else(|_| replace_in_two_moves(staged, destination))
}

/// What is done where folders cannot be swapped.
fn replace_in_two_moves(staged: &Path, destination: &Path) -> io::Result<()> {
    // The old folder moves aside; it comes back if the new one cannot take its place, or when the next build sweeps.
    let aside = staged.join(ASIDE);
    fs::create_dir_all(&aside)?;
    let aside = aside.join(destination.file_name().unwrap_or_default());
    fs::rename(destination, &aside)?;
    fs::rename(staged.join(NEW), destination).inspect_err(|_| {
        let _ = fs::rename(&aside, destination);
    })
}

/// Fails where a file cannot go. A link to a file is replaced; what it leads to is left alone.
fn must_take_a_file(path: &Path) -> Result<(), OutputError> {
    let Ok(found) = fs::symlink_metadata(path) else { return Ok(()) };
    let what = match found {
        _ if path.is_dir() => "a folder, and what goes there is a file",
        found if found.is_file() || found.is_symlink() => return Ok(()),
        _ => "neither a file nor a folder",
    };
    Err(OutputError::InTheWay { path: path.to_path_buf(), what })
}

/// Fails where a folder cannot go, or would take the place of somebody's own.
fn must_take_a_folder(path: &Path) -> Result<(), OutputError> {
    let Ok(found) = fs::symlink_metadata(path) else { return Ok(()) };
    let what = match found {
        found if found.is_dir() => return must_be_replaceable(path),
        found if found.is_file() => "a file, and the artifact is a folder",
        found if found.is_symlink() => "a link, and the artifact is a folder",
        _ => "neither a file nor a folder",
    };
    Err(OutputError::InTheWay { path: path.to_path_buf(), what })
}

fn at(folder: &Path) -> impl Fn(io::Error) -> OutputError + Copy {
    move |source| OutputError::Folder { folder: folder.to_path_buf(), source }
}

/// A copy, not a link: what the user does with the artifact must not reach the store.
fn copy(
    (tree, name, blob): (&Tree, &str, &Blob),
    (to, mode): (&Path, Mode),
    folder: &Path,
    store: &Store,
) -> Result<(), OutputError> {
    // What is missing or cannot be read in the cache is no fault of the folder.
    let Ok(mut from) = File::open(tree.path.join(name)) else { return Err(store.drop_content(blob, name).into()) };
    let mut to = create(to, mode).map_err(at(folder))?;
    let mut hash = Sha256::new();
    let mut chunk = vec![0; 128 * 1024];
    loop {
        store.must_be_wanted()?;
        match from.read(&mut chunk) {
            Ok(0) => break,
            Ok(read) => {
                hash.update(&chunk[..read]);
                to.write_all(&chunk[..read]).map_err(at(folder))?;
            }
            Err(_) => return Err(store.drop_content(blob, name).into()),
        }
    }
    if hex(&hash.finalize()) == blob.sha256 { Ok(()) } else { Err(store.drop_content(blob, name).into()) }
}

/// A new file with the mode that the user's umask leaves, as if the user had made it; of a mode that is not the usual one,
/// what the umask leaves of that.
fn create(path: &Path, mode: Mode) -> io::Result<File> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        let bits = match mode {
            Mode::FILE => 0o666,
            Mode::PROGRAM => 0o777,
            other => other.bits(),
        };
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, bits.into());
    }
    #[cfg(not(unix))]
    let _ = mode;
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::super::tests::tree;
    use super::*;

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
    #[cfg(unix)]
    fn nothing_is_written_through_a_link_or_another_name_of_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let (out, other) = (folder.path().join("out"), folder.path().join("other"));
        fs::create_dir(&out).unwrap();
        fs::write(&other, "mine").unwrap();
        std::os::unix::fs::symlink(&other, out.join("app.receipt.json")).unwrap();
        fs::hard_link(&other, out.join("app.cdx.json")).unwrap();
        for suffix in [".receipt.json", ".cdx.json"] {
            stage_text(&out.join("app"), suffix, b"new").unwrap().place().unwrap();
            assert_eq!(fs::read_to_string(out.join(format!("app{suffix}"))).unwrap(), "new");
        }
        assert_eq!(fs::read_to_string(&other).unwrap(), "mine");
    }

    #[test]
    #[cfg(unix)]
    fn what_is_neither_a_file_nor_a_folder_and_a_link_where_a_folder_goes_are_in_the_way() {
        use std::os::unix::net::UnixListener;
        let folder = tempfile::tempdir().unwrap();
        let _socket = UnixListener::bind(folder.path().join("app.receipt.json")).unwrap();
        let error = stage_text(&folder.path().join("app"), ".receipt.json", b"{}").unwrap_err();
        assert!(error.to_string().ends_with("is in the way: it is neither a file nor a folder"), "{error}");
        std::os::unix::fs::symlink(std::env::temp_dir(), folder.path().join("link")).unwrap();
        let error = must_take_a_folder(&folder.path().join("link")).unwrap_err();
        assert!(error.to_string().ends_with("is in the way: it is a link, and the artifact is a folder"), "{error}");
    }

    #[test]
    #[cfg(unix)]
    fn what_is_staged_is_private_until_it_is_placed() {
        use std::os::unix::fs::MetadataExt;
        let folder = tempfile::tempdir().unwrap();
        let staged = stage_text(&folder.path().join("app"), ".receipt.json", b"{}").unwrap();
        assert_eq!(fs::metadata(staged.held.path()).unwrap().mode() & 0o7777, 0o700);
    }

    #[test]
    fn bytes_that_were_lost_without_a_trace_are_not_handed_over() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("store")).unwrap();
        let out = folder.path().join("out");
        fs::create_dir(&out).unwrap();
        for pick in [Pick::One("*".into()), Pick::Folder] {
            let tree = tree(&store, &[("app", "after")]);
            let stored = tree.path.join("app");
            // Removed and made anew, because a file of the store may not be written.
            crate::engine::disk::files::remove_all(&stored);
            fs::write(&stored, "aftyr").unwrap();
            crate::engine::disk::files::seal(&stored, true).unwrap();
            assert!(store.tree(&tree.digest).is_some());
            let error = stage((&pick, Some("app.pyz")), &tree, &out, &store).unwrap_err();
            assert_eq!(error.to_string(), "`app` in the cache is not what was put there");
            assert_eq!(fs::read_dir(&out).unwrap().count(), 0);
            assert!(store.tree(&tree.digest).is_none(), "it is made anew");
        }
    }

    #[test]
    fn a_folder_goes_without_a_neighbour_of_a_longer_name_and_nothing_is_no_artifact() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("store")).unwrap();
        let out = folder.path().join("out");
        fs::create_dir(&out).unwrap();
        let tree = tree(&store, &[("dist/app/app", "1"), ("dist/app.spec", "2")]);
        let staged = stage((&Pick::Path("dist/app".into()), Some("app")), &tree, &out, &store).unwrap();
        assert_eq!(staged.bytes, 1);
        staged.place().unwrap();
        assert_eq!(fs::read_dir(out.join("app")).unwrap().count(), 1);
        for pick in [Pick::Path("dist/ap".into()), Pick::One("*".into()), Pick::All("dist/**".into())] {
            let error = stage((&pick, Some("app")), &tree, &out, &store).unwrap_err().to_string();
            assert!(error.ends_with(" was expected, but there was `dist/app.spec` and `dist/app/app`"), "{error}");
        }
        let empty = store.assemble(Manifest::default()).unwrap();
        let error = stage((&Pick::Folder, Some("app")), &empty, &out, &store).unwrap_err().to_string();
        assert!(error.ends_with("but there was no file at all"), "{error}");
    }

    #[test]
    #[cfg(unix)]
    fn links_and_empty_folders_of_a_folder_are_handed_over_and_a_picked_link_as_what_it_leads_to() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("store")).unwrap();
        let mut manifest = tree(&store, &[("dist/app/lib/z.so.1", "z"), ("dist/out", "x")]).manifest;
        let link = |to: &str| Node::Link { to: to.into() };
        manifest.add("dist/app/lib/z.so".into(), link("z.so.1")).unwrap();
        manifest.add("dist/app/empty".into(), Node::FOLDER).unwrap();
        let made = store.assemble(manifest.clone()).unwrap();
        let staged = stage((&Pick::Path("dist/app".into()), None), &made, folder.path(), &store).unwrap();
        staged.place().unwrap();
        let app = folder.path().join("app");
        assert_eq!(fs::read_link(app.join("lib/z.so")).unwrap(), Path::new("z.so.1"));
        assert!(app.join("empty").is_dir() && fs::read_to_string(app.join("lib/z.so")).unwrap() == "z");
        let pick = Pick::Path("dist/app/lib/z.so".into());
        let staged = stage((&pick, None), &made, folder.path(), &store).unwrap();
        staged.place().unwrap();
        assert!(fs::symlink_metadata(folder.path().join("z.so")).unwrap().is_file());
        manifest.add("dist/app/away".into(), link("/etc/passwd")).unwrap();
        let made = store.assemble(manifest).unwrap();
        for pick in ["dist/app", "dist/app/away"] {
            let error = stage((&Pick::Path(pick.into()), Some("new")), &made, folder.path(), &store).unwrap_err();
            let expected = "the step wrote `dist/app/away`, which is a link that leads out of what is handed over";
            assert_eq!(error.to_string(), expected);
        }
    }

    #[test]
    fn a_cache_that_is_removed_meanwhile_is_not_blamed_on_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("store")).unwrap();
        let tree = tree(&store, &[("app", "after")]);
        crate::engine::disk::files::remove_all(&folder.path().join("store"));
        let error = stage((&Pick::One("*".into()), Some("app.pyz")), &tree, folder.path(), &store).unwrap_err();
        assert!(matches!(error, OutputError::Store(_)), "{error}");
    }

    #[test]
    fn nothing_is_in_place_before_it_is_placed_and_nothing_stays_when_it_is_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("store")).unwrap();
        let out = folder.path().join("out");
        fs::create_dir(&out).unwrap();
        fs::write(out.join("app.pyz"), "before").unwrap();
        let tree = tree(&store, &[("app", "after")]);
        let staged = stage((&Pick::One("*".into()), Some("app.pyz")), &tree, &out, &store).unwrap();
        let text = stage_text(&staged.path, ".receipt.json", b"{}").unwrap();
        assert_eq!(fs::read_to_string(&staged.path).unwrap(), "before");
        drop((staged, text));
        assert_eq!(fs::read_dir(&out).unwrap().count(), 1);
        fs::create_dir(out.join("app.pyz.receipt.json")).unwrap();
        let error = stage_text(&out.join("app.pyz"), ".receipt.json", b"{}").unwrap_err();
        assert!(error.to_string().ends_with("it is a folder, and what goes there is a file"), "{error}");
    }
}
