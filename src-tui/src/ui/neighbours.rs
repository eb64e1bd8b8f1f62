//! What lies beside the terminal: folders to pick from, the system's clipboard and its programs.

use std::ffi::OsString;
use std::fs::DirEntry;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::message::{Kind, Listed};

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

/// Puts a text on the system's clipboard, where one of the usual programs for it is there.
pub fn copy(text: &str) {
    let programs: [(&str, &[&str]); 5] = [
        ("wl-copy", &[]),
        ("xclip", &["-selection", "clipboard"]),
        ("xsel", &["--clipboard", "--input"]),
        ("pbcopy", &[]),
        ("clip.exe", &[]),
    ];
    let usable = |name: &str| match name {
        "wl-copy" => std::env::var_os("WAYLAND_DISPLAY").is_some(),
        "xclip" | "xsel" => std::env::var_os("DISPLAY").is_some(),
        _ => true,
    };
    let found = programs
        .iter()
        .filter(|(name, _)| usable(name))
        .find_map(|(name, args)| Some((which::which(name).ok()?, args)));
    let Some((program, arguments)) = found else { return };
    let mut command = Command::new(program);
    command.args(*arguments).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    if let Ok(mut child) = command.spawn() {
        if let Some(mut input) = child.stdin.take() {
            // A clipboard that takes nothing is no reason to stop: the terminal's own has the text too.
            let _ = input.write_all(text.as_bytes());
        }
        wait_for(child);
    }
}

/// Opens a path or an address in the system's program for it.
pub fn show(what: &str) -> Result<(), String> {
    let opener = if cfg!(target_os = "macos") {
        "open"
    } else if cfg!(windows) {
        "explorer.exe"
    } else {
        "xdg-open"
    };
    let program = which::which(opener).map_err(|_| format!("`{opener}` is not here; it is {what}"))?;
    let spawned =
        Command::new(program).arg(what).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let child = spawned.map_err(|error| format!("`{opener}` cannot be started: {error}"))?;
    wait_for(child);
    Ok(())
}

/// Takes leave of a program once it ends. Without a thread for it, the system does when this process ends.
fn wait_for(mut child: Child) {
    let _ = std::thread::Builder::new().spawn(move || child.wait());
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
