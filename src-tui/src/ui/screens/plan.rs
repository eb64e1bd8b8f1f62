//! What will be run, and nothing else: steps with their exact commands, options, and the consent that is needed.

use packwright_core::engine::Agreed;
use packwright_core::event::BuildId;
use packwright_core::facts::EntryKind;
use packwright_core::plan::{Consent, Plan, Step};
use packwright_core::problem::{Code, Problem, Remedy, count};
use packwright_core::session::{BuildView, Recommended, command_lines, form};
use packwright_core::technologies;
use packwright_core::words::{self, Sentence, sentence};
use unicode_width::UnicodeWidthStr;

use super::super::action::{Action, Binding, Copied, ENTER, Field, char, from_tab_to_tab};
use super::super::glyph;
use super::super::gradient;
use super::super::model::Model;
use super::super::page::Page;
use super::super::route::Route;
use super::super::theme::Role;
use super::{Scene, aside_width, main_width};
use crate::show::folded;
use crate::ui::text;

/// Columns that whoever types a value wants to see of it.
const TYPED: usize = 16;

/// The build whose plan is shown.
pub fn current(model: &Model) -> Option<BuildId> {
    let planned = model.planned();
    model.selected.filter(|id| planned.contains(id)).or_else(|| planned.first().copied())
}

/// Whether a plan waits for the user to agree that foreign code may run.
pub fn needs_consent(model: &Model) -> bool {
    planned_among(model, &model.view.waiting_for_trust()) > 0
}

/// Whether something would be started without a sandbox if the user agreed. Nothing waits for that.
pub fn may_agree_to_start(model: &Model) -> bool {
    planned_among(model, &model.view.asking_to_start()) > 0
}

/// How many plans ask for consent of either kind.
pub fn asking(model: &Model) -> usize {
    planned_among(model, &model.view.waiting_for_trust()) + planned_among(model, &model.view.asking_to_start())
}

fn planned_among(model: &Model, builds: &[BuildId]) -> usize {
    model.planned().iter().filter(|id| builds.contains(id)).count()
}

pub fn scene(model: &Model) -> Scene {
    let mut page = Page::new(model.theme);
    let width = main_width(model);
    let Some(id) = current(model) else {
        if model.is_choosing {
            preparing(&mut page, None, width);
            return Scene::of(page);
        }
        page.row(&[(Role::Strong, "Nothing is planned")]);
        let line = page.pieces(&[(Role::Text, "Choose a technology")]);
        page.item(line, Action::Go(Route::Advice));
        return Scene::of(page);
    };
    tabs(&mut page, model, id);
    in_its_place(&mut page, model, id, width);
    let failed = model.view.builds.get(&id).and_then(|build| build.problem.as_ref());
    let plan = model.view.plans.get(&id);
    match (plan, failed) {
        (_, Some(problem)) if problem.code == Code::ConsentRefused => {
            // Its hints are for the command line; here the item below is the remedy.
            text::problem(&mut page, &Problem { hints: Vec::new(), ..problem.clone() }, width);
            page.blank();
            let line = page.pieces(&[
                (Role::Chosen, " Trust this project and go on "),
                (Role::Dim, "  asked once, remembered until its code changes"),
            ]);
            page.item(line, Action::Consent { start: false });
        }
        (_, Some(problem)) => {
            text::problem(&mut page, problem, width);
            page.blank();
            entries(&mut page, model, problem);
            let (label, action) = way_on(model, id, problem);
            let line = page.pieces(&[(Role::Chosen, label)]);
            page.item(line, action);
        }
        (Some(plan), None) => ready(&mut page, model, id, plan, width),
        (None, None) => preparing(&mut page, model.view.builds.get(&id), width),
    }
    Scene::beside(page, aside(model, id, plan), model)
}

