//! Programs of this system: found on absolute PATH entries, and asked for their version.

use std::path::{Path, PathBuf};

use regex::Regex;

use crate::catalogue::Tool;
use crate::engine::terms::beside::receipt_beside;

/// The program with this name on PATH. Relative entries are passed over, and so is what lies in folders that are off
/// limits, or leads there: a `git` or `python` in somebody's checkout must never run. Of a folder that everybody may write
/// into, only what the user or the system put there is taken.
pub(in crate::engine) fn find(name: &str, off_limits: &[PathBuf]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let is_foreign =
        |path: &Path| path.canonicalize().is_ok_and(|real| off_limits.iter().any(|folder| real.starts_with(folder)));
    let folders: Vec<PathBuf> =
        std::env::split_paths(&path).filter(|folder| folder.is_absolute() && !is_foreign(folder)).collect();
    let joined = std::env::join_paths(folders).ok()?;
    let mut found = which::which_in_all(name, Some(joined), "/").ok()?;
    found.find(|program| !is_foreign(program) && !is_anybodys(program) && !is_artifact(program))
}

/// Whether a path leads into one of these folders.
pub(in crate::engine) fn is_off_limits(path: &Path, off_limits: &[PathBuf]) -> bool {
    path.canonicalize().is_ok_and(|real| off_limits.iter().any(|folder| real.starts_with(folder)))
}

/// Whether a program was built here from some project: artifacts are handed over with a receipt.
fn is_artifact(program: &Path) -> bool {
    receipt_beside(program).is_some()
}

/// Whether anybody on this machine may have put a program where it lies.
#[cfg(unix)]
fn is_anybodys(program: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let own = rustix::process::geteuid().as_raw();
    let is_open = |folder: &Path| folder.metadata().is_ok_and(|found| found.mode() & 0o002 != 0);
    let is_others = |path: &Path| path.symlink_metadata().is_ok_and(|found| found.uid() != own && found.uid() != 0);
    let real = program.canonicalize().unwrap_or_else(|_| program.to_path_buf());
    [program, &real].into_iter().any(|path| path.parent().is_some_and(is_open) && is_others(path))
}

#[cfg(not(unix))]
fn is_anybodys(_program: &Path) -> bool {
    false
}

/// The version in what a program said of itself; `None` where that names none.
pub(super) fn version_in(tool: &Tool, said: &str) -> Option<String> {
    let found = Regex::new(&tool.probe.version).ok()?.captures(said)?;
    Some(found.get(1)?.as_str().to_owned())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::catalogue;

    #[test]
    fn programs_are_found_outside_the_project_only() {
        let sh = find("sh", &[]).unwrap();
        assert!(sh.is_absolute());
        let folder = std::fs::canonicalize(sh.parent().unwrap()).unwrap();
        let elsewhere = find("sh", std::slice::from_ref(&folder));
        assert_ne!(elsewhere.and_then(|path| path.canonicalize().ok()?.parent().map(Path::to_path_buf)), Some(folder));
        assert_eq!(find("no-such-program-anywhere", &[]), None);
    }

    #[test]
    fn what_another_user_put_where_everybody_may_write_is_no_tool() {
        use std::os::unix::fs::{PermissionsExt, chown};
        let folder = tempfile::tempdir().unwrap();
        let open = folder.path().join("open");
        std::fs::create_dir(&open).unwrap();
        std::fs::set_permissions(&open, std::fs::Permissions::from_mode(0o1777)).unwrap();
        let program = open.join("tool");
        std::fs::write(&program, "").unwrap();
        assert!(!is_anybodys(&program));
        // Only root may give a file away.
        if chown(&program, Some(12_345), None).is_ok() {
            assert!(is_anybodys(&program));
            std::fs::set_permissions(&open, std::fs::Permissions::from_mode(0o755)).unwrap();
            assert!(!is_anybodys(&program));
        }
    }

    #[test]
    fn versions_are_found_in_what_tools_say() {
        for (name, said, version) in [
            ("git", "git version 2.47.3\n", "2.47.3"),
            ("docker", "Docker version 28.2.2, build e6534b4", "28.2.2"),
            ("dpkg-deb", "Debian 'dpkg-deb' package archive backend version 1.21.22 (amd64).", "1.21.22"),
            ("qemu-img", "qemu-img version 10.0.2 (Debian 1:10.0.2+ds-2+deb13u1~bpo12+1)", "10.0.2"),
            ("lintian", "Lintian v2.116.3+deb12u1", "2.116.3+deb12u1"),
            ("makensis", "v3.08-3", "3.08-3"),
            ("uv", "uv 0.13.8 (0123abcd 2026-11-02)", "0.13.8"),
            (
                "zip",
                "Copyright (c) 1990-2008 Info-ZIP - Type 'zip \"-L\"'.\nThis is Zip 3.0 (July 5th 2008), by Info-ZIP.",
                "3.0",
            ),
        ] {
            assert_eq!(version_in(catalogue::tool(name).unwrap(), said).as_deref(), Some(version), "{name}");
        }
        assert_eq!(version_in(catalogue::tool("git").unwrap(), "usage: git"), None);
    }
}
