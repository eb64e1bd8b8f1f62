//! Moves artifacts into place: staged beside the destination, then renamed, so that an artifact is old or new, never half.

mod replaceable;
mod staged;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use self::replaceable::announcing;
pub(in crate::engine) use self::staged::{Staged, stage, stage_text};
use crate::engine::disk::error::StoreError;
use crate::engine::disk::files::remove_all;
use crate::engine::disk::lease::{self, Lease};
use crate::engine::terms::beside::{RECEIPT, SIGNATURE, beside};
use crate::engine::trees::pick::PickError;
use crate::problem::{Code, Problem, Remedy};

/// Hidden names of half-made things in the destination begin with this.
const STAGED: &str = ".packwright-";
/// Where a folder that is being replaced waits, in the half-made thing that replaces it.
const ASIDE: &str = "old";

/// Why an artifact is not in place.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// The plan names something that was not made.
    #[error(transparent)]
    Pick(#[from] PickError),
    /// The destination cannot be written.
    #[error("cannot write into `{}`", folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A folder that nobody named leads out of the project.
    #[error("`{}` is a link to `{}`, which is not in the project", link.display(), target.display())]
    LeadsOut {
        /// The folder.
        link: PathBuf,
        /// Where it leads.
        target: PathBuf,
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
        if let OutputError::Store(source) = error {
            return source.into();
        }
        let problem = Self::new(Code::Output, error.to_string());
        match &error {
            OutputError::Folder { source, .. } => {
                problem.because(source).remedy("Choose another folder", Remedy::Folder)
            }
            OutputError::LeadsOut { .. } => problem.remedy("Name the folder, if that is meant", Remedy::Folder),
            OutputError::InTheWay { .. } => problem.remedy("Move it away, or choose another folder", Remedy::Folder),
            OutputError::Store(_) | OutputError::Pick(_) => problem,
        }
    }
}

/// Fails where a folder of the project leads out of it: only whoever builds says that artifacts go elsewhere.
pub(in crate::engine) fn must_stay(root: &Path, folder: &Path) -> Result<(), OutputError> {
    let Ok(real) = root.canonicalize() else { return Ok(()) };
    let mut path = root.to_path_buf();
    for part in folder.strip_prefix(root).unwrap_or(Path::new("")) {
        path.push(part);
        // A link that leads nowhere yet leads elsewhere once somebody makes a folder there.
        let target = path.canonicalize().ok().or_else(|| fs::read_link(&path).ok());
        if let Some(target) = target.filter(|target| !target.starts_with(&real)) {
            return Err(OutputError::LeadsOut { link: path, target });
        }
    }
    Ok(())
}

/// Checks before any work that the destination can be written. A folder that is missing is made for that and goes again: it
/// comes back with the first artifact, and a build that fails or is cancelled leaves none.
pub(in crate::engine) fn check(folder: &Path) -> Result<(), OutputError> {
    let failed = |source| OutputError::Folder { folder: folder.to_path_buf(), source };
    if folder.exists() && !folder.is_dir() {
        return Err(OutputError::InTheWay {
            path: folder.to_path_buf(),
            what: "a file, and artifacts go into a folder",
        });
    }
    let missing: Vec<&Path> = folder.ancestors().take_while(|path| !path.exists()).collect();
    let written = made_in(folder, || Lease::take(folder, STAGED).map(drop));
    for path in missing {
        // Where somebody else has written into it meanwhile, it stays.
        let _ = fs::remove_dir(path);
    }
    written.map_err(failed)
}

/// Makes something in a folder, which is made if it is missing. It may go in between: another build that only looked whether it
/// can write takes away what it has made.
fn made_in<T>(folder: &Path, make: impl Fn() -> io::Result<T>) -> io::Result<T> {
    let attempt = || fs::create_dir_all(folder).and_then(|()| make());
    attempt().or_else(|error| if error.kind() == io::ErrorKind::NotFound { attempt() } else { Err(error) })
}

