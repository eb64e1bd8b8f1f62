//! The gradient in characters: a hill of what an artifact brings along, and the technologies on its slope.
//!
//! Drawn from the catalogue and a ranking alone. In full each level has its name and its technologies; the compact form
//! fits beside a question, the small one on two lines.

use packwright_core::advice::Recommendation;
use packwright_core::catalogue::gradient::{Placed, Rung, Standing};
use packwright_core::technologies;
use packwright_core::words;
use ratatui::text::Line;
use unicode_width::UnicodeWidthStr;

use super::action::Action;
use super::glyph;
use super::page::{Page, Row};
use super::theme::Role;

/// Columns of the shortest form of a front-runner: its rank between spaces, and one more behind.
const RANK: usize = 4;

/// The ids of a ranking, the best first.
fn ids(ranking: Option<&[Recommendation]>) -> Option<Vec<&str>> {
    ranking.map(|ranking| ranking.iter().map(|one| one.technology.as_str()).collect())
}

/// Every level with what stands on it.
fn levels(ranking: Option<&[Recommendation]>) -> Vec<Rung> {
    technologies::gradient().rungs(ids(ranking).as_deref())
}

/// The rungs with their numbers, without what stands beside them.
fn rungs(ranking: Option<&[Recommendation]>) -> Vec<(usize, Rung)> {
    levels(ranking).into_iter().filter_map(|rung| Some((rung.number?, rung))).collect()
}

/// The number of a technology's level, from 1; delivery counts as the last.
pub fn level_number(technology: &str) -> usize {
    technologies::gradient().number_of(technology)
}

/// The whole picture, for this many columns.
pub fn full(page: &mut Page, ranking: Option<&[Recommendation]>, width: u16) {
    let wide = width >= 96;
    if wide {
        let (left, right) = ("small, needs everything on the target", legend(ranking));
        let gap = usize::from(width).saturating_sub(left.width() + right.width());
        page.row(&[(Role::Dim, left), (Role::Dim, &" ".repeat(gap)), (Role::Dim, &right)]);
    }
    for (number, rung) in rungs(ranking) {
        let mut row = hill(page, number, &rung, width, wide);
        names_behind(page, &mut row, &rung.technologies, number, usize::from(width));
        page.rows.push(row);
    }
    delivery(page, ranking, width);
}

fn legend(ranking: Option<&[Recommendation]>) -> String {
    let ruled = if ranking.is_some() { "  dim: ruled out" } else { "" };
    format!("■ brought  ▪ in part, or on install  □ taken{ruled}")
}

/// `4 Pre-installed Python ░░░░ + Python ▙ `, the edge further right the lower the level.
fn hill(page: &Page, number: usize, rung: &Rung, width: u16, wide: bool) -> Row {
    let share = (f64::from(u8::try_from(number - 1).unwrap_or(9)) / 9.0).powf(0.92);
    let (first, last) = if wide { (0.26, 0.48) } else { (0.08, 0.30) };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a column of the terminal")]
    let edge = (f64::from(width) * (first + share * (last - first))) as usize;
    let layer = rung.brings_first.filter(|_| wide).map(words::layer);
    let label = layer.map_or(String::new(), |layer| format!(" {}{layer} ", if number == 1 { "" } else { "+ " }));
    let title = if wide { format!("{} ", rung.name) } else { String::new() };
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
fn forms(page: &Page, placed: &Placed, number: usize) -> Vec<Line<'static>> {
    let id = placed.technology;
    match placed.standing {
        Standing::Front(rank) => {
            let mut full = page.pieces(&[(Role::Chosen, &format!(" {rank} {id} ")), (Role::Text, " ")]);
            let named = full.clone();
            full.spans.extend(technologies::named(id).into_iter().flat_map(|entry| glyph::spans(page, entry, number)));
            full.push_span(page.span(Role::Text, "  "));
            vec![full, named, page.pieces(&[(Role::Chosen, &format!(" {rank} ")), (Role::Text, " ")])]
        }
        Standing::Possible => {
            vec![page.pieces(&[(Role::Level(number), "■"), (Role::Text, &format!("{id}  "))])]
        }
        Standing::Out => vec![page.pieces(&[(Role::Dim, &format!("{id} "))])],
    }
}

