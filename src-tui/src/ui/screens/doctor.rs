//! What this machine can build, and what is missing.

use packwright_core::catalogue::level_of;
use packwright_core::engine::doctor::{self, Checkup, Provision, State};
use packwright_core::words::{self, Sentence, sentence, shell_line};

use super::super::action::{Action, Binding, Copied, ENTER, char};
use super::super::gradient;
use super::super::model::Model;
use super::super::page::Page;
use super::super::theme::Role;
use super::{Scene, whole_width};
use crate::show::Sign;
use crate::ui::text;

pub fn scene(model: &Model) -> Scene {
    let mut page = Page::new(model.theme);
    let width = whole_width(model).min(118);
    let found = &model.view.doctor;
    page.row(&[(Role::Strong, "What this machine can build")]);
    if found.is_empty() {
        page.row(&[(Role::Dim, "looking at the tools …")]);
        return Scene::of(page);
    }
    let able = found.iter().filter(|one| one.state == State::Build).count();
    let missing = found.iter().filter(|one| matches!(one.state, State::Missing { .. })).count();
    let needs = if missing == 1 { "needs a tool" } else { "need a tool" };
    let elsewhere = found.len() - able - missing;
    let counts = [
        (Sign::Good, able, "can be built here"),
        (Sign::Warning, missing, needs),
        (Sign::Off, elsewhere, "only on another system"),
    ];
    let mut line = page.pieces(&[]);
    for (sign, count, words) in counts.into_iter().filter(|(_, count, _)| *count > 0) {
        let (role, sign) = text::signed(sign);
        line.push_span(page.span(role, &format!("{sign} ")));
        line.push_span(page.span(Role::Text, &format!("{count} {words}   ")));
    }
    page.line(line);
    page.blank();
    for checkup in found {
        technology(&mut page, checkup, width);
    }
    page.blank();
    if let Some(machine) = &model.view.machine {
        room(&mut page, model, machine, width);
        page.blank();
    }
    page.text(
        Role::Dim,
        "Every other technology is advised with its reasons; this version does not build it yet.",
        width,
    );
    Scene::of(page)
}

fn technology(page: &mut Page, checkup: &Checkup, width: u16) {
    let (role, sign) = text::signed(match checkup.state {
        State::Build => Sign::Good,
        State::Missing { .. } => Sign::Warning,
        State::Unsupported { .. } => Sign::Off,
    });
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
        page.indented(Role::Dim, &format!("{}: {}", tool.name, words::tool(tool)), "    ", width);
        for damaged in &tool.damaged {
            page.indented(Role::Text, &sentence(Sentence::ToolDamaged, &[damaged]), "  ! ", width);
        }
    }
    match &checkup.state {
        State::Unsupported { because } => page.indented(Role::Text, because, "    ", width),
        State::Missing { hints } => {
            for hint in hints {
                page.indented(Role::Text, &hint.text, "    ", width);
                text::command(page, "    $ ", &hint.command, width);
            }
        }
        State::Build => {}
    }
}

/// What confines builds, and how much room there is for them.
fn room(page: &mut Page, model: &Model, machine: &Provision, width: u16) {
    let free = &machine.free;
    let found = |bytes: Option<u64>, is_scarce| match bytes {
        Some(_) if is_scarce => Sign::Warning,
        Some(_) => Sign::Good,
        None => Sign::Off,
    };
    let mut row = |sign: Sign, text: &str| {
        let (role, sign) = text::signed(sign);
        page.indented(role, text, &format!("{sign} "), width);
    };
    let confined = if machine.is_confined { Sign::Good } else { Sign::Warning };
    row(confined, &format!("Sandbox: {}", machine.sandbox));
    let disk = words::free(free.disk, free.is_disk_scarce());
    let disk = format!("Disk: {disk} for the cache, {}", model.shown(&free.folder));
    row(found(free.disk, free.is_disk_scarce()), &disk);
    let memory = words::free(free.memory, free.is_memory_scarce());
    row(found(free.memory, free.is_memory_scarce()), &format!("Memory: {memory}"));
    for hint in &machine.hints {
        page.indented(Role::Text, &hint.text, "    ", width);
        text::command(page, "    $ ", &hint.command, width);
    }
}

/// The commands that install what is missing, one a line.
pub fn install_commands(model: &Model) -> String {
    doctor::install_commands(&model.view.doctor).into_iter().map(|command| shell_line(command) + "\n").collect()
}

pub fn bindings(model: &Model) -> Vec<Binding> {
    let mut bindings = vec![
        Binding::shown(ENTER, Action::Activate, "details"),
        Binding::shown(char('r'), Action::Examine, "check again"),
    ];
    if !install_commands(model).is_empty() {
        bindings.push(Binding::shown(char('y'), Action::Copy(Copied::Install), "copy the install commands"));
    }
    bindings
}
