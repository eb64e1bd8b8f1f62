//! The name of the package and of its file.

use crate::backend::{PlanError, Request};
use crate::facts::{Arch, Libc, Os};
use crate::problem::{Code, Problem, Remedy};

/// The longest name: with version, architecture and suffix it stays a file name on every system.
const LONGEST: usize = 100;

/// The name of the package: what the option says, or what the project's name becomes; Debian Policy 5.6.1.
pub(super) fn package(request: &Request) -> Result<String, PlanError> {
    let asked = request.options.get("package");
    if !asked.is_empty() {
        return match fault(asked) {
            None => Ok(asked.to_owned()),
            Some(fault) => Err(refused(asked, fault, Code::Usage)),
        };
    }
    let name = request.project.normalized_name();
    match fault(&name) {
        None => Ok(name),
        Some(fault) => Err(refused(&name, fault, Code::Unsuitable)),
    }
}

/// Why a text is no name of a package.
fn fault(name: &str) -> Option<&'static str> {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    if name.chars().any(|c| !is_plain(c) && !"+-.".contains(c)) {
        return Some("names consist of lower case letters, digits, `+`, `-` and `.`");
    }
    if !name.starts_with(is_plain) {
        return Some("names begin with a letter or a digit");
    }
    if name.len() < 2 {
        return Some("names have two characters at least");
    }
    (name.len() > LONGEST).then_some("with the version behind it, it is too long for the name of a file")
}

fn refused(name: &str, fault: &str, code: Code) -> PlanError {
    Problem::new(code, format!("Debian does not take `{name}` as the name of a package: {fault}"))
        .hint("Choose a name by the option `package`, for example the project's with a word behind it")
        .into()
}

/// What packages are for in which nothing is made for one processor.
pub(super) const ANY: &str = "all";

/// What Debian calls the processor; [`ANY`] where nothing is made for one.
pub(super) fn architecture(request: &Request, is_native: bool) -> Result<&'static str, PlanError> {
    let platform = request.environment.platform;
    if platform.os != Os::Linux || platform.libc == Some(Libc::Musl) {
        let message = format!("Debian is Linux with the GNU C library, and the target is {platform}");
        let problem = Problem::new(Code::Unsuitable, message);
        return Err(problem
            .remedy("Choose a target with Linux and its usual C library, `os=linux,libc=glibc`", Remedy::Target)
            .into());
    }
    if !is_native {
        return Ok(ANY);
    }
    match platform.arch {
        Arch::X86_64 => Ok("amd64"),
        Arch::X86 => Ok("i386"),
        Arch::Arm64 => Ok("arm64"),
        Arch::Armv7 => Ok("armhf"),
        Arch::Riscv64 => Ok("riscv64"),
        Arch::Microcontroller => {
            let problem = Problem::new(Code::Unsuitable, "Debian does not run on microcontrollers");
            Err(problem.remedy("Choose another target, such as `arch=arm64`", Remedy::Target).into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::BACKEND;
    use super::*;
    use crate::backend::{Backend, sample};

    fn named(project: &str, option: &str) -> Result<String, String> {
        let mut request = sample::with_options(sample::weather(), BACKEND.entry(), &[("package", option)]);
        request.project.name = project.into();
        package(&request).map_err(|error| error.to_string())
    }

    #[test]
    fn upper_case_underscores_and_dots_become_what_policy_allows() {
        assert_eq!(named("Weather_CLI.app", "").as_deref(), Ok("weather-cli-app"));
        assert_eq!(named("4suite", "").as_deref(), Ok("4suite"));
    }

    #[test]
    fn what_cannot_become_a_name_is_refused_and_another_one_can_be_chosen() {
        assert_eq!(named("x", "x-program").as_deref(), Ok("x-program"));
        assert_eq!(named("x", "g++").as_deref(), Ok("g++"));
        let long = "n".repeat(101);
        for (project, option, fault) in [
            ("x", "", "two characters"),
            ("größe", "", "lower case letters"),
            ("", "", "begin with"),
            (long.as_str(), "", "too long"),
            ("fine", "Fine", "lower case letters"),
            ("fine", "a_b", "lower case letters"),
            ("fine", "-a", "begin with"),
            ("fine", "a/../b", "lower case letters"),
        ] {
            let said = named(project, option).unwrap_err();
            let shown = if option.is_empty() { project } else { option };
            assert!(said.contains(&format!("`{shown}`")) && said.contains(fault), "{said}");
        }
    }

    #[test]
    fn processors_have_debians_names_and_other_systems_are_refused() {
        let mut request = sample::weather();
        assert_eq!(architecture(&request, false).unwrap(), "all");
        assert_eq!(architecture(&request, true).unwrap(), "amd64");
        request.environment.platform.arch = Arch::Armv7;
        assert_eq!(architecture(&request, true).unwrap(), "armhf");
        request.environment.platform.arch = Arch::Microcontroller;
        assert!(architecture(&request, true).unwrap_err().to_string().contains("microcontrollers"));
        request.environment.platform.libc = Some(Libc::Musl);
        let said = architecture(&request, false).unwrap_err().to_string();
        assert!(said.starts_with("Debian is Linux with the GNU C library, and the target is linux-"), "{said}");
    }
}
