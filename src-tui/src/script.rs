//! A session as a script: intents one after the other, each waited for.

use std::cell::Cell;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use packwright_core::app::{App, Dispatcher};
use packwright_core::engine::Agreed;
use packwright_core::event::BuildId;
use packwright_core::facts::{Facts, Sorting};
use packwright_core::inspect::Inspection;
use packwright_core::problem::{Code, Problem};
use packwright_core::session::{BuildView, Change, Intent, Update, View};

/// How often progress is drawn anew while nothing happens.
const TICK: Duration = Duration::from_millis(100);

/// A session that is driven step by step.
#[derive(Debug)]
pub struct Script {
    app: App,
    view: View,
}

impl Script {
    /// A session with nothing open, written to this file.
    pub fn start(file: Option<File>) -> Self {
        let app = App::start();
        if let Some(file) = file {
            app.record(file);
        }
        Self { app, view: View::default() }
    }

    /// A session with the project at this path and what is said of its files, written to this file.
    pub fn recorded(path: &Path, sorting: Sorting, file: Option<File>) -> Result<(Self, Inspection), Problem> {
        let mut script = Self::start(file);
        if !sorting.is_empty() {
            script.dispatch(Intent::Sort { sorting });
        }
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

    /// Says something, and waits for the advice that follows from it.
    pub fn say(&mut self, intent: Intent) -> Result<(), Problem> {
        self.dispatch(intent);
        self.until_told(|update| matches!(update, Update::Advised { .. } | Update::Refused(_)))
    }

    /// Keeps what was answered, and what is said now, in the project's settings; gives the file they are in.
    pub fn keep(&mut self, said: Facts) -> Result<PathBuf, Problem> {
        self.say(Intent::Answer { facts: said })?;
        self.dispatch(Intent::SaveAnswers);
        self.until(|view| view.saved.is_some() || !view.problems.is_empty(), |_, _| {})?;
        let refused = || Problem::new(Code::Output, "the answers were not kept");
        self.view.saved.clone().ok_or_else(|| self.view.problems.pop().unwrap_or_else(refused))
    }

    /// Declares requirements; gives the file they are in.
    pub fn declare(&mut self, intent: Intent) -> Result<PathBuf, Problem> {
        self.dispatch(intent);
        self.until(|view| view.saved.is_some() || !view.problems.is_empty(), |_, _| {})?;
        let refused = || Problem::new(Code::Output, "nothing was declared");
        self.view.saved.clone().ok_or_else(|| self.view.problems.pop().unwrap_or_else(refused))
    }

    /// Asks for plans and waits until the session has numbered them; the problem where there are none.
    pub fn choose(&mut self, intent: Intent) -> Result<(), Problem> {
        self.dispatch(intent);
        self.until_told(|update| matches!(update, Update::Chosen { .. } | Update::Refused(_)))?;
        if !self.view.planned.is_empty() {
            return Ok(());
        }
        let nothing = || Problem::new(Code::BuildFailed, "nothing was planned");
        Err(self.view.problems.pop().unwrap_or_else(nothing))
    }

    /// Changes what a build is to be, and waits until it is planned anew.
    pub fn change(&mut self, build: BuildId, change: Change) -> Result<(), Problem> {
        self.dispatch(Intent::Change { build, change });
        self.until_told(|update| matches!(update, Update::Planning { .. } | Update::Refused(_)))
    }

    /// Keeps commands in the project's settings; whether that worked.
    pub fn keep_typed(&mut self, commands: Vec<String>) -> Result<bool, Problem> {
        let problems = self.view.problems.len();
        self.dispatch(Intent::SaveTyped { commands });
        self.until(|view| view.saved.is_some() || view.problems.len() > problems, |_, _| {})?;
        Ok(self.view.saved.is_some())
    }

    /// Says that the user has agreed to what these builds ask.
    pub fn agree(&mut self, builds: Vec<BuildId>, to: Agreed) -> Result<(), Problem> {
        self.dispatch(Intent::Agree { builds, to });
        self.until_told(|update| matches!(update, Update::Agreed { .. } | Update::Refused(_)))
    }

    /// Waits until everything that is planned has a plan, or has failed.
    pub fn until_planned(&mut self, each: impl FnMut(&View, &[Update])) -> Result<(), Problem> {
        let has_ended = |view: &View, id: &BuildId| view.builds.get(id).is_some_and(BuildView::has_ended);
        self.until(|view| view.planned.iter().all(|id| view.plans.contains_key(id) || has_ended(view, id)), each)
    }

    /// Waits for an answer, which comes at once.
    fn until_told(&mut self, answers: impl Fn(&Update) -> bool) -> Result<(), Problem> {
        let told = Cell::new(false);
        self.until(|_| told.get(), |_, updates| told.set(told.get() || updates.iter().any(&answers)))
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
