use super::*;
use crate::engine::run::step::fixture::Setting;
use crate::engine::tools::rehearsal::{Part, Rehearsal};
use crate::event::{Event, StepEnd};
use crate::facts::Project;
use crate::plan::{Action, Command, Pick, Step, ToolRef, Word};
use crate::problem::Code;

/// Runs plans in a pretended world; gives their outcomes, what ran, and the events.
fn rehearse(
    plans: &[&Plan],
    jobs: usize,
    cancel: &Cancel,
    script: impl Fn(&str) -> Part + Send + Sync + 'static,
) -> (Vec<Outcome>, Vec<String>, Vec<(usize, Event)>) {
    let world = Rehearsal::new(move |spawn| script(&spawn.args[0]));
    let events = Mutex::new(Vec::new());
    let outcomes = on_bench(&world, jobs, cancel, |bench| {
        carry_out(bench, plans, &|plan, event| events.lock().unwrap().push((plan, event)))
    });
    let ran = world.ran().into_iter().map(|spawn| spawn.args[0].clone()).collect();
    (outcomes, ran, events.into_inner().unwrap())
}

fn on_bench<T>(world: &Rehearsal, jobs: usize, cancel: &Cancel, work: impl FnOnce(&Bench) -> T) -> T {
    let folder = tempfile::tempdir().unwrap();
    let project = Project::empty(folder.path().to_path_buf());
    Setting {
        folder: folder.path(),
        world,
        project: &project,
        source: &crate::engine::terms::consent::Digest::default(),
        jobs,
        cancel,
    }
    .work(work)
}

/// A step that runs a program with its name as the first argument, after the steps it reads.
fn step(name: &str, reads: &[&StepId]) -> Step {
    let command = Command::new(ToolRef::System { name: "true".into() }, [name]);
    let command = reads.iter().fold(command, |command, step| command.arg(Word::output(step, Pick::Folder)));
    Step::new(name, Action::run(command))
}

fn writes(name: &str) -> Part {
    Part { writes: vec![(format!("{name}.txt"), name.to_owned())], ..Part::default() }
}

/// `first` is shared; each plan has a step of its own behind it.
fn two_plans() -> (Plan, Plan) {
    let plan = |own: &str| {
        let mut plan = Plan::new(own);
        let first = plan.add(step("first", &[]));
        plan.add(step(own, &[&first]));
        plan
    };
    (plan("left"), plan("right"))
}

#[test]
fn a_step_that_two_plans_share_runs_once() {
    let (left, right) = two_plans();
    let (outcomes, mut ran, events) = rehearse(&[&left, &right], 2, &Cancel::default(), writes);
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    ran.sort();
    assert_eq!(ran, ["first", "left", "right"]);
    let started = events
        .iter()
        .filter(|(_, event)| matches!(event, Event::StepStarted { title, .. } if title == "first"))
        .count();
    assert_eq!(started, 2, "each plan is told");
}

#[test]
fn a_failure_stops_the_plans_that_want_the_step_and_no_other() {
    let (left, right) = two_plans();
    let fail = |name: &str| {
        if name == "left" { Part { code: 3, says: "error: no luck".into(), ..Part::default() } } else { writes(name) }
    };
    let (outcomes, _, _) = rehearse(&[&left, &right], 2, &Cancel::default(), fail);
    let problem = outcomes[0].as_ref().unwrap_err();
    assert_eq!(problem.message, "the step \"left\" failed: `true` ended with exit code 3");
    assert_eq!(problem.technology.as_deref(), Some("left"));
    assert!(outcomes[1].is_ok());
}

