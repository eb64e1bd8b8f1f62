//! What a build needs, locked: declared, asked for by its hook, and built where it comes as source only.

use super::{Preparing, dependency, hook};
use crate::backend::{BuildOf, Lock, Request};
use crate::engine::planning::resolve::{Wanted, with_wheel};
use crate::facts::{BuildSystem, Environment, Platform};
use crate::plan::Remote;
use crate::problem::{Code, Problem};

/// The lock of the requirements of a build. Every package of it has a wheel.
pub(super) fn lock(preparing: &Preparing, request: &Request, of: &BuildOf) -> Result<Lock, Problem> {
    let (name, build, sdist) = match of {
        BuildOf::Project => (request.project.name.clone(), request.project.build_system.clone(), None),
        BuildOf::Dependency(name) => {
            let (build, sdist) = of_dependency(preparing, request, name)?;
            (name.clone(), Some(build), Some(sdist))
        }
    };
    let python = preparing.bench.python(&request.python).map_err(Problem::from)?;
    let minor = python.minor().unwrap_or(request.environment.python);
    let environment = Environment { python: minor, platform: Platform::host() };
    let what = format!("the build of `{name}`");
    let reading = |package: &_| dependency::metadata(preparing, request, package);
    let resolve = |requirements: &[String]| {
        let wanted = Wanted::new(&what, requirements);
        let mut lock = preparing.resolver.lock(&wanted, environment, python, &reading)?;
        build_sources(preparing, request, &mut lock)?;
        Ok::<_, Problem>(lock)
    };
    let declared = with_wheel(build.as_ref().map(|build| build.requires.clone()).unwrap_or_default());
    let lock = resolve(&declared)?;
    let Some(build) = build else { return Ok(lock) };
    let more =
        hook::more(preparing, request, &hook::Asked { name: &name, build: &build, sdist: sdist.as_ref() }, &lock)?;
    if more.is_empty() { Ok(lock) } else { resolve(&[declared, more].concat()) }
}

/// What builds a dependency, and its source.
fn of_dependency(preparing: &Preparing, request: &Request, name: &str) -> Result<(BuildSystem, Remote), Problem> {
    let mut packages = request.resolved.locks.values().flat_map(|lock| &lock.packages);
    let package = packages.find(|package| package.name == name && package.sdist.is_some());
    let none = || Problem::new(Code::Unresolvable, format!("`{name}` has no source distribution"));
    let (sdist, remote) = dependency::source(preparing, package.ok_or_else(none)?)?;
    let build = sdist.build_system().map_err(|error| dependency::unreadable(name).because(&error))?;
    Ok((build, remote))
}

/// Puts wheels that are built here in the place of build requirements that come as source only.
fn build_sources(preparing: &Preparing, request: &Request, lock: &mut Lock) -> Result<(), Problem> {
    for package in lock.packages.iter_mut().filter(|package| package.wheel.is_none()) {
        let built = dependency::wheel(preparing, request, package)?;
        package.wheel = Some(built.remote());
    }
    Ok(())
}
