//! What this machine can build, and what is missing.

use packwright_core::catalogue::level_of;
use packwright_core::engine::doctor::{Checkup, State};

use super::super::action::{Action, Binding, Copied, ENTER, char};
use super::super::gradient;
use super::super::model::Model;
use super::super::page::Page;
use super::super::theme::Role;
use super::{Scene, whole_width};
use crate::show::shell_line;

pub fn scene(model: &Model) -> Scene {
    let mut page = Page::new(model.theme);
    let width = whole_width(model).min(118);
    let doctor = &model.view.doctor;
    page.row(&[(Role::Strong, "What this machine can build")]);
    if doctor.is_empty() {
        page.row(&[(Role::Dim, "looking at the tools …")]);
        return Scene::of(page);
    }
    let able = doctor.iter().filter(|one| one.state == State::Build).count();
    let missing = doctor.iter().filter(|one| matches!(one.state, State::Missing { .. })).count();
    page.row(&[
        (Role::Good, "✓ "),
        (Role::Text, &format!("{able} can be built here   ")),
        (Role::Warn, "! "),
        (Role::Text, &format!("{} a tool   ", if missing == 1 { "1 needs".into() } else { format!("{missing} need") })),
        (Role::Dim, "– "),
        (Role::Text, &format!("{} on another system", doctor.len() - able - missing)),
    ]);
    page.blank();
    for checkup in doctor {
        technology(&mut page, checkup, width);
    }
    page.blank();
    page.text(
        Role::Dim,
        "Every other technology is advised with its reasons; this version does not build it yet.",
        width,
    );
    Scene::of(page)
}

fn technology(page: &mut Page, checkup: &Checkup, width: u16) {
    let (role, sign) = match checkup.state {
        State::Build => (Role::Good, "✓"),
        State::Missing { .. } => (Role::Warn, "!"),
        State::Unsupported { .. } => (Role::Dim, "–"),
    };
    let level = gradient::level_number(&checkup.technology);
    let rung = level_of(&checkup.technology).map_or("", |level| level.title.as_str());
    let line = page.pieces(&[
        (role, &format!("{sign} ")),
        (Role::Strong, &format!("{:<18}", checkup.technology)),
        (Role::Level(level), &format!("{level:>2} ")),
        (Role::Dim, rung),
    ]);
    page.item(line, Action::Explain(checkup.technology.clone()));
    for tool in &checkup.tools {
        let version = match &tool.version {
            Some(version) => version.clone(),
            None if tool.managed => "Packwright gets it when it is needed".into(),
            None => "not found".into(),
        };
        page.indented(Role::Dim, &format!("{}: {version}", tool.name), "    ", width);
    }
    match &checkup.state {
        State::Unsupported { because } => page.indented(Role::Text, because, "    ", width),
        State::Missing { hints } => {
            for hint in hints {
                let command =
                    if hint.command.is_empty() { String::new() } else { format!(": {}", shell_line(&hint.command)) };
                page.indented(Role::Text, &format!("{}{command}", hint.text), "    ", width);
            }
        }
        State::Build => {}
    }
}

/// The commands that install what is missing.
pub fn install_commands(model: &Model) -> String {
    let missing = model.view.doctor.iter().filter_map(|one| match &one.state {
        State::Missing { hints } => Some(hints),
        _ => None,
    });
    let commands =
        missing.flatten().filter(|hint| !hint.command.is_empty()).map(|hint| shell_line(&hint.command) + "\n");
    let mut all: Vec<String> = commands.collect();
    all.dedup();
    all.concat()
}

pub fn bindings() -> Vec<Binding> {
    vec![
        Binding::shown(ENTER, Action::Activate, "details"),
        Binding::shown(char('r'), Action::Examine, "check again"),
        Binding::shown(char('y'), Action::Copy(Copied::Install), "copy the install commands"),
    ]
}
