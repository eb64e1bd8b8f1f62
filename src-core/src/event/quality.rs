//! What an artifact is worth, as far as it was tried: without colours and words, which are for whoever shows it.

use serde::{Deserialize, Serialize};

use super::{Artifact, Verdict};
use crate::plan::Outcome;

/// What came out, in one word. Only what was tried is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Quality {
    /// It was tried, and did what it should.
    Ready,
    /// The same, and something is to be looked at.
    Warned,
    /// Nothing was tried.
    Untried,
    /// It did not do what it should.
    Failing,
}

impl Verdict {
    /// What a trial says of what was tried.
    pub fn quality(&self) -> Quality {
        match self.outcome {
            Outcome::Failed => Quality::Failing,
            Outcome::NotTried => Quality::Untried,
            Outcome::BootedAndAnswered
            | Outcome::Answered
            | Outcome::InstalledAndRan
            | Outcome::AppliedTwice
            | Outcome::Ran
            | Outcome::Linted => Quality::Ready,
        }
    }
}

impl Artifact {
    /// What its trial and its warnings say of it.
    pub fn quality(&self) -> Quality {
        let tried = self.verified.quality();
        if tried != Quality::Failing && !self.warnings.is_empty() { Quality::Warned } else { tried }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::RoomUsed;
    use crate::facts::Target;

    fn made(outcome: Outcome, warnings: &[&str]) -> Artifact {
        let room = RoomUsed { wanted: "bare".into(), used: "bare".into() };
        Artifact {
            technology: "x".into(),
            target: Target::host(),
            path: "dist/x".into(),
            bytes: 1,
            sha256: "ab".into(),
            start_ms: None,
            first_start_ms: None,
            command: None,
            python: None,
            is_folder: false,
            runs_on: None,
            warnings: warnings.iter().map(|warning| (*warning).to_owned()).collect(),
            verified: Verdict::new(outcome, room, ""),
            starts: None,
            signed_by: None,
        }
    }

    #[test]
    fn only_what_was_tried_and_has_no_warning_is_ready() {
        let warned = ["`data.txt` is not in it"];
        let cases = [
            (made(Outcome::Ran, &[]), Quality::Ready),
            (made(Outcome::Linted, &warned), Quality::Warned),
            (made(Outcome::NotTried, &[]), Quality::Untried),
            (made(Outcome::NotTried, &warned), Quality::Warned),
            (made(Outcome::Failed, &warned), Quality::Failing),
        ];
        for (artifact, quality) in cases {
            assert_eq!(artifact.quality(), quality, "{:?}", artifact.verified.outcome);
        }
    }
}
