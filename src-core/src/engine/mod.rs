//! The only code that acts: it finds tools, resolves, runs steps, tries artifacts and moves them into place.
//!
//! Front ends use [`Engine`]: [`Engine::prepare`] turns an [`Order`] into a complete plan, [`Engine::build`] carries plans out.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::{Deserialize, Serialize};

use crate::backend::Request;
use crate::event::{Artifact, Event};
use crate::facts::{Facts, Project, Target};
use crate::plan::Plan;
use crate::problem::Problem;

/// What a user wants built.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Order {
    /// What was inspected.
    pub project: Project,
    /// What is known.
    pub facts: Facts,
    /// The technology.
    pub technology: String,
    /// The entry point; `None` for the project's first.
    pub entry: Option<String>,
    /// Options of the backend that the user set.
    pub options: BTreeMap<String, String>,
    /// What it is built for.
    pub target: Target,
    /// Extras that go in.
    pub extras: Vec<String>,
    /// Dependency groups that go in.
    pub groups: Vec<String>,
}

/// How the engine is to work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Folder for artifacts.
    pub out: PathBuf,
    /// Steps at a time.
    pub jobs: usize,
    /// Whether outputs of earlier runs may be used.
    pub use_cache: bool,
    /// Whether artifacts are tried.
    pub verify: bool,
    /// Whether the user trusts the project: its build code may run, and its program may be started.
    pub trusted: bool,
    /// Whether only what the project's lock names may be used.
    pub locked: bool,
    /// Whether the network may not be used.
    pub offline: bool,
    /// Whether to refuse work that cannot be sandboxed.
    pub require_sandbox: bool,
}

/// A complete plan, ready to run.
#[derive(Debug, Clone)]
pub struct Prepared {
    /// What the backend was given.
    pub request: Request,
    /// What it planned.
    pub plan: Plan,
}

/// Ends work from outside; clones share one switch.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Asks everything that watches this switch to stop.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// Whether it was asked to stop.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// Where events go while the engine works: the index of the plan in the call, and what happened.
pub type Events<'a> = &'a (dyn Fn(usize, Event) + Sync);

/// The engine of one session.
#[derive(Debug)]
pub struct Engine {}

impl Engine {
    /// Opens the user's cache and history.
    pub fn open() -> Result<Self, Problem> {
        Ok(Self {})
    }

    /// Finds out what only tools can tell, and plans. Runs no code of the project unless it is trusted.
    pub fn prepare(
        &self,
        order: &Order,
        settings: &Settings,
        events: Events,
        cancel: &Cancel,
    ) -> Result<Prepared, Problem> {
        let _ = (order, settings, events, cancel);
        Err(Problem::new(crate::problem::Code::BuildFailed, "the engine is not there yet"))
    }

    /// Carries out plans as one graph, tries what they make, and puts it into place. One result for each plan.
    pub fn build(
        &self,
        plans: &[Prepared],
        settings: &Settings,
        events: Events,
        cancel: &Cancel,
    ) -> Vec<Result<Artifact, Problem>> {
        let _ = (settings, events, cancel);
        plans
            .iter()
            .map(|_| Err(Problem::new(crate::problem::Code::BuildFailed, "the engine is not there yet")))
            .collect()
    }
}
