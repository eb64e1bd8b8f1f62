//! The advice: the winner with its reasons, what comes after it, what is out, and the question that still matters.

use std::path::Path;

use packwright_core::advice::{Advice, AndThen, Ask, Reason, Recommendation};
use packwright_core::catalogue::Entry;
use packwright_core::technologies;

use super::{Cell, Paint, Sign, Style, Table, shell_line, wrapped};
use crate::words;

/// Runners-up that are shown.
const RUNNERS_UP: usize = 4;
/// Reasons that are shown for the winner.
const REASONS: usize = 3;

/// The whole advice. `again` is the command that was typed, to which answers can be added; `path` is its project.
pub fn advice(style: Style, advice: &Advice, again: &str, path: Option<&Path>) -> String {
    let mut text = match advice.best() {
        Some(best) => winner(style, best) + &runners_up(style, advice),
        None => nothing_fits(style, advice),
    };
    text.push_str(&targets(style, advice));
    text.push_str(&and_then(style, &advice.and_then));
    text.push_str(&ruled_out(style, advice));
    if let Some(ask) = &advice.ask {
        text.push_str(&question(style, ask, again));
    }
    text.push_str(&next(style, advice, path));
    text
}

fn winner(style: Style, best: &Recommendation) -> String {
    let name = technologies::named(&best.technology).map_or(best.technology.as_str(), |entry| entry.name.as_str());
    let mut text = format!(
        "{} Ship it as {} {}\n",
        style.sign(Sign::Good),
        style.strong(name),
        style.faint(&format!("({}, {})", best.technology, best.level))
    );
    if let Some(entry) = technologies::named(&best.technology) {
        for line in wrapped(&entry.summary.newcomer, style.width.saturating_sub(2)) {
            text.push_str(&format!("  {line}\n"));
        }
    }
    text.push('\n');
    let mut table = reasons(&best.reasons);
    if let Some(entry) = technologies::named(&best.technology) {
        costs(entry, &mut table);
    }
    text + &table.render(style, 2)
}

fn reasons(reasons: &[Reason]) -> Table {
    let mut table = Table::default();
    for (index, reason) in reasons.iter().take(REASONS).enumerate() {
        table.row([if index == 0 { "because" } else { "" }.into(), reason.text.as_str().into()]);
        table.row(["".into(), Cell::new(Paint::Faint, &reason.source)]);
    }
    table
}

/// What it takes, brings, weighs, and costs afterwards.
fn costs(entry: &Entry, table: &mut Table) {
    let layers = |layers: &[packwright_core::catalogue::Layer]| {
        let names: Vec<&str> = layers.iter().map(|layer| words::layer(*layer)).collect();
        if names.is_empty() { "nothing".into() } else { names.join(", ") }
    };
    table.row(["brings".into(), layers(&entry.brings).into()]);
    table.row(["takes".into(), layers(&entry.takes).into()]);
    table.row([
        "size".into(),
        format!("{}; starts {}", words::size_class(entry.size), words::start_class(entry.start)).into(),
    ]);
    table.row(["updates".into(), entry.updates.as_str().into()]);
    table.row(["security".into(), entry.security.as_str().into()]);
}

fn runners_up(style: Style, advice: &Advice) -> String {
    let mut table = Table::default();
    for (index, other) in advice.recommendations.iter().enumerate().skip(1).take(RUNNERS_UP) {
        let reason = other.reasons.first().map_or("", |reason| reason.text.as_str());
        table.row([(index + 1).to_string().into(), Cell::new(Paint::Strong, &other.technology), reason.into()]);
    }
    if table.is_empty() {
        String::new()
    } else {
        format!("\n{}\n{}", style.strong("Close behind"), table.render(style, 2))
    }
}

fn nothing_fits(style: Style, advice: &Advice) -> String {
    let mut text = format!("{} No technology fits what is known\n", style.sign(Sign::Bad));
    if let Some(shared) = advice.nothing_fits() {
        text.push_str(&format!(
            "  {}\n  {}\n",
            style.paint(Paint::Plain, &shared.because),
            style.faint(&shared.source)
        ));
    }
    text
}

/// The first choice of each system, where they differ from each other.
fn targets(style: Style, advice: &Advice) -> String {
    if advice.targets.len() < 2 {
        return String::new();
    }
    let mut table = Table::default();
    for target in &advice.targets {
        let names: Vec<&str> = target.recommendations.iter().take(3).map(|one| one.technology.as_str()).collect();
        let names = if names.is_empty() { "nothing fits".into() } else { names.join(", ") };
        table.row([target.os.id().into(), names.into()]);
    }
    format!("\n{}\n{}", style.strong("For each system"), table.render(style, 2))
}

fn and_then(style: Style, and_then: &[AndThen]) -> String {
    let mut table = Table::default();
    for step in and_then {
        table.row([format!("{} into {}", step.first, step.then).into(), step.text.as_str().into()]);
    }
    if table.is_empty() { String::new() } else { format!("\n{}\n{}", style.strong("And then"), table.render(style, 2)) }
}

fn ruled_out(style: Style, advice: &Advice) -> String {
    let mut table = Table::default();
    for out in &advice.ruled_out {
        table.row([
            Cell::new(Paint::Faint, Sign::Off.text()),
            out.technology.as_str().into(),
            out.because.as_str().into(),
        ]);
    }
    if table.is_empty() {
        String::new()
    } else {
        format!("\n{}\n{}", style.strong("Ruled out"), table.render(style, 2))
    }
}

fn question(style: Style, ask: &Ask, again: &str) -> String {
    let mut table = Table::default();
    for choice in &ask.choices {
        let leads = choice.leads_to.as_deref().unwrap_or("nothing fits");
        table.row([
            format!("{}={}", ask.fact, choice.tag).into(),
            choice.text.as_str().into(),
            Cell::new(Paint::Faint, format!("→ {leads}")),
        ]);
    }
    let example = ask.choices.first().map_or("", |choice| choice.tag.as_str());
    format!(
        "\n{} {}\n  {}\n{}  Answer: {}\n",
        style.strong("Still open:"),
        style.paint(Paint::Plain, &ask.question),
        style.faint(&ask.why),
        table.render(style, 2),
        style.strong(&format!("{again} --set {}={example}", ask.fact))
    )
}

fn next(style: Style, advice: &Advice, path: Option<&Path>) -> String {
    let Some(buildable) = technologies::best_buildable(advice) else { return String::new() };
    let first = advice.best().is_some_and(|best| best.technology == buildable.technology);
    let remark = if first { "" } else { "  (the first one Packwright can build)" };
    let mut command = vec!["packwright".to_owned(), "build".to_owned(), buildable.technology.clone()];
    command.extend(path.map(|path| path.display().to_string()));
    format!("\nNext: {}{remark}\n", style.strong(&shell_line(&command)))
}
