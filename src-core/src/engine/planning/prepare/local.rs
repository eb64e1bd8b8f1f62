//! Dependencies that are folders: members of the project's workspace, path dependencies, and commits of repositories.
//!
//! Their wheels are built first and override whatever an index has under their names: a private name that somebody
//! else registers in a public index must never win.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::Preparing;
use super::git::{self, Reference};
use crate::backend::{self, CoreMetadata, Request, Resolution, declared_requirements};
use crate::engine::planning::resolve::{LocalWheel, Requested, Resolver, read_wheel_metadata};
use crate::engine::run::source;
use crate::engine::run::step::Bench;
use crate::facts::pep::MarkerEnvironment;
use crate::facts::{NamedIndex, Project, normalize};
use crate::inspect;
use crate::problem::{Code, Problem};

/// A local project whose wheel is built, or a wheel that is there already.
struct Local {
    wheel: LocalWheel,
    /// Nothing of a wheel that is there already.
    project: Option<Project>,
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
    /// A wheel that only `[tool.uv.sources]` names, which the resolver does not see.
    Wheel(PathBuf),
    /// Likewise, another address.
    Untold(String),
}

/// Builds the wheels of every local project that these requirements lead to in an environment, each once.
pub(super) fn wheels(
    preparing: &Preparing,
    request: &Request,
    requirements: &[String],
    target: Option<&MarkerEnvironment>,
) -> Result<(Vec<LocalWheel>, Vec<NamedIndex>), Problem> {
    let commits = preparing.resolver.locked_commits()?;
    let itself = request.own_name();
    let given: Vec<Requested> = requirements.iter().map(|text| Requested::parse(text)).collect();
    let is_given = |name: &str| given.iter().any(|given| given.name == name && given.address.is_some());
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
        // What the resolver is given itself it knows.
        let is_untold = |place: &Place| matches!(place, Place::Wheel(_) | Place::Untold(_));
        let place = place.filter(|place| !is_untold(place) || !is_given(&name));
        let local = match (built.entry(name), place) {
            (Entry::Occupied(local), _) if extras.len() > known => local.into_mut(),
            (Entry::Vacant(entry), Some(place)) => {
                let wheel = build(preparing, request, entry.key(), place, &commits)?;
                entry.insert(wheel)
            }
            _ => continue,
        };
        local.wheel.extras = extras.iter().cloned().collect();
        open.extend(local.asked(target));
    }
    // What a local project says of its indexes counts for what it needs, which nobody else may have said.
    let named = built.values().flat_map(|local| local.project.iter().flat_map(|project| &project.indexes));
    let named = named.filter(|index| index.beside.is_none()).cloned().collect();
    Ok((built.into_values().map(|local| local.wheel).collect(), named))
}

impl Local {
    /// What it asks for. For a wheel that is there already nothing is built or fetched, so only extras count.
    fn asked(&self, target: Option<&MarkerEnvironment>) -> Vec<Asked> {
        match &self.project {
            Some(project) => asked(project, &self.requirements(project), target),
            None => {
                let mut project = Project::empty(PathBuf::new());
                // Its metadata alone says what it needs.
                project.dynamic.push("dependencies".into());
                let all = asked(&project, &self.requirements(&project), target).into_iter();
                all.map(|asked| Asked { place: None, ..asked }).collect()
            }
        }
    }

    /// What it needs with the extras that are asked for. Its files say more than its wheel: where they do not come from.
    /// An extra may name the project itself: so its other extras are asked for.
    fn requirements(&self, project: &Project) -> Vec<String> {
        declared_requirements(project, Some(&self.metadata), &self.wheel.extras, &[])
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
            place: place(project, text, &requested, &members),
            extras: requested.extras.iter().map(|extra| (*extra).to_owned()).collect(),
            name: requested.name,
        })
    });
    needed.collect()
}

/// Where a requirement of a project is, if no index is to be asked for it.
fn place(project: &Project, text: &str, requested: &Requested, members: &BTreeMap<String, PathBuf>) -> Option<Place> {
    if let Some(reference) = Reference::parse(text) {
        return Some(Place::Repository(reference));
    }
    let Some(address) = requested.address else {
        return members.get(&requested.name).map(|folder| Place::Folder(folder.clone()));
    };
    match requested.folder() {
        Some(folder) if folder.is_dir() => Some(Place::Folder(folder)),
        _ if !project.sources.contains_key(&requested.name) => None,
        Some(file) if file.extension().is_some_and(|extension| extension == "whl") && file.is_file() => {
            Some(Place::Wheel(file))
        }
        _ => Some(Place::Untold(address.to_owned())),
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
        Place::Wheel(path) => return ready(name, path),
        Place::Repository(reference) => {
            let checkout = git::check_out(preparing, &reference, commits)?;
            (checkout.folder, Some(checkout.address))
        }
        Place::Untold(address) => return Err(untold(name, &address)),
    };
    let (project, path, metadata) = build_folder(preparing, request, &folder)?;
    let wheel = LocalWheel { name: name.to_owned(), path, extras: Vec::new(), commit };
    Ok(Local { wheel, project: Some(project), metadata })
}

