//! A command that users install into an environment of its own, with `uv tool` or `pipx`.

use crate::backend::{
    Backend, Need, PlanError, Reference, Request, artifact_name, executable, offline, own_artifact_name,
    own_requirement, project_wheel, python, python_room, uv, version, wheelhouse,
};
use crate::facts::{EntryKind, EntryPoint, Os, Platform, Trial, pep};
use crate::plan::{
    Action, Check, Command, Compression, Member, Outcome, Output, Pick, Piece, Plan, Step, StepId, ToolRef, Word,
};
use crate::problem::{Code, Problem};

/// The file that says how it is installed.
const GUIDE: &str = "INSTALL.txt";

/// The backend.
pub static BACKEND: EntryPointTool = EntryPointTool;

/// Builds the wheel, adds how it is installed, and proves it by installing it as a tool.
pub struct EntryPointTool;

impl Backend for EntryPointTool {
    entry!("catalogue.toml");

    fn plan(&self, request: &Request) -> Result<Plan, PlanError> {
        let scripts = scripts(request)?;
        let mut plan = Plan::new(&self.entry().id);
        let wheel = project_wheel(request, &mut plan)?;
        let wheels = wheelhouse(request, request.environment, &mut plan)?;
        let (step, pick, name) = if request.options.is_set("bundle") {
            let name = artifact_name(request, &plan.technology, ".zip")?;
            (bundle(request, &mut plan, &wheel, &wheels, &name)?, Pick::Path(name.clone()), name)
        } else {
            let name = own_artifact_name(request, &plan.technology)?;
            (folder(request, &mut plan, &wheel)?, Pick::Folder, name)
        };
        let installed = Installed { request, artifact: step.clone(), pick: pick.clone(), wheels };
        for (index, script) in scripts.into_iter().enumerate() {
            plan.checks.push(if index == 0 { installed.run(script) } else { installed.load(script)? });
        }
        plan.produces.push(Output { step, pick, name: Some(name) });
        Ok(plan)
    }
}

/// The commands that installing it gives, the main one first.
fn scripts(request: &Request) -> Result<Vec<&EntryPoint>, PlanError> {
    let scripts: Vec<&EntryPoint> = request.entries.iter().filter(|entry| is_script(entry)).collect();
    if !scripts.is_empty() {
        return Ok(scripts);
    }
    if request.has_open_scripts() {
        return Err(PlanError::Needs(Need::Metadata));
    }
    let message = format!("`{}` declares no script, so installing it gives no command", request.project.name);
    let problem = Problem::new(Code::Unsuitable, message);
    Err(problem.hint("Add a script to `[project.scripts]`, for example `name = \"package.module:function\"`").into())
}

fn is_script(entry: &EntryPoint) -> bool {
    matches!(entry.kind, EntryKind::Console | EntryKind::Gui)
}

/// The wheel and the guide side by side.
fn folder(request: &Request, plan: &mut Plan, wheel: &StepId) -> Result<StepId, PlanError> {
    let file = format!("./{}-*.whl", file_stem(request)?);
    let text = guide(
        request,
        "This folder holds a command-line tool as a wheel. Its dependencies come from the package index.",
        &[format!("uv tool install {file}"), format!("pipx install {file}")],
    );
    let guide = Action::Write { to: GUIDE.into(), contents: text.into(), executable: false };
    let guide = plan.add(Step::new("Write how it is installed", guide));
    let from = vec![(wheel.clone(), Pick::One("*.whl".into())), (guide, Pick::Folder)];
    Ok(plan.add(Step::new("Put the wheel and its guide together", Action::Gather { from })))
}

