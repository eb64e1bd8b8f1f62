//! A frame: where the user is, the screen, the keys that matter now.

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::text::Line;
use ratatui::widgets::{Block, BorderType, Clear, Widget};
use unicode_width::UnicodeWidthStr;

use super::action::{Action, Binding, Field};
use super::charset;
use super::measure::{self, AROUND, overlay_area, overlay_width};
use super::model::{Model, Overlay};
use super::overlay;
use super::page::{Hit, MARGIN, Page};
use super::route::Route;
use super::screens::{self, Scene};
use super::text;
use super::theme::Role;
use super::update::bindings;
use crate::show::shortened;
use packwright_core::facts::Version;

/// The smallest terminal that a screen fits into.
const SMALLEST: (u16, u16) = (40, 10);
/// Columns from which the head has room for a version and spaces.
const ROOMY: u16 = 100;

/// Draws a frame, and remembers where it can be clicked.
pub fn draw(model: &mut Model, frame: &mut Frame) {
    let area = frame.area();
    model.size = (area.width, area.height);
    let mut hits = Vec::new();
    let caret = picture(model, area, frame.buffer_mut(), &mut hits);
    if model.theme.ascii {
        charset::to_ascii(frame.buffer_mut());
    }
    if let Some(caret) = caret {
        frame.set_cursor_position(caret);
    }
    model.hits = hits;
}

/// Draws everything, and gives the place of the caret, if letters go anywhere.
fn picture(model: &mut Model, area: Rect, buffer: &mut Buffer, hits: &mut Vec<Hit>) -> Option<Position> {
    if area.width < SMALLEST.0 || area.height < SMALLEST.1 {
        let text =
            format!("{}×{} is too small, Packwright needs {}×{}", area.width, area.height, SMALLEST.0, SMALLEST.1);
        for (y, part) in (area.y..area.bottom()).zip(crate::show::wrapped(&text, usize::from(area.width).max(1))) {
            buffer.set_stringn(area.x, y, part, usize::from(area.width), model.theme.style(Role::Text));
        }
        return None;
    }
    let page = Page::new(model.theme);
    head(model, &page, row(area, 0), buffer, hits);
    rule(model, row(area, 1), buffer);
    rule(model, row(area, area.height - 2), buffer);
    foot(model, &page, row(area, area.height - 1), buffer, hits);
    let body = Rect { y: area.y + 2, height: area.height - AROUND, ..area };
    let caret = scene(model, body, buffer, hits);
    match model.overlay.clone() {
        Some((over, _)) => {
            hits.clear();
            lay(model, &over, buffer, hits)
        }
        None => caret,
    }
}

fn row(area: Rect, number: u16) -> Rect {
    Rect { y: area.y + number, height: 1, ..area }
}

fn rule(model: &Model, area: Rect, buffer: &mut Buffer) {
    buffer.set_stringn(
        area.x,
        area.y,
        "─".repeat(usize::from(area.width)),
        usize::from(area.width),
        model.theme.style(Role::Rule),
    );
}

/// The stations of the journey, then the shelf.
const STATIONS: [(&str, Route); 7] = [
    ("Project", Route::Project),
    ("Interview", Route::Interview),
    ("Advice", Route::Advice),
    ("Build", Route::Build),
    ("Result", Route::Result),
    ("Doctor", Route::Doctor),
    ("History", Route::History),
];

/// What stands before a station.
fn between(index: usize, roomy: bool) -> &'static str {
    match index {
        0 => "",
        1..=4 if roomy => "─",
        1..=4 => " ─ ",
        5 => " │ ",
        _ => " ",
    }
}

fn head(model: &Model, page: &Page, area: Rect, buffer: &mut Buffer, hits: &mut Vec<Hit>) {
    let roomy = area.width >= ROOMY;
    let name = match &model.view.project {
        Some(project) => match &project.version {
            Version::Static { version, .. } if roomy => format!("{} {version}", project.name),
            _ => project.name.clone(),
        },
        None => "Packwright".into(),
    };
    let pad = if roomy { " " } else { "" };
    let building = model.is_building();
    let title = |title: &str, route| {
        let sign = if building && route == Route::Build { "▸ " } else { "" };
        format!("{pad}{sign}{title}{pad}")
    };
    let stations: usize = STATIONS
        .into_iter()
        .enumerate()
        .map(|(index, (name, route))| between(index, roomy).width() + title(name, route).width())
        .sum();
    let name = shortened(&name, usize::from(area.width).saturating_sub(stations + 4).max(12));
    let mut line = page.pieces(&[(Role::Text, " "), (Role::Strong, &name), (Role::Text, "  ")]);
    let width = 2 + u16::try_from(name.width()).unwrap_or(0);
    hits.push(Hit { area: Rect { width, ..area }, action: Action::Go(Route::Welcome) });
    let here = if model.route == Route::Plan { Route::Build } else { model.route };
    for (index, (name, route)) in STATIONS.into_iter().enumerate() {
        line.push_span(page.span(Role::Rule, between(index, roomy)));
        let from = area.x.saturating_add(u16::try_from(line.width()).unwrap_or(u16::MAX));
        let role = match route {
            _ if route == here => Role::Chosen,
            Route::Build if building => Role::Accent,
            _ => Role::Dim,
        };
        let title = title(name, route);
        line.push_span(page.span(role, &title));
        if from < area.right() {
            let width = u16::try_from(title.width()).unwrap_or(0).min(area.right() - from);
            hits.push(Hit { area: Rect { x: from, width, ..area }, action: Action::Go(route) });
        }
    }
    buffer.set_line(area.x, area.y, &line, area.width);
}

