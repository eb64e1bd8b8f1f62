//! The one thread that owns what is true in a session.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, TrySendError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::Message;
use super::work::{Desk, Learned, SharedEngine};
use crate::engine::answers::Keep;
use crate::engine::{Cancel, Order, Prepared, Settings};
use crate::event::{BuildId, Event, Record, StepTitle};
use crate::facts::{Fact, Facts, Os, Target};
use crate::inspect::Inspection;
use crate::plan::{Plan, Step};
use crate::problem::{Code, Problem};
use crate::session::{Choice, Intent, Update};
use crate::technologies;

/// How long changes may wait for a busy front end before they are offered again.
const FRAME: Duration = Duration::from_millis(16);

/// State and duties of the loop.
pub(super) struct Conductor {
    outlet: SyncSender<Vec<Update>>,
    desk: Desk,
    began: Instant,
    pending: Vec<Update>,
    inspection: Option<Inspection>,
    answers: Facts,
    /// Saved answers that were taken back.
    forgotten: Vec<(Option<Os>, Fact)>,
    /// Questions that were answered with "I don't know".
    skipped: Vec<Fact>,
    prepared: BTreeMap<BuildId, Prepared>,
    /// Builds that are planned or built right now, with the switch that ends each alone.
    open: BTreeMap<BuildId, Cancel>,
    /// The threads that plan and build.
    workers: Vec<JoinHandle<()>>,
}

impl Conductor {
    pub fn new(reports: Sender<Message>, engine: SharedEngine, outlet: SyncSender<Vec<Update>>) -> Self {
        Self {
            outlet,
            desk: Desk { reports, engine, planning: Arc::default() },
            began: Instant::now(),
            pending: Vec::new(),
            inspection: None,
            answers: Facts::default(),
            forgotten: Vec::new(),
            skipped: Vec::new(),
            prepared: BTreeMap::new(),
            open: BTreeMap::new(),
            workers: Vec::new(),
        }
    }

