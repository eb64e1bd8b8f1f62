//! Dependencies that come as source only: what they need in turn, and their wheels.
//!
//! Their code runs only where its metadata is not written down, only for who trusts it, and without network.

use std::path::PathBuf;

use super::Preparing;
use crate::backend::{self, CoreMetadata, Lock, Locked, Request, Resolution};
use crate::engine::planning::resolve::{Sdist, read_wheel_metadata};
use crate::engine::run::schedule::carry_out;
use crate::engine::terms::cancel::Cancel;
use crate::event::Event;
use crate::facts::normalize;
use crate::plan::{Plan, Remote};
use crate::problem::{Code, Problem, Remedy};

/// What a package needs: as its wheel says, or its author wrote it down; where neither is, its wheel is built for that.
pub(super) fn metadata(preparing: &Preparing, request: &Request, package: &Locked) -> Result<CoreMetadata, Problem> {
    let Locked { name, version, .. } = package;
    if let Some(wheel) = &package.wheel {
        let path = fetched(preparing, &format!("Fetch {name}"), wheel)?;
        return read_wheel_metadata(&path).map_err(|error| {
            Problem::new(Code::Unresolvable, format!("the wheel of `{name}` cannot be read")).because(&error)
        });
    }
    (preparing.events)(
        preparing.index,
        Event::Resolving { title: format!("Read what {name} needs, which comes as source only") },
    );
    let (sdist, _) = source(preparing, package)?;
    let metadata = match sdist.static_metadata() {
        Some(metadata) => metadata,
        None => {
            let remote = package.sdist.as_ref().map(|sdist| sdist.sha256.as_str());
            if !preparing.bench.given.covers_source(remote.unwrap_or_default()) {
                return Err(untrusted(package, preparing.bench.sandbox.name() == "bubblewrap"));
            }
            let wheel = wheel(preparing, request, package)?;
            read_wheel_metadata(&wheel.path()).map_err(|error| unreadable(name).because(&error))?
        }
    };
    if normalize(&metadata.name) == *name {
        return Ok(metadata);
    }
    let message = format!("the source of `{name} {version}` is that of `{}`", metadata.name);
    Err(Problem::new(Code::Unresolvable, message).hint("Ask who offers it, or name another version"))
}

/// The wheel of a package, built from its source without network: by the same step that a plan would have for it.
pub(super) fn wheel(preparing: &Preparing, request: &Request, package: &Locked) -> Result<super::Built, Problem> {
    let name = &package.name;
    let mut building = preparing.building.clone();
    building.push(name.clone());
    if preparing.building.contains(name) {
        let message = format!("building `{name}` needs `{name}` itself: {}", building.join(" → "));
        return Err(Problem::new(Code::Unresolvable, message).hint("Offer a wheel of it in an index"));
    }
    let inner = Preparing { building, ..*preparing };
    let lock = Lock { packages: vec![package.clone()] };
    let resolved = Resolution { locks: [(request.environment, lock)].into(), ..Resolution::default() };
    let mut request = Request { resolved, ..request.clone() };
    inner.wheel(&mut request, name, |request, plan| backend::built_dependency(request, package, plan))
}

/// What the source distribution of a package says, and where it is.
pub(super) fn source(preparing: &Preparing, package: &Locked) -> Result<(Sdist, Remote), Problem> {
    let name = &package.name;
    let none = || Problem::new(Code::Unresolvable, format!("`{name}` has no source distribution"));
    let remote = package.sdist.clone().ok_or_else(none)?;
    let path = fetched(preparing, &format!("Fetch the source of {name}"), &remote)?;
    let cancel = preparing.bench.cancel;
    let sdist = Sdist::read(&path, cancel)
        .map_err(|error| if cancel.is_cancelled() { Cancel::problem() } else { unreadable(name).because(&error) })?;
    Ok((sdist, remote))
}

/// A file, in the store.
fn fetched(preparing: &Preparing, title: &str, remote: &Remote) -> Result<PathBuf, Problem> {
    let mut plan = Plan::new("metadata");
    let step = plan.add(backend::fetch(title, vec![remote.clone()]));
    let mut trees = carry_out(preparing.bench, &[&plan], preparing.events).remove(0)?.steps;
    let tree = trees.remove(&step).map(|done| done.tree);
    tree.iter().try_for_each(|tree| preparing.bench.store.check(tree))?;
    Ok(tree.map(|tree| tree.path.join(&remote.name)).unwrap_or_default())
}

pub(super) fn unreadable(name: &str) -> Problem {
    Problem::new(Code::Unresolvable, format!("the source of `{name}` cannot be read"))
}

fn untrusted(package: &Locked, is_sandboxed: bool) -> Problem {
    let Locked { name, version, .. } = package;
    let message = format!(
        "`{name} {version}` comes as source only, and reading what it needs runs its code, which you have not agreed to"
    );
    let reaches = if is_sandboxed {
        "It runs in a sandbox, without network and without your files"
    } else {
        "There is no sandbox here: its code reaches the network and your files"
    };
    let problem = Problem::new(Code::ConsentRefused, message);
    problem.remedy("Read that code, and agree if you trust it", Remedy::Trust).hint(reaches)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_asked_for_trust_is_told_what_the_code_reaches() {
        let package = Locked { name: "a".into(), version: "1".into(), wheel: None, sdist: None, pure: None };
        let hints = |is_sandboxed| untrusted(&package, is_sandboxed).hints;
        assert_eq!(untrusted(&package, true).code, Code::ConsentRefused);
        assert!(hints(true)[1].text.contains("without network"));
        assert!(hints(false)[1].text.contains("reaches the network"));
    }
}
