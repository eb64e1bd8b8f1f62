//! Steps that many backends share. Because a step's id is its action, plans that use them meet in one graph.

use super::carried::{carries_wheel, own_files, own_items};
use super::concerns::{
    expect_data_in_sdist, expect_data_in_wheel, expect_tracked_in_wheel, warn_of_ignored_files, warn_of_lost_links,
    warn_of_undeclared,
};
use super::entry::main_entry;
use super::{BuildOf, Lock, Locked, Need, PlanError, Request, scm};
use crate::facts::{Environment, Evidence, Reference, RiskKind};
use crate::inspect::build_backends;
use crate::plan::{Action, Command, Item, Pick, Piece, Plan, Remote, Resources, Step, StepId, ToolRef, Word, maker};
use crate::problem::{Code, Problem};

/// The program with everything it imports, in one folder, and how it starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Application {
    /// The folder: import packages, data and `.dist-info`, as in `site-packages`.
    pub site: StepId,
    /// What starts it.
    pub start: Reference,
}

/// The `uv` this program drives.
pub(crate) fn uv() -> ToolRef {
    ToolRef::Managed { name: "uv".into(), executable: "uv".into(), python: None }
}

/// A tool from the index that has a command of its own name, run by the Python of the request.
pub(crate) fn python_tool(request: &Request, name: &str) -> Command {
    let python = Some(request.python.clone());
    Command::of(ToolRef::Managed { name: name.into(), executable: name.into(), python })
}

/// The Python of the request.
pub(crate) fn python(request: &Request) -> ToolRef {
    ToolRef::Python { version: request.python.clone() }
}

/// Builds the project's wheel with its own PEP 517 backend; the step's folder holds exactly one wheel.
pub fn project_wheel(request: &Request, plan: &mut Plan) -> Result<StepId, PlanError> {
    refuse_foreign(request)?;
    let wheel = distribution(request, plan, "wheel", "Build the project's wheel")?;
    expect_data_in_wheel(request, &wheel, plan);
    expect_tracked_in_wheel(request, &wheel, plan);
    warn_of_lost_links(request, plan);
    warn_of_undeclared(request, plan);
    Ok(wheel)
}

/// Compiled code of the project itself is built by this machine's compiler, for this machine.
fn refuse_foreign(request: &Request) -> Result<(), PlanError> {
    let (wanted, here) = (request.environment.platform, request.host.platform);
    let own = request.project.risks.iter().find(|risk| risk.kind == RiskKind::NativeCode);
    let Some(own) = own.filter(|_| (wanted.os, wanted.arch) != (here.os, here.arch)) else { return Ok(()) };
    let message =
        format!("`{}` ({}) is compiled, and for {wanted} it cannot be compiled on {here}", own.what, own.source);
    Err(Problem::new(Code::HostUnsupported, message).hint(format!("Build it on {wanted}")).into())
}

/// Builds the project's source distribution; the step's folder holds exactly one archive.
pub fn project_sdist(request: &Request, plan: &mut Plan) -> Result<StepId, PlanError> {
    let sdist = distribution(request, plan, "sdist", "Build the source distribution")?;
    expect_data_in_sdist(request, &sdist, plan);
    Ok(sdist)
}

/// What building the project needs, as wheels in one folder.
pub(crate) fn build_needs(request: &Request, plan: &mut Plan) -> Result<StepId, PlanError> {
    Ok(fetched(build_lock(request, BuildOf::Project)?, plan, "Fetch what the build needs"))
}

fn distribution(request: &Request, plan: &mut Plan, kind: &str, title: &str) -> Result<StepId, PlanError> {
    if !request.project.is_buildable() {
        return Err(not_buildable(request).into());
    }
    let needs = build_needs(request, plan)?;
    warn_of_ignored_files(request, plan);
    let command = build_command(request, kind, &needs, Word::source(""), Word::out(""));
    let (command, title) = scm::told(request, command, title)?;
    let because = may_run(request);
    let action = if because.is_empty() {
        Action::run(command)
    } else {
        Action::run_foreign(command, &request.project.name, because)
    };
    Ok(plan.add(Step::new(title, action).needs(Resources::new(1, 512))))
}

/// Why building the project may run code of it: what its files say, and what its build is run with.
fn may_run(request: &Request) -> Vec<String> {
    let Some(build) = &request.project.build_system else { return Vec::new() };
    let mut reasons: Vec<String> = build.own_code.iter().map(Evidence::told).collect();
    let lock = request.resolved.build_locks.get(&BuildOf::Project);
    if let (Some(backend), Some(lock)) = (build_backends::named(&build.backend), lock) {
        let packages = lock.packages.iter().map(|package| (package.name.as_str(), package.version.as_str()));
        let unknown = build_backends::unknown_in(backend, packages).into_iter();
        reasons.extend(unknown.map(|value| Evidence { value, source: build.source.clone() }.told()));
    }
    reasons
}

