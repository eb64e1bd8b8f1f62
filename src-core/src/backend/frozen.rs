//! A program frozen by `PyInstaller` with its Python, its packages and their libraries: for whatever ships such a folder.

mod inside;

use super::{Application, PlanError, Reference, Request, application, program_file};
use crate::facts::EntryKind;
use crate::plan::{
    Action, Command, Grants, Item, Look, Pick, Piece, Place, Plan, Resources, Step, StepId, ToolRef, Word,
};
use crate::problem::{Code, Problem};

/// The script that is frozen: a name that no module has.
const LAUNCHER: &str = "_packwright_start.py";
/// What runs `PyInstaller`.
const FREEZE: &str = include_str!("frozen/freeze.py");
/// What runs behind `PyInstaller`, and writes what is looked at.
const AFTER: &str = include_str!("frozen/after.py");
/// Where `PyInstaller` says what it did not find.
const NOT_FOUND: &str = "not-found.txt";
/// The tool that freezes.
const FREEZER: &str = "pyinstaller";

/// How a program is frozen. What goes in besides follows from the options that a technology has for it: `hidden-imports`,
/// `collect`, `collect-data`, `copy-metadata`, `exclude` and `add-data`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shape {
    /// The name of the program, as [`program_name`] gives it.
    pub name: String,
    /// Whether it is one file instead of a folder.
    pub is_one_file: bool,
    /// Whether it prints and reads in a terminal.
    pub has_console: bool,
    /// A file of the project; empty for none.
    pub icon: String,
    /// What is started instead where the program is called by another name, for example by a link to it.
    pub others: Vec<(String, Reference)>,
}

/// A frozen program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Frozen {
    /// The step that makes it.
    pub step: StepId,
    /// What is handed over, in the step's folder: a folder, or one file.
    pub product: String,
    /// What users start, in the step's folder.
    pub program: String,
}

impl Frozen {
    /// What users start, in what is handed over.
    pub fn starts(&self) -> &str {
        self.program.strip_prefix(&self.product).map_or("", |rest| rest.trim_start_matches('/'))
    }
}

impl Shape {
    /// A folder, with a console unless its entry point has none.
    pub fn folder(request: &Request, name: String) -> Self {
        let has_console = request.entries.first().is_none_or(|entry| entry.kind != EntryKind::Gui);
        Self { name, is_one_file: false, has_console, icon: String::new(), others: Vec::new() }
    }
}

/// Freezes the program and all it imports, and looks at what came out.
pub(crate) fn frozen(request: &Request, shape: &Shape, plan: &mut Plan) -> Result<Frozen, PlanError> {
    refuse_foreign(request)?;
    request.refuse_strangers("add-data")?;
    let application = application(request, plan)?;
    let freezing = Freezing { request, application: &application, shape };
    let scripts = plan.add(Step::new("Write what starts the program", freezing.scripts()));
    let commands = vec![freezing.freeze(&scripts), freezing.after(&scripts)];
    let action = Action::Run { place: Place::Here, may: Grants::default(), commands };
    let needs = Resources { disk: 500, ..Resources::new(1, 1024) };
    let step = Step::new(format!("Freeze it with PyInstaller; it starts `{}`", application.start.text()), action);
    let step = plan.add(Step { within: 3600, ..step.needs(needs) });
    plan.look(freezing.looks(&step));
    Ok(Frozen { step, product: freezing.product(), program: freezing.program() })
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

/// The name of the program: the one asked for, or that of the entry point; a file name on every system.
pub(crate) fn program_name(request: &Request, asked: &str) -> Result<String, PlanError> {
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

/// One program on its way into a frozen one.
struct Freezing<'a> {
    request: &'a Request,
    application: &'a Application,
    shape: &'a Shape,
}

impl Freezing<'_> {
    fn product(&self) -> String {
        let name = &self.shape.name;
        if self.shape.is_one_file { program_file(self.request, name) } else { name.clone() }
    }

    fn program(&self) -> String {
        let file = program_file(self.request, &self.shape.name);
        if self.shape.is_one_file { file } else { format!("{}/{file}", self.shape.name) }
    }

    /// The launcher: child processes of `multiprocessing` are started by it too.
    fn scripts(&self) -> Action {
        let statements = indented(&self.by_name());
        let launcher = format!(
            "import multiprocessing\n\nif __name__ == \"__main__\":\n    multiprocessing.freeze_support()\n{statements}"
        );
        Action::Lay {
            items: vec![
                Item::text(LAUNCHER, launcher),
                Item::text("tools/freeze.py", FREEZE),
                Item::text("tools/after.py", AFTER),
            ],
        }
    }

    /// The statements that start what the program is called by.
    fn by_name(&self) -> String {
        let main = self.application.start.statements();
        if self.shape.others.is_empty() {
            return main;
        }
        let others = self.shape.others.iter().enumerate().map(|(number, (name, start))| {
            let word = if number == 0 { "if" } else { "elif" };
            format!("{word} called == {name:?}:\n{}", indented(&start.statements()))
        });
        let others: String = others.collect();
        format!("import os\nimport sys\ncalled = os.path.basename(sys.argv[0])\n{others}else:\n{}", indented(&main))
    }

    fn freeze(&self, scripts: &StepId) -> Command {
        let command = self
            .python()
            .arg(Word::output(scripts, Pick::Path("tools/freeze.py".into())))
            .args(["--noconfirm", "--log-level", "INFO"])
            .arg(if self.shape.is_one_file { "--onefile" } else { "--onedir" })
            .arg(if self.shape.has_console { "--console" } else { "--windowed" })
            .args(["--name", &self.shape.name])
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

    /// The Python that `PyInstaller` runs on.
    fn python(&self) -> Command {
        let python = Some(self.request.python.clone());
        Command::of(ToolRef::Managed { name: FREEZER.into(), executable: "python".into(), python })
    }

    /// Copies the report, and takes a single file apart, by the Python that `PyInstaller` runs on.
    fn after(&self, scripts: &StepId) -> Command {
        let report = format!("work/{0}/warn-{0}.txt", self.shape.name);
        self.python()
            .arg("-I")
            .arg(Word::output(scripts, Pick::Path("tools/after.py".into())))
            .arg(Piece::Scratch(report))
            .arg(Word::out(self.program()))
            .arg(Word::out(""))
    }

    fn looks(&self, step: &StepId) -> Vec<Look> {
        let own: Vec<String> =
            self.request.project.packages.iter().map(|package| regex::escape(&package.name)).collect();
        let own = if own.is_empty() { regex::escape(&self.application.start.module) } else { own.join("|") };
        let binaries = if self.shape.is_one_file { "inside".to_owned() } else { self.shape.name.clone() };
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

fn indented(statements: &str) -> String {
    statements.lines().map(|line| format!("    {line}\n")).collect()
}
