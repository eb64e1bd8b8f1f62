//! What lies in a folder that somebody could open, and paths as people type and paste them.
//!
//! Of files only names and kinds are looked at; nothing is read.

mod typed;

use std::ffi::OsString;
use std::fs::DirEntry;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

pub use typed::{common_start, expanded, folder, going_on, meant, split};

/// One of what is in a folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// Its path.
    pub path: PathBuf,
    /// What it is.
    pub kind: Kind,
}

/// What a path in a listing is, in the order in which they are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A folder with a Python project.
    Project,
    /// Any other folder.
    Folder,
    /// A Python file.
    Script,
}

/// Paths of one folder that are listed; more cannot be picked from by eye.
pub const MOST: usize = 1_000;

/// The folders and Python files in a folder, those with a project first and then by name; hidden ones are left out. Of
/// very many it is the first by name.
pub fn inside(folder: &Path) -> std::io::Result<Vec<Listed>> {
    let mut names: Vec<OsString> =
        std::fs::read_dir(folder)?.flatten().filter(is_shown).map(|entry| entry.file_name()).collect();
    names.sort_unstable();
    let paths = names.into_iter().map(|name| folder.join(name));
    let listed = |path: PathBuf| Some(Listed { kind: kind(&path)?, path });
    let mut found: Vec<Listed> = paths.filter_map(listed).take(MOST).collect();
    found.sort_by_key(|listed| listed.kind);
    Ok(found)
}

/// Whether it may be something to open, as far as its folder tells: no other file is looked at.
fn is_shown(entry: &DirEntry) -> bool {
    let is_other_file = || entry.file_type().is_ok_and(|kind| kind.is_file()) && !is_python(&entry.path());
    !entry.file_name().to_string_lossy().starts_with('.') && !is_other_file()
}

/// What a path is; nothing for what cannot be opened.
fn kind(path: &Path) -> Option<Kind> {
    match path {
        folder if folder.is_dir() && is_project(folder) => Some(Kind::Project),
        folder if folder.is_dir() => Some(Kind::Folder),
        file => (is_python(file) && file.is_file()).then_some(Kind::Script),
    }
}

fn is_python(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "py")
}

/// Whether a folder looks like a Python project at first sight.
fn is_project(folder: &Path) -> bool {
    ["pyproject.toml", "setup.py", "setup.cfg", "requirements.txt"].iter().any(|name| folder.join(name).is_file())
}

/// Whether a folder can be opened without asking which project is meant: it is one, or a single script lies there.
pub fn is_meant(folder: &Path) -> bool {
    let scripts = || {
        let paths = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
        paths.filter(|path| is_python(path) && path.is_file()).take(2).count()
    };
    is_project(folder) || scripts() == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_with_a_project_come_first_and_hidden_ones_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["zeta", "alpha", ".git"] {
            std::fs::create_dir(folder.path().join(name)).unwrap();
        }
        std::fs::write(folder.path().join("zeta/pyproject.toml"), "").unwrap();
        for file in ["notes.txt", "tool.py"] {
            std::fs::write(folder.path().join(file), "").unwrap();
        }
        let found = inside(folder.path()).unwrap();
        let names: Vec<_> = found.iter().map(|one| (one.path.file_name().unwrap().to_owned(), one.kind)).collect();
        let expected =
            [("zeta".into(), Kind::Project), ("alpha".into(), Kind::Folder), ("tool.py".into(), Kind::Script)];
        assert_eq!(names, expected);
        assert!(inside(&folder.path().join("nowhere")).is_err());
    }

    #[test]
    fn of_very_many_the_first_by_name_are_listed() {
        let folder = tempfile::tempdir().unwrap();
        for number in (0..MOST + 20).rev() {
            std::fs::write(folder.path().join(format!("{number:05}.py")), "").unwrap();
            std::fs::write(folder.path().join(format!("{number:05}.csv")), "").unwrap();
        }
        let found = inside(folder.path()).unwrap();
        let expected: Vec<_> = (0..MOST).map(|number| folder.path().join(format!("{number:05}.py"))).collect();
        assert_eq!(found.into_iter().map(|listed| listed.path).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_folder_with_a_single_script_is_meant_and_one_with_two_is_not() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!is_meant(folder.path()));
        std::fs::write(folder.path().join("tool.py"), "").unwrap();
        assert!(is_meant(folder.path()));
        std::fs::write(folder.path().join("other.py"), "").unwrap();
        assert!(!is_meant(folder.path()));
        std::fs::write(folder.path().join("requirements.txt"), "").unwrap();
        assert!(is_meant(folder.path()));
    }
}
