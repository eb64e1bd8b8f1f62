//! Which folders hold what somebody else wrote for a project: their executables are never tools.

use std::path::{Path, PathBuf};

/// What lies at the top of a checkout or of a workspace.
const MARKS: &[&str] = &[".git", ".hg", ".jj", ".svn", ".bzr", "pyproject.toml"];

/// The folders whose executables are never tools for what lies in these folders: the whole checkouts or workspaces that
/// they are in, or the folders themselves.
pub(in crate::engine) fn off_limits<'a>(folders: impl IntoIterator<Item = &'a Path>) -> Vec<PathBuf> {
    let home = std::env::home_dir().and_then(|home| home.canonicalize().ok());
    let mut found: Vec<PathBuf> =
        folders.into_iter().filter_map(|folder| checkout_of(folder, home.as_deref())).collect();
    found.sort();
    found.dedup();
    found
}

/// The checkout or workspace of the working folder, where it is in one: somebody who stands in it and builds something
/// else wants none of its executables either.
pub(in crate::engine) fn here() -> Option<PathBuf> {
    let home = std::env::home_dir().and_then(|home| home.canonicalize().ok());
    let found = checkout_of(&std::env::current_dir().ok()?, home.as_deref())?;
    is_marked(&found).then_some(found)
}

fn is_marked(place: &Path) -> bool {
    MARKS.iter().any(|mark| place.join(mark).exists())
}

/// The outermost checkout or workspace that a folder lies in, or itself. The user's home, which some keep in version
/// control, and what it lies in are nobody else's: `~/.local/bin` stays the user's.
fn checkout_of(folder: &Path, home: Option<&Path>) -> Option<PathBuf> {
    // A folder that artifacts are yet to come into may not be there.
    let folder = folder.canonicalize().or_else(|_| std::path::absolute(folder)).ok()?;
    let is_foreign = |place: &&Path| place.parent().is_some() && !home.is_some_and(|home| home.starts_with(place));
    let foreign: Vec<&Path> = folder.ancestors().take_while(is_foreign).collect();
    foreign.iter().rev().find(|place| is_marked(place)).or(foreign.first()).map(|place| place.to_path_buf())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn everything_in_the_checkout_of_a_project_belongs_to_it() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        fs::create_dir_all(root.join("repo/.git")).unwrap();
        fs::create_dir_all(root.join("repo/sub/deep")).unwrap();
        // A submodule is a checkout in a checkout.
        fs::write(root.join("repo/sub/.git"), "gitdir: ../.git/modules/sub").unwrap();
        assert_eq!(checkout_of(&root.join("repo/sub/deep"), None), Some(root.join("repo")));
        assert_eq!(off_limits([root.join("repo/sub").as_path(), &root.join("repo")]), [root.join("repo")]);
    }

    #[test]
    fn what_is_in_no_checkout_is_off_limits_alone() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        fs::create_dir_all(root.join("a/b")).unwrap();
        assert_eq!(checkout_of(&root.join("a/b"), None), Some(root.join("a/b")));
    }

    #[test]
    fn a_home_that_is_a_checkout_itself_stays_the_users() {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().canonicalize().unwrap();
        fs::create_dir_all(home.join(".git")).unwrap();
        fs::create_dir_all(home.join("src/app/.git")).unwrap();
        fs::create_dir_all(home.join("notes")).unwrap();
        assert_eq!(checkout_of(&home.join("src/app"), Some(&home)), Some(home.join("src/app")));
        assert_eq!(checkout_of(&home.join("notes"), Some(&home)), Some(home.join("notes")));
        assert_eq!(checkout_of(&home, Some(&home)), None);
    }
}
