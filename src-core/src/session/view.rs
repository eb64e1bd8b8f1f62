//! What is true in a session, and how an update changes it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Serialize;

use super::{BuildView, Summary};
use crate::advice::Advice;
use crate::engine::doctor::Checkup;
use crate::engine::history::Build;
use crate::engine::{Agreed, Prepared};
use crate::event::{BuildId, Event, Record};
use crate::facts::{Facts, Project};
use crate::inspect::Inspection;
use crate::plan::{Consent, Plan};
use crate::problem::{Code, Problem};

/// Something that changed.
#[derive(Debug, Clone)]
pub enum Update {
    /// A project was read.
    Opened(Box<Inspection>),
    /// The facts changed, and with them the advice.
    Advised {
        /// All that is known now.
        facts: Box<Facts>,
        /// What follows from it.
        advice: Box<Advice>,
    },
    /// A build was asked for, and gets its plan.
    Planning {
        /// Which.
        build: BuildId,
        /// Its technology.
        technology: String,
    },
    /// A build has its plan, and waits for [`Intent::Build`](super::Intent::Build).
    Planned {
        /// Which.
        build: BuildId,
        /// Its plan, and what it was made from.
        prepared: Box<Prepared>,
    },
    /// Something happened in a build.
    Happened(Record),
    /// What can be built here.
    Examined(Vec<Checkup>),
    /// What was built before.
    Recalled(Vec<Build>),
    /// Answers or choices were kept with the project.
    Saved {
        /// The file they are in.
        path: PathBuf,
    },
    /// Something went wrong outside any build.
    Refused(Problem),
}

/// Everything a front end shows, apart from where its user is looking.
#[derive(Debug, Clone, Default, Serialize)]
pub struct View {
    /// What is open.
    pub project: Option<Project>,
    /// What is known.
    pub facts: Facts,
    /// What follows from it.
    pub advice: Option<Advice>,
    /// How far what each plan asks was agreed to when it was made.
    pub agreed: BTreeMap<BuildId, Agreed>,
    /// Plans, by build.
    pub plans: BTreeMap<BuildId, Plan>,
    /// What each plan asks for before it begins.
    pub consents: BTreeMap<BuildId, Vec<Consent>>,
    /// Builds, in the order in which they were asked for.
    pub builds: BTreeMap<BuildId, BuildView>,
    /// What can be built here; empty until it was asked for.
    pub doctor: Vec<Checkup>,
    /// What was built before, the newest first; empty until it was asked for.
    pub history: Vec<Build>,
    /// The file in which answers or choices were kept last; `None` before that.
    pub saved: Option<PathBuf>,
    /// What went wrong outside any build.
    pub problems: Vec<Problem>,
}

impl View {
    /// Takes in an update.
    pub fn apply(&mut self, update: &Update) {
        match update {
            Update::Opened(inspection) => {
                self.project = Some(inspection.project.clone());
                self.facts = inspection.facts.clone();
                // Each plan says it anew.
                self.agreed.clear();
            }
            Update::Advised { facts, advice } => {
                self.facts = (**facts).clone();
                self.advice = Some((**advice).clone());
            }
            Update::Planning { build, technology } => {
                self.plans.remove(build);
                self.consents.remove(build);
                self.builds.insert(*build, BuildView { technology: technology.clone(), ..BuildView::default() });
            }
            Update::Planned { build, prepared } => {
                self.agreed.insert(*build, prepared.agreed);
                self.plans.insert(*build, prepared.plan.clone());
                self.consents.insert(*build, prepared.consents.clone());
            }
            Update::Happened(record) => self.fold(record),
            Update::Examined(doctor) => self.doctor.clone_from(doctor),
            Update::Recalled(history) => self.history.clone_from(history),
            Update::Saved { path } => self.saved = Some(path.clone()),
            Update::Refused(problem) => self.problems.push(problem.clone()),
        }
    }

    /// Takes in one line of a recording.
    pub fn fold(&mut self, record: &Record) {
        match (record.build, &record.event) {
            (Some(build), event) => {
                let fresh = || BuildView { began_at: record.at, ..BuildView::default() };
                self.builds.entry(build).or_insert_with(fresh).fold(record.at, event);
            }
            (None, Event::Failed { problem }) => self.problems.push((**problem).clone()),
            (None, _) => {}
        }
    }

    /// What came out: every artifact, every problem.
    pub fn summary(&self) -> Summary {
        let ended = self.builds.values();
        Summary::new(
            ended.clone().filter_map(|build| build.artifact.clone()).collect(),
            self.problems.iter().chain(ended.filter_map(|build| build.problem.as_ref())).cloned().collect(),
        )
    }

    /// Whether every build has ended.
    pub fn is_settled(&self) -> bool {
        self.builds.values().all(BuildView::has_ended)
    }

