//! Dependencies that are folders: members of the project's workspace, path dependencies, and commits of repositories.
//!
//! Their wheels are built first and override whatever an index has under their names: a private name that somebody
//! else registers in a public index must never win.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::Preparing;
use super::git::{self, Reference};
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
    let commits = preparing.resolver.locked_commits()?;
    let mut built: BTreeMap<String, LocalWheel> = BTreeMap::new();
    let mut open: Vec<String> = requirements.to_vec();
    while let Some(requirement) = open.pop() {
        let Some((name, place)) = local(&requirement, &members) else { continue };
        if !built.contains_key(&name) {
            let (folder, commit) = match place {
                Place::Folder(folder) => (folder, None),
                Place::Repository(reference) => {
                    let checkout = git::check_out(preparing, &reference, &commits)?;
                    (checkout.folder, Some(checkout.address))
                }
            };
            let (path, metadata) = build(preparing, request, &folder)?;
            open.extend(metadata.requires_dist);
            built.insert(name.clone(), LocalWheel { name: name.clone(), path, extras: Vec::new(), commit });
        }
        if let Some(wheel) = built.get_mut(&name) {
            wheel.extras.extend(extras(&requirement));
            wheel.extras.sort();
            wheel.extras.dedup();
        }
    }
    Ok(built.into_values().collect())
}

/// Where a requirement is to be had, other than from an index.
#[derive(Debug, PartialEq, Eq)]
enum Place {
    Folder(PathBuf),
    Repository(Reference),
}

/// The name and place of a requirement that is a folder here, or a commit of a repository.
fn local(requirement: &str, members: &BTreeMap<String, PathBuf>) -> Option<(String, Place)> {
    if let Some(reference) = Reference::parse(requirement) {
        return Some((reference.name.clone(), Place::Repository(reference)));
    }
    let end = requirement.find(|c: char| !(c.is_alphanumeric() || "-_.".contains(c))).unwrap_or(requirement.len());
    let name = normalize(&requirement[..end]);
    if let Some((_, address)) = requirement.split_once("@ file://") {
        let path = address.split([' ', ';', '#']).next().unwrap_or(address);
        let folder = PathBuf::from(percent_decoded(path));
        return folder.is_dir().then_some((name, Place::Folder(folder)));
    }
    members.get(&name).map(|folder| (name, Place::Folder(folder.clone())))
}

/// The extras that a requirement asks for.
fn extras(requirement: &str) -> Vec<String> {
    let head = requirement.split(['@', ';', '=', '<', '>', '~', '!']).next().unwrap_or_default();
    let inner = head.split_once('[').and_then(|(_, rest)| rest.split_once(']')).map_or("", |(inner, _)| inner);
    inner.split(',').map(str::trim).filter(|extra| !extra.is_empty()).map(str::to_owned).collect()
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
        assert_eq!(name("other @ git+https://x.test/other"), Some("other".into()));
        assert_eq!(extras("other[b, a] @ git+https://x.test/o ; extra == '[c]'"), ["b", "a"]);
        assert!(extras("click>=8 ; os_name == '[x]'").is_empty());
    }
}
