//! `packwright list`: every technology along the gradient.

use clap::Args;
use packwright_core::facts::Vocabulary;
use packwright_core::technologies;
use serde::Serialize;

use crate::show::{Cell, Paint, Sign, Table};
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
    buildable: bool,
}

impl List {
    pub fn run(self, terminal: &Terminal) -> u8 {
        let Self {} = self;
        if terminal.json {
            terminal.print_json(&rows());
            return 0;
        }
        let style = terminal.style;
        let mut text = String::new();
        for (level, _) in Vocabulary::get().levels() {
            let mut table = Table::default();
            let mut later = Vec::new();
            for row in rows().into_iter().filter(|row| row.level == level) {
                match row.summary {
                    Some(summary) => {
                        let sign = if row.buildable { Sign::Good } else { Sign::Off };
                        table.row([Cell::new(sign.paint(), sign.text()), row.technology.into(), summary.into()]);
                    }
                    None => later.push(row.technology),
                }
            }
            if !later.is_empty() {
                table.row([Cell::new(Paint::Faint, Sign::Off.text()), Cell::new(Paint::Faint, later.join(", "))]);
            }
            text.push_str(&format!("{}\n{}", style.strong(level), table.render(style, 2)));
        }
        terminal.print(&text);
        terminal.print(&format!(
            "\n{} built by Packwright   {} advised, not built by this version\nNext: {}\n",
            Sign::Good.text(),
            Sign::Off.text(),
            style.strong("packwright explain TECHNOLOGY")
        ));
        0
    }
}

fn rows() -> Vec<Row> {
    let mut rows = Vec::new();
    for (level, list) in Vocabulary::get().levels() {
        for technology in list {
            let entry = technologies::named(technology);
            rows.push(Row {
                technology,
                level,
                name: entry.map(|entry| entry.name.as_str()),
                summary: entry.map(|entry| entry.summary.newcomer.as_str()),
                buildable: technologies::is_buildable(technology),
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
}
