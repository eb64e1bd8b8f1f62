//! What to do with an artifact that is there: how it is used, and how it is tried again.

use serde::{Deserialize, Serialize};

use crate::catalogue::Does;
use crate::event::Artifact;
use crate::technologies;

/// The commands for one artifact, as argument vectors.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handover {
    /// What `using` does; `None` where that is not known, and `using` is only the path.
    pub does: Option<Does>,
    /// How it is run or installed.
    pub using: Vec<String>,
    /// How it is compared with its receipt and tried again later.
    pub verify: Vec<String>,
}

impl Handover {
    /// What to do with an artifact, as the catalogue of its technology says.
    pub fn of(artifact: &Artifact) -> Self {
        let path = artifact.path.display().to_string();
        let name = artifact.path.file_name().unwrap_or_default().to_string_lossy();
        let usage = technologies::named(&artifact.technology).and_then(|entry| entry.usage_of(&name));
        Self {
            does: usage.map(|usage| usage.does),
            using: usage.map_or_else(|| vec![path.clone()], |usage| usage.command_for(&path)),
            verify: vec!["packwright".into(), "verify".into(), path],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{RoomUsed, Verdict};
    use crate::facts::Target;
    use crate::plan::Outcome;

    fn of(technology: &str, path: &str) -> Handover {
        let room = RoomUsed { wanted: "bare".into(), used: "bare".into() };
        Handover::of(&Artifact {
            technology: technology.into(),
            target: Target::host(),
            path: path.into(),
            bytes: 1,
            sha256: "ab".into(),
            start_ms: None,
            runs_on: None,
            warnings: Vec::new(),
            verified: Verdict { outcome: Outcome::Ran, room, because: String::new() },
            signed_by: None,
        })
    }

    #[test]
    fn what_is_known_of_an_artifact_is_how_it_is_used_and_of_another_its_path() {
        let buildable = technologies::all().iter().filter(|entry| technologies::is_buildable(&entry.id));
        for entry in buildable.filter(|entry| !entry.usage.is_empty()) {
            let path = format!("dist/x{}", entry.usage[0].ending);
            let handover = of(&entry.id, &path);
            assert!(handover.does.is_some() && handover.using.len() > 1, "{}", entry.id);
            assert_eq!(handover.using.last(), Some(&path), "{}", entry.id);
            let unknown = of(&entry.id, "dist/x.unknown");
            assert_eq!((unknown.does, unknown.using), (None, vec!["dist/x.unknown".to_owned()]));
        }
        assert_eq!(of("no-such-technology", "x.whl").verify, ["packwright", "verify", "x.whl"]);
    }
}
