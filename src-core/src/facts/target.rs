//! Where an artifact shall run: system, processor, C library, Python.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Fact, UnknownWord};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident of $kind:literal { $($(#[$variant_doc:meta])* $variant:ident = $id:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        pub enum $name { $($(#[$variant_doc])* #[serde(rename = $id)] $variant),+ }

        impl $name {
            /// Every value.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The id, as the vocabulary spells it.
            pub fn id(self) -> &'static str {
                match self { $(Self::$variant => $id),+ }
            }

            /// The value with this id.
            pub fn named(id: &str) -> Result<Self, UnknownWord> {
                Self::ALL.iter().copied().find(|value| value.id() == id).ok_or_else(|| UnknownWord {
                    kind: $kind.into(), word: id.into(), nearest: None,
                })
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.id())
            }
        }
    };
}

words! {
    /// An operating system; the ids are the tags of the fact `os`.
    Os of "operating system" {
        /// Linux, of any distribution.
        Linux = "linux",
        /// Windows.
        Windows = "windows",
        /// macOS.
        Macos = "macos",
        /// Android.
        Android = "android",
        /// iOS and iPadOS.
        Ios = "ios",
        /// The BSDs.
        Bsd = "bsd",
        /// No operating system.
        BareMetal = "bare-metal",
    }
}

words! {
    /// A processor; the ids are the tags of the fact `arch`.
    Arch of "processor" {
        /// 64-bit x86.
        X86_64 = "x86-64",
        /// 32-bit x86.
        X86 = "x86",
        /// 64-bit ARM.
        Arm64 = "arm64",
        /// 32-bit ARM.
        Armv7 = "armv7",
        /// 64-bit RISC-V.
        Riscv64 = "riscv64",
        /// Too small for an operating system.
        Microcontroller = "microcontroller",
    }
}

words! {
    /// The C library of a Linux system.
    Libc of "C library" {
        /// The GNU C library.
        Glibc = "glibc",
        /// musl, as in Alpine.
        Musl = "musl",
    }
}

/// What a wheel with native code is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Platform {
    /// Its operating system.
    pub os: Os,
    /// Its processor.
    pub arch: Arch,
    /// Its C library, on Linux.
    pub libc: Option<Libc>,
}

/// Major and minor version of a Python, such as 3.11.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PythonVersion {
    /// Such as 3.
    pub major: u8,
    /// Such as 11.
    pub minor: u8,
}

/// One kind of place where wheels are installed: the key of a lock and of a wheelhouse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Environment {
    /// The Python there.
    pub python: PythonVersion,
    /// The platform there.
    pub platform: Platform,
}

/// Where an artifact shall run. What is `None` is the host's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// Its platform.
    pub platform: Platform,
    /// The Python there, where one is asked for.
    pub python: Option<PythonVersion>,
}

/// Why a target cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// A key that targets do not have.
    #[error("a target has no `{0}`; it has os, arch, libc and python")]
    Key(String),
    /// A part without `=`.
    #[error("`{0}` is not of the form key=value, as in os=linux,arch=arm64,python=3.12")]
    Assignment(String),
    /// A value that is not known.
    #[error(transparent)]
    Unknown(#[from] UnknownWord),
    /// A version that is not one.
    #[error("`{0}` is not a Python version such as 3.12")]
    Python(String),
}

impl Platform {
    /// The platform this program was compiled for.
    pub fn host() -> Self {
        let os = match std::env::consts::OS {
            "windows" => Os::Windows,
            "macos" => Os::Macos,
            "freebsd" | "openbsd" | "netbsd" | "dragonfly" => Os::Bsd,
            _ => Os::Linux,
        };
        let arch = match std::env::consts::ARCH {
            "aarch64" => Arch::Arm64,
            "x86" => Arch::X86,
            "arm" => Arch::Armv7,
            "riscv64" => Arch::Riscv64,
            _ => Arch::X86_64,
        };
        let libc = (os == Os::Linux).then_some(if cfg!(target_env = "musl") { Libc::Musl } else { Libc::Glibc });
        Self { os, arch, libc }
    }
}

impl Target {
    /// This machine.
    pub fn host() -> Self {
        Self { platform: Platform::host(), python: None }
    }

    /// A machine with this system, otherwise like this one.
    pub fn on(os: Os) -> Self {
        let host = Platform::host();
        let libc = (os == Os::Linux).then(|| host.libc.unwrap_or(Libc::Glibc));
        Self { platform: Platform { os, libc, ..host }, python: None }
    }
}

impl FromStr for Target {
    type Err = TargetError;

    /// Reads `os=…,arch=…,libc=…,python=…`; what is left out is the host's.
    fn from_str(text: &str) -> Result<Self, TargetError> {
        let mut target = Self::host();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let (key, value) = part.split_once('=').ok_or_else(|| TargetError::Assignment(part.into()))?;
            match key.trim() {
                "os" => {
                    Fact::named("os")?.tag(value)?;
                    target.platform.os = Os::named(value)?;
                    if target.platform.os != Os::Linux {
                        target.platform.libc = None;
                    }
                }
                "arch" => {
                    Fact::named("arch")?.tag(value)?;
                    target.platform.arch = Arch::named(value)?;
                }
                "libc" => target.platform.libc = Some(Libc::named(value)?),
                "python" => target.python = Some(value.parse()?),
                other => return Err(TargetError::Key(other.into())),
            }
        }
        Ok(target)
    }
}

impl FromStr for PythonVersion {
    type Err = TargetError;

    /// Reads `3.11`, also as the head of a longer version such as `3.11.7`.
    fn from_str(text: &str) -> Result<Self, TargetError> {
        let bad = || TargetError::Python(text.into());
        let mut parts = text.trim().split('.');
        let mut number = || parts.next().and_then(|part| part.parse().ok()).ok_or_else(bad);
        Ok(Self { major: number()?, minor: number()? })
    }
}

impl TryFrom<String> for PythonVersion {
    type Error = TargetError;

    fn try_from(text: String) -> Result<Self, TargetError> {
        text.parse()
    }
}

impl From<PythonVersion> for String {
    fn from(version: PythonVersion) -> Self {
        version.to_string()
    }
}

impl fmt::Display for PythonVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.os, self.arch)?;
        if self.libc == Some(Libc::Musl) { f.write_str("-musl") } else { Ok(()) }
    }
}

impl fmt::Display for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Python {} on {}", self.python, self.platform)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_read_from_its_parts() {
        let target: Target = "os=windows,arch=arm64,python=3.12".parse().unwrap();
        assert_eq!(target.platform, Platform { os: Os::Windows, arch: Arch::Arm64, libc: None });
        assert_eq!(target.python, Some(PythonVersion { major: 3, minor: 12 }));
    }

    #[test]
    fn a_bad_target_names_the_part() {
        let message = |text: &str| text.parse::<Target>().unwrap_err().to_string();
        assert_eq!(message("os"), "`os` is not of the form key=value, as in os=linux,arch=arm64,python=3.12");
        assert_eq!(message("os=linus"), "there is no tag of `os` `linus`; the nearest known one is `linux`");
        assert_eq!(message("colour=red"), "a target has no `colour`; it has os, arch, libc and python");
        assert_eq!(message("python=three"), "`three` is not a Python version such as 3.12");
    }

    #[test]
    fn every_system_and_processor_is_a_tag() {
        for os in Os::ALL {
            assert!(Fact::named("os").unwrap().tag(os.id()).is_ok());
        }
        for arch in Arch::ALL {
            assert!(Fact::named("arch").unwrap().tag(arch.id()).is_ok());
        }
    }
}
