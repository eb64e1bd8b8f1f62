//! What a glance at a folder shows, before anything is walked: that it is everything and no project, or holds several.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use serde::Deserialize;

use super::InspectError;
use super::browse::{self, Kind};
use crate::embedded::data;

/// The data file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SystemFolders {
    folders: Vec<String>,
}

static SYSTEM: LazyLock<SystemFolders> = LazyLock::new(|| data!("inspect/system_folders.toml"));

/// Files that make a folder a project whatever else lies there.
const PROJECT: [&str; 2] = ["pyproject.toml", "setup.py"];
/// Files of which one in each of several folders tells programs apart.
const PROGRAM: [&str; 5] = ["pyproject.toml", "setup.py", "setup.cfg", "requirements.txt", ".git"];
/// Files that put what lies in several folders together to one product.
const TOGETHER: [&str; 6] =
    ["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml", "Procfile", "manage.py"];

/// Why a folder is not read at all, where a glance tells: nothing in it is opened, and one level below is listed.
pub fn refusal(folder: &Path) -> Option<InspectError> {
    // A folder that is not there says so when it is read.
    let root = folder.canonicalize().ok()?;
    let path = || folder.to_path_buf();
    if let Some(what) = whole(&root) {
        return Some(InspectError::Whole { path: path(), what, projects: projects(&root, &PROGRAM) });
    }
    let has = |names: &[&str]| names.iter().any(|name| root.join(name).is_file());
    if has(&PROGRAM) || has_python(&root) {
        return None;
    }
    let surely = projects(&root, &PROJECT);
    let found = if surely.is_empty() { projects(&root, &PROGRAM) } else { surely };
    let are_several = found.len() > 1 && !has(&TOGETHER);
    are_several.then(|| InspectError::Several { path: path(), projects: found })
}

/// What a folder is the whole of.
fn whole(root: &Path) -> Option<&'static str> {
    if PROJECT.iter().any(|name| root.join(name).is_file()) {
        return None;
    }
    let home = std::env::home_dir().and_then(|home| home.canonicalize().ok());
    if root.parent().is_none() {
        Some("everything that this system has")
    } else if home.as_deref() == Some(root) {
        Some("your home folder")
    } else {
        is_of_the_system(root).then_some("a folder of the system")
    }
}

fn is_of_the_system(root: &Path) -> bool {
    let text = root.to_string_lossy().replace('\\', "/");
    let plain = text.trim_start_matches("//?/");
    let without_drive = plain.find('/').map_or("", |at| &plain[at..]);
    SYSTEM.folders.iter().any(|folder| folder == without_drive)
}

fn has_python(root: &Path) -> bool {
    let entries = std::fs::read_dir(root).into_iter().flatten().flatten();
    entries.take(browse::MOST).any(|entry| {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        [".py", ".pyw", ".ipynb"].iter().any(|end| name.ends_with(end))
    })
}

/// The folders below in which one of these files lies, by name; hidden ones are left out.
fn projects(root: &Path, files: &[&str]) -> Vec<PathBuf> {
    let is_project = |path: &PathBuf| files.iter().any(|name| path.join(name).exists());
    let inside = browse::inside(root).unwrap_or_default();
    let folders = inside.into_iter().filter(|listed| listed.kind != Kind::Script).map(|listed| listed.path);
    let names = folders.filter(is_project).filter_map(|path| path.file_name().map(PathBuf::from));
    names.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
        }
        folder
    }

    fn told(files: &[&str]) -> Option<String> {
        refusal(folder(files).path()).map(|error| error.to_string())
    }

    #[test]
    fn a_folder_of_projects_names_them_and_a_project_is_none() {
        let several = told(&["one/pyproject.toml", "two/setup.py", "notes/todo.txt"]).unwrap();
        assert!(several.ends_with("holds projects but is none itself: one and two"), "{several}");
        assert!(told(&["api/requirements.txt", "worker/requirements.txt"]).is_some());
        for files in [
            &["one/pyproject.toml", "two/setup.py", "pyproject.toml"][..],
            &["one/pyproject.toml", "two/setup.py", "main.py"],
            &["api/requirements.txt", "worker/requirements.txt", "compose.yaml"],
            &["one/pyproject.toml", "docs/index.md"],
            &["data/a.csv"],
        ] {
            assert_eq!(told(files), None, "{files:?}");
        }
    }

    #[test]
    fn the_root_and_folders_of_the_system_are_no_projects() {
        let root = if cfg!(windows) { "C:\\" } else { "/" };
        let error = refusal(Path::new(root)).unwrap();
        assert!(error.to_string().contains("is everything that this system has, and no project"), "{error}");
        for folder in ["/usr", "/usr/share", "C:/Windows", "//?/C:/Users"] {
            assert!(is_of_the_system(Path::new(folder)), "{folder}");
        }
        for folder in ["/usr/share/tool", "/opt/app", "/app", "/home/me/code"] {
            assert!(!is_of_the_system(Path::new(folder)), "{folder}");
        }
    }
}
