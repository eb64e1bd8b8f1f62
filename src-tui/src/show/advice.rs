//! The advice: the winner with its reasons, what comes after it, what would change it, and what is out.

use std::path::Path;

use packwright_core::advice::{Advice, AndThen, Ask, Explanation, Reason, Recommendation};
use packwright_core::catalogue::Entry;
use packwright_core::technologies;
use packwright_core::words::{self, shell_line};

use super::{Cell, Paint, Sign, Style, Table, problem, story, wrapped};

/// The whole advice with the story of its first choice. `again` is the command that was typed, to which an answer to the
/// next question can be added; without it that question is left out. `path` is the project.
pub fn advice(
    style: Style,
    advice: &Advice,
    explanation: &Explanation,
    again: Option<&str>,
    path: Option<&Path>,
) -> String {
    let mut text = match advice.best() {
        Some(best) => winner(style, best, explanation),
        None => nothing_fits(style, advice),
    };
    text.push_str(&story::way_down(style, explanation));
    text.push_str(&runners_up(style, advice));
    text.push_str(&contradictions(style, advice));
    text.push_str(&targets(style, advice));
    text.push_str(&and_then(style, &advice.and_then));
    text.push_str(&story::what_if(style, explanation));
    text.push_str(&story::ruled_out(style, advice));
    if let (Some(ask), Some(again)) = (&advice.ask, again) {
        text.push_str(&question(style, ask, again));
    }
    text.push_str(&next(style, advice, path));
    text
}

fn winner(style: Style, best: &Recommendation, explanation: &Explanation) -> String {
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
    text.push_str(&needed_first(style, best));
    text.push('\n');
    let mut table = Table::default();
    // A first choice that nothing speaks for has the principle of the lightest rung as its reason.
    let reasons = if explanation.reasons.is_empty() { &best.reasons } else { &explanation.reasons };
    add_reasons(&mut table, "because", reasons);
    add_reasons(&mut table, "but", explanation.told_caveats());
    if let Some(entry) = technologies::named(&best.technology) {
        costs(entry, &mut table);
    }
    text + &table.render(style, 2)
}

/// What the project needs before the first choice can be made, with what helps.
fn needed_first(style: Style, best: &Recommendation) -> String {
    let (Some(needs), Some(told)) = (&best.needs, words::needs_first(best)) else { return String::new() };
    let mut rows = Table::default();
    problem::hints(&mut rows, needs);
    format!("\n{}{}", problem::warning(style, &told), rows.render(style, 2))
}

fn add_reasons(table: &mut Table, title: &str, reasons: &[Reason]) {
    for (index, reason) in reasons.iter().enumerate() {
        table.row([if index == 0 { title } else { "" }.into(), reason.text.as_str().into()]);
        table.row(["".into(), Cell::new(Paint::Faint, &reason.source)]);
    }
}

/// What it takes, brings, weighs, and costs afterwards.
fn costs(entry: &Entry, table: &mut Table) {
    table.row(["brings".into(), words::layers(&entry.brings).into()]);
    table.row(["takes".into(), words::layers(&entry.takes).into()]);
    table.row([
        "size".into(),
        format!("{}; starts {}", words::size_class(entry.size), words::start_class(entry.start)).into(),
    ]);
    table.row(["updates".into(), entry.updates.as_str().into()]);
    table.row(["security".into(), entry.security.as_str().into()]);
}

fn runners_up(style: Style, advice: &Advice) -> String {
    let mut table = Table::default();
    for (rank, other) in advice.shown(0).behind() {
        let told = words::told_of(other);
        table.row([rank.to_string().into(), Cell::new(Paint::Strong, &other.technology), told.as_ref().into()]);
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

/// Facts that cannot hold together, so that a slip is noticed.
fn contradictions(style: Style, advice: &Advice) -> String {
    let mut table = Table::default();
    for one in &advice.contradictions {
        let facts = one.facts.join(", ");
        let facts = one.os.map_or_else(|| facts.clone(), |os| format!("{}: {facts}", os.id()));
        table.row([Cell::new(Paint::Strong, facts), one.text.as_str().into()]);
    }
    if table.is_empty() {
        String::new()
    } else {
        format!(
            "\n{} {}\n{}",
            style.sign(Sign::Warning),
            style.strong("These cannot hold together"),
            table.render(style, 2)
        )
    }
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
    let Some(best) = advice.best() else { return String::new() };
    let line = |verb: &str, technology: &str| {
        let path = path.map(|path| path.display().to_string());
        let words = ["packwright".to_owned(), verb.to_owned(), technology.to_owned()].into_iter().chain(path);
        style.strong(&shell_line(&words.collect::<Vec<_>>()))
    };
    if best.needs.is_some() {
        return format!("\nNext: what it needs first, then {}\n", line("build", &best.technology));
    }
    if technologies::is_buildable(&best.technology) {
        return format!("\nNext: {}\n", line("build", &best.technology));
    }
    let by_hand = line("plan", &best.technology);
    let next = format!("\nNext: {by_hand}  (its steps by hand; this version of Packwright does not build it)\n");
    match technologies::best_buildable(advice) {
        Some(second) => format!("{next}Or:   {}  (the best of what it builds)\n", line("build", &second.technology)),
        None => next,
    }
}