/// Builds a wheel or a source distribution from a folder or an archive, without network.
pub(crate) fn build_command(request: &Request, kind: &str, needs: &StepId, what: Word, to: Word) -> Command {
    Command::new(
        uv(),
        [
            "build",
            &format!("--{kind}"),
            "--offline",
            "--no-index",
            "--no-config",
            "--no-sources",
            "--no-create-gitignore",
        ],
    )
    .arg("--find-links")
    .arg(Word::output(needs, Pick::Folder))
    .arg("--python")
    .arg(Piece::Tool(python(request)))
    .arg("--out-dir")
    .arg(to)
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
    let mut items = vec![Item::output("", &wheels, Pick::All("*.whl".into()))];
    for package in lock.source_only() {
        let built = built_dependency(request, package, plan)?;
        items.push(Item::output("", &fitting(request, environment, package, built, plan), Pick::One("*.whl".into())));
    }
    if items.len() == 1 {
        return Ok(wheels);
    }
    Ok(plan.add(Step::new("Put the wheels side by side", Action::Lay { items })))
}

/// A wheel that was built here for an environment: for another platform, one that is for every platform.
fn fitting(request: &Request, environment: Environment, package: &Locked, built: StepId, plan: &mut Plan) -> StepId {
    let (wanted, here) = (environment.platform, request.host.platform);
    if (wanted.os, wanted.arch) == (here.os, here.arch) {
        return built;
    }
    let title = format!(
        "Take the wheel of {} for {wanted}, where it was not compiled for {here}: it comes as source only",
        package.name
    );
    let items = vec![Item::output("", &built, Pick::One("*-none-any.whl".into()))];
    plan.add(Step::new(title, Action::Lay { items }))
}

/// The wheel of a dependency that comes as source only, built without network.
pub(crate) fn built_dependency(request: &Request, package: &Locked, plan: &mut Plan) -> Result<StepId, PlanError> {
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
    let because = format!("`{} {}` comes as source only, and building it runs its code", package.name, package.version);
    let what = Word::output(&source, Pick::Path(sdist.name.clone()));
    let command = build_command(request, "wheel", &needs, what, Word::out(""));
    let action = Action::run_foreign(command, &package.name, vec![because]);
    Ok(plan.add(Step::new(format!("Build the wheel of {}", package.name), action)))
}

fn build_lock(request: &Request, of: BuildOf) -> Result<&Lock, PlanError> {
    request.resolved.build_locks.get(&of).ok_or(PlanError::Needs(Need::BuildLock(of)))
}

/// A step with every wheel of a lock that has one.
pub(crate) fn fetched(lock: &Lock, plan: &mut Plan, title: &str) -> StepId {
    let files: Vec<Remote> = lock.packages.iter().filter_map(|package| package.wheel.clone()).collect();
    plan.add(fetch(title, files))
}

pub(crate) fn fetch(title: &str, files: Vec<Remote>) -> Step {
    Step::new(title, Action::Fetch { files }).needs(Resources::default())
}

/// The program and all it imports, installed into one folder.
pub fn application(request: &Request, plan: &mut Plan) -> Result<Application, PlanError> {
    let entry = main_entry(request)?;
    let start = Reference::of(entry)?;
    let wheels = wheelhouse(request, request.environment, plan)?;
    let mut picks = vec![Word::output(&wheels, Pick::All("*.whl".into()))];
    let carries_wheel = carries_wheel(request, entry);
    if carries_wheel {
        picks.push(Word::output(&project_wheel(request, plan)?, Pick::One("*.whl".into())));
    }
    let own = own_items(request, entry);
    let title = match (carries_wheel, own.is_empty()) {
        (_, true) => "Install into one folder",
        (true, false) => "Install the project into one folder",
        (false, false) => "Install the dependencies into one folder",
    };
    let installed = plan.add(Step::new(title, Action::make(maker::INSTALL, [("wheels", picks)])));
    let Some(own) = own_files(request, entry, own, plan) else { return Ok(Application { site: installed, start }) };
    let items = vec![Item::output("", &installed, Pick::Folder), Item::output("", &own, Pick::Folder)];
    let site = plan.add(Step::new("Put program and dependencies together", Action::Lay { items }));
    Ok(Application { site, start })
}

/// The project's requirement, with the extras that go in.
pub(crate) fn own_requirement(request: &Request) -> String {
    let name = request.project.normalized_name();
    if request.extras.is_empty() { name } else { format!("{name}[{}]", request.extras.join(",")) }
}

