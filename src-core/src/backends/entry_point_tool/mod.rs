//! A command that users install into an environment of its own, with `uv tool` or `pipx`.

use crate::backend::{
    Backend, Need, PlanError, Reference, Request, artifact_name, executable, offline, own_artifact_name,
    own_requirement, program_file, project_wheel, python, python_room, thoroughly, uv, version,
    warn_of_what_is_left_out, wheelhouse, without_scripts,
};
use crate::facts::{EntryKind, EntryPoint, RiskKind, Trial, pep};
use crate::plan::{Action, Command, Format, Item, Outcome, Pick, Piece, Plan, Product, Proof, Step, StepId, Word};
use crate::problem::{Code, Problem, listing};

/// The file that says how it is installed.
const GUIDE: &str = "INSTALL.txt";

/// The backend.
pub static BACKEND: EntryPointTool = EntryPointTool;

/// Builds the wheel, adds how it is installed, and proves it by installing it as a tool.
pub struct EntryPointTool;

impl Backend for EntryPointTool {
    entry!("entry_point_tool");

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
            match (index, script.kind) {
                (0, _) => plan.proofs.push(installed.run(script)),
                // Nothing tells how to load a file that is no module.
                (_, EntryKind::Installed) => {}
                (_, _) => plan.proofs.push(installed.load(script)?),
            }
        }
        plan.products.push(Product::Place { step, pick, name: Some(name), starts: None });
        Ok(plan)
    }
}

/// The commands that installing it gives, the main one first.
fn scripts(request: &Request) -> Result<Vec<&EntryPoint>, PlanError> {
    let scripts: Vec<&EntryPoint> = request.entries.iter().filter(|entry| entry.is_command()).collect();
    if !scripts.is_empty() {
        return Ok(scripts);
    }
    if request.has_open_scripts() {
        return Err(PlanError::Needs(Need::Metadata));
    }
    let message = format!("`{}` declares no script, so installing it gives no command", request.project.name);
    let problem = Problem::new(Code::Unsuitable, message);
    Err(without_scripts(problem, request).into())
}

/// The wheel and the guide side by side.
fn folder(request: &Request, plan: &mut Plan, wheel: &StepId) -> Result<StepId, PlanError> {
    let file = format!("./{}-*.whl", file_stem(request)?);
    warn_of_what_is_left_out(request, plan);
    let local = request.project.risks.iter().filter(|risk| risk.kind == RiskKind::LocalSource);
    let local: Vec<String> = local.map(|risk| format!("`{}`", risk.what)).collect();
    let beginning = "This folder holds a command-line tool as a wheel.";
    let needs = match local.as_slice() {
        [] => "Its dependencies come from the package index.".to_owned(),
        local => format!(
            "{} must be installed with it, from a wheel of its own; its other dependencies come from the package index.",
            listing(local)
        ),
    };
    let text = guide(
        request,
        &format!("{beginning} {needs}"),
        &[format!("uv tool install {file}"), format!("pipx install {file}")],
    );
    let items = vec![Item::output("", wheel, Pick::One("*.whl".into())), Item::text(GUIDE, text)];
    Ok(plan.add(Step::new("Put the wheel and its guide together", Action::Lay { items })))
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
    let items = vec![
        Item::output("wheels", wheels, Pick::All("*.whl".into())),
        Item::output("wheels", wheel, Pick::One("*.whl".into())),
        Item::text(GUIDE, text),
    ];
    // Wheels are compressed already.
    let format = Format::Zip { shebang: None, deflate: false };
    Ok(plan.add(Step::new("Write the archive", Action::Pack { to: name.into(), items, format })))
}