/// Moves outputs and what is written beside the first of them to their places.
///
/// A build may be killed between any two moves. A new folder without a receipt would be in the way of all builds to come,
/// so its papers go first. What has a receipt is replaced first, so that a new receipt never lies beside an old artifact;
/// but the old receipt says before what is coming, so that the next build may replace both. The old signature fits none of
/// that and goes before all.
pub(in crate::engine) fn place(outputs: Vec<Staged>, papers: Vec<Staged>) -> Result<(), OutputError> {
    let signature = outputs.first().map(|main| beside(&main.path, SIGNATURE));
    let (moves, leftover) = in_order(outputs, papers)?;
    if let Some(signature) = signature.filter(|path| path.symlink_metadata().is_ok()) {
        let folder = signature.parent().unwrap_or(Path::new(".")).to_path_buf();
        fs::remove_file(&signature).map_err(|source| OutputError::Folder { folder, source })?;
    }
    for staged in moves {
        if let Err(error) = staged.place() {
            for paper in leftover {
                remove_all(&paper);
            }
            return Err(error);
        }
    }
    Ok(())
}

/// What is moved, in order, and the papers that must not stay where a move fails: they would be of something that is not
/// there.
fn in_order(outputs: Vec<Staged>, papers: Vec<Staged>) -> Result<(Vec<Staged>, Vec<PathBuf>), OutputError> {
    let replaced = outputs.first().filter(|main| main.path.exists());
    let announced = replaced.and_then(|main| Some((main, announcing(&main.path, &main.sha256)?)));
    if let Some((main, text)) = announced {
        let announced = stage_text(&main.path, RECEIPT, &text)?;
        return Ok(([announced].into_iter().chain(outputs).chain(papers).collect(), Vec::new()));
    }
    let leftover = papers.iter().map(|paper| paper.path.clone()).collect();
    Ok((papers.into_iter().chain(outputs).collect(), leftover))
}

/// Removes what builds that were killed left half-made in the destination. A folder that they had moved aside, and not
/// yet replaced, comes back.
pub(in crate::engine) fn sweep(folder: &Path) {
    lease::sweep(folder, STAGED, |made| bring_back(&made.join(ASIDE), folder));
}

