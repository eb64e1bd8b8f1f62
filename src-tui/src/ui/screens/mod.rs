//! The screens: each is a pure function of the model to a [`Scene`], and the bindings that work on it.

pub mod advice;
pub mod build;
pub mod doctor;
pub mod history;
pub mod interview;
pub mod plan;
pub mod project;
pub mod result;
pub mod welcome;

use super::action::{Action, Binding};
use super::measure::AROUND;
use super::model::Model;
use super::page::{MARGIN, Page};
use super::route::Route;
use super::theme::Role;

/// Most columns for the text of the main column.
pub const MAIN: u16 = 110;
/// Columns from which a side column fits.
const WIDE: u16 = 110;

/// What a screen shows between the two rules.
#[derive(Debug, Default)]
pub struct Scene {
    /// The main column, with the cursor.
    pub main: Page,
    /// A column at the right and its width.
    pub side: Option<(Page, u16)>,
    /// Rows that stay at the bottom.
    pub foot: Page,
}

impl Scene {
    /// A scene of one column.
    pub fn of(main: Page) -> Self {
        Self { main, ..Self::default() }
    }

    /// Puts a page at the side where there is room, and below elsewhere: at the side only the cursor scrolls.
    pub fn beside(mut main: Page, side: Page, model: &Model) -> Self {
        let is_seen = !side.items.is_empty() || side.rows.len() <= usize::from(model.size.1.saturating_sub(AROUND));
        match side_width(model).filter(|_| is_seen) {
            Some(width) => Self { main, side: Some((side, width)), ..Self::default() },
            None => {
                main.blank();
                main.append(side);
                Self::of(main)
            }
        }
    }
}

/// What the current screen shows.
pub fn scene(model: &Model) -> Scene {
    match model.route {
        Route::Welcome => welcome::scene(model),
        Route::Project => project::scene(model),
        Route::Interview => interview::scene(model),
        Route::Advice => advice::scene(model),
        Route::Plan => plan::scene(model),
        Route::Build => build::scene(model),
        Route::Result => result::scene(model),
        Route::Doctor => doctor::scene(model),
        Route::History => history::scene(model),
    }
}

/// What works on the current screen only.
pub fn bindings(model: &Model) -> Vec<Binding> {
    bindings_of(model, model.route)
}

/// What works on a screen only.
pub fn bindings_of(model: &Model, route: Route) -> Vec<Binding> {
    match route {
        Route::Welcome => welcome::bindings(),
        Route::Project => project::bindings(model),
        Route::Interview => interview::bindings(model),
        Route::Advice => advice::bindings(model),
        Route::Plan => plan::bindings(model),
        Route::Build => build::bindings(model),
        Route::Result => result::bindings(model),
        Route::Doctor => doctor::bindings(model),
        Route::History => history::bindings(),
    }
}

/// What a screen shows that needs a project, without one.
fn no_project(model: &Model) -> Page {
    let mut page = Page::new(model.theme);
    if let Some(path) = &model.opening {
        page.row(&[(Role::Strong, &format!("Reading {} …", model.shown(path)))]);
        return page;
    }
    page.row(&[(Role::Strong, "No project is open")]);
    let line = page.pieces(&[(Role::Text, "Open one")]);
    page.item(line, Action::Go(Route::Welcome));
    page
}

/// The width of the side column, where there is room for one.
fn side_width(model: &Model) -> Option<u16> {
    (model.size.0 >= WIDE).then(|| (model.size.0 / 3).clamp(40, 60))
}

/// Columns for the text of the main column.
fn main_width(model: &Model) -> u16 {
    let taken = side_width(model).map_or(0, |side| side + 2);
    model.size.0.saturating_sub(taken + 2 * MARGIN).clamp(16, MAIN)
}

/// Columns for the text of the side column, wherever it stands.
fn aside_width(model: &Model) -> u16 {
    side_width(model).map_or_else(|| main_width(model), |width| width.saturating_sub(2 * MARGIN))
}

/// Columns for a picture over both columns.
fn whole_width(model: &Model) -> u16 {
    model.size.0.saturating_sub(2 * MARGIN)
}
