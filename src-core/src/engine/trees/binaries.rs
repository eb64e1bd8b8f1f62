//! Reads native programs and libraries of Linux: the oldest system they run on, the libraries they need, and folders of
//! this machine that they search.
//!
//! The format is ELF, as System V ABI and the Linux Standard Base ("Symbol Versioning") describe it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs::File;
use std::path::{Path, PathBuf};

use object::Endianness;
use object::elf::{DT_NEEDED, DT_RPATH, DT_RUNPATH, FileHeader32, FileHeader64};
use object::read::elf::{Dyn, FileHeader};
use object::read::{ReadCache, ReadRef};

/// The oldest GNU C library that has every symbol which is wanted of it; `None` where none is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::engine) struct Oldest(Option<(u32, u32)>);

/// What was seen in all files.
#[derive(Debug)]
pub(in crate::engine) struct Seen {
    pub oldest: Oldest,
    /// Libraries that are needed by name.
    pub needed: BTreeSet<String>,
    /// Folders that libraries search, and how many do.
    searched: BTreeMap<String, usize>,
}

/// Looks at every file that is ELF.
pub(in crate::engine) fn look(files: &[PathBuf]) -> Seen {
    let mut seen = Seen { oldest: Oldest(None), needed: BTreeSet::new(), searched: BTreeMap::new() };
    for file in files {
        // What is damaged is found by starting it.
        let _ = seen.file(file);
    }
    seen
}

impl Seen {
    fn file(&mut self, path: &Path) -> object::Result<()> {
        let Ok(file) = File::open(path) else { return Ok(()) };
        let data = ReadCache::new(file);
        let data = &data;
        match data.read_bytes_at(0, 5).unwrap_or_default() {
            [0x7f, b'E', b'L', b'F', 1] => self.elf(FileHeader32::<Endianness>::parse(data)?, data),
            [0x7f, b'E', b'L', b'F', 2] => self.elf(FileHeader64::<Endianness>::parse(data)?, data),
            _ => Ok(()),
        }
    }

    fn elf<'d, H: FileHeader<Endian = Endianness>, R: ReadRef<'d>>(
        &mut self,
        header: &H,
        data: R,
    ) -> object::Result<()> {
        let endian = header.endian()?;
        let sections = header.sections(endian, data)?;
        if let Some((mut needed, link)) = sections.gnu_verneed(endian, data)? {
            let strings = sections.strings(endian, data, link)?;
            while let Some((_, mut versions)) = needed.next()? {
                while let Some(version) = versions.next()? {
                    let name = String::from_utf8_lossy(version.name(endian, strings)?).into_owned();
                    self.oldest = self.oldest.max(Oldest(glibc(&name)));
                }
            }
        }
        if let Some((entries, link)) = sections.dynamic(endian, data)? {
            let strings = sections.strings(endian, data, link)?;
            for entry in entries {
                if entry.tag(endian) == DT_NEEDED {
                    self.needed.insert(String::from_utf8_lossy(entry.string(endian, strings)?).into_owned());
                }
                if [DT_RPATH, DT_RUNPATH].contains(&entry.tag(endian)) {
                    let folders = String::from_utf8_lossy(entry.string(endian, strings)?).into_owned();
                    for folder in folders.split(':').filter(|folder| is_of_this_machine(folder)) {
                        *self.searched.entry(folder.to_owned()).or_default() += 1;
                    }
                }
            }
        }
        Ok(())
    }

    pub fn warnings(&self) -> impl Iterator<Item = String> {
        self.searched.iter().map(|(folder, libraries)| {
            let (noun, verb) = if *libraries == 1 { ("library", "looks") } else { ("libraries", "look") };
            format!(
                "{libraries} {noun} inside {verb} for others in `{folder}` first, a folder of the machine that built it; \
                 a Python of the system, or one of `uv python install`, searches none"
            )
        })
    }
}

