//! How a message changes the model, and what it wants done: no input, no output, no clock.

pub use journey::RECALLED;

mod field;
mod input;
mod journey;
mod log;
mod making;
mod planning;

use packwright_core::event::Event;
use packwright_core::session::{BuildView, Intent, Update};

use super::action::{Action, Binding, Field};
use super::message::{Effect, Message};
use super::model::{Model, Overlay};
use super::overlay;
use super::page::Page;
use super::route::Route;
use super::screens;

/// Takes in a message.
pub fn update(model: &mut Model, message: Message) -> Vec<Effect> {
    match message {
        Message::Key(key) => return input::key(model, &key),
        Message::Mouse(mouse) => return input::mouse(model, mouse),
        Message::Paste(text) => return field::paste(model, &text),
        Message::Resize(columns, rows) => model.size = (columns, rows),
        Message::Updates(updates) => {
            let item = under_cursor(model);
            let effects = updates.iter().flat_map(|update| learn(model, update)).collect();
            stay_on(model, item);
            return effects;
        }
        Message::Lines(piece) => {
            model.logs.take(piece);
            model.logs.shrink(|id| model.view.builds.get(&id).is_some_and(BuildView::has_ended));
        }
        Message::Listed { folder, inside } => {
            let is_awaited = model.completing.as_ref() == Some(&folder);
            model.listing = Some((folder, inside));
            if is_awaited {
                return field::complete(model);
            }
        }
        Message::Unlisted(folder, why) => return journey::pick_above(model, &folder, why),
        Message::Looked(technology, seen) => {
            model.seen.insert(technology, seen);
        }
        Message::Tick(now) => {
            model.now = now;
            let asking = if model.overlay.is_none() { screens::plan::asking(model) } else { 0 };
            let before = model.consent_since.filter(|(_, before)| *before == asking);
            let is_asked = model.route == Route::Plan && asking > 0;
            model.consent_since = is_asked.then(|| before.unwrap_or((now, asking)));
        }
    }
    Vec::new()
}

/// What the session tells changes what is true, never where the user is looking.
fn learn(model: &mut Model, update: &Update) -> Vec<Effect> {
    let before = model.view.project.as_ref().map(packwright_core::facts::Project::opens_at);
    model.view.apply(update);
    if matches!(update, Update::Chosen { .. } | Update::Planning { .. } | Update::Refused(_)) {
        model.is_choosing = false;
    }
    let has_plan = matches!(update, Update::Planned { .. } | Update::Happened(_));
    if has_plan && model.notice.as_deref() == Some(planning::NOT_READY) {
        model.notice = None;
    }
    match update {
        Update::Opened(inspection) => {
            let is_another = before != Some(inspection.project.opens_at());
            (model.opening, model.asked) = (None, None);
            journey::forget_project(model, is_another);
        }
        Update::Happened(record) if matches!(record.event, Event::Finished { .. } | Event::Failed { .. }) => {
            if matches!(model.overlay, Some((Overlay::Leave, _))) && !model.is_building() {
                close(model);
            }
            return send(Intent::Recall { most: RECALLED });
        }
        Update::Refused(problem) => {
            // Where a project was to be shown, its page says why it is not.
            let is_shown = model.opening.take().is_some() && model.route == Route::Project;
            if !is_shown {
                model.notice = Some(problem.message.clone());
            }
        }
        Update::Saved { path } => model.notice = Some(format!("saved in {}", path.display())),
        Update::Advised { advice, .. } => {
            model.answering = None;
            if model.target > advice.targets.len() {
                model.target = 0;
            }
            // What has no row any more could not be unmarked.
            let listed = screens::advice::listed(model);
            model.wanted.retain(|marked| listed.contains(marked));
        }
        _ => {}
    }
    Vec::new()
}

/// Does something. What was being typed for an option is taken over before, or said to be lost.
pub fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    model.notice = None;
    let mut effects = if leaves_the_field(&action) { field::leave(model) } else { Vec::new() };
    effects.extend(act_at_once(model, action));
    effects
}

/// Whether nobody who does this goes on typing.
fn leaves_the_field(action: &Action) -> bool {
    let stays = matches!(
        action,
        Action::Complete | Action::Help | Action::Actions | Action::Close | Action::Back | Action::Suspend
    );
    !stays
}

