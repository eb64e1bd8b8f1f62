//! A program frozen by `PyInstaller`: its Python, its packages and their libraries in a folder or one file.

use crate::backend::{
    Backend, PlanError, Request, Shape, frozen, frozen_name, program_name, started_trial, thoroughly, with_display,
};
use crate::facts::Os;
use crate::plan::{Command, Outcome, Pick, Plan, Product, Proof, Room, StepId, Word};

/// The backend.
pub static BACKEND: Pyinstaller = Pyinstaller;

/// Runs `pyinstaller` on the installed program, and tries it where no Python is.
pub struct Pyinstaller;

impl Backend for Pyinstaller {
    entry!("pyinstaller");

    fn plan(&self, request: &Request) -> Result<Plan, PlanError> {
        request.refuse_strangers("icon")?;
        let mut plan = Plan::new(&self.entry().id);
        let shape = shape(request)?;
        let frozen = frozen(request, &shape, &mut plan)?;
        plan.proofs.push(proof(request, &frozen.step, &frozen.program));
        let suffix = if shape.is_one_file { program_suffix(request) } else { "" };
        plan.products.push(Product::Place {
            starts: Some(frozen.starts().to_owned()),
            pick: Pick::Path(frozen.product),
            name: Some(frozen_name(request, &plan.technology, suffix)?),
            step: frozen.step,
        });
        Ok(plan)
    }
}

/// What the options say.
fn shape(request: &Request) -> Result<Shape, PlanError> {
    let options = &request.options;
    let folder = Shape::folder(request, program_name(request, options.get("name"))?);
    let has_console = match options.get("console") {
        "yes" => true,
        "no" => false,
        _ => folder.has_console,
    };
    let is_one_file = options.get("layout") == "file";
    Ok(Shape { is_one_file, has_console, icon: options.get("icon").to_owned(), ..folder })
}

fn program_suffix(request: &Request) -> &'static str {
    if request.host.platform.os == Os::Windows { ".exe" } else { "" }
}

