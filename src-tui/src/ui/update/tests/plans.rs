//! From a choice to builds: whose consent, whose options, for which system, and what was chosen before.

use packwright_core::engine::Agreed;
use packwright_core::engine::history::Build;
use packwright_core::facts::{Facts, Os, Requirement, Source, Target};
use packwright_core::plan::Consent;

use super::*;
use crate::ui::action::Field;

fn sent(effects: &[Effect]) -> Vec<&Intent> {
    let intents = effects.iter().filter_map(|effect| match effect {
        Effect::Send(intent) => Some(&**intent),
        _ => None,
    });
    intents.collect()
}

/// A plan on the screen that runs code of the project.
fn asking() -> Model {
    let mut model = opened((120, 36));
    act(&mut model, Action::PlanIt(Some("pex".into())));
    model.view.plans.insert(model.view.planned[0], serde_json::from_str(PLAN).unwrap());
    let asked = Consent::RunProjectCode { whose: vec!["weather-cli".into()], because: vec![] };
    model.view.consents.insert(model.view.planned[0], vec![asked]);
    model
}

#[test]
fn nobody_agrees_by_a_key_that_was_meant_for_something_else() {
    let mut model = asking();
    for key in ["b", "\n", "t", "b"] {
        assert_eq!(press(&mut model, key), [], "{key:?}");
        assert!(model.notice.is_some());
    }
    update(&mut model, Message::Tick(1_000));
    assert_eq!(press(&mut model, "t"), [], "it has only just come up");
    for now in [1_120, 1_240, 1_360, 1_480] {
        update(&mut model, Message::Tick(now));
        assert_eq!(press(&mut model, "t"), [], "whoever hammers on the keys does not read");
    }
    update(&mut model, Message::Tick(1_800));
    assert_eq!(press(&mut model, "b"), [], "b builds, and nothing else");
    let effects = press(&mut model, "t");
    assert!(matches!(sent(&effects)[..], [Intent::Agree { .. }, Intent::Build { .. }]), "{effects:?}");
}

/// A plan on the screen whose artifact would be tried without a sandbox.
fn asking_to_start() -> Model {
    let mut model = opened((120, 36));
    act(&mut model, Action::PlanIt(Some("pex".into())));
    model.view.plans.insert(model.view.planned[0], serde_json::from_str(PLAN).unwrap());
    let asked = Consent::StartProgram { starts: vec!["starts `app --version`".into()] };
    model.view.consents.insert(model.view.planned[0], vec![asked]);
    for now in [1_000, 2_000] {
        update(&mut model, Message::Tick(now));
    }
    model
}

fn agrees(effects: &[Effect], wanted: Agreed) -> bool {
    sent(effects).iter().any(|intent| matches!(intent, Intent::Agree { to, .. } if *to == wanted))
}

fn starts(effects: &[Effect]) -> bool {
    sent(effects).iter().any(|intent| matches!(intent, Intent::Agree { to, .. } if to.start))
}

#[test]
fn what_would_be_started_without_a_sandbox_is_named_and_building_alone_does_not_start_it() {
    let mut model = asking_to_start();
    let shown = frame(&mut model);
    for words in ["Build, and try nothing", "and start it without a sandbox", "starts `app --version`"] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    let effects = press(&mut model, "b");
    assert!(!sent(&effects).is_empty() && !starts(&effects), "{effects:?}");
    let mut model = asking_to_start();
    let effects = act(&mut model, Action::Consent { start: true });
    let to = Agreed { code: false, start: true };
    assert!(agrees(&effects, to) && starts(&effects), "{effects:?}");
}

#[test]
fn agreeing_to_build_is_not_agreeing_to_start() {
    let mut model = asking_to_start();
    let asked = Consent::RunProjectCode { whose: vec!["weather-cli".into()], because: vec![] };
    model.view.consents.get_mut(&model.view.planned[0]).unwrap().push(asked);
    for now in [3_000, 4_000] {
        update(&mut model, Message::Tick(now));
    }
    let effects = press(&mut model, "t");
    let to = Agreed { code: true, start: false };
    assert!(agrees(&effects, to) && !starts(&effects), "{effects:?}");
}

#[test]
fn what_another_plan_asks_for_is_read_too() {
    let mut model = asking();
    update(&mut model, Message::Tick(1_000));
    let other = BuildId(9);
    model.view.planned.push(other);
    model.view.builds.insert(other, BuildView::default());
    model.view.plans.insert(other, model.view.plans[&model.view.planned[0]].clone());
    model.view.consents.insert(other, model.view.consents[&model.view.planned[0]].clone());
    update(&mut model, Message::Tick(2_000));
    assert_eq!(press(&mut model, "t"), []);
}

