//! The steps that make the file: the tree is laid out, finished, and packed by `dpkg-deb`.

use super::integration::{menu, service, settings_path};
use super::naming;
use super::package::Package;
use super::papers::{changelog, control, copyright, instead_of_a_licence, manual};
use super::payload::Carried;
use super::scripts::maintainer_scripts;
use crate::backend::{PlanError, python};
use crate::plan::{
    Action, Command, Grants, Item, Pick, Piece, Place, Plan, Resources, Step, StepId, ToolRef, Word, maker,
};
use crate::problem::{Code, Problem};

/// What finishes the tree.
const STAGE: &str = include_str!("stage.py");
/// Which package has which library.
pub(super) const LIBRARIES: &str = include_str!("libraries.txt");
/// Where stands what no known package has.
pub(super) const UNKNOWN: &str = "unknown-libraries.txt";

/// How the file is compressed. More than one thread would cut the data into blocks by the memory of this machine, and give
/// other bytes elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Squeeze {
    /// What every dpkg in use reads.
    Xz,
    /// Not at all: for a package that only a trial sees.
    Nothing,
}

/// A package on its way into a file.
#[derive(Clone, Copy)]
pub(super) struct Packing<'a> {
    pub package: &'a Package<'a>,
    pub architecture: &'static str,
    pub carried: &'a Carried,
}

/// The steps of one file.
pub(super) struct Packed {
    pub steps: Vec<Step>,
    pub id: StepId,
}

impl Packing<'_> {
    /// Looks at what native code in it needs of the system.
    fn needs(&self) -> Option<Step> {
        let words = [("of", vec![self.carried.from.clone()]), ("to", vec![Word::text("needs.txt")])];
        let look = || Step::new("Look at what its libraries need", Action::make(maker::NEEDS, words));
        (self.architecture != naming::ANY).then(look)
    }

    /// The steps; the first of a plan that has them already adds nothing.
    pub fn packed(&self, squeeze: Squeeze) -> Result<Packed, PlanError> {
        let needs = self.needs();
        let laid = Step::new("Lay the package out", Action::Lay { items: self.items(needs.as_ref())? });
        let stage = Piece::Scratch("package".into());
        let finish = Command::of(python(self.package.request))
            .arg("-I")
            .arg(Word::output(&laid.id, Pick::Path("stage.py".into())))
            .arg(Word::output(&laid.id, Pick::Folder))
            .arg(stage.clone())
            .arg(Word::out(UNKNOWN));
        let format: &[&str] = match squeeze {
            // A quarter of the time of the usual sixth level, for an eighth more bytes.
            Squeeze::Xz => &["-Zxz", "-z2"],
            Squeeze::Nothing => &["-Znone"],
        };
        let pack = Command::new(ToolRef::System { name: "dpkg-deb".into() }, ["--root-owner-group", "--threads-max=1"]);
        let pack = pack.args(format.iter().copied()).arg("--build").arg(stage).arg(Word::out(self.file()));
        let action = Action::Run { place: Place::Here, may: Grants::default(), commands: vec![finish, pack] };
        let step = Step::new("Pack it", action).needs(Resources { disk: 300, ..Resources::new(1, 200) });
        let id = step.id.clone();
        Ok(Packed { steps: needs.into_iter().chain([laid, step]).collect(), id })
    }

    /// The name that `apt` and repositories expect.
    pub fn file(&self) -> String {
        format!("{}_{}_{}.deb", self.package.name, self.package.version.in_file_names(), self.architecture)
    }

    /// Everything that is laid out: `package/` becomes the package, `papers/` is said to what finishes it.
    fn items(&self, needs: Option<&Step>) -> Result<Vec<Item>, PlanError> {
        let package = self.package;
        let documents = format!("usr/share/doc/{}", package.name);
        let mut inside = vec![
            Item::text("DEBIAN/control", control(package, self.architecture)),
            Item::text(format!("{documents}/copyright"), copyright(package)),
            Item::text(format!("{documents}/changelog.Debian"), changelog(package)),
        ];
        for command in &package.commands {
            inside.push(Item::text(format!("usr/share/man/man1/{}.1", command.name), manual(package, &command.name)));
        }
        inside.extend(maintainer_scripts(package));
        if package.is_service() {
            inside.extend(service(package));
            inside.push(Item::text("DEBIAN/conffiles", format!("{}\n", settings_path(package))));
        }
        if package.has_windows() {
            inside.extend(menu(package)?);
        }
        inside.extend(self.carried.items.iter().cloned());
        for item in &mut inside {
            item.at = format!("package/{}", item.at);
        }
        inside.extend([
            Item::text("stage.py", STAGE),
            Item::text("papers/depends.txt", lines(&self.depends()?)),
            Item::text("papers/licence.txt", format!("{}\n", instead_of_a_licence(package))),
        ]);
        for file in &package.request.project.metadata.licence_files {
            inside.push(Item::from(format!("papers/licences/{file}"), Word::source(file)));
        }
        if let Some(needs) = needs {
            inside.push(Item::text("papers/libraries.txt", LIBRARIES));
            inside.push(Item::output("papers/needs.txt", &needs.id, Pick::Path("needs.txt".into())));
        }
        Ok(inside)
    }

    /// What it depends on, as far as that is known before anything is made.
    pub fn depends(&self) -> Result<Vec<String>, PlanError> {
        let asked = asked_for(self.package)?;
        Ok(self.carried.depends.iter().cloned().chain(asked.into_iter().map(str::to_owned)).collect())
    }
}

impl Packed {
    /// Adds the steps to a plan.
    pub fn into_plan(self, plan: &mut Plan) -> StepId {
        for step in self.steps {
            plan.add(step);
        }
        self.id
    }
}

/// The packages that the option asks for; Debian Policy 7.1.
pub(super) fn asked_for<'a>(package: &'a Package) -> Result<Vec<&'a str>, PlanError> {
    let asked = package.request.options.list("depends");
    let relation = regex::Regex::new(
        r"^[a-z0-9][a-z0-9+.-]+( \((<<|<=|=|>=|>>) [0-9][A-Za-z0-9.+~:-]*\))?( \| [a-z0-9][a-z0-9+.-]+( \((<<|<=|=|>=|>>) [0-9][A-Za-z0-9.+~:-]*\))?)*$",
    )
    .expect("the expression is written here and covered by tests");
    match asked.iter().find(|text| !relation.is_match(text)) {
        None => Ok(asked),
        Some(odd) => {
            let problem = Problem::new(Code::Usage, format!("`{odd}` (option `depends`) names no package"));
            Err(problem.hint("Write `name`, `name (>= 1.2)` or `one | other`, with commas between several").into())
        }
    }
}

fn lines(all: &[String]) -> String {
    all.iter().map(|line| format!("{line}\n")).collect()
}
