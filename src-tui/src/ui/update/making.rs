//! From the advice to an artifact: plans, builds, their logs and results.

use std::path::PathBuf;

use packwright_core::engine::Settings;
use packwright_core::event::BuildId;
use packwright_core::problem::Code;
use packwright_core::session::{BuildView, Choice, Intent, Update};
use packwright_core::technologies;
use tui_input::Input;

use super::{journey, log, send, stay_on, under_cursor};
use crate::show;
use crate::ui::action::{Action, Copied};
use crate::ui::form::{self, Change};
use crate::ui::message::Effect;
use crate::ui::model::Model;
use crate::ui::route::Route;
use crate::ui::screens::{self, advice, build, doctor, plan, result};
use crate::ui::text;

/// Does what an action of these screens does.
pub fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    let wants_project = matches!(
        action,
        Action::PlanIt(_)
            | Action::PlanMarked
            | Action::Rebuild(_)
            | Action::SetOption(_)
            | Action::NextEntry
            | Action::Build
            | Action::Fix
    );
    if wants_project && model.opening.is_some() {
        // The session may already be at the next project while this one is still on the screen.
        model.notice = Some("a project is being read; wait until it is there".into());
        return Vec::new();
    }
    match action {
        Action::PlanMarked => {
            let marked = std::mem::take(&mut model.wanted);
            plan_these(model, marked.into_iter().collect())
        }
        Action::PlanIt(technology) => plan_it(model, technology),
        Action::Rebuild(index) => rebuild(model, index),
        Action::SetOption(row) => set_option(model, row),
        Action::NextEntry => next_entry(model),
        Action::Build => build_planned(model),
        Action::Cancel(build) => send(Intent::Cancel { build: Some(build) }),
        Action::Fix => fix(model),
        Action::Select(build) => {
            select(model, Some(build));
            Vec::new()
        }
        Action::NextBuild => {
            step_build(model, 1);
            Vec::new()
        }
        Action::PreviousBuild => {
            step_build(model, -1);
            Vec::new()
        }
        Action::Examine => match model.route {
            Route::History => send(Intent::Recall { most: journey::RECALLED }),
            _ => send(Intent::Examine { technology: None }),
        },
        Action::Copy(what) => copy(model, what),
        Action::CopyText(text) => {
            model.notice = Some("copied".into());
            vec![Effect::Copy(text)]
        }
        Action::Reveal(path) => vec![Effect::Show(path.display().to_string())],
        Action::Browse(address) => vec![Effect::Show(address)],
        Action::Follow
        | Action::NextFilter
        | Action::NextStep
        | Action::NextFound
        | Action::PreviousFound
        | Action::FirstError
        | Action::Wrap
        | Action::OpenLog => log::look(model, &action),
        other => journey::act(model, other),
    }
}

/// Plans this technology, or the last choice, or the best that can be built.
fn plan_it(model: &mut Model, technology: Option<String>) -> Vec<Effect> {
    let Some(project) = &model.view.project else {
        model.notice = Some("no project is open".into());
        return Vec::new();
    };
    let last = || {
        let root = project.opens_at().display().to_string();
        let saved = project.settings.build.clone();
        let built = model.view.history.iter().find(|build| build.root == root);
        if saved.is_empty() { built.map(|build| vec![build.receipt.artifact.technology.clone()]) } else { Some(saved) }
    };
    let best = || technologies::best_buildable(model.view.advice.as_ref()?).map(|best| vec![best.technology.clone()]);
    let wanted = match technology {
        Some(technology) => vec![technology],
        None => last().or_else(best).unwrap_or_default(),
    };
    plan_these(model, wanted)
}

fn plan_these(model: &mut Model, wanted: Vec<String>) -> Vec<Effect> {
    if let Some(id) = wanted.iter().find(|id| !technologies::is_buildable(id)).cloned() {
        return journey::explain(model, id);
    }
    if wanted.is_empty() {
        model.notice = Some("nothing that can be built here fits".into());
        return Vec::new();
    }
    let choices = wanted.into_iter().map(|technology| Choice { technology, ..Choice::default() }).collect();
    plan_all(model, choices)
}

/// Asks for plans and shows them.
fn plan_all(model: &mut Model, choices: Vec<Choice>) -> Vec<Effect> {
    model.planned.clear();
    let mut effects = Vec::new();
    for choice in choices {
        let build = model.next_build();
        model.choices.insert(build, choice);
        model.planned.push(build);
        effects.extend(plan_one(model, build));
    }
    model.selected = model.planned.first().copied();
    model.places.remove(&Route::Plan);
    model.go(Route::Plan);
    effects
}

