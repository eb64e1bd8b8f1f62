//! Dependencies that are folders: members of the project's workspace, path dependencies, and commits of repositories.
//!
//! Their wheels are built first and override whatever an index has under their names: a private name that somebody
//! else registers in a public index must never win.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use pep508_rs::MarkerEnvironment;

use super::Preparing;
use super::git::{self, Reference};
use crate::backend::{self, CoreMetadata, Request, Resolution, declared_requirements};
use crate::engine::resolve::{LocalWheel, Requested, Resolver, read_wheel_metadata};
use crate::engine::source;
use crate::engine::step::Bench;
use crate::facts::{Project, normalize};
use crate::inspect;
use crate::problem::{Code, Problem};

/// A local project whose wheel is built.
struct Local {
    wheel: LocalWheel,
    project: Project,
    metadata: CoreMetadata,
}

/// A requirement of a local project.
struct Asked {
    /// Normalised name.
    name: String,
    extras: Vec<String>,
    /// Nothing where an index has it, or another requirement says where it is.
    place: Option<Place>,
}

/// Where a requirement is to be had, other than from an index.
#[derive(Debug, PartialEq, Eq)]
enum Place {
    Folder(PathBuf),
    Repository(Reference),
}

/// Builds the wheels of every local project that these requirements lead to in an environment, each once.
pub(super) fn wheels(
    preparing: &Preparing,
    request: &Request,
    requirements: &[String],
    target: Option<&MarkerEnvironment>,
) -> Result<Vec<LocalWheel>, Problem> {
    let commits = preparing.resolver.locked_commits()?;
    let itself = request.own_name();
    let mut built: BTreeMap<String, Local> = BTreeMap::new();
    // Who asks for an extra need not know where the package is, and may ask before who does.
    let mut extras: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut open = asked(&request.project, requirements, target);
    while let Some(Asked { name, extras: more, place }) = open.pop() {
        // The project is there already.
        if itself.as_ref() == Some(&name) {
            continue;
        }
        let extras = extras.entry(name.clone()).or_default();
        let known = extras.len();
        extras.extend(more);
        let local = match (built.entry(name), place) {
            (Entry::Occupied(local), _) if extras.len() > known => local.into_mut(),
            (Entry::Vacant(entry), Some(place)) => {
                let wheel = build(preparing, request, entry.key(), place, &commits)?;
                entry.insert(wheel)
            }
            _ => continue,
        };
        local.wheel.extras = extras.iter().cloned().collect();
        open.extend(asked(&local.project, &local.requirements(), target));
    }
    Ok(built.into_values().map(|local| local.wheel).collect())
}

impl Local {
    /// What it needs with the extras that are asked for. Its files say more than its wheel: where they do not come from.
    /// An extra may name the project itself: so its other extras are asked for.
    fn requirements(&self) -> Vec<String> {
        declared_requirements(&self.project, Some(&self.metadata), &self.wheel.extras, &[])
    }
}

/// The requirements of a local project that count, with the places that its files and its workspace give them.
fn asked(project: &Project, requirements: &[String], target: Option<&MarkerEnvironment>) -> Vec<Asked> {
    let members: BTreeMap<String, PathBuf> = project
        .members
        .iter()
        .map(|member| (normalize(&member.name), project.root.join(&member.path)))
        .filter(|(name, _)| *name != project.normalized_name())
        .collect();
    let needed = requirements.iter().filter_map(|text| {
        let requested = Requested::parse(text);
        requested.is_needed(target, &[]).then(|| Asked {
            place: place(text, &requested, &members),
            extras: requested.extras.iter().map(|extra| (*extra).to_owned()).collect(),
            name: requested.name,
        })
    });
    needed.collect()
}

/// Where a requirement is, if it is a folder here or a commit of a repository.
fn place(text: &str, requested: &Requested, members: &BTreeMap<String, PathBuf>) -> Option<Place> {
    if let Some(reference) = Reference::parse(text) {
        return Some(Place::Repository(reference));
    }
    match requested.folder() {
        Some(folder) => folder.is_dir().then_some(Place::Folder(folder)),
        None => members.get(&requested.name).map(|folder| Place::Folder(folder.clone())),
    }
}

/// Builds the wheel of what is at a place.
fn build(
    preparing: &Preparing,
    request: &Request,
    name: &str,
    place: Place,
    commits: &BTreeMap<String, String>,
) -> Result<Local, Problem> {
    let (folder, commit) = match place {
        Place::Folder(folder) => (folder, None),
        Place::Repository(reference) => {
            let checkout = git::check_out(preparing, &reference, commits)?;
            (checkout.folder, Some(checkout.address))
        }
    };
    let (project, path, metadata) = build_folder(preparing, request, &folder)?;
    let wheel = LocalWheel { name: name.to_owned(), path, extras: Vec::new(), commit };
    Ok(Local { wheel, project, metadata })
}

fn build_folder(
    preparing: &Preparing,
    request: &Request,
    folder: &Path,
) -> Result<(Project, PathBuf, CoreMetadata), Problem> {
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
    Ok((project, path, metadata))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Member, Requirement, Source};

    fn places(project: &Project, requirements: &[&str]) -> Vec<(String, bool)> {
        let requirements: Vec<String> = requirements.iter().map(|text| (*text).to_owned()).collect();
        asked(project, &requirements, None).into_iter().map(|asked| (asked.name, asked.place.is_some())).collect()
    }

    fn project() -> Project {
        let mut project = Project::empty("/w/main".into());
        project.name = "main".into();
        project.members = [("main", "."), ("Sister_Lib", "../sister")]
            .map(|(name, path)| Member { name: name.into(), path: path.into() })
            .into();
        project
    }

    #[test]
    fn members_and_folders_are_local_and_nothing_else_is() {
        let folder = tempfile::tempdir().unwrap();
        let is_local = |text: &str| places(&project(), &[text]).remove(0).1;
        assert!(is_local("Sister.Lib>=1 ; python_version > '3'"));
        assert!(is_local(&format!("other[x] @ file://{}", folder.path().display())));
        assert!(is_local("other @ git+https://x.test/other"));
        for text in ["other @ file:///nowhere/at/all", "click", "main[x]"] {
            assert!(!is_local(text), "{text}");
        }
    }

    #[test]
    fn a_requirement_of_an_extra_that_nobody_asked_for_is_not_fetched() {
        let lines = ["a @ git+https://x.test/a ; extra == 'x'", "b @ git+https://x.test/b"];
        assert_eq!(places(&project(), &lines), [("b".to_owned(), true)]);
    }

    #[test]
    fn what_the_files_of_a_local_project_say_counts_more_than_its_wheel() {
        let requirement = |text: &str| Requirement { text: text.into(), name: String::new(), source: Source::User };
        let mut project = project();
        project.dependencies = vec![requirement("private @ file:///w/private")];
        project.extras = [("X-Y".to_owned(), vec![requirement("more @ git+https://x.test/more")])].into();
        let metadata = CoreMetadata { requires_dist: vec!["private".into()], ..CoreMetadata::default() };
        let wheel = |extras: &[&str]| LocalWheel {
            name: "main".into(),
            path: PathBuf::new(),
            extras: extras.iter().map(|extra| (*extra).to_owned()).collect(),
            commit: None,
        };
        let needs = |extras: &[&str]| {
            let (project, metadata) = (project.clone(), metadata.clone());
            Local { wheel: wheel(extras), project, metadata }.requirements()
        };
        assert_eq!(needs(&[]), ["private @ file:///w/private"]);
        assert_eq!(needs(&["x_y"]), ["more @ git+https://x.test/more", "private @ file:///w/private"]);
    }
}
