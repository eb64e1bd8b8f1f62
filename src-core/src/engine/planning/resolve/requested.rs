//! A requirement as far as it says what is wanted, where from, and when: `NAME[EXTRAS] @ ADDRESS ; MARKER`, or versions
//! in the place of the address, as PEP 508 writes it.

use std::path::PathBuf;

use crate::engine::terms::address::percent_decoded;
use crate::engine::tools::Interpreter;
use crate::facts::pep::{self, ExtraName, MarkerEnvironment, MarkerEnvironmentBuilder};
use crate::facts::{Arch, Environment, Os, Platform, normalize};

/// What begins an address of a repository, followed by `+` (pip's *VCS support*).
const REPOSITORIES: [&str; 4] = ["git", "hg", "svn", "bzr"];

/// What of an environment no target tells: with one of these a marker may hold or not.
const UNKNOWN: [&str; 3] = ["platform_release", "platform_version", "platform.version"];

/// What a requirement asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::engine) struct Requested<'t> {
    /// Normalised name.
    pub name: String,
    /// As they are written.
    pub extras: Vec<&'t str>,
    /// Where it is, if an index is not to be asked.
    pub address: Option<&'t str>,
    marker: Option<&'t str>,
}

impl<'t> Requested<'t> {
    /// Reads a requirement.
    pub fn parse(text: &'t str) -> Self {
        let text = text.trim();
        let is_name = |character: char| character.is_alphanumeric() || "-_.".contains(character);
        let (name, rest) = text.split_at(text.find(|character| !is_name(character)).unwrap_or(text.len()));
        let inner = rest.trim_start().strip_prefix('[').and_then(|rest| rest.split_once(']'));
        let (extras, rest) = inner.unwrap_or(("", rest));
        let (address, rest) = match rest.trim_start().strip_prefix('@').map(str::trim_start) {
            // `;` may be part of an address, which ends at a space.
            Some(rest) => {
                let (address, rest) = rest.split_at(rest.find(char::is_whitespace).unwrap_or(rest.len()));
                (Some(address), rest)
            }
            None => (None, rest),
        };
        let extras = extras.split(',').map(str::trim).filter(|extra| !extra.is_empty()).collect();
        Self { name: normalize(name), extras, address, marker: rest.split_once(';').map(|(_, marker)| marker.trim()) }
    }

    /// The folder of this machine that the address names, whether it is there or not.
    pub fn folder(&self) -> Option<PathBuf> {
        let path = self.address?.strip_prefix("file://")?;
        Some(PathBuf::from(percent_decoded(path.split('#').next().unwrap_or(path))))
    }

    /// The kind of repository that a requirement is to be had from, also where the address stands alone.
    pub fn repository(text: &'t str) -> Option<&'static str> {
        let address = Self::parse(text).address.unwrap_or(text).trim().to_ascii_lowercase();
        let is_of = |kind: &&str| address.strip_prefix(*kind).is_some_and(|rest| rest.starts_with('+'));
        REPOSITORIES.into_iter().find(is_of)
    }

    /// Whether it counts in an environment for who asked for no extras. Where nobody can tell, it does.
    pub fn is_needed(&self, environment: Option<&MarkerEnvironment>, extras: &[String]) -> bool {
        let Some(text) = self.marker else { return true };
        let Ok(marker) = pep::marker(text) else { return true };
        let extras: Vec<ExtraName> = extras.iter().filter_map(|extra| pep::extra_name(extra)).collect();
        let environment = environment.filter(|_| !UNKNOWN.iter().any(|variable| text.contains(variable)));
        marker.evaluate_optional_environment(environment, &extras)
    }
}

/// What markers are compared with in an environment; `None` where its words are not known. Like `uv`, it takes the first
/// release of a Python that is not this one.
pub(in crate::engine) fn markers(environment: Environment, python: &Interpreter) -> Option<MarkerEnvironment> {
    let Environment { python: minor, platform } = environment;
    let (os_name, sys_platform, platform_system) = match platform.os {
        Os::Linux => ("posix", "linux", "Linux"),
        Os::Windows => ("nt", "win32", "Windows"),
        Os::Macos => ("posix", "darwin", "Darwin"),
        Os::Android => ("posix", "android", "Android"),
        Os::Ios => ("posix", "ios", "iOS"),
        Os::Bsd | Os::BareMetal => return None,
    };
    let platform_machine = match (platform.arch, platform.os) {
        (Arch::X86_64, Os::Windows) => "AMD64",
        (Arch::X86_64, _) => "x86_64",
        (Arch::X86, Os::Windows) => "x86",
        (Arch::X86, _) => "i686",
        (Arch::Arm64, Os::Windows) => "ARM64",
        (Arch::Arm64, Os::Macos | Os::Ios) => "arm64",
        (Arch::Arm64, _) => "aarch64",
        (Arch::Armv7, _) => "armv7l",
        (Arch::Riscv64, _) => "riscv64",
        (Arch::Microcontroller, _) => return None,
    };
    let is_here = platform == Platform::host() && python.minor() == Some(minor);
    let full = if is_here { python.version.clone() } else { format!("{minor}.0") };
    let builder = MarkerEnvironmentBuilder {
        implementation_name: "cpython",
        implementation_version: &full,
        os_name,
        platform_machine,
        platform_python_implementation: "CPython",
        platform_release: "",
        platform_system,
        platform_version: "",
        python_full_version: &full,
        python_version: &minor.to_string(),
        sys_platform,
    };
    builder.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Libc, PythonVersion};

