//! Folders and files that are the user's alone, whatever the umask: a cache holds the source of private projects, and
//! whoever could write there could plant the tools and files of all builds to come.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::error::{StoreError, at};
use super::lease::Lease;
use crate::problem::{Code, Problem};

/// Why a folder cannot be the user's alone.
#[derive(Debug, thiserror::Error)]
pub enum PrivateError {
    /// Its owner can change everything in it.
    #[error("`{}` belongs to another user, who could plant tools and files in it", .0.display())]
    OfAnother(PathBuf),
    /// Something may have been planted before it is closed now.
    #[error("others can write into `{}`, and may have planted tools and files in it", .0.display())]
    WritableByOthers(PathBuf),
    /// It cannot be made or changed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl PrivateError {
    /// Adds what is wrong to a problem, and what to do about it, naming the variable that chooses another folder.
    pub fn explain(&self, problem: Problem, variable: &str) -> Problem {
        let problem = problem.because(self);
        let another = format!("Set `{variable}` to a folder of your own that only you can write");
        match self {
            Self::WritableByOthers(path) => {
                let path = path.display().to_string();
                problem.hint_command("If you know all that is in it, close it", ["chmod", "700", &path]).hint(another)
            }
            Self::Store(StoreError::NoLocks { .. }) => {
                problem.hint(format!("Set `{variable}` to a folder on a disk of this machine"))
            }
            Self::OfAnother(_) | Self::Store(_) => problem.hint(another),
        }
    }
}

/// Makes a folder private, creating it if it is missing, and gives its real path: what is checked is what is used, even
/// if a link on the way leads elsewhere later.
pub(in crate::engine) fn open(folder: &Path) -> Result<PathBuf, PrivateError> {
    create_dir_all(folder).map_err(at("create", folder))?;
    close(folder)
}

/// Makes a folder private that is there already.
#[cfg(unix)]
pub(in crate::engine) fn close(folder: &Path) -> Result<PathBuf, PrivateError> {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    let own = rustix::process::geteuid().as_raw();
    let link = fs::symlink_metadata(folder).map_err(at("read", folder))?;
    if link.is_symlink() && ![own, 0].contains(&link.uid()) {
        return Err(PrivateError::OfAnother(folder.to_path_buf()));
    }
    let real = fs::canonicalize(folder).map_err(at("follow", folder))?;
    let found = fs::metadata(&real).map_err(at("read", &real))?;
    if found.uid() != own {
        return Err(PrivateError::OfAnother(real));
    }
    // A user's own group is no other user; where the umask is 002 it may write into everything new.
    let is_own_group = found.gid() == rustix::process::getegid().as_raw();
    if found.mode() & 0o002 != 0 || (found.mode() & 0o020 != 0 && !is_own_group) {
        return Err(PrivateError::WritableByOthers(real));
    }
    if found.mode() & 0o077 != 0 {
        fs::set_permissions(&real, fs::Permissions::from_mode(0o700)).map_err(at("make private", &real))?;
    }
    Ok(real)
}

/// Elsewhere the folders of a user's profile are private by what they inherit.
#[cfg(not(unix))]
pub(in crate::engine) fn close(folder: &Path) -> Result<PathBuf, PrivateError> {
    Ok(std::path::absolute(folder).map_err(at("follow", folder))?)
}

/// Creates a folder and those above it, private from the start; one that is there stays as it is.
pub(in crate::engine) fn create_dir_all(folder: &Path) -> io::Result<()> {
    builder().recursive(true).create(folder)
}

fn builder() -> fs::DirBuilder {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
}

/// Creates a file, private from the start, or empties the one that is there.
pub(in crate::engine) fn create(path: &Path) -> io::Result<File> {
    options().truncate(true).open(path)
}

/// Creates a private file where there is none.
pub(in crate::engine) fn touch(path: &Path) -> io::Result<()> {
    options().truncate(false).open(path).map(drop)
}

fn options() -> fs::OpenOptions {
    let mut options = File::options();
    options.write(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// A folder beside something, private until what was made in it is moved to its place.
pub(in crate::engine) fn staging(prefix: &str, folder: &Path) -> io::Result<Lease> {
    let lease = Lease::take(folder, prefix)?;
    // One that is there already would be somebody else's, who saw its lock in a shared folder and was quick.
    builder().create(lease.path())?;
    Ok(lease)
}

/// The problem of a cache or a data folder that cannot be used.
pub(in crate::engine) fn unusable(what: &str, folder: &Path, variable: &str, error: &PrivateError) -> Problem {
    let problem = Problem::new(Code::Store, format!("the {what} `{}` cannot be used", folder.display()));
    error.explain(problem, variable)
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::symlink_metadata(path).unwrap().mode() & 0o7777
    }

    fn with_mode(folder: &tempfile::TempDir, mode: u32) -> PathBuf {
        let path = folder.path().join("cache");
        fs::create_dir(&path).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        path
    }

    #[test]
    fn what_is_created_is_private_with_all_that_was_missing_above_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b");
        let real = open(&path).unwrap();
        assert_eq!((mode(&real), mode(&folder.path().join("a"))), (0o700, 0o700));
        drop(create(&real.join("file")).unwrap());
        touch(&real.join("other")).unwrap();
        assert_eq!((mode(&real.join("file")), mode(&real.join("other"))), (0o600, 0o600));
        assert_eq!(mode(staging("x", &real).unwrap().path()), 0o700);
    }

    #[test]
    fn a_folder_that_others_could_read_is_closed() {
        for before in [0o755, 0o750, 0o775, 0o701] {
            let folder = tempfile::tempdir().unwrap();
            let path = with_mode(&folder, before);
            open(&path).unwrap();
            assert_eq!(mode(&path), 0o700, "{before:o}");
        }
    }

    #[test]
    fn a_folder_that_everybody_could_write_is_refused_and_left_as_it_is() {
        for before in [0o777, 0o1777, 0o702] {
            let folder = tempfile::tempdir().unwrap();
            let path = with_mode(&folder, before);
            let error = open(&path).unwrap_err();
            assert!(error.to_string().starts_with("others can write into `"), "{error}");
            assert_eq!(mode(&path), before);
            let problem = unusable("cache", &path, "PACKWRIGHT_CACHE", &error);
            assert!(problem.hints[0].command.starts_with(&["chmod".into()]), "{problem:?}");
        }
    }

    #[test]
    fn a_folder_of_another_user_is_refused() {
        // The root folder is the system's; to root, a folder that was given away is another's.
        let folder = tempfile::tempdir().unwrap();
        let path = with_mode(&folder, 0o755);
        let given = std::os::unix::fs::chown(&path, Some(1), None).is_ok();
        let error = close(if given { &path } else { Path::new("/") }).unwrap_err();
        assert!(error.to_string().ends_with("belongs to another user, who could plant tools and files in it"));
    }

    #[test]
    fn a_cache_without_locks_is_refused_with_what_helps() {
        let error = PrivateError::from(StoreError::NoLocks { path: "/net/x".into() });
        let problem = unusable("cache", Path::new("/net/x"), "PACKWRIGHT_CACHE", &error);
        assert_eq!(problem.causes, ["`/net/x` is on a file system without locks"]);
        assert!(problem.hints[0].text.ends_with("a folder on a disk of this machine"));
    }

    #[test]
    fn a_folder_behind_a_link_is_closed_where_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = with_mode(&folder, 0o755);
        let link = folder.path().join("link");
        symlink(&path, &link).unwrap();
        assert_eq!(open(&link).unwrap(), path.canonicalize().unwrap());
        assert_eq!(mode(&path), 0o700);
    }
}
