//! The signs of the six layers in the colour of a level.

use packwright_core::catalogue::Entry;
use ratatui::text::Span;

use super::page::Page;
use super::theme::Role;
use crate::show;

/// What an artifact brings in the level's colour, what it takes from the target beside it.
pub fn spans(page: &Page, entry: &Entry, level: usize) -> Vec<Span<'static>> {
    let coloured = |sign: char| {
        let role = if matches!(sign, '■' | '▪') { Role::Level(level) } else { Role::Edge };
        page.span(role, &sign.to_string())
    };
    show::glyph(&entry.brings, &entry.takes).chars().map(coloured).collect()
}
