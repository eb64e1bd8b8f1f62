//! What is true in a session, and how an update changes it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{Asking, BuildView, Choice, Recommended, Summary};
use crate::advice::Advice;
use crate::engine::doctor::{Checkup, Provision};
use crate::engine::history::Build;
use crate::engine::{Agreed, Lacks};
use crate::event::{BuildId, Event, Record};
use crate::facts::{Facts, Project};
use crate::inspect::Inspection;
use crate::plan::{Consent, Plan};
use crate::problem::{Code, Problem};

/// Something that changed: plain data, so that whoever has all updates of a session has all of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Update {
    /// A project was read.
    Opened(Box<Inspection>),
    /// The facts changed, and with them the advice.
    Advised {
        /// All that is known now.
        facts: Box<Facts>,
        /// What follows from it.
        advice: Box<Advice>,
        /// What the user has said of it.
        asking: Box<Asking>,
    },
    /// These builds are planned now, in this order, and no others: their choices follow. What was planned before and not
    /// built is gone.
    Chosen {
        /// Their numbers.
        builds: Vec<BuildId>,
    },
    /// One of them is what is recommended, or in place of that; also when the next best takes its place.
    Recommended(Box<Recommended>),
    /// A build gets its plan, or another one.
    Planning {
        /// Which.
        build: BuildId,
        /// What is to be built.
        choice: Box<Choice>,
    },
    /// A build has its plan, and waits for [`Intent::Build`](super::Intent::Build).
    Planned {
        /// Which.
        build: BuildId,
        /// Its plan.
        plan: Box<Plan>,
        /// What must be agreed to before anything of it runs on this machine.
        consents: Vec<Consent>,
        /// How far that was agreed to before.
        agreed: Agreed,
    },
    /// The user has agreed to what builds ask.
    Agreed {
        /// Which.
        builds: Vec<BuildId>,
        /// To what.
        to: Agreed,
    },
    /// Something happened in a build.
    Happened(Record),
    /// What can be built here.
    Examined(Vec<Checkup>),
    /// What this machine lacks for a plan; it follows the plan.
    Lacking {
        /// The build.
        build: BuildId,
        /// What.
        lacks: Box<Lacks>,
    },
    /// What builds find here besides tools.
    Measured(Box<Provision>),
    /// What was built before.
    Recalled(Vec<Build>),
    /// Answers or choices were kept with the project.
    Saved {
        /// The file they are in.
        path: PathBuf,
    },
    /// Something went wrong outside any build.
    Refused(Problem),
    /// What went wrong outside any build was read.
    Dismissed,
}

/// Everything a front end shows, apart from where its user is looking.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct View {
    /// What is open.
    pub project: Option<Project>,
    /// What is known.
    pub facts: Facts,
    /// What follows from it.
    pub advice: Option<Advice>,
    /// What the user has said.
    pub asking: Asking,
    /// How far what each plan asks was agreed to when it was made.
    pub agreed: BTreeMap<BuildId, Agreed>,
    /// Plans, by build.
    pub plans: BTreeMap<BuildId, Plan>,
    /// What each plan asks for before it begins.
    pub consents: BTreeMap<BuildId, Vec<Consent>>,
    /// What was chosen for each build of the open project.
    pub choices: BTreeMap<BuildId, Choice>,
    /// Builds that are planned and not built yet, in the order in which they were asked for.
    pub planned: Vec<BuildId>,
    /// What is recommended, where that is planned.
    pub recommended: Option<Recommended>,
    /// The highest number that a build has had.
    pub numbered: u32,
    /// Builds, in the order in which they were asked for.
    pub builds: BTreeMap<BuildId, BuildView>,
    /// What can be built here; empty until it was asked for.
    pub doctor: Vec<Checkup>,
    /// What this machine lacks for plans, by build.
    pub lacks: BTreeMap<BuildId, Lacks>,
    /// What builds find here besides tools; `None` until it was asked for.
    pub machine: Option<Provision>,
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
                let project = &inspection.project;
                if self.project.as_ref().is_none_or(|before| before.opens_at() != project.opens_at()) {
                    // Without its choice a build is not planned again, least of all for a project it is not of.
                    self.choices.clear();
                    self.asking = Asking::default();
                }
                self.choose(&[]);
                self.project = Some(project.clone());
                self.facts = inspection.facts.clone();
                // Each plan says it anew.
                self.agreed.clear();
            }
            Update::Advised { facts, advice, asking } => {
                self.facts = (**facts).clone();
                self.asking = (**asking).clone();
                self.advice = Some((**advice).clone());
            }
            Update::Chosen { builds } => self.choose(builds),
            Update::Recommended(recommended) => self.recommended = Some((**recommended).clone()),
            Update::Planning { build, choice } => {
                self.forget_plan(*build);
                self.builds.insert(*build, BuildView::of(&choice.technology));
                self.choices.insert(*build, (**choice).clone());
                self.numbered = self.numbered.max(build.0);
            }
            Update::Planned { build, plan, consents, agreed } => {
                self.agreed.insert(*build, *agreed);
                self.plans.insert(*build, (**plan).clone());
                self.consents.insert(*build, consents.clone());
            }
            Update::Agreed { builds, to } => {
                for build in builds.iter().filter(|build| self.plans.contains_key(build)) {
                    let before = self.agreed.entry(*build).or_default();
                    *before = Agreed { code: before.code || to.code, start: before.start || to.start };
                }
            }
            Update::Happened(record) => self.fold(record),
            Update::Examined(doctor) => self.doctor.clone_from(doctor),
            Update::Lacking { build, lacks } => {
                if self.plans.contains_key(build) {
                    self.lacks.insert(*build, (**lacks).clone());
                }
            }
            Update::Measured(machine) => self.machine = Some((**machine).clone()),
            Update::Recalled(history) => self.history.clone_from(history),
            Update::Saved { path } => self.saved = Some(path.clone()),
            Update::Refused(problem) => self.problems.push(problem.clone()),
            Update::Dismissed => self.problems.clear(),
        }
    }

    /// Plans these and no others: what was planned before and not built leaves nothing behind.
    fn choose(&mut self, builds: &[BuildId]) {
        for build in std::mem::take(&mut self.planned) {
            self.forget_plan(build);
            self.builds.remove(&build);
            self.choices.remove(&build);
        }
        self.recommended = None;
        self.planned = builds.to_vec();
    }

    fn forget_plan(&mut self, build: BuildId) {
        self.plans.remove(&build);
        self.consents.remove(&build);
        self.agreed.remove(&build);
        self.lacks.remove(&build);
    }

    /// Takes in one line of a recording.
    pub fn fold(&mut self, record: &Record) {
        match (record.build, &record.event) {
            (Some(build), event) => {
                self.numbered = self.numbered.max(build.0);
                if matches!(event, Event::BuildStarted { .. }) {
                    self.planned.retain(|planned| *planned != build);
                }
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
