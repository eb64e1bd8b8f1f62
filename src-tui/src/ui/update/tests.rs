//! The UI without a terminal: recorded sessions in, frames out, at three sizes; and whatever random hands can do.

use std::path::{Path, PathBuf};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use packwright_core::engine::log::{Line, Stream};
use packwright_core::event::BuildId;
use packwright_core::inspect;
use packwright_core::plan::Plan;
use packwright_core::session::{Asking, BuildView, Choice, Intent, Recording, Update};
use packwright_core::technologies;
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::update;
use crate::ui::action::Action;
use crate::ui::draw::draw;
use crate::ui::message::{Effect, Message};
use crate::ui::model::{Model, Overlay};
use crate::ui::route::Route;
use crate::ui::theme::{Depth, Theme};
use packwright_core::session::logs::{Origin, Piece};
use session::{act, chosen, settle};

#[cfg(test)]
mod caret;
#[cfg(test)]
mod claims;
#[cfg(test)]
mod finding;
#[cfg(test)]
mod hands;
#[cfg(test)]
mod log;
#[cfg(test)]
mod mash;
#[cfg(test)]
mod opening;
#[cfg(test)]
mod plans;
#[cfg(test)]
mod reading;
#[cfg(test)]
mod session;
#[cfg(test)]
mod several;
#[cfg(test)]
mod size;
#[cfg(test)]
mod stale;

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 36), (200, 60)];
const THREE_WAYS: &str = include_str!("../../../../tests/sessions/three-ways.jsonl");
const BROKEN: &str = include_str!("../../../../tests/sessions/broken.jsonl");
const PLAN: &str = include_str!("../../../../tests/sessions/pex.plan.json");

fn model(size: (u16, u16)) -> Model {
    Model::new(Theme { light: false, depth: Depth::True, ascii: false }, size)
}

/// A model with the example opened, as if it lay in a home.
fn opened(size: (u16, u16)) -> Model {
    let mut model = model(size);
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/weather-cli");
    let mut inspection = inspect::read(&example).unwrap();
    inspection.project.root = PathBuf::from("/home/me/code/weather-cli");
    act(&mut model, Action::Open(inspection.project.root.clone()));
    update(&mut model, Message::Updates(vec![Update::Opened(Box::new(inspection))]));
    advise(&mut model);
    model
}

fn advise(model: &mut Model) {
    let facts = Box::new(model.view.facts.clone());
    let advice = Box::new(technologies::advise(&facts));
    let asking = Box::new(model.view.asking.clone());
    update(model, Message::Updates(vec![Update::Advised { facts, advice, asking }]));
}

/// A model after a recorded session.
fn after(recording: &str, size: (u16, u16)) -> Model {
    let mut model = opened(size);
    let recording = Recording::read(recording).unwrap();
    for record in recording.records() {
        let build = record.build.unwrap();
        model.started.insert(build);
        update(&mut model, Message::Updates(vec![Update::Happened(record.clone())]));
    }
    let technologies: Vec<_> = model.view.builds.iter().map(|(id, build)| (*id, build.technology.clone())).collect();
    for (id, technology) in technologies {
        model.view.choices.insert(id, Choice::of(technology));
    }
    model
}

/// The frame as text.
fn frame(model: &mut Model) -> String {
    let (columns, rows) = model.size;
    let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
    terminal.draw(|frame| draw(model, frame)).unwrap();
    let buffer = terminal.backend().buffer();
    let line = |y: u16| (0..columns).map(|x| buffer[(x, y)].symbol()).collect::<String>().trim_end().to_owned() + "\n";
    (0..rows).map(line).collect()
}

fn press(model: &mut Model, keys: &str) -> Vec<Effect> {
    let key = |c: char| match c {
        '\n' => KeyCode::Enter,
        '\t' => KeyCode::Tab,
        '\u{1b}' => KeyCode::Esc,
        '↓' => KeyCode::Down,
        '↑' => KeyCode::Up,
        c => KeyCode::Char(c),
    };
    let press = |c| {
        let effects = update(model, Message::Key(KeyEvent::new(key(c), KeyModifiers::NONE)));
        settle(model, &effects);
        effects
    };
    keys.chars().flat_map(press).collect()
}

fn snapshot(name: &str, mut make: impl FnMut((u16, u16)) -> Model) {
    for size in SIZES {
        let shown = frame(&mut make(size));
        insta::with_settings!({ snapshot_path => "../snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(format!("{name}-{}x{}", size.0, size.1), shown);
        });
    }
}

fn at(route: Route, recording: &'static str) -> impl FnMut((u16, u16)) -> Model {
    move |size| {
        let mut model = if recording.is_empty() { opened(size) } else { after(recording, size) };
        model.go(route);
        model
    }
}

#[test]
fn welcome_looks_as_it_should() {
    snapshot("welcome", model);
}

