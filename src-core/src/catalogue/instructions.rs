//! Steps by hand, filled in for a project.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::by_hand::{LAUNCHER, placeholders};
use super::{ByHand, Entry};
use crate::facts::{EntryKind, EntryPoint, Project, Reference, normalize};

/// The file that [`LAUNCHER`] is written to.
const LAUNCHER_FILE: &str = "start.py";

/// The steps of a technology, filled in for a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Instructions {
    /// What to do, in order.
    pub steps: Vec<ByHand>,
    /// Whether the steps install the project with pip although nothing says how it is built.
    pub lacks_build_system: bool,
    /// Whether they start a command that installing the project does not make.
    pub lacks_command: bool,
    /// Placeholders that are left in the steps because the project does not say what they stand for.
    pub unknown: Vec<String>,
}

impl Entry {
    /// The steps by hand for a project, starting at one of its entry points.
    pub fn instructions(&self, project: &Project, entry: Option<&EntryPoint>) -> Instructions {
        let values = values(project, entry);
        let starts_a_file = entry.is_some_and(is_file);
        let is_command = entry.is_some_and(|entry| entry.is_command() || entry.runner.is_some());
        let lacks_command = !is_command && self.by_hand.iter().any(ByHand::starts_the_command);
        let mut unknown = BTreeSet::new();
        let steps: Vec<ByHand> = self
            .by_hand
            .iter()
            // A program that is a file needs no other one to start it.
            .filter(|step| !(starts_a_file && placeholders(&step.text).any(|name| name == LAUNCHER)))
            .map(|step| {
                let mut fill = |text: &str| filled(text, &values, &mut unknown);
                ByHand {
                    title: fill(&step.title),
                    folder: fill(&step.folder),
                    command: step.command.iter().map(|argument| fill(argument)).collect(),
                    file: fill(&step.file),
                    text: fill(&step.text),
                    source: step.source.clone(),
                }
            })
            .collect();
        let is_installed = steps.iter().any(ByHand::installs_the_project);
        let lacks_build_system = is_installed && !project.is_buildable();
        Instructions { steps, lacks_build_system, lacks_command, unknown: unknown.into_iter().collect() }
    }
}

impl ByHand {
    /// Whether pip builds the project in this step.
    fn installs_the_project(&self) -> bool {
        let names_pip = self.command.iter().any(|argument| argument == "pip");
        names_pip && self.command.iter().any(|argument| argument == ".")
            || self.text.contains("pip install") && self.text.contains("/src")
    }

    /// Whether its file starts what installing the project puts among the commands.
    fn starts_the_command(&self) -> bool {
        ["bin/{entry}", "bindir}/{entry}", "command: {entry}", "web: {web}", "bin/{parts}", "bin/{start}"]
            .into_iter()
            .any(|start| self.text.contains(start))
    }
}

/// What each placeholder stands for; those that nothing is known of are absent.
fn values(project: &Project, entry: Option<&EntryPoint>) -> BTreeMap<&'static str, String> {
    let metadata = &project.metadata;
    let known = [
        ("name", Some(project.normalized_name()).filter(|name| !name.is_empty())),
        ("filename", Some(project.normalized_name().replace('-', "_")).filter(|name| !name.is_empty())),
        ("version", project.static_version().map(one_line)),
        ("package", package(project, entry)),
        ("entry", entry.map(|entry| entry.name.clone())),
        ("start", entry.map(|entry| line(&started(entry, None)))),
        ("parts", entry.map(|entry| started(entry, None).join("\", \""))),
        ("web", entry.map(|entry| line(&started(entry, Some("$PORT"))))),
        ("needs", Some(needs(project, entry))),
        ("script", entry.map(script)),
        (LAUNCHER, entry.and_then(launcher)),
        ("builders", builders(project)),
        ("summary", metadata.summary.as_deref().map(one_line)),
        ("licence", metadata.licence.as_deref().map(one_line)),
        ("maintainer", metadata.people.first().map(|person| one_line(person))),
    ];
    known.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

/// What starts it where it is installed, open to everybody: on this port, or its own.
fn started(entry: &EntryPoint, port: Option<&str>) -> Vec<String> {
    match &entry.runner {
        Some(runner) => {
            let own = runner.port.to_string();
            runner.listening(&entry.target, "0.0.0.0", port.unwrap_or(&own))
        }
        None if entry.is_command() => vec![entry.name.clone()],
        None => entry.typed(),
    }
}

/// Words as a line of a file that a shell reads, where a variable may stand.
fn line(words: &[String]) -> String {
    let word = |word: &String| if word.contains(char::is_whitespace) { format!("\"{word}\"") } else { word.clone() };
    words.iter().map(word).collect::<Vec<_>>().join(" ")
}

