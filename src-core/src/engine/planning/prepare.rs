//! From an order to a complete plan: chooses the Python, settles options, and finds out what the backend lacks.

mod build_lock;
mod dependency;
mod git;
mod hook;
mod local;

use std::path::PathBuf;

use super::resolve::{Requested, Resolver, Wanted, markers, read_wheel_metadata, static_metadata};
use crate::backend::{self, Backend, Host, Need, PlanError, Request, Resolution, refuse_coroutines};
use crate::backends;
use crate::catalogue::Options;
use crate::engine::run::needed;
use crate::engine::run::rooms::hindrance;
use crate::engine::run::schedule::carry_out;
use crate::engine::run::step::Bench;
use crate::engine::terms::consent::{Agreed, Pinned};
use crate::engine::terms::order::{Events, Order, Prepared};
use crate::engine::tools::{Interpreter, choose};
use crate::engine::trees::store::Tree;
use crate::event::Event;
use crate::facts::{EntryPoint, Environment, Platform, Project, Version, pep};
use crate::inspect::words_of;
use crate::plan::{Consent, Pick, Plan, Remote, StepId};
use crate::problem::{Code, Problem, Remedy, listing};

/// A backend that still lacks something after this many answers asks in a circle.
const ROUNDS: usize = 40;

/// Prepares orders of one project.
pub(in crate::engine) struct Preparing<'a> {
    pub bench: &'a Bench<'a>,
    pub resolver: &'a Resolver<'a>,
    pub events: Events<'a>,
    /// Index of the plan in the call.
    pub index: usize,
    /// Packages that come as source only and are being built, the outermost first.
    pub building: Vec<String>,
}

