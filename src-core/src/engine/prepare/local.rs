//! Dependencies that are folders of this machine: members of the project's workspace and path dependencies.
//!
//! Their wheels are built first and override whatever an index has under their names: a private name that somebody
//! else registers in a public index must never win.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::Preparing;
use crate::backend::{self, CoreMetadata, Request, Resolution};
use crate::engine::fetch::percent_decoded;
use crate::engine::resolve::{LocalWheel, Resolver, read_wheel_metadata};
use crate::engine::source;
use crate::engine::step::Bench;
use crate::facts::{Project, normalize};
use crate::inspect;
use crate::problem::{Code, Problem};

/// Builds the wheels of every local project that these requirements lead to, each once.
pub(super) fn wheels(
    preparing: &Preparing,
    request: &Request,
    requirements: &[String],
) -> Result<Vec<LocalWheel>, Problem> {
    let project = &request.project;
    let members: BTreeMap<String, PathBuf> = project
        .members
        .iter()
        .map(|member| (normalize(&member.name), project.root.join(&member.path)))
        .filter(|(name, _)| *name != project.normalized_name())
        .collect();
    let mut built = Vec::new();
    let mut seen = BTreeSet::new();
    let mut open: Vec<String> = requirements.to_vec();
    while let Some(requirement) = open.pop() {
        let Some((name, folder)) = local(&requirement, &members) else { continue };
        if !seen.insert(name.clone()) {
            continue;
        }
        let (path, metadata) = build(preparing, request, &folder)?;
        open.extend(metadata.requires_dist);
        built.push(LocalWheel { name, path });
    }
    built.sort();
    Ok(built)
}

/// The name and folder of a requirement that is a folder here.
fn local(requirement: &str, members: &BTreeMap<String, PathBuf>) -> Option<(String, PathBuf)> {
    let end = requirement.find(|c: char| !(c.is_alphanumeric() || "-_.".contains(c))).unwrap_or(requirement.len());
    let name = normalize(&requirement[..end]);
    if let Some((_, address)) = requirement.split_once("@ file://") {
        let path = address.split([' ', ';', '#']).next().unwrap_or(address);
        let folder = PathBuf::from(percent_decoded(path));
        return folder.is_dir().then_some((name, folder));
    }
    members.get(&name).map(|folder| (name, folder.clone()))
}

fn build(preparing: &Preparing, request: &Request, folder: &Path) -> Result<(PathBuf, CoreMetadata), Problem> {
    let project: Project = inspect::read(folder).map_err(Problem::from)?.project;
    let failed = |error: &dyn std::error::Error| {
        Problem::new(Code::BuildFailed, format!("`{}` in `{}` cannot be built", project.name, folder.display()))
            .because(error)
    };
    let project = source::without_outputs(&project, &preparing.bench.settings.out);
    let source_digest =
        source::digest(&project, &preparing.bench.keys.with_file_name("sources")).map_err(|error| failed(&error))?;
    let outer = preparing.bench;
    let bench = Bench { project: &project, source_digest: &source_digest, ..*outer };
    let resolver = Resolver { bench: &bench, folder: preparing.resolver.folder };
    let building = preparing.building.clone();
    let inner = Preparing { bench: &bench, resolver: &resolver, building, ..*preparing };
    let mut request =
        Request { project: project.clone(), entries: Vec::new(), resolved: Resolution::default(), ..request.clone() };
    let built = inner.wheel(&mut request, &project.name, backend::project_wheel)?;
    let path = built.path();
    let metadata = read_wheel_metadata(&path).map_err(|error| failed(&error))?;
    Ok((path, metadata))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_and_folders_are_local_and_nothing_else_is() {
        let folder = tempfile::tempdir().unwrap();
        let members = BTreeMap::from([("sister-lib".to_owned(), PathBuf::from("/w/sister"))]);
        let name = |text: &str| local(text, &members).map(|(name, _)| name);
        assert_eq!(name("Sister_Lib>=1 ; python_version > '3'"), Some("sister-lib".into()));
        assert_eq!(name(&format!("other @ file://{}", folder.path().display())), Some("other".into()));
        assert_eq!(name("other @ file:///nowhere/at/all"), None);
        assert_eq!(name("click"), None);
    }
}
