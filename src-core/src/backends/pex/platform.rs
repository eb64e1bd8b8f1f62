//! The platforms of a PEX file, as pex abbreviates them: `manylinux_2_28_x86_64-cp-3.11.7-cp311`.

use crate::backend::{Need, PlanError, Request};
use crate::facts::{Arch, Environment, Libc, Os, Platform};
use crate::problem::{Code, Problem};

/// The environments of the option `platforms`, without the target's own.
pub(super) fn chosen(request: &Request) -> Result<Vec<Environment>, PlanError> {
    let mut environments = Vec::new();
    for text in request.options.list("platforms") {
        let platform = parse(text).ok_or_else(|| unknown(text))?;
        let environment = Environment { platform, ..request.environment };
        if platform != request.environment.platform && !environments.contains(&environment) {
            environments.push(environment);
        }
    }
    Ok(environments)
}

/// Whether the Python that runs pex is one of this platform.
pub(super) fn is_here(platform: Platform) -> bool {
    let host = Platform::host();
    (platform.os, platform.arch) == (host.os, host.arch)
}

fn parse(text: &str) -> Option<Platform> {
    let (text, libc) = match text.strip_suffix("-musl") {
        Some(text) => (text, Libc::Musl),
        None => (text, Libc::Glibc),
    };
    let (os, arch) = text.split_once('-')?;
    let os = Os::named(os).ok()?;
    Some(Platform { os, arch: Arch::named(arch).ok()?, libc: (os == Os::Linux).then_some(libc) })
        .filter(|platform| machine(*platform).is_some())
}

fn unknown(text: &str) -> PlanError {
    Problem::new(Code::Usage, format!("`{text}` is no platform that a PEX file can be made for"))
        .hint("Write it as os-arch, for example `linux-arm64`, `linux-x86-64-musl` or `macos-arm64`")
        .into()
}

/// The abbreviation, with the oldest system that the resolved wheels allow.
///
/// The exact version of Python is in it, because requirements may have conditions on it.
pub(super) fn abbreviated(request: &Request, environment: Environment) -> Result<String, PlanError> {
    let lock = request.resolved.locks.get(&environment).ok_or(PlanError::Needs(Need::Lock(environment)))?;
    let names = lock.packages.iter().filter_map(|package| package.wheel.as_ref()).map(|wheel| wheel.name.as_str());
    let platform = environment.platform;
    let (prefix, machine, floor) = machine(platform).ok_or_else(|| unknown(&platform.to_string()))?;
    let newest = names.filter_map(|name| oldest(name, prefix, machine)).chain([floor]).max().unwrap_or(floor);
    let tag = match platform.os {
        Os::Windows => machine.to_owned(),
        _ => format!("{prefix}_{}_{}_{machine}", newest.0, newest.1),
    };
    let python = environment.python;
    Ok(format!("{tag}-cp-{}-cp{}{}", request.python, python.major, python.minor))
}

/// How a platform tag is made up, and the oldest system that is assumed.
fn machine(platform: Platform) -> Option<(&'static str, &'static str, (u32, u32))> {
    Some(match (platform.os, platform.arch, platform.libc) {
        (Os::Linux, arch, Some(Libc::Musl)) => ("musllinux", linux(arch)?, (1, 1)),
        (Os::Linux, arch, _) => ("manylinux", linux(arch)?, (2, 17)),
        (Os::Macos, Arch::X86_64, _) => ("macosx", "x86_64", (10, 12)),
        (Os::Macos, Arch::Arm64, _) => ("macosx", "arm64", (11, 0)),
        (Os::Windows, Arch::X86_64, _) => ("win", "win_amd64", (0, 0)),
        (Os::Windows, Arch::Arm64, _) => ("win", "win_arm64", (0, 0)),
        _ => return None,
    })
}

fn linux(arch: Arch) -> Option<&'static str> {
    Some(match arch {
        Arch::X86_64 => "x86_64",
        Arch::X86 => "i686",
        Arch::Arm64 => "aarch64",
        Arch::Armv7 => "armv7l",
        Arch::Riscv64 => "riscv64",
        Arch::Microcontroller => return None,
    })
}

/// The oldest system that a wheel runs on, from its compressed platform tags.
fn oldest(wheel: &str, prefix: &str, machine: &str) -> Option<(u32, u32)> {
    let tags = wheel.strip_suffix(".whl")?.rsplit('-').next()?;
    let versions = tags.split('.').filter_map(|tag| {
        let version = tag.strip_prefix(prefix)?.strip_prefix('_')?.strip_suffix(machine)?.strip_suffix('_')?;
        let (major, minor) = version.split_once('_')?;
        Some((major.parse().ok()?, minor.parse().ok()?))
    });
    versions.min()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::sample;

    #[test]
    fn platforms_are_named_as_targets_are() {
        let named = |text| parse(text).map(|platform| platform.to_string());
        assert_eq!(named("linux-x86-64").as_deref(), Some("linux-x86-64"));
        assert_eq!(named("linux-arm64-musl").as_deref(), Some("linux-arm64-musl"));
        assert_eq!(named("macos-arm64").as_deref(), Some("macos-arm64"));
        for text in ["", "linux", "amiga-x86", "ios-arm64", "linux-microcontroller"] {
            assert_eq!(named(text), None, "{text}");
        }
    }

    #[test]
    fn an_unknown_platform_is_answered_with_examples() {
        let PlanError::Unsuitable(problem) = unknown("amiga") else { panic!() };
        assert_eq!(problem.message, "`amiga` is no platform that a PEX file can be made for");
        assert!(problem.hints[0].text.contains("linux-arm64"));
    }

    #[test]
    fn the_oldest_of_several_tags_counts() {
        let wheel = "numpy-2.4.6-cp311-cp311-manylinux_2_27_aarch64.manylinux_2_28_aarch64.whl";
        assert_eq!(oldest(wheel, "manylinux", "aarch64"), Some((2, 27)));
        assert_eq!(oldest(wheel, "manylinux", "x86_64"), None);
        assert_eq!(oldest("click-8-py3-none-any.whl", "manylinux", "x86_64"), None);
    }

    #[test]
    fn an_abbreviation_names_system_and_exact_python() {
        let request = sample::numpy_report();
        let text = abbreviated(&request, request.environment).unwrap();
        assert_eq!(text, "manylinux_2_27_x86_64-cp-3.11.7-cp311");
        let request = sample::weather();
        let text = abbreviated(&request, request.environment).unwrap();
        assert_eq!(text, "manylinux_2_17_x86_64-cp-3.11.7-cp311");
    }
}
