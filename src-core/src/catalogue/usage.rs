//! How people use what was made.

use serde::{Deserialize, Serialize};

/// What stands for the path of the artifact.
const ARTIFACT: &str = "{artifact}";

/// What a command does with an artifact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Does {
    /// It starts the program.
    Run,
    /// It puts it into an environment.
    Install,
}

/// How people use artifacts of a technology whose names end in some way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Usage {
    /// The end of their names, for example `.whl`.
    pub ending: String,
    /// What the command does.
    pub does: Does,
    /// The argument vector, with `{artifact}` for the path.
    pub command: Vec<String>,
    /// The same where Windows has another one.
    #[serde(default, rename = "on-windows", skip_serializing_if = "Option::is_none")]
    pub on_windows: Option<Vec<String>>,
}

impl Usage {
    /// The argument vector for one artifact.
    pub fn command_for(&self, path: &str) -> Vec<String> {
        put_in(&self.command, path)
    }

    /// The argument vector for one artifact on Windows.
    pub fn command_on_windows(&self, path: &str) -> Vec<String> {
        put_in(self.on_windows.as_ref().unwrap_or(&self.command), path)
    }

    /// What is wrong with it.
    pub(super) fn fault(&self) -> Option<&'static str> {
        let named = |command: &[String]| command.iter().filter(|word| *word == ARTIFACT).count() == 1;
        let is_named = named(&self.command) && self.on_windows.as_deref().is_none_or(named);
        let checks = [(!self.ending.is_empty(), "has no ending"), (is_named, "does not name `{artifact}` once")];
        checks.into_iter().find(|(holds, _)| !holds).map(|(_, fault)| fault)
    }
}

fn put_in(command: &[String], path: &str) -> Vec<String> {
    command.iter().map(|word| if word == ARTIFACT { path.to_owned() } else { word.clone() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usage(ending: &str, command: &[&str]) -> Usage {
        let command = command.iter().map(|word| (*word).to_owned()).collect();
        Usage { ending: ending.into(), does: Does::Run, command, on_windows: None }
    }

    #[test]
    fn the_path_takes_its_place_in_the_command() {
        let mut usage = usage(".pyz", &["python3", ARTIFACT]);
        assert_eq!(usage.command_for("a b.pyz"), ["python3", "a b.pyz"]);
        assert_eq!(usage.command_on_windows("a b.pyz"), ["python3", "a b.pyz"]);
        usage.on_windows = Some(vec!["py".into(), ARTIFACT.into()]);
        assert_eq!(usage.command_on_windows("a b.pyz"), ["py", "a b.pyz"]);
    }

    #[test]
    fn a_usage_without_the_artifact_or_an_ending_is_a_fault() {
        assert_eq!(usage(".pyz", &["python3", ARTIFACT]).fault(), None);
        for wrong in [usage(".pyz", &["python3"]), usage("", &[ARTIFACT]), usage(".pyz", &[ARTIFACT, ARTIFACT])] {
            assert!(wrong.fault().is_some(), "{wrong:?}");
        }
    }
}