#[test]
fn a_fault_in_a_step_ends_the_plans_that_want_it_and_no_other() {
    let (left, right) = two_plans();
    let fault = |name: &str| if name == "left" { panic!("index 3 of 2") } else { writes(name) };
    let (outcomes, _, _) = rehearse(&[&left, &right], 2, &Cancel::default(), fault);
    let problem = outcomes[0].as_ref().unwrap_err();
    assert_eq!(problem.message, "Packwright itself failed; this is a mistake in it");
    assert_eq!(
        (problem.technology.as_deref(), problem.causes.as_slice()),
        (Some("left"), &["index 3 of 2".into()][..])
    );
    assert!(outcomes[1].is_ok());
}

#[test]
fn a_fault_in_handing_over_ends_that_plan_and_no_other() {
    let (left, right) = two_plans();
    let (world, cancel) = (Rehearsal::new(|spawn| writes(&spawn.args[0])), Cancel::default());
    let outcomes = Mutex::new(BTreeMap::new());
    on_bench(&world, 1, &cancel, |bench| {
        let wanted = [&left, &right].map(|plan| Wanted { plan, cancel: &cancel, tries: |_| true });
        carry_out_each(bench, &wanted, &|_, _| {}, &|_, plan, outcome| {
            assert!(plan == 1 || outcome.is_err(), "a mistake");
            outcomes.lock().unwrap().insert(plan, outcome.is_ok());
        });
    });
    assert_eq!(outcomes.into_inner().unwrap(), BTreeMap::from([(0, false), (1, true)]));
}

#[test]
fn nothing_behind_a_failed_step_runs() {
    let (left, right) = two_plans();
    let fail = |name: &str| if name == "first" { Part { code: 1, ..Part::default() } } else { writes(name) };
    let (outcomes, ran, _) = rehearse(&[&left, &right], 2, &Cancel::default(), fail);
    assert!(outcomes.iter().all(Result::is_err));
    assert_eq!(ran, ["first"]);
}

#[test]
fn a_tool_that_reports_success_and_writes_nothing_has_failed() {
    let (left, _) = two_plans();
    let (outcomes, _, _) =
        rehearse(&[&left], 1, &Cancel::default(), |_| Part { says: "done, all good".into(), ..Part::default() });
    let problem = outcomes[0].as_ref().unwrap_err();
    assert_eq!(problem.message, "the step \"first\" failed: `true` reported success but wrote nothing");
}

#[test]
fn cancelling_ends_what_runs_and_begins_nothing() {
    let (left, right) = two_plans();
    let cancel = Cancel::default();
    let switch = cancel.clone();
    let script = move |_: &str| {
        switch.cancel();
        Part { takes: Duration::from_secs(30), ..Part::default() }
    };
    let (outcomes, ran, _) = rehearse(&[&left, &right], 2, &cancel, script);
    assert!(outcomes.iter().all(|outcome| outcome.as_ref().unwrap_err().code == Code::Cancelled));
    assert_eq!(ran, ["first"]);
}

#[test]
fn steps_that_need_the_same_thing_take_turns() {
    let mut plan = Plan::new("turns");
    for name in ["one", "two", "three"] {
        let mut step = step(name, &[]);
        step.needs.exclusive = vec!["display".into()];
        plan.add(step);
    }
    let (outcomes, _, events) =
        rehearse(&[&plan], 4, &Cancel::default(), |name| Part { takes: Duration::from_millis(5), ..writes(name) });
    assert!(outcomes[0].is_ok());
    let mut running = 0;
    for (_, event) in events {
        match event {
            Event::StepStarted { .. } => running += 1,
            Event::StepFinished { .. } => running -= 1,
            _ => {}
        }
        assert!(running <= 1, "two steps held the display");
    }
}

#[test]
fn a_step_that_waits_for_nothing_that_comes_is_named() {
    let mut plan = Plan::new("broken");
    let never = StepId::of(&Action::Fetch { files: Vec::new() });
    plan.add(step("alone", &[&never]));
    let (outcomes, ran, _) = rehearse(&[&plan], 1, &Cancel::default(), writes);
    let message = &outcomes[0].as_ref().unwrap_err().message;
    assert_eq!(message, "the plan of `broken` cannot run: \"alone\" waits for a step that never comes");
    assert!(ran.is_empty());
}

