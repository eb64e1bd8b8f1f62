//! A PEX file: everything that was resolved, for one platform or several, unpacked into a cache when it starts.

mod platform;

use crate::backend::{
    Backend, Inside, LAUNCHER, PlanError, Reference, Request, artifact_name, carries_wheel, main_entry, own_code,
    own_requirement, project_wheel, python, python_tool, started, wheelhouse, with_launcher,
};
use crate::facts::{EntryKind, EntryPoint, Environment};
use crate::plan::{Action, Command, Pick, Piece, Plan, Product, Resources, Step, StepId, Word};

/// The backend.
pub static BACKEND: Pex = Pex;

/// Runs `pex` on the wheels that were resolved.
pub struct Pex;

impl Backend for Pex {
    entry!("pex");

    fn plan(&self, request: &Request) -> Result<Plan, PlanError> {
        let mut plan = Plan::new(&self.entry().id);
        let entry = main_entry(request)?;
        let start = Reference::of(entry)?;
        let more = platform::chosen(request)?;
        let mut wheels = Vec::new();
        for environment in std::iter::once(request.environment).chain(more.iter().copied()) {
            wheels.push(wheelhouse(request, environment, &mut plan)?);
        }
        let one_file = request.options.get("layout") == "zipapp";
        let name = artifact_name(request, &plan.technology, if one_file { ".pex" } else { "" })?;
        let targets = targets(request, &more, &mut plan)?;
        let command = python_tool(request, "pex")
            .args(targets)
            .args(options(request))
            .env("PEX_ROOT", Piece::Scratch("pex".into()));
        let command = program(request, &mut plan, command, entry, &start)?;
        let command = wheels.iter().fold(command, |command, wheels| {
            // These wheels are the resolution: pex neither resolves again nor needs a pip, which it would have to
            // fetch for Python 3.12 and newer.
            command.arg("--pre-resolved-dists").arg(Word::output(wheels, Pick::Folder))
        });
        let command = command.arg("--output-file").arg(Word::out(&name));
        let step = Step::new("Pack it with pex", Action::run(command)).needs(Resources::new(1, 512));
        let step = plan.add(step);
        plan.proofs.push(if one_file {
            started(request, &step, &name, true, Inside::By("PEX_INTERPRETER"))
        } else {
            started(request, &step, &format!("{name}/__main__.py"), false, Inside::By("PEX_INTERPRETER"))
        });
        plan.products.push(Product::place(step, Pick::Path(name)));
        Ok(plan)
    }
}

/// What goes in beside the dependencies, and how it starts.
fn program(
    request: &Request,
    plan: &mut Plan,
    command: Command,
    entry: &EntryPoint,
    start: &Reference,
) -> Result<Command, PlanError> {
    let command = if carries_wheel(request, entry) {
        let wheel: StepId = project_wheel(request, plan)?;
        let command = command.arg(own_requirement(request)).args(request.runner_needs());
        command.arg("--pre-resolved-dists").arg(Word::output(&wheel, Pick::Folder))
    } else {
        command.args(requirements(request))
    };
    let own = own_code(request, entry, plan);
    // pex starts modules and functions, and tells them nothing.
    let needs_launcher = !start.told.is_empty();
    let own = if needs_launcher { Some(with_launcher(start, own.as_ref(), plan)) } else { own };
    let command = own
        .iter()
        .fold(command, |command, own| command.arg("--sources-directory").arg(Word::output(own, Pick::Folder)));
    Ok(match entry.kind {
        EntryKind::Console => command.args(["--console-script", &entry.name]),
        _ if needs_launcher => command.args(["--entry-point".to_owned(), format!("{LAUNCHER}:main")]),
        EntryKind::Gui | EntryKind::Module | EntryKind::Script | EntryKind::Installed | EntryKind::Served => {
            command.args(["--entry-point".to_owned(), start.text()])
        }
    })
}

/// What a project without a wheel of its own needs. An address names the package: its wheel is among those resolved.
fn requirements(request: &Request) -> Vec<String> {
    let name = |text: &str| text.split([' ', '[', '@']).next().unwrap_or_default().to_owned();
    let texts = request.requirements().into_iter();
    texts.map(|text| if text.contains('@') { name(&text) } else { text }).collect()
}

