//! What was found: facts with their evidence, what the project is, and risks before any build.

use packwright_core::engine::answers::declare::{Declaration, file_of};
use packwright_core::facts::{Doubt, DoubtKind, Fact, Fate, Project, Version};
use packwright_core::problem::{Needed, count};
use packwright_core::words;
use unicode_width::UnicodeWidthStr;

use super::super::action::{Action, Binding, ENTER, char};
use super::super::model::Model;
use super::super::page::Page;
use super::super::route::Route;
use super::super::theme::Role;
use super::{Scene, aside_width, main_width};
use crate::show::{shortened, wrapped};
use crate::ui::text;

/// Columns of a fact's name.
const NAME: usize = 18;
/// Reasons for which building asks that are shown at most.
const REASONS: usize = 3;
/// Paths that are no part of the project and have a row of their own.
const ROWS: usize = 12;
/// Columns that the values of a fact take at most.
const VALUE: usize = 31;

pub fn scene(model: &Model) -> Scene {
    let mut page = Page::new(model.theme);
    let width = main_width(model);
    if model.opening.is_some() {
        return Scene::of(super::no_project(model));
    }
    let failed = model.unread();
    if let Some(path) = &failed {
        unread(&mut page, &model.shown(path), width);
    }
    for problem in &model.view.problems {
        text::problem(&mut page, problem, width);
        page.blank();
    }
    let Some(project) = &model.view.project else {
        if failed.is_none() {
            page.append(super::no_project(model));
        }
        return Scene::of(page);
    };
    title(&mut page, model, project, width);
    start(&mut page, model);
    declare(&mut page, project);
    if let Some(advice) = &model.view.advice {
        text::contradictions(&mut page, advice, width);
    }
    page.blank();
    page.heading("What it is", width);
    nouns(&mut page, project, width);
    left_out(&mut page, project, width);
    page.blank();
    facts(&mut page, model, width);
    Scene::beside(page, risks(model, project, aside_width(model)), model)
}

/// What can be done about a project that could not be read; the problem follows.
fn unread(page: &mut Page, path: &str, width: u16) {
    let path = words::middle(path, usize::from(width).saturating_sub(20));
    page.row(&[(Role::Strong, &format!("{path} could not be read"))]);
    page.blank();
    let line = page.pieces(&[(Role::Chosen, " Read it again ")]);
    page.item(line, Action::ReadAgain);
    let line = page.pieces(&[(Role::Text, " Open another")]);
    page.item(line, Action::Go(Route::Welcome));
    page.blank();
}

fn title(page: &mut Page, model: &Model, project: &Project, width: u16) {
    let version = match &project.version {
        Version::Static { version, .. } => version.clone(),
        Version::Dynamic { .. } => "version known to its build backend".into(),
        Version::Missing => "no version".into(),
    };
    page.row(&[(Role::Strong, &project.name), (Role::Dim, &format!("  {version}"))]);
    if let Some(summary) = &project.metadata.summary {
        page.text(Role::Text, summary, width);
    }
    page.row(&[(Role::Dim, &words::middle(&model.shown(&project.root), usize::from(width)))]);
    page.row(&[(Role::Dim, "None of its code was run.")]);
    page.blank();
    // Whoever has built something knows the way.
    if model.view.history.is_empty() {
        let hint =
            "New here? enter goes on, esc goes back, ? shows the keys, and nothing runs before you saw the plan.";
        page.text(Role::Accent, hint, width);
        page.blank();
    }
}

/// The primary item: to the interview, or to the advice when no question is left.
fn start(page: &mut Page, model: &Model) {
    let known = model.view.facts.common().count();
    let asks = model.view.advice.as_ref().is_some_and(|advice| advice.ask.is_some());
    let (label, remark, route) = match (asks, model.view.asking.answered().next().is_none()) {
        (true, true) => ("Start the interview", "a few questions are left", Route::Interview),
        (true, false) => ("Go on with the interview", "a few questions are left", Route::Interview),
        (false, _) => ("Show the advice", "nothing more needs to be asked", Route::Advice),
    };
    let line = page.pieces(&[
        (Role::Chosen, &format!(" {label} ")),
        (Role::Dim, &format!("  {} known; {remark}", count(known, "fact"))),
    ]);
    page.item(line, Action::Go(route));
}

