//! How a frame is divided: rows and columns of the terminal.

use ratatui::layout::Rect;

use super::model::Model;
use super::page::Page;

/// Rows around a screen: head, two rules, foot.
pub const AROUND: u16 = 4;

/// Rows of the screen, or of what lies over it, that are shown at once.
pub fn rows_in_sight(model: &Model, foot: &Page) -> usize {
    let rows = match model.overlay {
        Some(_) => overlay_area(model).height.saturating_sub(2),
        None => model.size.1.saturating_sub(AROUND + foot_rows(model, foot)),
    };
    usize::from(rows).max(1)
}

/// Rows that stay at the bottom of a screen.
pub fn foot_rows(model: &Model, foot: &Page) -> u16 {
    u16::try_from(foot.rows.len()).unwrap_or(0).min(model.size.1.saturating_sub(AROUND) / 2)
}

/// Where what lies over the screen is drawn.
pub fn overlay_area(model: &Model) -> Rect {
    let (columns, rows) = model.size;
    let width = columns.saturating_sub(8).clamp(20, 96).min(columns);
    let height = rows.saturating_sub(4).max(3).min(rows);
    Rect { x: (columns - width) / 2, y: (rows - height) / 2, width, height }
}

/// Columns for the text of what lies over the screen.
pub fn overlay_width(model: &Model) -> u16 {
    overlay_area(model).width.saturating_sub(6)
}
