//! What lies over a screen: help, the list of actions, a question, the tags of a fact, a page, the folders.

use packwright_core::catalogue::{Questionnaire, Several};
use packwright_core::facts::{Fact, Source};
use packwright_core::technologies;

use super::action::{Action, Binding, ENTER, ESC, Field, Key, everywhere};
use super::model::{Model, Overlay};
use super::page::Page;
use super::screens::{self, advice};
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
            format!("Actions  {}▏", model.typed(&Field::Filter).unwrap_or_default())
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

/// What works while it lies there, the cursor on this item.
pub fn bindings(overlay: &Overlay, focus: usize) -> Vec<Binding> {
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
        _ => vec![choose, close],
    }
}

/// All bindings of the screen below, the special ones first.
fn all_bindings(model: &Model) -> Vec<Binding> {
    let mut all = screens::bindings(model);
    for binding in everywhere() {
        if !all.iter().any(|own| own.action == binding.action) {
            all.push(binding);
        }
    }
    all
}

fn keys(binding: &Binding) -> String {
    binding.keys.iter().map(|key| key.name()).collect::<Vec<_>>().join("  ")
}

fn help(page: &mut Page, model: &Model) {
    let line = page.pieces(&[(Role::Accent, "/             "), (Role::Text, "search all actions")]);
    page.item(line, Action::Actions);
    for binding in all_bindings(model) {
        let line = page.pieces(&[(Role::Accent, &format!("{:<14}", keys(&binding))), (Role::Text, &binding.label)]);
        page.item(line, binding.action);
    }
}

fn actions(page: &mut Page, model: &Model) {
    for binding in found(model) {
        let line = page.pieces(&[(Role::Text, &format!("{:<40}", binding.label)), (Role::Dim, &keys(&binding))]);
        page.item(line, binding.action);
    }
    if page.items.is_empty() {
        page.row(&[(Role::Dim, "no action fits")]);
    }
}

/// The actions whose words hold the typed letters in order, the closest first.
fn found(model: &Model) -> Vec<Binding> {
    let typed = model.typed(&Field::Filter).unwrap_or_default().to_lowercase();
    let mut fitting: Vec<(usize, Binding)> = all_bindings(model)
        .into_iter()
        .filter_map(|binding| Some((distance(&binding.label, &typed)?, binding)))
        .collect();
    fitting.sort_by_key(|(distance, _)| *distance);
    fitting.into_iter().map(|(_, binding)| binding).collect()
}

/// How far apart the letters are; nothing when they are not all there.
fn distance(label: &str, typed: &str) -> Option<usize> {
    let label = label.to_lowercase();
    let mut at = 0;
    let mut gaps = 0;
    for letter in typed.chars() {
        let next = label[at..].find(letter)?;
        gaps += if at == 0 { usize::from(next > 0) } else { next };
        at += next + letter.len_utf8();
    }
    Some(gaps)
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

/// The sign before a tag or an answer that can be marked.
pub fn mark(model: &Model, index: usize) -> &'static str {
    match (model.marked.contains(&index), model.is_read_out()) {
        (true, false) => "■ ",
        (false, false) => "□ ",
        (true, true) => "marked: ",
        (false, true) => "",
    }
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
        let line = page.pieces(&[(Role::Good, mark(model, index)), (Role::Text, &choice.text)]);
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
    let (Some(about), Some(entry)) = (technologies::page(id), technologies::named(id)) else { return };
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
    let shown = text::middle(&text::home(&folder.display().to_string()), usize::from(width).saturating_sub(14));
    let line = page.pieces(&[(Role::Chosen, " Open this "), (Role::Text, " "), (Role::Strong, &shown)]);
    page.item(line, Action::Open(folder.clone()));
    if let Some(parent) = folder.parent() {
        let line = page.pieces(&[(Role::Text, "..")]);
        page.item(line, Action::EnterFolder(parent.to_path_buf()));
    }
    for listed in inside {
        let name = listed.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let (mark, action) = if listed.is_project {
            ("■ ", Action::Open(listed.path.clone()))
        } else {
            ("  ", Action::EnterFolder(listed.path.clone()))
        };
        let line = page.pieces(&[(Role::Good, mark), (Role::Text, &name)]);
        page.item(line, action);
    }
    page.row(&[(Role::Dim, "■ holds a Python project")]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_are_found_by_letters_in_order() {
        assert!(distance("copy the commands", "cmd").is_some());
        assert!(distance("copy the commands", "xyz").is_none());
        assert!(distance("build", "bui") < distance("a big union idea", "bui"));
        assert_eq!(distance("anything", ""), Some(0));
    }
}
