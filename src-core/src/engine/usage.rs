//! What the cache holds, and how it is kept below its ceiling.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use super::files::remove_all;
use super::sweep::is_older;

/// The size above which a build trims the cache, in bytes.
pub const CEILING: u64 = 10 << 30;

/// What a part of the cache holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// For example `wheels and step outputs`.
    pub holds: String,
    /// The folder.
    pub path: PathBuf,
    /// Files in it, each content counted once.
    pub files: u64,
    /// Their size in bytes.
    pub bytes: u64,
}

/// The parts of the cache by folder, and what each holds. Trees are links to blobs and take no room of their own.
const PARTS: &[(&str, &str)] = &[
    ("store/blobs", "fetched files and step outputs"),
    ("tools", "tools that Packwright installed"),
    ("uv", "the cache of uv"),
    ("locks", "answers of the resolver"),
    ("logs", "logs of builds"),
];

/// What each part holds.
pub(super) fn measure(cache: &Path) -> Vec<Part> {
    let part = |(folder, holds): &(&str, &str)| {
        let path = cache.join(folder);
        let mut sizes = Vec::new();
        walk(&path, &mut |_, found| sizes.push(found.len()));
        Part { holds: (*holds).to_owned(), files: sizes.len() as u64, bytes: sizes.iter().sum(), path }
    };
    PARTS.iter().map(part).collect()
}

/// Removes the outputs that were not used for longest until the store is below this size. Gives the bytes freed.
pub(super) fn trim(cache: &Path, below: u64) -> u64 {
    let store = cache.join("store");
    let mut trees: Vec<(SystemTime, PathBuf)> = Vec::new();
    for entry in fs::read_dir(store.join("trees")).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.extension().is_none() {
            let manifest = fs::metadata(path.with_extension("json")).and_then(|found| found.modified());
            trees.push((manifest.unwrap_or(SystemTime::UNIX_EPOCH), path));
        }
    }
    trees.sort();
    let before = size(&store.join("blobs"));
    let mut now = before;
    for (_, tree) in trees {
        if now <= below {
            break;
        }
        remove_all(&tree);
        remove_all(&tree.with_extension("json"));
        remove_unused_blobs(&store.join("blobs"));
        now = size(&store.join("blobs"));
    }
    for folder in ["logs", "locks", "steps"] {
        for entry in fs::read_dir(cache.join(folder)).into_iter().flatten().flatten() {
            if is_older(&entry.path(), Duration::from_secs(30 * 24 * 3600)) {
                remove_all(&entry.path());
            }
        }
    }
    before.saturating_sub(now)
}

/// Trims the cache to its ceiling, at most once a day: looking at every file costs more than a small build.
pub(super) fn keep_below_ceiling(cache: &Path) {
    let marker = cache.join("trimmed");
    if marker.exists() && !is_older(&marker, Duration::from_secs(24 * 3600)) {
        return;
    }
    if fs::write(&marker, "").is_ok() {
        trim(cache, CEILING);
    }
}

/// Removes everything that can be made again.
pub(super) fn clear(cache: &Path) {
    for folder in ["store/trees", "store/blobs", "tools", "uv", "locks", "steps", "logs", "sources", "probes.json"] {
        remove_all(&cache.join(folder));
    }
    for folder in ["store/trees", "store/blobs"] {
        // Whoever uses this cache at the moment expects the folders; failing that it makes them itself.
        let _ = fs::create_dir_all(cache.join(folder));
    }
}

/// A blob that no tree links to has one link only.
#[cfg(unix)]
fn remove_unused_blobs(blobs: &Path) {
    use std::os::unix::fs::MetadataExt;
    let mut unused = Vec::new();
    walk(blobs, &mut |path, found| {
        if found.nlink() == 1 {
            unused.push(path.to_path_buf());
        }
    });
    for path in unused {
        remove_all(&path);
    }
}

#[cfg(not(unix))]
fn remove_unused_blobs(_blobs: &Path) {}

fn size(folder: &Path) -> u64 {
    let mut total = 0;
    walk(folder, &mut |_, found| total += found.len());
    total
}

fn walk(folder: &Path, visit: &mut impl FnMut(&Path, &fs::Metadata)) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        match fs::symlink_metadata(&path) {
            Ok(found) if found.is_dir() => walk(&path, visit),
            Ok(found) if found.is_file() => visit(&path, &found),
            _ => {}
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::super::store::{Manifest, Store};
    use super::*;

    #[test]
    fn trimming_removes_the_oldest_outputs_and_keeps_what_others_link_to() {
        let cache = tempfile::tempdir().unwrap();
        let store = Store::open(&cache.path().join("store")).unwrap();
        let tree = |files: &[(&str, &[u8])]| {
            let mut manifest = Manifest::default();
            for (path, bytes) in files {
                manifest.add((*path).into(), store.put(bytes, false).unwrap()).unwrap();
            }
            store.assemble(manifest).unwrap()
        };
        let old = tree(&[("a", &[1; 1000]), ("shared", &[2; 1000])]);
        std::thread::sleep(Duration::from_millis(20));
        let new = tree(&[("shared", &[2; 1000])]);
        assert_eq!(measure(cache.path())[0].bytes, 2000);
        assert_eq!(trim(cache.path(), 1500), 1000);
        assert!(store.tree(&old.digest).is_none() && store.tree(&new.digest).is_some());
    }
}
