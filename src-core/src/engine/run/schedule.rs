//! Carries out several plans as one graph: a step that plans share runs once, and each plan ends alone.

mod graph;

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError, mpsc};
use std::time::{Duration, Instant};

use self::graph::{Graph, Task};
use super::step::{Bench, Done, StepError};
use crate::engine::terms::cancel::Cancel;
use crate::engine::terms::order::Events;
use crate::plan::{Plan, Proof, StepId};
use crate::problem::{Problem, guarded};
use crate::threads;

/// How often switches are looked at while nothing ends.
const PATIENCE: Duration = Duration::from_millis(20);

/// What the steps of one plan wrote, or why it has to stop.
pub(in crate::engine) type Outcome = Result<Made, Problem>;

/// What the steps of one plan wrote.
#[derive(Debug, Default)]
pub(in crate::engine) struct Made {
    pub steps: BTreeMap<StepId, Done>,
    /// Steps that only furnish a room, and failed.
    pub failed: BTreeMap<StepId, Problem>,
}

/// A plan, and the switch that ends it alone.
#[derive(Debug, Clone, Copy)]
pub(in crate::engine) struct Wanted<'a> {
    pub plan: &'a Plan,
    pub cancel: &'a Cancel,
    /// Which of its trials are made: the rooms of those are furnished too.
    pub tries: fn(&Proof) -> bool,
}

/// What reaches the loop.
enum Report {
    /// A step has ended.
    Ended(StepId, Result<Done, StepError>, Duration),
    /// What a plan made was handed over.
    HandedOver(usize),
}

/// Runs every step of every plan, `jobs` cores' worth at a time. One outcome for each plan, in order.
pub(in crate::engine) fn carry_out(bench: &Bench, plans: &[&Plan], events: Events) -> Vec<Outcome> {
    let wanted: Vec<Wanted> =
        plans.iter().map(|plan| Wanted { plan, cancel: bench.cancel, tries: |_| false }).collect();
    let outcomes = Mutex::new(BTreeMap::new());
    carry_out_each(bench, &wanted, events, &|_, index, outcome| {
        outcomes.lock().unwrap_or_else(PoisonError::into_inner).insert(index, outcome);
    });
    outcomes.into_inner().unwrap_or_else(PoisonError::into_inner).into_values().collect()
}

/// Runs every step of every plan, and hands over each plan as soon as its own last step is done, or it has stopped.
///
/// Handing over runs beside the steps of other plans, and counts as one core: it is given a bench that the switch of the
/// plan ends. A plan that was cancelled or has failed leaves the steps that others want to them, and ends when those that
/// nobody else wants have stopped. A fault in one of them ends what wants it, and no other.
pub(in crate::engine) fn carry_out_each(
    bench: &Bench,
    wanted: &[Wanted],
    events: Events,
    hand_over: &(dyn Fn(&Bench, usize, Outcome) + Sync),
) {
    let mut graph = Graph::new(wanted, events);
    let (sender, receiver) = mpsc::channel();
    let hand_over_guarded = &|bench: &Bench, plan, outcome| {
        guarded(|| {
            hand_over(bench, plan, outcome);
            Ok(())
        })
    };
    std::thread::scope(|scope| {
        loop {
            graph.stop_cancelled();
            while let Some(task) = graph.next(bench.settings.jobs) {
                let sender = sender.clone();
                threads::start_in(scope, move || {
                    let report = match task {
                        Task::Step { step, inputs, cancel } => {
                            let started = Instant::now();
                            let done = guarded(|| Ok(bench.until(&cancel, |bench| bench.run(step, &inputs))));
                            let done = done.unwrap_or_else(|problem| Err(StepError::Fault(Box::new(problem))));
                            Report::Ended(step.id.clone(), done, started.elapsed())
                        }
                        Task::HandOver { plan, made } => {
                            let handed =
                                bench.until(wanted[plan].cancel, |bench| hand_over_guarded(bench, plan, Ok(made)));
                            if let Err(problem) = handed {
                                // Where telling of it is what fails, nobody can be told.
                                let _ = hand_over_guarded(bench, plan, Err(problem));
                            }
                            Report::HandedOver(plan)
                        }
                    };
                    let _ = sender.send(report);
                });
            }
            for (plan, problem) in graph.take_stopped() {
                hand_over(bench, plan, Err(problem));
            }
            if graph.is_over() {
                break;
            }
            match receiver.recv_timeout(PATIENCE) {
                Ok(Report::Ended(step, result, wall)) => graph.finish(&step, result, wall),
                Ok(Report::HandedOver(plan)) => graph.handed_over(plan),
                // The loop holds a sender itself.
                Err(_) => {}
            }
        }
    });
}

pub(in crate::engine) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
