//! What is left to do of several plans: decides what runs next, and which plans are over. It does nothing itself.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use super::{Cancel, Done, Events, Made, StepError, Wanted, millis};
use crate::engine::tools::log::Log;
use crate::engine::trees::store::Tree;
use crate::event::{Event, StepEnd};
use crate::plan::{Plan, Resources, Step, StepId};
use crate::problem::{Code, Problem};

/// Something that can be done now, on a thread of its own.
pub(super) enum Task<'p> {
    /// Runs a step.
    Step { step: &'p Step, inputs: BTreeMap<StepId, Tree>, cancel: Cancel },
    /// Hands over what the steps of a plan wrote.
    HandOver { plan: usize, made: Made },
}

/// The plans and their steps.
pub(super) struct Graph<'p> {
    plans: Vec<Going<'p>>,
    events: Events<'p>,
    /// Steps that have not begun, in plan order.
    waiting: Vec<&'p Step>,
    running: BTreeMap<StepId, Running<'p>>,
    done: BTreeMap<StepId, Done>,
    /// Steps that have failed, or will because they read what one of those should have written.
    failed: BTreeMap<StepId, Problem>,
}

/// A plan and how far it is.
struct Going<'p> {
    plan: &'p Plan,
    cancel: &'p Cancel,
    /// Steps that furnish the rooms of its trials, where it is tried.
    furnish: Vec<&'p Step>,
    state: State,
}

enum State {
    /// It wants its steps.
    Open,
    /// It wants none of its steps any more; those that ran for it alone come to their end.
    Stopping(Problem),
    /// Its steps are done, and what they made is handed over.
    HandingOver,
    /// Nothing more comes of it.
    Over,
}

/// A step that runs.
struct Running<'p> {
    step: &'p Step,
    began: Instant,
    cancel: Cancel,
    /// The plans that were told of its beginning and not yet of its end.
    told: BTreeSet<usize>,
}

impl<'p> Graph<'p> {
    pub fn new(wanted: &[Wanted<'p>], events: Events<'p>) -> Self {
        let mut seen = BTreeSet::new();
        let plans = wanted.iter().map(|Wanted { plan, cancel, tries }| {
            let furnish = plan.proofs.iter().filter(|proof| tries(proof)).flat_map(|proof| &proof.furnish).collect();
            Going { plan, cancel, furnish, state: State::Open }
        });
        let plans: Vec<Going> = plans.collect();
        let steps = plans.iter().flat_map(|going| going.plan.steps.iter().chain(going.furnish.iter().copied()));
        let waiting = steps.filter(|step| seen.insert(step.id.clone())).collect();
        Self { waiting, plans, events, running: BTreeMap::new(), done: BTreeMap::new(), failed: BTreeMap::new() }
    }

    /// Stops the plans whose switches say so.
    pub fn stop_cancelled(&mut self) {
        for plan in 0..self.plans.len() {
            if self.is_open(plan) && self.plans[plan].cancel.is_cancelled() {
                self.stop(plan, Cancel::problem());
            }
        }
    }

    /// Takes the next thing that can begin: its inputs are there, and what it needs of the machine is free.
    pub fn next(&mut self, jobs: usize) -> Option<Task<'p>> {
        let busy = self.busy();
        let complete = |plan: &usize| self.is_open(*plan) && self.missing(*plan).is_none();
        let may_end = |plan: &usize| complete(plan) && self.is_free(&self.plans[*plan].needs(), busy, jobs);
        if let Some(plan) = (0..self.plans.len()).find(may_end) {
            self.plans[plan].state = State::HandingOver;
            return Some(Task::HandOver { plan, made: self.made(plan) });
        }
        let wanted: Vec<bool> = self.waiting.iter().map(|step| !self.wanting(&step.id).is_empty()).collect();
        let mut keep = wanted.iter();
        self.waiting.retain(|_| keep.next().copied().unwrap_or(false));
        let at = self.waiting.iter().position(|step| self.is_ready(step) && self.fits(step, busy, jobs))?;
        let step = self.waiting.remove(at);
        let told: BTreeSet<usize> = self.wanting(&step.id).into_iter().collect();
        for plan in &told {
            (self.events)(*plan, Event::StepStarted { step: step.id.clone(), title: step.title.clone() });
        }
        let cancel = Cancel::default();
        let running = Running { step, began: Instant::now(), cancel: cancel.clone(), told };
        self.running.insert(step.id.clone(), running);
        let inputs = step.action.inputs().into_iter();
        let inputs = inputs.filter_map(|id| Some((id.clone(), self.done.get(id)?.tree.clone()))).collect();
        Some(Task::Step { step, inputs, cancel })
    }