fn guide(request: &Request, what: &str, commands: &[String]) -> String {
    let names: Vec<String> =
        request.entries.iter().filter(|entry| entry.is_command()).map(|entry| format!("`{}`", entry.name)).collect();
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
    fn run(&self, script: &EntryPoint) -> Proof {
        let subject = installed(format!("bin/{}", program_file(self.request, &script.name)));
        let trial = match &self.request.project.trial.value {
            Trial::Import { modules } => {
                Trial::None { because: format!("only importing {} can be tried", crate::problem::listing(modules)) }
            }
            trial => trial.clone(),
        };
        let title = format!("Install it as a tool and run `{}`", script.name);
        let proof = self.proof(title, Outcome::InstalledAndRan);
        thoroughly(self.request, proof, &subject, trial, Some(self.interpreter()))
    }

    /// Installs it and loads what another script would start: nothing tells whether that one may be run.
    fn load(&self, script: &EntryPoint) -> Result<Proof, PlanError> {
        let trial = Trial::Import { modules: vec![Reference::of(script)?.module] };
        let proof = self.proof(format!("Load what `{}` starts", script.name), Outcome::Ran);
        Ok(proof.start(self.interpreter(), trial))
    }

    /// The Python of the tool's own environment.
    fn interpreter(&self) -> Command {
        let tool = self.request.project.normalized_name();
        installed(format!("tools/{tool}/{}", executable(self.request, "python")))
    }

    fn proof(&self, title: String, success: Outcome) -> Proof {
        let proof = Proof::new(title, python_room(self.request), success);
        proof.then("Install it as a tool", self.prepare())
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

fn installed(path: String) -> Command {
    Command::of(Piece::Scratch(path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::sample;

    fn plan(request: Request, chosen: &[(&str, &str)]) -> Plan {
        BACKEND.plan(&sample::with_options(request, BACKEND.entry(), chosen)).unwrap()
    }

    fn name(plan: &Plan) -> Option<&str> {
        if let Product::Place { name, .. } = &plan.products[0] { name.as_deref() } else { None }
    }

    fn written(plan: &Plan) -> String {
        let words = plan.steps.iter().filter(|step| !matches!(step.action, Action::Run { .. }));
        let words = words.flat_map(|step| step.action.words()).filter_map(Word::piece);
        words.filter_map(|piece| if let Piece::Text(text) = piece { Some(text.as_str()) } else { None }).collect()
    }

    #[test]
    fn the_folder_says_the_command_that_installs_it() {
        let plan = plan(sample::weather(), &[]);
        assert_eq!(name(&plan), Some("weather-cli-1.2.0-any-entry-point-tool"));
        let text = written(&plan);
        assert!(text.contains("uv tool install ./weather_cli-1.2.0-*.whl"), "{text}");
        assert!(text.contains("pipx install ./weather_cli-1.2.0-*.whl"), "{text}");
    }

    #[test]
    fn a_bundle_is_installed_from_itself_alone() {
        let plan = plan(sample::weather(), &[("bundle", "true")]);
        assert_eq!(name(&plan), Some("weather-cli-1.2.0-any-entry-point-tool.zip"));
        assert!(written(&plan).contains("--no-index --find-links wheels \"weather-cli==1.2.0\""));
        let install = plan.proofs[0].commands().nth(1).unwrap();
        assert_eq!(install.args.iter().filter(|word| **word == Word::text("--find-links")).count(), 1);
    }

    #[test]
    fn every_script_is_tried_and_only_the_main_one_is_started() {
        let mut request = sample::weather();
        let mut other = request.entries[0].clone();
        (other.name, other.target) = ("weather-admin".into(), "weather.admin:main".into());
        request.entries.push(other);
        let plan = plan(request, &[]);
        assert_eq!(plan.proofs.len(), 2);
        assert_eq!(plan.proofs[0].success, Outcome::InstalledAndRan);
        let (subject, trial) = plan.proofs[1].started().unwrap();
        assert_eq!(*trial, Trial::Import { modules: vec!["weather.admin".into()] });
        assert_eq!(subject.tool, Piece::Scratch("tools/weather-cli/bin/python".into()).into());
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
