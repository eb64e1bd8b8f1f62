//! A session as a script: intents one after the other, each waited for.

use std::path::{Path, PathBuf};
use std::time::Duration;

use packwright_core::app::{App, Dispatcher};
use packwright_core::engine::Settings;
use packwright_core::event::BuildId;
use packwright_core::facts::{Fact, Facts, Os};
use packwright_core::inspect::Inspection;
use packwright_core::problem::{Code, Problem};
use packwright_core::session::{BuildView, Choice, Intent, Update, View};

/// How often progress is drawn anew while nothing happens.
const TICK: Duration = Duration::from_millis(100);

/// A session that is driven step by step.
#[derive(Debug)]
pub struct Script {
    app: App,
    view: View,
}

impl Script {
    /// A session with nothing open.
    pub fn start() -> Self {
        Self { app: App::start(), view: View::default() }
    }

    /// A session with the project at this path.
    pub fn open(path: &Path) -> Result<(Self, Inspection), Problem> {
        let mut script = Self::start();
        script.dispatch(Intent::Open { path: path.to_path_buf() });
        let mut found = None;
        script.until(
            |view| view.project.is_some() || !view.problems.is_empty(),
            |_, updates| {
                let opened = updates.iter().find_map(|update| match update {
                    Update::Opened(inspection) => Some((**inspection).clone()),
                    _ => None,
                });
                found = opened.or(found.take());
            },
        )?;
        let nothing = || Problem::new(Code::Unreadable, format!("cannot read `{}`", path.display()));
        match found {
            Some(inspection) => Ok((script, inspection)),
            None => Err(script.view.problems.pop().unwrap_or_else(nothing)),
        }
    }

    /// What is true now.
    pub fn view(&self) -> &View {
        &self.view
    }

    /// Asks for something.
    pub fn dispatch(&self, intent: Intent) {
        self.app.dispatch(intent);
    }

    /// Something that can ask from another thread.
    pub fn dispatcher(&self) -> Dispatcher {
        self.app.dispatcher()
    }

    /// Keeps answers in the project's settings and takes others out of them; gives the file they are in.
    pub fn keep(&mut self, answers: Facts, forgotten: &[(Option<Os>, Fact)]) -> Result<PathBuf, Problem> {
        for (os, fact) in forgotten {
            self.dispatch(Intent::Unanswer { os: *os, fact: *fact });
        }
        self.dispatch(Intent::Answer { facts: answers });
        self.dispatch(Intent::SaveAnswers);
        self.until(|view| view.saved.is_some() || !view.problems.is_empty(), |_, _| {})?;
        let refused = || Problem::new(Code::Output, "the answers were not kept");
        self.view.saved.clone().ok_or_else(|| self.view.problems.pop().unwrap_or_else(refused))
    }

    /// Asks for a plan; what was known of this build before is forgotten.
    pub fn plan(&mut self, build: BuildId, choice: Choice, settings: Settings) {
        self.view.builds.remove(&build);
        self.dispatch(Intent::Plan { build, choice, settings });
    }

    /// Waits until each of these builds has a plan, or has failed.
    pub fn until_planned(&mut self, builds: &[BuildId], each: impl FnMut(&View, &[Update])) -> Result<(), Problem> {
        let failed = |view: &View, id| view.builds.get(id).is_some_and(BuildView::has_ended);
        self.until(|view| builds.iter().all(|id| view.plans.contains_key(id) || failed(view, id)), each)
    }

    /// Waits until something is true. `each` sees every change, and is called without one when time has passed.
    pub fn until(
        &mut self,
        done: impl Fn(&View) -> bool,
        mut each: impl FnMut(&View, &[Update]),
    ) -> Result<(), Problem> {
        while !done(&self.view) {
            let updates = self.app.wait(TICK).map_err(|error| Problem::new(Code::BuildFailed, error.to_string()))?;
            for update in &updates {
                self.view.apply(update);
            }
            each(&self.view, &updates);
        }
        Ok(())
    }
}