impl Preparing<'_> {
    /// The request with everything found out, and the plan.
    pub fn prepare(&self, order: &Order) -> Result<Prepared, Problem> {
        let backend = backends::named(&order.technology).ok_or_else(|| unknown_technology(&order.technology))?;
        let mut request = self.request(order, backend)?;
        self.meant_entry(order, &mut request)?;
        refuse_coroutines(&request).map_err(|problem| problem.of(&order.technology))?;
        if let Some(problem) = backend.preflight(&request).into_iter().next() {
            return Err(problem.of(&order.technology));
        }
        // A project whose packages may come from anywhere that only it names is refused whatever is made of it.
        let python = self.bench.python(&request.python).map_err(Problem::from)?;
        let anything =
            Wanted { own: true, chosen: &[order.extras.as_slice(), &order.groups].concat(), ..Wanted::new("", &[]) };
        self.resolver
            .routes(&anything, request.environment, python)
            .map_err(|error| Problem::from(error).of(&order.technology))?;
        for _ in 0..ROUNDS {
            match backend.planned(&request) {
                Ok(plan) => return self.prepared(request, plan),
                Err(PlanError::Unsuitable(problem)) => return Err(problem.of(&order.technology)),
                Err(PlanError::Needs(need)) => {
                    self.satisfy(&mut request, &need).map_err(|problem| problem.of(&order.technology))?;
                }
            }
        }
        Err(Problem::new(Code::BuildFailed, format!("the backend `{}` never has enough", order.technology)))
    }

    /// What is complete, with the consents that follow from it on this machine.
    fn prepared(&self, request: Request, plan: Plan) -> Result<Prepared, Problem> {
        let here = request.host.platform;
        let misplaced = plan.steps.iter().find_map(|step| {
            let on = step.on.filter(|on| (on.os, on.arch) != (here.os, here.arch))?;
            Some(format!("\"{}\" must be done on {on}, and this is {here}", step.title))
        });
        if let Some(message) = misplaced {
            return Err(Problem::new(Code::HostUnsupported, message).of(&plan.technology));
        }
        let (consents, agreed) = (consents(self.bench, &plan), agreed(self.bench, &plan));
        let lacks = needed::lacks(self.bench, &plan);
        let prepared = Prepared::new(request, plan, consents).agreed(agreed).lacking(lacks);
        Ok(prepared.for_source(self.bench.source.clone()))
    }

    /// Settles which entry point is meant, with the extras it needs and how it is tried. One that no file shows may be among
    /// the scripts that only the wheel has.
    fn meant_entry(&self, order: &Order, request: &mut Request) -> Result<(), Problem> {
        let asked = order.entry.as_deref();
        if let Some(name) = asked.filter(|name| order.project.entry(Some(name)).is_none()) {
            request.entries.clone_from(&order.project.entry_points);
            self.build_metadata(request)?;
            let found = request.entries.iter().find(|entry| entry.is_called(name)).cloned();
            let entry = found.ok_or_else(|| no_entry(&order.project, &request.entries, name))?;
            request.entries = vec![entry];
        }
        request.add_extras();
        let own = request.entries.first().filter(|_| order.project.settings.trial.is_none());
        if let Some(trial) = own.and_then(|entry| entry.trial.clone()).filter(|_| asked.is_some()) {
            request.project.trial = *trial;
        }
        Ok(())
    }

    fn request(&self, order: &Order, backend: &dyn Backend) -> Result<Request, Problem> {
        let project = &order.project;
        let entry = backend.entry();
        let options = Options::settle(&order.technology, &entry.options, &order.facts, &order.options)
            .map_err(|error| Problem::new(Code::Usage, error.to_string()).of(&order.technology))?;
        for (kind, asked, known) in
            [("extra", &order.extras, project.extras.keys()), ("group", &order.groups, project.groups.keys())]
        {
            let known: Vec<&String> = known.collect();
            if let Some(missing) = asked.iter().find(|name| !known.contains(name)) {
                let problem = Problem::new(Code::Usage, format!("`{}` has no {kind} `{missing}`", project.name));
                return Err(if known.is_empty() {
                    problem
                } else {
                    problem.hint(format!("It has {}", listing(&known)))
                });
            }
        }
        let python = self.python(order)?;
        let minor = python
            .minor()
            .ok_or_else(|| Problem::new(Code::ToolMissing, format!("`{}` is not a Python version", python.version)))?;
        let environment = Environment { python: order.target.python.unwrap_or(minor), platform: order.target.platform };
        let metadata = static_metadata(project);
        let pythons = self.bench.toolbox.pythons.iter().map(|python| python.version.clone()).collect();
        Ok(Request {
            host: Host { platform: Platform::host(), pythons },
            entries: entries(project, order.entry.as_deref())?.unwrap_or_default(),
            project: with_typed(project, &order.typed),
            target: order.target.clone(),
            facts: order.facts.clone(),
            options,
            extras: order.extras.clone(),
            groups: order.groups.clone(),
            scm_version: order.scm_version.clone().or_else(|| told_version(project)),
            python: python.version.clone(),
            environment,
            resolved: Resolution { metadata, ..Resolution::default() },
        })
    }

    /// The Python that builds: the one asked for, or the preferred one that the project allows.
    fn python(&self, order: &Order) -> Result<&Interpreter, Problem> {
        let pythons = self.bench.toolbox.pythons;
        let project = &order.project;
        let requires = project.requires_python.as_ref().and_then(|requires| pep::specifiers(&requires.value).ok());
        if let Some(python) = choose(pythons, requires.as_ref(), order.target.python) {
            return Ok(python);
        }
        let versions: Vec<&String> = pythons.iter().map(|python| &python.version).collect();
        if versions.is_empty() {
            return Err(Problem::new(Code::ToolMissing, "no Python 3.9 or newer was found on this machine")
                .hint("Install Python, for example from your system's packages, then try again"));
        }
        let wanted = match (order.target.python, &project.requires_python) {
            (Some(asked), _) if requires.as_ref().is_none_or(|_| choose(pythons, None, Some(asked)).is_none()) => {
                format!("Python {asked}")
            }
            (Some(asked), Some(requires)) => format!("Python {asked}, which `{}` excludes,", requires.value),
            (_, Some(requires)) => format!("a Python that meets `{}` ({})", requires.value, requires.source),
            (_, None) => "a Python".into(),
        };
        Err(Problem::new(
            Code::ToolMissing,
            format!("`{}` needs {wanted} but this machine has {}", project.name, listing(&versions)),
        )
        .hint("Install one, for example with `uv python install`, or change `requires-python`"))
    }

    pub(in crate::engine) fn satisfy(&self, request: &mut Request, need: &Need) -> Result<(), Problem> {
        let say = |title: String| (self.events)(self.index, Event::Resolving { title });
        match need {
            Need::Lock(environment) => {
                let python = self.bench.python(&request.python).map_err(Problem::from)?;
                let what = format!("`{}`", request.project.name);
                let itself = request.own_name();
                let chosen: Vec<String> = request.extras.iter().chain(&request.groups).cloned().collect();
                let declared = request.requirements();
                let wanted =
                    Wanted { own: true, itself: itself.as_deref(), chosen: &chosen, ..Wanted::new(&what, &declared) };
                // Before anything is built for what cannot be had.
                self.resolver.routes(&wanted, *environment, python)?;
                if needs_built_metadata(request) {
                    self.build_metadata(request)?;
                }
                say(format!("Resolve the dependencies for {environment}"));
                let mut wanted = request.requirements();
                let target = markers(*environment, python);
                let (local, indexes) = local::wheels(self, request, &wanted, target.as_ref())?;
                // A repository that this environment does not need was not fetched.
                wanted.retain(|text| {
                    Requested::repository(text).is_none() || Requested::parse(text).is_needed(target.as_ref(), &[])
                });
                let wanted = Wanted {
                    local: &local,
                    itself: itself.as_deref(),
                    own: true,
                    chosen: &chosen,
                    indexes: &indexes,
                    ..Wanted::new(&what, &wanted)
                };
                let reading = |package: &_| dependency::metadata(self, request, package);
                let mut lock = self.resolver.lock(&wanted, *environment, python, &reading)?;
                for wheel in &local {
                    let package = lock.packages.iter_mut().find(|package| package.name == wheel.name);
                    let file = package.and_then(|package| package.wheel.as_mut());
                    if let (Some(file), Some(commit)) = (file, &wheel.commit) {
                        file.url.clone_from(commit);
                    }
                }
                request.resolved.locks.insert(*environment, lock);
            }
            Need::BuildLock(of) => {
                say("Resolve what the build needs".into());
                let lock = build_lock::lock(self, request, of)?;
                request.resolved.build_locks.insert(of.clone(), lock);
            }
            Need::Metadata => self.build_metadata(request)?,
        }
        Ok(())
    }

    /// Builds the wheel to learn its metadata: the same step the artifact needs, so nothing is done twice.
    fn build_metadata(&self, request: &mut Request) -> Result<(), Problem> {
        (self.events)(
            self.index,
            Event::Resolving { title: "Build the metadata, which only the build backend knows".into() },
        );
        let built = self.wheel(request, "metadata", backend::project_wheel)?;
        let metadata = read_wheel_metadata(&built.path()).map_err(|error| {
            Problem::new(Code::BuildFailed, format!("`{}` cannot be read", built.file)).because(&error)
        })?;
        request.learn_scripts(&metadata);
        request.resolved.metadata = Some(metadata);
        Ok(())
    }

    /// Plans one wheel, finds out what the plan lacks, and builds it.
    fn wheel(
        &self,
        request: &mut Request,
        name: &str,
        recipe: impl Fn(&Request, &mut Plan) -> Result<StepId, PlanError>,
    ) -> Result<Built, Problem> {
        let mut plan = Plan::new(name);
        let step = loop {
            match recipe(request, &mut plan) {
                Ok(step) => break step,
                Err(PlanError::Needs(need @ Need::BuildLock(_))) => self.satisfy(request, &need)?,
                Err(PlanError::Needs(need)) => {
                    return Err(Problem::new(Code::BuildFailed, format!("building `{name}` needs {need:?}")));
                }
                Err(PlanError::Unsuitable(problem)) => return Err(*problem),
            }
        };
        require_trust(self.bench, &plan)?;
        let mut done = carry_out(self.bench, &[&plan], self.events).remove(0)?.steps;
        let none = || Problem::new(Code::BuildFailed, format!("the wheel of `{name}` was not built"));
        let tree = done.remove(&step).map(|done| done.tree).ok_or_else(none)?;
        let file = tree.select_one(&Pick::One("*.whl".into())).map(|wheel| wheel.path().to_owned());
        let file = file.map_err(|error| Problem::new(Code::BuildFailed, error.to_string()))?;
        self.bench.store.check(&tree)?;
        Ok(Built { tree, file })
    }
}