/// The wheel, those of its dependencies and the guide in one archive.
fn bundle(
    request: &Request,
    plan: &mut Plan,
    wheel: &StepId,
    wheels: &StepId,
    name: &str,
) -> Result<StepId, PlanError> {
    let own = own_requirement(request);
    let pin = version(request)?.map(|version| format!("=={version}")).unwrap_or_default();
    let text = guide(
        request,
        "This archive holds a command-line tool and all it needs as wheels. Unpack it; installing needs no network.",
        &[
            format!("uv tool install --offline --no-index --find-links wheels \"{own}{pin}\""),
            format!("pipx install --pip-args \"--no-index --find-links wheels\" \"{own}{pin}\""),
        ],
    );
    let from = vec![(wheels.clone(), Pick::All("*.whl".into())), (wheel.clone(), Pick::One("*.whl".into()))];
    let all = plan.add(Step::new("Put all wheels side by side", Action::Gather { from }));
    let copy = Action::Copy { from: Word::output(&all, Pick::Folder), to: "wheels".into() };
    let below = plan.add(Step::new("Move them into one folder", copy));
    let members =
        vec![Member::Tree { from: below, exclude: Vec::new() }, Member::Text { name: GUIDE.into(), contents: text }];
    // Wheels are compressed already.
    let zip = Action::Zip { to: name.into(), shebang: None, members, compression: Compression::Stored };
    Ok(plan.add(Step::new("Write the archive", zip)))
}

fn guide(request: &Request, what: &str, commands: &[String]) -> String {
    let names: Vec<String> =
        request.entries.iter().filter(|entry| is_script(entry)).map(|entry| format!("`{}`", entry.name)).collect();
    let gives =
        format!("{} {}", if names.len() == 1 { "command" } else { "commands" }, crate::problem::listing(&names));
    let python = request.project.requires_python.as_ref();
    let python = python.map(|requires| format!(" It needs Python {}.", requires.value)).unwrap_or_default();
    let commands: String = commands.iter().map(|command| format!("    {command}\n")).collect();
    format!("{what}\n\nIn this folder, one of:\n\n{commands}\nThis gives you the {gives}.{python}\n")
}

/// The head of the wheel's file name, as the binary distribution format spells it.
fn file_stem(request: &Request) -> Result<String, PlanError> {
    let name = request.project.normalized_name().replace('-', "_");
    // Wheels are named with the normal form of the version: `2024.01.05` becomes `2024.1.5`.
    let normal =
        |version: &str| pep::version(version).map_or_else(|| version.to_owned(), |version| version.to_string());
    Ok(version(request)?.map_or(name.clone(), |version| format!("{name}-{}", normal(version).replace('-', "_"))))
}

/// The artifact, installed as a tool in a room.
struct Installed<'a> {
    request: &'a Request,
    artifact: StepId,
    pick: Pick,
    wheels: StepId,
}

impl Installed<'_> {
    /// Installs it and runs the main script.
    fn run(&self, script: &EntryPoint) -> Check {
        let suffix = if Platform::host().os == Os::Windows { ".exe" } else { "" };
        let subject = prepared(format!("bin/{}{suffix}", script.name));
        let trial = match &self.request.project.trial.value {
            Trial::Import { modules } => {
                Trial::None { because: format!("only importing {} can be tried", crate::problem::listing(modules)) }
            }
            trial => trial.clone(),
        };
        self.check(format!("Install it as a tool and run `{}`", script.name), subject, trial, Outcome::InstalledAndRan)
    }

    /// Installs it and loads what another script would start: nothing tells whether that one may be run.
    fn load(&self, script: &EntryPoint) -> Result<Check, PlanError> {
        let tool = self.request.project.normalized_name();
        let subject = prepared(format!("tools/{tool}/{}", executable("python")));
        let trial = Trial::Import { modules: vec![Reference::of(script)?.module] };
        Ok(self.check(format!("Load what `{}` starts", script.name), subject, trial, Outcome::Ran))
    }

    fn check(&self, title: String, subject: Command, trial: Trial, success: Outcome) -> Check {
        let room = python_room(self.request);
        let inputs = vec![self.artifact.clone(), self.wheels.clone()];
        Check { title, room, prepare: self.prepare(), subject, trial, success, inputs }
    }

    /// A bundle proves itself: nothing but what it unpacks is installed.
    fn prepare(&self) -> Vec<Command> {
        let bundled = self.pick != Pick::Folder;
        let mut commands = Vec::new();
        let links: Vec<Word> = if bundled {
            let unpack = Command::new(python(self.request), ["-m", "zipfile", "-e"])
                .arg(Word::output(&self.artifact, self.pick.clone()))
                .arg(Piece::Scratch("unpacked".into()));
            commands.push(unpack);
            vec![Piece::Scratch("unpacked/wheels".into()).into()]
        } else {
            vec![Word::output(&self.artifact, Pick::Folder), Word::output(&self.wheels, Pick::Folder)]
        };
        let install = offline(Command::new(uv(), ["tool", "install"]))
            .arg("--python")
            .arg(Piece::Tool(python(self.request)))
            .env("UV_TOOL_DIR", Piece::Scratch("tools".into()))
            .env("UV_TOOL_BIN_DIR", Piece::Scratch("bin".into()));
        let install = links.into_iter().fold(install, |command, link| command.arg("--find-links").arg(link));
        commands.push(install.arg(own_requirement(self.request)));
        commands
    }
}