fn fronts(names: &[Placed]) -> usize {
    names.iter().filter(|placed| matches!(placed.standing, Standing::Front(_))).count()
}

/// Adds names as far as they fit; the rest is counted. Every front-runner keeps its place.
fn names_behind(page: &Page, row: &mut Row, names: &[Placed], number: usize, width: usize) {
    for (index, placed) in names.iter().enumerate() {
        let rest = names.len() - index;
        let room = width.saturating_sub(row.line.width() + fronts(&names[index + 1..]) * RANK);
        let reserve = if rest > 1 { 4 } else { 0 };
        let fits = |piece: &Line| piece.width() <= room.saturating_sub(reserve) + 1;
        let Some(piece) = forms(page, placed, number).into_iter().find(fits) else {
            row.line.push_span(page.span(Role::Dim, &format!("+{rest}")));
            return;
        };
        let from = u16::try_from(row.line.width()).unwrap_or(u16::MAX);
        row.line.spans.extend(piece.spans);
        let to = u16::try_from(row.line.width()).unwrap_or(u16::MAX);
        row.hits.push((from, to, Action::Explain(placed.technology.to_owned())));
    }
}

fn delivery(page: &mut Page, ranking: Option<&[Recommendation]>, width: u16) {
    let mut row = Row { line: page.pieces(&[(Role::Dim, " – delivery carries any of it: ")]), ..Row::default() };
    for rung in levels(ranking).iter().filter(|rung| rung.number.is_none()) {
        names_behind(page, &mut row, &rung.technologies, 10, usize::from(width));
    }
    page.rows.push(row);
}

/// One row for each level, names only for the front-runners.
pub fn compact(page: &mut Page, ranking: &[Recommendation], width: u16) {
    page.row(&[(Role::Dim, "small, dependent")]);
    for (number, rung) in rungs(Some(ranking)) {
        let level = Role::Level(number);
        let here = &rung.technologies;
        let mut line =
            page.pieces(&[(Role::Dim, &format!("{number:>2} ")), (level, &"░".repeat(number)), (level, "▙ ")]);
        for (index, placed) in here.iter().enumerate() {
            let id = placed.technology;
            let room = usize::from(width).saturating_sub(line.width() + fronts(&here[index + 1..]) * RANK);
            let (role, text) = match placed.standing {
                Standing::Front(rank) if id.len() + 6 > room => (Role::Chosen, format!(" {rank} ")),
                Standing::Front(rank) => (Role::Chosen, format!(" {rank} {id} ")),
                Standing::Possible => (level, "■".into()),
                Standing::Out => (Role::Dim, "·".into()),
            };
            if line.width() + text.width() + 1 > usize::from(width) {
                line.push_span(page.span(Role::Dim, "+"));
                break;
            }
            line.push_span(page.span(role, &text));
            if matches!(placed.standing, Standing::Front(_)) {
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
    for (number, rung) in rungs(Some(ranking)) {
        let possible = rung.technologies.iter().filter(|placed| placed.standing != Standing::Out).count();
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
    use packwright_core::catalogue::gradient::FRONT;
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
    fn every_front_runner_is_on_the_picture_even_on_one_level() {
        let ranking = ranking();
        let crowded = levels(None).into_iter().max_by_key(|rung| rung.technologies.len()).unwrap();
        let ranked = |placed: &Placed| Recommendation { technology: placed.technology.into(), ..ranking[0].clone() };
        let on_one: Vec<Recommendation> = crowded.technologies.iter().map(ranked).collect();
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