/// The project with what is typed besides, to try it.
fn with_typed(project: &Project, typed: &[String]) -> Project {
    let mut project = project.clone();
    for words in typed.iter().map(|line| words_of(line)) {
        if !words.is_empty() && !project.commands.contains(&words) {
            project.commands.push(words);
        }
    }
    project
}

/// A wheel that was built here.
struct Built {
    tree: Tree,
    /// Its name in the tree.
    file: String,
}

impl Built {
    /// Where it is in the store.
    fn path(&self) -> PathBuf {
        self.tree.path.join(&self.file)
    }

    /// The wheel as a plan names it, which finds it in the store by its hash.
    fn remote(&self) -> Remote {
        let blob = self.tree.manifest.file(&self.file);
        let sha256 = blob.map(|blob| blob.sha256.clone()).unwrap_or_default();
        Remote { name: self.file.clone(), url: "store:".into(), sha256, bytes: blob.map(|blob| blob.bytes) }
    }
}

/// What a plan asks for on this machine: where nothing confines a program, starting it is running the project's code as the
/// user, whatever its arguments ask for.
pub(in crate::engine) fn consents(bench: &Bench, plan: &Plan) -> Vec<Consent> {
    plan.consents(bench.sandbox.confines(), |proof| hindrance(proof).is_none())
}

