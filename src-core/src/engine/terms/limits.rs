//! How much is taken from what others wrote: projects, archives, outputs and logs.
//!
//! The limits are far above what real packages need. The largest wheels of the index unpack to a few gigabytes in some
//! ten thousand files, and to six times their own size at most; a megabyte of zeros packs into a kilobyte.

use crate::problem::{Code, Problem};

/// The variable by which a user raises every limit.
const VARIABLE: &str = "PACKWRIGHT_LIMITS";

/// What every message about a limit says, so that its remedy can be added.
const MARK: &str = "more than Packwright takes";

/// The limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine) struct Limits {
    /// Files in one archive or project, or written by one step.
    pub members: u64,
    /// Bytes of one file.
    pub member: u64,
    /// Bytes of all files.
    pub total: u64,
    /// How many times its own size an archive may unpack to, once that is more than `FREE`.
    pub ratio: u64,
    /// Bytes of a path in an archive.
    pub path: usize,
    /// Parts of such a path.
    pub depth: usize,
    /// Bytes of a log.
    pub log: u64,
    /// Bytes of the files of a project.
    pub source: u64,
}

/// What may be packed as tightly as one likes, in bytes.
const FREE: u64 = 64 << 20;

/// One limit that was passed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}, {MARK}: {limit}")]
pub struct Passed {
    /// What is too much, for example "it unpacks to 3000 MiB".
    pub what: String,
    /// The limit, for example "100 times its own size of 3 MiB".
    pub limit: String,
}

impl Limits {
    /// Unless the user says otherwise.
    const USUAL: Self = Self {
        members: 200_000,
        member: 8 << 30,
        total: 16 << 30,
        ratio: 100,
        path: 1_024,
        depth: 64,
        log: 64 << 20,
        source: 4 << 30,
    };

    /// The limits that the user has set.
    pub fn current() -> Self {
        Self::USUAL.times(factor().unwrap_or(1))
    }

    fn times(self, factor: u32) -> Self {
        let (few, many) = (usize::try_from(factor).unwrap_or(1), u64::from(factor));
        Self {
            members: self.members * many,
            member: self.member * many,
            total: self.total * many,
            ratio: self.ratio * many,
            path: self.path * few,
            depth: self.depth * few,
            log: self.log * many,
            source: self.source * many,
        }
    }

    /// Whether an archive of this size may unpack to so many bytes.
    pub fn unpacked(&self, packed: u64, bytes: u64) -> Result<(), Passed> {
        let tight = packed.saturating_mul(self.ratio);
        if bytes > self.total {
            return Err(passed(format!("it unpacks to {}", mib(bytes)), mib(self.total)));
        }
        if bytes > tight && bytes > FREE {
            let limit = format!("{} times its own size of {}", self.ratio, mib(packed));
            return Err(passed(format!("it unpacks to {}", mib(bytes)), limit));
        }
        Ok(())
    }

    /// The most bytes that an archive of this size may unpack to.
    pub fn most_unpacked(&self, packed: u64) -> u64 {
        self.total.min(packed.saturating_mul(self.ratio).max(FREE))
    }

    pub fn members(&self, count: u64) -> Result<(), Passed> {
        if count <= self.members {
            return Ok(());
        }
        Err(passed(format!("it holds {count} files"), self.members.to_string()))
    }

    /// So many files with so many bytes that a step wrote.
    pub fn written(&self, files: u64, bytes: u64) -> Result<(), Passed> {
        self.members(files)?;
        if bytes <= self.total {
            return Ok(());
        }
        Err(passed(format!("it has {}", mib(bytes)), mib(self.total)))
    }

    /// So many files with so many bytes of a project, which every build copies.
    pub fn source(&self, files: u64, bytes: u64) -> Result<(), Passed> {
        self.members(files)?;
        if bytes <= self.source {
            return Ok(());
        }
        Err(passed(format!("it has {}", mib(bytes)), mib(self.source)))
    }

    /// One member of an archive, by its path and its size.
    pub fn one(&self, path: &str, bytes: u64) -> Result<(), Passed> {
        let depth = path.split('/').count();
        if path.len() > self.path {
            return Err(passed(format!("its path is {} bytes long", path.len()), self.path.to_string()));
        }
        if depth > self.depth {
            return Err(passed(format!("its path has {depth} parts"), self.depth.to_string()));
        }
        if bytes > self.member {
            return Err(passed(format!("it has {}", mib(bytes)), mib(self.member)));
        }
        Ok(())
    }
}

