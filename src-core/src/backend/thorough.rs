//! All that is tried of a program beside its start: what is inside, its commands, and what people type.

use std::collections::BTreeSet;

use super::{Reference, Request, carries_wheel};
use crate::facts::{DataFile, EntryKind, OwnModule, Trial, normalize, pep};
use crate::plan::{Act, Command, Proof, Resource, Survey, Surveyed};

/// Most data files that are opened; where there are more, those are like others.
const MOST_DATA: usize = 200;

/// Starts the program as its trial says, looks at what is inside where there is a Python to look with, asks its commands
/// for help, and runs what people type. What is not to be started is looked at all the same.
pub(crate) fn thoroughly(
    request: &Request,
    proof: Proof,
    subject: &Command,
    trial: Trial,
    interpreter: Option<Command>,
) -> Proof {
    let typed = typed(request);
    let is_started = !matches!(trial, Trial::None { .. });
    let has_help = matches!(&trial, Trial::Arguments { attempts } if attempts.iter().any(|one| *one == ["--help"]));
    let survey = interpreter.map(|interpreter| (interpreter, Survey::of(request)));
    let survey = survey.filter(|(_, survey)| !survey.is_empty());
    let survey = survey.map(|(interpreter, survey)| Act::Survey { interpreter, within: Box::new(survey) });
    // What is typed proves more than that nothing else could be tried.
    let start = (is_started || typed.is_empty()).then(|| Act::Start { subject: subject.clone(), trial, within: 0 });
    let (before, after) = if is_started { (start, survey) } else { (survey, start) };
    let help = has_help.then(|| Act::Help { subject: subject.clone() });
    let commands = typed.into_iter().map(|(title, arguments)| Act::done(title, subject.clone().args(arguments)));
    before.into_iter().chain(after).chain(help).chain(commands).fold(proof, Proof::act)
}

/// What people type, each with its title. They begin with the name of the program, which is started otherwise here.
fn typed(request: &Request) -> Vec<(String, Vec<String>)> {
    let names: Vec<&str> = request.entries.iter().map(|entry| entry.name.as_str()).collect();
    let is_name = |word: &String| {
        let word = word.rsplit('/').next().unwrap_or(word);
        names.contains(&word)
            || word == request.project.name
            || word.strip_suffix(".py").is_some_and(|stem| names.contains(&stem))
    };
    let commands = request.project.commands.iter().filter(|words| !words.is_empty());
    commands
        .map(|words| {
            let own = if is_name(&words[0]) { &words[1..] } else { &words[..] };
            (format!("Run `{}`", words.join(" ")), own.to_vec())
        })
        .collect()
}

impl Survey {
    /// What of a project is looked at where all of it is, or its wheel.
    fn of(request: &Request) -> Self {
        let project = &request.project;
        let packaged = request.entries.first().is_none_or(|entry| carries_wheel(request, entry));
        let is_inside = |module: &&OwnModule| {
            let is_in = |package: &str| module.name == package || module.name.starts_with(&format!("{package}."));
            !packaged || project.packages.iter().any(|package| is_in(&package.name))
        };
        let modules: Vec<&OwnModule> = project.modules.iter().filter(is_inside).collect();
        let acting: BTreeSet<&str> =
            modules.iter().filter(|module| module.acts).map(|module| module.name.as_str()).collect();
        let data = project.data_files.iter().filter(|file| !acting.contains(file.package.as_str()));
        let data = data.filter_map(|file| resource(request, file)).take(MOST_DATA);
        Self {
            data: data.collect(),
            modules: modules.into_iter().map(|module| surveyed(request, module)).collect(),
            optional: optional(request),
        }
    }
}

fn surveyed(request: &Request, module: &OwnModule) -> Surveyed {
    let OwnModule { name, path, acts, needs } = module.clone();
    let starts = request.entries.first().is_some_and(|entry| {
        let start = Reference::of(entry).map(|start| start.module).unwrap_or_default();
        let is_package = entry.kind == EntryKind::Module && name == format!("{start}.__main__");
        name == start || is_package || entry.file() == Some(&path)
    });
    Surveyed { name, path, acts, needs, starts }
}

