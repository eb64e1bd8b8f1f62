//! The platforms of a PEX file, and how pex is told of those that are not here.

use std::collections::BTreeSet;

use serde_json::json;

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
pub(super) fn is_here(request: &Request, platform: Platform) -> bool {
    let host = request.host.platform;
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

/// What pex must know of an environment that is not here, as JSON: the values of its markers, and the tags it accepts.
///
/// The wheels are resolved already, so their tags are the ones that count. With a full description pex asks no pip for the
/// rest, which it would have to fetch for Python 3.12 and newer.
pub(super) fn description(request: &Request, environment: Environment) -> Result<String, PlanError> {
    let lock = request.resolved.locks.get(&environment).ok_or(PlanError::Needs(Need::Lock(environment)))?;
    let names = lock.packages.iter().filter_map(|package| package.wheel.as_ref()).map(|wheel| wheel.name.as_str());
    // What comes as source only has no tags yet; it is built here, and fits there where it turns out to be pure. With one
    // tag alone pex divides by the number of the others.
    let minor = environment.python;
    let pure = ["py3", &format!("py{}{}", minor.major, minor.minor), &format!("cp{}{}", minor.major, minor.minor)]
        .map(|python| format!("{python}-none-any"));
    let tags: BTreeSet<String> = names.flat_map(tags).chain(pure).collect();
    let platform = environment.platform;
    let (os_name, sys_platform, system) = match platform.os {
        Os::Windows => ("nt", "win32", "Windows"),
        Os::Macos => ("posix", "darwin", "Darwin"),
        _ => ("posix", "linux", "Linux"),
    };
    let description = json!({
        "marker_environment": {
            "implementation_name": "cpython",
            "implementation_version": request.python,
            "os_name": os_name,
            "platform_machine": machine(platform).ok_or_else(|| unknown(&platform.to_string()))?,
            "platform_python_implementation": "CPython",
            "platform_release": "",
            "platform_system": system,
            "platform_version": "",
            "python_full_version": request.python,
            "python_version": environment.python.to_string(),
            "sys_platform": sys_platform,
        },
        "compatible_tags": tags,
    });
    Ok(description.to_string())
}

/// What `platform.machine()` says there; `None` where there is no PEX file for it.
fn machine(platform: Platform) -> Option<&'static str> {
    Some(match (platform.os, platform.arch) {
        (Os::Linux | Os::Macos, Arch::X86_64) => "x86_64",
        (Os::Windows, Arch::X86_64) => "AMD64",
        (Os::Macos, Arch::Arm64) => "arm64",
        (Os::Windows, Arch::Arm64) => "ARM64",
        (Os::Linux, Arch::Arm64) => "aarch64",
        (Os::Linux, Arch::X86) => "i686",
        (Os::Linux, Arch::Armv7) => "armv7l",
        (Os::Linux, Arch::Riscv64) => "riscv64",
        _ => return None,
    })
}

/// The tags in the name of a wheel: every Python with every ABI with every platform.
fn tags(wheel: &str) -> Vec<String> {
    let mut parts = wheel.strip_suffix(".whl").unwrap_or(wheel).rsplitn(4, '-');
    let (Some(platforms), Some(abis), Some(pythons)) = (parts.next(), parts.next(), parts.next()) else {
        return Vec::new();
    };
    let with_abi = |python| abis.split('.').map(move |abi| format!("{python}-{abi}"));
    let both = pythons.split('.').flat_map(with_abi);
    both.flat_map(|head| platforms.split('.').map(move |platform| format!("{head}-{platform}"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::{Backend, sample};

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
    fn the_platforms_to_choose_from_are_all_there_are() {
        let option = super::super::BACKEND.entry().options.iter().find(|option| option.id == "platforms").unwrap();
        let mut choices: Vec<Platform> = option.choices.iter().map(|choice| parse(&choice.id).unwrap()).collect();
        let all = Os::ALL.iter().flat_map(|os| Arch::ALL.iter().map(move |arch| (*os, *arch)));
        let named = all.flat_map(|(os, arch)| ["", "-musl"].map(|libc| format!("{os}-{arch}{libc}")));
        let mut wanted: Vec<Platform> = named.filter_map(|name| parse(&name)).collect();
        choices.sort_by_key(ToString::to_string);
        wanted.sort_by_key(ToString::to_string);
        wanted.dedup();
        assert_eq!(choices, wanted);
        assert!(option.check("linux-arm64, macos-arm64,").is_ok() && option.check("").is_ok());
        assert!(option.check("linux-arm64,amiga").unwrap_err().to_string().contains("`linux-x86-64-musl`"));
    }

    #[test]
    fn an_unknown_platform_is_answered_with_examples() {
        let PlanError::Unsuitable(problem) = unknown("amiga") else { panic!() };
        assert_eq!(problem.message, "`amiga` is no platform that a PEX file can be made for");
        assert!(problem.hints[0].text.contains("linux-arm64"));
    }

    #[test]
    fn a_name_stands_for_all_its_tags() {
        assert_eq!(tags("click-8.1-py2.py3-none-any.whl"), ["py2-none-any", "py3-none-any"]);
        assert_eq!(
            tags("numpy-2.4.6-1-cp311-cp311-manylinux_2_27_aarch64.manylinux_2_28_aarch64.whl"),
            ["cp311-cp311-manylinux_2_27_aarch64", "cp311-cp311-manylinux_2_28_aarch64"]
        );
        assert!(tags("odd.whl").is_empty());
    }

    #[test]
    fn a_description_holds_markers_and_the_tags_of_the_lock() {
        let request = sample::numpy_report();
        let text = description(&request, request.environment).unwrap();
        let read: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(read["marker_environment"]["python_full_version"], "3.11.7");
        assert_eq!(read["marker_environment"]["platform_machine"], "x86_64");
        let tags = read["compatible_tags"].as_array().unwrap();
        for tag in ["cp311-cp311-manylinux_2_28_x86_64", "py3-none-any", "cp311-none-any"] {
            assert!(tags.contains(&tag.into()), "{tag}: {tags:?}");
        }
    }
}
