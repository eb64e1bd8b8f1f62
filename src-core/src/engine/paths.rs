//! Where Packwright keeps things that are not the project's.

use std::path::PathBuf;

/// The cache: everything in it can be made again. `PACKWRIGHT_CACHE` overrides it.
pub(super) fn cache() -> PathBuf {
    std::env::var_os("PACKWRIGHT_CACHE")
        .map_or_else(|| base("XDG_CACHE_HOME", ".cache", "Library/Caches", "LOCALAPPDATA"), PathBuf::from)
}

/// History and trust: what is lost when it is removed. `PACKWRIGHT_DATA` overrides it.
pub(super) fn data() -> PathBuf {
    std::env::var_os("PACKWRIGHT_DATA")
        .map_or_else(|| base("XDG_DATA_HOME", ".local/share", "Library/Application Support", "APPDATA"), PathBuf::from)
}

/// The cache of `uv`: the one the user has set, or one of Packwright's own, so that it can be shown and trimmed.
pub(super) fn uv_cache() -> PathBuf {
    std::env::var_os("UV_CACHE_DIR").map_or_else(|| cache().join("uv"), PathBuf::from)
}

fn base(variable: &str, unix: &str, macos: &str, windows: &str) -> PathBuf {
    let home = std::env::home_dir().filter(|home| home.is_absolute()).unwrap_or_else(std::env::temp_dir);
    let folder = if cfg!(windows) {
        std::env::var_os(windows).map_or_else(|| home.clone(), PathBuf::from)
    } else if cfg!(target_os = "macos") {
        home.join(macos)
    } else {
        std::env::var_os(variable)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
            .unwrap_or_else(|| home.join(unix))
    };
    folder.join("packwright")
}
