//! Reading a log: where in it, which lines, and what is searched for.

use crate::ui::action::Action;
use crate::ui::message::Effect;
use crate::ui::model::Model;
use crate::ui::screens::build;
use packwright_core::session::logs::{Found, Towards};

/// What moves the cursor elsewhere scrolls the log on the build screen, where `tab` goes from build to build. Says whether
/// there was a log to scroll.
pub fn travel(model: &mut Model, action: &Action) -> bool {
    let Some(id) = build::current(model) else { return false };
    let room = build::log_room(model);
    let page = isize::try_from(room.rows).unwrap_or(10);
    match action {
        Action::Move(by) => model.logs.scroll(id, *by, room),
        Action::Leaf(by) => model.logs.scroll(id, by * page, room),
        Action::Top => model.logs.rewind(id, room),
        Action::Bottom => model.logs.follow(id),
        Action::Sideways(by) => model.logs.shift(id, *by),
        _ => return false,
    }
    true
}

/// Does what an action does with the log that is shown.
pub fn look(model: &mut Model, action: &Action) -> Vec<Effect> {
    let Some(id) = build::current(model) else { return Vec::new() };
    let room = build::log_room(model);
    match action {
        Action::Follow if model.logs.follows(id) => model.logs.scroll(id, -1, room),
        Action::Follow => model.logs.follow(id),
        Action::NextFilter => model.logs.next_filter(id),
        Action::NextStep => model.logs.next_step(id),
        Action::NextFound => find(model, Towards::Next),
        Action::PreviousFound => find(model, Towards::Previous),
        Action::FirstError => {
            let found = model.logs.find_first_error(id, room);
            tell(model, found);
        }
        Action::Wrap => model.logs.wrap = !model.logs.wrap,
        Action::OpenLog => match model.logs.file(id, room) {
            Some(file) => return vec![Effect::Show(file.display().to_string())],
            None => model.notice = Some("nothing was printed yet".into()),
        },
        _ => {}
    }
    Vec::new()
}

/// Goes to a line that holds what is searched for, or says why not.
pub fn find(model: &mut Model, towards: Towards) {
    let Some(id) = build::current(model) else { return };
    let found = model.logs.find(id, towards, build::log_room(model));
    tell(model, found);
}

fn tell(model: &mut Model, found: Found) {
    match found {
        Found::Shown => {}
        Found::Hidden => {
            model.notice = Some("it stands only in lines that are not shown; s and t show others".into());
        }
        Found::Nowhere => model.notice = Some("nothing in the log fits".into()),
    }
}
