//! A Python ZIP application, PEP 441. Packwright writes the archive itself, so it needs no tool and the same input gives the
//! same bytes.

use crate::backend::{Application, Backend, Inside, PlanError, Request, application, artifact_name, started};
use crate::facts::{RiskKind, pep};
use crate::plan::{Action, Format, Item, Pick, Plan, Product, Step};
use crate::problem::{Code, Problem, listing};

/// What an archive has no use for: scripts know the path of the Python that installed them, bytecode that of its source.
const LEFT_OUT: [&str; 3] = ["bin/**", "Scripts/**", "**/*.pyc"];

/// Shows the archive to the Pythons that the program starts.
const PYTHONPATH: &str = "import os\n\
    paths = [os.path.abspath(sys.argv[0])] + os.environ.get(\"PYTHONPATH\", \"\").split(os.pathsep)\n\
    os.environ[\"PYTHONPATH\"] = os.pathsep.join(path for path in paths if path)";

/// The backend.
pub static BACKEND: Zipapp = Zipapp;

/// Zips the installed program behind a `#!` line.
pub struct Zipapp;

impl Backend for Zipapp {
    entry!("zipapp");

    fn plan(&self, request: &Request) -> Result<Plan, PlanError> {
        // Compiled code is often there for its speed alone, and the same version has a wheel without.
        let request = &request.purest();
        let mut plan = Plan::new(&self.entry().id);
        // That of the project itself is known before anything is resolved.
        refuse_native(request)?;
        let application = application(request, &mut plan)?;
        refuse_native(request)?;
        refuse_files(request)?;
        let name = artifact_name(request, &plan.technology, ".pyz")?;
        let interpreter = request.options.get("interpreter");
        let format = Format::Zip {
            shebang: (!interpreter.is_empty()).then(|| format!("#!{interpreter}")),
            deflate: request.options.is_set("compress"),
        };
        let action = Action::Pack { to: name.clone(), items: items(request, &application), format };
        let step = plan.add(Step::new(format!("Write the archive that starts `{}`", application.start.text()), action));
        // A Python of its own path need not be on this machine.
        plan.proofs.push(started(
            request,
            &step,
            &name,
            interpreter.starts_with("/usr/bin/env python3"),
            Inside::OnPath,
        ));
        plan.products.push(Product::place(step, Pick::Path(name)));
        Ok(plan)
    }
}

/// Python's importer loads no native code from a ZIP: the archive would be built, and fail where it is started.
fn refuse_native(request: &Request) -> Result<(), PlanError> {
    if !request.is_native() {
        return Ok(());
    }
    let lock = request.resolved.locks.get(&request.environment);
    let native = lock.map(|lock| lock.native()).unwrap_or_default();
    let mut names: Vec<String> = native.iter().map(|package| format!("`{}`", package.name)).collect();
    if names.is_empty() {
        names.push("its own code".into());
    }
    let verb = if names.len() == 1 { "is" } else { "are" };
    let message = format!(
        "`{}` cannot run from a ZIP: {} {verb} compiled, and Python imports compiled code from real files only",
        request.project.name,
        listing(&names)
    );
    let problem = Problem::new(Code::Unsuitable, message).hint(
        "Choose `pex`, which carries compiled code for several platforms, or `shiv`: both unpack before they start",
    );
    Err(problem.into())
}

/// What is told a file opens it, and inside a ZIP there is none.
fn refuse_files(request: &Request) -> Result<(), PlanError> {
    let Some(entry) = request.entries.first().filter(|entry| entry.runner.is_some()) else { return Ok(()) };
    let (Some(file), Some(runner)) = (entry.file(), &entry.runner) else { return Ok(()) };
    let message = format!(
        "`{}` cannot run from a ZIP: `{}` opens `{file}`, and inside it are no files",
        request.project.name, runner.module
    );
    let problem = Problem::new(Code::Unsuitable, message);
    Err(problem.hint("Choose `pex` or `shiv`, which unpack before they start").into())
}

