//! What installs packages of a system: package managers, and their commands.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::embedded::data;

/// A package manager.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Installer {
    /// The word by which tools name it, for example `apt`.
    pub id: String,
    /// The command that installs; packages follow.
    pub command: Vec<String>,
    /// Distributions whose own it is, by `ID` or `ID_LIKE` of os-release(5); none for those beside any system.
    #[serde(default)]
    pub distributions: Vec<String>,
    /// Whether it installs for everybody, which only root may.
    #[serde(default)]
    pub needs_root: bool,
    /// Whether a command takes one package only.
    #[serde(default)]
    pub one_at_a_time: bool,
}

/// Every one, in the order in which they are asked.
pub fn installers() -> &'static [Installer] {
    static ALL: LazyLock<Vec<Installer>> = LazyLock::new(|| {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct File {
            installers: Vec<Installer>,
        }
        let file: File = data!("catalogue/installers.toml");
        file.installers
    });
    &ALL
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_package_manager_has_a_command_and_is_named_once() {
        let mut ids: Vec<&str> = installers().iter().map(|installer| installer.id.as_str()).collect();
        ids.sort_unstable();
        let before = ids.len();
        ids.dedup();
        assert_eq!(ids.len(), before);
        assert!(installers().iter().all(|installer| installer.command.len() > 1));
    }
}
