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
}

impl Usage {
    /// The argument vector for one artifact.
    pub fn command_for(&self, path: &str) -> Vec<String> {
        self.command.iter().map(|word| if word == ARTIFACT { path.to_owned() } else { word.clone() }).collect()
    }

    /// What is wrong with it.
    pub(super) fn fault(&self) -> Option<&'static str> {
        let named = self.command.iter().filter(|word| *word == ARTIFACT).count();
        let checks = [(!self.ending.is_empty(), "has no ending"), (named == 1, "does not name `{artifact}` once")];
        checks.into_iter().find(|(holds, _)| !holds).map(|(_, fault)| fault)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usage(ending: &str, command: &[&str]) -> Usage {
        let command = command.iter().map(|word| (*word).to_owned()).collect();
        Usage { ending: ending.into(), does: Does::Run, command }
    }

    #[test]
    fn the_path_takes_its_place_in_the_command() {
        assert_eq!(usage(".pyz", &["python3", ARTIFACT]).command_for("a b.pyz"), ["python3", "a b.pyz"]);
    }

    #[test]
    fn a_usage_without_the_artifact_or_an_ending_is_a_fault() {
        assert_eq!(usage(".pyz", &["python3", ARTIFACT]).fault(), None);
        for wrong in [usage(".pyz", &["python3"]), usage("", &[ARTIFACT]), usage(".pyz", &[ARTIFACT, ARTIFACT])] {
            assert!(wrong.fault().is_some(), "{wrong:?}");
        }
    }
}