/// Moves what waits aside back to where it was, unless something is there again. Whether nothing is left to save.
fn bring_back(aside: &Path, folder: &Path) -> bool {
    let mut waiting = fs::read_dir(aside).into_iter().flatten().flatten();
    waiting.all(|old| {
        let place = folder.join(old.file_name());
        place.exists() || fs::rename(old.path(), place).is_ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::trees::manifest::Manifest;
    use crate::engine::trees::store::{Store, Tree};
    use crate::plan::Pick;

    pub(super) fn tree(store: &Store, files: &[(&str, &str)]) -> Tree {
        let mut manifest = Manifest::default();
        for (path, text) in files {
            manifest.add((*path).into(), store.put(text.as_bytes(), true).unwrap()).unwrap();
        }
        store.assemble(manifest).unwrap()
    }

    #[test]
    fn an_artifact_replaces_the_one_before_it_and_folders_do_too() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("store")).unwrap();
        let out = folder.path().join("out");
        check(&out).unwrap();
        for text in ["one", "two"] {
            let tree = tree(&store, &[("bin/app", text)]);
            let staged = stage((&Pick::One("bin/*".into()), Some("app.pyz")), &tree, &out, &store).unwrap();
            assert_eq!((staged.path.clone(), staged.bytes), (out.join("app.pyz"), 3));
            staged.place().unwrap();
            assert_eq!(fs::read_to_string(out.join("app.pyz")).unwrap(), text);
            let staged = stage((&Pick::Folder, Some("app")), &tree, &out, &store).unwrap();
            let receipt = format!(r#"{{"packwright": "0.1.0", "artifact": {{"sha256": "{}"}}}}"#, staged.sha256);
            let receipt = stage_text(&staged.path, RECEIPT, receipt.as_bytes()).unwrap();
            place(vec![staged], vec![receipt]).unwrap();
            assert_eq!(fs::read_to_string(out.join("app/bin/app")).unwrap(), text);
        }
        assert_eq!(fs::read_dir(&out).unwrap().count(), 3, "nothing half-made is left");
    }

    #[test]
    fn looking_whether_a_folder_can_be_written_leaves_no_folder_and_takes_none_away() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("missing/dist");
        check(&out).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        fs::create_dir_all(&out).unwrap();
        check(&out).unwrap();
        assert!(out.is_dir(), "an empty folder of the user stays");
    }

    #[test]
    #[cfg(unix)]
    fn a_folder_for_artifacts_that_is_a_link_out_of_the_project_is_refused() {
        use std::os::unix::fs::symlink;
        let folder = tempfile::tempdir().unwrap();
        let (root, elsewhere) = (folder.path().join("project"), folder.path().join("elsewhere"));
        fs::create_dir_all(root.join("inside")).unwrap();
        fs::create_dir(&elsewhere).unwrap();
        symlink(&elsewhere, root.join("dist")).unwrap();
        symlink("../elsewhere/missing", root.join("dangling")).unwrap();
        symlink("inside", root.join("within")).unwrap();
        for out in ["dist", "dist/below", "dangling"] {
            let error = must_stay(&root, &root.join(out)).unwrap_err();
            assert!(error.to_string().ends_with("which is not in the project"), "{error}");
            assert!(Problem::from(error).hints[0].remedy == Some(Remedy::Folder));
        }
        for out in ["inside", "within", "missing/below"] {
            must_stay(&root, &root.join(out)).unwrap();
        }
        // A project that is reached by a link is where the link leads.
        symlink(&root, folder.path().join("link")).unwrap();
        must_stay(&folder.path().join("link"), &folder.path().join("link/inside")).unwrap();
    }

    #[test]
    #[cfg(unix)]
    fn nothing_is_placed_through_a_folder_that_became_a_link_after_staging() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("store")).unwrap();
        let (out, elsewhere) = (folder.path().join("out"), folder.path().join("elsewhere"));
        for path in [&out, &elsewhere] {
            fs::create_dir(path).unwrap();
        }
        let tree = tree(&store, &[("app", "x")]);
        let staged = stage((&Pick::One("*".into()), Some("app.pyz")), &tree, &out, &store).unwrap();
        let paper = stage_text(&staged.path, RECEIPT, b"{}").unwrap();
        fs::rename(&out, folder.path().join("moved")).unwrap();
        std::os::unix::fs::symlink(&elsewhere, &out).unwrap();
        place(vec![staged], vec![paper]).unwrap_err();
        assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 0);
    }

    #[test]
    fn what_is_in_the_way_is_named_and_not_touched() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("store")).unwrap();
        fs::create_dir(folder.path().join("app.pyz")).unwrap();
        fs::write(folder.path().join("file"), "mine").unwrap();
        let tree = tree(&store, &[("a", "x")]);
        let error = stage((&Pick::One("*".into()), Some("app.pyz")), &tree, folder.path(), &store).unwrap_err();
        assert!(error.to_string().ends_with("is in the way: it is a folder, and what goes there is a file"));
        let error = stage((&Pick::Folder, Some("file")), &tree, folder.path(), &store).unwrap_err();
        assert!(error.to_string().ends_with("is in the way: it is a file, and the artifact is a folder"));
        let error = check(&folder.path().join("file")).unwrap_err();
        assert!(error.to_string().ends_with("it is a file, and artifacts go into a folder"));
        assert_eq!(fs::read_to_string(folder.path().join("file")).unwrap(), "mine");
    }

    #[test]
    fn a_folder_of_the_user_is_never_replaced_unless_it_is_empty() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("store")).unwrap();
        let tree = tree(&store, &[("a", "x")]);
        let place = || stage((&Pick::Folder, Some("app")), &tree, folder.path(), &store).and_then(Staged::place);
        fs::create_dir(folder.path().join("app")).unwrap();
        place().unwrap();
        fs::write(folder.path().join("app/thesis"), "mine").unwrap();
        let error = place().unwrap_err();
        assert!(error.to_string().ends_with("is in the way: it is a folder that Packwright did not make"));
        assert_eq!(fs::read_to_string(folder.path().join("app/thesis")).unwrap(), "mine");
    }

    /// An artifact, a folder or a file, and its receipt, which says the same text.
    fn made(text: &str, pick: &Pick, folder: &Path) -> Result<(Vec<Staged>, Vec<Staged>), OutputError> {
        let store = Store::open(&folder.join("store")).unwrap();
        let artifact = stage((pick, Some("app")), &tree(&store, &[("text", text)]), folder, &store)?;
        let json = format!(r#"{{"packwright": "{text}", "artifact": {{"sha256": "{}"}}}}"#, artifact.sha256);
        let papers = [".cdx.json", RECEIPT].map(|suffix| stage_text(&artifact.path, suffix, json.as_bytes()));
        Ok((vec![artifact], papers.into_iter().collect::<Result<_, _>>()?))
    }

    /// What the artifact, its bill of materials and its receipt say; empty for what is not there.
    fn said(folder: &Path) -> [String; 3] {
        let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap_or_default();
        let artifact = read("app") + &read("app/text");
        let json = |name: &str| serde_json::from_str(&read(name)).unwrap_or(serde_json::Value::Null);
        let paper = |name: &str| json(name)["packwright"].as_str().unwrap_or_default().to_owned();
        [artifact, paper("app.cdx.json"), paper("app.receipt.json")]
    }

    /// Makes an artifact, and is killed after so many moves.
    fn killed_after(moves: usize, pick: &Pick, before: bool) {
        let folder = tempfile::tempdir().unwrap();
        let make = |text| made(text, pick, folder.path()).unwrap();
        let build = |text| {
            let (outputs, papers) = make(text);
            place(outputs, papers).unwrap();
        };
        if before {
            build("old");
        }
        let (outputs, papers) = make("new");
        let (all, _) = in_order(outputs, papers).unwrap();
        all.into_iter().take(moves).for_each(|staged| staged.place().unwrap());
        let [artifact, materials, receipt] = said(folder.path());
        assert!(artifact != "old" || receipt == "old", "a new receipt beside an old artifact");
        assert!(artifact.is_empty() || artifact != receipt || artifact == materials, "materials of another artifact");
        build("newer");
        assert_eq!(said(folder.path()), ["newer", "newer", "newer"]);
    }

    #[test]
    fn a_build_that_is_killed_between_two_moves_hides_nothing_and_blocks_no_other() {
        for pick in [Pick::Folder, Pick::One("*".into())] {
            for moves in 0..=4 {
                killed_after(moves, &pick, false);
                killed_after(moves, &pick, true);
            }
        }
    }

    #[test]
    fn a_folder_of_the_user_is_not_replaced_because_a_killed_build_left_its_receipt() {
        let folder = tempfile::tempdir().unwrap();
        let (outputs, papers) = made("new", &Pick::Folder, folder.path()).unwrap();
        let (all, _) = in_order(outputs, papers).unwrap();
        all.into_iter().take(2).for_each(|staged| staged.place().unwrap());
        fs::create_dir(folder.path().join("app")).unwrap();
        fs::write(folder.path().join("app/thesis"), "mine").unwrap();
        let error = made("newer", &Pick::Folder, folder.path()).unwrap_err();
        assert!(error.to_string().ends_with("it is a folder with other files than its receipt says"), "{error}");
    }

    #[test]
    fn a_new_artifact_that_cannot_take_its_place_leaves_no_receipt() {
        let folder = tempfile::tempdir().unwrap();
        let (outputs, papers) = made("new", &Pick::One("*".into()), folder.path()).unwrap();
        fs::create_dir(folder.path().join("app")).unwrap();
        place(outputs, papers).unwrap_err();
        assert_eq!(said(folder.path()), ["", "", ""]);
    }

    #[test]
    fn a_folder_that_a_killed_build_moved_aside_comes_back() {
        let folder = tempfile::tempdir().unwrap();
        let staged = lease::tests::of_a_dead_one(folder.path(), STAGED);
        fs::create_dir_all(staged.join(ASIDE).join("app")).unwrap();
        fs::create_dir_all(staged.join("new")).unwrap();
        sweep(folder.path());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing half-made is left");
        assert!(folder.path().join("app").is_dir());
    }
}
