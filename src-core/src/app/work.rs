//! What worker threads do, and what they report.

use std::path::Path;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, OnceLock};
use std::thread::JoinHandle;

use super::Message;
use crate::engine::answers::declare::{Declaration, declare};
use crate::engine::answers::{self, Keep};
use crate::engine::{Agreed, Cancel, Engine, Order, Prepared, Settings};
use crate::event::{Artifact, BuildId, Event};
use crate::facts::{Project, Sorting};
use crate::inspect::{self, Inspection};
use crate::problem::{Problem, guarded};
use crate::session::Update;
use crate::threads;

/// What a worker has found out.
#[derive(Debug)]
pub(super) enum Learned {
    /// A project was read, or not.
    Opened(Result<Box<Inspection>, Problem>),
    /// Something happened in a build.
    Happened(BuildId, Event),
    /// A plan is ready, or there is none. With the switch of that attempt: a build whose options change is planned again
    /// before its first plan is ready.
    Planned(BuildId, Cancel, Result<Box<Prepared>, Problem>),
    /// Something that changes nothing but the view.
    Told(Box<Update>),
    /// A build ended.
    Built(BuildId, Result<Box<Artifact>, Problem>),
}

/// The engine, opened by whoever needs it first: reading its cache takes time that most commands need not spend.
pub(super) type SharedEngine = Arc<OnceLock<Result<Engine, Problem>>>;

/// Where a worker reports, and what ends it.
#[derive(Debug, Clone)]
pub(super) struct Desk {
    pub reports: Sender<Message>,
    pub engine: SharedEngine,
    /// Held while planning. Plans of one project need the same answers, and the second finds what the first resolved.
    pub planning: Arc<Mutex<()>>,
}

impl Desk {
    /// Does something on a thread of its own, if there is one.
    pub fn start(&self, work: impl FnOnce(&Self) + Send + 'static) -> Option<JoinHandle<()>> {
        let desk = self.clone();
        threads::start(move || work(&desk))
    }

    pub fn open(&self, path: &Path, sorting: &Sorting) {
        self.report(Learned::Opened(guarded(|| read(path, sorting))));
    }

    pub fn open_example(&self) {
        self.report(Learned::Opened(guarded(|| read(&self.engine()?.example()?, &Sorting::default()))));
    }

    pub fn plan(&self, build: BuildId, order: &Order, settings: &Settings, cancel: &Cancel) {
        let happened = |_, event| self.report(Learned::Happened(build, event));
        let planned = guarded(|| {
            let _turn = cancel.lock(&self.planning).ok_or_else(Cancel::problem)?;
            let engine = self.engine()?;
            Ok(Box::new(engine.prepare(order, settings, &happened, cancel)?))
        });
        self.report(Learned::Planned(build, cancel.clone(), planned));
    }

    pub fn build(&self, ids: &[BuildId], plans: Vec<(Prepared, Cancel)>, settings: &Settings) {
        let happened = |index: usize, event| self.report(Learned::Happened(ids[index], event));
        let ended = |index: usize, built: Result<_, _>| self.report(Learned::Built(ids[index], built.map(Box::new)));
        let built = guarded(|| {
            self.engine()?.build(plans, settings, &happened, &ended);
            Ok(())
        });
        if let Err(problem) = built {
            for id in ids {
                self.report(Learned::Built(*id, Err(problem.clone())));
            }
        }
    }

    pub fn agree(&self, project: &Project, to: Agreed) {
        if let Err(problem) = guarded(|| self.engine()?.agree(project, to)) {
            self.tell(Update::Refused(problem));
        }
    }

    pub fn keep(&self, project: &Project, keep: &Keep) {
        let kept = guarded(|| answers::keep(project, keep).map_err(Problem::from));
        self.tell(kept.map_or_else(Update::Refused, |path| Update::Saved { path }));
    }

    /// Declares requirements, then reads the project again: everything that was said of it may be otherwise now.
    pub fn declare(&self, project: &Project, wanted: &[Declaration], sorting: &Sorting) {
        match guarded(|| declare(project, wanted).map_err(Problem::from)) {
            Ok(written) => {
                for path in written {
                    self.tell(Update::Saved { path });
                }
                self.open(&project.opens_at(), sorting);
            }
            Err(problem) => self.tell(Update::Refused(problem)),
        }
    }

    pub fn examine(&self, technology: Option<&str>) {
        let examined = guarded(|| self.engine()?.doctor(technology));
        self.tell(examined.map_or_else(Update::Refused, Update::Examined));
        // It says itself why it cannot be opened.
        if let Ok(engine) = self.engine() {
            self.tell(Update::Measured(Box::new(engine.provision())));
        }
    }

    pub fn recall(&self, most: usize) {
        let builds = guarded(|| {
            let engine = self.engine()?;
            engine.history()?.list(None, most).map_err(|error| engine.history_problem(&error))
        });
        self.tell(builds.map_or_else(Update::Refused, Update::Recalled));
    }

    fn engine(&self) -> Result<&Engine, Problem> {
        self.engine.get_or_init(Engine::open).as_ref().map_err(Clone::clone)
    }

    fn tell(&self, update: Update) {
        self.report(Learned::Told(Box::new(update)));
    }

    fn report(&self, learned: Learned) {
        // Nobody listens any more when the session has ended.
        let _ = self.reports.send(Message::Learned(learned));
    }
}

fn read(path: &Path, sorting: &Sorting) -> Result<Box<Inspection>, Problem> {
    inspect::read_sorted(path, sorting).map(Box::new).map_err(Problem::from)
}
