//! What must not outlive what it belongs to: plans, consent, marks and builds of a project that is no longer open; plans
//! made before an option changed; answers given twice.

use std::path::PathBuf;

use packwright_core::engine::Agreed;
use packwright_core::event::{Event, Record};
use packwright_core::facts::Fact;
use packwright_core::plan::{Consent, Plan};
use packwright_core::problem::{Code, Problem};

use super::*;

const FIRST: BuildId = BuildId(1);

/// The same project as if it lay elsewhere.
fn open_another(model: &mut Model) {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/weather-cli");
    let mut inspection = inspect::read(&example).unwrap();
    inspection.project.root = PathBuf::from("/home/me/code/other");
    update(model, Message::Updates(vec![Update::Opened(Box::new(inspection))]));
    advise(model);
}

fn ready_plan() -> Plan {
    serde_json::from_str(PLAN).unwrap()
}

fn planned(technology: &str) -> Model {
    let mut model = opened((120, 36));
    act(&mut model, Action::PlanIt(Some(technology.into())));
    model.view.plans.insert(model.view.planned[0], ready_plan());
    model
}

fn sends(effects: &[Effect], wanted: impl Fn(&Intent) -> bool) -> bool {
    effects.iter().any(|effect| matches!(effect, Effect::Send(intent) if wanted(intent)))
}

fn fails(model: &mut Model, build: BuildId, problem: Problem) {
    let event = Event::Failed { problem: Box::new(problem) };
    let record = Record { v: Record::VERSION, at: 1, build: Some(build), event };
    update(model, Message::Updates(vec![Update::Happened(record)]));
}

#[test]
fn consent_is_not_carried_to_another_project() {
    let mut model = planned("pex");
    model.view.agreed.insert(FIRST, Agreed { code: true, start: true });
    act(&mut model, Action::Open("/home/me/code/other".into()));
    assert!(model.view.agreed.is_empty(), "not even while it is being read");
    open_another(&mut model);
    assert!(model.view.agreed.is_empty());
    act(&mut model, Action::PlanIt(Some("pex".into())));
    let id = model.view.planned[0];
    model.view.plans.insert(id, ready_plan());
    let asked = Consent::RunProjectCode { whose: vec!["weather-cli".into()], because: vec![] };
    model.view.consents.insert(id, vec![asked]);
    assert!(frame(&mut model).contains("Trust and build"));
}

#[test]
fn nothing_is_agreed_to_or_built_while_another_project_is_being_read() {
    let mut model = planned("pex");
    act(&mut model, Action::Open("/home/me/code/other".into()));
    assert!(model.view.planned.is_empty() && !model.view.builds.contains_key(&FIRST));
    for action in [Action::Build, Action::PlanIt(None), Action::Fix, Action::Rebuild(0)] {
        assert_eq!(act(&mut model, action), []);
        assert!(model.notice.as_ref().unwrap().contains("is being read"));
    }
}

#[test]
fn a_failed_build_of_another_project_is_not_planned_for_this_one() {
    let mut model = after(BROKEN, (120, 36));
    open_another(&mut model);
    assert!(model.started.is_empty(), "what has ended is in the history");
    let running = BuildId(9);
    model.view.choices.insert(running, Choice::of("pex"));
    model.view.builds.insert(running, BuildView::default());
    model.started.insert(running);
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/weather-cli");
    update(&mut model, Message::Updates(vec![Update::Opened(Box::new(inspect::read(&example).unwrap()))]));
    assert!(model.started.contains(&running), "what runs goes on");
    fails(&mut model, running, Problem::new(Code::BuildFailed, "no"));
    model.go(Route::Result);
    assert_eq!(press(&mut model, "f"), []);
    assert!(model.notice.as_ref().unwrap().contains("another project"));
    assert!(model.view.numbered >= running.0);
}

#[test]
fn reading_the_same_project_again_keeps_its_answers_but_not_its_plans() {
    let mut model = planned("pex");
    model.go(Route::Interview);
    press(&mut model, "1");
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/weather-cli");
    let mut inspection = inspect::read(&example).unwrap();
    inspection.project.root = PathBuf::from("/home/me/code/weather-cli");
    update(&mut model, Message::Updates(vec![Update::Opened(Box::new(inspection))]));
    assert_eq!((model.answering.is_some(), model.view.planned.len()), (true, 0));
}

