//! What lies over a screen: help, the list of actions, a question, the tags of a fact, a page, the folders.

use std::path::Path;

use crossterm::event::KeyCode;
use packwright_core::catalogue::{Questionnaire, Several, glossary};
use packwright_core::facts::{Fact, Source};
use packwright_core::inspect::browse::{self, Kind, Listed};
use packwright_core::technologies;
use packwright_core::words;
use unicode_width::UnicodeWidthStr;

use super::action::{Action, Binding, ENTER, ESC, Key};
use super::actions;
use super::model::{Model, Overlay};
use super::page::Page;
use super::screens::advice;
use super::text;
use super::theme::Role;
use crate::show::{self, Style};

/// Its title and its rows.
pub fn page(model: &Model, overlay: &Overlay, width: u16) -> (String, Page) {
    let mut page = Page::new(model.theme);
    let title = match overlay {
        Overlay::Help => {
            help(&mut page, model);
            "Keys".into()
        }
        Overlay::Actions => {
            actions(&mut page, model);
            "Actions".into()
        }
        Overlay::Leave => {
            leave(&mut page);
            "Something is being built".into()
        }
        Overlay::Tags(fact) => {
            tags(&mut page, model, *fact, width);
            fact.id().to_owned()
        }
        Overlay::Technology(id) => {
            technology(&mut page, model, id, width);
            id.clone()
        }
        Overlay::WhatIf => {
            what_if(&mut page, model, width);
            "What if".into()
        }
        Overlay::Folders => {
            folders(&mut page, model, width);
            "Pick a folder".into()
        }
    };
    (title, page)
}

/// What works while it lies there.
pub fn bindings(model: &Model, overlay: &Overlay) -> Vec<Binding> {
    let focus = model.place().focus;
    let close = Binding { keys: vec![ESC, Key::Char('q')], ..Binding::shown(ESC, Action::Close, "close") };
    let choose = Binding::shown(ENTER, Action::Activate, "choose");
    match overlay {
        Overlay::Tags(fact) if takes_several(*fact) => {
            // Below the tags stand rows that do what they say.
            let enter = if focus < fact.tags().count() { Action::Confirm } else { Action::Activate };
            let mark = Binding::shown(Key::Char(' '), Action::Mark(focus), "mark");
            vec![Binding::shown(ENTER, enter, "take over"), mark, close]
        }
        Overlay::Help => vec![choose, Binding::shown(Key::Char('/'), Action::Actions, "search all actions"), close],
        // Whoever insists on leaving does not want to be asked twice.
        Overlay::Leave => {
            let keys = vec![Key::Char('q'), Key::Ctrl('c')];
            vec![choose, Binding { keys, ..Binding::shown(Key::Char('q'), Action::QuitNow, "leave") }]
        }
        Overlay::Folders => {
            let mut bindings = vec![choose];
            let (folder, inside) = entered(model);
            // A project is opened by choosing it; others may lie in it.
            let into = inside.get(focus.wrapping_sub(above(folder))).filter(|listed| listed.kind != Kind::Script);
            if let Some(listed) = into {
                let right = Key::Code(KeyCode::Right);
                bindings.push(Binding::shown(right, Action::EnterFolder(listed.path.clone()), "look inside"));
            }
            if let Some(parent) = folder.and_then(Path::parent) {
                let left = Key::Code(KeyCode::Left);
                bindings.push(Binding::shown(left, Action::EnterFolder(parent.to_path_buf()), "the folder above"));
            }
            bindings.push(close);
            bindings
        }
        _ => vec![choose, close],
    }
}

fn keys(binding: &Binding) -> String {
    binding.keys.iter().map(|key| key.name()).collect::<Vec<_>>().join("  ")
}

fn help(page: &mut Page, model: &Model) {
    let search = Binding::quiet(&[Key::Char('/')], Action::Actions, "search all actions");
    let all: Vec<Binding> = std::iter::once(search).chain(actions::of_the_screen(model)).collect();
    let column = all.iter().map(|binding| keys(binding).width()).max().unwrap_or(0) + 2;
    for binding in all {
        let keys = keys(&binding);
        let gap = " ".repeat(column.saturating_sub(keys.width()));
        let line = page.pieces(&[(Role::Accent, &format!("{keys}{gap}")), (Role::Text, &binding.label)]);
        page.item(line, binding.action);
    }
}

fn actions(page: &mut Page, model: &Model) {
    for binding in actions::found(model) {
        let line = page.pieces(&[(Role::Text, &format!("{:<40}", binding.label)), (Role::Dim, &keys(&binding))]);
        page.item(line, binding.action);
    }
    if page.items.is_empty() {
        page.row(&[(Role::Dim, "no action fits")]);
    }
}

fn leave(page: &mut Page) {
    page.row(&[(Role::Text, "Leaving cancels it. What was finished is kept in the cache.")]);
    page.blank();
    let line = page.pieces(&[(Role::Text, "Stay")]);
    page.item(line, Action::Close);
    let line = page.pieces(&[(Role::Text, "Cancel the build and leave")]);
    page.item(line, Action::QuitNow);
}

/// Whether a fact can have several tags at once.
pub fn takes_several(fact: Fact) -> bool {
    Questionnaire::get().of(fact).is_some_and(|question| question.several != Several::Never)
}

