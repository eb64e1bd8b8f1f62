//! The only code that acts: it finds tools, resolves, runs steps, tries artifacts and moves them into place.
//!
//! Front ends use [`Engine`]: [`Engine::prepare`] turns an [`Order`] into a complete plan, [`Engine::build`] carries plans out.
//!
//! Reading order, each using only those before it: [`terms`], [`disk`], [`trees`], [`network`], [`tools`], [`run`], [`planning`],
//! [`delivery`], [`answers`], [`example`], [`doctor`]. Nothing but this file uses [`Engine`].

pub mod answers;
mod delivery;
mod disk;
pub mod doctor;
mod example;
mod network;
mod planning;
mod run;
mod terms;
mod tools;
mod trees;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use self::delivery::build::{Building, Built};
pub use self::delivery::history;
use self::delivery::history::{History, HistoryError};
use self::delivery::mending::until_sound;
use self::delivery::verify::{self, Claim};
pub use self::delivery::verify::{Verified, Verifying};
pub use self::disk::capacity::Capacity;
use self::disk::paths;
use self::disk::private::{self, PrivateError};
pub use self::network::fetch::FetchError;
use self::planning::fit;
use self::planning::prepare::{self, Preparing};
use self::planning::resolve::Resolver;
use self::planning::trust::Trust;
use self::run::sandbox::{Sandbox, remove};
use self::run::source::{self, SourceError};
use self::run::step::Bench;
pub use self::terms::cancel::Cancel;
pub use self::terms::consent::Agreed;
use self::terms::consent::{Digest, Given};
use self::terms::limits;
use self::terms::notices::Notices;
pub use self::terms::order::{Events, Lacks, Order, Prepared, Settings};
pub use self::terms::signature;
use self::tools::log::Log;
pub use self::tools::process::{launch, supervise_if_asked};
pub use self::tools::world::{Machine, World};
pub use self::tools::{Interpreter, log, process, rehearsal};
use self::tools::{Probes, Toolbox, find_pythons, here, off_limits};
use self::trees::store::Store;
pub use self::trees::usage;
use crate::backends;
use crate::event::Artifact;
use crate::facts::Project;
use crate::inspect;
use crate::plan::StepId;
use crate::problem::{Code, Problem};

/// The engine of one session.
pub struct Engine {
    world: Box<dyn World>,
    cache: PathBuf,
    /// Folder for the logs of this session.
    logs: PathBuf,
    store: Store,
    probes: Probes,
    sandbox: Sandbox,
    trust: Trust,
    data: PathBuf,
    pythons: OnceLock<Vec<Interpreter>>,
    notices: Notices,
}

impl Engine {
    /// Opens the user's cache, and removes what a killed process left in it.
    pub fn open() -> Result<Self, Problem> {
        limits::check()?;
        Self::open_at(&paths::cache(), &paths::data(), Box::new(Machine)).map_err(Problem::with_remedy)
    }

    /// Opens a cache and a data folder of the caller's choice, with a world of the caller's choice.
    pub fn open_at(cache: &Path, data: &Path, world: Box<dyn World>) -> Result<Self, Problem> {
        let unusable = |error| private::unusable("cache", cache, "PACKWRIGHT_CACHE", &error);
        let real = private::open(cache).map_err(unusable)?;
        let store = Store::open(&real.join("store")).map_err(PrivateError::from).map_err(unusable)?;
        let cache = real;
        if data.exists() {
            // Trust that somebody else could have written is none.
            private::close(data).map_err(|error| private::unusable("data folder", data, "PACKWRIGHT_DATA", &error))?;
        }
        let probes = Probes::open(&cache.join("probes.json"));
        let sandbox = Sandbox::detect();
        let (trust, notices) = (Trust::open(data), Notices::default());
        trust.set_aside_damaged(&notices);
        Ok(Self {
            world,
            logs: cache.join("logs").join(store.session()),
            cache,
            store,
            probes,
            sandbox,
            trust,
            data: data.into(),
            pythons: OnceLock::new(),
            notices,
        })
    }

    /// Finds out what only tools can tell, and plans. Runs no code of the project unless it is trusted. Nothing is trimmed
    /// from the cache as long as the answer is there.
    pub fn prepare(
        &self,
        order: &Order,
        settings: &Settings,
        events: Events,
        cancel: &Cancel,
    ) -> Result<Prepared, Problem> {
        let in_use = usage::keep_in_use(&self.cache, cancel)?;
        let prepared = self.prepare_as_read(order, settings, events, cancel);
        if let Ok(prepared) = &prepared {
            for sentence in fit::lacks(&prepared.plan, settings.verify, &self.store, &self.capacity()) {
                self.notices.add(&sentence);
            }
        }
        self.notices.tell(0, events);
        Ok(Prepared { in_use: Some(Arc::new(in_use)), ..prepared.map_err(Problem::with_remedy)? })
    }

