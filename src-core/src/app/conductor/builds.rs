//! Builds in a session: what is decided about them is carried out here.

use std::collections::BTreeMap;

use super::Conductor;
use crate::engine::{Agreed, Cancel, Order, Prepared};
use crate::event::{BuildId, Event, StepTitle};
use crate::facts::{Facts, Target};
use crate::inspect::Inspection;
use crate::plan::{Plan, Step};
use crate::problem::{Code, Problem};
use crate::session::making::{self, Decided};
use crate::session::{Choice, Update};

impl Conductor {
    /// Tells what was decided, and begins with it.
    pub(super) fn decide(&mut self, decided: Decided) {
        for update in decided.unwrap_or_else(|problem| vec![Update::Refused(problem)]) {
            match &update {
                Update::Chosen { .. } => {
                    let before = self.view.planned.clone();
                    self.drop_plans(&before);
                    self.tell(update);
                }
                Update::Planning { build, choice } => {
                    let (build, choice) = (*build, (**choice).clone());
                    self.tell(update);
                    self.plan(build, choice);
                }
                _ => self.tell(update),
            }
        }
    }

    /// Ends what is planned and not wanted any more; nobody waits for a word of it.
    pub(super) fn drop_plans(&mut self, builds: &[BuildId]) {
        for build in builds {
            self.prepared.remove(build);
            if let Some(cancel) = self.open.remove(build) {
                cancel.cancel();
            }
        }
    }

    pub(super) fn agree(&mut self, builds: Vec<BuildId>, to: Agreed) {
        let Some(inspection) = &self.inspection else { return self.tell(Update::Refused(making::nothing_open())) };
        // What comes next may be a build that needs it.
        self.desk.agree(&inspection.project, to);
        let refused = |id: &BuildId| {
            let problem = self.view.builds.get(id).and_then(|build| build.problem.as_ref());
            problem.is_some_and(|problem| problem.code == Code::ConsentRefused)
        };
        let again: Vec<BuildId> = builds.iter().copied().filter(refused).collect();
        self.tell(Update::Agreed { builds, to });
        self.decide(Ok(making::again(&self.view, &again)));
    }

    pub(super) fn plan(&mut self, build: BuildId, choice: Choice) {
        let cancel = Cancel::default();
        self.prepared.remove(&build);
        if let Some(earlier) = self.open.insert(build, cancel.clone()) {
            earlier.cancel();
        }
        let Some(inspection) = &self.inspection else {
            return self.ended(build, Event::Failed { problem: Box::new(making::nothing_open()) });
        };
        let settings = self.settings.for_project(&inspection.project.root);
        let order = order(inspection, self.view.facts.clone(), choice);
        self.work(move |desk| desk.plan(build, &order, &settings, &cancel));
    }

    pub(super) fn build(&mut self, builds: &[BuildId]) {
        let ready = builds.iter().filter_map(|id| Some((*id, (self.prepared.remove(id)?, Cancel::default()))));
        let (ids, plans): (Vec<BuildId>, Vec<(Prepared, Cancel)>) = ready.unzip();
        let Some(inspection) = self.inspection.as_ref().filter(|_| !ids.is_empty()) else { return };
        let settings = self.settings.for_project(&inspection.project.root);
        for (id, (prepared, cancel)) in ids.iter().zip(&plans) {
            self.open.insert(*id, cancel.clone());
            self.happened(*id, started(&prepared.plan));
        }
        self.work(move |desk| desk.build(&ids, plans, &settings));
    }

    /// A plan is ready, or there is none. What was planned anew since that attempt began, or is not wanted any more, is not
    /// listened to.
    pub(super) fn planned(&mut self, build: BuildId, attempt: &Cancel, made: Result<Box<Prepared>, Problem>) {
        let is_wanted = self.open.get(&build).is_some_and(|now| !attempt.is_cancelled() || now.is_cancelled());
        if !is_wanted {
            return;
        }
        match made {
            Ok(prepared) if attempt.is_cancelled() => self.happened(build, cancelled(&prepared.plan)),
            Ok(prepared) => {
                self.open.remove(&build);
                let plan = Box::new(prepared.plan.clone());
                let (consents, agreed) = (prepared.consents.clone(), prepared.agreed);
                self.tell(Update::Planned { build, plan, consents, agreed });
                if !prepared.lacks.is_empty() {
                    self.tell(Update::Lacking { build, lacks: Box::new(prepared.lacks.clone()) });
                }
                self.prepared.insert(build, *prepared);
            }
            Err(problem) => {
                let (updates, ends_with) = making::refused(&self.view, build, problem);
                self.decide(Ok(updates));
                if let Some(problem) = ends_with {
                    self.ended(build, Event::Failed { problem: Box::new(problem) });
                }
            }
        }
    }

    pub(super) fn cancel(&mut self, build: Option<BuildId>) {
        let meant = |id: &BuildId| build.is_none_or(|build| build == *id);
        self.open.iter().filter(|(id, _)| meant(id)).for_each(|(_, cancel)| cancel.cancel());
        // Of a plan that is ready nothing runs that could say so.
        let (ended, ready): (BTreeMap<_, _>, BTreeMap<_, _>) =
            std::mem::take(&mut self.prepared).into_iter().partition(|(id, _)| meant(id));
        self.prepared = ready;
        for (id, prepared) in ended {
            self.happened(id, cancelled(&prepared.plan));
        }
    }
}

/// The last event of a build that was ended from outside.
fn cancelled(plan: &Plan) -> Event {
    Event::Failed { problem: Box::new(Cancel::problem().of(&plan.technology)) }
}

/// The first event of a build: what will be done, in order.
fn started(plan: &Plan) -> Event {
    let title = |step: &Step| StepTitle { step: step.id.clone(), title: step.title.clone() };
    Event::BuildStarted { technology: plan.technology.clone(), steps: plan.steps.iter().map(title).collect() }
}

/// What the engine is asked for: the user's choice first, then what the project's settings say, then what follows from the facts.
fn order(inspection: &Inspection, facts: Facts, choice: Choice) -> Order {
    let project = inspection.project.clone();
    let saved = &project.settings;
    let mut options = saved.options.get(&choice.technology).cloned().unwrap_or_default();
    options.extend(choice.options);
    let mut target = choice.target.unwrap_or_else(|| Target::of(&facts));
    target.python = target.python.or(saved.python);
    Order {
        entry: choice.entry.or_else(|| saved.entry.clone()),
        technology: choice.technology,
        options,
        target,
        extras: choice.extras,
        groups: choice.groups,
        typed: choice.typed,
        scm_version: choice.scm_version.or_else(|| saved.scm_version.clone()),
        project,
        facts,
    }
}