fn tags(page: &mut Page, model: &Model, fact: Fact, width: u16) {
    let Some(question) = Questionnaire::get().of(fact) else { return };
    page.text(Role::Strong, &question.ask, width);
    if let Some(known) = model.view.facts.get(fact) {
        page.text(Role::Dim, &format!("known from {}", known.source), width);
    }
    let several = takes_several(fact);
    if several {
        page.row(&[(Role::Dim, "space or a click marks, enter takes over")]);
    }
    page.blank();
    for (index, choice) in question.choices.iter().enumerate() {
        let line = page.pieces(&[(Role::Good, text::mark(model, index)), (Role::Text, &choice.text)]);
        page.item(line, if several { Action::Mark(index) } else { Action::Answer(index) });
    }
    if several {
        let line = page.pieces(&[(Role::Chosen, " Take over ")]);
        page.item(line, Action::Confirm);
    }
    match model.view.facts.get(fact).map(|known| &known.source) {
        None => {}
        Some(Source::User | Source::Saved { .. }) => {
            let line = page.pieces(&[(Role::Dim, "  take the answer back")]);
            page.item(line, Action::Unknown);
        }
        Some(_) => page.text(Role::Dim, "The project shows it: another answer takes its place.", width),
    }
}

fn technology(page: &mut Page, model: &Model, id: &str, width: u16) {
    let (Some(about), Some(entry)) = (technologies::page(id), technologies::named(id)) else {
        return word(page, id, width);
    };
    if technologies::is_buildable(id) {
        let line = page.pieces(&[(Role::Chosen, " Plan it ")]);
        page.item(line, Action::PlanIt(Some(id.to_owned())));
    }
    let line = page.pieces(&[(Role::Text, "Open its documentation")]);
    page.item(line, Action::Browse(entry.documentation.clone()));
    page.blank();
    let style = Style { colour: false, width: usize::from(width) };
    for line in show::page(style, &about, entry, model.seen.get(id)).lines() {
        page.row(&[(Role::Text, line)]);
    }
}

/// What an everyday word means, and the technologies it leads to.
fn word(page: &mut Page, id: &str, width: u16) {
    let Some(word) = glossary::word(id) else { return };
    page.text(Role::Text, &word.text, width);
    page.blank();
    for entry in word.see.iter().filter_map(|id| technologies::named(id)) {
        let line = page.pieces(&[(Role::Strong, &format!("{:<18}", entry.id)), (Role::Dim, &entry.name)]);
        page.item(line, Action::Explain(entry.id.clone()));
    }
}

fn what_if(page: &mut Page, model: &Model, width: u16) {
    page.text(
        Role::Dim,
        "Another answer to what is known, and what would come first then. enter shows it; u takes it back.",
        width,
    );
    page.blank();
    let flips = advice::explanation(model).what_if;
    for flip in &flips {
        let then = flip.technology.as_deref().unwrap_or("nothing fits");
        let line = page.pieces(&[
            (Role::Dim, &format!("{:<18}", flip.fact.id())),
            (Role::Text, &flip.text),
            (Role::Dim, " → "),
            (Role::Strong, then),
        ]);
        page.item(line, Action::Flip(flip.fact, flip.tag.clone()));
    }
    if flips.is_empty() {
        page.row(&[(Role::Text, "No other answer to one question alone would change the first choice")]);
    }
}

fn folders(page: &mut Page, model: &Model, width: u16) {
    let Some((folder, inside)) = &model.listing else {
        page.row(&[(Role::Dim, "reading …")]);
        return;
    };
    let shown = words::middle(&model.shown(folder), usize::from(width).saturating_sub(14));
    let line = page.pieces(&[(Role::Chosen, " Open this "), (Role::Text, " "), (Role::Strong, &shown)]);
    page.item(line, Action::Open(folder.clone()));
    if let Some(parent) = folder.parent() {
        let line = page.pieces(&[(Role::Text, "..")]);
        page.item(line, Action::EnterFolder(parent.to_path_buf()));
    }
    for listed in inside {
        let name = listed.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let action = match listed.kind {
            Kind::Project | Kind::Script => Action::Open(listed.path.clone()),
            Kind::Folder => Action::EnterFolder(listed.path.clone()),
        };
        let mark = match (listed.kind, model.is_read_out()) {
            (Kind::Folder, false) => "  ",
            (Kind::Folder, true) => "folder ",
            (_, false) => "■ ",
            (Kind::Project, true) => "project ",
            (Kind::Script, true) => "script ",
        };
        let line = page.pieces(&[(Role::Good, mark), (Role::Text, &name)]);
        page.item(line, action);
    }
    if inside.len() >= browse::MOST {
        let rest = format!("These are the first {} by name; the path of another can be typed", browse::MOST);
        page.text(Role::Text, &rest, width);
    }
    if !model.is_read_out() {
        page.row(&[(Role::Dim, "■ a Python project or script: enter opens it, → looks inside a folder")]);
    }
}

/// The folder that is listed, and what is in it.
fn entered(model: &Model) -> (Option<&Path>, &[Listed]) {
    model.listing.as_ref().map_or((None, &[]), |(folder, inside)| (Some(folder), inside))
}

/// Items above what is in a folder: to open it, and to leave it.
fn above(folder: Option<&Path>) -> usize {
    1 + usize::from(folder.is_some_and(|folder| folder.parent().is_some()))
}