/// A wheel that is there already.
fn ready(name: &str, path: PathBuf) -> Result<Local, Problem> {
    let metadata = read_wheel_metadata(&path).map_err(|error| {
        Problem::new(Code::Unreadable, format!("`{}` cannot be read", path.display())).because(&error)
    })?;
    let wheel = LocalWheel { name: name.to_owned(), path, extras: Vec::new(), commit: None };
    Ok(Local { wheel, project: None, metadata })
}

fn untold(name: &str, address: &str) -> Problem {
    let (address, _) = git::without_login(address);
    let message = format!("`{name}` comes from `{address}`, as only `[tool.uv.sources]` of a local dependency says");
    let hint = format!("Write it into that dependency's requirements, as `{name} @ {address}`");
    Problem::new(Code::Unresolvable, message).hint(hint)
}

fn build_folder(
    preparing: &Preparing,
    request: &Request,
    folder: &Path,
) -> Result<(Project, PathBuf, CoreMetadata), Problem> {
    let mut project: Project = inspect::read(folder).map_err(Problem::from)?.project;
    // What is said of them is told beside what this project says.
    project.indexes.iter_mut().for_each(|index| index.place_in(folder));
    let failed = |error: &dyn std::error::Error| {
        Problem::new(Code::BuildFailed, format!("`{}` in `{}` cannot be built", project.name, folder.display()))
            .because(error)
    };
    let project = source::without_outputs(&project, &preparing.bench.settings.out);
    let outer = preparing.bench;
    let digest = source::digest(&project, &outer.keys.with_file_name("sources"), outer.toolbox.notices, outer.cancel)?;
    let bench = Bench { project: &project, source: &digest, ..*outer };
    let own = outer.project.indexes.iter().filter(|index| index.beside.is_none());
    let around: Vec<NamedIndex> = own.chain(preparing.resolver.around).cloned().collect();
    let resolver = Resolver { bench: &bench, folder: preparing.resolver.folder, around: &around };
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

    #[test]
    fn a_login_in_an_address_is_not_told() {
        let problem = untold("x", "https://me:secret@x.test/x.whl");
        let told = format!("{problem:?}");
        assert!(told.contains("https://x.test/x.whl") && !told.contains("secret"), "{told}");
    }
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
    fn a_wheel_is_taken_as_it_is_and_no_index_is_asked_for_what_has_another_source() {
        let folder = tempfile::tempdir().unwrap();
        let wheel = folder.path().join("a-1-py3-none-any.whl");
        std::fs::write(&wheel, "").unwrap();
        let mut project = project();
        project.sources = [("a".to_owned(), String::new()), ("b".to_owned(), String::new())].into();
        let found = |text: &str| asked(&project, &[text.to_owned()], None).remove(0).place;
        assert_eq!(found(&format!("a @ file://{}", wheel.display())), Some(Place::Wheel(wheel.clone())));
        assert_eq!(found("b @ https://x.test/b.whl"), Some(Place::Untold("https://x.test/b.whl".into())));
        assert_eq!(found("c @ https://x.test/c.whl"), None, "its wheel says so too");
        let requires_dist = vec!["b[x] @ git+https://x.test/b".to_owned()];
        let metadata = CoreMetadata { requires_dist, ..CoreMetadata::default() };
        let wheel_of_a = LocalWheel { name: "a".into(), path: wheel.clone(), extras: vec![], commit: None };
        let of_wheel = Local { wheel: wheel_of_a, project: None, metadata }.asked(None).remove(0);
        assert_eq!(
            (of_wheel.name.as_str(), of_wheel.extras.as_slice(), of_wheel.place),
            ("b", &["x".into()][..], None)
        );
        let message = ready("a", wheel.clone()).err().unwrap().message;
        assert_eq!(message, format!("`{}` cannot be read", wheel.display()));
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
            Local { wheel: wheel(extras), project: None, metadata }.requirements(&project)
        };
        assert_eq!(needs(&[]), ["private @ file:///w/private"]);
        assert_eq!(needs(&["x_y"]), ["more @ git+https://x.test/more", "private @ file:///w/private"]);
    }
}
