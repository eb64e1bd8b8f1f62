//! What fits, and what gives way when it does not.

use packwright_core::session::StepState;

use super::{THREE_WAYS, after, frame, opened};
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
