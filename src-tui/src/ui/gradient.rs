//! The gradient in characters: a hill of what an artifact brings along, and the technologies on its slope.
//!
//! Drawn from the catalogue and a ranking alone. In full each level has its name and its technologies; the compact form
//! fits beside a question, the small one on two lines.

use std::sync::LazyLock;

use packwright_core::advice::Recommendation;
use packwright_core::catalogue::{Entry, Layer, Level, level_of, levels};
use packwright_core::technologies;
use ratatui::text::Line;
use unicode_width::UnicodeWidthStr;

use super::action::Action;
use super::glyph;
use super::page::{Page, Row};
use super::theme::Role;
use crate::show::LAYERS;
use crate::words::{self, BESIDE_THE_LEVELS};

/// Ranks that stand out.
const FRONT: usize = 3;

/// Columns of the shortest form of a front-runner: its rank between spaces, and one more behind.
const RANK: usize = 4;

/// How a technology stands in a ranking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    /// Among the first, from 1.
    Front(usize),
    /// It fits.
    Possible,
    /// It does not.
    Out,
}

fn standing(entry: &Entry, ranking: Option<&[Recommendation]>) -> Standing {
    let Some(ranking) = ranking else { return Standing::Possible };
    match ranking.iter().position(|one| one.technology == entry.id) {
        Some(rank) if rank < FRONT => Standing::Front(rank + 1),
        Some(_) => Standing::Possible,
        None => Standing::Out,
    }
}

/// What the catalogue alone says of a level. Worked out once: for every frame it would cost more than all else.
struct Shelf {
    level: &'static str,
    members: Vec<&'static Entry>,
}

static SHELVES: LazyLock<Vec<Shelf>> = LazyLock::new(|| {
    let members = |level: &Level| {
        let here = |entry: &&&Entry| level_of(&entry.id).is_some_and(|of| of.id == level.id);
        technologies::all().iter().filter(here).copied().collect()
    };
    levels().iter().map(|level| Shelf { level: &level.id, members: members(level) }).collect()
});

/// The technologies of a level in the order of the catalogue.
fn members(id: &str) -> &'static [&'static Entry] {
    SHELVES.iter().find(|shelf| shelf.level == id).map_or(&[], |shelf| &shelf.members)
}

/// The technologies of a level, front-runners first, ruled-out ones last.
fn on_level(id: &str, ranking: Option<&[Recommendation]>) -> Vec<(Standing, &'static Entry)> {
    let mut here: Vec<_> = members(id).iter().map(|entry| (standing(entry, ranking), *entry)).collect();
    here.sort_by_key(|(standing, _)| *standing);
    here
}

/// The rungs with their numbers, without delivery.
fn rungs() -> impl Iterator<Item = (usize, &'static str)> {
    let rungs = levels().iter().filter(|level| level.id != BESIDE_THE_LEVELS);
    rungs.enumerate().map(|(index, level)| (index + 1, level.id.as_str()))
}

/// The vocabulary's word for a rung, as people write it.
fn name(id: &str) -> String {
    let text = id.replace('-', " ").replace("python", "Python").replace("os package", "OS package");
    let mut rest = text.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().collect::<String>() + rest.as_str())
}

/// The layers that are brought at all, each with the number of the level that brings it first.
static FIRST_BROUGHT: LazyLock<Vec<(usize, Layer)>> = LazyLock::new(|| {
    let brings = |id: &str, layer: Layer| {
        let here = members(id);
        here.iter().filter(|entry| entry.brings.contains(&layer)).count() * 2 > here.len()
    };
    let counted = LAYERS.into_iter().filter(|layer| *layer != Layer::Dependencies);
    counted.filter_map(|layer| Some((rungs().find(|(_, id)| brings(id, layer))?.0, layer))).collect()
});

/// The layer that artifacts of a level bring first, on the way down.
fn first_brought(number: usize) -> Option<Layer> {
    FIRST_BROUGHT.iter().find(|(first, _)| *first == number).map(|(_, layer)| *layer)
}

/// The number of a technology's level, from 1; delivery counts as the last.
pub fn level_number(technology: &str) -> usize {
    let holds = |id: &str| members(id).iter().any(|entry| entry.id == technology);
    rungs().find(|(_, id)| holds(id)).map_or(10, |(number, _)| number)
}

/// The whole picture, for this many columns.
pub fn full(page: &mut Page, ranking: Option<&[Recommendation]>, width: u16) {
    let wide = width >= 96;
    if wide {
        let (left, right) = ("small, needs everything on the target", legend(ranking));
        let gap = usize::from(width).saturating_sub(left.width() + right.width());
        page.row(&[(Role::Dim, left), (Role::Dim, &" ".repeat(gap)), (Role::Dim, &right)]);
    }
    for (number, id) in rungs() {
        let mut row = hill(page, number, &name(id), width, wide);
        let names = on_level(id, ranking);
        names_behind(page, &mut row, &names, number, usize::from(width));
        page.rows.push(row);
    }
    delivery(page, ranking, width);
}

