//! The one thread that owns what is true in a session.

mod builds;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, TrySendError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::work::{Desk, Learned, SharedEngine};
use super::{Message, Recorder};
use crate::engine::answers::Keep;
use crate::engine::answers::declare::Declaration;
use crate::engine::{Cancel, Prepared, Settings};
use crate::event::{BuildId, Event, Record};
use crate::facts::{Facts, Sorting};
use crate::inspect::Inspection;
use crate::problem::{Code, Problem};
use crate::session::making;
use crate::session::{Asking, Intent, Line, Update, View};

/// How long changes may wait for a busy front end before they are offered again.
const FRAME: Duration = Duration::from_millis(16);

/// State and duties of the loop.
pub(super) struct Conductor {
    outlet: SyncSender<Vec<Update>>,
    desk: Desk,
    began: Instant,
    pending: Vec<Update>,
    recorder: Option<Recorder>,
    /// What every front end has, or will have with the next batch.
    view: View,
    settings: Settings,
    inspection: Option<Inspection>,
    asking: Asking,
    /// What was said of the files of the project that is open, or will be.
    sorting: Sorting,
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
            recorder: None,
            view: View::default(),
            settings: Settings::usual(),
            inspection: None,
            asking: Asking::default(),
            sorting: Sorting::default(),
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
            Message::Record(recorder) => self.recorder = Some(recorder),
            Message::Quit => return false,
        }
        true
    }

    fn want(&mut self, intent: Intent) {
        match intent {
            Intent::Open { path } => {
                let sorting = self.sorting.clone();
                self.open(move |desk| desk.open(&path, &sorting));
            }
            Intent::Sort { sorting } => self.sort(sorting),
            Intent::OpenExample => self.open(Desk::open_example),
            Intent::Answer { facts } => self.ask(|asking, _| asking.answer(&facts)),
            Intent::Skip { fact } => self.ask(|asking, _| asking.skip(fact)),
            Intent::Unanswer { os, fact } => self.ask(|asking, shown| asking.take_back(shown, os, fact)),
            Intent::Undo { saved } => self.ask(|asking, shown| asking.undo(shown, saved)),
            Intent::AskAgain => self.ask(Asking::ask_again),
            Intent::Learn { facts } => self.ask(|asking, _| asking.learn(&facts)),
            Intent::Suppose { fact, tag } => match fact.tag_set([tag.as_str()]) {
                Ok(tags) => self.ask(|asking, _| asking.suppose(fact, tags)),
                Err(error) => self.tell(Update::Refused(Problem::new(Code::Usage, error.to_string()))),
            },
            Intent::Unsuppose => self.ask(|asking, _| asking.unsuppose()),
            Intent::SaveAnswers => {
                let (facts, forget) = (self.asking.answers(), self.asking.forgotten.clone());
                let sorting = self.sorting.clone();
                self.keep(Keep { facts, forget, sorting, ..Keep::default() });
            }
            Intent::SaveChoice { technologies } => self.keep(Keep { build: Some(technologies), ..Keep::default() }),
            Intent::SaveTyped { commands } => self.keep(Keep { typed: Some(commands), ..Keep::default() }),
            Intent::Declare { requirements } => self.declare(requirements),
            Intent::Set { settings } => self.settings = *settings,
            Intent::Choose { choices } => self.decide(making::choose(&self.view, choices)),
            Intent::Recommend { os, besides, like } => {
                self.decide(making::recommend(&self.view, os, besides, &like));
            }
            Intent::Repeat { build } => self.decide(making::repeat(&self.view, build)),
            Intent::Change { build, change } => self.decide(making::change(&self.view, build, &change)),
            Intent::PlanAgain { builds } => self.decide(Ok(making::again(&self.view, &builds))),
            Intent::Apply { build } => self.decide(making::apply(&self.view, build)),
            Intent::Agree { builds, to } => self.agree(builds, to),
            Intent::Build { builds } => self.build(&builds),
            Intent::Examine { technology } => drop(self.desk.start(move |desk| desk.examine(technology.as_deref()))),
            Intent::Recall { most } => drop(self.desk.start(move |desk| desk.recall(most))),
            Intent::Cancel { build } => self.cancel(build),
            Intent::DismissProblems => self.tell(Update::Dismissed),
        }
    }

    /// Tells the front end, writes it down where that is wanted, and remembers it.
    fn tell(&mut self, update: Update) {
        let unwritten = self.recorder.as_mut().map(|recorder| recorder.write(self.began.elapsed(), &update));
        self.view.apply(&update);
        self.pending.push(update);
        if let Some(Err(problem)) = unwritten {
            self.recorder = None;
            self.tell(Update::Refused(problem));
        }
    }

    /// Has a project read.
    fn open(&mut self, read: impl FnOnce(&Desk) + Send + 'static) {
        self.decide(Ok(making::open(&self.view)));
        drop(self.desk.start(read));
    }

    /// Takes what is said of files, and has the open project read again.
    fn sort(&mut self, sorting: Sorting) {
        self.sorting = sorting.clone();
        if let Some(inspection) = &self.inspection {
            let path = inspection.project.opens_at();
            self.open(move |desk| desk.open(&path, &sorting));
        }
    }

    /// Does something that must not be cut off, on a thread of its own.
    fn work(&mut self, work: impl FnOnce(&Desk) + Send + 'static) {
        self.workers.retain(|worker| !worker.is_finished());
        self.workers.extend(self.desk.start(work));
    }

    fn learn(&mut self, learned: Learned) {
        match learned {
            Learned::Opened(Ok(inspection)) => {
                let opened = inspection.project.opens_at();
                if self.inspection.as_ref().is_some_and(|before| before.project.opens_at() != opened) {
                    // What was said about one project is not true of the next.
                    self.asking = Asking::default();
                    self.sorting = inspection.project.selection.sorting.clone();
                }
                self.decide(Ok(making::open(&self.view)));
                let mut told = inspection.clone();
                // Plans are compared with these; nobody is shown them.
                told.project.selection.read = Arc::default();
                self.tell(Update::Opened(told));
                self.inspection = Some(*inspection);
                self.tell_advice();
            }
            Learned::Opened(Err(problem)) => self.tell(Update::Refused(problem)),
            // What is not wanted any more has nothing more to say.
            Learned::Happened(build, event) if self.open.contains_key(&build) => self.happened(build, event),
            Learned::Happened(..) => {}
            Learned::Planned(build, attempt, made) => self.planned(build, &attempt, made),
            Learned::Told(update) => self.tell(*update),
            Learned::Built(build, Err(problem)) => {
                self.ended(build, Event::Failed { problem: Box::new(problem) });
            }
            Learned::Built(build, Ok(artifact)) => self.ended(build, Event::Finished { artifact }),
        }
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
        let at = millis(self.began.elapsed());
        self.tell(Update::Happened(Record { v: Record::VERSION, at, build: Some(build), event }));
    }

    /// Takes what was said, and tells what follows from it.
    fn ask(&mut self, said: impl FnOnce(&mut Asking, &mut Facts)) {
        let mut nothing = Facts::default();
        let shown = self.inspection.as_mut().map_or(&mut nothing, |inspection| &mut inspection.facts);
        said(&mut self.asking, shown);
        self.tell_advice();
    }

    fn tell_advice(&mut self) {
        let nothing = Facts::default();
        let facts = self.asking.facts(self.inspection.as_ref().map_or(&nothing, |inspection| &inspection.facts));
        let project = self.inspection.as_ref().map(|inspection| &inspection.project);
        let advice = Box::new(self.asking.advice(&facts, project));
        self.tell(Update::Advised { facts: Box::new(facts), advice, asking: Box::new(self.asking.clone()) });
    }

    fn declare(&mut self, requirements: Vec<Declaration>) {
        match &self.inspection {
            Some(inspection) => {
                let project = inspection.project.clone();
                let sorting = self.sorting.clone();
                self.work(move |desk| desk.declare(&project, &requirements, &sorting));
            }
            None => self.tell(Update::Refused(making::nothing_open())),
        }
    }

    fn keep(&mut self, keep: Keep) {
        match &self.inspection {
            Some(inspection) => {
                let project = inspection.project.clone();
                self.work(move |desk| desk.keep(&project, &keep));
            }
            None => self.tell(Update::Refused(making::nothing_open())),
        }
    }
}

impl Recorder {
    fn write(&mut self, at: Duration, update: &Update) -> Result<(), Problem> {
        let line = Line::written(millis(at), update)?;
        // In one piece: a session that ends in the middle leaves whole lines.
        self.0
            .write_all(line.as_bytes())
            .map_err(|error| Problem::new(Code::Output, "the session cannot be recorded any further").because(&error))
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