    /// Takes the result of a step. One that failed stops every plan that wants it, and no other.
    pub fn finish(&mut self, id: &StepId, result: Result<Done, StepError>, wall: Duration) {
        let Some(running) = self.running.remove(id) else { return };
        let (end, lines) = match &result {
            Ok(done) if done.cached => (StepEnd::Cached, 0),
            Ok(done) => (StepEnd::Done, done.log.as_ref().map_or(0, Log::lines)),
            Err(StepError::Logged { log, .. }) => (StepEnd::Failed, Log::open(log).map_or(0, |log| log.lines())),
            Err(error) if error.is_cancelled() => (StepEnd::Cancelled, 0),
            Err(_) => (StepEnd::Failed, 0),
        };
        for plan in &running.told {
            (self.events)(*plan, Event::StepFinished { step: id.clone(), end, wall_ms: millis(wall), lines });
        }
        match result {
            Ok(done) => drop(self.done.insert(id.clone(), done)),
            Err(error) => {
                let problem = Problem::from(error);
                for plan in self.wanting(id) {
                    if self.plans[plan].plan.step(id).is_some() {
                        self.stop(plan, problem.clone());
                    }
                }
                self.fail(id, &problem);
            }
        }
    }

    /// A plan is over whose artifact was handed over, or was refused.
    pub fn handed_over(&mut self, plan: usize) {
        self.plans[plan].state = State::Over;
    }

    /// Takes the plans that have stopped, with the reason: none of their steps runs any more for them.
    pub fn take_stopped(&mut self) -> Vec<(usize, Problem)> {
        if self.running.is_empty() && !self.plans.iter().any(|going| matches!(going.state, State::HandingOver)) {
            self.stop_stuck();
        }
        let mut stopped = Vec::new();
        for plan in 0..self.plans.len() {
            let is_busy = self.running.values().any(|running| running.told.contains(&plan));
            if let State::Stopping(problem) = &self.plans[plan].state
                && !is_busy
            {
                stopped.push((plan, problem.clone()));
                self.plans[plan].state = State::Over;
            }
        }
        stopped
    }

    /// Whether nothing more comes of any plan.
    pub fn is_over(&self) -> bool {
        self.plans.iter().all(|going| matches!(going.state, State::Over))
    }

    fn is_open(&self, plan: usize) -> bool {
        matches!(self.plans[plan].state, State::Open)
    }

    /// The plans that want this step.
    fn wanting(&self, id: &StepId) -> Vec<usize> {
        let wants = |plan: &usize| self.is_open(*plan) && self.plans[*plan].versions(id).next().is_some();
        if self.failed.contains_key(id) { Vec::new() } else { (0..self.plans.len()).filter(wants).collect() }
    }