    /// Plans for the project as it is. Where it is not any more what was read, it is read again: nobody was asked yet.
    fn prepare_as_read(
        &self,
        order: &Order,
        settings: &Settings,
        events: Events,
        cancel: &Cancel,
    ) -> Result<Prepared, Problem> {
        let read_again;
        let (order, source) = match self.source(&order.project, settings, &self.notices, cancel) {
            Err(SourceError::Changed { .. }) => {
                let sorting = &order.project.selection.sorting;
                let project = inspect::read_sorted(&order.project.opens_at(), sorting)?.project;
                read_again = Order { project, ..order.clone() };
                (&read_again, self.source(&read_again.project, settings, &self.notices, cancel)?)
            }
            source => (order, source?),
        };
        let all = Agreed { code: settings.trusted, start: settings.may_start };
        let given = self.trust.given(&order.project, all);
        let prepared = self.with_bench(&source, &given, settings, cancel, |bench| {
            let resolver = Resolver { bench, folder: &self.cache.join("locks"), around: &[] };
            let preparing = Preparing { bench, resolver: &resolver, events, index: 0, building: Vec::new() };
            until_sound(&self.store, || preparing.prepare(order))
        });
        self.trust.note(&order.project, &order.technology, &source.1, given);
        prepared.flatten()
    }

    /// What of a project a build sees, and what that is known by.
    fn source(
        &self,
        project: &Project,
        settings: &Settings,
        notices: &Notices,
        cancel: &Cancel,
    ) -> Result<(Project, Digest), SourceError> {
        let project = source::without_outputs(project, &settings.out);
        let digest = source::digest(&project, &self.cache.join("sources"), notices, cancel)?;
        Ok((project, digest))
    }

    /// Carries out plans of one project as one graph, tries what they make, and puts it into place. Each plan has a switch
    /// that ends it alone. `ended` is told of each as soon as it has ended, with its index; events of it come before.
    pub fn build(
        &self,
        plans: Vec<(Prepared, Cancel)>,
        settings: &Settings,
        events: Events,
        ended: &(dyn Fn(usize, Result<Artifact, Problem>) + Sync),
    ) {
        let Some((first, _)) = plans.first() else { return };
        let project = &first.request.project;
        let turn = Mutex::new(());
        let recorded = |index: usize, built: Built| {
            let artifact = built.map(|(artifact, receipt)| {
                let _turn = turn.lock().unwrap_or_else(PoisonError::into_inner);
                // A history that cannot be written is no reason to withhold an artifact that works.
                let kept = History::open(&self.data)
                    .and_then(|mut history| history.add(&project.opens_at(), &artifact.path, &receipt));
                if let Err(error) = kept {
                    self.notices.add(&format!("the history does not tell of this build: {}", error.in_words()));
                }
                artifact
            });
            self.notices.tell(index, events);
            ended(index, artifact.map_err(Problem::with_remedy));
        };
        let all = Cancel::of_all(plans.iter().map(|(_, cancel)| cancel.clone()));
        let given = self.trust.given(project, Agreed { code: settings.trusted, start: settings.may_start });
        let built = usage::keep_in_use(&self.cache, &all).and_then(|_in_use| {
            // What there is to say of it was said with the plan.
            let source = self.source(project, settings, &Notices::default(), &all)?;
            self.with_bench(&source, &given, settings, &all, |bench| {
                Building { bench, events }.build_until_sound(&plans, &recorded);
            })
        });
        if let Err(problem) = built {
            let problem = problem.with_remedy();
            (0..plans.len()).for_each(|index| ended(index, Err(problem.clone())));
        }
        drop(plans);
        usage::keep_below_ceiling(&self.cache, &self.store, &|path| self.remove(path));
    }

    /// Compares an artifact with the receipt beside it, looks at who signed that, and tries the artifact again. What is
    /// tried is told act by act, and logged as steps are.
    pub fn verify(&self, artifact: &Path, verifying: &Verifying, cancel: &Cancel) -> Result<Verified, Problem> {
        let claim = Claim::read(artifact, verifying.signers.as_ref(), self.history().ok().as_ref())?;
        let _in_use = usage::keep_in_use(&self.cache, cancel)?;
        let nothing = (Project::empty(PathBuf::new()), Digest::default());
        let given = Given::everything(Agreed { code: true, start: false });
        let settings = verify::settings();
        let verified =
            self.with_bench(&nothing, &given, &settings, cancel, |bench| claim.verified(bench, verifying)).flatten();
        self.notices.tell_to(verifying.told);
        verified
    }

    /// The log of a step of this session that runs or has run; it may still grow. `None` for steps that wrote none, such
    /// as those whose output was there already. It costs looking at one file.
    pub fn log(&self, step: &StepId) -> Option<Log> {
        Log::open(&self.logs.join(step.as_str())).ok()
    }

