//! What of a project's folder is no part of it, or only perhaps.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A path that nobody would ship without a thought.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Doubt {
    /// The path from the root, with `/` between its parts; that of a folder ends with `/`.
    pub path: String,
    /// What it is.
    pub kind: DoubtKind,
    /// The line that shows it, from 1, where one does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// What becomes of it.
    pub fate: Fate,
}

/// What becomes of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fate {
    /// It is left out, and only the user knows whether it should be.
    Asked,
    /// It is left out.
    LeftOut,
    /// It is part of the project, because somebody said so.
    Taken,
    /// It is part of the project, because version control tracks it although it is told to ignore it.
    Tracked,
}

/// What a path is that is no part of a project, or only perhaps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DoubtKind {
    /// A file that holds logins or keys.
    Credential,
    /// A file in which a secret was found.
    Secret,
    /// A database, which the program may write.
    Database,
    /// A log.
    Log,
    /// A copy of something as it was.
    Backup,
    /// An environment: Python, and what was installed for it.
    Environment,
    /// What tools keep for themselves.
    Cache,
    /// What editors and systems leave in folders.
    Litter,
    /// What a build made.
    BuildOutput,
    /// What version control is told to ignore.
    Ignored,
    /// What the user leaves out.
    Unwanted,
}

/// What the user says of paths: each is one from the root, or a pattern with `*`, `?`, `**` and `[…]`; a folder stands for all in it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Sorting {
    /// What is part of the project, whatever it is.
    pub include: Vec<String>,
    /// What is none.
    pub leave_out: Vec<String>,
}

impl DoubtKind {
    /// Whether only the user knows whether it belongs to a project.
    pub fn is_asked(self) -> bool {
        matches!(self, Self::Database | Self::Log | Self::Backup)
    }

    /// Whether it is part of a project that keeps it in version control.
    pub fn yields_to_version_control(self) -> bool {
        match self {
            Self::Database | Self::Log | Self::Backup | Self::Litter | Self::Ignored => true,
            Self::Credential | Self::Secret | Self::Environment | Self::Cache | Self::BuildOutput | Self::Unwanted => {
                false
            }
        }
    }
}

impl Doubt {
    /// A path that is left out.
    pub fn left_out(path: impl Into<String>, kind: DoubtKind) -> Self {
        let fate = if kind.is_asked() { Fate::Asked } else { Fate::LeftOut };
        Self { path: path.into(), kind, line: None, fate }
    }
}

impl Sorting {
    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        self.include.is_empty() && self.leave_out.is_empty()
    }

    /// What is said once a path goes the other way: what is left out is taken along, and what was taken is left out.
    #[must_use]
    pub fn turned(&self, doubt: &Doubt) -> Self {
        let path = doubt.path.trim_end_matches('/');
        let mut turned = self.clone();
        turned.include.retain(|known| known != path);
        turned.leave_out.retain(|known| known != path);
        // What was said here is taken back; where something else says it, the opposite is said.
        if turned == *self {
            let list = match doubt.fate {
                Fate::Asked | Fate::LeftOut => &mut turned.include,
                Fate::Taken | Fate::Tracked => &mut turned.leave_out,
            };
            list.push(path.to_owned());
        }
        turned
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_is_turned_twice_is_where_it_was() {
        let doubt = Doubt::left_out("env/", DoubtKind::Environment);
        let taken = Sorting::default().turned(&doubt);
        assert_eq!(taken.include, ["env"]);
        assert_eq!(taken.turned(&Doubt { fate: Fate::Taken, ..doubt.clone() }), Sorting::default());
        let tracked = Sorting::default().turned(&Doubt { fate: Fate::Tracked, ..doubt });
        assert_eq!(tracked.leave_out, ["env"]);
    }
}
