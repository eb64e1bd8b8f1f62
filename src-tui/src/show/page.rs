//! Everything the catalogue says about one technology, for somebody who has never heard of it.

use packwright_core::advice::Page;
use packwright_core::catalogue::{Entry, Kind, OptionKind, OptionSpec, Rule, levels};
use packwright_core::engine::doctor::{Reach, Seen, State};
use packwright_core::problem::listing;
use packwright_core::words::{self, Strictness, shell_line};

use super::layers::pictured;
use super::{Cell, Paint, Sign, Style, Table, outline, wrapped};

/// Reasons of each kind that are shown; the rest is in the JSON.
const REASONS: usize = 7;

/// The page, with the rules and options of its entry, and what was seen of its tools.
pub fn page(style: Style, page: &Page, entry: &Entry, seen: Option<&Seen>) -> String {
    let mut sources = Sources::default();
    let mut text = heading(style, page);
    text.push_str(&format!("\n{}", pictured(style, &page.brings, &page.takes)));
    text.push_str(&format!("\n{}", properties(page).render(style, 0)));
    text.extend(seen.map(|seen| here(style, page, entry, seen)));
    text.push_str(&outline(style, &page.by_hand));
    for (title, kind) in
        [("Right when", Kind::Favour), ("Less right when", Kind::Disfavour), ("Cannot work when", Kind::RuleOut)]
    {
        text.push_str(&reasons(style, title, kind, entry, &mut sources));
    }
    text.push_str(&option_list(style, &entry.options));
    text.push_str(&sources.listed(style));
    text.push_str(&format!("\nNext: {}\n", style.strong(&shell_line(&page.next))));
    text
}

fn heading(style: Style, page: &Page) -> String {
    let mut text = format!("{} {}\n", style.strong(&page.name), style.faint(&format!("({})", page.technology)));
    if let Some(level) = levels().iter().find(|level| level.id == page.level) {
        // What delivers artifacts of every level stands on none.
        let count = levels().iter().filter(|level| level.is_rung()).count();
        let place = level.number().map(|number| format!("Level {number} of {count}, ")).unwrap_or_default();
        text.push_str(&lines(style, Paint::Faint, &format!("{place}{}: {}", level.title, level.text)));
    }
    text.push_str(&format!("\n{}", lines(style, Paint::Plain, &page.summary.newcomer)));
    text.push_str(&format!("\n{}", lines(style, Paint::Plain, &page.summary.professional)));
    text
}

fn lines(style: Style, paint: Paint, text: &str) -> String {
    wrapped(text, style.width).iter().map(|line| format!("{}\n", style.paint(paint, line))).collect()
}

fn properties(page: &Page) -> Table {
    let mut table = Table::default();
    table.row(["Target needs".into(), words::layers(&page.takes).into()]);
    table.row(["Size".into(), words::size_class(page.size).into()]);
    table.row(["Starts".into(), words::start_class(page.start).into()]);
    table.row(["Updates".into(), page.updates.as_str().into()]);
    table.row(["Security".into(), page.security.as_str().into()]);
    for (index, host) in page.hosts.iter().enumerate() {
        let label = if index == 0 { "Made" } else { "" };
        let place = format!("on {} for {}", listing(&host.on), listing(&host.targets));
        let because = if host.because.is_empty() {
            String::new()
        } else {
            format!(" (not for others: {})", host.because.trim_end_matches('.'))
        };
        table.row([label.into(), format!("{place}{because}").into()]);
    }
    table.row(["Status".into(), words::status(page.status).into()]);
    table.row(["Licence".into(), page.licence.as_str().into()]);
    table.row(["Read more".into(), page.documentation.as_str().into()]);
    table
}

/// What this machine has for it.
fn here(style: Style, page: &Page, entry: &Entry, seen: &Seen) -> String {
    let (sign, sentence) = match &seen.state {
        _ if !page.buildable => {
            (Sign::Off, "this version of Packwright advises it, and you build it by hand".to_owned())
        }
        State::Build => (Sign::Good, "Packwright can build it".into()),
        State::Missing { .. } => (Sign::Warning, "Packwright can build it once its tools are installed".into()),
        State::Unsupported { because } => (Sign::Off, format!("not on this system: {because}")),
    };
    let mut table = Table::default();
    table.row([Cell::new(sign.paint(), sign.text()), sentence.into()]);
    for (tool, reach) in entry.tools().zip(&seen.tools) {
        let (sign, state) = match reach {
            Reach::Here => (Sign::Good, "is here".to_owned()),
            Reach::Managed => (Sign::Good, "is installed by Packwright when it is needed".into()),
            Reach::Install(command) => (Sign::Warning, format!("is missing: {}", shell_line(command))),
            Reach::Unknown if !tool.elsewhere.is_empty() => {
                (Sign::Warning, format!("is missing; {}: {}", tool.elsewhere, tool.documentation))
            }
            Reach::Unknown => (Sign::Warning, format!("is missing: {}", tool.documentation)),
        };
        table.row([Cell::new(sign.paint(), sign.text()), format!("{} {state}", tool.name).into()]);
    }
    format!("\n{}\n{}", style.strong("On this machine"), table.render(style, 2))
}