fn tabs(page: &mut Page, model: &Model, shown: BuildId) {
    let name = |id: &BuildId| model.view.choices.get(id).map_or("", |choice| choice.technology.as_str());
    let target = model
        .view
        .choices
        .get(&shown)
        .map(|choice| words::target(&form::target(&model.view, choice)))
        .unwrap_or_default();
    if model.planned().len() < 2 {
        page.row(&[(Role::Strong, &format!("Plan: one {}", name(&shown))), (Role::Text, &format!("  for {target}"))]);
        return;
    }
    let mut line = page.pieces(&[(Role::Strong, "Plan  ")]);
    let mut hits = Vec::new();
    for id in &model.planned() {
        let from = u16::try_from(line.width()).unwrap_or(u16::MAX);
        line.push_span(page.span(if *id == shown { Role::Chosen } else { Role::Dim }, &format!(" {} ", name(id))));
        hits.push((from, u16::try_from(line.width()).unwrap_or(u16::MAX), Action::Select(*id)));
    }
    line.push_span(page.span(Role::Text, &format!("  for {target}")));
    page.line(line);
    if let Some(row) = page.rows.last_mut() {
        row.hits = hits;
    }
}

/// Why this is planned and not what the advice puts first.
fn in_its_place(page: &mut Page, model: &Model, id: BuildId, width: u16) {
    let recommended = model.view.recommended.as_ref().filter(|one| one.build == Some(id));
    for warning in recommended.map(|one| one.warnings("its page shows the steps")).unwrap_or_default() {
        page.indented(Role::Warn, &warning, "! ", width);
    }
}

/// What can be done about a plan that there is not: never what was refused already.
fn way_on(model: &Model, id: BuildId, problem: &Problem) -> (&'static str, Action) {
    let recommended = model.view.recommended.as_ref().filter(|one| one.build == Some(id));
    let is_exhausted = recommended.is_some_and(|one| one.exhausted().is_some());
    if problem.code == Code::Cancelled {
        (" Plan it again ", Action::Build)
    } else if Recommended::is_refusal(problem) && !is_exhausted {
        (" Plan the best that can be built of it ", Action::Recommend)
    } else {
        (" Choose another technology ", Action::Go(Route::Advice))
    }
}

fn preparing(page: &mut Page, build: Option<&BuildView>, width: u16) {
    page.row(&[(Role::Dim, "Working out what only tools can tell. Nothing is built yet.")]);
    page.blank();
    // Whoever is quick with `enter` is told to wait, and changes nothing.
    let line = page.pieces(&[(Role::Dim, " Build "), (Role::Dim, "  can be chosen when the plan is ready")]);
    page.item(line, Action::Build);
    page.blank();
    for title in build.iter().flat_map(|build| &build.resolving) {
        page.indented(Role::Text, title, "· ", width);
    }
}

fn ready(page: &mut Page, model: &Model, id: BuildId, plan: &Plan, width: u16) {
    page.row(&[(
        Role::Dim,
        &format!("{}. This is what will be run, and nothing else.", count(plan.steps.len(), "step")),
    )]);
    page.blank();
    for (label, action) in ways_on(model) {
        let line = page.pieces(&[(Role::Chosen, &label)]);
        page.item(line, action);
    }
    consents(page, model, width);
    lacks(page, model, id, width);
    page.blank();
    for (index, step) in plan.steps.iter().enumerate() {
        show_step(page, index + 1, step, width);
    }
    for proof in &plan.proofs {
        page.row(&[
            (Role::Strong, &format!("{:>2}  ", "✓")),
            (Role::Strong, &proof.title),
            (Role::Dim, &format!("  with {}", proof.room)),
        ]);
    }
    if plan.proofs.is_empty() {
        page.row(&[(Role::Dim, "    The artifact will not be tried")]);
    }
    page.blank();
    page.text(Role::Dim, &sentence(Sentence::SandboxPaths, &[]), width);
}

/// What can be chosen to build the plans. Agreeing to one thing is not agreeing to the other, and what starts nothing
/// comes first where nothing else is asked.
fn ways_on(model: &Model) -> Vec<(String, Action)> {
    let build = match model.planned().len() {
        1 => " Build".to_owned(),
        many => format!(" Build all {many}"),
    };
    match (needs_consent(model), may_agree_to_start(model)) {
        (false, false) => vec![(format!("{build} "), Action::Build)],
        (true, false) => vec![(" Trust and build ".into(), Action::Consent { start: false })],
        (false, true) => vec![
            (format!("{build}, and try nothing "), Action::Build),
            (format!("{build}, and start it without a sandbox to try it "), Action::Consent { start: true }),
        ],
        (true, true) => vec![
            (" Trust and build, and try nothing ".into(), Action::Consent { start: false }),
            (" Trust and build, and start it without a sandbox to try it ".into(), Action::Consent { start: true }),
        ],
    }
}