/// Absolute folders but those that every system has.
fn is_of_this_machine(folder: &str) -> bool {
    let usual = ["/usr/lib", "/lib", "/usr/local/lib"];
    folder.starts_with('/') && !usual.iter().any(|usual| Path::new(folder).starts_with(usual))
}

/// The version in the name of a symbol version, such as `GLIBC_2.34`.
fn glibc(name: &str) -> Option<(u32, u32)> {
    let (major, minor) = name.strip_prefix("GLIBC_")?.split_once('.')?;
    Some((major.parse().ok()?, minor.split('.').next()?.parse().ok()?))
}

impl Oldest {
    /// The version, for example `2.36`.
    pub fn version(self) -> Option<String> {
        self.0.map(|(major, minor)| format!("{major}.{minor}"))
    }

    /// For a file name, for example `glibc2.36`; `any` where no version is wanted.
    pub fn short(self) -> String {
        self.0.map_or_else(|| "any".into(), |(major, minor)| format!("glibc{major}.{minor}"))
    }
}

impl fmt::Display for Oldest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            None => f.write_str("any Linux"),
            Some((major, minor)) => {
                write!(f, "Linux with glibc {major}.{minor} or newer")?;
                let with = SYSTEMS.iter().filter(|(has, _)| *has >= (major, minor)).map(|(_, name)| *name);
                let names: Vec<&str> = with.take(3).collect();
                if names.is_empty() { Ok(()) } else { write!(f, ", such as {}", names.join(", ")) }
            }
        }
    }
}

/// The C libraries of systems that people know, the oldest first.
const SYSTEMS: &[((u32, u32), &str)] = &[
    ((2, 17), "CentOS 7"),
    ((2, 28), "RHEL 8"),
    ((2, 28), "Debian 10"),
    ((2, 31), "Debian 11"),
    ((2, 31), "Ubuntu 20.04"),
    ((2, 34), "RHEL 9"),
    ((2, 35), "Ubuntu 22.04"),
    ((2, 36), "Debian 12"),
    ((2, 39), "Ubuntu 24.04"),
    ((2, 39), "RHEL 10"),
    ((2, 41), "Debian 13"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_the_c_library_are_read_and_compared_as_numbers() {
        assert_eq!(glibc("GLIBC_2.9"), Some((2, 9)));
        assert_eq!(glibc("GLIBC_2.2.5"), Some((2, 2)));
        assert_eq!((glibc("GLIBC_PRIVATE"), glibc("GLIBCXX_3.4")), (None, None));
        assert!(Oldest(Some((2, 9))) < Oldest(Some((2, 36))) && Oldest(None) < Oldest(Some((2, 2))));
        let oldest = Oldest(Some((2, 35)));
        assert_eq!(oldest.short(), "glibc2.35");
        assert_eq!(oldest.to_string(), "Linux with glibc 2.35 or newer, such as Ubuntu 22.04, Debian 12, Ubuntu 24.04");
    }

    #[test]
    fn folders_of_the_system_are_no_folders_of_this_machine() {
        assert!(is_of_this_machine("/home/me/.pyenv/versions/3.11.7/lib"));
        for folder in ["$ORIGIN/../lib", "/usr/lib/x86_64-linux-gnu", "/lib64x/../..", ""] {
            assert_eq!(is_of_this_machine(folder), folder.starts_with("/lib64x"), "{folder}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_program_of_this_system_needs_a_c_library_and_what_is_no_program_needs_none() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, bytes: &[u8]| {
            let path = folder.path().join(name);
            std::fs::write(&path, bytes).unwrap();
            path
        };
        let own = std::env::current_exe().unwrap();
        let seen = look(&[own]);
        assert!(
            seen.oldest > Oldest(Some((2, 2))) && seen.needed.iter().any(|name| name.starts_with("libc.")),
            "{seen:?}"
        );
        let none = [file("text", b"hello"), file("short", b"\x7fELF\x02"), file("empty", b"")];
        assert_eq!(look(&none).oldest, Oldest(None));
    }
}
