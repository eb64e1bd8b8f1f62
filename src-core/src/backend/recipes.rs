//! Steps that many backends share. Because a step's id is its action, plans that use them meet in one graph.

use super::{BuildOf, Lock, Locked, Need, PlanError, Request};
use crate::facts::{Definition, EntryKind, EntryPoint, Environment};
use crate::plan::{
    Action, Command, Consent, Network, Pick, Piece, Plan, Registry, Remote, Resources, Step, StepId, ToolRef, Word,
};
use crate::problem::{Code, Problem};

/// The program with everything it imports, in one folder, and how it starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Application {
    /// The folder: import packages, data and `.dist-info`, as in `site-packages`.
    pub site: StepId,
    /// The module that starts it.
    pub module: String,
    /// The function in it; `None` where the module is run, as `python -m` does.
    pub function: Option<String>,
}

impl Application {
    /// `module:function`, or `module`.
    pub fn reference(&self) -> String {
        match &self.function {
            Some(function) => format!("{}:{function}", self.module),
            None => self.module.clone(),
        }
    }
}

/// The `uv` this program drives.
pub(crate) fn uv() -> ToolRef {
    ToolRef::Managed { registry: Registry::Pypi, name: "uv".into(), executable: "uv".into(), python: None }
}

/// The Python of the request.
pub(crate) fn python(request: &Request) -> ToolRef {
    ToolRef::Python { version: request.python.clone() }
}

/// Builds the project's wheel with its own PEP 517 backend; the step's folder holds exactly one wheel.
pub fn project_wheel(request: &Request, plan: &mut Plan) -> Result<StepId, PlanError> {
    distribution(request, plan, "wheel", "Build the project's wheel")
}

/// Builds the project's source distribution; the step's folder holds exactly one archive.
pub(crate) fn project_sdist(request: &Request, plan: &mut Plan) -> Result<StepId, PlanError> {
    distribution(request, plan, "sdist", "Build the source distribution")
}

fn distribution(request: &Request, plan: &mut Plan, kind: &str, title: &str) -> Result<StepId, PlanError> {
    if !request.project.is_buildable() {
        return Err(not_buildable(request).into());
    }
    let lock = build_lock(request, BuildOf::Project)?;
    let needs = fetched(lock, plan, "Fetch what the build needs");
    let command = build_command(request, kind, &needs, Word::source(""));
    let step = Step {
        resources: Resources { cpu: 1, memory: 512, exclusive: Vec::new() },
        ..Step::new(title, Action::Run(command))
    };
    let declarative = request.project.build_system.as_ref().is_some_and(|build| build.own_code.is_empty());
    if declarative {
        return Ok(plan.add(step));
    }
    plan.ask(Consent::RunProjectCode { whose: vec![request.project.name.clone()] });
    Ok(plan.add(step.foreign()))
}

fn build_command(request: &Request, kind: &str, needs: &StepId, what: Word) -> Command {
    Command::new(
        uv(),
        ["build", &format!("--{kind}"), "--offline", "--no-index", "--no-config", "--no-create-gitignore"],
    )
    .arg("--find-links")
    .arg(Word::output(needs, Pick::Folder))
    .arg("--python")
    .arg(Piece::Tool(python(request)))
    .arg("--out-dir")
    .arg(Word::out(""))
    .arg(what)
    // Wheels and archives made on different days or with another hash seed must not differ.
    .env("PYTHONHASHSEED", "0")
    // setup.py projects that import helpers beside it are older than PEP 517 and common.
    .env("PIP_NO_INPUT", "1")
}

/// All run-time dependencies as wheels in one folder: fetched by the lock, built where there is only source.
pub fn wheelhouse(request: &Request, environment: Environment, plan: &mut Plan) -> Result<StepId, PlanError> {
    let lock = request.resolved.locks.get(&environment).ok_or(PlanError::Needs(Need::Lock(environment)))?;
    let wheels = fetched(lock, plan, "Fetch the wheels");
    let mut parts = vec![(wheels.clone(), Pick::All("*.whl".into()))];
    for package in lock.source_only() {
        parts.push((built_dependency(request, package, plan)?, Pick::One("*.whl".into())));
    }
    if parts.len() == 1 {
        return Ok(wheels);
    }
    Ok(plan.add(Step::new("Put the wheels side by side", Action::Gather { from: parts })))
}

fn built_dependency(request: &Request, package: &Locked, plan: &mut Plan) -> Result<StepId, PlanError> {
    let Some(sdist) = &package.sdist else {
        let message = format!(
            "`{} {}` has neither a wheel for {} nor a source distribution",
            package.name, package.version, request.environment
        );
        return Err(Problem::new(Code::Unresolvable, message).hint("Choose another version or another Python").into());
    };
    let lock = build_lock(request, BuildOf::Dependency(package.name.clone()))?;
    let needs = fetched(lock, plan, &format!("Fetch what building {} needs", package.name));
    let source = plan.add(fetch(&format!("Fetch the source of {}", package.name), vec![sdist.clone()]));
    plan.ask(Consent::RunProjectCode { whose: vec![package.name.clone()] });
    let command = build_command(request, "wheel", &needs, Word::output(&source, Pick::Path(sdist.name.clone())));
    Ok(plan.add(Step::new(format!("Build the wheel of {}", package.name), Action::Run(command)).foreign()))
}

fn build_lock(request: &Request, of: BuildOf) -> Result<&Lock, PlanError> {
    request.resolved.build_locks.get(&of).ok_or(PlanError::Needs(Need::BuildLock(of)))
}

