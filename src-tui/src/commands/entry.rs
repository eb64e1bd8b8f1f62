//! Which of several programs in a folder is meant.

use packwright_core::facts::{EntryPoint, Project};
use packwright_core::words;

use super::making::Making;
use crate::show::{Cell, Paint, Style, Table};
use crate::terminal::Terminal;

impl Making {
    /// Asks which entry point is meant, where nothing tells and somebody can answer. Without an answer it stays open, and is
    /// refused with how to say it.
    pub fn ask_for_entry(&mut self, project: &Project, terminal: &Terminal, is_moot: impl Fn() -> bool) {
        let is_said = self.entry.is_some() || project.settings.entry.is_some();
        if is_said || project.rivals.is_empty() || !terminal.can_ask {
            return;
        }
        let is_rival = |entry: &&EntryPoint| project.rivals.contains(&entry.name);
        let rivals: Vec<&EntryPoint> = project.entry_points.iter().filter(is_rival).collect();
        let answer = terminal.ask_for(&question(terminal.notes, project, &rivals), is_moot);
        self.entry = answer.and_then(|answer| meant(&answer, &rivals));
    }
}

fn question(style: Style, project: &Project, rivals: &[&EntryPoint]) -> String {
    let mut table = Table::default();
    for (index, entry) in rivals.iter().enumerate() {
        let source = Cell::new(Paint::Faint, entry.source.to_string());
        table.row([Cell::new(Paint::Strong, (index + 1).to_string()), words::entry(entry).into(), source]);
    }
    let name = style.paint(Paint::Plain, &project.name);
    format!("{name} holds several programs:\n{}Which one starts? ", table.render(style, 2))
}

/// The entry point that a number or a name means.
fn meant(answer: &str, rivals: &[&EntryPoint]) -> Option<String> {
    let by_number = answer.parse().ok().and_then(|number: usize| rivals.get(number.checked_sub(1)?));
    let found = by_number.or_else(|| rivals.iter().find(|entry| entry.is_called(answer)));
    found.map(|entry| entry.name.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use packwright_core::facts::{EntryKind, Source};

    #[test]
    fn a_number_a_name_and_a_file_mean_an_entry_point() {
        let entry = |name: &str| EntryPoint::new(name, EntryKind::Script, format!("{name}.py"), Source::User);
        let (client, worker) = (entry("client"), entry("worker"));
        let rivals = [&client, &worker];
        for answer in ["2", "worker", "worker.py"] {
            assert_eq!(meant(answer, &rivals).as_deref(), Some("worker"), "{answer}");
        }
        for answer in ["", "0", "3", "other"] {
            assert_eq!(meant(answer, &rivals), None, "{answer}");
        }
        let project = Project { name: "both".into(), ..Project::empty("/".into()) };
        let text = question(Style { colour: false, width: 80 }, &project, &rivals);
        assert!(text.contains("1  python client.py") && text.ends_with("Which one starts? "), "{text}");
    }
}
