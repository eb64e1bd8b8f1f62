//! The contract of a backend: a pure function from what is known to a plan.

mod carried;
mod concerns;
mod entry;
mod fates;
mod files;
mod frozen;
mod naming;
mod recipes;
mod request;
mod requirements;
mod roots;
#[cfg(test)]
pub(crate) mod sample;
pub(crate) mod scm;
mod single;
mod thorough;
mod trials;

pub use crate::facts::Reference;
pub(crate) use carried::{LAUNCHER, carries_wheel, launcher, own_code, with_launcher};
pub(crate) use concerns::{warn_of, warn_of_what_is_left_out};
pub(crate) use entry::{main_entry, refuse_coroutines, without_scripts};
pub(crate) use frozen::{Shape, frozen, program_name};
pub(crate) use naming::{artifact_name, frozen_name, own_artifact_name, version};
pub use recipes::{Application, application, project_sdist, project_wheel, wheelhouse};
pub(crate) use recipes::{
    build_command, build_needs, built_dependency, fetch, fetched, own_requirement, python, python_tool, uv,
};
pub use request::{BuildOf, CoreMetadata, Host, Lock, Locked, Need, PlanError, Request, Resolution};
pub(crate) use requirements::declared_requirements;
pub use roots::{BOOKWORM, Root, Suite, debian_root, left_by_dpkg, left_by_programs};
pub(crate) use single::single_file;
pub(crate) use thorough::thoroughly;
pub(crate) use trials::{
    Inside, Installing, executable, offline, program_file, python_room, started, started_trial, with_display,
};

use crate::catalogue::Entry;
use crate::plan::Plan;
use crate::problem::{Code, Problem, listing};

/// One technology that can be built.
pub trait Backend: Send + Sync {
    /// The catalogue entry beside the code.
    fn entry(&self) -> &Entry;

    /// What stands in the way on this machine, before anything is planned.
    fn preflight(&self, request: &Request) -> Vec<Problem> {
        let host = &request.host;
        let entry = self.entry();
        let target = request.target.platform.os;
        let mut problems = Vec::new();
        let here: Vec<_> = entry.hosts.iter().filter(|support| support.on.contains(&host.platform.os)).collect();
        if !here.iter().any(|support| support.targets.contains(&target)) {
            let because = here.iter().map(|support| support.because.as_str()).find(|because| !because.is_empty());
            let on: Vec<_> = entry
                .hosts
                .iter()
                .filter(|support| support.targets.contains(&target))
                .flat_map(|support| &support.on)
                .collect();
            let problem = Problem::new(
                Code::HostUnsupported,
                format!("`{}` for {target} cannot be built on {}", entry.id, host.platform.os),
            );
            let problem = because.into_iter().fold(problem, Problem::cause);
            problems.push(
                if on.is_empty() { problem } else { problem.hint(format!("Build it on {}", listing(&on))) }
                    .of(&entry.id),
            );
        }
        problems
    }

    /// The plan, or what only tools can tell. Never spawns, reads or writes.
    fn plan(&self, request: &Request) -> Result<Plan, PlanError>;

    /// The plan, with what becomes of all that the program reads and writes.
    fn planned(&self, request: &Request) -> Result<Plan, PlanError> {
        let mut plan = self.plan(request)?;
        fates::tell(self.entry(), request, &mut plan)?;
        Ok(plan)
    }
}
