//! What is free on this machine: of a disk, and of memory.

use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use sysinfo::{DiskRefreshKind, Disks, MemoryRefreshKind, RefreshKind, System};

/// How long is waited for an answer. A file system on the network that is gone never answers, and is asked with the others.
const PATIENCE: Duration = Duration::from_secs(2);

/// What is free, in bytes; nothing where the system does not tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capacity {
    /// The folder whose disk is meant.
    pub folder: PathBuf,
    /// What may still be written on that disk.
    pub disk: Option<u64>,
    /// What programs may still take of the memory, within the limit of a container if this is one.
    pub memory: Option<u64>,
}

/// Below this much free disk, in bytes, even small builds may not fit.
const SCARCE_DISK: u64 = 1_000_000_000;
/// Below this much free memory, in bytes, tools that build are likely to be ended.
const SCARCE_MEMORY: u64 = 512_000_000;

impl Capacity {
    /// Whether what is free of the disk is hardly enough for a build.
    pub fn is_disk_scarce(&self) -> bool {
        self.disk.is_some_and(|free| free < SCARCE_DISK)
    }

    /// Whether what is free of the memory is hardly enough for a build.
    pub fn is_memory_scarce(&self) -> bool {
        self.memory.is_some_and(|free| free < SCARCE_MEMORY)
    }

    /// That of the disk with this folder, or where it will be, and of the memory.
    pub fn of(folder: &Path) -> Self {
        let folder = folder.to_path_buf();
        let real = folder.ancestors().find_map(|above| above.canonicalize().ok()).unwrap_or_else(|| folder.clone());
        let (tell, told) = channel();
        thread::spawn(move || {
            // Nobody listens any more where it took too long.
            let _ = tell.send((free_on_disk(&real), free_memory()));
        });
        let (disk, memory) = told.recv_timeout(PATIENCE).unwrap_or_default();
        Self { folder, disk, memory }
    }
}

fn free_on_disk(folder: &Path) -> Option<u64> {
    let disks = Disks::new_with_refreshed_list_specifics(DiskRefreshKind::nothing().with_storage()).ok()?;
    let around = disks.iter().filter(|disk| folder.starts_with(disk.mount_point()));
    let nearest = around.max_by_key(|disk| disk.mount_point().components().count())?;
    // File systems of the network are not listed: then the nearest one is another.
    let is_its_own = is_one_file_system(nearest.mount_point(), folder) && nearest.total_space() > 0;
    is_its_own.then(|| nearest.available_space())
}

#[cfg(unix)]
fn is_one_file_system(one: &Path, other: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let device = |path: &Path| path.metadata().map(|found| found.dev()).ok();
    device(one).is_some_and(|device_of_one| device(other) == Some(device_of_one))
}

#[cfg(not(unix))]
fn is_one_file_system(_: &Path, _: &Path) -> bool {
    true
}

fn free_memory() -> Option<u64> {
    let what = RefreshKind::nothing().with_memory(MemoryRefreshKind::nothing().with_ram());
    let system = System::new_with_specifics(what).ok()?;
    // What a container has read from disks counts as its memory, but is given back when it is needed.
    let within = system.cgroup_limits().map_or(u64::MAX, |limits| limits.total_memory.saturating_sub(limits.rss));
    (system.total_memory() > 0).then(|| system.available_memory().min(within))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_has_a_disk_and_memory_and_a_folder_to_come_is_on_the_disk_of_the_one_above() {
        let folder = tempfile::tempdir().unwrap();
        let here = Capacity::of(folder.path());
        assert!(here.memory.is_some_and(|free| free > 0), "{here:?}");
        let coming = Capacity::of(&folder.path().join("not/yet"));
        assert_eq!(here.disk.is_some(), coming.disk.is_some());
    }
}