#[test]
fn the_project_looks_as_it_should() {
    snapshot("project", at(Route::Project, ""));
}

#[test]
fn the_interview_looks_as_it_should() {
    snapshot("interview", at(Route::Interview, ""));
}

#[test]
fn the_advice_looks_as_it_should() {
    snapshot("advice", at(Route::Advice, ""));
}

/// A model with a plan on the screen.
fn planned(size: (u16, u16)) -> Model {
    let mut model = opened(size);
    let target = Some("os=linux,arch=x86-64".parse().unwrap());
    model.view.choices.insert(BuildId(1), Choice { target, ..Choice::of("pex") });
    model.view.planned.push(BuildId(1));
    model.view.numbered = 1;
    let plan: Plan = serde_json::from_str(PLAN).unwrap();
    model.view.consents.insert(BuildId(1), plan.consents(true, |_| true));
    model.view.plans.insert(BuildId(1), plan);
    model.go(Route::Plan);
    model
}

#[test]
fn a_plan_looks_as_it_should() {
    snapshot("plan", planned);
}

#[test]
fn builds_look_as_they_should() {
    snapshot("build", |size| {
        let mut model = at(Route::Build, THREE_WAYS)(size);
        let id = *model.started.first().unwrap();
        let step = model.view.builds[&id].steps[0].step.clone();
        let line = |text: &str| Line { stream: Stream::Out, text: text.into() };
        let lines = vec![
            line("Resolving 6 requirements"),
            line("\u{1b}[32mInstalling\u{1b}[0m 東京 click-8.1.7"),
            line("\u{1b}[2J\u{1b}]0;x\u{7}done"),
        ];
        model.selected = Some(id);
        let origin = Origin { step, file: "/cache/logs/0123.log".into() };
        update(&mut model, Message::Lines(Piece { build: id, origin, lines, skipped: 0 }));
        model
    });
}

#[test]
fn a_success_looks_as_it_should() {
    snapshot("result", at(Route::Result, THREE_WAYS));
}

#[test]
fn a_failure_looks_as_it_should() {
    snapshot("failure", at(Route::Result, BROKEN));
}

#[test]
fn what_lies_over_a_screen_looks_as_it_should() {
    snapshot("help", |size| {
        let mut model = opened(size);
        press(&mut model, "?");
        model
    });
    snapshot("technology", |size| {
        let mut model = opened(size);
        model.lay(Overlay::Technology("zipapp".into()));
        model
    });
}

#[test]
fn answering_asks_the_session_and_goes_on() {
    let mut model = opened((120, 36));
    model.go(Route::Interview);
    let effects = press(&mut model, "1");
    assert!(matches!(&effects[..], [Effect::Send(intent)] if matches!(**intent, Intent::Answer { .. })), "{effects:?}");
    if let Some(Effect::Send(intent)) = effects.into_iter().next()
        && let Intent::Answer { facts } = *intent
    {
        model.view.facts.overlay(&facts);
        model.view.asking.answer(&facts);
        advise(&mut model);
    }
    let effects = press(&mut model, "0");
    assert!(matches!(&effects[..], [Effect::Send(intent)] if matches!(**intent, Intent::Skip { .. })), "{effects:?}");
    let effects = press(&mut model, "uu");
    assert_eq!(effects.len(), 2, "both are taken back");
    model.view.asking = Asking::default();
    assert_eq!(press(&mut model, "u"), [], "no answer is left");
}

#[test]
fn a_question_with_several_answers_takes_the_marked_ones() {
    let mut model = opened((120, 36));
    model.go(Route::Interview);
    let ask = model.view.advice.as_ref().unwrap().ask.clone().unwrap();
    if ask.several {
        let effects = press(&mut model, " ↓ \n");
        let [Effect::Send(intent)] = &effects[..] else { panic!("{effects:?}") };
        let Intent::Answer { facts } = &**intent else { panic!("{intent:?}") };
        assert_eq!(facts.get(ask.fact).unwrap().tags.len(), 2);
    }
}

#[test]
fn a_command_of_a_plan_is_chosen_and_copied_whole() {
    let mut model = planned((80, 24));
    let effects = press(&mut model, "↓\n");
    let [Effect::Copy(text)] = &effects[..] else { panic!("{effects:?}") };
    assert!(text.starts_with("uv build --wheel") && text.ends_with("/pw/src"), "{text}");
}

#[test]
fn another_entry_point_asks_for_the_plan_again() {
    let mut model = planned((120, 36));
    let names: Vec<String> =
        model.view.project.iter().flat_map(|project| &project.entry_points).map(|entry| entry.name.clone()).collect();
    let effects = act(&mut model, Action::NextEntry);
    let [Effect::Send(intent)] = &effects[..] else { panic!("{effects:?}") };
    assert!(matches!(**intent, Intent::Change { build: BuildId(1), .. }), "{intent:?}");
    assert_eq!(chosen(&model).entry.as_ref(), names.get(1));
}

