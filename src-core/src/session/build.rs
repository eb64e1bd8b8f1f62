//! One build as it is seen from outside.

use serde::{Deserialize, Serialize};

use crate::event::{Artifact, Event, StepEnd, StepTitle, Verdict};
use crate::plan::StepId;
use crate::problem::Problem;

/// Everything the events have said about one build. Log lines are not in it: the engine keeps them in files.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct BuildView {
    /// The technology; empty until it is known.
    pub technology: String,
    /// How far it is.
    pub phase: Phase,
    /// Its steps in order.
    pub steps: Vec<StepView>,
    /// What was found out before the plan was complete, in plain words.
    pub resolving: Vec<String>,
    /// What there is to know besides, one sentence each.
    pub notes: Vec<String>,
    /// The trial that is running, in plain words.
    pub trying: Option<String>,
    /// When that trial began, in milliseconds since the session began.
    pub trying_since: u64,
    /// What the trials found.
    pub trials: Vec<Verdict>,
    /// What came out.
    pub artifact: Option<Artifact>,
    /// Why nothing came out.
    pub problem: Option<Problem>,
    /// When its plan began to run, or before that its first event came, in milliseconds since the session began.
    pub began_at: u64,
    /// When it ended.
    pub ended_at: Option<u64>,
    /// Lines in the logs of all steps.
    pub log_lines: u64,
}

/// How far a build is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// It has no plan yet.
    #[default]
    Preparing,
    /// Its steps run.
    Running,
    /// What it made is tried.
    Trying,
    /// The artifact is in place.
    Done,
    /// There is no artifact.
    Failed,
}

/// One step of a build.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepView {
    /// Which.
    pub step: StepId,
    /// Plain words.
    pub title: String,
    /// How far it is.
    pub state: StepState,
    /// When it began, in milliseconds since the session began.
    pub began_at: u64,
    /// Wall time in milliseconds, once it ended.
    pub wall_ms: u64,
    /// Lines in its log.
    pub lines: u64,
}

/// How far a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepState {
    /// Its turn has not come.
    Waiting,
    /// It runs.
    Running,
    /// It ended.
    Ended(StepEnd),
}

impl BuildView {
    /// A build of which nothing but its technology is known.
    pub fn of(technology: &str) -> Self {
        Self { technology: technology.to_owned(), ..Self::default() }
    }

    /// Whether nothing more will come.
    pub fn has_ended(&self) -> bool {
        matches!(self.phase, Phase::Done | Phase::Failed)
    }

    /// Steps that run right now.
    pub fn running(&self) -> impl Iterator<Item = &StepView> {
        self.steps.iter().filter(|step| step.state == StepState::Running)
    }

    /// Takes in what happened `at` milliseconds into the session.
    pub(super) fn fold(&mut self, at: u64, event: &Event) {
        if self.has_ended() {
            // A build that was refused, and is planned anew with the user's consent.
            *self = Self { technology: std::mem::take(&mut self.technology), began_at: at, ..Self::default() };
        }
        match event {
            Event::BuildStarted { technology, steps } => {
                self.technology.clone_from(technology);
                self.phase = Phase::Running;
                // How long somebody looked at the plan is no part of it.
                self.began_at = at;
                self.steps = steps.iter().map(StepView::waiting).collect();
            }
            Event::Resolving { title } => self.resolving.push(title.clone()),
            Event::Noted { text } => self.notes.push(text.clone()),
            Event::StepStarted { step, title } => {
                let known = self.step(step, title);
                known.state = StepState::Running;
                known.began_at = at;
            }
            Event::StepFinished { step, end, wall_ms, lines } => {
                self.log_lines += lines;
                let known = self.step(step, "");
                *known = StepView { state: StepState::Ended(*end), wall_ms: *wall_ms, lines: *lines, ..known.clone() };
            }
            Event::CheckStarted { title } => {
                self.phase = Phase::Trying;
                self.trying = Some(title.clone());
                self.trying_since = at;
            }
            Event::CheckFinished { verdict } => {
                self.trying = None;
                self.trials.push(verdict.clone());
            }
            Event::Finished { artifact } => {
                self.technology.clone_from(&artifact.technology);
                self.artifact = Some((**artifact).clone());
                self.end(Phase::Done, at);
            }
            Event::Failed { problem } => {
                if let Some(technology) = &problem.technology {
                    self.technology.clone_from(technology);
                }
                self.problem = Some((**problem).clone());
                self.end(Phase::Failed, at);
            }
        }
    }

    fn end(&mut self, phase: Phase, at: u64) {
        self.phase = phase;
        self.trying = None;
        self.ended_at = Some(at);
    }

    /// The step with this id; one that was not announced is added behind the others.
    fn step(&mut self, id: &StepId, title: &str) -> &mut StepView {
        let index = self.steps.iter().position(|step| step.step == *id).unwrap_or_else(|| {
            self.steps.push(StepView::waiting(&StepTitle { step: id.clone(), title: title.into() }));
            self.steps.len() - 1
        });
        &mut self.steps[index]
    }
}

impl StepView {
    fn waiting(step: &StepTitle) -> Self {
        let StepTitle { step, title } = step.clone();
        Self { step, title, state: StepState::Waiting, began_at: 0, wall_ms: 0, lines: 0 }
    }
}
