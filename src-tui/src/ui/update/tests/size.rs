//! What fits, and what gives way when it does not.

use packwright_core::engine::Capacity;
use packwright_core::engine::doctor::{Checkup, Provision, State, ToolState};
use packwright_core::engine::history::Build;
use packwright_core::problem::Hint;
use packwright_core::session::{BuildView, StepState};

use super::{Message, THREE_WAYS, Update, after, frame, opened, snapshot, update};
use crate::ui::model::Model;
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
        tools: vec![ToolState {
            name: "tool".into(),
            version: version.map(str::to_owned),
            managed: false,
            damaged: Vec::new(),
        }],
    };
    let command = ["apt", "install", "tool"].map(str::to_owned).to_vec();
    let missing = State::Missing { hints: vec![Hint { command, ..Hint::of("Install `tool`") }] };
    let elsewhere = State::Unsupported { because: "it is built on macOS only".into() };
    let found = vec![
        checkup("zipapp", State::Build, Some("tool 1.2")),
        checkup("pex", missing, None),
        checkup("shiv", elsewhere, None),
    ];
    snapshot("doctor", |size| {
        let mut model = opened(size);
        model.go(Route::Doctor);
        let free = Capacity { folder: "/cache".into(), disk: Some(3_000_000_000), memory: Some(400_000_000) };
        let machine = Provision { sandbox: "bubblewrap".into(), is_confined: true, hints: Vec::new(), free };
        let learned = vec![Update::Examined(found.clone()), Update::Measured(Box::new(machine))];
        update(&mut model, Message::Updates(learned));
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

#[test]
fn what_is_built_is_said_on_every_screen_however_narrow() {
    for size in [(80, 24), (100, 30), (200, 60)] {
        let mut model = after(THREE_WAYS, size);
        let head = |model: &mut Model| frame(model).lines().next().unwrap_or_default().to_owned();
        model.go(Route::Doctor);
        assert!(!head(&mut model).contains('▸'));
        let id = *model.started.first().unwrap();
        model.view.builds.insert(id, BuildView::default());
        for route in Route::ALL {
            model.go(route);
            let head = head(&mut model);
            assert!(head.contains("▸ Build") && head.contains("History"), "{route:?} {size:?}: {head}");
        }
    }
}

#[test]
fn the_head_names_the_project_in_full_where_there_is_room() {
    let mut model = opened((100, 30));
    let shown = frame(&mut model);
    assert!(shown.starts_with(" weather-cli 1.2.0 "), "{shown}");
    model.view.project.as_mut().unwrap().name = "a-project-with-a-name-that-goes-on-and-on".into();
    let shown = frame(&mut model);
    let head = shown.lines().next().unwrap();
    assert!(head.contains('…') && head.contains("History") && head.chars().count() > 96, "{head}");
}

#[test]
fn on_a_very_wide_screen_both_columns_stay_together() {
    let mut model = after(THREE_WAYS, (300, 60));
    model.go(Route::Result);
    let shown = frame(&mut model);
    let row = shown.lines().find(|line| line.contains("Next ─")).unwrap();
    let column = row.chars().position(|c| c == '│').unwrap();
    assert!((110..=118).contains(&column), "{column}: {row}");
}