/// What the code needs and nothing declares, with the file that it would be written into.
fn declare(page: &mut Page, project: &Project) {
    let wanted = project.undeclared();
    let Ok(file) = file_of(project, Needed::ToRun) else { return };
    if wanted.is_empty() {
        return;
    }
    let line = page.pieces(&[
        (Role::Text, &format!(" Declare {}", wanted.join(", "))),
        (Role::Dim, &format!("  written into {file}: it is imported, and nothing declares it")),
    ]);
    page.item(line, Action::Declare(declarations(&wanted)));
}

fn declarations(wanted: &[&str]) -> Vec<Declaration> {
    let declaration =
        |requirement: &&str| Declaration { requirement: (*requirement).to_owned(), needed: Needed::ToRun };
    wanted.iter().map(declaration).collect()
}

fn nouns(page: &mut Page, project: &Project, width: u16) {
    let room = usize::from(width).saturating_sub(16);
    let mut row = |label: &str, value: &str| {
        page.row(&[(Role::Dim, &format!("{label:<14}")), (Role::Text, &shortened(value, room))]);
    };
    for (index, entry) in project.entry_points.iter().enumerate() {
        let name = words::entry(entry);
        row(if index == 0 { "Starts with" } else { "" }, &name);
    }
    if project.entry_points.is_empty() {
        row("Starts with", "nothing: it has no entry point");
    }
    if let Some(python) = &project.requires_python {
        row("Python", &python.value);
    }
    let needs: Vec<&str> = project.dependencies.iter().map(|one| one.text.as_str()).collect();
    row("Depends on", &if needs.is_empty() { words::needs_none(project) } else { String::new() });
    if !needs.is_empty() {
        page.rows.pop();
        page.row(&[(Role::Dim, "Depends on    "), (Role::Text, &shortened(&needs.join(", "), room))]);
    }
    if let Some(build) = &project.build_system {
        page.row(&[(Role::Dim, "Built with    "), (Role::Text, &shortened(&build.backend, room))]);
        // All of them stand in the plan, where the question is.
        for (index, reason) in build.own_code.iter().take(REASONS).enumerate() {
            let label = if index == 0 { "Building asks" } else { "" };
            let because = format!("{} ({})", reason.value, reason.source);
            page.row(&[(Role::Dim, &format!("{label:<14}")), (Role::Text, &shortened(&because, room))]);
        }
    }
}

/// What of the folder is no part of the project: enter turns what becomes of it.
fn left_out(page: &mut Page, project: &Project, width: u16) {
    let doubts = &project.selection.doubts;
    if doubts.is_empty() {
        return;
    }
    page.blank();
    page.heading("Not part of it", width);
    let (own, others): (Vec<Doubt>, Vec<Doubt>) = doubts.iter().cloned().partition(has_a_row);
    let room = usize::from(width).saturating_sub(2);
    for doubt in own.iter().take(ROWS) {
        let line = doubt.line.map(|line| format!(":{line}")).unwrap_or_default();
        let (role, sign) = match doubt.fate {
            Fate::Asked => (Role::Warn, "? "),
            Fate::LeftOut => (Role::Dim, "- "),
            Fate::Taken | Fate::Tracked => (Role::Good, "+ "),
        };
        let words = format!("  {}: {}", words::doubt(doubt.kind), words::fate(doubt.fate));
        let path = words::middle(&format!("{}{line}", doubt.path), room);
        let fits = path.width() + words.width() <= room;
        let beside = if fits { words.as_str() } else { "" };
        let item = page.pieces(&[(role, sign), (Role::Text, &path), (Role::Dim, beside)]);
        page.item(item, Action::Sort(doubt.path.clone()));
        if !fits {
            let more = page.pieces(&[(Role::Dim, &shortened(&words, room))]);
            page.more(more);
        }
    }
    if own.len() > ROWS {
        page.row(&[(Role::Dim, &format!("  and {} more", own.len() - ROWS))]);
    }
    for told in words::doubts(&others) {
        page.indented(Role::Dim, &format!("- {}: {}", told.paths, told.because), "", width);
    }
}

