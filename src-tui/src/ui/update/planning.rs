//! From a choice to a plan, and from plans to builds: technologies, options, consent.

use std::path::PathBuf;

use packwright_core::engine::{Agreed, Settings};
use packwright_core::event::{BuildId, Receipt};
use packwright_core::facts::{Project, Target};
use packwright_core::problem::{Code, listing};
use packwright_core::session::{BuildView, Choice, Intent, Update};
use packwright_core::technologies;
use tui_input::Input;

use super::{journey, send, stay_on, under_cursor};
use crate::ui::action::Action;
use crate::ui::form::{self, Change};
use crate::ui::message::Effect;
use crate::ui::model::Model;
use crate::ui::route::Route;
use crate::ui::screens::{advice, build, plan, result};

/// Milliseconds for which a consent must have stood on the screen before it can be given: a key that was meant for
/// something else must not give it. A key that comes too early begins the time anew.
const TO_READ: u64 = 300;

/// Said to who is too quick; the plan that comes takes it away.
pub const NOT_READY: &str = "the plan is not ready yet";

/// Does what an action of these screens does, once the project is there that it is meant for.
pub fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    if model.opening.is_some() {
        // The session may already be at the next project while this one is still on the screen.
        model.notice = Some("a project is being read; wait until it is there".into());
        return Vec::new();
    }
    match action {
        Action::PlanMarked => {
            let marked = std::mem::take(&mut model.wanted);
            plan_these(model, marked.into_iter().collect())
        }
        Action::PlanIt(Some(technology)) => plan_these(model, vec![technology]),
        Action::PlanIt(None) => plan_last(model),
        Action::Rebuild(id) => rebuild(model, id),
        Action::SetOption(row) => set_option(model, row),
        Action::ResetOption => reset_option(model),
        Action::NextEntry => next_entry(model),
        Action::Build => build_planned(model),
        Action::Consent { start } => consent(model, start),
        Action::Fix => fix(model),
        _ => Vec::new(),
    }
}

/// Plans what was built last, as it was built, or else the best that can be built.
fn plan_last(model: &mut Model) -> Vec<Effect> {
    let Some(project) = &model.view.project else {
        model.notice = Some("no project is open".into());
        return Vec::new();
    };
    if !project.settings.build.is_empty() {
        return plan_these(model, project.settings.build.clone());
    }
    let root = project.opens_at().display().to_string();
    if let Some(built) = model.view.history.iter().find(|build| build.root == root) {
        let choice = choice_of(model, project, &built.receipt);
        return plan_all(model, vec![choice]);
    }
    let best = model.view.advice.as_ref().and_then(technologies::best_buildable).map(|best| best.technology.clone());
    plan_these(model, best.into_iter().collect())
}

/// What was chosen for a build: what is as it would be without saying so is not said.
fn choice_of(model: &Model, project: &Project, receipt: &Receipt) -> Choice {
    let technology = receipt.artifact.technology.clone();
    let specs = technologies::named(&technology).map_or(&[][..], |entry| &entry.options);
    let said = |(id, value): &(&String, &String)| {
        specs.iter().any(|spec| spec.id == **id && spec.default_for(&model.view.facts) != value.as_str())
    };
    let options = receipt.options.iter().filter(said).map(|(id, value)| (id.clone(), value.clone())).collect();
    let usual = project.entry_points.first().map(|entry| &entry.name);
    let is_there = |name: &String| project.entry_points.iter().any(|entry| entry.name == *name);
    let target = &receipt.artifact.target;
    Choice {
        technology,
        entry: receipt.entry.clone().filter(|name| Some(name) != usual && is_there(name)),
        options,
        target: (*target != Target::of(&model.view.facts)).then(|| target.clone()),
        extras: receipt.extras.iter().filter(|extra| project.extras.contains_key(*extra)).cloned().collect(),
        groups: receipt.groups.iter().filter(|group| project.groups.contains_key(*group)).cloned().collect(),
    }
}

/// Plans technologies for the system whose advice is shown.
fn plan_these(model: &mut Model, wanted: Vec<String>) -> Vec<Effect> {
    if model.view.project.is_none() {
        model.notice = Some("no project is open".into());
        return Vec::new();
    }
    if let Some(id) = wanted.iter().find(|id| !technologies::is_buildable(id)).cloned() {
        return journey::explain(model, id);
    }
    if wanted.is_empty() {
        model.notice = Some("nothing that can be built here fits".into());
        return Vec::new();
    }
    let target = advice::system(model).map(Target::on);
    let choice = |technology| Choice { technology, target: target.clone(), ..Choice::default() };
    plan_all(model, wanted.into_iter().map(choice).collect())
}

