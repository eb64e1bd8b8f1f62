use std::sync::Mutex;
use std::time::Duration;

use super::*;
use crate::engine::rehearsal::{Part, Rehearsal};
use crate::engine::sandbox::Sandbox;
use crate::engine::store::Store;
use crate::engine::tools::{Probes, Toolbox};
use crate::engine::{Cancel, Settings};
use crate::facts::Project;
use crate::plan::{Action, Command, Pick, ToolRef, Word};

/// Runs plans in a pretended world; gives their outcomes, what ran, and the events.
fn rehearse(
    plans: &[&Plan],
    jobs: usize,
    cancel: &Cancel,
    script: impl Fn(&str) -> Part + Send + Sync + 'static,
) -> (Vec<Outcome>, Vec<String>, Vec<(usize, Event)>) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("store")).unwrap();
    let (keys, logs) = (folder.path().join("keys"), folder.path().join("logs"));
    std::fs::create_dir_all(&keys).unwrap();
    std::fs::create_dir_all(&logs).unwrap();
    let world = Rehearsal::new(move |spawn| script(&spawn.args[0]));
    let probes = Probes::open(&folder.path().join("probes.json"));
    let tools = folder.path().join("tools");
    let toolbox =
        Toolbox { folder: &tools, probes: &probes, pythons: &[], world: &world, offline: true, cancel, project: None };
    let project = Project::empty(folder.path().to_path_buf());
    let settings = Settings { jobs, use_cache: true, ..Settings::default() };
    let bench = Bench {
        world: &world,
        store: &store,
        sandbox: &Sandbox::Absent,
        toolbox: &toolbox,
        settings: &settings,
        project: &project,
        source_digest: "",
        keys: &keys,
        logs: &logs,
        cancel,
    };
    let events = Mutex::new(Vec::new());
    let outcomes = carry_out(&bench, plans, &|plan, event| events.lock().unwrap().push((plan, event)));
    let ran = world.ran().into_iter().map(|spawn| spawn.args[0].clone()).collect();
    (outcomes, ran, events.into_inner().unwrap())
}

/// A step that runs a program with its name as the first argument, after the steps it reads.
fn step(name: &str, reads: &[&StepId]) -> Step {
    let command = Command::new(ToolRef::System { name: "true".into() }, [name]);
    let command = reads.iter().fold(command, |command, step| command.arg(Word::output(step, Pick::Folder)));
    Step::new(name, Action::Run(command))
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
        step.resources.exclusive = vec!["display".into()];
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
