//! `packwright list`: every technology along the gradient.

use clap::Args;
use packwright_core::catalogue::{Layer, levels};
use packwright_core::engine::doctor::{State, glance};
use packwright_core::facts::Vocabulary;
use packwright_core::technologies;
use serde::Serialize;

use crate::show::{self, Cell, Paint, Sign, Style, Table};
use crate::terminal::Terminal;

/// List every technology, from the lightest to the heaviest
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  packwright list
  packwright list --json")]
pub struct List {}

#[derive(Debug, Serialize)]
struct Row {
    technology: &'static str,
    level: &'static str,
    name: Option<&'static str>,
    summary: Option<&'static str>,
    brings: &'static [Layer],
    takes: &'static [Layer],
    /// Whether Packwright has a builder for it.
    buildable: bool,
    /// Whether that builder can work on this machine now; nothing where there is no builder.
    #[serde(skip_serializing_if = "Option::is_none")]
    here: Option<State>,
}

impl List {
    pub fn run(self, terminal: &Terminal) -> u8 {
        let Self {} = self;
        if terminal.json {
            terminal.print_json(&rows());
        } else {
            terminal.print(&gradient(terminal.style, &rows()));
        }
        0
    }
}

/// The levels with what stands on them.
fn gradient(style: Style, rows: &[Row]) -> String {
    let layers = "Six layers: your code, dependencies, Python, userspace, kernel, hardware";
    let mut text = format!("{}\n{}\n", style.faint(layers), style.faint(show::LEGEND));
    // One width for all levels, so that the layers of a light and a heavy one can be compared at a glance.
    let width = rows.iter().map(|row| row.technology.len()).max().unwrap_or_default();
    for level in levels() {
        let number = level.number().map_or_else(|| " +".into(), |number| format!("{number:>2}"));
        let mut heading = Table::default();
        heading.row([Cell::new(Paint::Faint, number), Cell::new(Paint::Strong, &level.title)]);
        heading.row(["".into(), Cell::new(Paint::Faint, &level.text)]);
        let mut table = Table::default();
        for row in rows.iter().filter(|row| row.level == level.id) {
            let sign = sign(row);
            table.row([
                Cell::new(sign.paint(), sign.text()),
                show::glyph(row.brings, row.takes).into(),
                format!("{:width$}", row.technology).into(),
                row.summary.unwrap_or_default().into(),
            ]);
        }
        text.push_str(&format!("\n{}{}", heading.render(style, 0), table.render(style, 4)));
    }
    let (here, missing, advised) = (Sign::Good.text(), Sign::Warning.text(), Sign::Off.text());
    text.push_str(&format!(
        "\n{here} can be built here   {missing} a tool is missing   {advised} advised, to be built by hand\n"
    ));
    text + &format!("Next: {}\n", style.strong("packwright explain TECHNOLOGY"))
}

fn sign(row: &Row) -> Sign {
    match row.here {
        Some(State::Build) => Sign::Good,
        Some(State::Missing { .. }) => Sign::Warning,
        Some(State::Unsupported { .. }) | None => Sign::Off,
    }
}

fn rows() -> Vec<Row> {
    let mut rows = Vec::new();
    for (level, list) in Vocabulary::get().levels() {
        for technology in list {
            let entry = technologies::named(technology);
            let buildable = technologies::is_buildable(technology);
            rows.push(Row {
                technology,
                level,
                name: entry.map(|entry| entry.name.as_str()),
                summary: entry.map(|entry| entry.summary.newcomer.as_str()),
                brings: entry.map(|entry| entry.brings.as_slice()).unwrap_or_default(),
                takes: entry.map(|entry| entry.takes.as_slice()).unwrap_or_default(),
                buildable,
                here: entry.filter(|_| buildable).map(glance),
            });
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_technology_of_the_vocabulary_is_listed_once() {
        let rows = rows();
        assert_eq!(rows.len(), 53);
        assert!(rows.iter().any(|row| row.technology == "docker" && row.level == "own-userspace"));
    }
    #[test]
    fn every_level_has_its_heading_and_every_technology_its_layers() {
        let rows = rows();
        let text = gradient(Style { colour: false, width: 80 }, &rows);
        for level in levels() {
            assert!(text.contains(&level.title), "{text}");
        }
        for row in &rows {
            let line = text.lines().find(|line| line.split_whitespace().any(|word| word == row.technology));
            assert!(line.is_some_and(|line| line.contains(['■', '□'])), "{}", row.technology);
        }
    }
}
