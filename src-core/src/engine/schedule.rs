//! Carries out several plans as one graph: a step that two plans share runs once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use super::Events;
use super::step::{Bench, Done, StepError};
use super::store::Tree;
use crate::event::{Event, StepEnd};
use crate::plan::{Plan, Step, StepId};
use crate::problem::{Code, Problem};

/// What the steps of one plan wrote, or why it has to stop.
pub(super) type Outcome = Result<BTreeMap<StepId, Done>, Problem>;

/// Runs every step of every plan, `jobs` cores' worth at a time. One outcome for each plan, in order.
pub(super) fn carry_out(bench: &Bench, plans: &[&Plan], events: Events) -> Vec<Outcome> {
    let mut graph = Graph::new(plans);
    let (sender, receiver) = mpsc::channel::<(StepId, Result<Done, StepError>, Duration)>();
    std::thread::scope(|scope| {
        loop {
            while let Some(step) = graph.next(bench.settings.jobs) {
                let inputs = graph.inputs(step);
                for plan in graph.wanting(&step.id) {
                    events(plan, Event::StepStarted { step: step.id.clone(), title: step.title.clone() });
                }
                let sender = sender.clone();
                scope.spawn(move || {
                    let started = Instant::now();
                    let done = bench.run(step, &inputs);
                    let _ = sender.send((step.id.clone(), done, started.elapsed()));
                });
            }
            if graph.running.is_empty() {
                break;
            }
            let Ok((id, result, wall)) = receiver.recv() else { break };
            let wanting = graph.wanting(&id);
            let end = match &result {
                Ok(done) if done.cached => StepEnd::Cached,
                Ok(_) => StepEnd::Done,
                Err(StepError::Cancelled) => StepEnd::Cancelled,
                Err(_) => StepEnd::Failed,
            };
            let lines = result.as_ref().ok().and_then(|done| done.log.as_ref()).map_or(0, super::log::Log::lines);
            let wall_ms = millis(wall);
            for plan in wanting {
                events(plan, Event::StepFinished { step: id.clone(), end, wall_ms, lines });
            }
            graph.finish(&id, result);
        }
    });
    graph.outcomes()
}

pub(super) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

struct Graph<'p> {
    plans: Vec<&'p Plan>,
    /// Steps that have not begun, in plan order.
    waiting: Vec<&'p Step>,
    running: BTreeMap<StepId, &'p Step>,
    done: BTreeMap<StepId, Done>,
    /// Why a plan stopped.
    failed: BTreeMap<usize, Problem>,
}

impl<'p> Graph<'p> {
    fn new(plans: &[&'p Plan]) -> Self {
        let mut seen = BTreeSet::new();
        let steps = plans.iter().flat_map(|plan| &plan.steps).filter(|step| seen.insert(step.id.clone()));
        Self {
            plans: plans.to_vec(),
            waiting: steps.collect(),
            running: BTreeMap::new(),
            done: BTreeMap::new(),
            failed: BTreeMap::new(),
        }
    }

    /// The plans that have this step and have not failed.
    fn wanting(&self, id: &StepId) -> Vec<usize> {
        let wants = |index: &usize| !self.failed.contains_key(index) && self.plans[*index].step(id).is_some();
        (0..self.plans.len()).filter(wants).collect()
    }

    /// Takes the next step that can begin: its inputs are there, and what it needs of the machine is free.
    fn next(&mut self, jobs: usize) -> Option<&'p Step> {
        let wanted: Vec<bool> = self.waiting.iter().map(|step| !self.wanting(&step.id).is_empty()).collect();
        let mut keep = wanted.iter();
        self.waiting.retain(|_| keep.next().copied().unwrap_or(false));
        let busy: usize = self.running.values().map(|step| usize::from(step.resources.cpu)).sum();
        let taken: BTreeSet<&String> = self.running.values().flat_map(|step| &step.resources.exclusive).collect();
        let fits = |step: &Step| {
            let cpu = usize::from(step.resources.cpu);
            let cores = busy == 0 || busy + cpu <= jobs.max(1);
            // Steps that only wait for servers cost no core, but not every server at once either.
            cores
                && self.running.len() < jobs.max(1) + 4
                && !step.resources.exclusive.iter().any(|thing| taken.contains(thing))
        };
        let ready = |step: &Step| {
            let mut needs = step.action.inputs().into_iter().chain(&step.after);
            needs.all(|id| self.done.contains_key(id)) && fits(step)
        };
        let at = self.waiting.iter().position(|step| ready(step))?;
        let step = self.waiting.remove(at);
        self.running.insert(step.id.clone(), step);
        Some(step)
    }

    fn inputs(&self, step: &Step) -> BTreeMap<StepId, Tree> {
        let trees =
            step.action.inputs().into_iter().filter_map(|id| Some((id.clone(), self.done.get(id)?.tree.clone())));
        trees.collect()
    }

    /// A step that failed stops every plan that wants it, and no other.
    fn finish(&mut self, id: &StepId, result: Result<Done, StepError>) {
        let wanting = self.wanting(id);
        self.running.remove(id);
        match result {
            Ok(done) => {
                self.done.insert(id.clone(), done);
            }
            Err(error) => {
                let problem = Problem::from(error);
                for plan in wanting {
                    self.failed.insert(plan, problem.clone().of(&self.plans[plan].technology));
                }
            }
        }
    }

    fn outcomes(mut self) -> Vec<Outcome> {
        let mut outcomes = Vec::new();
        for (index, plan) in self.plans.iter().enumerate() {
            if let Some(problem) = self.failed.remove(&index) {
                outcomes.push(Err(problem));
                continue;
            }
            let missing = plan.steps.iter().find(|step| !self.done.contains_key(&step.id));
            outcomes.push(match missing {
                None => Ok(plan
                    .steps
                    .iter()
                    .filter_map(|step| Some((step.id.clone(), self.done.get(&step.id)?.clone())))
                    .collect()),
                // Only a plan whose steps wait for each other in a circle, or for a step it does not have, ends here.
                Some(step) => Err(Problem::new(
                    Code::BuildFailed,
                    format!(
                        "the plan of `{}` cannot run: \"{}\" waits for a step that never comes",
                        plan.technology, step.title
                    ),
                )),
            });
        }
        outcomes
    }
}

#[cfg(test)]
mod tests;