/// How far what a plan asks was agreed to. What was not is asked about.
pub(in crate::engine) fn agreed(bench: &Bench, plan: &Plan) -> Agreed {
    bench.given.covers(&Pinned::of(plan, &consents(bench, plan), bench.source))
}

/// Refuses plans that run code of the project, or of source distributions, which nobody has agreed to.
pub(in crate::engine) fn require_trust(bench: &Bench, plan: &Plan) -> Result<(), Problem> {
    let consents = consents(bench, plan);
    if agreed(bench, plan).code {
        return Ok(());
    }
    let mut problems = consents.iter().filter_map(|consent| match consent {
        Consent::RunProjectCode { whose, because } => {
            let message = format!("building may run code of {}, which you have not agreed to", listing(whose));
            Some(because.iter().cloned().fold(Problem::new(Code::ConsentRefused, message), Problem::cause))
        }
        // Without that consent nothing is started, and the artifact says that it was not tried.
        Consent::StartProgram { .. } | Consent::Download { .. } => None,
    });
    match problems.next() {
        None => Ok(()),
        Some(problem) => {
            Err(problem.remedy("Read that code, and agree if you trust it", Remedy::Trust).of(&plan.technology))
        }
    }
}

fn needs_built_metadata(request: &Request) -> bool {
    let dynamic =
        request.project.dynamic.iter().any(|field| field == "dependencies" || field == "optional-dependencies");
    dynamic && request.resolved.metadata.is_none() && request.project.is_buildable()
}

/// The version that the user's environment gives in the place of the one that version control would say.
fn told_version(project: &Project) -> Option<String> {
    let given = backend::scm::variables(project).into_iter().find_map(|name| std::env::var(name).ok());
    given.filter(|version| !version.trim().is_empty())
}

/// The entry point asked for, or all of them, the one that people mean first. `None` where only a build tells whether there is
/// the one asked for.
fn entries(project: &Project, asked: Option<&str>) -> Result<Option<Vec<EntryPoint>>, Problem> {
    let names = |names: &[String]| listing(&names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>());
    let Some(name) = asked else {
        if project.rivals.is_empty() {
            return Ok(Some(project.entry_points.clone()));
        }
        let message = format!(
            "`{}` holds several programs, and nothing says which is meant: {}",
            project.name,
            names(&project.rivals)
        );
        return Err(Problem::new(Code::Usage, message).remedy("Say which one starts", Remedy::Entry));
    };
    match project.entry(Some(name)) {
        Some(entry) => Ok(Some(vec![entry])),
        None if project.has_open_scripts() => Ok(None),
        None => Err(no_entry(project, &project.entry_points, name)),
    }
}

fn no_entry(project: &Project, entries: &[EntryPoint], name: &str) -> Problem {
    let names: Vec<String> = entries.iter().map(|entry| format!("`{}`", entry.name)).collect();
    let problem = Problem::new(Code::Usage, format!("`{}` has no entry point `{name}`", project.name));
    let problem = if names.is_empty() { problem } else { problem.hint(format!("It has {}", listing(&names))) };
    problem.remedy("Name one of these, or any Python file of the project", Remedy::Entry)
}

pub(in crate::engine) fn unknown_technology(name: &str) -> Problem {
    let known: Vec<&str> = backends::all().iter().map(|backend| backend.entry().id.as_str()).collect();
    Problem::new(Code::Usage, format!("there is no builder for `{name}`"))
        .hint(format!("Packwright builds {}", listing(&known)))
}

/// Whether the version is known at all, for receipts.
pub(in crate::engine) fn version_of(request: &Request) -> Option<String> {
    let metadata = request.resolved.metadata.as_ref().map(|metadata| metadata.version.clone());
    metadata.or_else(|| match &request.project.version {
        Version::Static { version, .. } => Some(version.clone()),
        _ => None,
    })
}
