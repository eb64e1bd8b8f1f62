//! A program frozen by `PyInstaller`: its Python, its packages and their libraries in a folder or one file.

mod inside;

use crate::backend::{Application, Backend, PlanError, Request, application, frozen_name, program_file, python_tool};
use crate::facts::{EntryKind, Os, Platform, Trial};
use crate::plan::{
    Action, Command, Device, Item, Look, Outcome, Pick, Piece, Plan, Product, Proof, Resources, Room, Step, StepId,
    ToolRef, Word,
};
use crate::problem::{Code, Problem, listing};

/// The script that is frozen: a name that no module has.
const LAUNCHER: &str = "_packwright_start.py";
/// What runs behind `PyInstaller`, and writes what is looked at.
const AFTER: &str = include_str!("after.py");
/// Where `PyInstaller` says what it did not find.
const NOT_FOUND: &str = "not-found.txt";

/// The backend.
pub static BACKEND: Pyinstaller = Pyinstaller;

/// Runs `pyinstaller` on the installed program, and tries it where no Python is.
pub struct Pyinstaller;

impl Backend for Pyinstaller {
    entry!("catalogue.toml");

    fn plan(&self, request: &Request) -> Result<Plan, PlanError> {
        refuse_foreign(request)?;
        for option in ["icon", "add-data"] {
            refuse_strangers(request, option)?;
        }
        let mut plan = Plan::new(&self.entry().id);
        let application = application(request, &mut plan)?;
        let freezing = Freezing { request, application: &application, name: name(request)? };
        let scripts = plan.add(Step::new("Write what starts the program", freezing.scripts()));
        let action = Action::Run {
            place: crate::plan::Place::Here,
            may: crate::plan::Grants::default(),
            commands: vec![freezing.freeze(&scripts), freezing.after(&scripts)],
        };
        let needs = Resources { disk: 500, ..Resources::new(1, 1024) };
        let step = Step::new(format!("Freeze it with PyInstaller; it starts `{}`", application.start.text()), action);
        let step = plan.add(Step { within: 3600, ..step.needs(needs) });
        plan.proofs.push(freezing.proof(&step));
        plan.look(freezing.looks(&step));
        let suffix = if freezing.is_one_file() { program_suffix(request) } else { "" };
        plan.products.push(Product::Place {
            pick: Pick::Path(freezing.product()),
            name: Some(frozen_name(request, &plan.technology, suffix)?),
            step,
        });
        Ok(plan)
    }
}

/// `PyInstaller` is no cross-compiler.
fn refuse_foreign(request: &Request) -> Result<(), PlanError> {
    let (wanted, here) = (request.environment.platform, request.host.platform);
    if (wanted.os, wanted.arch) == (here.os, here.arch) {
        return Ok(());
    }
    let message = format!("PyInstaller freezes for the system it runs on: for {wanted} it cannot on {here}");
    Err(Problem::new(Code::HostUnsupported, message).hint(format!("Build it on {wanted}")).into())
}

/// What an option names must be of the project: `PyInstaller` overlooks an icon that is not there, and takes whatever is.
fn refuse_strangers(request: &Request, option: &str) -> Result<(), PlanError> {
    let files = &request.project.selection.files;
    let is_there = |path: &str| files.iter().any(|file| is_below(file, path));
    let Some(stranger) = request.options.list(option).into_iter().find(|path| !is_there(path)) else { return Ok(()) };
    let message = format!("`{stranger}` (option `{option}`) is no file or folder of the project");
    let problem = Problem::new(Code::Usage, message)
        .hint("Write its path from the root of the project; what version control ignores is not seen by a build");
    Err(problem.into())
}

/// Whether a path is another one, or inside it.
fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder.trim_end_matches('/')).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The name of the program: a file name on every system.
fn name(request: &Request) -> Result<String, PlanError> {
    let asked = request.options.get("name");
    let entry = request.entries.first().map_or("", |entry| entry.name.as_str());
    let name = if asked.is_empty() { entry } else { asked };
    let plain = |c: char| c.is_alphanumeric() || "-_.+ ".contains(c);
    if !name.is_empty() && !name.starts_with(['-', '.', ' ']) && name.chars().all(plain) {
        return Ok(name.to_owned());
    }
    if asked.is_empty() {
        let safe: String = request.project.normalized_name().chars().filter(|c| plain(*c)).collect();
        return Ok(if safe.is_empty() { "program".into() } else { safe });
    }
    let message = format!("a program cannot be called `{asked}`");
    Err(Problem::new(Code::Usage, message).hint("Use letters, digits, `-`, `_` and `.`").into())
}

fn program_suffix(request: &Request) -> &'static str {
    if request.host.platform.os == Os::Windows { ".exe" } else { "" }
}