#[test]
fn a_consent_that_changes_is_read_anew() {
    let mut model = asking();
    update(&mut model, Message::Tick(1_000));
    model.go(Route::Advice);
    update(&mut model, Message::Tick(2_000));
    model.go(Route::Plan);
    update(&mut model, Message::Tick(3_000));
    assert_eq!(press(&mut model, "t"), []);
}

#[test]
fn what_was_built_last_is_planned_as_it_was_built() {
    let mut model = opened((120, 36));
    let mut receipt: packwright_core::event::Receipt =
        serde_json::from_str(include_str!("../../../../../tests/sessions/pex.receipt.json")).unwrap();
    receipt.options.insert("venv".into(), "false".into());
    receipt.entry = Some("python -m weather_cli".into());
    receipt.extras = vec!["colour".into(), "gone".into()];
    let project = model.view.project.as_mut().unwrap();
    let adds = Requirement { text: "colorama".into(), name: "colorama".into(), source: Source::User };
    project.extras.insert("colour".into(), vec![adds]);
    let other = project.entry_points[1].name.clone();
    receipt.entry = Some(other.clone());
    receipt.artifact.target = "os=windows".parse().unwrap();
    let root = project.opens_at().display().to_string();
    model.view.history = vec![Build { id: 7, made_at: 0, root, path: "x".into(), receipt }];
    for action in [Action::PlanIt(None), Action::Rebuild(7)] {
        act(&mut model, action);
        let choice = chosen(&model);
        assert_eq!(choice.options, [("venv".to_owned(), "false".to_owned())].into(), "only what was chosen is said");
        assert_eq!((choice.entry.as_ref(), &choice.extras[..]), (Some(&other), &["colour".to_owned()][..]));
        assert_eq!(choice.target.as_ref().unwrap().platform.os, Os::Windows);
    }
}

#[test]
fn what_is_typed_for_one_plan_never_reaches_another() {
    let mut model = opened((130, 40));
    model.wanted = ["pex".to_owned(), "shiv".to_owned()].into();
    press(&mut model, "A");
    press(&mut model, "b");
    let (pex, shiv) = (model.view.planned[0], model.view.planned[1]);
    let row = technologies::named("pex").unwrap().options.iter().position(|spec| spec.id == "platforms").unwrap();
    act(&mut model, Action::SetOption(row));
    assert_eq!(model.field.as_ref().unwrap().0, Field::Option(pex, "platforms".into()));
    press(&mut model, "linux-arm64");
    act(&mut model, Action::Select(shiv));
    assert!(model.field.is_none() && model.selected == Some(shiv));
    assert_eq!(model.view.choices[&pex].options["platforms"], "linux-arm64", "it was taken over");
    assert!(model.view.choices[&shiv].options.is_empty());
}

#[test]
fn an_option_goes_back_to_what_the_facts_say() {
    let mut model = opened((120, 36));
    act(&mut model, Action::PlanIt(Some("pex".into())));
    let id = model.view.planned[0];
    let row = technologies::named("pex").unwrap().options.iter().position(|spec| spec.id == "venv").unwrap();
    act(&mut model, Action::SetOption(row));
    assert!(model.view.choices[&id].options.contains_key("venv"));
    let item = super::super::page(&model).items.iter().position(|item| *item == Action::SetOption(row));
    model.place_mut().focus = item.unwrap();
    let effects = act(&mut model, Action::ResetOption);
    assert!(matches!(sent(&effects)[..], [Intent::Change { .. }]) && model.view.choices[&id].options.is_empty());
    assert_eq!(act(&mut model, Action::ResetOption), []);
}

#[test]
fn plans_are_for_the_system_whose_advice_is_shown() {
    let mut model = opened((120, 60));
    let facts = serde_json::json!({"os": ["linux", "windows"]});
    model.view.facts.overlay(&Facts::from_json(&facts, &Source::User).unwrap());
    advise(&mut model);
    model.target = 2;
    act(&mut model, Action::PlanIt(Some("zipapp".into())));
    assert_eq!(chosen(&model).target, Some(Target::on(Os::Windows)));
    let shown = frame(&mut model);
    assert!(shown.contains("one zipapp  for windows") && shown.contains("Built for: windows"), "{shown}");
    let options = technologies::named("zipapp").unwrap().options.len();
    act(&mut model, Action::SetOption(options));
    assert_eq!(chosen(&model).target, Some(Target::on(Os::Linux)));
}