fn items(request: &Request, application: &Application) -> Vec<Item> {
    let site = Item::output("", &application.site, Pick::Folder).without(&LEFT_OUT);
    vec![site.without(&["__main__.py"]), Item::text("__main__.py", main(request, application))]
}

/// What Python runs. Processes started by `multiprocessing` import it again and must not start the program again. Its text
/// is one that old Pythons read too, so that they say what is wrong instead of quoting what they do not understand.
fn main(request: &Request, application: &Application) -> String {
    let project = &request.project;
    let built = request.resolved.metadata.as_ref().and_then(|metadata| metadata.requires_python.as_deref());
    let requires = built.or(project.requires_python.as_ref().map(|requires| requires.value.as_str()));
    let (lowest, said) = match requires.and_then(pep::lowest_python).filter(|minor| *minor > 0) {
        Some(minor) => (format!("3, {minor}"), format!("Python 3.{minor} or newer")),
        None => ("3, 0".into(), "Python 3".into()),
    };
    // A name is put into a text of Python, where a percent sign stands for what follows.
    let name: String =
        project.name.chars().map(|c| if c.is_ascii_graphic() && !"\\\"%".contains(c) { c } else { '_' }).collect();
    let start = application.start.statements();
    let statements = PYTHONPATH.lines().filter(|_| request.has_risk(RiskKind::StartsPython)).chain(start.lines());
    let statements: String = statements.map(|statement| format!("    {statement}\n")).collect();
    format!(
        "import sys\n\nif sys.version_info < ({lowest}):\n    \
         sys.exit(\"{name} needs {said}, and this is Python %d.%d\" % sys.version_info[:2])\n\n\
         if __name__ == \"__main__\":\n{statements}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::sample;
    use crate::facts::{Evidence, Risk, Source};
    use crate::plan::{Outcome, Piece, ToolRef, What};

    fn plan(request: Request, chosen: &[(&str, &str)]) -> Result<Plan, PlanError> {
        BACKEND.plan(&sample::with_options(request, BACKEND.entry(), chosen))
    }

    fn zip(plan: &Plan) -> (Option<String>, String, bool) {
        let Action::Pack { items, format: Format::Zip { shebang, deflate }, .. } = &plan.steps.last().unwrap().action
        else {
            panic!("{plan:?}")
        };
        let Some(What::Text(word)) = items.last().map(|item| &item.what) else { panic!("{items:?}") };
        let Some(Piece::Text(text)) = word.piece() else { panic!("{word:?}") };
        (shebang.clone(), text.clone(), *deflate)
    }

    #[test]
    fn it_calls_the_function_of_the_entry_point_and_returns_its_code() {
        let plan = plan(sample::weather(), &[]).unwrap();
        let (shebang, main, _) = zip(&plan);
        assert_eq!(shebang.as_deref(), Some("#!/usr/bin/env python3"));
        let expected =
            "if __name__ == \"__main__\":\n    import sys\n    from weather.cli import main\n    sys.exit(main())\n";
        assert!(main.ends_with(expected), "{main}");
        assert_eq!(plan.proofs[0].success, Outcome::Ran);
    }

    #[test]
    fn an_older_python_is_told_which_one_it_needs() {
        let said = |request: Request| zip(&plan(request, &[]).unwrap()).1;
        let mut request = sample::weather();
        request.project.requires_python =
            Some(Evidence { value: ">=3.11,<4".into(), source: Source::line("pyproject.toml", 3) });
        request.project.name = "wetter %s \"ä\"".into();
        let text = said(request.clone());
        let expected = "import sys\n\nif sys.version_info < (3, 11):\n    sys.exit(\"wetter__s____ needs Python 3.11 or newer, \
                        and this is Python %d.%d\" % sys.version_info[:2])\n";
        assert!(text.starts_with(expected), "{text}");
        request.project.requires_python = None;
        assert!(said(request).contains("(3, 0):\n    sys.exit(\"wetter__s____ needs Python 3, and"));
    }

    #[test]
    fn a_single_file_is_run_as_a_module() {
        let (_, main, _) = zip(&plan(sample::one_file(), &[]).unwrap());
        assert!(main.contains("runpy.run_module(\"tally\", run_name=\"__main__\", alter_sys=True)"), "{main}");
    }

    #[test]
    fn native_code_is_refused_with_its_name_and_a_better_way() {
        let Err(PlanError::Unsuitable(problem)) = plan(sample::numpy_report(), &[]) else { panic!() };
        assert_eq!(
            problem.message,
            "`numpy-report` cannot run from a ZIP: `numpy` is compiled, and Python imports compiled code from real files only"
        );
        assert!(problem.hints[0].text.contains("`pex`"));
    }

    #[test]
    fn a_wheel_that_runs_everywhere_is_taken_where_there_is_one() {
        let mut request = sample::numpy_report();
        for package in request.resolved.locks.values_mut().flat_map(|lock| &mut lock.packages) {
            let name = format!("{}-{}-py3-none-any.whl", package.name, package.version);
            package.pure = package.wheel.clone().map(|wheel| crate::plan::Remote { name, ..wheel });
        }
        let plan = plan(request, &[]).unwrap();
        let fetched = plan.steps.iter().find_map(|step| match &step.action {
            Action::Fetch { files } => files.iter().find(|file| file.name.starts_with("numpy-")),
            _ => None,
        });
        assert!(fetched.unwrap().name.ends_with("-py3-none-any.whl"));
    }

    #[test]
    fn native_code_of_the_project_itself_is_refused_too() {
        let mut request = sample::weather();
        let source = Source::line("setup.py", 4);
        request.project.risks.push(Risk { kind: RiskKind::NativeCode, what: "weather._fast".into(), source });
        let error = plan(request, &[]).unwrap_err().to_string();
        assert!(error.contains("its own code is compiled"), "{error}");
    }

    #[test]
    fn a_library_has_nothing_to_start() {
        let error = plan(sample::library(), &[]).unwrap_err().to_string();
        assert_eq!(error, "`shapes` has no entry point, so there is nothing to start");
    }

    #[test]
    fn a_file_opened_beside_the_code_makes_it_yellow() {
        let mut request = sample::weather();
        let source = Source::line("src/weather/cli.py", 7);
        request.project.risks.push(Risk { kind: RiskKind::FileBesideCode, what: "icons.txt".into(), source });
        let plan = BACKEND.planned(&sample::with_options(request, BACKEND.entry(), &[])).unwrap();
        assert!(plan.warnings[0].starts_with("`icons.txt` (src/weather/cli.py:7): "));
    }

    #[test]
    fn a_python_that_the_program_starts_finds_its_modules_in_the_archive() {
        let mut request = sample::weather();
        let source = Source::line("src/weather/cli.py", 7);
        request.project.risks.push(Risk { kind: RiskKind::StartsPython, what: "[sys.executable, …]".into(), source });
        let (_, main, _) = zip(&plan(request, &[]).unwrap());
        assert!(main.contains("os.environ[\"PYTHONPATH\"]") && main.contains("os.path.abspath(sys.argv[0])"), "{main}");
        assert!(!zip(&plan(sample::weather(), &[]).unwrap()).1.contains("PYTHONPATH"));
    }

    #[test]
    fn options_choose_interpreter_and_compression() {
        let plan = plan(sample::weather(), &[("interpreter", ""), ("compress", "false")]).unwrap();
        let (shebang, _, deflate) = zip(&plan);
        assert_eq!((shebang, deflate), (None, false));
        let (subject, _) = plan.proofs[0].started().unwrap();
        assert!(matches!(subject.tool(), Some(ToolRef::Python { .. })));
    }
}