fn not_buildable(request: &Request) -> Problem {
    let message =
        format!("`{}` has no build configuration, so no distribution can be built from it", request.project.name);
    Problem::new(Code::Unsuitable, message)
        .hint("A program can be packed as it is, into one file with all that it needs")
        .hint("For a distribution that others install, describe it in a `pyproject.toml` with `[build-system]` and `[project]`")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::sample;
    use crate::facts::{Arch, Os, Platform, Risk, Source};

    #[test]
    fn compiled_code_of_the_project_is_not_built_for_another_platform() {
        let mut request = sample::weather();
        request.environment.platform = Platform { os: Os::Bsd, arch: Arch::Riscv64, libc: None };
        assert!(project_wheel(&request, &mut Plan::new("x")).is_ok(), "pure code is built anywhere");
        let source = Source::line("setup.py", 4);
        request.project.risks.push(Risk { kind: RiskKind::NativeCode, what: "weather._fast".into(), source });
        let error = project_wheel(&request, &mut Plan::new("x")).unwrap_err().to_string();
        let expected = "`weather._fast` (setup.py:4) is compiled, and for bsd-riscv64 it cannot be compiled on ";
        assert!(error.starts_with(expected), "{error}");
    }

    #[test]
    fn a_build_is_asked_about_for_what_its_files_say_and_for_what_it_is_run_with() {
        let asked = |request: &Request| {
            let mut plan = Plan::new("x");
            project_wheel(request, &mut plan).unwrap();
            let foreign = plan.steps.iter().filter_map(|step| step.action.grants()).flat_map(|may| &may.foreign);
            foreign.flat_map(|foreign| foreign.because.clone()).collect::<Vec<_>>()
        };
        let mut request = sample::weather();
        assert_eq!(asked(&request), [""; 0]);
        let lock = request.resolved.build_locks.get_mut(&BuildOf::Project).unwrap();
        let other = Locked { name: "hatch-vcs".into(), ..lock.packages[0].clone() };
        lock.packages[0].version = "3.0".into();
        lock.packages.push(other);
        let reasons = asked(&request);
        assert!(
            reasons[0].starts_with("`hatchling 3.0` is newer than what is known here (pyproject.toml"),
            "{reasons:?}"
        );
        assert!(reasons[1].contains("is no part of the build backend"), "{reasons:?}");
        let build = request.project.build_system.as_mut().unwrap();
        build.own_code.push(Evidence { value: "`setup.py` is run by the build".into(), source: Source::User });
        assert_eq!(asked(&request)[0], "`setup.py` is run by the build (you)");
    }

    #[test]
    fn wheels_of_source_only_packages_are_put_beside_the_others() {
        let mut request = sample::source_only_dependency();
        let mut plan = Plan::new("x");
        let house = wheelhouse(&request, request.environment, &mut plan).unwrap();
        assert!(matches!(&plan.step(&house).unwrap().action, Action::Lay { items } if items.len() == 2));
        assert!(plan.steps.iter().any(|step| step.runs_foreign_code() && step.title == "Build the wheel of docopt"));
        for lock in request.resolved.locks.values_mut() {
            lock.packages[0].sdist = None;
        }
        let error = wheelhouse(&request, request.environment, &mut Plan::new("x")).unwrap_err().to_string();
        assert!(error.starts_with("`docopt 1.0` has neither a wheel for Python 3.11 on linux-x86-64 nor"), "{error}");
    }

    #[test]
    fn what_is_built_here_for_elsewhere_must_turn_out_to_be_for_every_platform() {
        let mut request = sample::source_only_dependency();
        let picks = |request: &Request| {
            let mut plan = Plan::new("x");
            wheelhouse(request, request.environment, &mut plan).unwrap();
            let words = plan.steps.iter().flat_map(|step| step.action.words()).flat_map(|word| word.0.clone());
            words
                .filter(|piece| matches!(piece, Piece::Output(_, Pick::One(pattern)) if pattern == "*-none-any.whl"))
                .count()
        };
        assert_eq!(picks(&request), 0);
        let elsewhere =
            Environment { platform: Platform { os: Os::Bsd, arch: Arch::Riscv64, libc: None }, ..request.environment };
        let lock = request.resolved.locks.remove(&request.environment).unwrap();
        request.resolved.locks.insert(elsewhere, lock);
        request.environment = elsewhere;
        assert_eq!(picks(&request), 1);
    }

    #[test]
    fn a_lock_that_is_missing_is_asked_for() {
        let mut request = sample::weather();
        request.resolved.locks.clear();
        let error = wheelhouse(&request, request.environment, &mut Plan::new("x")).unwrap_err();
        assert_eq!(error, PlanError::Needs(Need::Lock(request.environment)));
    }
}
