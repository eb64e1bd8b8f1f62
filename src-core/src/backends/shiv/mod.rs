//! A shiv archive: one file that unpacks its site-packages into a cache when it first starts.

use crate::backend::{
    Application, Backend, Inside, LAUNCHER, PlanError, Reference, Request, application, artifact_name, launcher,
    python_tool, started,
};
use crate::facts::RiskKind;
use crate::plan::{Action, Item, Pick, Plan, Product, Step, StepId, Word};

/// Shows what it brings along to the Pythons that the program starts.
const EXTEND: &str = "--extend-pythonpath";

/// The backend.
pub static BACKEND: Shiv = Shiv;

/// Runs `shiv` on the installed program.
pub struct Shiv;

impl Backend for Shiv {
    entry!("shiv");

    fn plan(&self, request: &Request) -> Result<Plan, PlanError> {
        let mut plan = Plan::new(&self.entry().id);
        let application = application(request, &mut plan)?;
        let name = artifact_name(request, &plan.technology, ".pyz")?;
        let (site, reference) = start(request, &application, &mut plan);
        let interpreter = request.options.get("interpreter");
        let command = python_tool(request, "shiv")
            .arg("--site-packages")
            .arg(Word::output(&site, Pick::Folder))
            .args(["--entry-point", &reference, "--python", interpreter])
            .args(options(request))
            .args(
                request
                    .has_risk(RiskKind::StartsPython)
                    .then_some(EXTEND)
                    .filter(|_| !request.options.is_set("extend-pythonpath")),
            )
            .arg("--output-file")
            .arg(Word::out(&name));
        let title = format!("Pack it with shiv; it starts `{}`", application.start.text());
        let step = plan.add(Step::new(title, Action::run(command)));
        // A Python of its own path need not be on this machine.
        plan.proofs.push(started(
            request,
            &step,
            &name,
            interpreter.starts_with("/usr/bin/env python3"),
            Inside::By("SHIV_INTERPRETER"),
        ));
        plan.products.push(Product::place(step, Pick::Path(name)));
        Ok(plan)
    }
}

/// The folder that is packed, and the function in it that starts the program: shiv calls functions only, and not those that a
/// module shadows.
fn start(request: &Request, application: &Application, plan: &mut Plan) -> (StepId, String) {
    if application.start.function.is_some() && !is_shadowed(request, &application.start) {
        return (application.site.clone(), application.start.text());
    }
    let items = vec![
        Item::output("", &application.site, Pick::Folder),
        Item::text(format!("{LAUNCHER}.py"), launcher(&application.start)),
    ];
    let site = plan.add(Step::new("Put what starts the program beside it", Action::Lay { items }));
    (site, format!("{LAUNCHER}:main"))
}

/// Whether a module of the project has the dotted name of the function: shiv imports `pkg.main` first for `pkg:main`.
fn is_shadowed(request: &Request, start: &Reference) -> bool {
    let module = start.text().replace(['.', ':'], "/");
    let files = [format!("{module}.py"), format!("{module}/__init__.py")];
    let is_module = |path: &String| {
        files.iter().any(|file| path.strip_suffix(file).is_some_and(|above| above.is_empty() || above.ends_with('/')))
    };
    request.project.selection.files.iter().any(is_module)
}

fn options(request: &Request) -> Vec<String> {
    let options = &request.options;
    let compression = if options.is_set("compressed") { "--compressed" } else { "--uncompressed" };
    let mut words = vec!["--reproducible".to_owned(), compression.to_owned()];
    let root = options.get("root");
    if !root.is_empty() {
        words.extend(["--root".to_owned(), root.to_owned()]);
    }
    if options.is_set("extend-pythonpath") {
        words.push(EXTEND.into());
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::sample::{self, texts};
    use crate::facts::{EntryKind, EntryPoint};

    fn plan(request: Request, chosen: &[(&str, &str)]) -> Plan {
        BACKEND.plan(&sample::with_options(request, BACKEND.entry(), chosen)).unwrap()
    }

    #[test]
    fn a_console_script_is_packed_from_what_is_installed_already() {
        let expected = [
            "--site-packages",
            "--entry-point",
            "weather.cli:main",
            "--python",
            "/usr/bin/env python3",
            "--reproducible",
            "--compressed",
            "--output-file",
        ];
        assert_eq!(texts(&plan(sample::weather(), &[])), expected);
    }

    #[test]
    fn a_module_is_started_by_a_function_of_ours() {
        let mut request = sample::weather();
        request.entries[0] =
            EntryPoint { kind: EntryKind::Module, target: "weather".into(), ..request.entries[0].clone() };
        let plan = plan(request, &[]);
        assert!(texts(&plan).contains(&"_packwright_start:main".to_owned()));
        let laid = plan.steps.iter().filter(|step| matches!(step.action, Action::Lay { .. }));
        let written = laid.flat_map(|step| step.action.words()).any(|word| format!("{word:?}").contains("run_module"));
        assert!(written);
    }

    #[test]
    fn a_function_with_the_name_of_a_module_is_started_by_a_function_of_ours() {
        for (file, expected) in [
            ("src/weather/cli/main.py", "_packwright_start:main"),
            ("weather/cli/main/__init__.py", "_packwright_start:main"),
            ("other_weather/cli/main.py", "weather.cli:main"),
            ("weather/cli/main_loop.py", "weather.cli:main"),
        ] {
            let mut request = sample::weather();
            request.project.selection.files.push(file.into());
            assert!(texts(&plan(request, &[])).contains(&expected.to_owned()), "{file}");
        }
    }

    #[test]
    fn native_code_is_fine() {
        let plan = plan(sample::numpy_report(), &[]);
        assert_eq!(plan.products[0].pick(), Some(&Pick::Path("numpy-report-0.4.0-linux-x86-64-cp311-shiv.pyz".into())));
        assert!(plan.proofs[0].room.on.is_some());
    }

    #[test]
    fn a_python_that_the_program_starts_finds_its_modules() {
        let mut request = sample::weather();
        let source = crate::facts::Source::line("src/weather/cli.py", 7);
        let what = "[sys.executable, …]".to_owned();
        request.project.risks.push(crate::facts::Risk { kind: RiskKind::StartsPython, what, source });
        for chosen in [&[][..], &[("extend-pythonpath", "true")]] {
            let texts = texts(&plan(request.clone(), chosen));
            assert_eq!(texts.iter().filter(|text| *text == EXTEND).count(), 1, "{texts:?}");
        }
    }

    #[test]
    fn options_become_arguments() {
        let chosen = [("root", "/var/cache/app"), ("compressed", "false"), ("extend-pythonpath", "true")];
        let texts = texts(&plan(sample::weather(), &chosen));
        assert_eq!(texts[5..9], ["--reproducible", "--uncompressed", "--root", "/var/cache/app"]);
        assert!(texts.contains(&"--extend-pythonpath".to_owned()));
    }
}