fn act_at_once(model: &mut Model, action: Action) -> Vec<Effect> {
    match action {
        Action::Go(route) => journey::go(model, route),
        Action::On(route, action) => {
            let mut effects = journey::go(model, route);
            effects.extend(act(model, *action));
            effects
        }
        Action::Back => back(model),
        Action::Quit if model.is_building() => {
            model.lay(Overlay::Leave);
            Vec::new()
        }
        Action::Quit | Action::QuitNow => vec![Effect::Quit],
        Action::Suspend => vec![Effect::Suspend],
        Action::Help => {
            model.lay(Overlay::Help);
            Vec::new()
        }
        Action::Actions => {
            model.lay(Overlay::Actions);
            model.field = Some((Field::Filter, tui_input::Input::default()));
            Vec::new()
        }
        Action::Close => {
            close(model);
            Vec::new()
        }
        Action::Move(_) | Action::Leaf(_) | Action::Top | Action::Bottom | Action::Sideways(_) => {
            input::travel(model, &action);
            Vec::new()
        }
        Action::Complete => field::complete(model),
        Action::Activate => {
            page(model).items.get(model.place().focus).cloned().map_or_else(Vec::new, |item| choose(model, item))
        }
        Action::Click(item) => {
            model.place_mut().focus = item;
            page(model).items.get(item).cloned().map_or_else(Vec::new, |item| choose(model, item))
        }
        other => making::act(model, other),
    }
}

/// Does what an item does; what was chosen in the list of actions or the help closes it.
fn choose(model: &mut Model, item: Action) -> Vec<Effect> {
    if matches!(model.overlay, Some((Overlay::Help | Overlay::Actions, _))) {
        close(model);
    }
    act(model, item)
}

/// The rows with the cursor: those of what lies over the screen, or of the screen.
pub fn page(model: &Model) -> Page {
    match &model.overlay {
        Some((over, _)) => overlay::page(model, over, super::measure::overlay_width(model)).1,
        None => {
            let screens::Scene { mut main, side, .. } = screens::scene(model);
            main.items.extend(side.into_iter().flat_map(|(page, _)| page.items));
            main
        }
    }
}

/// What works now, beside what works everywhere: on what lies over the screen, or on the screen.
pub fn bindings(model: &Model) -> Vec<Binding> {
    match &model.overlay {
        Some((over, _)) => overlay::bindings(model, over),
        None => screens::bindings(model),
    }
}

/// What the cursor is on where items come and go by themselves: steps of a plan while it is made, builds that end.
fn under_cursor(model: &Model) -> Option<Action> {
    comes_and_goes(model).then(|| page(model).items.get(model.place().focus).cloned())?
}

/// Keeps the cursor on an item, wherever that is now.
fn stay_on(model: &mut Model, item: Option<Action>) {
    let Some(item) = item.filter(|_| comes_and_goes(model)) else { return };
    if let Some(at) = page(model).items.iter().position(|other| *other == item) {
        model.place_mut().focus = at;
    }
}

fn comes_and_goes(model: &Model) -> bool {
    matches!(model.route, Route::Plan | Route::History) && model.overlay.is_none()
}

fn close(model: &mut Model) {
    if matches!(model.overlay, Some((Overlay::Tags(_), _))) {
        model.marked.clear();
    }
    // A field below what lies over the screen stays as it is.
    if model.overlay.take().is_none() || matches!(model.field, Some((Field::Filter, _))) {
        if matches!(model.field, Some((Field::Search, _))) {
            model.logs.forget_search();
        }
        model.field = None;
    }
}

fn back(model: &mut Model) -> Vec<Effect> {
    if model.overlay.is_some() || model.field.is_some() {
        close(model);
    } else if model.route == Route::Advice && model.view.asking.supposed().next().is_some() {
        return journey::unflip(model);
    } else if let Some(route) = model.trail.pop() {
        model.route = route;
    }
    Vec::new()
}

/// An intent as an effect.
fn send(intent: Intent) -> Vec<Effect> {
    vec![intent.into()]
}

#[cfg(test)]
mod tests;