fn plan_one(model: &mut Model, build: BuildId) -> Vec<Effect> {
    let Some(choice) = model.choices.get(&build).cloned() else { return Vec::new() };
    // The plan before must not be built any more, not even until the session says so.
    let item = under_cursor(model);
    model.view.apply(&Update::Planning { build, technology: choice.technology.clone() });
    stay_on(model, item);
    send(Intent::Plan { build, choice, settings: settings(model) })
}

fn settings(model: &Model) -> Settings {
    let root = model.view.project.as_ref().map(|project| project.root.clone()).unwrap_or_default();
    Settings {
        out: root.join("dist"),
        jobs: std::thread::available_parallelism().map_or(1, usize::from),
        use_cache: true,
        verify: true,
        trusted: model.trusts,
        ..Settings::default()
    }
}

fn rebuild(model: &mut Model, index: usize) -> Vec<Effect> {
    let Some(build) = model.view.history.get(index).cloned() else { return Vec::new() };
    let open_now =
        model.view.project.as_ref().is_some_and(|project| project.opens_at().display().to_string() == build.root);
    if !open_now {
        let effects = journey::open(model, PathBuf::from(build.root));
        model.notice = Some("its project is opened first; then choose it again".into());
        return effects;
    }
    let options = build.receipt.options.clone();
    plan_all(model, vec![Choice { technology: build.receipt.artifact.technology, options, ..Choice::default() }])
}

fn set_option(model: &mut Model, row: usize) -> Vec<Effect> {
    let Some(build) = plan::current(model) else { return Vec::new() };
    match form::change(model, build, row) {
        Some(Change::Value(option, value)) => return with_option(model, build, option, value),
        Some(Change::Typing(field, now)) => {
            model.field = Some((field, Input::new(now)));
            return Vec::new();
        }
        Some(Change::Extra(name)) => toggle(model.choices.get_mut(&build).map(|choice| &mut choice.extras), name),
        Some(Change::Group(name)) => toggle(model.choices.get_mut(&build).map(|choice| &mut choice.groups), name),
        None => return Vec::new(),
    }
    plan_one(model, build)
}

/// Takes a name in, or out.
fn toggle(names: Option<&mut Vec<String>>, name: String) {
    let Some(names) = names else { return };
    match names.iter().position(|one| *one == name) {
        Some(at) => drop(names.remove(at)),
        None => names.push(name),
    }
}

/// Sets an option and asks for the plan again.
pub fn with_option(model: &mut Model, build: BuildId, option: String, value: String) -> Vec<Effect> {
    if let Some(choice) = model.choices.get_mut(&build) {
        choice.options.insert(option, value);
    }
    plan_one(model, build)
}

/// The entry points go round; the plan is asked for again.
fn next_entry(model: &mut Model) -> Vec<Effect> {
    let Some(build) = plan::current(model) else { return Vec::new() };
    let names = model.view.project.iter().flat_map(|project| &project.entry_points).map(|entry| entry.name.clone());
    let names: Vec<String> = names.collect();
    let Some(choice) = model.choices.get_mut(&build).filter(|_| names.len() > 1) else { return Vec::new() };
    let at = choice.entry.as_ref().and_then(|now| names.iter().position(|name| name == now)).unwrap_or(0);
    choice.entry = names.get((at + 1) % names.len()).cloned();
    plan_one(model, build)
}

/// Builds what is planned. Where consent is needed this key gives it, as its label says; a plan that could not be made
/// without it is asked for again.
fn build_planned(model: &mut Model) -> Vec<Effect> {
    let mut effects = Vec::new();
    if plan::needs_consent(model) {
        model.trusts = true;
        effects.extend(send(Intent::Trust));
    }
    let (ready, again) = ready_and_failed(model);
    for id in &again {
        effects.extend(plan_one(model, *id));
    }
    if ready.is_empty() {
        if again.is_empty() {
            let what = if model.planned.is_empty() { "nothing is planned" } else { "the plan is not ready yet" };
            model.notice = Some(what.into());
        }
        return effects;
    }
    for id in &ready {
        model.started.insert(*id);
        model.logs.forget(*id);
    }
    let first = ready.first().copied();
    model.planned.retain(|id| !ready.contains(id));
    effects.extend(send(Intent::Build { builds: ready, settings: settings(model) }));
    model.go(Route::Build);
    select(model, first);
    if !model.planned.is_empty() {
        model.notice = Some("not every plan is ready yet; L shows the others".into());
    }
    effects
}

