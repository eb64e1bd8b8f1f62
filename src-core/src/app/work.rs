//! What worker threads do, and what they report.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::Message;
use crate::engine::{Cancel, Engine, Order, Prepared, Settings};
use crate::event::{Artifact, BuildId, Event};
use crate::facts::Project;
use crate::inspect::{self, Inspection};
use crate::problem::{Code, Problem};
use crate::session::Update;

/// What a worker has found out.
#[derive(Debug)]
pub(super) enum Learned {
    /// A project was read, or not.
    Opened(Result<Box<Inspection>, Problem>),
    /// Something happened in a build.
    Happened(BuildId, Event),
    /// A plan is ready, and whether the project is trusted; or there is none.
    Planned(BuildId, Result<(Box<Prepared>, bool), Problem>),
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
    pub cancel: Cancel,
    /// Held while planning. Plans of one project need the same answers, and the second finds what the first resolved.
    pub planning: Arc<Mutex<()>>,
}

impl Desk {
    /// Does something on a thread of its own.
    pub fn start(&self, work: impl FnOnce(&Self) + Send + 'static) {
        let desk = self.clone();
        std::thread::spawn(move || work(&desk));
    }

    pub fn open(&self, path: &Path) {
        let read = guarded(|| inspect::read(path).map(Box::new).map_err(Problem::from));
        self.report(Learned::Opened(read));
    }

    pub fn plan(&self, build: BuildId, order: &Order, settings: &Settings) {
        let happened = |_, event| self.report(Learned::Happened(build, event));
        let planned = guarded(|| {
            let _turn = self.planning.lock().unwrap_or_else(PoisonError::into_inner);
            let engine = self.engine()?;
            let prepared = engine.prepare(order, settings, &happened, &self.cancel)?;
            Ok((Box::new(prepared), settings.trusted || engine.is_trusted(&order.project)))
        });
        self.report(Learned::Planned(build, planned));
    }

    pub fn build(&self, builds: &[(BuildId, Prepared)], settings: &Settings) {
        let ids: Vec<BuildId> = builds.iter().map(|(id, _)| *id).collect();
        let plans: Vec<Prepared> = builds.iter().map(|(_, prepared)| prepared.clone()).collect();
        let happened = |index: usize, event| {
            if let Some(id) = ids.get(index) {
                self.report(Learned::Happened(*id, event));
            }
        };
        let results = guarded(|| {
            let engine = self.engine()?;
            Ok(engine.build(&plans, settings, &happened, &self.cancel))
        });
        let results = results.unwrap_or_else(|problem| vec![Err(problem); ids.len()]);
        for (id, result) in ids.iter().zip(results) {
            self.report(Learned::Built(*id, result.map(Box::new)));
        }
    }

    pub fn trust(&self, project: &Project) {
        if let Err(problem) = guarded(|| self.engine()?.trust(project)) {
            self.tell(Update::Refused(problem));
        }
    }

    pub fn examine(&self, technology: Option<&str>) {
        let examined = guarded(|| self.engine()?.doctor(technology));
        self.tell(examined.map_or_else(Update::Refused, Update::Examined));
    }

    pub fn recall(&self, most: usize) {
        let builds = guarded(|| {
            let listed = self.engine()?.history()?.list(None, most);
            listed.map_err(|error| Problem::new(Code::Store, "the history cannot be read").because(&error))
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

/// A fault in a worker becomes a problem: otherwise its build would never end.
fn guarded<T>(work: impl FnOnce() -> Result<T, Problem>) -> Result<T, Problem> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|fault| Err(fault_in_words(fault.as_ref())))
}

fn fault_in_words(fault: &(dyn Any + Send)) -> Problem {
    let words = fault.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let words = words.or_else(|| fault.downcast_ref::<String>().cloned());
    let problem = Problem::new(Code::BuildFailed, "Packwright itself failed; this is a mistake in it");
    words.into_iter().fold(problem, Problem::cause)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_in_a_worker_becomes_a_problem() {
        let problem = guarded::<()>(|| panic!("index 3 of 2")).unwrap_err();
        assert_eq!(problem.causes, ["index 3 of 2"]);
    }
}
