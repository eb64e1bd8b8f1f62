//! Programs of this system: found on absolute PATH entries, and named with their install command when missing.

use std::path::{Path, PathBuf};

use crate::catalogue::Tool;

/// Package managers by the word the catalogue uses, with the command that installs with them.
const MANAGERS: &[(&str, &[&str])] = &[
    ("apt", &["apt-get", "install", "-y"]),
    ("dnf", &["dnf", "install", "-y"]),
    ("pacman", &["pacman", "-S", "--noconfirm"]),
    ("apk", &["apk", "add"]),
    ("brew", &["brew", "install"]),
    ("winget", &["winget", "install", "--id"]),
    ("choco", &["choco", "install", "-y"]),
];

/// The program with this name on PATH. Relative entries, and folders inside the project, are passed over: a `git` or
/// `python` that lies in somebody's project must never run.
pub(in crate::engine) fn find(name: &str, project: Option<&Path>) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let inside = |folder: &Path| {
        project.is_some_and(|root| std::fs::canonicalize(folder).is_ok_and(|folder| folder.starts_with(root)))
    };
    let folders: Vec<PathBuf> =
        std::env::split_paths(&path).filter(|folder| folder.is_absolute() && !inside(folder)).collect();
    let joined = std::env::join_paths(folders).ok()?;
    which::which_in(name, Some(joined), "/").ok()
}

/// The command that installs a tool here, with the first package manager found.
pub(in crate::engine) fn install_command(tool: &Tool) -> Option<Vec<String>> {
    MANAGERS.iter().find_map(|(manager, command)| {
        let install = tool.install.iter().find(|install| install.with == *manager)?;
        find(command.first()?, None)?;
        Some(command.iter().map(|word| (*word).to_owned()).chain([install.package.clone()]).collect())
    })
}

/// The same for a program that has one package name everywhere.
pub(in crate::engine) fn install_hint(package: &str) -> Option<Vec<String>> {
    let install = MANAGERS
        .iter()
        .map(|(with, _)| crate::catalogue::Install { with: (*with).into(), package: package.into() })
        .collect();
    install_command(&Tool { name: package.into(), probe: Vec::new(), managed: None, install, elsewhere: String::new() })
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn programs_are_found_outside_the_project_only() {
        let sh = find("sh", None).unwrap();
        assert!(sh.is_absolute());
        let folder = std::fs::canonicalize(sh.parent().unwrap()).unwrap();
        assert_ne!(find("sh", Some(&folder)).map(|path| path.parent().map(Path::to_path_buf)), Some(Some(folder)));
        assert_eq!(find("no-such-program-anywhere", None), None);
    }
}