/// The strongest sentences of one kind, each with the facts it depends on and the number of its source.
fn reasons<'e>(style: Style, title: &str, kind: Kind, entry: &'e Entry, sources: &mut Sources<'e>) -> String {
    let mut rules: Vec<&Rule> = entry.rules.iter().filter(|rule| rule.rule == kind).collect();
    rules.sort_by_key(|rule| std::cmp::Reverse(rule.weight));
    let more = rules.len().saturating_sub(REASONS);
    let strictness = if kind == Kind::RuleOut { Strictness::Certain } else { Strictness::Any };
    let mut table = Table::default();
    for rule in rules.into_iter().take(REASONS) {
        let number = sources.number(&rule.source);
        table.row([Cell::new(Paint::Faint, Sign::Off.text()), format!("{} [{number}]", rule.because).into()]);
        let condition = words::condition(&rule.when, strictness);
        if !condition.is_empty() {
            table.row(["".into(), Cell::new(Paint::Faint, condition)]);
        }
    }
    if more > 0 {
        let command = shell_line(&["packwright".into(), "explain".into(), entry.id.clone(), "--json".into()]);
        table.row(["".into(), Cell::new(Paint::Faint, format!("and {more} more: {command}"))]);
    }
    if table.is_empty() { String::new() } else { format!("\n{}\n{}", style.strong(title), table.render(style, 2)) }
}

/// Addresses in the order in which they are first referred to.
#[derive(Default)]
struct Sources<'a>(Vec<&'a str>);

impl<'a> Sources<'a> {
    fn number(&mut self, source: &'a str) -> usize {
        let known = self.0.iter().position(|other| *other == source);
        known.unwrap_or_else(|| {
            self.0.push(source);
            self.0.len() - 1
        }) + 1
    }

    fn listed(&self, style: Style) -> String {
        let mut table = Table::default();
        for (source, number) in self.0.iter().zip(1..) {
            table.row([Cell::new(Paint::Faint, format!("[{number}]")), Cell::new(Paint::Faint, source)]);
        }
        if table.is_empty() {
            String::new()
        } else {
            format!("\n{}\n{}", style.strong("Sources"), table.render(style, 2))
        }
    }
}

fn option_list(style: Style, options: &[OptionSpec]) -> String {
    let mut table = Table::default();
    for option in options {
        let values = match option.kind {
            OptionKind::Flag => "true, false".into(),
            OptionKind::Choice => option.choices.iter().map(|choice| choice.id.as_str()).collect::<Vec<_>>().join(", "),
            OptionKind::Text => "text".into(),
            OptionKind::List if !option.choices.is_empty() => {
                let names: Vec<&str> = option.choices.iter().map(|choice| choice.id.as_str()).collect();
                format!("any of {}", names.join(", "))
            }
            OptionKind::List => "texts with commas between them".into(),
        };
        let default =
            if option.default.is_empty() { String::new() } else { format!("; {} unless set", option.default) };
        table.row([Cell::new(Paint::Strong, &option.id), option.help.as_str().into()]);
        table.row(["".into(), Cell::new(Paint::Faint, format!("{values}{default}"))]);
    }
    if table.is_empty() { String::new() } else { format!("\n{}\n{}", style.strong("Options"), table.render(style, 2)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use packwright_core::technologies;

    const STYLE: Style = Style { colour: false, width: 80 };

    fn text(technology: &str) -> String {
        let entry = technologies::named(technology).unwrap();
        page(STYLE, &technologies::page(technology).unwrap(), entry, Some(&Seen::of(entry)))
    }

    #[test]
    fn every_page_says_what_it_needs_what_it_costs_and_where_to_read_on() {
        for entry in technologies::all() {
            let text = text(&entry.id);
            let parts = ["■", "Target needs", "Updates", "Security", "Licence", "On this machine"];
            for part in parts.iter().chain(&["Right when", "Cannot work when", "Sources", "\nNext: packwright "]) {
                assert!(text.contains(part), "`{part}` is missing for {}:\n{text}", entry.id);
            }
        }
    }

    #[test]
    fn only_addresses_and_commands_are_wider_than_the_terminal() {
        for entry in technologies::all() {
            for line in text(&entry.id).lines().filter(|line| !line.contains("https://")) {
                assert!(line.chars().count() <= 80, "{}: {line}", entry.id);
            }
        }
    }

    #[test]
    fn a_source_has_one_number_however_often_it_is_referred_to() {
        let mut sources = Sources::default();
        assert_eq!(["a", "b", "a"].map(|source| sources.number(source)), [1, 2, 1]);
        assert_eq!(sources.listed(STYLE), "\nSources\n  [1]  a\n  [2]  b\n");
    }
}