/// Distributions that start it and are not required, each behind a space.
fn needs(project: &Project, entry: Option<&EntryPoint>) -> String {
    let needs = entry.and_then(|entry| entry.runner.as_ref()).map(|runner| runner.needs.as_slice()).unwrap_or_default();
    let is_required = |name: &str| project.dependencies.iter().any(|known| known.name == normalize(name));
    needs.iter().filter(|need| !is_required(need)).map(|need| format!(" {need}")).collect()
}

/// The names of what the build requires, without versions and conditions: other ecosystems write these differently.
fn builders(project: &Project) -> Option<String> {
    let is_of_name = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.');
    let name = |requirement: &String| requirement.trim().split(|letter| !is_of_name(letter)).next().map(normalize);
    let names: Vec<String> = project.build_system.as_ref()?.requires.iter().filter_map(name).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

/// Text of a project as it can stand between double quotes on one line of any configuration file.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('"', "'").replace('\\', "/")
}

fn package(project: &Project, entry: Option<&EntryPoint>) -> Option<String> {
    let started = entry.filter(|entry| entry.file().is_none()).map(|entry| entry.target.as_str());
    let top = |name: &str| name.split(['.', ':']).next().unwrap_or_default().to_owned();
    let file = || entry.and_then(|entry| entry.target.rsplit('/').next()?.strip_suffix(".py"));
    started.or_else(|| project.packages.first().map(|package| package.name.as_str())).or_else(file).map(top)
}

fn script(entry: &EntryPoint) -> String {
    if is_file(entry) { entry.target.clone() } else { LAUNCHER_FILE.to_owned() }
}

/// Whether Python alone starts it as a file.
fn is_file(entry: &EntryPoint) -> bool {
    matches!(entry.kind, EntryKind::Script | EntryKind::Installed)
}

/// Lines that start what has no file of its own. What `runpy` starts is imported once more where freezers see it.
fn launcher(entry: &EntryPoint) -> Option<String> {
    let start = Reference::of(entry).ok()?;
    let statements = start.statements();
    Some(match start.function {
        Some(_) => statements,
        None => format!("{statements}\n\ndef followed_by_freezers():\n    import {}.__main__\n", start.module),
    })
}

