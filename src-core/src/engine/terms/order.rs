//! What is ordered of the engine, how it is to work, and whom it tells.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::consent::{Agreed, Digest};
use super::signature::Signer;
use crate::backend::Request;
use crate::event::Event;
use crate::facts::{Facts, Project, Target};
use crate::plan::{Consent, Plan};
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
    /// Commands as people type them, that are tried besides those of the project's settings.
    pub typed: Vec<String>,
    /// The version that the user gives where the build takes it from version control.
    pub scm_version: Option<String>,
}

/// How the engine is to work.
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line, and they are independent")]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Folder for artifacts. In a session, none is `dist` in the project.
    pub out: PathBuf,
    /// Whether the user named that folder: then it may lead anywhere. One that nobody named stays in the project.
    pub out_is_named: bool,
    /// Steps at a time. In a session, 0 is as many as there are cores.
    pub jobs: usize,
    /// Whether outputs of earlier runs may be used.
    pub use_cache: bool,
    /// Whether artifacts are tried.
    pub verify: bool,
    /// Whether the user has agreed that the project's build code may run.
    pub trusted: bool,
    /// Whether the user has agreed that what was built may be started, to try it, where no sandbox confines it.
    pub may_start: bool,
    /// Whether only what the project's lock names may be used.
    pub locked: bool,
    /// Whether the network may not be used.
    pub offline: bool,
    /// Whether to refuse work that cannot be sandboxed.
    pub require_sandbox: bool,
    /// Files that are handed over although they hold a secret, by their paths in the project or in the artifact.
    pub ship_secrets: Vec<String>,
    /// What signs receipts, if they are to be signed. A key never leaves the process.
    #[serde(skip)]
    pub signer: Option<Signer>,
}

impl Settings {
    /// How a plain build works: with the cache, and with trials.
    pub fn usual() -> Self {
        Self { use_cache: true, verify: true, ..Self::default() }
    }

    /// The same for a project at this place, as this machine can.
    #[must_use]
    pub fn for_project(&self, root: &Path) -> Self {
        let mut settings = self.clone();
        if settings.out.as_os_str().is_empty() {
            settings.out = root.join("dist");
        }
        if settings.jobs == 0 {
            settings.jobs = std::thread::available_parallelism().map_or(1, usize::from);
        }
        settings
    }
}

/// What this machine lacks for a plan, as far as that shows before its first step.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lacks {
    /// Why its steps cannot all run, with what installs the tools that are missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
    /// What will not be tried, each a sentence with what installs what is missing for that.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub untried: Vec<String>,
}

impl Lacks {
    /// Whether nothing is lacking.
    pub fn is_empty(&self) -> bool {
        self.problem.is_none() && self.untried.is_empty()
    }
}

/// A complete plan, ready to run.
#[derive(Debug, Clone)]
pub struct Prepared {
    /// What the backend was given.
    pub request: Request,
    /// What it planned.
    pub plan: Plan,
    /// What must be agreed to before anything of it runs on this machine.
    pub consents: Vec<Consent>,
    /// How far what it asks was agreed to when it was made.
    pub agreed: Agreed,
    /// What this machine lacked for it when it was made.
    pub lacks: Lacks,
    /// The project's files when it was made: no others are built by it.
    pub(in crate::engine) source: Digest,
    /// Keeps what it names in the cache where it is.
    #[expect(dead_code, reason = "it is held, not read")]
    pub(in crate::engine) in_use: Option<Arc<File>>,
}

impl Prepared {
    pub(in crate::engine) fn new(request: Request, plan: Plan, consents: Vec<Consent>) -> Self {
        let (agreed, lacks) = (Agreed::default(), Lacks::default());
        Self { request, plan, consents, agreed, lacks, source: Digest::default(), in_use: None }
    }

    /// The same, agreed to so far.
    #[must_use]
    pub(in crate::engine) fn agreed(self, agreed: Agreed) -> Self {
        Self { agreed, ..self }
    }

    /// The same, which this machine lacks something for.
    #[must_use]
    pub(in crate::engine) fn lacking(self, lacks: Lacks) -> Self {
        Self { lacks, ..self }
    }

    /// The same, of these files.
    #[must_use]
    pub(in crate::engine) fn for_source(self, source: Digest) -> Self {
        Self { source, ..self }
    }
}

/// Where events go while the engine works: the index of the plan in the call, and what happened.
pub type Events<'a> = &'a (dyn Fn(usize, Event) + Sync);
