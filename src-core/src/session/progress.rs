//! How far a build is, in figures and one sentence.

use serde::Serialize;

use super::{BuildView, Phase, StepState};
use crate::event::{Artifact, StepEnd};
use crate::words;

/// How far a build is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Progress {
    /// Steps that are done; trying the artifact is the last.
    pub done: usize,
    /// All steps, and the trial.
    pub all: usize,
    /// Milliseconds since it began, in whole tenths of a second.
    pub elapsed_ms: u64,
    /// What happens now, or what came of it, without a full stop.
    pub doing: String,
}

impl BuildView {
    /// How far it is, `now` milliseconds into the session.
    pub fn progress(&self, now: u64) -> Progress {
        let is_done = |state| matches!(state, StepState::Ended(StepEnd::Done | StepEnd::Cached));
        let done = self.steps.iter().filter(|step| is_done(step.state)).count();
        Progress {
            done: done + usize::from(self.phase == Phase::Done),
            all: self.steps.len() + 1,
            elapsed_ms: self.ended_at.unwrap_or(now).saturating_sub(self.began_at) / 100 * 100,
            doing: self.doing(),
        }
    }

    fn doing(&self) -> String {
        match self.phase {
            Phase::Preparing => self.resolving.last().cloned().unwrap_or_else(|| "preparing".into()),
            Phase::Running => self.running().next().map_or("waiting".into(), |step| step.title.clone()),
            Phase::Trying => self.trying.clone().unwrap_or_else(|| "trying it".into()),
            Phase::Done => self.artifact.as_ref().map_or("is ready", made).into(),
            Phase::Failed => self.problem.as_ref().map_or("failed".into(), |problem| problem.message.clone()),
        }
    }
}

fn made(artifact: &Artifact) -> &'static str {
    words::quality(artifact.quality())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Action, StepId};
    use crate::session::StepView;

    fn step(state: StepState) -> StepView {
        let step = StepId::of(&Action::Fetch { files: Vec::new() });
        StepView { step, title: "Fetch the files".into(), state, began_at: 0, wall_ms: 0, lines: 0 }
    }

    #[test]
    fn trying_it_is_the_last_step() {
        let steps = vec![step(StepState::Ended(StepEnd::Cached)), step(StepState::Running)];
        let mut build = BuildView { phase: Phase::Running, steps, began_at: 1_000, ..BuildView::default() };
        let expected = Progress { done: 1, all: 3, elapsed_ms: 2_300, doing: "Fetch the files".into() };
        assert_eq!(build.progress(3_399), expected);
        build.steps[1].state = StepState::Ended(StepEnd::Done);
        build.phase = Phase::Trying;
        assert_eq!((build.progress(4_000).done, build.progress(4_000).doing.as_str()), (2, "trying it"));
        build.phase = Phase::Done;
        build.ended_at = Some(5_000);
        assert_eq!((build.progress(9_000).done, build.progress(9_000).elapsed_ms), (3, 4_000));
    }

    #[test]
    fn a_step_that_failed_is_not_done() {
        let steps = vec![step(StepState::Ended(StepEnd::Failed))];
        let build = BuildView { phase: Phase::Failed, steps, ..BuildView::default() };
        assert_eq!((build.progress(0).done, build.progress(0).doing.as_str()), (0, "failed"));
    }
}