/// One program on its way into a frozen one.
struct Freezing<'a> {
    request: &'a Request,
    application: &'a Application,
    name: String,
}

impl Freezing<'_> {
    fn is_one_file(&self) -> bool {
        self.request.options.get("layout") == "file"
    }

    /// What is handed over, in the step's folder.
    fn product(&self) -> String {
        if self.is_one_file() { program_file(self.request, &self.name) } else { self.name.clone() }
    }

    /// What users start, in the step's folder.
    fn program(&self) -> String {
        let file = program_file(self.request, &self.name);
        if self.is_one_file() { file } else { format!("{}/{file}", self.name) }
    }

    fn has_console(&self) -> bool {
        match self.request.options.get("console") {
            "yes" => true,
            "no" => false,
            _ => self.request.entries.first().is_none_or(|entry| entry.kind != EntryKind::Gui),
        }
    }

    /// The launcher: child processes of `multiprocessing` are started by it too.
    fn scripts(&self) -> Action {
        let statements = self.application.start.statements();
        let statements: String = statements.lines().map(|line| format!("    {line}\n")).collect();
        let launcher = format!(
            "import multiprocessing\n\nif __name__ == \"__main__\":\n    multiprocessing.freeze_support()\n{statements}"
        );
        Action::Lay { items: vec![Item::text(LAUNCHER, launcher), Item::text("after/after.py", AFTER)] }
    }

    fn freeze(&self, scripts: &StepId) -> Command {
        let command = python_tool(self.request, "pyinstaller")
            .args(["--noconfirm", "--log-level", "INFO"])
            .arg(if self.is_one_file() { "--onefile" } else { "--onedir" })
            .arg(if self.has_console() { "--console" } else { "--windowed" })
            .args(["--name", &self.name])
            .arg("--distpath")
            .arg(Word::out(""))
            .arg("--workpath")
            .arg(Piece::Scratch("work".into()))
            .arg("--specpath")
            .arg(Piece::Scratch("spec".into()))
            .env("PYTHONPATH", Word::output(&self.application.site, Pick::Folder))
            .env("PYINSTALLER_CONFIG_DIR", Piece::Scratch("cache".into()))
            // Sets are walked in the order of their hashes.
            .env("PYTHONHASHSEED", "0");
        let command = self.what_goes_in(command);
        command.arg(Word::output(scripts, Pick::Path(LAUNCHER.into())))
    }

    /// Copies the report, and takes a single file apart, by the Python that `PyInstaller` runs on.
    fn after(&self, scripts: &StepId) -> Command {
        let python = ToolRef::Managed {
            name: "pyinstaller".into(),
            executable: "python".into(),
            python: Some(self.request.python.clone()),
        };
        let report = format!("work/{0}/warn-{0}.txt", self.name);
        Command::of(python)
            .arg("-I")
            .arg(Word::output(scripts, Pick::Path("after/after.py".into())))
            .arg(Piece::Scratch(report))
            .arg(Word::out(self.program()))
            .arg(Word::out(""))
    }

    /// Starts it where no Python is.
    fn proof(&self, step: &StepId) -> Proof {
        let platform: Platform = self.request.environment.platform;
        let room = Room::bare().on(platform);
        let trial = match &self.request.project.trial.value {
            Trial::Import { modules } => {
                Trial::None { because: format!("only importing {} can be tried", listing(modules)) }
            }
            trial => trial.clone(),
        };
        let room = if matches!(trial, Trial::Window { .. }) { room.with(Device::Display) } else { room };
        let program = Command::of(Word::output(step, Pick::Path(self.program())));
        Proof::new("Start it where no Python is", room, Outcome::Ran).start(program, trial)
    }

    fn looks(&self, step: &StepId) -> Vec<Look> {
        let own: Vec<String> =
            self.request.project.packages.iter().map(|package| regex::escape(&package.name)).collect();
        let own = if own.is_empty() { regex::escape(&self.application.start.module) } else { own.join("|") };
        let binaries = if self.is_one_file() { "inside".to_owned() } else { self.name.clone() };
        vec![
            Look::Lines {
                of: Word::output(step, Pick::Path(NOT_FOUND.into())),
                pattern: format!(
                    r"^missing module named '?(?P<module>[\w.]+)'? - imported by (?:.*, )?(?:{own})(?:\.[\w.]+)? \(top-level\)"
                ),
                otherwise: "`{module}`, which the program imports, was not found and is not inside; declare the \
                            distribution that provides it as a dependency"
                    .into(),
            },
            Look::Binaries { of: Word::output(step, Pick::Path(binaries)) },
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::sample;
    use crate::facts::{Arch, EntryPoint, Libc, Risk, RiskKind, Source};

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