/// A data file by its package, where that is the folder that the file lies below.
fn resource(request: &Request, file: &DataFile) -> Option<Resource> {
    let folder = file.package.replace('.', "/");
    let source_dir = request.project.source_dir.trim_end_matches('/');
    let inside = if source_dir.is_empty() { Some(file.path.as_str()) } else { file.path.strip_prefix(source_dir) };
    let below = inside?.trim_start_matches('/').strip_prefix(&folder)?.strip_prefix('/')?;
    Some(Resource { package: file.package.clone(), below: below.to_owned(), path: file.path.clone() })
}

/// Distributions that only extras need which do not go in, and those of groups.
fn optional(request: &Request) -> Vec<String> {
    let project = &request.project;
    let goes_in = |name: &String| request.extras.iter().any(|extra| normalize(extra) == normalize(name));
    let extras = project.extras.iter().filter(|(name, _)| !goes_in(name)).flat_map(|(_, requirements)| requirements);
    let groups = project.groups.iter().filter(|(name, _)| !request.groups.contains(name));
    let groups = groups.flat_map(|(_, requirements)| requirements);
    let declared: BTreeSet<&str> = project.dependencies.iter().map(|needed| needed.name.as_str()).collect();
    let built = request.resolved.metadata.iter().flat_map(|metadata| &metadata.requires_dist);
    let built = built
        .filter(|line| line.contains("extra =="))
        .filter_map(|line| Some(pep::requirement(line).ok()?.name.to_string()));
    let names = extras.chain(groups).map(|needed| needed.name.clone()).chain(built);
    let names: BTreeSet<String> = names.filter(|name| !declared.contains(name.as_str())).collect();
    names.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::sample;
    use crate::facts::{Requirement, Source};
    use crate::plan::{Outcome, Room};

    fn tried(request: &Request, trial: Trial) -> Vec<Act> {
        let proof = Proof::new("x", Room::bare(), Outcome::Ran);
        let python = Command::of("python");
        thoroughly(request, proof, &Command::of("app"), trial, Some(python)).acts
    }

    fn titles(acts: &[Act]) -> Vec<String> {
        acts.iter().map(Act::title).collect()
    }

    fn request() -> Request {
        let mut request = sample::weather();
        let module =
            |name: &str, path: &str, acts| OwnModule { name: name.into(), path: path.into(), acts, needs: Vec::new() };
        request.project.modules = vec![
            module("weather", "src/weather/__init__.py", false),
            module("weather.cli", "src/weather/cli.py", false),
            module("release", "release.py", true),
        ];
        request
    }

    #[test]
    fn a_program_is_started_looked_at_asked_for_help_and_told_what_people_type() {
        let mut request = request();
        request.project.commands = vec![vec!["weather".into(), "now".into()], vec!["-v".into()]];
        let acts = tried(&request, request.project.trial.value.clone());
        assert_eq!(
            titles(&acts),
            ["Start it", "Look at what is inside", "Ask it for help", "Run `weather now`", "Run `-v`"]
        );
        let Act::Do { command, .. } = &acts[3] else { panic!("{acts:?}") };
        assert_eq!(command.args, [crate::plan::Word::text("now")]);
    }

    #[test]
    fn what_is_not_to_be_started_is_looked_at_and_what_is_typed_takes_the_place_of_a_start() {
        let mut request = request();
        let none = Trial::None { because: "it shows nothing".into() };
        assert_eq!(titles(&tried(&request, none.clone())), ["Look at what is inside", "Start it"]);
        request.project.commands = vec![vec!["weather".into()]];
        assert_eq!(titles(&tried(&request, none)), ["Look at what is inside", "Run `weather`"]);
    }

    #[test]
    fn what_is_in_the_wheel_is_looked_at_and_what_starts_is_told_apart() {
        let mut request = request();
        let more = Requirement { text: "Tabulate".into(), name: "tabulate".into(), source: Source::User };
        request.project.extras.insert("colour".into(), vec![more]);
        let survey = Survey::of(&request);
        let modules: Vec<_> = survey.modules.iter().map(|one| (one.name.as_str(), one.starts)).collect();
        assert_eq!(modules, [("weather", false), ("weather.cli", true)]);
        assert_eq!(survey.data[0].below, "data/cities.json");
        assert!(survey.optional.contains(&"tabulate".to_owned()));
        request.extras.push("colour".into());
        assert!(!Survey::of(&request).optional.contains(&"tabulate".to_owned()));
    }
}