    /// Remembers that the user has agreed to what the plans of this session ask for a project, as it was when they were
    /// made, besides what was agreed to before.
    pub fn agree(&self, project: &Project, to: Agreed) -> Result<(), Problem> {
        self.trust
            .grant(project, to)
            .map_err(|error| Problem::new(Code::Store, "the trust cannot be remembered").because(&error).with_remedy())
    }

    /// The folder of the example that comes with Packwright, written to the user's data when it is not there yet.
    pub fn example(&self) -> Result<PathBuf, Problem> {
        example::unpack(&self.data)
    }

    /// Opens the history of builds.
    pub fn history(&self) -> Result<History, Problem> {
        History::open(&self.data).map_err(|error| self.history_problem(&error))
    }

    /// What an error of the history means.
    pub fn history_problem(&self, error: &HistoryError) -> Problem {
        history::problem(&self.data, error).with_remedy()
    }

    /// Looks at every technology, or at one.
    pub fn doctor(&self, technology: Option<&str>) -> Result<Vec<doctor::Checkup>, Problem> {
        let cancel = Cancel::default();
        let _in_use = usage::keep_in_use(&self.cache, &cancel)?;
        let tools = self.cache.join("tools");
        let off_limits = off_limits(here().as_deref());
        let toolbox = self.toolbox(&tools, &off_limits, true, &cancel);
        let all = backends::all().iter().filter(|backend| technology.is_none_or(|name| backend.entry().id == name));
        let mut looked_at = BTreeMap::new();
        let found: Vec<doctor::Checkup> =
            all.map(|backend| doctor::examine(*backend, &toolbox, &mut looked_at)).collect();
        match technology {
            Some(name) if found.is_empty() => Err(prepare::unknown_technology(name)),
            _ => Ok(found),
        }
    }

    /// What is free on this machine: on the disk of the cache, and of memory.
    pub fn capacity(&self) -> Capacity {
        Capacity::of(&self.cache)
    }

    /// What the cache holds.
    pub fn cache_usage(&self) -> Vec<usage::Part> {
        usage::measure(&self.cache)
    }

    /// Removes what was not used for longest until the store is below this size in bytes; gives the bytes freed. An error
    /// while something is built with this cache.
    pub fn trim_cache(&self, below: u64) -> Result<u64, Problem> {
        Ok(usage::trim(&self.cache, &self.store, below, &|path| self.remove(path))?)
    }

    /// Removes everything that can be made again. An error while something is built with this cache.
    pub fn clear_cache(&self) -> Result<(), Problem> {
        Ok(usage::clear(&self.cache, &self.store, &|path| self.remove(path))?)
    }

    /// Removes what may belong to several users.
    fn remove(&self, path: &Path) {
        remove(&self.sandbox, &off_limits(here().as_deref()), &self.store.work(), path);
    }

    /// The Pythons found here, the preferred first.
    fn pythons(&self, off_limits: &[PathBuf]) -> &[Interpreter] {
        self.pythons.get_or_init(|| find_pythons(&self.probes, off_limits))
    }

    /// What builds find here besides tools.
    pub fn provision(&self) -> doctor::Provision {
        doctor::Provision {
            sandbox: self.sandbox.name().into(),
            is_confined: self.sandbox.confines(),
            hints: self.sandbox.remedies(),
            free: self.capacity(),
        }
    }

    fn toolbox<'a>(
        &'a self,
        folder: &'a Path,
        off_limits: &'a [PathBuf],
        offline: bool,
        cancel: &'a Cancel,
    ) -> Toolbox<'a> {
        let (probes, world, notices) = (&self.probes, self.world.as_ref(), &self.notices);
        Toolbox { folder, probes, pythons: self.pythons(off_limits), world, offline, cancel, off_limits, notices }
    }

    /// Sets up what steps of one project share. The caller keeps the cache in use.
    fn with_bench<T>(
        &self,
        (project, source): &(Project, Digest),
        given: &Given,
        settings: &Settings,
        cancel: &Cancel,
        work: impl FnOnce(&Bench) -> T,
    ) -> Result<T, Problem> {
        let keys = self.cache.join("steps");
        for folder in [&keys, &self.logs] {
            private::create_dir_all(folder).map_err(|source| {
                Problem::new(Code::Store, format!("cannot create `{}`", folder.display())).because(&source)
            })?;
        }
        let tools = self.cache.join("tools");
        // Verifying has no project: an empty root would contain every folder.
        let inside = Some(project.root.as_path()).filter(|root| root.is_absolute());
        let off_limits = off_limits(inside.into_iter().chain(here().as_deref()));
        let toolbox = self.toolbox(&tools, &off_limits, settings.offline, cancel);
        let bench = Bench {
            world: self.world.as_ref(),
            store: &self.store.until(cancel),
            sandbox: &self.sandbox,
            toolbox: &toolbox,
            settings,
            given,
            project,
            source,
            keys: &keys,
            logs: &self.logs,
            cancel,
        };
        Ok(work(&bench))
    }
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("cache", &self.cache).field("sandbox", &self.sandbox).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
