//! Any plans, any order of endings and cancellations: what holds in all of them.

use std::sync::Mutex;

use proptest::prelude::*;

use super::*;
use crate::engine::tools::process::ProcessError;
use crate::engine::trees::manifest::Manifest;
use crate::plan::Action;

/// What happens next, where it can: the numbers choose among what is there.
#[derive(Debug, Clone, Copy)]
enum Turn {
    Begin,
    End { which: usize, fails: bool },
    HandOver { which: usize },
    Cancel { plan: usize },
}

fn turn() -> impl Strategy<Value = Turn> {
    prop_oneof![
        4 => Just(Turn::Begin),
        4 => (any::<usize>(), prop::bool::weighted(0.1)).prop_map(|(which, fails)| Turn::End { which, fails }),
        2 => any::<usize>().prop_map(|which| Turn::HandOver { which }),
        1 => any::<usize>().prop_map(|plan| Turn::Cancel { plan }),
    ]
}

/// Plans out of the same eight steps: step N may come after some of those before it.
fn plans() -> impl Strategy<Value = Vec<Plan>> {
    let steps = prop::collection::vec(prop::collection::vec(any::<bool>(), 8), 8);
    let chosen = prop::collection::vec(prop::collection::vec(any::<bool>(), 8), 1..5);
    (steps, chosen).prop_map(|(after, chosen)| {
        let ids: Vec<StepId> = (0..8).map(|number| step(number).id).collect();
        let plan = |(number, has): (usize, &Vec<bool>)| {
            let mut plan = Plan::new(format!("plan {number}"));
            for number in (0..8).filter(|number| has[*number]) {
                let mut step = step(number);
                let before = (0..number).filter(|before| has[*before] && after[number][*before]);
                step.after = before.map(|before| ids[before].clone()).collect();
                plan.add(step);
            }
            plan
        };
        chosen.iter().enumerate().map(plan).collect()
    })
}

fn step(number: usize) -> Step {
    Step::new(number.to_string(), Action::write("a", number.to_string()))
}

fn done() -> Done {
    let tree = Tree { digest: String::new(), path: "/".into(), manifest: Manifest::default() };
    Done { tree, cached: false, wall: Duration::ZERO, command: Vec::new(), log: None }
}

/// What was seen of the plans.
struct Seen<'a> {
    graph: Graph<'a>,
    plans: &'a [Plan],
    switches: &'a [Cancel],
    running: Vec<(StepId, Cancel)>,
    handing_over: Vec<usize>,
    began: Vec<StepId>,
    failed: Vec<StepId>,
    ended: BTreeMap<usize, Result<(), Problem>>,
}

impl Seen<'_> {
    fn turn(&mut self, turn: Turn, jobs: usize) {
        match turn {
            Turn::Begin => {
                self.graph.stop_cancelled();
                match self.graph.next(jobs) {
                    Some(Task::Step { step, cancel, .. }) => {
                        assert!(!self.began.contains(&step.id), "a step ran twice");
                        self.began.push(step.id.clone());
                        self.running.push((step.id.clone(), cancel));
                    }
                    Some(Task::HandOver { plan, made }) => {
                        assert_eq!(made.steps.len(), self.plans[plan].steps.len());
                        self.handing_over.push(plan);
                    }
                    None => {}
                }
                assert!(self.running.len() + self.handing_over.len() <= jobs.max(1) + 4);
            }
            Turn::End { which, fails } if !self.running.is_empty() => {
                let (step, cancel) = self.running.remove(which % self.running.len());
                let result = match (cancel.is_cancelled(), fails) {
                    (true, _) => Err(StepError::Process(ProcessError::Cancelled { program: "x".into() })),
                    (false, true) => Err(StepError::Nothing { tool: "x".into() }),
                    (false, false) => Ok(done()),
                };
                if fails && !cancel.is_cancelled() {
                    self.failed.push(step.clone());
                }
                self.graph.finish(&step, result, Duration::ZERO);
            }
            Turn::HandOver { which } if !self.handing_over.is_empty() => {
                let plan = self.handing_over.remove(which % self.handing_over.len());
                self.graph.handed_over(plan);
                assert!(self.ended.insert(plan, Ok(())).is_none(), "a plan ended twice");
            }
            Turn::Cancel { plan } => self.switches[plan % self.switches.len()].cancel(),
            Turn::End { .. } | Turn::HandOver { .. } => {}
        }
        self.graph.stop_cancelled();
        let nothing_can_begin = matches!(turn, Turn::Begin) && self.running.is_empty() && self.handing_over.is_empty();
        if nothing_can_begin || !self.running.is_empty() || !self.handing_over.is_empty() {
            for (plan, problem) in self.graph.take_stopped() {
                assert!(self.ended.insert(plan, Err(problem)).is_none(), "a plan ended twice");
            }
        }
        for (step, cancel) in &self.running {
            let open = |plan: &usize| {
                !self.ended.contains_key(plan)
                    && !self.switches[*plan].is_cancelled()
                    && !self.plans[*plan].steps.iter().any(|step| self.failed.contains(&step.id))
            };
            let wanted = (0..self.plans.len()).filter(open).any(|plan| self.plans[plan].step(step).is_some());
            assert_eq!(cancel.is_cancelled(), !wanted, "what is wanted goes on, and nothing else");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_plan_ends_once_and_as_it_should(
        plans in plans(), turns in prop::collection::vec(turn(), 0..60), jobs in 1..4_usize,
    ) {
        let switches: Vec<Cancel> = plans.iter().map(|_| Cancel::default()).collect();
        let wanted: Vec<Wanted> =
            plans.iter().zip(&switches).map(|(plan, cancel)| Wanted { plan, cancel, tries: |_| true }).collect();
        let told = Mutex::new(Vec::new());
        let events = |plan, event| told.lock().unwrap().push((plan, event));
        let mut seen = Seen {
            graph: Graph::new(&wanted, &events),
            plans: &plans,
            switches: &switches,
            running: Vec::new(),
            handing_over: Vec::new(),
            began: Vec::new(),
            failed: Vec::new(),
            ended: BTreeMap::new(),
        };
        for turn in turns {
            seen.turn(turn, jobs);
        }
        // Then everything comes to its end.
        let mut rounds = 0;
        while !seen.graph.is_over() {
            for turn in [Turn::Begin, Turn::End { which: 0, fails: false }, Turn::HandOver { which: 0 }] {
                seen.turn(turn, jobs);
            }
            rounds += 1;
            prop_assert!(rounds < 100, "it never ends");
        }
        for (plan, ended) in &seen.ended {
            let failed = plans[*plan].steps.iter().any(|step| seen.failed.contains(&step.id));
            match ended {
                Ok(()) => prop_assert!(!failed),
                Err(problem) if problem.code == Code::Cancelled => prop_assert!(switches[*plan].is_cancelled()),
                Err(_) => prop_assert!(failed),
            }
        }
        prop_assert_eq!(seen.ended.len(), plans.len());
        let told = told.into_inner().unwrap();
        let count = |wanted: fn(&Event) -> bool| told.iter().filter(|(_, event)| wanted(event)).count();
        let begun = count(|event| matches!(event, Event::StepStarted { .. }));
        prop_assert_eq!(begun, count(|event| matches!(event, Event::StepFinished { .. })));
    }
}