pub(in crate::engine) fn passed(what: String, limit: String) -> Passed {
    Passed { what, limit }
}

/// A size in words.
pub(in crate::engine) fn mib(bytes: u64) -> String {
    format!("{} MiB", bytes.div_ceil(1 << 20))
}

/// What the user has set: how many times the usual limits.
fn factor() -> Result<u32, String> {
    match std::env::var(VARIABLE) {
        Ok(text) if !text.is_empty() => text.parse().ok().filter(|factor| (1..=1_000).contains(factor)).ok_or(text),
        Ok(_) | Err(std::env::VarError::NotPresent) => Ok(1),
        Err(std::env::VarError::NotUnicode(text)) => Err(text.to_string_lossy().into_owned()),
    }
}

/// Whether the user has set something that is no factor.
pub(in crate::engine) fn check() -> Result<(), Problem> {
    let Err(text) = factor() else { return Ok(()) };
    let message = format!("`{VARIABLE}` is `{text}`, which is not a whole number from 1 to 1000");
    Err(Problem::new(Code::Usage, message).hint("It says by how much every limit is raised: 2 doubles them"))
}

impl Problem {
    /// Adds how to raise the limits, where one was passed.
    pub(in crate::engine) fn limit_hint(self) -> Self {
        let is_told = self.hints.iter().any(|hint| hint.text.contains(VARIABLE));
        if is_told || !std::iter::once(&self.message).chain(&self.causes).any(|text| text.contains(MARK)) {
            return self;
        }
        self.hint(format!("If it is meant to be that large, set `{VARIABLE}=2`, which doubles every limit"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GIB: u64 = 1 << 30;

    #[test]
    fn real_wheels_pass_and_archives_of_zeros_do_not() {
        let limits = Limits::USUAL;
        // By their sizes: a large framework for learning, a library for graphics cards, a small wheel that packs well.
        for (packed, unpacked) in [(900 << 20, 3 * GIB), (700 << 20, GIB), (100 << 10, 60 << 20), (2 * GIB, 12 * GIB)] {
            assert_eq!(limits.unpacked(packed, unpacked), Ok(()));
        }
        assert!(limits.members(13_000).is_ok() && limits.one("torch/lib/libtorch_cuda.so", 2 * GIB).is_ok());
        let error = limits.unpacked(3 << 20, 3_000 << 20).unwrap_err().to_string();
        assert_eq!(error, "it unpacks to 3000 MiB, more than Packwright takes: 100 times its own size of 3 MiB");
        let error = limits.unpacked(10 * GIB, 17 * GIB).unwrap_err().to_string();
        assert_eq!(error, "it unpacks to 17408 MiB, more than Packwright takes: 16384 MiB");
        assert_eq!(limits.most_unpacked(3 << 20), 300 << 20);
        assert_eq!((limits.most_unpacked(1), limits.most_unpacked(u64::MAX)), (FREE, 16 * GIB));
    }

    #[test]
    fn every_limit_is_raised_by_the_same_factor() {
        let double = Limits::USUAL.times(2);
        assert_eq!(double.unpacked(3 << 20, 600 << 20), Ok(()));
        assert!(double.members(400_000).is_ok() && double.one(&"a/".repeat(99), 16 * GIB).is_ok());
        assert!(Limits::USUAL.members(400_000).is_err());
        assert!(Limits::USUAL.one(&"a/".repeat(99), 1).is_err() && Limits::USUAL.one(&"a".repeat(1_025), 1).is_err());
        assert!(Limits::USUAL.one("a", 9 * GIB).is_err());
    }

    #[test]
    fn who_meets_a_limit_is_told_how_to_raise_it() {
        let passed = Limits::USUAL.members(200_001).unwrap_err();
        assert_eq!(passed.to_string(), "it holds 200001 files, more than Packwright takes: 200000");
        let problem = Problem::new(Code::BuildFailed, "the step failed").because(&passed).limit_hint();
        assert!(problem.hints[0].text.contains("`PACKWRIGHT_LIMITS=2`"), "{problem:?}");
        assert!(Problem::new(Code::BuildFailed, "another").limit_hint().hints.is_empty());
    }
}
