//! How `uv` is asked.

mod apart;

use std::collections::BTreeMap;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::{Routes, Wanted};
use crate::backend::Lock;
use crate::engine::disk::files::hex;
use crate::engine::network::indexes::Indexes;
use crate::engine::tools::{Access, Interpreter, environment};
use crate::facts::{Arch, Environment, Libc, Os, Platform};

pub(super) use self::apart::Settled;

/// Requirements with everything that decides the answer.
#[derive(Clone, Copy)]
pub(super) struct Question<'a> {
    pub wanted: &'a Wanted<'a>,
    pub constraints: &'a str,
    pub environment: Environment,
    pub python: &'a Interpreter,
    pub indexes: &'a Indexes,
    pub routes: &'a Routes,
    /// An answer of another day, whose versions are kept as far as they still fit.
    pub earlier: Option<&'a Lock>,
}

impl Question<'_> {
    /// The name under which the answer is remembered.
    pub fn key(&self) -> String {
        let configured: BTreeMap<String, String> = environment_of_indexes();
        let Wanted { requirements, local, itself, .. } = self.wanted;
        let files = self.wanted.files();
        let text = format!(
            "2\n{requirements:?}\n{local:?}\n{files:?}\n{itself:?}\n{}\n{}\n{}\n{}\n{}\n{configured:?}",
            self.routes.fingerprint(),
            self.constraints,
            self.environment,
            self.python.version,
            self.indexes.fingerprint()
        );
        format!("{}.json", hex(&Sha256::digest(text)).get(..32).unwrap_or_default())
    }

    /// The argument vector of `uv`, with its files in this folder and these indexes; for the environment that is asked for,
    /// or for all there are.
    pub fn arguments(&self, folder: &Path, indexes: &Indexes, offline: bool, everywhere: bool) -> Vec<String> {
        let path = |name: &str| folder.join(name).display().to_string();
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let mut args = words(&["pip", "compile", "--quiet", "--no-header", "--format", "pylock.toml"]);
        args.extend(["--output-file".into(), path("pylock.toml"), "--constraints".into(), path("constraints.txt")]);
        args.extend(["--python".into(), self.python.executable.display().to_string()]);
        if everywhere {
            args.extend(["--universal".into(), "--python-version".into(), self.environment.python.to_string()]);
        } else if self.environment.platform != Platform::host() || self.python.minor() != Some(self.environment.python)
        {
            args.extend([
                "--python-version".into(),
                self.environment.python.to_string(),
                "--python-platform".into(),
                uv_platform(self.environment.platform),
            ]);
        }
        if offline {
            args.push("--offline".into());
        }
        args.extend(indexes.arguments());
        args.push(path("requirements.in"));
        args
    }
}

/// uv's name for a platform. For glibc it is the oldest that most wheels are made for.
fn uv_platform(platform: Platform) -> String {
    let arch = match platform.arch {
        Arch::X86_64 => "x86_64",
        Arch::X86 => "i686",
        Arch::Arm64 => "aarch64",
        Arch::Armv7 => "armv7",
        Arch::Riscv64 => "riscv64",
        Arch::Microcontroller => "unknown",
    };
    match (platform.os, platform.libc) {
        (Os::Windows, _) => format!("{arch}-pc-windows-msvc"),
        (Os::Macos | Os::Ios, _) => format!("{arch}-apple-darwin"),
        (Os::Android, _) => format!("{arch}-linux-android"),
        (_, Some(Libc::Musl)) => format!("{arch}-unknown-linux-musl"),
        _ if arch == "riscv64" => "riscv64-unknown-linux".into(),
        _ => format!("{arch}-manylinux_2_28"),
    }
}

fn environment_of_indexes() -> BTreeMap<String, String> {
    let base = environment(Access::None, &[]);
    environment(Access::Index, &[])
        .into_iter()
        .filter(|(name, _)| !base.contains_key(name) && name.starts_with("UV_"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_platform_has_the_name_that_uv_knows_it_by() {
        let name = |os, arch, libc| uv_platform(Platform { os, arch, libc });
        assert_eq!(name(Os::Linux, Arch::X86_64, Some(Libc::Glibc)), "x86_64-manylinux_2_28");
        assert_eq!(name(Os::Linux, Arch::Arm64, Some(Libc::Musl)), "aarch64-unknown-linux-musl");
        assert_eq!(name(Os::Windows, Arch::X86_64, None), "x86_64-pc-windows-msvc");
        assert_eq!(name(Os::Macos, Arch::Arm64, None), "aarch64-apple-darwin");
    }
}