#[test]
fn a_plan_is_handed_over_while_another_still_runs() {
    let (left, right) = two_plans();
    let right_ran = Mutex::new(None);
    let is_handed_over = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let flag = is_handed_over.clone();
    let world = Rehearsal::new(move |spawn| {
        let deadline = Instant::now() + Duration::from_secs(20);
        while spawn.args[0] == "right" && !flag.load(std::sync::atomic::Ordering::SeqCst) && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(1));
        }
        writes(&spawn.args[0])
    });
    let cancel = Cancel::default();
    on_bench(&world, 2, &cancel, |bench| {
        let wanted = [
            Wanted { plan: &left, cancel: &cancel, tries: |_| true },
            Wanted { plan: &right, cancel: &cancel, tries: |_| true },
        ];
        carry_out_each(bench, &wanted, &|_, _| {}, &|_, plan, outcome| {
            assert_eq!(outcome.unwrap().steps.len(), 2);
            let before = is_handed_over.swap(true, std::sync::atomic::Ordering::SeqCst);
            right_ran.lock().unwrap().get_or_insert((plan, before));
        });
    });
    assert_eq!(right_ran.into_inner().unwrap(), Some((0, false)), "the left one came first");
}

#[test]
fn a_build_that_is_cancelled_alone_leaves_what_is_shared_to_the_others() {
    let (left, right) = two_plans();
    let (all, alone) = (Cancel::default(), Cancel::default());
    let switch = alone.clone();
    let world = Rehearsal::new(move |spawn| {
        // Cancelled while the shared step runs, which goes on for the other.
        switch.cancel();
        Part { takes: Duration::from_millis(200), ..writes(&spawn.args[0]) }
    });
    let (outcomes, events) = (Mutex::new(BTreeMap::new()), Mutex::new(Vec::new()));
    on_bench(&world, 2, &all, |bench| {
        let wanted = [
            Wanted { plan: &left, cancel: &alone, tries: |_| true },
            Wanted { plan: &right, cancel: &all, tries: |_| true },
        ];
        let happened = |plan, event| events.lock().unwrap().push((plan, event));
        carry_out_each(bench, &wanted, &happened, &|_, plan, outcome| {
            assert!(outcomes.lock().unwrap().insert(plan, (outcome, Instant::now())).is_none());
        });
    });
    let outcomes = outcomes.into_inner().unwrap();
    let ((left, left_at), (right, right_at)) = (&outcomes[&0], &outcomes[&1]);
    let problem = left.as_ref().unwrap_err();
    assert_eq!((problem.code, problem.technology.as_deref()), (Code::Cancelled, Some("left")));
    assert!(right.is_ok() && *right_at - *left_at > Duration::from_millis(200), "it ended at once");
    let ran: Vec<String> = world.ran().into_iter().map(|spawn| spawn.args[0].clone()).collect();
    assert_eq!(ran, ["first", "right"]);
    let ends = events.into_inner().unwrap().into_iter().filter_map(|(plan, event)| match event {
        Event::StepFinished { end, .. } => Some((plan, end)),
        _ => None,
    });
    assert_eq!(ends.collect::<Vec<_>>(), [(0, StepEnd::Cancelled), (1, StepEnd::Done), (1, StepEnd::Done)]);
}

