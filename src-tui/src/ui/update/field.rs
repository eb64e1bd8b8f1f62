//! Typed text: letters, pasted lines, completed paths, and what follows when it is taken over.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use packwright_core::inspect::browse::{common_start, expanded, folder, meant, split};
use packwright_core::session::form;
use packwright_core::session::logs::Towards;
use tui_input::{Input, InputRequest};

use super::{act, close, journey, log, page, planning};
use crate::ui::action::{Action, Field};
use crate::ui::message::Effect;
use crate::ui::model::Model;
use crate::ui::page::Place;
use crate::ui::route::Route;

/// Characters that a field takes; a paste of megabytes is a mistake.
const LONGEST: usize = 4_096;

/// Whether letters go into a field: that of the list of actions, or one that nothing lies over.
pub fn has_letters(model: &Model) -> bool {
    match &model.field {
        Some((Field::Filter, _)) => true,
        Some(_) => model.overlay.is_none(),
        None => false,
    }
}

/// A key while a field has the focus; nothing where the key means what it means elsewhere.
pub fn typed(model: &mut Model, event: &KeyEvent) -> Option<Vec<Effect>> {
    let control = event.modifiers.contains(KeyModifiers::CONTROL);
    let request = match event.code {
        KeyCode::Enter => return Some(accept(model)),
        KeyCode::Esc => return Some(act(model, Action::Back)),
        KeyCode::Tab => return Some(act(model, Action::Complete)),
        KeyCode::Char('w') if control => InputRequest::DeletePrevWord,
        KeyCode::Char('u') if control => InputRequest::DeleteLine,
        KeyCode::Char('a') if control => InputRequest::GoToStart,
        KeyCode::Char('e') if control => InputRequest::GoToEnd,
        KeyCode::Char(_) if control => return None,
        KeyCode::Char(c) => InputRequest::InsertChar(c),
        KeyCode::Backspace => InputRequest::DeletePrevChar,
        KeyCode::Delete => InputRequest::DeleteNextChar,
        KeyCode::Left => InputRequest::GoToPrevChar,
        KeyCode::Right => InputRequest::GoToNextChar,
        KeyCode::Home => InputRequest::GoToStart,
        KeyCode::End => InputRequest::GoToEnd,
        _ => return None,
    };
    write(model, [request]);
    Some(Vec::new())
}

/// Changes the field that has the focus, and what depends on it.
fn write(model: &mut Model, requests: impl IntoIterator<Item = InputRequest>) {
    let Some((field, input)) = &mut model.field else { return };
    for request in requests {
        let full = input.value().chars().count() >= LONGEST;
        if !(full && matches!(request, InputRequest::InsertChar(_))) {
            input.handle(request);
        }
    }
    match field {
        Field::Filter => *model.place_mut() = Place::default(),
        Field::Search => model.logs.seek(input.value()),
        Field::Path | Field::Option(..) => {}
    }
}

/// Pasted text goes into the field that has the focus, as one line. On the first screen it is a path, such as terminals
/// paste when a file is dropped on them. Elsewhere it does nothing, since its letters were never meant as keys.
pub fn paste(model: &mut Model, text: &str) -> Vec<Effect> {
    if model.field.is_none() && model.overlay.is_none() && model.route == Route::Welcome {
        model.field = Some((Field::Path, Input::default()));
        *model.place_mut() = Place::default();
    }
    let letters: String = text.chars().filter(|c| !c.is_control()).take(LONGEST).collect();
    let is_path = model.typed(&Field::Path).is_some_and(str::is_empty);
    let letters = if is_path { meant(&letters) } else { letters };
    write(model, letters.chars().map(InputRequest::InsertChar));
    Vec::new()
}

/// Takes over what was typed.
fn accept(model: &mut Model) -> Vec<Effect> {
    // What the list of actions shows depends on the field.
    let item = page(model).items.get(model.place().focus).cloned();
    let Some((field, input)) = model.field.take() else { return Vec::new() };
    let text = input.value().trim().to_owned();
    match field {
        Field::Path if text.is_empty() => Vec::new(),
        Field::Path => journey::open(model, expanded(&meant(&text), model.around.home.as_deref())),
        Field::Search => {
            model.logs.seek(&text);
            if model.logs.sought().is_empty() {
                model.logs.forget_search();
            }
            if !model.logs.sought().is_empty() {
                log::find(model, Towards::Nearest);
            }
            Vec::new()
        }
        Field::Option(build, option) => {
            if form::fault(&model.view, build, &option, &text).is_some() {
                // The form says what is wrong; nothing typed is lost.
                model.field = Some((Field::Option(build, option), input));
                return Vec::new();
            }
            planning::with_option(model, build, option, text)
        }
        Field::Filter => {
            close(model);
            item.map_or_else(Vec::new, |item| act(model, item))
        }
    }
}

/// Takes over what is typed for an option, when its user goes on to something else.
pub fn leave(model: &mut Model) -> Vec<Effect> {
    let Some((Field::Option(build, option), input)) = &model.field else { return Vec::new() };
    let fault = form::fault(&model.view, *build, option, input.value().trim());
    if let Some(fault) = fault {
        model.field = None;
        model.notice = Some(format!("not taken over: {fault}"));
        return Vec::new();
    }
    accept(model)
}

/// Completes the path with what was listed last, and lists what comes next.
pub fn complete(model: &mut Model) -> Vec<Effect> {
    let Some((Field::Path, input)) = &model.field else { return Vec::new() };
    let typed = if input.value() == "~" { "~/".to_owned() } else { input.value().to_owned() };
    model.completing = None;
    let (before, begun) = split(&typed);
    let Some(fitting) = model.going_on(before, begun) else {
        // The key is pressed again when the folder is there.
        let folder = folder(before, model.around.home.as_deref());
        model.completing = Some(folder.clone());
        return vec![Effect::List(folder)];
    };
    let Some(common) = common_start(&fitting) else {
        model.notice = Some(format!("no folder and no script there begins with `{begun}`"));
        return Vec::new();
    };
    let completed = before.to_owned() + &common;
    let enters = fitting.len() == 1 && common.ends_with('/');
    let next = if enters { vec![Effect::List(expanded(&completed, model.around.home.as_deref()))] } else { Vec::new() };
    model.field = Some((Field::Path, Input::new(completed)));
    next
}
