//! What a project needs to run, with its extras and groups decided.

use std::collections::{BTreeSet, HashSet};

use super::{CoreMetadata, Request};
use crate::facts::pep::{self, ExtraName, MarkerTree, Pep508};
use crate::facts::{Project, normalize};
use crate::inspect::redirected;

/// Steps of an expansion that keep their conditions; extras that name each other a few times need a dozen.
const MOST_STEPS: usize = 1_000;

/// Nodes that a condition may have which comes of one extra naming another.
const HEAVIEST: usize = 1_000;

impl Request {
    /// The run-time requirements of the project with the extras and groups that go in, PEP 508, sorted.
    pub(crate) fn requirements(&self) -> Vec<String> {
        let metadata = self.resolved.metadata.as_ref();
        let mut declared = declared_requirements(&self.project, metadata, &self.extras, &self.groups);
        declared.extend(self.runner_needs());
        expanded(&self.project, metadata, declared)
    }

    /// What the program that starts it comes from, where the project does not require it itself.
    pub(crate) fn runner_needs(&self) -> Vec<String> {
        let runner = self.entries.first().and_then(|entry| entry.runner.as_ref());
        let needs = runner.map(|runner| runner.needs.as_slice()).unwrap_or_default();
        let is_known = |name: &str| self.project.dependencies.iter().any(|known| known.name == name);
        let name =
            |need: &String| normalize(need.split(['[', '=', '<', '>', '~', '!', ' ', ';']).next().unwrap_or(need));
        needs.iter().filter(|need| !is_known(&name(need))).cloned().collect()
    }

    /// The normalised name of the distribution that the project is, if it is one: no index is asked for that.
    pub(crate) fn own_name(&self) -> Option<String> {
        self.project.is_buildable().then(|| name_of(&self.project, self.resolved.metadata.as_ref()))
    }
}

/// Run-time requirements with these extras and groups as they are declared: an extra may name the project itself.
pub(crate) fn declared_requirements(
    project: &Project,
    metadata: Option<&CoreMetadata>,
    extras: &[String],
    groups: &[String],
) -> Vec<String> {
    let dynamic = project.dynamic.iter().any(|field| field == "dependencies" || field == "optional-dependencies");
    let mut all: Vec<String> = match metadata.filter(|_| dynamic) {
        Some(metadata) => {
            let counting = metadata.requires_dist.iter().filter_map(|line| for_extras(line, extras));
            counting.map(|line| from_source(project, &line)).collect()
        }
        None => {
            let asked: Vec<String> = extras.iter().map(|extra| normalize(extra)).collect();
            let of_extras = project.extras.iter().filter(|(name, _)| asked.contains(&normalize(name)));
            let own = project.dependencies.iter().chain(of_extras.flat_map(|(_, requirements)| requirements));
            own.map(|requirement| requirement.text.clone()).collect()
        }
    };
    let of_groups = groups.iter().filter_map(|group| project.groups.get(group)).flatten();
    all.extend(of_groups.map(|requirement| requirement.text.clone()));
    all.sort();
    all.dedup();
    all
}

/// Puts what extras of the project need in the place of requirements of the project itself, such as `all = ["me[a,b]"]`:
/// an index may have something else under its name, or nothing.
fn expanded(project: &Project, metadata: Option<&CoreMetadata>, declared: Vec<String>) -> Vec<String> {
    let name = name_of(project, metadata);
    let always: HashSet<String> = declared_requirements(project, metadata, &[], &[]).into_iter().collect();
    let mut all = BTreeSet::new();
    // Equal markers are equal however they are written, so a cycle comes to an end.
    let mut seen = HashSet::new();
    let mut open: Vec<(String, MarkerTree, usize)> =
        declared.into_iter().map(|line| (line, MarkerTree::TRUE, 1)).collect();
    let mut steps = 0;
    while let Some((line, condition, weight)) = open.pop() {
        steps += 1;
        // Conditions that grow without end are left out: then more is needed than need be, and nothing less.
        let weight = weight.saturating_mul(pep::weight(&line)).saturating_add(1);
        let grows = steps > MOST_STEPS || weight > HEAVIEST;
        let (condition, weight) = if grows { (MarkerTree::TRUE, 1) } else { (condition, weight) };
        if condition.is_false() || !seen.insert((line.clone(), condition.clone())) {
            continue;
        }
        match parsed(&line) {
            Some(own) if is_own(project, &name, &own) => {
                let mut marker = if grows { MarkerTree::TRUE } else { own.marker };
                marker.and(condition);
                let extras: Vec<String> = own.extras.iter().map(ToString::to_string).collect();
                let needed = declared_requirements(project, metadata, &extras, &[]);
                open.extend(
                    needed.into_iter().filter(|line| !always.contains(line)).map(|line| (line, marker.clone(), weight)),
                );
            }
            Some(mut other) if !condition.is_true() => {
                other.marker.and(condition);
                all.insert(other.to_string());
            }
            _ => drop(all.insert(line)),
        }
    }
    all.into_iter().collect()
}

