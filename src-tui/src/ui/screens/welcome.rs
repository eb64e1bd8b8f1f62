//! Recent projects, a path to open, and the one picture.

use std::path::Path;

use packwright_core::engine::history::{Build, last_of_each};
use packwright_core::technologies;
use packwright_core::words;
use unicode_width::UnicodeWidthStr;

use super::super::action::{Action, Binding, ENTER, Field, TAB, char};
use super::super::glyph;
use super::super::gradient;
use super::super::model::Model;
use super::super::page::Page;
use super::super::route::Route;
use super::super::theme::Role;
use super::{Scene, whole_width};
use crate::show::shortened;
use crate::ui::text;

/// What a newcomer has to know.
const HINT: &str = "New here? Type or paste the path of your project, or press e for the example. Nothing runs before you saw the \
                    plan; ? shows the keys.";
/// Recent projects that are listed.
const RECENT: usize = 6;

pub fn scene(model: &Model) -> Scene {
    let mut page = Page::new(model.theme);
    let width = whole_width(model).min(118);
    page.row(&[(Role::Strong, "Open a project")]);
    path_field(&mut page, model, width);
    // Whoever has built something knows the way.
    if model.view.history.is_empty() && model.view.project.is_none() {
        page.blank();
        page.text(Role::Accent, HINT, width);
    }
    for problem in &model.view.problems {
        text::problem(&mut page, problem, width);
    }
    page.blank();
    let recent = last_of_each(&model.view.history);
    if !recent.is_empty() {
        page.heading("Recent", width);
        for build in recent.iter().take(RECENT) {
            recent_row(&mut page, model, build, width);
        }
        page.blank();
    }
    if !model.is_read_out() {
        let remark = "   each way to ship sits on a slope";
        page.row(&[(Role::Strong, "One picture for every answer"), (Role::Dim, remark)]);
        gradient::full(&mut page, None, width);
    }
    Scene::of(page)
}

fn path_field(page: &mut Page, model: &Model, width: u16) {
    let input = model.input(&Field::Path);
    let hint = if input.is_some() { "tab completes, enter opens" } else { "enter to type" };
    let room = usize::from(width).saturating_sub(hint.len() + 8);
    let typed = input.map(|input| text::typed(input, room));
    let (role, shown) = match &typed {
        Some((typed, _)) => (Role::Strong, typed.clone()),
        None => (Role::Dim, shortened("the path of a folder, or of a single script", room)),
    };
    let line = page.pieces(&[(Role::Rule, "› "), (role, &shown), (Role::Dim, "   "), (Role::Dim, hint)]);
    page.item(line, Action::Edit(Field::Path));
    if let Some((_, column)) = typed {
        page.caret(2 + column);
    }
    if let Some(fitting) = fitting(model, usize::from(width)) {
        let line = page.pieces(&[(Role::Dim, &format!("  {fitting}"))]);
        page.more(line);
    }
    let line = page.pieces(&[(Role::Rule, "› "), (Role::Text, "pick a folder")]);
    page.item(line, Action::PickFolder);
    let remark = "   a small program that comes with Packwright, to look around";
    let line = page.pieces(&[(Role::Rule, "› "), (Role::Text, "try the example"), (Role::Dim, remark)]);
    page.item(line, Action::OpenExample);
}

/// What the typed path could go on with, where that is not decided yet.
fn fitting(model: &Model, width: usize) -> Option<String> {
    let names = model.fitting();
    let all = || names.join("  ");
    if names.len() < 2 || all().width() + 2 <= width {
        return (names.len() > 1).then(all);
    }
    let mut shown = String::new();
    let mut rest = names.len();
    for name in &names {
        if shown.width() + name.width() + 14 > width {
            break;
        }
        shown += &format!("{name}  ");
        rest -= 1;
    }
    Some(format!("{shown}and {rest} more"))
}

fn recent_row(page: &mut Page, model: &Model, build: &Build, width: u16) {
    let artifact = &build.receipt.artifact;
    let root = words::middle(&model.shown(Path::new(&build.root)), usize::from(width / 3));
    let mut line = page.pieces(&[
        (Role::Strong, &format!("{:<20}", shortened(&build.receipt.project, 19))),
        (Role::Dim, &format!("{root:<32}  ")),
    ]);
    if let Some(entry) = technologies::named(&artifact.technology) {
        line.spans.extend(glyph::spans(page, entry, gradient::level_number(&entry.id)));
    }
    let (role, sign) = text::signed(artifact.quality().into());
    line.push_span(page.span(Role::Text, &format!(" {:<17} ", artifact.technology)));
    line.push_span(page.span(role, sign));
    let outcome = words::outcome(artifact.verified.outcome);
    line.push_span(page.span(Role::Text, &format!(" {}, {outcome}", words::size(artifact.bytes))));
    page.item(line, Action::Open(Path::new(&build.root).to_path_buf()));
}

pub fn bindings() -> Vec<Binding> {
    vec![
        Binding::shown(ENTER, Action::Activate, "open"),
        Binding::shown(char('o'), Action::Edit(Field::Path), "type a path"),
        Binding::shown(char('f'), Action::PickFolder, "pick a folder"),
        Binding::shown(char('e'), Action::OpenExample, "try the example"),
        Binding::shown(char('D'), Action::Go(Route::Doctor), "doctor"),
        Binding::quiet(&[TAB], Action::Complete, "complete the path"),
        Binding::shown(char('q'), Action::Quit, "quit"),
    ]
}
