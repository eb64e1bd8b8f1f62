//! What the package carries: a virtual environment for the system's Python, or a folder with a Python of its own.

use std::borrow::Cow;

use super::commands::Installed;
use super::package::{Package, Payload};
use crate::backend::{CoreMetadata, PlanError, Reference, Request, Shape, application, frozen, program_name};
use crate::facts::{PythonVersion, pep};
use crate::plan::{Item, Mode, Pick, Plan, StepId, Word};
use crate::problem::{Code, Problem, Remedy};

/// The Python of the release that the package is for: Debian 12.
const PYTHON: PythonVersion = PythonVersion { major: 3, minor: 11 };
/// Exactly.
const EXACTLY: &str = "3.11.2";

/// What was made to be carried.
pub(super) struct Carried {
    /// Where it stands in the package.
    pub items: Vec<Item>,
    /// The folder that is carried, to look at what it needs.
    pub from: Word,
    /// Packages that it needs, as far as no look at it tells.
    pub depends: Vec<String>,
}

impl Payload {
    /// The one that is asked for, or that fits.
    pub fn of(request: &Request) -> Result<Self, PlanError> {
        match (request.options.get("payload"), hindrance(request)) {
            ("venv", Some(because)) => {
                let message = format!("`{}` cannot use the Python of Debian 12: {because}", request.project.name);
                let problem = Problem::new(Code::Unsuitable, message);
                Err(problem
                    .remedy("Bring a Python along", Remedy::Set { option: "payload".into(), value: "frozen".into() })
                    .into())
            }
            ("frozen", _) | (_, Some(_)) => Ok(Self::Frozen),
            (_, None) => Ok(Self::Venv),
        }
    }

    /// The request as the payload needs it: a virtual environment is for the Python that will run it.
    pub fn request(self, request: &Request) -> Cow<'_, Request> {
        if self == Self::Frozen || request.environment.python == PYTHON {
            return Cow::Borrowed(request);
        }
        let mut request = request.clone();
        request.environment.python = PYTHON;
        Cow::Owned(request)
    }

    /// Makes it.
    pub fn carried(self, package: &Package, plan: &mut Plan) -> Result<Carried, PlanError> {
        match self {
            Self::Venv => venv(package, plan),
            Self::Frozen => folder(package, plan),
        }
    }
}

/// Why the system's Python will not do.
fn hindrance(request: &Request) -> Option<String> {
    let declared = request.project.requires_python.as_ref().map(|requires| &requires.value);
    let told = request.resolved.metadata.as_ref().and_then(|metadata: &CoreMetadata| metadata.requires_python.as_ref());
    if let Some(requires) = told.or(declared)
        && let (Ok(admitted), Some(python)) = (pep::specifiers(requires), pep::version(EXACTLY))
        && !admitted.contains(&python)
    {
        return Some(format!("it needs Python {requires}, and that one is {EXACTLY}"));
    }
    if request.is_native_itself() && request.environment.python != PYTHON {
        let here = request.environment.python;
        return Some(format!("its own code is compiled for Python {here}, and that one is {PYTHON}"));
    }
    None
}

/// Lays a virtual environment out, as `venv` would where it will stand: a folder, links, and what starts with `#!`.
fn venv(package: &Package, plan: &mut Plan) -> Result<Carried, PlanError> {
    let site = application(package.request, plan)?.site;
    let root = package.folder();
    let interpreter = format!("/{root}/bin/python3");
    let configuration = format!("home = /usr/bin\ninclude-system-site-packages = false\nversion = {PYTHON}\n");
    let mut items = vec![
        Item::text(format!("{root}/pyvenv.cfg"), configuration),
        Item::link(format!("{root}/bin/python3"), "../../../bin/python3"),
        Item::output(format!("{root}/lib/python{PYTHON}/site-packages"), &site, Pick::Folder),
    ];
    for command in &package.commands {
        let script = Item::text(format!("{root}/bin/{}", command.name), command.script(&interpreter)?);
        items.push(script.mode(Mode::PROGRAM));
        items.push(linked(command, &format!("../lib/{}/bin/{}", package.name, command.name)));
    }
    let next = PythonVersion { minor: PYTHON.minor + 1, ..PYTHON };
    let mut depends = vec![format!("python3 (>= {PYTHON}~)"), format!("python3 (<< {next})")];
    if package.request.facts.has("gui-toolkit", "tk") {
        // Debian has this part of the standard library apart.
        depends.push("python3-tk".into());
    }
    Ok(Carried { items, from: Word::output(&site, Pick::Folder), depends })
}

/// The folder with everything in it.
fn folder(package: &Package, plan: &mut Plan) -> Result<Carried, PlanError> {
    let request = package.request;
    let others = package.commands.iter().skip(1).map(|one| Ok((one.name.clone(), Reference::of(one.entry)?)));
    let others = others.collect::<Result<_, PlanError>>()?;
    let shape = Shape { others, ..Shape::folder(request, program_name(request, "")?) };
    let frozen = frozen(request, &shape, plan)?;
    let program = frozen.program.rsplit('/').next().unwrap_or_default();
    let carried = |step: &StepId| Word::output(step, Pick::Path(frozen.product.clone()));
    let mut items = vec![Item::from(package.folder(), carried(&frozen.step))];
    // One program, which starts what it is called by.
    let to = format!("../lib/{}/{program}", package.name);
    items.extend(package.commands.iter().map(|command| linked(command, &to)));
    Ok(Carried { items, from: carried(&frozen.step), depends: Vec::new() })
}

fn linked(command: &Installed, to: &str) -> Item {
    Item::link(command.path().trim_start_matches('/'), to)
}