/// A requirement in its parts. One with a variable in it stays as it is, to be refused: reading its address would fill in
/// what stands in the environment, where logins are.
fn parsed(line: &str) -> Option<Pep508> {
    if line.contains('$') { None } else { pep::requirement(line).ok() }
}

/// Whether a requirement is of the project itself. The name of what cannot be built may be that of its folder, which
/// says nothing, so it must name extras.
fn is_own(project: &Project, name: &str, requirement: &Pep508) -> bool {
    let has = |extra: &ExtraName| project.extras.keys().any(|known| normalize(known) == extra.to_string());
    let extras = &requirement.extras;
    let is_meant = project.is_buildable() || (!extras.is_empty() && extras.iter().all(has));
    is_meant && requirement.name.to_string() == name
}

/// The name as the build backend says it, where only that knows.
fn name_of(project: &Project, metadata: Option<&CoreMetadata>) -> String {
    metadata.map_or_else(|| project.normalized_name(), |metadata| normalize(&metadata.name))
}

/// A `Requires-Dist` line with the address that the project's files give its package: a build does not know it.
fn from_source(project: &Project, line: &str) -> String {
    let name = line.split(|character: char| !(character.is_alphanumeric() || "-_.".contains(character))).next();
    let address = name.and_then(|name| project.sources.get(&normalize(name)));
    address.map_or_else(|| line.to_owned(), |address| redirected(line, address))
}