fn prepared(path: String) -> Command {
    Command::new(ToolRef::Prepared { path }, [] as [&str; 0])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::sample;

    fn plan(request: Request, chosen: &[(&str, &str)]) -> Plan {
        BACKEND.plan(&sample::with_options(request, BACKEND.entry(), chosen)).unwrap()
    }

    fn written(plan: &Plan) -> String {
        let texts = plan.steps.iter().filter_map(|step| match &step.action {
            Action::Write { contents, .. } => Some(format!("{:?}", contents.0)),
            Action::Zip { members, .. } => members.iter().find_map(|member| match member {
                Member::Text { contents, .. } => Some(contents.clone()),
                Member::Tree { .. } => None,
            }),
            _ => None,
        });
        texts.collect()
    }

    #[test]
    fn the_folder_says_the_command_that_installs_it() {
        let plan = plan(sample::weather(), &[]);
        assert_eq!(plan.produces[0].name.as_deref(), Some("weather-cli-1.2.0-any-entry-point-tool"));
        let text = written(&plan);
        assert!(text.contains("uv tool install ./weather_cli-1.2.0-*.whl"), "{text}");
        assert!(text.contains("pipx install ./weather_cli-1.2.0-*.whl"), "{text}");
    }

    #[test]
    fn a_bundle_is_installed_from_itself_alone() {
        let plan = plan(sample::weather(), &[("bundle", "true")]);
        assert_eq!(plan.produces[0].name.as_deref(), Some("weather-cli-1.2.0-any-entry-point-tool.zip"));
        assert!(written(&plan).contains("--no-index --find-links wheels \"weather-cli==1.2.0\""));
        let install = &plan.checks[0].prepare[1];
        assert_eq!(install.args.iter().filter(|word| **word == Word::text("--find-links")).count(), 1);
    }

    #[test]
    fn every_script_is_tried_and_only_the_main_one_is_started() {
        let mut request = sample::weather();
        let mut other = request.entries[0].clone();
        (other.name, other.target) = ("weather-admin".into(), "weather.admin:main".into());
        request.entries.push(other);
        let plan = plan(request, &[]);
        assert_eq!(plan.checks.len(), 2);
        assert_eq!(plan.checks[0].success, Outcome::InstalledAndRan);
        assert_eq!(plan.checks[1].trial, Trial::Import { modules: vec!["weather.admin".into()] });
        let tool = ToolRef::Prepared { path: "tools/weather-cli/bin/python".into() };
        assert_eq!(plan.checks[1].subject.tool, tool);
    }

    #[test]
    fn a_project_without_scripts_is_refused() {
        let request = sample::with_options(sample::library(), BACKEND.entry(), &[]);
        let error = BACKEND.plan(&request).unwrap_err().to_string();
        assert_eq!(error, "`shapes` declares no script, so installing it gives no command");
    }

    #[test]
    fn scripts_that_only_the_build_backend_knows_are_asked_for() {
        let mut request = sample::with_options(sample::library(), BACKEND.entry(), &[]);
        request.project.dynamic.push("entry-points".into());
        assert_eq!(BACKEND.plan(&request).unwrap_err(), PlanError::Needs(Need::Metadata));
    }
}