    /// The first step of a plan that is not done, and may still be.
    fn missing(&self, plan: usize) -> Option<&'p Step> {
        let Going { plan, furnish, .. } = &self.plans[plan];
        let furnish = furnish.iter().copied().filter(|step| !self.failed.contains_key(&step.id));
        plan.steps.iter().chain(furnish).find(|step| !self.done.contains_key(&step.id))
    }

    /// What a plan has come to.
    fn made(&self, plan: usize) -> Made {
        let Going { plan, furnish, .. } = &self.plans[plan];
        let ids = || plan.steps.iter().chain(furnish.iter().copied()).map(|step| &step.id);
        Made {
            steps: ids().filter_map(|id| Some((id.clone(), self.done.get(id)?.clone()))).collect(),
            failed: ids().filter_map(|id| Some((id.clone(), self.failed.get(id)?.clone()))).collect(),
        }
    }

    /// Takes note that a step has failed, and with it what reads what it should have written.
    fn fail(&mut self, id: &StepId, problem: &Problem) {
        self.failed.insert(id.clone(), problem.clone());
        let reads = |step: &&Step| step.action.inputs().contains(&id);
        let behind: Vec<StepId> = self.waiting.iter().copied().filter(reads).map(|step| step.id.clone()).collect();
        for step in behind {
            self.fail(&step, problem);
        }
    }

    /// What is taken of the machine: by steps, and by plans that are handed over.
    fn taken(&self) -> impl Iterator<Item = Resources> {
        let handing_over = self.plans.iter().filter(|going| matches!(going.state, State::HandingOver));
        let running = self.running.values().map(|running| running.step.needs.clone());
        running.chain(handing_over.map(Going::needs))
    }

    /// Cores that are taken.
    fn busy(&self) -> usize {
        self.taken().map(|needs| usize::from(needs.cpu)).sum()
    }

    /// Whether what it reads is there, and every plan that wants it has come to it. The id of a step does not say what it
    /// comes after, so plans that share it may differ in that.
    fn is_ready(&self, step: &Step) -> bool {
        let versions = self.wanting(&step.id).into_iter().flat_map(|plan| self.plans[plan].versions(&step.id));
        let after = versions.flat_map(|step| &step.after);
        step.action.inputs().into_iter().chain(after).all(|id| self.done.contains_key(id))
    }

    fn fits(&self, step: &Step, busy: usize, jobs: usize) -> bool {
        // Steps that only wait for servers cost no core, but not every server at once either.
        self.running.len() < jobs.max(1) + 4 && self.is_free(&step.needs, busy, jobs)
    }

    /// Whether the machine has this left.
    fn is_free(&self, needs: &Resources, busy: usize, jobs: usize) -> bool {
        let is_taken = |thing: &String| needs.exclusive.contains(thing);
        (busy == 0 || busy + usize::from(needs.cpu) <= jobs.max(1))
            && !self.taken().any(|taken| taken.exclusive.iter().any(is_taken))
    }

    /// Ends a plan: it leaves the steps that others want to them, and what ran for it alone is told to stop.
    fn stop(&mut self, plan: usize, problem: Problem) {
        self.plans[plan].state = State::Stopping(problem.of(&self.plans[plan].plan.technology));
        let open: Vec<bool> = (0..self.plans.len()).map(|plan| self.is_open(plan)).collect();
        for (id, running) in self.running.iter_mut().filter(|(_, running)| running.told.contains(&plan)) {
            if running.told.iter().any(|other| open[*other]) {
                running.told.remove(&plan);
                let (step, wall_ms) = (id.clone(), millis(running.began.elapsed()));
                (self.events)(plan, Event::StepFinished { step, end: StepEnd::Cancelled, wall_ms, lines: 0 });
            } else {
                running.cancel.cancel();
            }
        }
    }

    /// When nothing runs and nothing can begin, only plans are left whose steps wait for each other in a circle, or for
    /// a step that they do not have.
    fn stop_stuck(&mut self) {
        for plan in 0..self.plans.len() {
            while let Some(step) = self.missing(plan).filter(|_| self.is_open(plan)) {
                let technology = &self.plans[plan].plan.technology;
                let message = format!(
                    "the plan of `{technology}` cannot run: \"{}\" waits for a step that never comes",
                    step.title
                );
                let problem = Problem::new(Code::BuildFailed, message);
                if self.plans[plan].plan.step(&step.id).is_some() {
                    self.stop(plan, problem);
                } else {
                    // What only furnishes a room stops nothing.
                    self.fail(&step.id, &problem);
                }
            }
        }
    }
}

impl<'p> Going<'p> {
    /// What the plan says of a step: once for itself, and once for each trial that it furnishes.
    fn versions(&self, id: &StepId) -> impl Iterator<Item = &'p Step> {
        let id = id.clone();
        self.plan.step(&id).into_iter().chain(self.furnish.iter().copied().filter(move |step| step.id == id))
    }

    /// What handing it over needs of the machine: what its trials need, and one core at least.
    fn needs(&self) -> Resources {
        let needs = || self.plan.proofs.iter().map(|proof| &proof.needs);
        let cpu = needs().map(|needs| needs.cpu).max().unwrap_or_default().max(1);
        Resources {
            cpu,
            exclusive: needs().flat_map(|needs| needs.exclusive.clone()).collect(),
            ..Resources::default()
        }
    }
}

#[cfg(test)]
mod tests;