/// A step with every wheel of a lock that has one.
fn fetched(lock: &Lock, plan: &mut Plan, title: &str) -> StepId {
    let files: Vec<Remote> = lock.packages.iter().filter_map(|package| package.wheel.clone()).collect();
    if !files.is_empty() {
        plan.ask(Consent::Download { files: files.len(), bytes: files.iter().map(|file| file.bytes).sum() });
    }
    plan.add(fetch(title, files))
}

pub(crate) fn fetch(title: &str, files: Vec<Remote>) -> Step {
    let resources = Resources { cpu: 0, ..Resources::default() };
    Step { resources, ..Step::new(title, Action::Fetch { files }) }.network(Network::Index)
}

/// The program and all it imports, installed into one folder.
pub fn application(request: &Request, plan: &mut Plan) -> Result<Application, PlanError> {
    let entry = main_entry(request)?;
    let wheels = wheelhouse(request, request.environment, plan)?;
    let mut picks = vec![(wheels, Pick::All("*.whl".into()))];
    let (module, function) = start(entry);
    if request.project.is_buildable() && entry.kind != EntryKind::Script {
        picks.push((project_wheel(request, plan)?, Pick::One("*.whl".into())));
        let site = plan.add(Step::new("Install into one folder", Action::Install { wheels: picks, to: String::new() }));
        return Ok(Application { site, module, function });
    }
    let dependencies = plan.add(Step::new(
        "Install the dependencies into one folder",
        Action::Install { wheels: picks, to: String::new() },
    ));
    let own = plan.add(Step::new("Copy the program", own_code(request, entry, &module)));
    let both = vec![(dependencies, Pick::Folder), (own, Pick::Folder)];
    let site = plan.add(Step::new("Put program and dependencies together", Action::Gather { from: both }));
    Ok(Application { site, module, function })
}

/// The entry point an artifact starts with, or why there is none.
pub(crate) fn main_entry(request: &Request) -> Result<&EntryPoint, PlanError> {
    request.entries.first().ok_or_else(|| {
        let problem = Problem::new(
            Code::Unsuitable,
            format!("`{}` has no entry point, so there is nothing to start", request.project.name),
        )
        .hint("Add a script to `[project.scripts]`, for example `name = \"package.module:function\"`")
        .hint("Or add a `__main__.py` to the package");
        problem.into()
    })
}

fn not_buildable(request: &Request) -> Problem {
    let message =
        format!("`{}` has no build configuration, so no distribution can be built from it", request.project.name);
    Problem::new(Code::Unsuitable, message)
        .hint("Add a `pyproject.toml` with `[build-system]` and `[project]`; `uv init --package` writes one")
}

/// A script is copied under a name that can be imported; a folder is copied as it is.
fn own_code(request: &Request, entry: &EntryPoint, module: &str) -> Action {
    if entry.kind == EntryKind::Script
        && (request.project.is_buildable() || matches!(request.project.definition, Definition::Script(_)))
    {
        return Action::Copy { from: Word::source(&entry.target), to: format!("{module}.py") };
    }
    Action::Copy { from: Word::source(""), to: String::new() }
}

/// The module and function of an entry point.
fn start(entry: &EntryPoint) -> (String, Option<String>) {
    match entry.kind {
        EntryKind::Console | EntryKind::Gui => match entry.target.split_once(':') {
            // Extras after the function, as in `pkg:main [extra]`, are not part of the reference.
            Some((module, function)) => {
                (module.trim().into(), Some(function.split('[').next().unwrap_or_default().trim().into()))
            }
            None => (entry.target.clone(), None),
        },
        EntryKind::Module => (entry.target.clone(), None),
        EntryKind::Script => {
            let path = entry.target.strip_suffix(".py").unwrap_or(&entry.target);
            let dotted = path.replace('/', ".");
            let name = if is_module(&dotted) {
                dotted
            } else {
                path.rsplit('/').next().unwrap_or(path).replace(|c: char| !c.is_alphanumeric(), "_")
            };
            (name, None)
        }
    }
}

fn is_module(dotted: &str) -> bool {
    dotted.split('.').all(|part| {
        part.chars().next().is_some_and(|first| first.is_alphabetic() || first == '_')
            && part.chars().all(|c| c.is_alphanumeric() || c == '_')
    })
}

/// `{name}-{version}-{what it runs on}-{technology}{suffix}`, so that many builds share one folder.
pub(crate) fn artifact_name(request: &Request, technology: &str, suffix: &str) -> String {
    let version = request
        .resolved
        .metadata
        .as_ref()
        .map(|metadata| metadata.version.as_str())
        .or(request.project.static_version());
    let native = request.resolved.locks.get(&request.environment).is_some_and(|lock| !lock.native().is_empty());
    let runs_on = if native {
        let python = request.environment.python;
        format!("{}-cp{}{}", request.environment.platform, python.major, python.minor)
    } else {
        "any".into()
    };
    let name = request.entries.first().map_or(&request.project.name, |entry| {
        if request.entries.len() == 1 { &entry.name } else { &request.project.name }
    });
    let parts: Vec<&str> =
        [Some(name.as_str()), version, Some(&runs_on), Some(technology)].into_iter().flatten().collect();
    let safe = parts.join("-").replace(|c: char| c.is_control() || "/\\:*?\"<>|".contains(c), "_");
    format!("{}{suffix}", safe.trim_start_matches(['-', '.']))
}