fn show_step(page: &mut Page, number: usize, step: &Step, width: u16) {
    page.row(&[(Role::Strong, &format!("{number:>2}  {}", step.title))]);
    let commands = command_lines(step);
    if commands.is_empty() {
        page.row(&[(Role::Dim, "    "), (Role::Dim, &sentence(Sentence::OwnWork, &[]))]);
    }
    for command in &commands {
        text::command(page, "    $ ", command, width);
    }
    if let Some(reaches) = words::network(&step.action) {
        page.row(&[(Role::Dim, &format!("    {reaches}"))]);
    }
    if step.runs_foreign_code() {
        page.row(&[(Role::Warn, "    ! "), (Role::Text, &sentence(Sentence::ForeignCode, &[]))]);
    }
}

/// What the key that builds agrees to, of every plan and in full.
fn consents(page: &mut Page, model: &Model, width: u16) {
    let planned = model.planned();
    let asked = || planned.iter().flat_map(|id| model.view.asked(id).iter().map(|consent| (*id, consent)));
    let mut said = Vec::new();
    for (id, consent) in asked() {
        let Agreed { code, start } = model.view.agreed_to(id);
        let ending = match consent {
            Consent::RunProjectCode { because, .. } if !code => {
                format!("{}. Asked once, and again for other files.", words::because(because))
            }
            Consent::StartProgram { .. } if !start => ".".to_owned(),
            Consent::RunProjectCode { .. } | Consent::StartProgram { .. } | Consent::Download { .. } => continue,
        };
        let sentence = text::capital(&words::consent(consent).unwrap_or_default()) + &ending;
        if !said.contains(&sentence) {
            page.indented(Role::Warn, &sentence, "! ", width);
            said.push(sentence);
        }
    }
    let plans = planned.iter().filter_map(|id| Some(model.view.plans.get(id)?.downloads(model.view.asked(id))));
    if let Some(sentence) = words::downloads(plans.flatten()) {
        page.indented(Role::Text, &sentence, "↓ ", width);
    }
}

/// What this machine lacks for it, with what installs that.
fn lacks(page: &mut Page, model: &Model, id: BuildId, width: u16) {
    let Some(lacks) = model.view.lacks.get(&id) else { return };
    if let Some(problem) = &lacks.problem {
        text::problem(page, problem, width);
    }
    for sentence in &lacks.untried {
        page.indented(Role::Warn, sentence, "! ", width);
    }
}

fn aside(model: &Model, id: BuildId, plan: Option<&Plan>) -> Page {
    let mut page = Page::new(model.theme);
    let width = aside_width(model);
    page.heading("Options", width);
    let rows = form::rows(&model.view, id);
    if rows.is_empty() {
        page.row(&[(Role::Dim, "it has none")]);
    }
    for (index, row) in rows.iter().enumerate() {
        option(&mut page, model, id, index, row, width);
    }
    page.blank();
    if let Some(entry) = plan.and_then(|plan| technologies::named(&plan.technology)) {
        page.heading("Brings", width);
        let mut line = page.pieces(&[]);
        line.spans.extend(glyph::spans(&page, entry, gradient::level_number(&entry.id)));
        line.push_span(page.span(Role::Text, &format!("  {}", words::layers(&entry.brings))));
        page.line(line);
    }
    starts_with(&mut page, model, id);
    page
}