fn foot(model: &Model, page: &Page, area: Rect, buffer: &mut Buffer, hits: &mut Vec<Hit>) {
    if let Some(notice) = &model.notice {
        let text = page.pieces(&[
            (Role::Accent, " › "),
            (Role::Strong, &shortened(notice, usize::from(area.width).saturating_sub(4))),
        ]);
        buffer.set_line(area.x, area.y, &text, area.width);
        return;
    }
    let always = [("?", Action::Help, "keys"), (":", Action::Actions, "actions")];
    let right =
        page.pieces(&[(Role::Accent, "?"), (Role::Dim, " keys   "), (Role::Accent, ":"), (Role::Dim, " actions ")]);
    let right_at = area.right().saturating_sub(u16::try_from(right.width()).unwrap_or(0));
    let mut x = area.x + 1;
    let bindings = bindings(model);
    let goes_back = model.overlay.is_none() && !model.trail.is_empty();
    let back = goes_back.then(|| Binding::shown(super::action::ESC, Action::Back, "back"));
    for binding in bindings.iter().filter(|binding| binding.shown).chain(&back) {
        let key = binding.keys[0].name();
        let piece = page.pieces(&[(Role::Accent, &key), (Role::Dim, &format!(" {}   ", binding.label))]);
        let width = u16::try_from(piece.width()).unwrap_or(u16::MAX);
        if x.saturating_add(width) > right_at {
            break;
        }
        buffer.set_line(x, area.y, &piece, width);
        hits.push(Hit { area: Rect { x, width, ..area }, action: binding.action.clone() });
        x += width;
    }
    buffer.set_line(right_at, area.y, &right, area.right() - right_at);
    let mut at = right_at;
    for (key, action, label) in always {
        let width = u16::try_from(key.width() + label.width() + 4).unwrap_or(0);
        hits.push(Hit { area: Rect { x: at, width: width.min(area.right().saturating_sub(at)), ..area }, action });
        at = at.saturating_add(width).min(area.right());
    }
}

fn scene(model: &mut Model, area: Rect, buffer: &mut Buffer, hits: &mut Vec<Hit>) -> Option<Position> {
    let scene = screens::scene(model);
    let foot_rows = measure::foot_rows(model, &scene.foot);
    let Scene { main, side, foot } = scene;
    let body = Rect { height: area.height - foot_rows, ..area };
    let (left, right) = match &side {
        Some((_, width)) if body.width > width + 20 => {
            // The text does not get wider than it reads well; then what is beside it comes closer.
            let left = (body.width - width).min(screens::MAIN + 3 * MARGIN);
            (Rect { width: left - 1, ..body }, Some(Rect { x: body.x + left, width: *width, ..body }))
        }
        _ => (body, None),
    };
    // The items of the column at the side come after those of the main one.
    let items = main.items.len() + side.as_ref().map_or(0, |(page, _)| page.items.len());
    let place = model.screen_place();
    let focus = place.focus.min(items.saturating_sub(1));
    let cursor = (model.overlay.is_none() && items > 0).then_some(focus);
    let offset = main.scrolled(place, focus, usize::from(left.height));
    let mut caret = main.draw(left, buffer, cursor, offset, hits);
    if let (Some((page, _)), Some(area)) = (side, right) {
        let style = model.theme.style(Role::Rule);
        for y in area.y..area.bottom() {
            buffer.set_stringn(area.x - 1, y, "│", 1, style);
        }
        let shift = main.items.len();
        let cursor = cursor.and_then(|cursor| cursor.checked_sub(shift));
        let offset = page.offset_to_end(cursor, usize::from(area.height));
        let from = hits.len();
        caret = caret.or(page.draw(area, buffer, cursor, offset, hits));
        for hit in &mut hits[from..] {
            if let Action::Click(item) = &mut hit.action {
                *item += shift;
            }
        }
    }
    let below = Rect { y: body.bottom(), height: foot_rows, ..area };
    foot.draw(below, buffer, None, 0, hits);
    if model.overlay.is_none() {
        let place = model.place_mut();
        (place.focus, place.scroll) = (focus, offset);
    }
    caret
}

fn lay(model: &mut Model, over: &Overlay, buffer: &mut Buffer, hits: &mut Vec<Hit>) -> Option<Position> {
    let most = overlay_area(model);
    let (title, page) = overlay::page(model, over, overlay_width(model));
    let height = u16::try_from(page.rows.len() + 2).unwrap_or(u16::MAX).min(most.height);
    let area = Rect { height, ..most };
    Clear.render(area, buffer);
    model.over = area;
    let mut title = format!(" {title} ");
    let mut caret = None;
    if let Some(input) = model.input(&Field::Filter) {
        let (typed, column) = text::typed(input, usize::from(area.width).saturating_sub(title.width() + 5));
        let before = u16::try_from(title.width() + 2 + column).unwrap_or(u16::MAX);
        caret = Some(Position { x: area.x.saturating_add(before).min(area.right() - 1), y: area.y });
        title = format!("{title} {typed} ");
    }
    let title = Line::styled(title, model.theme.style(Role::Strong));
    let block =
        Block::bordered().border_type(BorderType::Rounded).border_style(model.theme.style(Role::Rule)).title(title);
    let inside = block.inner(area);
    block.render(area, buffer);
    let place = model.place();
    let focus = place.focus.min(page.items.len().saturating_sub(1));
    let offset = page.scrolled(place, focus, usize::from(inside.height));
    let cursor = (!page.items.is_empty()).then_some(focus);
    page.draw(inside, buffer, cursor, offset, hits);
    let place = model.place_mut();
    (place.focus, place.scroll) = (focus, offset);
    caret
}
