//! From a choice to a plan, and from plans to builds: technologies, options, consent.

use std::path::PathBuf;

use packwright_core::engine::Agreed;
use packwright_core::event::BuildId;
use packwright_core::facts::Target;
use packwright_core::problem::{Code, listing};
use packwright_core::session::{BuildView, Change, Choice, Intent, form};
use packwright_core::technologies;
use tui_input::Input;

use super::{journey, send, under_cursor};
use crate::ui::action::{Action, Field};
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
        Action::Recommend => recommend(model),
        Action::Rebuild(id) => rebuild(model, id),
        Action::SetOption(row) => set_option(model, row),
        Action::ResetOption => reset_option(model),
        Action::NextEntry => next_entry(model),
        Action::Entry(name) => match plan::current(model) {
            Some(build) => change_it(model, build, Change::Entry(Some(name))),
            None => Vec::new(),
        },
        Action::Build => build_planned(model),
        Action::Consent { start } => consent(model, start),
        Action::Fix => fix(model),
        _ => Vec::new(),
    }
}

/// Plans what was built last, as it was built, or else what is recommended.
fn plan_last(model: &mut Model) -> Vec<Effect> {
    let saved = model.view.project.iter().flat_map(|project| &project.settings.build);
    if let Some(id) = saved.into_iter().find(|id| !technologies::is_buildable(id)).cloned() {
        return journey::explain(model, id);
    }
    ask(model, Intent::Repeat { build: None })
}

/// Plans what the advice that is shown recommends, or the best that can be built in its place.
fn recommend(model: &mut Model) -> Vec<Effect> {
    let os = advice::system(model);
    ask(model, Intent::Recommend { os, besides: Vec::new(), like: Vec::new() })
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
    if matches!(&wanted[..], [one] if advice::recommended(model) == Some(one)) {
        return recommend(model);
    }
    let target = advice::system(model).map(Target::on);
    let choice = |technology| Choice { target: target.clone(), ..Choice::of(technology) };
    ask(model, Intent::Choose { choices: wanted.into_iter().map(choice).collect() })
}

/// Asks for plans and shows them, from when the session has numbered them.
fn ask(model: &mut Model, intent: Intent) -> Vec<Effect> {
    if model.view.project.is_none() {
        model.notice = Some("no project is open".into());
        return Vec::new();
    }
    model.is_choosing = true;
    model.places.remove(&Route::Plan);
    model.go(Route::Plan);
    select(model, None);
    send(intent)
}

fn rebuild(model: &mut Model, id: i64) -> Vec<Effect> {
    let Some(built) = model.view.history.iter().find(|build| build.id == id) else { return Vec::new() };
    let project = model.view.project.as_ref();
    if project.is_none_or(|project| project.opens_at().display().to_string() != built.root) {
        let effects = journey::open(model, PathBuf::from(built.root.clone()));
        model.notice = Some("its project is opened first; then choose it again".into());
        return effects;
    }
    ask(model, Intent::Repeat { build: Some(id) })
}

fn set_option(model: &mut Model, row: usize) -> Vec<Effect> {
    let Some(build) = plan::current(model) else { return Vec::new() };
    match form::change(&model.view, build, row) {
        Some(form::Chosen::Change(change)) => change_it(model, build, change),
        Some(form::Chosen::Typing { option, value }) => {
            model.field = Some((Field::Option(build, option), Input::new(value)));
            Vec::new()
        }
        None => Vec::new(),
    }
}

fn change_it(model: &mut Model, build: BuildId, change: Change) -> Vec<Effect> {
    model.is_choosing = true;
    send(Intent::Change { build, change })
}

/// Sets an option and asks for the plan again.
pub fn with_option(model: &mut Model, build: BuildId, option: String, value: String) -> Vec<Effect> {
    change_it(model, build, form::typed(option, value))
}

/// The option under the cursor follows the facts again.
fn reset_option(model: &mut Model) -> Vec<Effect> {
    let Some(build) = plan::current(model) else { return Vec::new() };
    let Some(Action::SetOption(row)) = under_cursor(model) else { return Vec::new() };
    let Some(spec) = form::spec(&model.view, build, row) else { return Vec::new() };
    let is_set = model.view.choices.get(&build).is_some_and(|choice| choice.options.contains_key(&spec.id));
    if is_set { change_it(model, build, Change::Option { id: spec.id.clone(), value: None }) } else { Vec::new() }
}

/// The entry points go round; the plan is asked for again.
fn next_entry(model: &mut Model) -> Vec<Effect> {
    let Some(build) = plan::current(model) else { return Vec::new() };
    let names = model.view.project.iter().flat_map(|project| &project.entry_points).map(|entry| entry.name.clone());
    let names: Vec<String> = names.collect();
    let Some(choice) = model.view.choices.get(&build).filter(|_| names.len() > 1) else { return Vec::new() };
    let at = choice.entry.as_ref().and_then(|now| names.iter().position(|name| name == now)).unwrap_or(0);
    change_it(model, build, Change::Entry(names.get((at + 1) % names.len()).cloned()))
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
    let mut effects = send(Intent::Agree { builds: model.planned(), to });
    let (ready, again) = ready_and_failed(model);
    model.is_choosing = !again.is_empty();
    if !ready.is_empty() {
        effects.extend(build_these(model, &ready));
    }
    effects
}

/// Builds what is planned and needs no consent any more.
fn build_planned(model: &mut Model) -> Vec<Effect> {
    if plan::needs_consent(model) {
        model.notice = Some("it may run code of this project: t agrees to that".into());
        return Vec::new();
    }
    let (ready, again) = ready_and_failed(model);
    if model.is_choosing || (ready.is_empty() && again.is_empty()) {
        let is_empty = model.planned().is_empty() && !model.is_choosing;
        model.notice = Some(if is_empty { "nothing is planned" } else { NOT_READY }.into());
        return Vec::new();
    }
    if ready.is_empty() {
        model.is_choosing = true;
        return send(Intent::PlanAgain { builds: again });
    }
    build_these(model, &ready)
}

fn build_these(model: &mut Model, ready: &[BuildId]) -> Vec<Effect> {
    for id in ready {
        model.started.insert(*id);
        model.logs.forget(*id);
    }
    let notice = left_behind(model);
    let effects = send(Intent::Build { builds: ready.to_vec() });
    model.go(Route::Build);
    if model.planned().is_empty() {
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
    let planned = model.planned();
    let (failed, open): (Vec<&BuildId>, Vec<&BuildId>) = planned.iter().partition(failed);
    let names = |ids: &[&BuildId]| {
        let names = ids.iter().filter_map(|id| Some(model.view.choices.get(id)?.technology.as_str()));
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
    let (failed, open): (Vec<BuildId>, Vec<BuildId>) = model.planned().iter().partition(|id| build(id).is_some());
    let ready: Vec<BuildId> = open.into_iter().filter(|id| model.view.plans.contains_key(id)).collect();
    let refused = |build: &BuildView| build.problem.as_ref().is_some_and(|one| one.code == Code::ConsentRefused);
    let again = failed.into_iter().filter(|id| ready.is_empty() || build(id).is_some_and(refused)).collect();
    (ready, again)
}

/// Plans the failed build again, with the option that helps where one is known.
fn fix(model: &mut Model) -> Vec<Effect> {
    let Some(build) = result::current(model) else { return Vec::new() };
    if !model.view.choices.contains_key(&build) {
        model.notice = Some("it is of another project; open that one first".into());
        return Vec::new();
    }
    ask(model, Intent::Apply { build })
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