    #[test]
    fn name_extras_address_and_marker_are_read_apart() {
        let text = "My_Lib [b, a]@ git+https://x.test/a;b@v1#subdirectory=py ; extra == '[c]'";
        let asked = Requested::parse(text);
        assert_eq!((asked.name.as_str(), asked.extras), ("my-lib", vec!["b", "a"]));
        assert_eq!(asked.address, Some("git+https://x.test/a;b@v1#subdirectory=py"));
        assert_eq!(asked.marker, Some("extra == '[c]'"));
        let plain = Requested::parse("click>=8,<9;os_name == '@ file:///x'");
        assert_eq!(
            (plain.name.as_str(), plain.address, plain.marker),
            ("click", None, Some("os_name == '@ file:///x'"))
        );
        assert_eq!(Requested::parse("a @ file:///b%20c#egg=a ; os_name == 'nt'").folder(), Some("/b c".into()));
        assert_eq!(Requested::parse("a (>=1)").extras, Vec::<&str>::new());
    }

    #[test]
    fn repositories_are_known_however_they_are_written() {
        assert_eq!(Requested::repository("a@git+https://x.test/a"), Some("git"));
        assert_eq!(Requested::repository("a[x] @ HG+http://x.test/a ; os_name == 'nt'"), Some("hg"));
        assert_eq!(Requested::repository(" svn+ssh://x.test/a"), Some("svn"));
        assert_eq!(Requested::repository("git>=1 ; os_name == 'git+'"), None);
        assert_eq!(Requested::repository("a @ https://x.test/git+a.whl"), None);
    }

    #[test]
    fn a_requirement_counts_where_its_marker_holds_and_where_nobody_can_tell() {
        let python = |version: &str| Interpreter {
            version: version.into(),
            implementation: "cpython".into(),
            executable: PathBuf::new(),
            prefix: PathBuf::new(),
            venv: false,
        };
        let platform = Platform { os: Os::Windows, arch: Arch::X86_64, libc: None };
        let environment = Environment { python: PythonVersion { major: 3, minor: 12 }, platform };
        let windows = markers(environment, &python("3.13.1"));
        let needed = |marker: &str, extras: &[&str]| {
            let extras: Vec<String> = extras.iter().map(|extra| (*extra).to_owned()).collect();
            Requested::parse(&format!("a>=1 ; {marker}")).is_needed(windows.as_ref(), &extras)
        };
        assert!(needed("sys_platform == 'win32' and platform_machine == 'AMD64'", &[]));
        assert!(!needed("os_name == 'posix'", &[]) && !needed("python_full_version >= '3.12.1'", &[]));
        assert!(needed("extra == 'x-y'", &["X_y"]) && !needed("extra == 'x'", &["y"]));
        assert!(needed("platform_release > '5'", &[]) && needed("no marker", &[]));
        let bsd = Platform { os: Os::Bsd, arch: Arch::X86_64, libc: Some(Libc::Glibc) };
        assert_eq!(markers(Environment { platform: bsd, ..environment }, &python("3.12.1")), None);
    }
}