/// One row of the form: its title and value, on two lines where one is too short.
fn option(page: &mut Page, model: &Model, id: BuildId, index: usize, row: &form::Row, width: u16) {
    let spec = form::field(&model.view, id, index);
    let input = spec.as_ref().and_then(|option| model.input(&Field::Option(id, option.clone())));
    let room = usize::from(width);
    let beside = row.title.width() + 2;
    let is_beside = beside + row.value.width().max(if input.is_some() { TYPED } else { 0 }) <= room;
    let before = if is_beside { beside } else { 2 };
    let typed = input.map(|input| text::typed(input, room.saturating_sub(before)));
    let value = typed.as_ref().map_or(&row.value, |(typed, _)| typed);
    let role = if row.is_set { Role::Strong } else { Role::Text };
    if is_beside {
        let line = page.pieces(&[(Role::Text, &row.title), (Role::Dim, ": "), (role, value)]);
        page.item(line, Action::SetOption(index));
    } else {
        let line = page.pieces(&[(Role::Text, &row.title), (Role::Dim, ":")]);
        page.item(line, Action::SetOption(index));
        let wraps = |value: &str| folded(value, room.saturating_sub(before).max(8));
        for part in if input.is_some() { vec![value.clone()] } else { wraps(value) } {
            let line = page.pieces(&[(role, &format!("  {part}"))]);
            page.more(line);
        }
    }
    if let Some((_, column)) = typed {
        page.caret(before + column);
    }
    let fault = spec.zip(input).and_then(|(option, input)| form::fault(&model.view, id, &option, input.value()));
    if let Some(fault) = fault {
        page.indented(Role::Bad, &fault, "✗ ", width);
    }
    page.indented(Role::Dim, &row.help, "  ", width);
}

/// The entry points, each to be chosen, where it must be said which one is meant.
fn entries(page: &mut Page, model: &Model, problem: &Problem) {
    let is_asked = problem.hints.iter().any(|hint| hint.remedy == Some(Remedy::Entry));
    let known = model.view.project.iter().filter(|_| is_asked).flat_map(|project| &project.entry_points);
    for entry in known {
        let line = page.pieces(&[(Role::Text, "Start it with "), (Role::Strong, &words::entry(entry))]);
        page.item(line, Action::Entry(entry.name.clone()));
    }
}

/// The entry point, to be chosen where there are several.
fn starts_with(page: &mut Page, model: &Model, id: BuildId) {
    let (Some(project), Some(choice)) = (&model.view.project, model.view.choices.get(&id)) else { return };
    let first = project.entry_points.iter().find(|entry| choice.entry.as_ref().is_none_or(|name| *name == entry.name));
    let Some(entry) = first else { return };
    let kind = if entry.kind == EntryKind::Gui { " (window)" } else { "" };
    let line = page.pieces(&[(Role::Text, "Starts with: "), (Role::Strong, &format!("{}{kind}", entry.name))]);
    if project.entry_points.len() > 1 {
        page.item(line, Action::NextEntry);
    } else {
        page.line(line);
    }
}

pub fn bindings(model: &Model) -> Vec<Binding> {
    let failed = |id| model.view.builds.get(&id).is_some_and(BuildView::has_ended);
    let label = match current(model) {
        Some(id) if model.planned().len() == 1 && failed(id) => "plan again",
        _ => "build",
    };
    let mut bindings = vec![Binding::shown(ENTER, Action::Activate, "choose")];
    if needs_consent(model) {
        bindings.insert(0, Binding::shown(char('t'), Action::Consent { start: false }, "trust and build"));
        bindings.push(Binding::quiet(&[char('b')], Action::Build, label));
    } else if current(model).is_some() {
        bindings.insert(0, Binding::shown(char('b'), Action::Build, label));
    }
    if current(model).is_some_and(|id| model.view.plans.contains_key(&id)) {
        bindings.push(Binding::shown(char('y'), Action::Copy(Copied::Commands), "copy the commands"));
    }
    if current(model).is_some() {
        bindings.push(Binding::quiet(&[char('d')], Action::ResetOption, "the option back to its default"));
    }
    if model.planned().len() > 1 {
        bindings.extend(from_tab_to_tab("next plan", Action::NextBuild, Action::PreviousBuild));
    }
    if let Some(id) = current(model).filter(|id| !model.view.plans.contains_key(id) && !failed(*id)) {
        bindings.push(Binding::shown(char('x'), Action::Cancel(id), "cancel"));
    }
    bindings.push(Binding::quiet(&[char('a')], Action::Go(Route::Advice), "advice"));
    bindings
}