/// The builds whose plans are ready, and those to be planned again: for want of consent, or because there is nothing else
/// to do.
fn ready_and_failed(model: &Model) -> (Vec<BuildId>, Vec<BuildId>) {
    let build = |id: &BuildId| model.view.builds.get(id).filter(|build| build.has_ended());
    let (failed, open): (Vec<BuildId>, Vec<BuildId>) = model.planned.iter().partition(|id| build(id).is_some());
    let ready: Vec<BuildId> = open.into_iter().filter(|id| model.view.plans.contains_key(id)).collect();
    let refused = |build: &BuildView| build.problem.as_ref().is_some_and(|one| one.code == Code::ConsentRefused);
    let again = failed.into_iter().filter(|id| ready.is_empty() || build(id).is_some_and(refused)).collect();
    (ready, again)
}

/// Plans the failed build again, with the option that helps where one is known.
fn fix(model: &mut Model) -> Vec<Effect> {
    let Some(id) = result::current(model) else { return Vec::new() };
    let remedy = model.view.builds.get(&id).and_then(|build| build.problem.as_ref()?.fix.clone());
    let Some(mut choice) = model.choices.get(&id).cloned() else {
        model.notice = Some("it is of another project; open that one first".into());
        return Vec::new();
    };
    choice.options.extend(remedy);
    plan_all(model, vec![choice])
}

/// Shows the build so many further on; after the last comes the first.
fn step_build(model: &mut Model, by: isize) {
    let all: Vec<BuildId> = match model.route {
        Route::Plan => model.planned.clone(),
        Route::Result => model.started.iter().copied().filter(|id| result::has_ended(model, *id)).collect(),
        _ => model.started.iter().copied().collect(),
    };
    let now = model.selected.and_then(|id| all.iter().position(|other| *other == id));
    let count = isize::try_from(all.len()).unwrap_or(isize::MAX).max(1);
    let at = now.and_then(|at| isize::try_from(at).ok()).map_or(0, |at| (at + by).rem_euclid(count));
    select(model, all.get(usize::try_from(at).unwrap_or(0)).copied());
}

fn select(model: &mut Model, build: Option<BuildId>) {
    model.selected = build;
    if let Some(at) = model.started.iter().position(|id| Some(*id) == build)
        && model.route == Route::Build
    {
        model.place_mut().focus = at.saturating_sub(build::visible_builds(model).start);
    }
}

fn copy(model: &mut Model, what: Copied) -> Vec<Effect> {
    let text = match what {
        Copied::Commands => plan::current(model).and_then(|id| model.view.plans.get(&id)).map(commands),
        Copied::UseCommand => {
            let build = result::current(model).and_then(|id| model.view.builds.get(&id));
            build.and_then(|build| build.artifact.as_ref()).map(result::use_command)
        }
        Copied::VerifyCommand => {
            let build = result::current(model).and_then(|id| model.view.builds.get(&id));
            build.and_then(|build| build.artifact.as_ref()).map(result::verify_command)
        }
        Copied::Problem => {
            let build = result::current(model).and_then(|id| model.view.builds.get(&id));
            build.and_then(|build| build.problem.as_ref()).map(text::report)
        }
        Copied::Log => build::current(model).map(|id| {
            let (lines, _) = model.logs.window(id, build::log_room(model));
            lines.iter().map(|entry| format!("{}\n", packwright_core::session::plain(&entry.text))).collect()
        }),
        Copied::Install => Some(doctor::install_commands(model)),
        Copied::Advice => Some(screens::scene(model).main.plain_text()).filter(|_| !advice::listed(model).is_empty()),
    };
    match text.filter(|text| !text.is_empty()) {
        Some(text) => {
            model.notice = Some("copied".into());
            vec![Effect::Copy(text)]
        }
        None => {
            model.notice = Some("there is nothing to copy".into());
            Vec::new()
        }
    }
}

fn commands(plan: &packwright_core::plan::Plan) -> String {
    let lines = plan.steps.iter().map(packwright_core::session::command_line).filter(|line| !line.is_empty());
    lines.map(|line| show::shell_line(&line) + "\n").collect()
}
