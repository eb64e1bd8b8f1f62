//! Keys and clicks become actions.

use crossterm::event::{KeyEvent, KeyEventKind, MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Position;

use super::{act, bindings, field, log, page};
use crate::ui::action::{Action, Key, everywhere};
use crate::ui::measure;
use crate::ui::message::Effect;
use crate::ui::model::Model;
use crate::ui::page::Place;
use crate::ui::route::Route;
use crate::ui::screens;

pub fn key(model: &mut Model, event: &KeyEvent) -> Vec<Effect> {
    if event.kind == KeyEventKind::Release {
        return Vec::new();
    }
    // It was there to be read, and hides the keys.
    model.notice = None;
    if field::has_letters(model)
        && let Some(effects) = field::typed(model, event)
    {
        return effects;
    }
    let Some(key) = Key::of(event) else { return Vec::new() };
    match bound(model, key) {
        Some(action) => act(model, action),
        None => Vec::new(),
    }
}

/// What a key does now: on what lies over the screen, on the screen, everywhere.
fn bound(model: &Model, key: Key) -> Option<Action> {
    let mut fitting = bindings(model).into_iter().chain(everywhere()).filter(|binding| binding.keys.contains(&key));
    fitting.next().map(|binding| binding.action)
}

pub fn mouse(model: &mut Model, event: MouseEvent) -> Vec<Effect> {
    match event.kind {
        MouseEventKind::ScrollUp => act(model, Action::Move(-3)),
        MouseEventKind::ScrollDown => act(model, Action::Move(3)),
        MouseEventKind::Down(MouseButton::Left) => {
            let at = Position { x: event.column, y: event.row };
            // What was drawn last lies on top.
            let hit = model.hits.iter().rev().find(|hit| hit.area.contains(at)).map(|hit| hit.action.clone());
            model.notice = None;
            match hit {
                Some(action) => act(model, action),
                None if model.overlay.is_some() && !model.over.contains(at) => act(model, Action::Close),
                None => Vec::new(),
            }
        }
        _ => Vec::new(),
    }
}

/// Moves the cursor, or the log.
pub fn travel(model: &mut Model, action: &Action) {
    if model.overlay.is_none() && model.route == Route::Build && log::travel(model, action) {
        return;
    }
    let page = page(model);
    let height = measure::rows_in_sight(model, &screens::scene(model).foot);
    let last = page.items.len().saturating_sub(1);
    let most = page.rows.len().saturating_sub(height);
    let place = model.place_mut();
    let (items, rows) = match action {
        Action::Move(by) => (*by, *by),
        Action::Leaf(by) => (by * isize::try_from(height / 2).unwrap_or(8), by * isize::try_from(height).unwrap_or(20)),
        Action::Top => {
            *place = Place::default();
            return;
        }
        Action::Bottom => {
            *place = Place { focus: last, scroll: most, is_away: true };
            return;
        }
        _ => return,
    };
    let next = place.focus.saturating_add_signed(items).min(last);
    let is_lost = place.is_away && !page.is_seen(place.focus, place.scroll, height);
    if next == place.focus || is_lost || page.is_far(next, place.scroll, height) {
        // Rows that belong to no item are read too: those before the next item, and those behind the last.
        place.scroll = place.scroll.saturating_add_signed(rows).min(most);
        place.is_away = true;
    } else {
        place.focus = next;
        place.scroll = page.offset(next, place.scroll, height);
        place.is_away = false;
    }
}