/// Starts it where no Python is.
fn proof(request: &Request, step: &StepId, program: &str) -> Proof {
    let trial = started_trial(request);
    let room = with_display(Room::bare().on(request.environment.platform), &trial);
    let program = Command::of(Word::output(step, Pick::Path(program.to_owned())));
    let proof = Proof::new("Start it where no Python is", room, Outcome::Ran);
    // A frozen program has no Python that could be asked to look inside.
    thoroughly(request, proof, &program, trial, None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::sample;
    use crate::facts::{Arch, EntryKind, EntryPoint, Libc, Platform, Risk, RiskKind, Source, Trial};
    use crate::plan::{Device, Look, Piece};

    fn plan(request: Request, chosen: &[(&str, &str)]) -> Result<Plan, PlanError> {
        BACKEND.plan(&sample::with_options(request, BACKEND.entry(), chosen))
    }

    fn args(plan: &Plan) -> Vec<String> {
        let command = &plan.steps.last().unwrap().action.commands()[0];
        command
            .args
            .iter()
            .filter_map(|word| if let Some(Piece::Text(text)) = word.piece() { Some(text.clone()) } else { None })
            .collect()
    }

    fn after_flag(args: &[String], flag: &str) -> Vec<String> {
        args.windows(2).filter(|pair| pair[0] == flag).map(|pair| pair[1].clone()).collect()
    }

    #[test]
    fn a_console_script_becomes_a_folder_that_is_started_where_no_python_is() {
        let plan = plan(sample::weather(), &[]).unwrap();
        let args = args(&plan);
        assert!(args.contains(&"--onedir".to_owned()) && args.contains(&"--console".to_owned()), "{args:?}");
        assert_eq!(after_flag(&args, "--collect-data"), ["weather"]);
        assert_eq!(after_flag(&args, "--copy-metadata"), ["weather-cli"]);
        assert_eq!(plan.proofs[0].room.name(), "bare");
        let (program, _) = plan.proofs[0].started().unwrap();
        assert_eq!(program.name(), "weather");
        let Product::Place { pick, name, .. } = &plan.products[0] else { panic!("{plan:?}") };
        assert_eq!(
            (pick, name.as_deref()),
            (&Pick::Path("weather".into()), Some("weather-cli-1.2.0-linux-x86-64-{oldest}-pyinstaller"))
        );
    }

    #[test]
    fn a_script_that_is_started_by_its_name_is_a_hidden_import() {
        let plan = plan(sample::one_file(), &[("layout", "file")]).unwrap();
        let args = args(&plan);
        assert_eq!(after_flag(&args, "--hidden-import"), ["tally"]);
        assert!(args.contains(&"--onefile".to_owned()));
        assert_eq!(
            plan.looks[1].of().piece(),
            Some(&Piece::Output(plan.steps.last().unwrap().id.clone(), Pick::Path("inside".into())))
        );
    }

    #[test]
    fn what_the_code_does_by_computed_names_is_taken_along() {
        let mut request = sample::weather();
        let risk = |kind, what: &str| Risk { kind, what: what.into(), source: Source::line("src/weather/cli.py", 3) };
        request.project.risks = vec![
            risk(RiskKind::DynamicImport, "importlib.import_module(…)"),
            risk(RiskKind::DistributionMetadata, "importlib.metadata.version(\"Click\")"),
        ];
        let args = args(&plan(request, &[("hidden-imports", "a.b, c")]).unwrap());
        assert_eq!(after_flag(&args, "--collect-submodules"), ["weather"]);
        assert_eq!(after_flag(&args, "--copy-metadata"), ["click", "weather-cli"]);
        assert_eq!(after_flag(&args, "--hidden-import"), ["a.b", "c"]);
    }

    #[test]
    fn a_program_with_windows_has_no_console_unless_it_is_asked_for() {
        let mut request = sample::weather();
        request.entries[0] = EntryPoint { kind: EntryKind::Gui, ..request.entries[0].clone() };
        request.project.trial.value = Trial::Window { deadline: 20 };
        let windowed = plan(request.clone(), &[]).unwrap();
        assert!(args(&windowed).contains(&"--windowed".to_owned()));
        assert_eq!(windowed.proofs[0].room.may.devices, [Device::Display]);
        assert!(args(&plan(request, &[("console", "yes")]).unwrap()).contains(&"--console".to_owned()));
    }

    #[test]
    fn another_system_and_a_name_that_is_no_file_name_are_refused() {
        let mut request = sample::weather();
        request.environment.platform = Platform { os: Os::Linux, arch: Arch::Arm64, libc: Some(Libc::Glibc) };
        let error = plan(request, &[]).unwrap_err().to_string();
        assert_eq!(error, "PyInstaller freezes for the system it runs on: for linux-arm64 it cannot on linux-x86-64");
        for name in ["../a", "-x", "a/b", "a:b"] {
            let error = plan(sample::weather(), &[("name", name)]).unwrap_err().to_string();
            assert_eq!(error, format!("a program cannot be called `{name}`"));
        }
    }

    #[test]
    fn an_icon_or_a_file_that_is_not_of_the_project_is_refused_before_anything_runs() {
        let mut request = sample::weather();
        request.project.selection.files = vec!["art/a.ico".into(), "art/b.png".into()];
        for (option, path) in
            [("icon", "nope.ico"), ("add-data", "../../etc/passwd"), ("add-data", "ar"), ("icon", "/etc/x")]
        {
            let error = plan(request.clone(), &[(option, path)]).unwrap_err().to_string();
            assert_eq!(error, format!("`{path}` (option `{option}`) is no file or folder of the project"));
        }
        assert!(plan(request, &[("icon", "art/a.ico"), ("add-data", "art, art/b.png")]).is_ok());
    }

    #[test]
    fn only_what_the_program_itself_imports_at_its_top_is_missed() {
        let plan = plan(sample::weather(), &[]).unwrap();
        let lines = plan
            .looks
            .iter()
            .find_map(|look| if let Look::Lines { pattern, .. } = look { Some(pattern) } else { None });
        let pattern = lines.unwrap();
        let pattern = regex::Regex::new(pattern).unwrap();
        let found = |line: &str| pattern.captures(line).map(|found| found["module"].to_owned());
        let line = "missing module named yaml - imported by rich.x (optional), weather.cli (top-level)";
        assert_eq!(found(line).as_deref(), Some("yaml"));
        assert_eq!(found("missing module named 'a.b' - imported by weather (top-level)").as_deref(), Some("a.b"));
        for line in [
            "missing module named yaml - imported by weather.cli (optional)",
            "missing module named _winapi - imported by encodings (delayed), asyncio.windows_utils (top-level)",
            "missing module named nt - imported by not_weather (top-level)",
        ] {
            assert_eq!(found(line), None, "{line}");
        }
    }
}