fn legend(ranking: Option<&[Recommendation]>) -> String {
    let ruled = if ranking.is_some() { "  dim: ruled out" } else { "" };
    format!("■ brought  ▪ in part, or on install  □ taken{ruled}")
}

/// `4 Pre-installed Python ░░░░ + Python ▙ `, the edge further right the lower the level.
fn hill(page: &Page, number: usize, title: &str, width: u16, wide: bool) -> Row {
    let share = (f64::from(u8::try_from(number - 1).unwrap_or(9)) / 9.0).powf(0.92);
    let (first, last) = if wide { (0.26, 0.48) } else { (0.08, 0.30) };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a column of the terminal")]
    let edge = (f64::from(width) * (first + share * (last - first))) as usize;
    let layer = first_brought(number).filter(|_| wide).map(words::layer);
    let label = layer.map_or(String::new(), |layer| format!(" {}{layer} ", if number == 1 { "" } else { "+ " }));
    let title = if wide { format!("{title} ") } else { String::new() };
    let fill = edge.saturating_sub(3 + title.width() + label.width()).max(1);
    let level = Role::Level(number);
    let line = page.pieces(&[
        (Role::Dim, &format!("{number:>2} ")),
        (Role::Text, &title),
        (level, &"░".repeat(fill)),
        (Role::Dim, &label),
        (level, "▙ "),
    ]);
    Row { line, ..Row::default() }
}

/// A name in the forms it can have, the longest first: a front-runner may go without its signs, and at last without its
/// name, but not without its rank.
fn forms(page: &Page, standing: Standing, entry: &Entry, number: usize) -> Vec<Line<'static>> {
    match standing {
        Standing::Front(rank) => {
            let mut full = page.pieces(&[(Role::Chosen, &format!(" {rank} {} ", entry.id)), (Role::Text, " ")]);
            let named = full.clone();
            full.spans.extend(glyph::spans(page, entry, number));
            full.push_span(page.span(Role::Text, "  "));
            vec![full, named, page.pieces(&[(Role::Chosen, &format!(" {rank} ")), (Role::Text, " ")])]
        }
        Standing::Possible => {
            vec![page.pieces(&[(Role::Level(number), "■"), (Role::Text, &format!("{}  ", entry.id))])]
        }
        Standing::Out => vec![page.pieces(&[(Role::Dim, &format!("{} ", entry.id))])],
    }
}

