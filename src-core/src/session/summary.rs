//! How a session ended: the last object of `build --json`.

use serde::{Deserialize, Serialize};

use crate::event::Artifact;
use crate::plan::Outcome;
use crate::problem::Problem;

/// Every artifact and every problem of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename = "finished")]
pub struct Summary {
    /// What came out, in the order in which it was asked for.
    pub artifacts: Vec<Artifact>,
    /// What went wrong.
    pub problems: Vec<Problem>,
    /// What is not as it was asked for although nothing went wrong, for example that the second best was built.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

impl Summary {
    /// A summary of these.
    pub fn new(artifacts: Vec<Artifact>, problems: Vec<Problem>) -> Self {
        Self { artifacts, problems, warnings: Vec::new() }
    }

    /// The documented exit code: that of the most serious problem, which is the highest. Warnings, of artifacts too, and
    /// artifacts that were not tried count only where `strict`.
    pub fn exit_code(&self, strict: bool) -> u8 {
        let yellow = strict && (!self.warnings.is_empty() || self.artifacts.iter().any(is_yellow));
        let worst = self.problems.iter().map(|problem| problem.code.exit_code()).max().unwrap_or_default();
        worst.max(u8::from(yellow))
    }
}

/// Whether an artifact is there and yet no plain success.
pub(super) fn is_yellow(artifact: &Artifact) -> bool {
    !artifact.warnings.is_empty() || matches!(artifact.verified.outcome, Outcome::NotTried | Outcome::Failed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{RoomUsed, Verdict};
    use crate::facts::Target;
    use crate::problem::Code;

    fn artifact(outcome: Outcome) -> Artifact {
        let room = RoomUsed { wanted: "bare".into(), used: "none".into() };
        Artifact {
            technology: "zipapp".into(),
            target: Target::host(),
            path: "a.pyz".into(),
            bytes: 1,
            sha256: "0".repeat(64),
            start_ms: None,
            first_start_ms: None,
            command: None,
            python: None,
            is_folder: false,
            runs_on: None,
            warnings: Vec::new(),
            verified: Verdict::new(outcome, room, ""),
            starts: None,
            signed_by: None,
        }
    }

    #[test]
    fn the_most_serious_problem_decides() {
        let problems = vec![Problem::new(Code::BuildFailed, "a"), Problem::new(Code::ToolMissing, "b")];
        assert_eq!(Summary::new(vec![artifact(Outcome::Ran)], problems).exit_code(false), 4);
    }

    #[test]
    fn what_was_not_tried_fails_only_when_strict() {
        let summary = Summary::new(vec![artifact(Outcome::NotTried)], Vec::new());
        assert_eq!((summary.exit_code(false), summary.exit_code(true)), (0, 1));
        assert_eq!(Summary::new(vec![artifact(Outcome::Ran)], Vec::new()).exit_code(true), 0);
    }

    #[test]
    fn a_warning_fails_only_when_strict() {
        let summary = Summary { warnings: vec!["second best".into()], ..Summary::new(Vec::new(), Vec::new()) };
        assert_eq!((summary.exit_code(false), summary.exit_code(true)), (0, 1));
    }

    #[test]
    fn it_is_written_as_the_object_named_finished() {
        let text = serde_json::to_string(&Summary::new(Vec::new(), Vec::new())).unwrap();
        assert_eq!(text, r#"{"type":"finished","artifacts":[],"problems":[]}"#);
        assert!(serde_json::from_str::<Summary>(&text).is_ok());
    }
}
