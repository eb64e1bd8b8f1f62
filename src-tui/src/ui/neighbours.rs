//! What lies beside the terminal: folders to pick from, the system's clipboard and its programs.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::message::Listed;

/// Folders of one folder that are listed; more cannot be picked from by eye.
const MOST: usize = 1_000;

/// The folders in a folder by name, those with a project first; hidden ones are left out.
pub fn folders(folder: &Path) -> std::io::Result<(PathBuf, Vec<Listed>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)?.flatten() {
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        if !hidden && entry.path().is_dir() {
            let path = entry.path();
            found.push(Listed { is_project: is_project(&path), path });
        }
        if found.len() == MOST {
            break;
        }
    }
    found.sort_by(|a, b| b.is_project.cmp(&a.is_project).then_with(|| a.path.cmp(&b.path)));
    Ok((folder.to_path_buf(), found))
}

/// Whether a folder looks like a Python project at first sight.
pub fn is_project(folder: &Path) -> bool {
    ["pyproject.toml", "setup.py", "setup.cfg", "requirements.txt"].iter().any(|name| folder.join(name).is_file())
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
        std::thread::spawn(move || child.wait());
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
    let mut child = spawned.map_err(|error| format!("`{opener}` cannot be started: {error}"))?;
    std::thread::spawn(move || child.wait());
    Ok(())
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
        std::fs::write(folder.path().join("file"), "").unwrap();
        let (_, found) = folders(folder.path()).unwrap();
        let names: Vec<_> =
            found.iter().map(|one| (one.path.file_name().unwrap().to_owned(), one.is_project)).collect();
        assert_eq!(names, [("zeta".into(), true), ("alpha".into(), false)]);
        assert!(folders(&folder.path().join("nowhere")).is_err());
    }
}