    /// Builds that wait until the user agrees that code may run: those that were refused for want of it, and those whose
    /// plans ask for it.
    pub fn waiting_for_trust(&self) -> Vec<BuildId> {
        let asks = |consent: &Consent| matches!(consent, Consent::RunProjectCode { .. });
        let planned = |id: &BuildId| !self.agreed_to(*id).code && self.asked(id).iter().any(asks);
        let refused =
            |build: &BuildView| build.problem.as_ref().is_some_and(|problem| problem.code == Code::ConsentRefused);
        self.builds.iter().filter(|(id, build)| refused(build) || planned(id)).map(|(id, _)| *id).collect()
    }

    /// Builds whose plans start what they made, to try it, where nobody has agreed to that yet. They wait for nothing:
    /// without that consent nothing is started.
    pub fn asking_to_start(&self) -> Vec<BuildId> {
        let asks = |consent: &Consent| matches!(consent, Consent::StartProgram { .. });
        let asking = self.plans.keys().filter(|id| !self.agreed_to(**id).start && self.asked(id).iter().any(asks));
        asking.copied().collect()
    }

    /// What the plan of a build asks for before it begins.
    pub fn asked(&self, build: &BuildId) -> &[Consent] {
        self.consents.get(build).map(Vec::as_slice).unwrap_or_default()
    }

    /// How far what a plan asks was agreed to before.
    pub fn agreed_to(&self, build: BuildId) -> Agreed {
        self.agreed.get(&build).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{StepEnd, StepTitle};
    use crate::plan::{Action, Step, StepId};
    use crate::session::{Phase, StepState};

    fn step() -> StepId {
        Step::new("x", Action::write("a", "x")).id
    }

    fn record(at: u64, event: Event) -> Record {
        Record { v: Record::VERSION, at, build: Some(BuildId(1)), event }
    }

    fn started() -> Event {
        let steps = vec![StepTitle { step: step(), title: "Write it".into() }];
        Event::BuildStarted { technology: "zipapp".into(), steps }
    }

    #[test]
    fn a_build_goes_through_its_phases() {
        let mut view = View::default();
        view.fold(&record(5, Event::Resolving { title: "Resolve".into() }));
        assert_eq!(view.builds[&BuildId(1)].phase, Phase::Preparing);
        view.fold(&record(6, started()));
        view.fold(&record(7, Event::StepStarted { step: step(), title: "Write it".into() }));
        let build = &view.builds[&BuildId(1)];
        assert_eq!((build.phase, build.began_at, build.running().count()), (Phase::Running, 6, 1));
        view.fold(&record(9, Event::StepFinished { step: step(), end: StepEnd::Done, wall_ms: 2, lines: 3 }));
        let build = &view.builds[&BuildId(1)];
        assert_eq!((build.steps[0].state, build.log_lines), (StepState::Ended(StepEnd::Done), 3));
        assert_eq!(build.steps[0].title, "Write it");
        assert!(!view.is_settled());
    }

    #[test]
    fn a_failed_build_is_settled_and_its_problem_is_in_the_summary() {
        let mut view = View::default();
        view.fold(&record(1, started()));
        let problem = Problem::new(Code::ConsentRefused, "no").of("zipapp");
        view.fold(&record(2, Event::Failed { problem: Box::new(problem.clone()) }));
        assert!(view.is_settled());
        assert_eq!(view.waiting_for_trust(), [BuildId(1)]);
        assert_eq!(view.summary().problems, [problem]);
    }

    #[test]
    fn a_plan_that_runs_foreign_code_waits_for_consent_until_the_project_is_trusted() {
        let mut view = View::default();
        view.builds.insert(BuildId(2), BuildView::default());
        view.plans.insert(BuildId(2), Plan::new("pex"));
        let asked = Consent::RunProjectCode { whose: vec!["x".into()], because: vec![] };
        view.consents.insert(BuildId(2), vec![asked]);
        assert_eq!(view.waiting_for_trust(), [BuildId(2)]);
        assert!(view.asking_to_start().is_empty());
        view.agreed.insert(BuildId(2), Agreed { code: true, start: false });
        assert!(view.waiting_for_trust().is_empty());
    }

    #[test]
    fn a_plan_that_starts_something_without_a_sandbox_asks_and_waits_for_nothing() {
        let mut view = View::default();
        view.builds.insert(BuildId(2), BuildView::default());
        view.plans.insert(BuildId(2), Plan::new("pex"));
        view.consents.insert(BuildId(2), vec![Consent::StartProgram { starts: vec!["starts `x`".into()] }]);
        assert_eq!(view.asking_to_start(), [BuildId(2)]);
        assert!(view.waiting_for_trust().is_empty());
        view.agreed.insert(BuildId(2), Agreed { code: false, start: true });
        assert!(view.asking_to_start().is_empty());
    }

    #[test]
    fn a_step_that_was_not_announced_is_shown_all_the_same() {
        let mut view = View::default();
        view.fold(&record(1, Event::StepStarted { step: step(), title: "Late".into() }));
        assert_eq!(view.builds[&BuildId(1)].steps[0].title, "Late");
    }
}