#[test]
fn a_plan_from_before_an_option_changed_cannot_be_built() {
    let mut model = planned("pex");
    let effects = act(&mut model, Action::SetOption(0));
    if model.field.is_none() {
        assert!(sends(&effects, |intent| matches!(intent, Intent::Change { .. })), "{effects:?}");
        assert_eq!(press(&mut model, "b"), [], "its plan is not ready");
        assert_eq!((model.route, model.view.planned.len(), model.started.len()), (Route::Plan, 1, 0));
    }
}

#[test]
fn the_cursor_stays_on_its_option_while_the_plan_is_made_again() {
    let mut model = planned("pex");
    let under = |model: &Model| super::super::page(model).items[model.place().focus].clone();
    let option = Action::SetOption(0);
    model.place_mut().focus = super::super::page(&model).items.iter().position(|item| *item == option).unwrap();
    update(&mut model, Message::Updates(vec![Update::Planning { build: FIRST, choice: Box::new(Choice::of("pex")) }]));
    frame(&mut model);
    assert_eq!(under(&model), option);
    fails(&mut model, FIRST, Problem::new(Code::BuildFailed, "no"));
    frame(&mut model);
    assert_eq!(under(&model), option);
}

#[test]
fn a_plan_that_failed_is_made_again_only_when_asked_for() {
    let mut model = planned("pex");
    let other = BuildId(2);
    model.view.choices.insert(other, Choice::of("zipapp"));
    model.view.planned.push(other);
    fails(&mut model, other, Problem::new(Code::BuildFailed, "no"));
    let effects = press(&mut model, "b");
    assert!(sends(&effects, |intent| matches!(intent, Intent::Build { builds, .. } if builds == &[FIRST])));
    assert!(!sends(&effects, |intent| matches!(intent, Intent::PlanAgain { .. })), "{effects:?}");
    model.go(Route::Plan);
    let again = |intent: &Intent| matches!(intent, Intent::PlanAgain { builds } if builds == &[other]);
    assert!(sends(&press(&mut model, "b"), again));
}

#[test]
fn marks_of_a_fact_are_not_answers_to_the_question() {
    let mut model = opened((120, 36));
    let fact = Fact::all().find(|fact| model.view.facts.get(*fact).is_some()).unwrap();
    act(&mut model, Action::Choose(fact));
    assert!(!model.marked.is_empty());
    press(&mut model, "I");
    assert!(model.route == Route::Interview && model.marked.is_empty());
}

#[test]
fn a_question_is_answered_once_however_fast_the_keys_come() {
    let mut model = opened((120, 36));
    model.go(Route::Interview);
    assert_eq!(press(&mut model, "11").len(), 1);
    assert!(model.answering.is_some());
}

#[test]
fn what_the_project_shows_is_not_offered_to_be_taken_back() {
    let mut model = opened((120, 36));
    let shown = Fact::all().find(|fact| model.view.facts.get(*fact).is_some()).unwrap();
    act(&mut model, Action::Choose(shown));
    assert!(frame(&mut model).contains("The project shows it"));
    assert_eq!(press(&mut model, "\n"), [], "the cursor is on what is known");
    act(&mut model, Action::Choose(shown));
    assert_eq!(act(&mut model, Action::Unknown), []);
    assert!(model.notice.as_ref().unwrap().contains("the project shows it"));
}

#[test]
fn the_cursor_is_on_the_build_that_was_just_started() {
    let mut model = after(THREE_WAYS, (120, 36));
    act(&mut model, Action::PlanIt(Some("pex".into())));
    let id = model.view.planned[0];
    model.view.plans.insert(id, ready_plan());
    press(&mut model, "b");
    assert_eq!((model.selected, model.place().focus), (Some(id), model.started.len() - 1));
}

#[test]
fn the_cursor_goes_with_the_build_that_is_shown() {
    let mut model = after(THREE_WAYS, (120, 36));
    model.go(Route::Build);
    press(&mut model, "\t");
    let shown = model.selected.unwrap();
    assert_eq!(model.started.iter().position(|id| *id == shown), Some(model.place().focus));
}