/// A `Requires-Dist` line with its extra decided: the line without that condition, or nothing.
fn for_extras(line: &str, extras: &[String]) -> Option<String> {
    if !line.contains("extra") {
        return Some(line.to_owned());
    }
    let Some(mut requirement) = parsed(line) else { return Some(line.to_owned()) };
    let extras: Vec<ExtraName> = extras.iter().filter_map(|extra| pep::extra_name(extra)).collect();
    // Whatever the environment: with these extras and no others, can it be needed at all?
    requirement.marker = requirement.marker.simplify_extras(&extras);
    (!requirement.marker.is_false() && requirement.marker.evaluate_extras(&extras)).then(|| requirement.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::sample;
    use crate::facts::{Requirement, Source};

    fn declared(lines: &[&str]) -> Vec<Requirement> {
        let text = |text: &&str| Requirement { text: (*text).into(), name: String::new(), source: Source::User };
        lines.iter().map(text).collect()
    }

    /// A project that needs `click`, with these extras of which `all` goes in.
    fn request(extras: &[(&str, &[&str])]) -> Request {
        let mut request = sample::weather();
        request.project.name = "Near.By".into();
        request.project.dependencies = declared(&["click"]);
        request.project.extras = extras.iter().map(|(name, lines)| ((*name).to_owned(), declared(lines))).collect();
        request.project.groups = [("dev".to_owned(), declared(&["near_by[a]", "ruff"]))].into();
        request.resolved.metadata = None;
        request.extras = vec!["all".into()];
        request
    }

    #[test]
    fn an_extra_that_names_the_project_itself_brings_what_its_extras_need() {
        let extras: &[(&str, &[&str])] = &[
            ("A", &["rich>=13"]),
            ("b", &["x @ https://x.test/x.zip", "near-by[all]"]),
            ("all", &["near_by[a,b]>=1"]),
        ];
        assert_eq!(request(extras).requirements(), ["click", "rich>=13", "x @ https://x.test/x.zip"]);
        let mut of_group = request(extras);
        (of_group.extras, of_group.groups) = (vec![], vec!["dev".into()]);
        assert_eq!(of_group.requirements(), ["click", "rich>=13", "ruff"]);
    }

    #[test]
    fn what_such_an_extra_needs_counts_only_where_it_counts_itself() {
        let extras: &[(&str, &[&str])] = &[
            ("all", &["near-by[a] ; python_version < '3.12'", "near-by[b] ; os_name == 'nt'"]),
            ("a", &["rich ; sys_platform == 'linux'"]),
            // Each names the other, under one more condition every time.
            ("b", &["near-by[all] ; python_version >= '3.10'", "colorama"]),
        ];
        let found = request(extras).requirements();
        assert!(found.contains(&"colorama ; os_name == 'nt'".to_owned()), "{found:?}");
        assert!(found.contains(&"rich ; python_full_version < '3.12' and sys_platform == 'linux'".into()), "{found:?}");
        assert!(found.iter().all(|line| !line.contains("near")), "{found:?}");
    }

    #[test]
    fn nothing_of_the_environment_is_filled_in() {
        let address = "x @ https://x.test/${PATH}/x-1-py3-none-any.whl";
        let extras: &[(&str, &[&str])] = &[("all", &["near-by[a] ; os_name == 'posix'"]), ("a", &[address])];
        assert!(request(extras).requirements().contains(&address.to_owned()));
        let line = format!("{address} ; extra == 'a'");
        assert_eq!(for_extras(&line, &["a".into()]), Some(line.clone()));
    }

    #[test]
    fn extras_that_all_name_each_other_come_to_an_end() {
        let names: Vec<String> = (0..14).map(|number| format!("e{number}")).collect();
        let each = |own: &String| {
            let others = names.iter().filter(|other| *other != own);
            let lines = others.map(|other| format!("near-by[{other}] ; sys_platform != '{own}{other}'"));
            lines.chain([format!("needed-by-{own}")]).collect::<Vec<_>>()
        };
        let lines: Vec<Vec<String>> = names.iter().map(each).collect();
        let lines: Vec<Vec<&str>> = lines.iter().map(|lines| lines.iter().map(String::as_str).collect()).collect();
        let extras: Vec<(&str, &[&str])> =
            names.iter().zip(&lines).map(|(name, lines)| (name.as_str(), lines.as_slice())).collect();
        let mut request = request(&extras);
        request.extras = vec!["e0".into()];
        let found = request.requirements();
        for name in &names {
            assert!(found.iter().any(|line| line.starts_with(&format!("needed-by-{name}"))), "{name}");
        }
    }

    #[test]
    fn a_project_that_needs_itself_needs_nothing_more_but_a_folder_may_be_named_like_what_it_needs() {
        let mut request = request(&[("a", &["rich"])]);
        request.extras.clear();
        request.project.dependencies = declared(&["near-by", "click"]);
        assert_eq!(request.requirements(), ["click"]);
        assert_eq!(request.own_name().as_deref(), Some("near-by"));
        request.project.build_system = None;
        assert_eq!(request.requirements(), ["click", "near-by"]);
        assert_eq!(request.own_name(), None);
        request.project.dependencies = declared(&["near-by[a]", "near-by[other]"]);
        assert_eq!(request.requirements(), ["near-by[other]", "rich"]);
    }

    #[test]
    fn extras_that_only_the_build_backend_knows_may_name_the_project_too() {
        let mut request = request(&[]);
        request.project.dynamic = vec!["dependencies".into()];
        let lines = ["click", "rich ; extra == 'a'", "real-name[a] ; extra == 'all'", "near-by"];
        let requires_dist = lines.map(str::to_owned).into();
        request.resolved.metadata =
            Some(CoreMetadata { name: "Real_Name".into(), requires_dist, ..CoreMetadata::default() });
        assert_eq!(request.requirements(), ["click", "near-by", "rich"]);
    }

    #[test]
    fn what_only_a_build_tells_comes_from_where_the_files_say() {
        let mut request = request(&[]);
        request.project.dynamic = vec!["dependencies".into()];
        request.project.sources = [("own-lib".to_owned(), "git+https://x.test/own".to_owned())].into();
        let requires_dist = ["Own_Lib[x]>=2 ; os_name == 'nt'", "own-library", "own-lib @ https://x.test/a.whl"];
        let requires_dist = requires_dist.map(str::to_owned).into();
        request.resolved.metadata = Some(CoreMetadata { requires_dist, ..CoreMetadata::default() });
        let expected =
            ["Own_Lib[x] @ git+https://x.test/own ; os_name == 'nt'", "own-lib @ https://x.test/a.whl", "own-library"];
        assert_eq!(request.requirements(), expected);
    }

    #[test]
    fn a_requirement_of_an_extra_counts_only_when_the_extra_was_asked_for() {
        let line = "rich>=13 ; extra == 'pretty' and python_version >= '3.9'";
        assert_eq!(for_extras(line, &[]), None);
        assert!(for_extras(line, &["pretty".into()]).unwrap().starts_with("rich>=13"));
        assert_eq!(for_extras("click", &[]), Some("click".into()));
        let either = "tomli ; extra == 'toml' or python_version < '3.11'";
        assert!(for_extras(either, &[]).is_some_and(|line| line.contains("python_full_version < '3.11'")));
        assert_eq!(for_extras(either, &["toml".into()]), Some("tomli".into()));
    }
}