/// The systems it is made for. Without any, pex takes the Python that runs it.
fn targets(request: &Request, more: &[Environment], plan: &mut Plan) -> Result<Vec<Word>, PlanError> {
    let is_here = platform::is_here(request, request.environment.platform);
    let mut words: Vec<Word> = Vec::new();
    if !more.is_empty() && is_here {
        words.push("--python".into());
        words.push(Piece::Tool(python(request)).into());
    }
    let own = (!is_here).then_some(request.environment);
    for environment in own.iter().chain(more) {
        let to = format!("{}.json", environment.platform);
        let contents = platform::description(request, *environment)?;
        let title = format!("Describe {}", environment.platform);
        let step = plan.add(Step::new(title, Action::write(&to, contents)));
        words.push("--complete-platform".into());
        words.push(Word::output(&step, Pick::Path(to)));
    }
    Ok(words)
}

fn options(request: &Request) -> Vec<String> {
    let mut words = Vec::new();
    for flag in ["venv", "sh-boot"] {
        if request.options.is_set(flag) {
            words.push(format!("--{flag}"));
        }
    }
    let layout = request.options.get("layout");
    if !layout.is_empty() {
        words.extend(["--layout".to_owned(), layout.to_owned()]);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::sample::texts;
    use crate::backend::{Need, sample};
    use crate::facts::{Arch, Libc, Os, Platform};

    fn plan(request: Request, chosen: &[(&str, &str)]) -> Result<Plan, PlanError> {
        BACKEND.plan(&sample::with_options(request, BACKEND.entry(), chosen))
    }

    #[test]
    fn a_console_script_is_packed_without_resolving_again() {
        let plan = plan(sample::weather(), &[]).unwrap();
        let expected = [
            "--venv",
            "--sh-boot",
            "--layout",
            "zipapp",
            "weather-cli",
            "--pre-resolved-dists",
            "--console-script",
            "weather",
            "--pre-resolved-dists",
            "--output-file",
        ];
        assert_eq!(texts(&plan), expected);
        assert_eq!(plan.products[0].pick(), Some(&Pick::Path("weather-cli-1.2.0-any-pex.pex".into())));
    }

    #[test]
    fn a_single_file_goes_in_as_source_and_is_run_as_a_module() {
        let texts = texts(&plan(sample::one_file(), &[("sh-boot", "false"), ("venv", "false")]).unwrap());
        assert_eq!(texts[2..5], ["--sources-directory", "--entry-point", "tally"]);
    }

    #[test]
    fn several_platforms_are_resolved_each_for_itself() {
        let chosen = [("platforms", "linux-arm64, macos-arm64")];
        let linux = Platform { os: Os::Linux, arch: Arch::Arm64, libc: Some(Libc::Glibc) };
        let macos = Platform { os: Os::Macos, arch: Arch::Arm64, libc: None };
        let mut request = sample::numpy_report();
        let missing = plan(request.clone(), &chosen).unwrap_err();
        assert_eq!(missing, PlanError::Needs(Need::Lock(Environment { platform: linux, ..request.environment })));
        sample::also_for(
            &mut request,
            linux,
            "numpy",
            "numpy-2.4.6-cp311-cp311-manylinux_2_27_aarch64.manylinux_2_28_aarch64.whl",
        );
        sample::also_for(&mut request, macos, "numpy", "numpy-2.4.6-cp311-cp311-macosx_14_0_arm64.whl");
        let plan = plan(request, &chosen).unwrap();
        assert_eq!(texts(&plan).iter().filter(|text| *text == "--complete-platform").count(), 2);
        let described: Vec<&str> = plan.steps.iter().map(|step| step.title.as_str()).collect();
        assert!(described.contains(&"Describe linux-arm64") && described.contains(&"Describe macos-arm64"));
    }

    #[test]
    fn a_layout_of_folders_is_started_by_its_main_file() {
        let plan = plan(sample::weather(), &[("layout", "packed")]).unwrap();
        let path = Pick::Path("weather-cli-1.2.0-any-pex/__main__.py".into());
        let (subject, _) = plan.proofs[0].started().unwrap();
        assert_eq!(subject.args, [Word::output(plan.products[0].step(), path)]);
    }
}