#[test]
fn no_event_moves_the_user_to_another_screen() {
    let mut model = opened((120, 36));
    model.go(Route::Doctor);
    let recording = Recording::read(THREE_WAYS).unwrap();
    for record in recording.records() {
        update(&mut model, Message::Updates(vec![Update::Happened(record.clone())]));
        assert_eq!(model.route, Route::Doctor);
    }
}

#[test]
fn leaving_asks_only_while_something_is_built() {
    let mut model = after(THREE_WAYS, (80, 24));
    assert_eq!(press(&mut model, "q"), [Effect::Quit]);
    let id = *model.started.first().unwrap();
    model.view.builds.insert(id, BuildView::default());
    assert!(press(&mut model, "q").is_empty());
    assert!(frame(&mut model).contains("Leaving cancels it"));
    assert!(press(&mut model, "\n").is_empty() && model.overlay.is_none(), "the first item stays");
    press(&mut model, "q");
    assert_eq!(press(&mut model, "q"), [Effect::Quit]);
}

#[test]
fn an_action_is_found_by_a_few_letters() {
    let mut model = opened((120, 36));
    for keys in [":doct\n", "?/doct\n"] {
        press(&mut model, keys);
        assert_eq!((model.route, model.overlay.is_none()), (Route::Doctor, true));
        model.go(Route::Project);
    }
}

#[test]
fn a_click_does_what_is_written_there() {
    let mut model = opened((120, 36));
    let shown = frame(&mut model);
    let column = shown.lines().next().unwrap().find("Advice").unwrap();
    let column = u16::try_from(shown.lines().next().unwrap()[..column].chars().count()).unwrap();
    let click = |column, row| {
        Message::Mouse(MouseEvent {
            kind: MouseEventKind::Down(MouseButton::Left),
            column,
            row,
            modifiers: KeyModifiers::NONE,
        })
    };
    update(&mut model, click(column + 1, 0));
    assert_eq!(model.route, Route::Advice);
}

#[test]
fn a_pasted_text_is_never_taken_for_keys() {
    let mut model = opened((80, 24));
    update(&mut model, Message::Paste("q\nq\n".repeat(3_000_000)));
    assert_eq!(model.route, Route::Project);
    press(&mut model, "W");
    update(&mut model, Message::Key(KeyEvent::new(KeyCode::Char('o'), KeyModifiers::NONE)));
    update(&mut model, Message::Paste("/some/where\n".repeat(1_000_000)));
    let (_, input) = model.field.as_ref().unwrap();
    assert!(input.value().starts_with("/some/where/some") && input.value().len() <= 4_096);
}

/// The shortest way a newcomer can go: from the first screen to the plan by `enter` and first answers.
#[test]
fn a_newcomer_needs_at_most_twelve_keys() {
    let mut model = opened((80, 24));
    let mut keys = 1;
    press(&mut model, "\n");
    while model.view.advice.as_ref().is_some_and(|advice| advice.ask.is_some()) {
        for effect in press(&mut model, "1") {
            if let Effect::Send(intent) = effect
                && let Intent::Answer { facts } = *intent
            {
                model.view.facts.overlay(&facts);
            }
        }
        keys += 1;
        advise(&mut model);
    }
    let effects = press(&mut model, "\n");
    let plans =
        |effect: &Effect| matches!(effect, Effect::Send(intent) if matches!(**intent, Intent::Recommend { .. }));
    assert!(effects.iter().any(plans) && model.route == Route::Plan, "{effects:?}");
    // One for the plan, one to build it, one for the result.
    assert!(keys + 3 <= 12, "{keys} keys before the plan");
}

#[test]
fn the_last_choice_is_planned_with_one_key_and_built_with_another() {
    let mut model = after(THREE_WAYS, (80, 24));
    model.go(Route::Project);
    let effects = press(&mut model, "b");
    assert!(matches!(&effects[..], [Effect::Send(intent)] if matches!(**intent, Intent::Repeat { .. })), "{effects:?}");
    let id = model.view.planned[0];
    model.view.plans.insert(id, serde_json::from_str(PLAN).unwrap());
    let effects = press(&mut model, "b");
    assert!(
        matches!(effects.last(), Some(Effect::Send(intent)) if matches!(**intent, Intent::Build { .. })),
        "{effects:?}"
    );
    assert_eq!(model.route, Route::Build);
}

#[test]
fn every_binding_of_every_screen_can_be_pressed() {
    for recording in [THREE_WAYS, BROKEN] {
        for route in Route::ALL {
            let mut model = after(recording, (100, 30));
            model.go(route);
            let actions: Vec<Action> =
                crate::ui::screens::bindings(&model).into_iter().map(|binding| binding.action).collect();
            for action in actions {
                let mut model = after(recording, (100, 30));
                model.go(route);
                act(&mut model, action);
                frame(&mut model);
            }
        }
    }
}