fn filled(text: &str, values: &BTreeMap<&str, String>, unknown: &mut BTreeSet<String>) -> String {
    let mut names: Vec<&str> = placeholders(text).collect();
    names.sort_unstable();
    names.dedup();
    let (known, missing): (Vec<&str>, Vec<&str>) = names.into_iter().partition(|name| values.contains_key(name));
    unknown.extend(missing.into_iter().map(str::to_owned));
    // One pass, so that braces in a project's own words are not taken for placeholders.
    let mut parts = text.split('{');
    let mut result = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let value = part.split_once('}').filter(|(name, _)| known.contains(name));
        match value.and_then(|(name, rest)| Some((values.get(name)?, rest))) {
            Some((value, rest)) => result.extend([value, rest]),
            None => result.extend(["{", part]),
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{BuildSystem, Runner, Source, Version};

    fn project() -> Project {
        let mut project = Project::empty("/".into());
        project.name = "Weather_CLI".into();
        project.version = Version::Static { version: "1.2".into(), source: Source::User };
        project.metadata.summary = Some("Says \"rain\"\n{name}".into());
        project
    }

    fn entry(kind: EntryKind, target: &str) -> EntryPoint {
        EntryPoint::new("weather", kind, target, Source::User)
    }

    fn technology() -> Entry {
        let base = include_str!("technologies/conda-pack/catalogue.toml");
        let mut entry = Entry::read(base).unwrap();
        entry.by_hand = toml::from_str::<BTreeMap<String, Vec<ByHand>>>(
            "[[steps]]\ntitle = 'Write the start'\nfile = 'start.py'\ntext = '{launcher}'\nsource = 'https://a.example'\n\
             [[steps]]\ntitle = 'Freeze {name}'\ncommand = ['tool', '--name={entry}-{version}', '{script}', '{{.ID}} {licence}']\n\
             source = 'https://a.example'\n[[steps]]\ntitle = 'Describe it'\nfile = 'a.txt'\ntext = '\"{summary}\" {package}'\n\
             source = 'https://a.example'\n",
        )
        .unwrap()
        .remove("steps")
        .unwrap();
        entry
    }

    #[test]
    fn placeholders_become_the_projects_own_words() {
        let found = technology().instructions(&project(), Some(&entry(EntryKind::Console, "weather.cli:App.run")));
        assert_eq!(found.steps[0].text, "import sys\nfrom weather.cli import App\nsys.exit(App.run())\n");
        assert_eq!(found.steps[1].title, "Freeze weather-cli");
        assert_eq!(found.steps[1].command, ["tool", "--name=weather-1.2", "start.py", "{{.ID}} {licence}"]);
        assert_eq!(found.steps[2].text, "\"Says 'rain' {name}\" weather");
        assert_eq!(found.unknown, ["licence"]);
    }

    #[test]
    fn an_application_is_started_by_what_serves_it() {
        let docker = Entry::read(include_str!("technologies/docker/catalogue.toml")).unwrap();
        let paas = Entry::read(include_str!("technologies/paas/catalogue.toml")).unwrap();
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        let runner = Runner {
            module: "gunicorn".into(),
            arguments: words(&["{target}", "--bind", "{host}:{port}"]),
            needs: words(&["gunicorn"]),
            port: 8000,
        };
        let served = EntryPoint { runner: Some(runner), ..entry(EntryKind::Served, "weather.web:app") };
        let found = docker.instructions(&project(), Some(&served));
        let text = &found.steps[0].text;
        assert!(text.contains("pip install --no-cache-dir /src gunicorn\n"), "{text}");
        let expected = "ENTRYPOINT [\"/app/bin/gunicorn\", \"weather.web:app\", \"--bind\", \"0.0.0.0:8000\"]";
        assert!(text.contains(expected) && !found.lacks_command, "{text}");
        let text = &paas.instructions(&project(), Some(&served)).steps[0].text;
        assert_eq!(text.trim(), "web: gunicorn weather.web:app --bind 0.0.0.0:$PORT");
        let text = &docker.instructions(&project(), Some(&entry(EntryKind::Console, "weather:main"))).steps[0].text;
        assert!(text.contains("ENTRYPOINT [\"/app/bin/weather\"]") && text.contains("/src\n"), "{text}");
    }

    #[test]
    fn text_that_names_no_function_never_becomes_a_launcher() {
        let found = technology().instructions(&project(), Some(&entry(EntryKind::Console, "os:system('x') #")));
        assert!(found.unknown.contains(&"launcher".to_owned()), "{:?}", found.unknown);
    }

    #[test]
    fn a_program_that_is_a_file_is_started_itself() {
        let found = technology().instructions(&project(), Some(&entry(EntryKind::Script, "tools/weather.py")));
        assert_eq!(found.steps.len(), 2);
        assert_eq!(found.steps[0].command[2], "tools/weather.py");
        assert_eq!(found.steps[1].text, "\"Says 'rain' {name}\" weather");
    }

    #[test]
    fn a_project_that_starts_nothing_leaves_the_placeholders_to_the_reader() {
        let found = technology().instructions(&project(), None);
        assert_eq!(found.steps[1].command[1], "--name={entry}-1.2");
        assert_eq!(found.unknown, ["entry", "launcher", "licence", "package", "script"]);
    }

    #[test]
    fn a_command_that_nothing_installs_is_noticed() {
        let mut docker = Entry::read(include_str!("technologies/docker/catalogue.toml")).unwrap();
        let lacks =
            |docker: &Entry, kind| docker.instructions(&project(), Some(&entry(kind, "manage.py"))).lacks_command;
        assert!(lacks(&docker, EntryKind::Script) && lacks(&docker, EntryKind::Module));
        assert!(!lacks(&docker, EntryKind::Console));
        docker.by_hand.retain(|step| step.text.is_empty());
        assert!(!lacks(&docker, EntryKind::Script));
    }

    #[test]
    fn other_ecosystems_get_the_names_they_know() {
        let mut project = project();
        project.build_system = Some(BuildSystem {
            requires: vec!["Hatchling>=1.21 ; python_version > '3.8'".into(), "hatch_vcs[x]".into()],
            backend: "hatchling.build".into(),
            backend_path: Vec::new(),
            own_code: Vec::new(),
            source: Source::User,
        });
        let values = values(&project, None);
        assert_eq!((values["builders"].as_str(), values["filename"].as_str()), ("hatchling, hatch-vcs", "weather_cli"));
    }

    #[test]
    fn a_careless_step_is_answered_with_all_its_faults() {
        let step: ByHand = toml::from_str(
            "title = 'x'\ncommand = ['tool', '{nmae}', 'a && b']\nfile = '../x'\nsource = 'https://a.example'",
        )
        .unwrap();
        assert_eq!(
            step.faults(),
            [
                "has the unknown placeholder `{nmae}`",
                "has `a && b`, which only a shell understands",
                "is both a command and a file",
                "has a file without a text, or the other way round",
                "works outside the project",
            ]
        );
    }
}