/// Asks for plans and shows them. Those before that were not built are not wanted any more.
fn plan_all(model: &mut Model, choices: Vec<Choice>) -> Vec<Effect> {
    let before = std::mem::take(&mut model.planned);
    let mut effects: Vec<Effect> = before.into_iter().map(|id| Intent::Cancel { build: Some(id) }.into()).collect();
    for choice in choices {
        let build = model.next_build();
        model.choices.insert(build, choice);
        model.planned.push(build);
        effects.extend(plan_one(model, build));
    }
    model.places.remove(&Route::Plan);
    model.go(Route::Plan);
    select(model, model.planned.first().copied());
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
        signer: model.signer.clone(),
        ..Settings::default()
    }
}

fn rebuild(model: &mut Model, id: i64) -> Vec<Effect> {
    let Some(built) = model.view.history.iter().find(|build| build.id == id) else { return Vec::new() };
    let project = model.view.project.as_ref();
    let Some(project) = project.filter(|project| project.opens_at().display().to_string() == built.root) else {
        let effects = journey::open(model, PathBuf::from(built.root.clone()));
        model.notice = Some("its project is opened first; then choose it again".into());
        return effects;
    };
    let choice = choice_of(model, project, &built.receipt);
    plan_all(model, vec![choice])
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
        Some(Change::Target(target)) => {
            if let Some(choice) = model.choices.get_mut(&build) {
                choice.target = Some(target);
            }
        }
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

/// The option under the cursor follows the facts again.
fn reset_option(model: &mut Model) -> Vec<Effect> {
    let Some(build) = plan::current(model) else { return Vec::new() };
    let Some(Action::SetOption(row)) = under_cursor(model) else { return Vec::new() };
    let Some(spec) = form::spec(model, build, row) else { return Vec::new() };
    let before = model.choices.get_mut(&build).and_then(|choice| choice.options.remove(&spec.id));
    if before.is_some() { plan_one(model, build) } else { Vec::new() }
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

/// Agrees that the code of the plans on the screen may run, or also that what they make may be started, and builds them;
/// a plan that could not be made without it is asked for again.
fn consent(model: &mut Model, start: bool) -> Vec<Effect> {
    let to = Agreed { code: plan::needs_consent(model), start: start && plan::may_agree_to_start(model) };
    if to == Agreed::default() {
        return build_planned(model);
    }
    if model.consent_since.is_none_or(|(since, _)| model.now < since + TO_READ) {
        model.consent_since = model.consent_since.map(|(_, asking)| (model.now, asking));
        model.notice = Some("this has just come up: read what it agrees to, then choose it again".into());
        return Vec::new();
    }
    model.agreed = Agreed { code: model.agreed.code || to.code, start: model.agreed.start || to.start };
    let mut effects = send(Intent::Trust { to });
    effects.extend(build_planned(model));
    // That was the answer to what is on the screen. What is planned again says itself how far it is agreed to.
    model.agreed = Agreed::default();
    effects
}

/// Builds what is planned and needs no consent any more.
fn build_planned(model: &mut Model) -> Vec<Effect> {
    if plan::needs_consent(model) {
        model.notice = Some("it may run code of this project: t agrees to that".into());
        return Vec::new();
    }
    let (ready, again) = ready_and_failed(model);
    let mut effects: Vec<Effect> = again.iter().flat_map(|id| plan_one(model, *id)).collect();
    if ready.is_empty() {
        if again.is_empty() {
            let what = if model.planned.is_empty() { "nothing is planned" } else { NOT_READY };
            model.notice = Some(what.into());
        }
        return effects;
    }
    for id in &ready {
        model.started.insert(*id);
        model.logs.forget(*id);
    }
    model.planned.retain(|id| !ready.contains(id));
    let notice = left_behind(model);
    effects.extend(send(Intent::Build { builds: ready.clone(), settings: settings(model) }));
    model.go(Route::Build);
    if model.planned.is_empty() {
        // There is nothing to go back to.
        model.trail.retain(|route| *route != Route::Plan);
    }
    select(model, ready.first().copied());
    model.notice = notice;
    effects
}

/// What is said of plans that are not built with the others.
fn left_behind(model: &Model) -> Option<String> {
    let failed = |id: &&BuildId| model.view.builds.get(id).is_some_and(BuildView::has_ended);
    let (failed, open): (Vec<&BuildId>, Vec<&BuildId>) = model.planned.iter().partition(failed);
    let names = |ids: &[&BuildId]| {
        let names = ids.iter().filter_map(|id| Some(model.choices.get(id)?.technology.as_str()));
        listing(&names.collect::<Vec<_>>())
    };
    match (failed.is_empty(), open.is_empty()) {
        (true, true) => None,
        (false, _) => Some(format!("no plan for {}; L shows why", names(&failed))),
        (true, false) => Some(format!("the plan for {} is not ready yet; L shows it", names(&open))),
    }
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

/// Shows this build.
pub fn select(model: &mut Model, build: Option<BuildId>) {
    model.selected = build;
    if let Some(at) = model.started.iter().position(|id| Some(*id) == build)
        && model.route == Route::Build
    {
        model.place_mut().focus = at.saturating_sub(build::visible_builds(model).start);
    }
}