    /// Runs until the front end is gone, then ends what is running.
    pub fn run(mut self, messages: &Receiver<Message>) {
        loop {
            let wait = if self.pending.is_empty() { Duration::MAX } else { FRAME };
            match messages.recv_timeout(wait) {
                Ok(first) => {
                    let more = std::iter::from_fn(|| messages.try_recv().ok());
                    if std::iter::once(first).chain(more).any(|message| !self.take(message)) {
                        break;
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            if !self.flush() {
                break;
            }
        }
        self.wind_up();
    }

    /// Cancels what runs and waits for it: what is half done must be taken back before the process may end.
    fn wind_up(self) {
        self.open.values().for_each(Cancel::cancel);
        for worker in self.workers {
            // One that failed has already said so on its own thread.
            let _ = worker.join();
        }
    }

    /// Offers what changed to the front end; what does not fit leaves with the next batch.
    fn flush(&mut self) -> bool {
        if self.pending.is_empty() {
            return true;
        }
        match self.outlet.try_send(std::mem::take(&mut self.pending)) {
            Ok(()) => true,
            Err(TrySendError::Full(batch)) => {
                self.pending = batch;
                true
            }
            Err(TrySendError::Disconnected(_)) => false,
        }
    }

    /// Takes a message; says whether the session goes on.
    fn take(&mut self, message: Message) -> bool {
        match message {
            Message::Wanted(intent) => self.want(*intent),
            Message::Learned(learned) => self.learn(learned),
            Message::Quit => return false,
        }
        true
    }

    fn want(&mut self, intent: Intent) {
        match intent {
            Intent::Open { path } => drop(self.desk.start(move |desk| desk.open(&path))),
            Intent::OpenExample => drop(self.desk.start(Desk::open_example)),
            Intent::Answer { facts } => {
                self.answers.overlay(&facts);
                self.tell_advice();
            }
            Intent::Skip { fact } => {
                self.skipped.push(fact);
                self.tell_advice();
            }
            Intent::Unanswer { os, fact } => self.unanswer(os, fact),
            Intent::SaveAnswers => {
                let (facts, forget) = (self.answers.clone(), self.forgotten.clone());
                self.keep(Keep { facts, forget, build: None });
            }
            Intent::SaveChoice { technologies } => self.keep(Keep { build: Some(technologies), ..Keep::default() }),
            Intent::Plan { build, choice, settings } => self.plan(build, choice, settings),
            Intent::Build { builds, settings } => self.build(&builds, settings),
            Intent::Trust { to } => {
                if let Some(inspection) = &self.inspection {
                    // What comes next may be a build that needs it.
                    self.desk.agree(&inspection.project, to);
                }
            }
            Intent::Examine { technology } => drop(self.desk.start(move |desk| desk.examine(technology.as_deref()))),
            Intent::Recall { most } => drop(self.desk.start(move |desk| desk.recall(most))),
            Intent::Cancel { build } => self.cancel(build),
        }
    }

    /// Does something that must not be cut off, on a thread of its own.
    fn work(&mut self, work: impl FnOnce(&Desk) + Send + 'static) {
        self.workers.retain(|worker| !worker.is_finished());
        self.workers.extend(self.desk.start(work));
    }

    fn cancel(&mut self, build: Option<BuildId>) {
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

    fn learn(&mut self, learned: Learned) {
        match learned {
            Learned::Opened(Ok(inspection)) => {
                let opened = inspection.project.opens_at();
                if self.inspection.as_ref().is_some_and(|before| before.project.opens_at() != opened) {
                    // What was said about one project is not true of the next.
                    self.answers = Facts::default();
                    self.forgotten.clear();
                    self.skipped.clear();
                }
                self.pending.push(Update::Opened(inspection.clone()));
                self.inspection = Some(*inspection);
                self.tell_advice();
            }
            Learned::Opened(Err(problem)) => self.pending.push(Update::Refused(problem)),
            Learned::Happened(build, event) => self.happened(build, event),
            Learned::Planned(build, attempt, _) if self.is_superseded(build, &attempt) => {}
            Learned::Planned(build, cancel, Ok(prepared)) => {
                if !self.open.contains_key(&build) {
                    return;
                }
                if cancel.is_cancelled() {
                    return self.happened(build, cancelled(&prepared.plan));
                }
                self.open.remove(&build);
                self.pending.push(Update::Planned { build, prepared: Box::new(prepared.to_show()) });
                self.prepared.insert(build, *prepared);
            }
            Learned::Told(update) => self.pending.push(*update),
            Learned::Planned(build, _, Err(problem)) | Learned::Built(build, Err(problem)) => {
                self.ended(build, Event::Failed { problem: Box::new(problem) });
            }
            Learned::Built(build, Ok(artifact)) => self.ended(build, Event::Finished { artifact }),
        }
    }

    /// Whether a build has been planned anew since this attempt began.
    fn is_superseded(&self, build: BuildId, attempt: &Cancel) -> bool {
        attempt.is_cancelled() && self.open.get(&build).is_some_and(|now| !now.is_cancelled())
    }

    /// A result ends a build, unless its own events have said so before.
    fn ended(&mut self, build: BuildId, event: Event) {
        if self.open.contains_key(&build) {
            self.happened(build, event);
        }
    }

    fn happened(&mut self, build: BuildId, event: Event) {
        if matches!(event, Event::Finished { .. } | Event::Failed { .. }) {
            self.open.remove(&build);
        }
        let at = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.pending.push(Update::Happened(Record { v: Record::VERSION, at, build: Some(build), event }));
    }

    /// Everything known: what the project shows, and over it what the user says.
    fn facts(&self) -> Facts {
        let mut facts = self.inspection.as_ref().map(|inspection| inspection.facts.clone()).unwrap_or_default();
        facts.overlay(&self.answers);
        facts
    }

    /// How many questions the user has answered, for all systems or for one, or with "I don't know".
    fn asked(&self) -> usize {
        let own = self.answers.systems().flat_map(|os| self.answers.own(os));
        self.answers.common().chain(own).count() + self.skipped.len()
    }

    fn tell_advice(&mut self) {
        let facts = Box::new(self.facts());
        let advice = Box::new(technologies::advisor().advise_after(self.asked(), &facts, &self.skipped));
        self.pending.push(Update::Advised { facts, advice });
    }

    fn unanswer(&mut self, os: Option<Os>, fact: Fact) {
        let given = self.answers.unset(os, fact).is_some();
        let skipped = self.skipped.contains(&fact);
        self.skipped.retain(|skipped| *skipped != fact);
        let shown = self.inspection.as_mut().map(|inspection| &mut inspection.facts);
        let saved = shown.is_some_and(|facts| facts.unset_saved(os, fact));
        if saved {
            self.forgotten.push((os, fact));
        }
        if given || saved || skipped {
            self.tell_advice();
        }
    }

    fn keep(&mut self, keep: Keep) {
        match &self.inspection {
            Some(inspection) => {
                let project = inspection.project.clone();
                self.work(move |desk| desk.keep(&project, &keep));
            }
            None => self.pending.push(Update::Refused(nothing_open())),
        }
    }

    fn plan(&mut self, build: BuildId, choice: Choice, settings: Settings) {
        let cancel = Cancel::default();
        self.prepared.remove(&build);
        if let Some(earlier) = self.open.insert(build, cancel.clone()) {
            earlier.cancel();
        }
        self.pending.push(Update::Planning { build, technology: choice.technology.clone() });
        let Some(inspection) = &self.inspection else {
            return self.ended(build, Event::Failed { problem: Box::new(nothing_open()) });
        };
        let order = order(inspection, self.facts(), choice);
        self.work(move |desk| desk.plan(build, &order, &settings, &cancel));
    }

    fn build(&mut self, builds: &[BuildId], settings: Settings) {
        let ready = builds.iter().filter_map(|id| Some((*id, (self.prepared.remove(id)?, Cancel::default()))));
        let (ids, plans): (Vec<BuildId>, Vec<(Prepared, Cancel)>) = ready.unzip();
        if ids.is_empty() {
            return;
        }
        for (id, (prepared, cancel)) in ids.iter().zip(&plans) {
            self.open.insert(*id, cancel.clone());
            self.happened(*id, started(&prepared.plan));
        }
        self.work(move |desk| desk.build(&ids, plans, &settings));
    }
}

/// The last event of a build that was ended from outside.
fn cancelled(plan: &Plan) -> Event {
    Event::Failed { problem: Box::new(Cancel::problem().of(&plan.technology)) }
}

fn nothing_open() -> Problem {
    Problem::new(Code::Usage, "no project is open").hint("Open a project first")
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
        project,
        facts,
    }
}

#[cfg(test)]
mod tests;