fn fronts(names: &[(Standing, &'static Entry)]) -> usize {
    names.iter().filter(|(standing, _)| matches!(standing, Standing::Front(_))).count()
}

/// Adds names as far as they fit; the rest is counted. Every front-runner keeps its place.
fn names_behind(page: &Page, row: &mut Row, names: &[(Standing, &'static Entry)], number: usize, width: usize) {
    for (index, (standing, entry)) in names.iter().enumerate() {
        let rest = names.len() - index;
        let room = width.saturating_sub(row.line.width() + fronts(&names[index + 1..]) * RANK);
        let reserve = if rest > 1 { 4 } else { 0 };
        let fits = |piece: &Line| piece.width() <= room.saturating_sub(reserve) + 1;
        let Some(piece) = forms(page, *standing, entry, number).into_iter().find(fits) else {
            row.line.push_span(page.span(Role::Dim, &format!("+{rest}")));
            return;
        };
        let from = u16::try_from(row.line.width()).unwrap_or(u16::MAX);
        row.line.spans.extend(piece.spans);
        let to = u16::try_from(row.line.width()).unwrap_or(u16::MAX);
        row.hits.push((from, to, Action::Explain(entry.id.clone())));
    }
}

fn delivery(page: &mut Page, ranking: Option<&[Recommendation]>, width: u16) {
    let mut row = Row { line: page.pieces(&[(Role::Dim, " – delivery carries any of it: ")]), ..Row::default() };
    names_behind(page, &mut row, &on_level(BESIDE_THE_LEVELS, ranking), 10, usize::from(width));
    page.rows.push(row);
}

/// One row for each level, names only for the front-runners.
pub fn compact(page: &mut Page, ranking: &[Recommendation], width: u16) {
    page.row(&[(Role::Dim, "small, dependent")]);
    for (number, id) in rungs() {
        let level = Role::Level(number);
        let mut line =
            page.pieces(&[(Role::Dim, &format!("{number:>2} ")), (level, &"░".repeat(number)), (level, "▙ ")]);
        let here = on_level(id, Some(ranking));
        for (index, (standing, entry)) in here.iter().enumerate() {
            let room = usize::from(width).saturating_sub(line.width() + fronts(&here[index + 1..]) * RANK);
            let (role, text) = match standing {
                Standing::Front(rank) if entry.id.len() + 6 > room => (Role::Chosen, format!(" {rank} ")),
                Standing::Front(rank) => (Role::Chosen, format!(" {rank} {} ", entry.id)),
                Standing::Possible => (level, "■".into()),
                Standing::Out => (Role::Dim, "·".into()),
            };
            if line.width() + text.width() + 1 > usize::from(width) {
                line.push_span(page.span(Role::Dim, "+"));
                break;
            }
            line.push_span(page.span(role, &text));
            if matches!(standing, Standing::Front(_)) {
                line.push_span(page.span(Role::Text, " "));
            }
        }
        page.line(line);
    }
    let label = "large, self-sufficient";
    page.row(&[(Role::Dim, &" ".repeat(usize::from(width).saturating_sub(label.width()))), (Role::Dim, label)]);
    page.row(&[(Role::Dim, "■ possible  · ruled out")]);
}

/// Levels on one line, what is possible on each beneath.
pub fn small(page: &mut Page, ranking: &[Recommendation]) {
    let mut above = page.pieces(&[(Role::Dim, "small ")]);
    let mut below = page.pieces(&[(Role::Dim, "      ")]);
    for (number, id) in rungs() {
        let possible = on_level(id, Some(ranking)).iter().filter(|(standing, _)| *standing != Standing::Out).count();
        let hill = format!("{number}{}▙", "░".repeat(1 + number / 4));
        let count = if possible == 0 { "·".into() } else { possible.to_string() };
        above.push_span(page.span(Role::Level(number), &format!("{hill:<6}")));
        below.push_span(page.span(if possible == 0 { Role::Dim } else { Role::Text }, &format!("{count:<6}")));
    }
    above.push_span(page.span(Role::Dim, " large"));
    page.line(above);
    page.line(below);
}

#[cfg(test)]
mod tests {
    use super::*;
    use packwright_core::facts::{Facts, Source};

    fn ranking() -> Vec<Recommendation> {
        let json = serde_json::json!({"kind": "cli", "installs-packages": "blocked", "python-on-target": "matching"});
        technologies::advise(&Facts::from_json(&json, &Source::User).unwrap()).recommendations
    }

    #[test]
    fn every_technology_is_on_the_picture_or_counted() {
        for width in [60, 80, 120, 200] {
            let mut page = Page::default();
            full(&mut page, Some(&ranking()), width);
            let text = page.plain_text();
            let named = technologies::all().iter().filter(|entry| text.contains(entry.id.as_str())).count();
            assert!(named > 20, "{width}: {text}");
            assert!(page.rows.iter().all(|row| row.line.width() <= usize::from(width) + 3), "{width}: {text}");
        }
    }

    #[test]
    fn a_layer_stands_where_it_is_brought_first() {
        let layers: Vec<_> = (1..=10).filter_map(first_brought).collect();
        assert_eq!(layers, [Layer::Code, Layer::Python, Layer::Userspace, Layer::Kernel, Layer::Hardware]);
    }

    #[test]
    fn every_front_runner_is_on_the_picture_even_on_one_level() {
        let ranking = ranking();
        let crowded = SHELVES.iter().max_by_key(|shelf| shelf.members.len()).unwrap();
        let on_one: Vec<Recommendation> = crowded
            .members
            .iter()
            .map(|entry| Recommendation { technology: entry.id.clone(), ..ranking[0].clone() })
            .collect();
        for ranking in [ranking, on_one] {
            for width in 56..=200 {
                let mut page = Page::default();
                full(&mut page, Some(&ranking), width);
                let text = page.plain_text();
                for front in &ranking[..FRONT] {
                    let named = Action::Explain(front.technology.clone());
                    let stands = page.rows.iter().flat_map(|row| &row.hits).any(|(_, _, action)| *action == named);
                    assert!(stands, "{} at {width}: {text}", front.technology);
                }
                let wide = page.rows.iter().map(|row| row.line.width()).max().unwrap_or_default();
                assert!(wide <= usize::from(width) + 3, "{width}: {text}");
            }
        }
    }

    #[test]
    fn front_runners_carry_their_rank() {
        let ranking = ranking();
        let mut page = Page::default();
        compact(&mut page, &ranking, 44);
        let first = &ranking[0].technology;
        assert!(page.plain_text().contains(&format!(" 1 {first}")), "{}", page.plain_text());
    }

    #[test]
    fn names_on_the_picture_can_be_clicked() {
        let mut page = Page::default();
        full(&mut page, None, 200);
        let hits = page.rows.iter().flat_map(|row| &row.hits);
        assert!(hits.into_iter().any(|(_, _, action)| *action == Action::Explain("wheel".into())));
    }
}
