//! Where Packwright keeps things that are not the project's.

use std::path::PathBuf;

/// The cache: everything in it can be made again. `PACKWRIGHT_CACHE` overrides it.
pub(in crate::engine) fn cache() -> PathBuf {
    named("PACKWRIGHT_CACHE").unwrap_or_else(|| base("XDG_CACHE_HOME", ".cache", "Library/Caches", "LOCALAPPDATA"))
}

/// History and trust: what is lost when it is removed. `PACKWRIGHT_DATA` overrides it.
pub(in crate::engine) fn data() -> PathBuf {
    let usual = || base("XDG_DATA_HOME", ".local/share", "Library/Application Support", "APPDATA");
    named("PACKWRIGHT_DATA").unwrap_or_else(usual)
}

/// The cache of `uv`: the one the user has set, or one of Packwright's own, so that it can be shown and trimmed.
pub(in crate::engine) fn uv_cache() -> PathBuf {
    named("UV_CACHE_DIR").unwrap_or_else(|| cache().join("uv"))
}

/// The folder that a variable names; a relative one lies in the working folder, and an empty one is none.
fn named(variable: &str) -> Option<PathBuf> {
    absolute(std::env::var_os(variable)?)
}

/// Steps have other working folders, and a sandbox shows only absolute paths.
fn absolute(value: std::ffi::OsString) -> Option<PathBuf> {
    std::path::absolute(value).ok()
}

fn base(variable: &str, unix: &str, macos: &str, windows: &str) -> PathBuf {
    let Some(home) = std::env::home_dir().filter(|home| home.is_absolute()) else { return homeless() };
    let folder = if cfg!(windows) {
        std::env::var_os(windows).map(PathBuf::from).filter(|path| path.is_absolute()).unwrap_or_else(|| home.clone())
    } else if cfg!(target_os = "macos") {
        home.join(macos)
    } else {
        // The XDG base directory specification: relative paths are to be ignored.
        std::env::var_os(variable)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
            .unwrap_or_else(|| home.join(unix))
    };
    folder.join("packwright")
}

/// For who has no home: a folder of their own where everybody may write. It is not used where somebody else has made it.
fn homeless() -> PathBuf {
    #[cfg(unix)]
    let name = format!("packwright-{}", rustix::process::geteuid().as_raw());
    #[cfg(not(unix))]
    let name = "packwright";
    let shared = std::env::temp_dir();
    std::path::absolute(&shared).unwrap_or(shared).join(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relative_folder_lies_in_the_working_folder_and_an_empty_one_is_none() {
        let here = std::env::current_dir().unwrap();
        assert_eq!(absolute("my/cache".into()), Some(here.join("my/cache")));
        assert_eq!(absolute("".into()), None);
        assert!(homeless().is_absolute());
    }
}
