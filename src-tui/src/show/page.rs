//! Everything the catalogue says about one technology.

use packwright_core::advice::{Page, Reason};
use packwright_core::catalogue::{Layer, OptionKind, OptionSpec};
use packwright_core::problem::listing;

use super::{Cell, Paint, Sign, Style, Table, shell_line, wrapped};
use crate::words;

/// The page, with the options of its backend.
pub fn page(style: Style, page: &Page, options: &[OptionSpec]) -> String {
    let heading =
        format!("{} {}", style.strong(&page.name), style.faint(&format!("({}, {})", page.technology, page.level)));
    let mut text = format!("{heading}\n");
    for part in [&page.summary.newcomer, &page.summary.professional] {
        text.push('\n');
        for line in wrapped(part, style.width) {
            text.push_str(&format!("{line}\n"));
        }
    }
    text.push('\n');
    text.push_str(&properties(page).render(style, 0));
    for (title, reasons) in [
        ("Right when", &page.right_when),
        ("Less right when", &page.less_right_when),
        ("Cannot work when", &page.not_when),
    ] {
        text.push_str(&sentences(style, title, reasons));
    }
    text.push_str(&option_list(style, options));
    text.push_str(&format!("\nNext: {}\n", style.strong(&shell_line(&page.next))));
    text
}

fn properties(page: &Page) -> Table {
    let mut table = Table::default();
    let layers = |layers: &[Layer]| listing(&layers.iter().map(|layer| words::layer(*layer)).collect::<Vec<_>>());
    table.row(["Brings".into(), layers(&page.brings).into()]);
    table.row(["Takes".into(), layers(&page.takes).into()]);
    table.row([
        "Size".into(),
        format!("{}; starts {}", words::size_class(page.size), words::start_class(page.start)).into(),
    ]);
    table.row(["Updates".into(), page.updates.as_str().into()]);
    table.row(["Security".into(), page.security.as_str().into()]);
    for host in &page.hosts {
        table.row(["Built".into(), format!("on {} for {}", listing(&host.on), listing(&host.targets)).into()]);
    }
    let tools: Vec<&str> = page.tools.iter().map(|tool| tool.name.as_str()).collect();
    if !tools.is_empty() {
        table.row(["Tools".into(), listing(&tools).into()]);
    }
    let state = format!("{}; {}", page.licence, words::status(page.status));
    table.row(["Licence".into(), state.into()]);
    table.row(["Docs".into(), page.documentation.as_str().into()]);
    if !page.buildable {
        table.row(["Here".into(), "this version of Packwright advises it, but does not build it".into()]);
    }
    table
}

fn sentences(style: Style, title: &str, reasons: &[Reason]) -> String {
    let mut table = Table::default();
    for reason in reasons {
        table.row([Cell::new(Paint::Faint, Sign::Off.text()), reason.text.as_str().into()]);
        table.row(["".into(), Cell::new(Paint::Faint, &reason.source)]);
    }
    if table.is_empty() { String::new() } else { format!("\n{}\n{}", style.strong(title), table.render(style, 2)) }
}

fn option_list(style: Style, options: &[OptionSpec]) -> String {
    let mut table = Table::default();
    for option in options {
        let values = match option.kind {
            OptionKind::Flag => "true, false".into(),
            OptionKind::Choice => option.choices.iter().map(|choice| choice.id.as_str()).collect::<Vec<_>>().join(", "),
            OptionKind::Text => "text".into(),
            OptionKind::List => "texts with commas between them".into(),
        };
        let default =
            if option.default.is_empty() { String::new() } else { format!("; {} unless set", option.default) };
        table.row([Cell::new(Paint::Strong, &option.id), option.help.as_str().into()]);
        table.row(["".into(), Cell::new(Paint::Faint, format!("{values}{default}"))]);
    }
    if table.is_empty() { String::new() } else { format!("\n{}\n{}", style.strong("Options"), table.render(style, 2)) }
}
