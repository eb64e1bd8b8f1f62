//! What runs and what came out of it: builds, their logs and results.

use packwright_core::event::BuildId;
use packwright_core::session::{Handover, Intent};
use packwright_core::words::shell_line;

use super::planning::{self, select};
use super::{journey, log, send};
use crate::ui::action::{Action, Copied};
use crate::ui::message::Effect;
use crate::ui::model::Model;
use crate::ui::route::Route;
use crate::ui::screens::{self, advice, build, doctor, plan, result};
use crate::ui::text;

/// Does what an action of these screens does.
pub fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    match action {
        Action::PlanIt(_)
        | Action::PlanMarked
        | Action::Recommend
        | Action::Rebuild(_)
        | Action::SetOption(_)
        | Action::ResetOption
        | Action::NextEntry
        | Action::Entry(_)
        | Action::Build
        | Action::Consent { .. }
        | Action::Fix => planning::act(model, action),
        Action::Declare(requirements) => {
            model.notice = Some("It is being written, and the project read again".into());
            let mut effects = journey::go(model, Route::Project);
            effects.extend(send(Intent::Declare { requirements }));
            effects
        }
        Action::Cancel(build) => send(Intent::Cancel { build: Some(build) }),
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
            _ => {
                model.notice = Some("looking at the tools again …".into());
                send(Intent::Examine { technology: None })
            }
        },
        Action::Copy(what) => copy(model, what),
        Action::CopyText(text) => {
            model.notice = Some("sent to the clipboard".into());
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

/// Shows the build so many further on; after the last comes the first.
fn step_build(model: &mut Model, by: isize) {
    let all: Vec<BuildId> = match model.route {
        Route::Plan => model.planned(),
        Route::Result => model.started.iter().copied().filter(|id| result::has_ended(model, *id)).collect(),
        _ => model.started.iter().copied().collect(),
    };
    let now = model.selected.and_then(|id| all.iter().position(|other| *other == id));
    let count = isize::try_from(all.len()).unwrap_or(isize::MAX).max(1);
    let at = now.and_then(|at| isize::try_from(at).ok()).map_or(0, |at| (at + by).rem_euclid(count));
    select(model, all.get(usize::try_from(at).unwrap_or(0)).copied());
}

fn copy(model: &mut Model, what: Copied) -> Vec<Effect> {
    let text = match what {
        Copied::Commands => plan::current(model).and_then(|id| model.view.plans.get(&id)).map(commands),
        Copied::UseCommand => {
            let build = result::current(model).and_then(|id| model.view.builds.get(&id));
            build.and_then(|build| build.artifact.as_ref()).map(|made| shell_line(&Handover::of(made).using))
        }
        Copied::VerifyCommand => {
            let build = result::current(model).and_then(|id| model.view.builds.get(&id));
            build.and_then(|build| build.artifact.as_ref()).map(|made| shell_line(&Handover::of(made).verify))
        }
        Copied::Problem => {
            let build = result::current(model).and_then(|id| model.view.builds.get(&id));
            build.and_then(|build| build.problem.as_ref()).map(text::report)
        }
        Copied::Log => build::current(model).map(|id| {
            let (lines, _) = model.logs.window(id, build::log_room(model));
            lines.iter().map(|entry| format!("{}\n", packwright_core::words::plain(&entry.text))).collect()
        }),
        Copied::Install => Some(doctor::install_commands(model)),
        Copied::Advice => Some(screens::scene(model).main.plain_text()).filter(|_| !advice::listed(model).is_empty()),
    };
    match text.filter(|text| !text.is_empty()) {
        Some(text) => {
            model.notice = Some("sent to the clipboard".into());
            vec![Effect::Copy(text)]
        }
        None => {
            model.notice = Some("there is nothing to copy".into());
            Vec::new()
        }
    }
}

fn commands(plan: &packwright_core::plan::Plan) -> String {
    let lines = plan.steps.iter().flat_map(packwright_core::session::command_lines);
    lines.map(|line| shell_line(&line) + "\n").collect()
}
