//! Asking for what nobody does without being asked.

use packwright_core::event::BuildId;
use packwright_core::facts::Project;
use packwright_core::plan::Consent;
use packwright_core::session::View;
use packwright_core::words;

use crate::show::{Cell, Paint, Style, Table};

/// The question whether the project's code may run while it is built, naming what may run and where that is written.
pub fn to_run(style: Style, project: &Project, view: &View, waiting: &[BuildId]) -> String {
    let mut asked = Table::default();
    let mut reasons: Vec<&String> = Vec::new();
    for id in waiting {
        for sentence in code_of(view, *id) {
            asked.row([view.builds[id].technology.as_str().into(), sentence.into()]);
        }
        for reason in because(view, *id) {
            if !reasons.contains(&reason) {
                reasons.push(reason);
            }
        }
    }
    let mut why = Table::default();
    for reason in reasons {
        why.row([Cell::new(Paint::Faint, "because"), reason.as_str().into()]);
    }
    let name = style.paint(Paint::Plain, &project.name);
    format!("{}{}Trust {name} as it is now? [y/N] ", asked.render(style, 2), why.render(style, 2))
}

/// The question whether what is built may be started, naming what with which arguments.
pub fn to_start(style: Style, view: &View, asking: &[BuildId]) -> String {
    let mut table = Table::default();
    for id in asking {
        for consent in view.asked(id) {
            if let (Consent::StartProgram { .. }, Some(sentence)) = (consent, words::consent(consent)) {
                table.row([view.builds[id].technology.as_str().into(), sentence.into()]);
            }
        }
    }
    format!("{}Start it, to try it? Without that it is built all the same. [y/N] ", table.render(style, 2))
}

/// The question whether something that was built before may be started again.
pub fn to_start_again(style: Style, starts: &[String]) -> String {
    let mut table = Table::default();
    table.row([Cell::from(words::starts(starts))]);
    format!("{}Start it, to try it? [y/N] ", table.render(style, 2))
}

/// Whose code one build may run, or why it was refused.
fn code_of(view: &View, build: BuildId) -> Vec<String> {
    let asked = view.asked(&build).iter().filter_map(|consent| match consent {
        Consent::RunProjectCode { .. } => words::consent(consent),
        Consent::StartProgram { .. } | Consent::Download { .. } => None,
    });
    let refused = view.builds.get(&build).and_then(|build| build.problem.as_ref());
    asked.chain(refused.map(|problem| problem.message.clone())).collect()
}

/// Why one build asks, with the lines that make it.
fn because(view: &View, build: BuildId) -> impl Iterator<Item = &String> {
    let reasons = view.asked(&build).iter().flat_map(|consent| match consent {
        Consent::RunProjectCode { because, .. } => because.as_slice(),
        _ => &[],
    });
    let refused = view.builds.get(&build).and_then(|build| build.problem.as_ref());
    reasons.chain(refused.into_iter().flat_map(|problem| &problem.causes))
}
