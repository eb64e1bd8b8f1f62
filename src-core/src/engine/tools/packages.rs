//! The commands that install programs of this system, for the distribution that runs here.

use std::path::Path;

use super::system::find;
use crate::catalogue::{Installer, Tool, installers};
use crate::inspect::regular;
use crate::problem::{Hint, listing};

/// The command that installs a tool here.
pub(in crate::engine) fn install_command(tool: &Tool) -> Option<Vec<String>> {
    let (installer, package) = package_of(tool, &here())?;
    Some(command(installer, &[package]))
}

/// How these tools are got: one command for each package manager that has some of them, and where the others are described.
pub(in crate::engine) fn hints<'a>(tools: impl IntoIterator<Item = &'a Tool>) -> Vec<Hint> {
    let installers = here();
    let mut found: Vec<(&Installer, Vec<&str>, Vec<String>)> = Vec::new();
    let mut others = Vec::new();
    for tool in tools {
        let name = format!("`{}`", tool.name);
        let Some((installer, package)) = package_of(tool, &installers) else {
            others.push(by_hand(tool));
            continue;
        };
        match found.iter_mut().find(|(known, ..)| *known == installer && !known.one_at_a_time) {
            Some((_, packages, names)) => {
                if !packages.contains(&package) {
                    packages.push(package);
                }
                names.push(name);
            }
            None => found.push((installer, vec![package], vec![name])),
        }
    }
    let commands = found.into_iter().map(|(installer, packages, names)| Hint {
        text: format!("Install {}", listing(&names)),
        command: command(installer, &packages),
        remedy: None,
    });
    commands.chain(others).collect()
}

/// Where it is said how a tool is installed that no package manager here has.
fn by_hand(tool: &Tool) -> Hint {
    let place = format!("Install `{}` as {} says", tool.name, tool.documentation);
    let text = if tool.elsewhere.is_empty() { place } else { format!("{place}: {}", tool.elsewhere) };
    Hint::of(text)
}

fn package_of<'a>(tool: &'a Tool, installers: &[&'static Installer]) -> Option<(&'static Installer, &'a str)> {
    installers.iter().find_map(|installer| {
        let install = tool.install.iter().find(|install| install.with == installer.id)?;
        Some((*installer, install.package.as_str()))
    })
}

fn command(installer: &Installer, packages: &[&str]) -> Vec<String> {
    let sudo = (installer.needs_root && !is_root() && find("sudo", &[]).is_some()).then(|| "sudo".to_owned());
    let packages = packages.iter().map(|package| (*package).to_owned());
    sudo.into_iter().chain(installer.command.iter().cloned()).chain(packages).collect()
}

#[cfg(unix)]
fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

#[cfg(not(unix))]
fn is_root() -> bool {
    false
}

/// The package managers that are here, the one to ask first first.
fn here() -> Vec<&'static Installer> {
    let texts = ["/etc/os-release", "/usr/lib/os-release"].iter().filter_map(|path| {
        let bytes = regular::read(Path::new(path), regular::LARGEST).ok()?;
        Some(String::from_utf8_lossy(&bytes).into_owned())
    });
    let is_here = |installer: &Installer| installer.command.first().is_some_and(|name| find(name, &[]).is_some());
    in_order(&distribution(&texts.take(1).collect::<String>()), is_here)
}

/// Those of the distribution, then those that work beside any system. One of another distribution may be installed too, but
/// what it installs is not for this one. Where the distribution is unknown, whatever is here will do.
fn in_order(distribution: &[&str], is_here: impl Fn(&Installer) -> bool) -> Vec<&'static Installer> {
    let is_own = |installer: &Installer| installer.distributions.iter().any(|name| distribution.contains(&&**name));
    let is_known = installers().iter().any(is_own);
    let fits = |installer: &&Installer| !is_known || installer.distributions.is_empty() || is_own(installer);
    let mut found: Vec<&Installer> = installers().iter().filter(fits).filter(|installer| is_here(installer)).collect();
    found.sort_by_key(|installer| !is_own(installer));
    found
}

/// What a distribution calls itself and those that it is like, as os-release(5) has it.
fn distribution(os_release: &str) -> Vec<&str> {
    let value = |key: &str| {
        let line = os_release.lines().find_map(|line| line.trim().strip_prefix(key)?.strip_prefix('='));
        line.unwrap_or_default().trim_matches(['"', '\''])
    };
    value("ID").split_whitespace().chain(value("ID_LIKE").split_whitespace()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::tool;

    fn ids(os_release: &str, here: &[&str]) -> Vec<&'static str> {
        let found = in_order(&distribution(os_release), |installer| here.contains(&installer.id.as_str()));
        found.into_iter().map(|installer| installer.id.as_str()).collect()
    }

    #[test]
    fn the_package_manager_is_that_of_the_distribution() {
        let all = ["apt", "dnf", "pacman", "apk", "zypper"];
        for (os_release, installer) in [
            ("ID=debian\nVERSION_ID=\"12\"\n", "apt"),
            ("NAME=\"Linux Mint\"\nID=linuxmint\nID_LIKE=\"ubuntu debian\"\n", "apt"),
            ("ID=\"fedora\"\n", "dnf"),
            ("ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n", "dnf"),
            ("ID=arch\n", "pacman"),
            ("ID=alpine\n", "apk"),
            ("ID=\"opensuse-tumbleweed\"\nID_LIKE=\"opensuse suse\"\n", "zypper"),
        ] {
            assert_eq!(ids(os_release, &all), [installer]);
            assert!(ids(os_release, &[]).is_empty());
        }
    }

    #[test]
    fn what_works_beside_any_system_comes_after_the_distributions_own() {
        assert_eq!(ids("ID=fedora\n", &["apt", "brew", "dnf"]), ["dnf", "brew"]);
        assert_eq!(ids("ID=fedora\n", &["apt", "brew"]), ["brew"]);
        assert_eq!(ids("", &["brew"]), ["brew"]);
        assert_eq!(ids("ID=unheard-of\n", &["dnf", "brew"]), ["dnf", "brew"]);
    }

    #[test]
    fn several_tools_of_one_package_manager_are_one_command() {
        let installers: Vec<_> = installers().iter().filter(|installer| installer.id == "dnf").collect();
        let package = |name: &str| package_of(tool(name).unwrap(), &installers).map(|(_, package)| package);
        assert_eq!(package("Xvfb"), Some("xorg-x11-server-Xvfb"));
        assert_eq!(package("lintian"), None);
        let hints = hints([tool("xdotool").unwrap(), tool("git").unwrap(), tool("brew").unwrap()]);
        // Whatever is here, Homebrew installs itself.
        let last = hints.last().unwrap();
        assert!(last.command.is_empty() && last.text.contains("https://docs.brew.sh/Installation says: "), "{last:?}");
        assert!(!here().iter().any(|installer| !installer.distributions.is_empty()) || hints.len() == 2, "{hints:?}");
    }
}
