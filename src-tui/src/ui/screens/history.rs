//! What was built before.

use packwright_core::engine::history::Build;
use packwright_core::technologies;

use super::super::action::{Action, Binding, ENTER, char};
use super::super::glyph;
use super::super::gradient;
use super::super::model::Model;
use super::super::page::Page;
use super::super::theme::Role;
use super::{Scene, whole_width};
use crate::show::{artifact_sign, date, duration, shortened, size};
use crate::ui::text;
use crate::words;

pub fn scene(model: &Model) -> Scene {
    let mut page = Page::new(model.theme);
    let width = whole_width(model);
    page.row(&[(Role::Strong, "What was built before")]);
    if model.view.history.is_empty() {
        page.row(&[(Role::Dim, "nothing yet")]);
    }
    page.blank();
    for (index, build) in model.view.history.iter().enumerate() {
        row(&mut page, model, index, build, width);
    }
    Scene::of(page)
}

fn row(page: &mut Page, model: &Model, index: usize, build: &Build, width: u16) {
    let artifact = &build.receipt.artifact;
    let (role, sign) = text::signed(artifact_sign(artifact));
    let name = [build.receipt.project.as_str(), build.receipt.version.as_deref().unwrap_or_default()].join(" ");
    let mut line = page.pieces(&[
        (role, &format!("{sign} ")),
        (Role::Dim, &format!("{}  ", date(build.made_at))),
        (Role::Strong, &format!("{:<24}", shortened(&name, 23))),
    ]);
    if let Some(entry) = technologies::named(&artifact.technology) {
        line.spans.extend(glyph::spans(page, entry, gradient::level_number(&entry.id)));
    }
    let start = artifact.start_ms.map(duration).unwrap_or_default();
    let figures = format!(
        " {:<17}{:>9} {start:>8}  {}",
        artifact.technology,
        size(artifact.bytes),
        words::outcome(artifact.verified.outcome)
    );
    line.push_span(page.span(Role::Text, &figures));
    page.item(line, Action::Rebuild(build.id));
    if model.screen_place().focus == index {
        let path = text::middle(&text::home(&build.path), usize::from(width).saturating_sub(4));
        let line = page.pieces(&[(Role::Dim, &format!("    {path}"))]);
        page.more(line);
        let line = page.pieces(&[(Role::Dim, &format!("    sha256 {}", artifact.sha256))]);
        page.more(line);
    }
}

pub fn bindings() -> Vec<Binding> {
    vec![
        Binding::shown(ENTER, Action::Activate, "plan it again"),
        Binding::shown(char('r'), Action::Examine, "read again"),
    ]
}
