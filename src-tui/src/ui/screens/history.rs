//! What was built before.

use std::path::Path;

use packwright_core::engine::history::Build;
use packwright_core::technologies;
use packwright_core::words;
use unicode_width::UnicodeWidthStr;

use super::super::action::{Action, Binding, ENTER, char};
use super::super::glyph;
use super::super::gradient;
use super::super::model::Model;
use super::super::page::Page;
use super::super::theme::Role;
use super::{Scene, whole_width};
use crate::show::{folded, shortened};
use crate::ui::text;

/// Columns from which a row has room for all figures.
const ROOMY: u16 = 92;

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
    let (role, sign) = text::signed(artifact.quality().into());
    let name = [build.receipt.project.as_str(), build.receipt.version.as_deref().unwrap_or_default()].join(" ");
    // With less room, how it started and what its trial said stand below the row with the cursor.
    let is_roomy = width >= ROOMY;
    let named = if is_roomy { 24 } else { 18 };
    let shown = shortened(&name, named - 1);
    let mut line = page.pieces(&[
        (role, &format!("{sign} ")),
        (Role::Dim, &format!("{}  ", words::date(build.made_at))),
        (Role::Strong, &shown),
        (Role::Text, &" ".repeat(named - shown.width())),
    ]);
    if let Some(entry) = technologies::named(&artifact.technology) {
        line.spans.extend(glyph::spans(page, entry, gradient::level_number(&entry.id)));
    }
    let start = artifact.start_ms.map(words::duration).unwrap_or_default();
    let outcome = words::outcome(artifact.verified.outcome);
    let mut figures = format!(" {:<17}{:>9}", artifact.technology, words::size(artifact.bytes));
    if is_roomy {
        figures.push_str(&format!(" {start:>8}  {outcome}"));
    }
    line.push_span(page.span(Role::Text, &figures));
    page.item(line, Action::Rebuild(build.id));
    if model.screen_place().focus == index {
        let start = artifact.start_ms.map(|ms| format!("starts in {}, ", words::duration(ms))).unwrap_or_default();
        let moved = (!is_roomy).then(|| format!("{start}{outcome}"));
        let more =
            moved.into_iter().chain([model.shown(Path::new(&build.path)), format!("sha256 {}", artifact.sha256)]);
        for part in more.flat_map(|text| folded(&text, usize::from(width).saturating_sub(4))) {
            let line = page.pieces(&[(Role::Dim, &format!("    {part}"))]);
            page.more(line);
        }
    }
}

pub fn bindings() -> Vec<Binding> {
    vec![
        Binding::shown(ENTER, Action::Activate, "plan it again"),
        Binding::shown(char('r'), Action::Examine, "read again"),
    ]
}