#[test]
fn what_ran_for_a_cancelled_build_alone_is_stopped_before_it_ends() {
    let (left, right) = two_plans();
    let (all, alone) = (Cancel::default(), Cancel::default());
    let switch = alone.clone();
    let world = Rehearsal::new(move |spawn| {
        if spawn.args[0] != "left" {
            return writes(&spawn.args[0]);
        }
        switch.cancel();
        Part { takes: Duration::from_secs(60), ..writes("left") }
    });
    let (outcomes, finished) = (Mutex::new(BTreeMap::new()), Mutex::new(Vec::new()));
    let began = Instant::now();
    on_bench(&world, 2, &all, |bench| {
        let wanted = [
            Wanted { plan: &left, cancel: &alone, tries: |_| true },
            Wanted { plan: &right, cancel: &all, tries: |_| true },
        ];
        let happened = |plan, event| {
            if let Event::StepFinished { end: StepEnd::Cancelled, .. } = event {
                finished.lock().unwrap().push(plan);
            }
        };
        carry_out_each(bench, &wanted, &happened, &|_, plan, outcome| {
            if outcome.is_err() {
                assert_eq!(*finished.lock().unwrap(), [0], "its step has stopped before");
            }
            outcomes.lock().unwrap().insert(plan, outcome.is_ok());
        });
    });
    assert_eq!(outcomes.into_inner().unwrap(), BTreeMap::from([(0, false), (1, true)]));
    assert!(began.elapsed() < Duration::from_secs(30));
}

#[test]
fn a_build_that_is_being_handed_over_sees_its_own_switch() {
    let (left, _) = two_plans();
    let alone = Cancel::default();
    let world = Rehearsal::new(|spawn| writes(&spawn.args[0]));
    let seen = Mutex::new(false);
    on_bench(&world, 1, &Cancel::default(), |bench| {
        carry_out_each(
            bench,
            &[Wanted { plan: &left, cancel: &alone, tries: |_| true }],
            &|_, _| {},
            &|bench, _, outcome| {
                assert!(outcome.is_ok() && !bench.cancel.is_cancelled());
                alone.cancel();
                *seen.lock().unwrap() = bench.cancel.is_cancelled() && bench.toolbox.cancel.is_cancelled();
            },
        );
    });
    assert!(seen.into_inner().unwrap());
}

/// A plan whose only step is `make`, and whose trial is furnished by these.
fn furnished(furnish: Vec<Step>) -> Plan {
    let mut plan = Plan::new("tried");
    plan.add(step("make", &[]));
    let proof = Proof::new("It works", crate::plan::Room::bare(), crate::plan::Outcome::Ran);
    plan.proofs.push(Proof { furnish, ..proof });
    plan
}

#[test]
fn what_furnishes_a_room_runs_where_something_is_tried_and_nowhere_else() {
    let plan = furnished(vec![step("root", &[])]);
    let (outcomes, ran, _) = rehearse(&[&plan], 1, &Cancel::default(), writes);
    assert_eq!((outcomes[0].as_ref().unwrap().steps.len(), ran), (1, vec!["make".to_owned()]));
    let (world, cancel) = (Rehearsal::new(|spawn| writes(&spawn.args[0])), Cancel::default());
    on_bench(&world, 2, &cancel, |bench| {
        let wanted = [Wanted { plan: &plan, cancel: &cancel, tries: |_| true }];
        carry_out_each(bench, &wanted, &|_, _| {}, &|_, _, outcome| assert_eq!(outcome.unwrap().steps.len(), 2));
    });
    assert_eq!(world.ran().len(), 2);
}

#[test]
fn a_room_that_cannot_be_furnished_leaves_what_was_made_as_it_is() {
    let root = step("root", &[]);
    let plan = furnished(vec![step("above", &[&root.id]), root.clone()]);
    let script = |name: &str| if name == "root" { Part { code: 1, ..Part::default() } } else { writes(name) };
    let (world, cancel) = (Rehearsal::new(move |spawn| script(&spawn.args[0])), Cancel::default());
    on_bench(&world, 1, &cancel, |bench| {
        let wanted = [Wanted { plan: &plan, cancel: &cancel, tries: |_| true }];
        carry_out_each(bench, &wanted, &|_, _| {}, &|_, _, outcome| {
            let made = outcome.unwrap();
            assert_eq!((made.steps.len(), made.failed.len()), (1, 2), "{made:?}");
            assert!(made.failed[&root.id].message.contains("root"), "{made:?}");
        });
    });
}
