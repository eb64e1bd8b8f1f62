//! What artifacts are called: many builds share one folder.

use super::{Need, PlanError, Request};
use crate::facts::{Libc, Version};
use crate::plan::OLDEST;

/// `{name}-{version}-{what it runs on}-{technology}{suffix}`. Asks for the metadata where only the build knows the version.
pub(crate) fn artifact_name(request: &Request, technology: &str, suffix: &str) -> Result<String, PlanError> {
    name(request, technology, suffix, request.is_native())
}

/// Likewise, of an artifact that leaves the dependencies to its target: only the project's own code counts.
pub(crate) fn own_artifact_name(request: &Request, technology: &str) -> Result<String, PlanError> {
    name(request, technology, "", request.is_native_itself())
}

/// Likewise, of an artifact that brings its Python: the platform counts, and on Linux the oldest system that it runs on,
/// which only a look at what came out can tell.
pub(crate) fn frozen_name(request: &Request, technology: &str, suffix: &str) -> Result<String, PlanError> {
    let platform = request.environment.platform;
    let oldest = if platform.libc == Some(Libc::Glibc) { format!("-{OLDEST}") } else { String::new() };
    named(request, technology, suffix, &format!("{platform}{oldest}"))
}

fn name(request: &Request, technology: &str, suffix: &str, is_native: bool) -> Result<String, PlanError> {
    named(request, technology, suffix, &runs_on(request, is_native))
}

fn named(request: &Request, technology: &str, suffix: &str, runs_on: &str) -> Result<String, PlanError> {
    let name = &request.project.name;
    let parts: Vec<&str> =
        [Some(name.as_str()), version(request)?, Some(runs_on), Some(technology)].into_iter().flatten().collect();
    let safe = parts.join("-").replace(|c: char| c.is_control() || "/\\:*?\"<>|".contains(c), "_");
    Ok(format!("{}{suffix}", safe.trim_start_matches(['-', '.'])))
}

/// The version; `None` where the project has none.
pub(crate) fn version(request: &Request) -> Result<Option<&str>, PlanError> {
    if let Some(metadata) = &request.resolved.metadata {
        return Ok(Some(&metadata.version));
    }
    match &request.project.version {
        Version::Static { version, .. } => Ok(Some(version)),
        Version::Dynamic { .. } if request.project.is_buildable() => Err(PlanError::Needs(Need::Metadata)),
        Version::Dynamic { .. } | Version::Missing => Ok(None),
    }
}

/// `any`, or platform and Python where native code is inside.
fn runs_on(request: &Request, is_native: bool) -> String {
    if is_native {
        let python = request.environment.python;
        format!("{}-cp{}{}", request.environment.platform, python.major, python.minor)
    } else {
        "any".into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::sample;
    use crate::facts::Source;

    #[test]
    fn a_native_artifact_says_what_it_runs_on() {
        let name = |request: &Request| artifact_name(request, "pex", ".pex").unwrap();
        assert_eq!(name(&sample::weather()), "weather-cli-1.2.0-any-pex.pex");
        assert_eq!(name(&sample::numpy_report()), "numpy-report-0.4.0-linux-x86-64-cp311-pex.pex");
        assert_eq!(own_artifact_name(&sample::numpy_report(), "tool").unwrap(), "numpy-report-0.4.0-any-tool");
    }

    #[test]
    fn the_name_stays_when_an_entry_point_comes_or_goes() {
        let mut request = sample::weather();
        let before = artifact_name(&request, "pex", ".pex");
        let module = crate::facts::EntryPoint { name: "more".into(), ..request.entries[0].clone() };
        request.entries.push(module);
        assert_eq!(artifact_name(&request, "pex", ".pex"), before);
        request.entries.clear();
        assert_eq!(artifact_name(&request, "pex", ".pex"), before);
    }

    #[test]
    fn a_name_can_be_a_file_name_whatever_the_project_says() {
        let mut request = sample::weather();
        request.project.name = "../-a/b:c\n".into();
        assert_eq!(artifact_name(&request, "pex", ".pex").unwrap(), "_-a_b_c_-1.2.0-any-pex.pex");
    }

    #[test]
    fn a_version_that_only_the_build_knows_is_asked_for() {
        let mut request = sample::weather();
        request.resolved.metadata = None;
        request.project.version = Version::Dynamic { source: Source::line("pyproject.toml", 3) };
        assert_eq!(artifact_name(&request, "pex", ".pex"), Err(PlanError::Needs(Need::Metadata)));
    }
}