/// Whether somebody may want it otherwise; caches and litter are only told.
fn has_a_row(doubt: &Doubt) -> bool {
    match doubt.kind {
        DoubtKind::Credential
        | DoubtKind::Secret
        | DoubtKind::Database
        | DoubtKind::Log
        | DoubtKind::Backup
        | DoubtKind::Unwanted => true,
        DoubtKind::Environment | DoubtKind::Cache | DoubtKind::Litter | DoubtKind::BuildOutput | DoubtKind::Ignored => {
            doubt.fate == Fate::Taken
        }
    }
}

fn facts(page: &mut Page, model: &Model, width: u16) {
    page.heading("Facts", width);
    let known = |fact: Fact| model.view.facts.get(fact);
    let shown: Vec<Fact> = Fact::all().filter(|fact| model.all_facts || known(*fact).is_some()).collect();
    let value = |fact: Fact| match known(fact) {
        Some(known) => shortened(&known.tags.ids(fact).collect::<Vec<_>>().join(", "), VALUE),
        None => "not known".into(),
    };
    // The evidence gets what the longest value leaves.
    let column = shown.iter().map(|fact| value(*fact).width()).max().unwrap_or(0) + 2;
    let room = usize::from(width).saturating_sub(NAME + column);
    for fact in shown {
        let source = known(fact).map(|known| known.source.to_string()).unwrap_or_default();
        let role = if known(fact).is_some() { Role::Text } else { Role::Dim };
        let value = value(fact);
        let gap = " ".repeat(column.saturating_sub(value.width()));
        let fits = source.width() <= room;
        let beside = if fits { source.as_str() } else { "" };
        let line = page.pieces(&[
            (Role::Text, &format!("{:<NAME$}", fact.id())),
            (role, &value),
            (Role::Dim, &format!("{gap}{beside}")),
        ]);
        page.item(line, Action::Choose(fact));
        let beneath = if fits { Vec::new() } else { wrapped(&source, usize::from(width).saturating_sub(NAME)) };
        for part in beneath {
            let line = page.pieces(&[(Role::Dim, &format!("{:NAME$}{part}", ""))]);
            page.more(line);
        }
    }
    if !model.all_facts {
        let line = page.pieces(&[(Role::Dim, "… show also what is not known")]);
        page.item(line, Action::AllFacts);
    }
}

fn risks(model: &Model, project: &Project, width: u16) -> Page {
    let mut page = Page::new(model.theme);
    page.heading("Risks found before any build", width);
    for risk in &project.risks {
        let what = if risk.what.is_empty() { String::new() } else { format!("{}: ", risk.what) };
        page.row(&[(Role::Warn, "! "), (Role::Dim, &words::middle(&risk.source.to_string(), usize::from(width) - 2))]);
        page.indented(Role::Text, &format!("{what}{}", words::risk(risk.kind)), "  ", width);
    }
    if project.risks.is_empty() {
        page.row(&[(Role::Good, "✓ "), (Role::Text, "none")]);
    }
    page
}

pub fn bindings(model: &Model) -> Vec<Binding> {
    if model.view.project.is_none() {
        let mut bindings = vec![Binding::shown(ENTER, Action::Activate, "choose")];
        if model.unread().is_some() {
            bindings.push(Binding::shown(char('r'), Action::ReadAgain, "read it again"));
        }
        return bindings;
    }
    let mut bindings = vec![
        Binding::shown(ENTER, Action::Activate, "choose"),
        Binding::shown(char('i'), Action::Go(Route::Interview), "interview"),
        Binding::shown(char('a'), Action::Go(Route::Advice), "advice"),
        Binding::shown(char('b'), Action::PlanIt(None), "build"),
        Binding::shown(char('r'), Action::ReadAgain, "read again"),
        Binding::quiet(&[char('S')], Action::Save, "save the answers with the project"),
        Binding::quiet(&[char('f')], Action::AllFacts, "all facts, known or not"),
    ];
    let wanted = model.view.project.as_ref().map(Project::undeclared).unwrap_or_default();
    if !wanted.is_empty() {
        bindings.push(Binding::quiet(&[char('d')], Action::Declare(declarations(&wanted)), "declare what is imported"));
    }
    bindings
}