#[test]
fn marks_end_with_the_advice_that_they_were_made_in() {
    let mut model = opened((120, 36));
    model.wanted = ["pex".to_owned(), "zipapp".to_owned()].into();
    let facts = serde_json::json!({"environment": "microcontroller", "os": "bare-metal", "kind": "firmware"});
    model.view.facts = Facts::from_json(&facts, &Source::User).unwrap();
    advise(&mut model);
    assert!(model.wanted.is_empty());
}

#[test]
fn plans_that_are_replaced_are_gone() {
    let mut model = opened((120, 36));
    act(&mut model, Action::PlanIt(Some("pex".into())));
    let first = model.view.planned[0];
    act(&mut model, Action::PlanIt(Some("zipapp".into())));
    assert!(!model.view.builds.contains_key(&first) && !model.view.planned.contains(&first));
    assert_eq!((chosen(&model).technology.as_str(), model.view.numbered), ("zipapp", first.0 + 1));
}

#[test]
fn after_a_build_was_started_nothing_leads_back_to_its_empty_plan() {
    let mut model = asking();
    model.view.agreed.insert(model.view.planned[0], Agreed { code: true, start: false });
    press(&mut model, "b");
    assert_eq!(model.route, Route::Build);
    press(&mut model, "\u{1b}");
    assert_ne!(model.route, Route::Plan);
    model.go(Route::Plan);
    let keys: Vec<String> = super::super::bindings(&model).iter().map(|binding| binding.label.clone()).collect();
    assert!(!keys.contains(&"build".into()) && !keys.contains(&"copy the commands".into()), "{keys:?}");
}

#[test]
fn plans_that_failed_are_not_said_to_be_on_their_way() {
    use packwright_core::event::{Event, Record};
    use packwright_core::problem::{Code, Problem};
    let mut model = opened((120, 36));
    model.wanted = ["pex".to_owned(), "shiv".to_owned()].into();
    press(&mut model, "A");
    press(&mut model, "b");
    let (pex, shiv) = (model.view.planned[0], model.view.planned[1]);
    model.view.plans.insert(shiv, serde_json::from_str(PLAN).unwrap());
    let event = Event::Failed { problem: Box::new(Problem::new(Code::Usage, "no")) };
    let record = Record { v: Record::VERSION, at: 1, build: Some(pex), event };
    update(&mut model, Message::Updates(vec![Update::Happened(record)]));
    press(&mut model, "b");
    assert_eq!(model.notice.as_deref(), Some("no plan for pex; L shows why"));
}

#[test]
fn a_what_if_is_seen_as_one_and_never_saved() {
    let mut model = opened((80, 24));
    model.go(Route::Advice);
    press(&mut model, "w\n");
    assert!(frame(&mut model).contains("! What if"));
    assert_eq!(press(&mut model, "S"), []);
    assert!(model.notice.as_ref().unwrap().contains("is no answer"));
    let effects = press(&mut model, "\u{1b}");
    assert_eq!(sent(&effects).len(), 1, "esc puts it back before it leaves");
    assert!(model.view.asking.given.is_empty() && model.route == Route::Advice);
    assert_eq!(press(&mut model, "S"), [], "and there is nothing to save");
}

#[test]
fn the_question_whether_to_leave_goes_with_its_reason() {
    use packwright_core::event::{Event, Record};
    use packwright_core::problem::{Code, Problem};
    let mut model = after(THREE_WAYS, (80, 24));
    let id = *model.started.first().unwrap();
    model.view.builds.insert(id, BuildView::default());
    press(&mut model, "q");
    assert_eq!(model.overlay.as_ref().unwrap().0, Overlay::Leave);
    let event = Event::Failed { problem: Box::new(Problem::new(Code::BuildFailed, "no")) };
    let record = Record { v: Record::VERSION, at: 1, build: Some(id), event };
    update(&mut model, Message::Updates(vec![Update::Happened(record)]));
    assert!(model.overlay.is_none());
}

#[test]
fn what_is_ruled_out_comes_into_sight_when_it_is_asked_for() {
    let mut model = at(Route::Advice, "")((100, 30));
    press(&mut model, "r");
    assert!(frame(&mut model).contains("Ruled out ─"));
    press(&mut model, "r");
    assert_eq!(model.place(), crate::ui::page::Place::default());
}
