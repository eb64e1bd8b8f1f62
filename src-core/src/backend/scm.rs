//! A version that the user gives in the place of the one that version control would say.

use std::sync::LazyLock;

use serde::Deserialize;

use super::{BuildOf, Lock, PlanError, Request};
use crate::embedded::data;
use crate::facts::{Project, Version, normalize, pep};
use crate::plan::Command;
use crate::problem::{Code, Problem};

/// A variable by which a tool is told the version.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Variable {
    /// Its name.
    name: String,
    /// The distributions that read it, normalised.
    of: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Variables {
    variable: Vec<Variable>,
}

static VARIABLES: LazyLock<Variables> = LazyLock::new(|| data!("backend/scm.toml"));

/// The command that builds the project and the title of its step, with the version that the user gives.
pub(super) fn told(request: &Request, command: Command, title: &str) -> Result<(Command, String), PlanError> {
    let Some(version) = &request.scm_version else { return Ok((command, title.to_owned())) };
    if pep::version(version).is_none() {
        let problem = Problem::new(Code::Usage, format!("`{version}` is no version as PEP 440 defines it"));
        return Err(problem.hint("Write it like `1.2.3`, or like `1.3.0.dev4` for what is on its way").into());
    }
    let read = read_by(request, request.resolved.build_locks.get(&BuildOf::Project));
    if read.is_empty() {
        let message = format!(
            "a version is given, `{version}`, and nothing that builds `{}` takes one from version control",
            request.project.name
        );
        return Err(Problem::new(Code::Usage, message).hint("Change the version where the project writes it").into());
    }
    let command = read.into_iter().fold(command, |command, name| command.env(name, version.as_str()));
    Ok((command, format!("{title}, as version {version}")))
}

/// The variables by which a project whose version comes from version control is told another one.
pub(crate) fn variables(project: &Project) -> Vec<String> {
    if !matches!(project.version, Version::Dynamic { .. }) {
        return Vec::new();
    }
    let requires = project.build_system.iter().flat_map(|build| &build.requires);
    let needs: Vec<String> = requires.filter_map(|text| Some(pep::requirement(text).ok()?.name.to_string())).collect();
    let read = VARIABLES.variable.iter().filter(|variable| variable.of.iter().any(|name| needs.contains(name)));
    let own = project.normalized_name().replace('-', "_").to_uppercase();
    // Where several projects are built in one environment, setuptools-scm asks for the one with the name first.
    read.flat_map(|variable| [format!("{}_FOR_{own}", variable.name), variable.name.clone()]).collect()
}

/// The variables that the project's build reads.
fn read_by(request: &Request, lock: Option<&Lock>) -> Vec<&'static str> {
    let declared = request.project.build_system.iter().flat_map(|build| &build.requires);
    let declared = declared.filter_map(|text| Some(pep::requirement(text).ok()?.name.to_string()));
    let locked = lock.into_iter().flat_map(|lock| &lock.packages).map(|package| normalize(&package.name));
    let needs: Vec<String> = declared.chain(locked).collect();
    let is_read = |variable: &&Variable| variable.of.iter().any(|name| needs.contains(name));
    VARIABLES.variable.iter().filter(is_read).map(|variable| variable.name.as_str()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::{project_wheel, sample};
    use crate::plan::Plan;

    fn planned(requires: &str, version: &str) -> Result<Plan, PlanError> {
        let mut request = sample::weather();
        request.scm_version = Some(version.into());
        request.project.build_system.as_mut().unwrap().requires.push(requires.into());
        let mut plan = Plan::new("x");
        project_wheel(&request, &mut plan).map(|_| plan)
    }

    #[test]
    fn a_version_in_the_environment_is_asked_for_only_where_the_build_would_read_it() {
        let mut project = sample::weather().project;
        project.build_system.as_mut().unwrap().requires.push("setuptools_scm>=8".into());
        assert_eq!(variables(&project), [""; 0], "its version is written down");
        project.version = Version::Dynamic { source: crate::facts::Source::User };
        project.name = "Weather.Tool".into();
        let expected = ["SETUPTOOLS_SCM_PRETEND_VERSION_FOR_WEATHER_TOOL", "SETUPTOOLS_SCM_PRETEND_VERSION"];
        assert_eq!(variables(&project), expected);
    }

    #[test]
    fn a_version_that_is_given_is_told_to_what_would_ask_version_control_and_shown() {
        let tools = ["hatch-vcs>=0.4", "setuptools_scm[toml]", "pdm-backend", "poetry-dynamic-versioning", "pbr>=6"];
        for tool in tools {
            let plan = planned(tool, "1.2.3").unwrap();
            let step = plan.steps.iter().find(|step| step.title.ends_with(", as version 1.2.3")).unwrap();
            let env = &step.action.commands()[0].env;
            assert!(env.iter().any(|(name, word)| name.contains("VERSION") && word.0.len() == 1), "{tool}: {env:?}");
        }
    }

    #[test]
    fn a_version_that_nobody_reads_or_that_is_none_is_refused() {
        let nobody = planned("wheel", "1.2.3").unwrap_err().to_string();
        assert!(nobody.ends_with("nothing that builds `weather-cli` takes one from version control"), "{nobody}");
        assert_eq!(planned("hatch-vcs", "one").unwrap_err().to_string(), "`one` is no version as PEP 440 defines it");
    }
}
