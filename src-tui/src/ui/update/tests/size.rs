//! What fits, and what gives way when it does not.

use packwright_core::engine::doctor::{Checkup, State, ToolState};
use packwright_core::engine::history::Build;
use packwright_core::problem::Hint;
use packwright_core::session::StepState;

use super::{Message, THREE_WAYS, Update, after, frame, opened, snapshot, update};
use crate::ui::route::Route;

#[test]
fn a_log_has_room_beside_many_steps() {
    let mut model = after(THREE_WAYS, (80, 24));
    let id = *model.started.first().unwrap();
    model.selected = Some(id);
    let build = model.view.builds.get_mut(&id).unwrap();
    build.steps = vec![build.steps[0].clone(); 30];
    build.steps[20].state = StepState::Running;
    model.go(Route::Build);
    let shown = frame(&mut model);
    assert!(shown.contains("of 30") && shown.contains('▸') && shown.contains("Log  all"), "{shown}");
}

#[test]
fn a_terminal_that_is_too_small_says_so() {
    let mut model = opened((10, 3));
    assert!(frame(&mut model).contains("too small"));
}

#[test]
fn the_doctor_looks_as_it_should() {
    let checkup = |technology: &str, state, version: Option<&str>| Checkup {
        technology: technology.into(),
        state,
        tools: vec![ToolState { name: "tool".into(), version: version.map(str::to_owned), managed: false }],
    };
    let command = ["apt", "install", "tool"].map(str::to_owned).to_vec();
    let missing = State::Missing { hints: vec![Hint { text: "Install `tool`".into(), command }] };
    let elsewhere = State::Unsupported { because: "it is built on macOS only".into() };
    let found = vec![
        checkup("zipapp", State::Build, Some("tool 1.2")),
        checkup("pex", missing, None),
        checkup("shiv", elsewhere, None),
    ];
    snapshot("doctor", |size| {
        let mut model = opened(size);
        model.go(Route::Doctor);
        update(&mut model, Message::Updates(vec![Update::Examined(found.clone())]));
        model
    });
}

#[test]
fn the_history_looks_as_it_should() {
    let receipt = serde_json::from_str(include_str!("../../../../../tests/sessions/pex.receipt.json")).unwrap();
    let build = Build {
        id: 1,
        made_at: 1_795_000_000,
        root: "/home/me/code/weather-cli".into(),
        path: "/home/me/code/weather-cli/dist/weather-cli-1.2.0-any-pex.pex".into(),
        receipt,
    };
    snapshot("history", |size| {
        let mut model = opened(size);
        model.go(Route::History);
        update(&mut model, Message::Updates(vec![Update::Recalled(vec![build.clone(), build.clone()])]));
        model
    });
}
