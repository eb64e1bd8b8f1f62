//! Reads the Python code of a project: layout, imports, facts, risks, and how the program can be tried.
//!
//! Everything is parsed and nothing is run. Each file becomes a small [`module::Module`] in one walk over its syntax tree;
//! every judgement after that is a pure function over those summaries. A judgement needs evidence: what is not sure is
//! left unknown.

mod entries;
mod guards;
mod imports;
mod judge;
mod layout;
mod libraries;
mod module;
mod names;
mod nesting;
mod program;
mod reader;
mod resources;
mod risks;
#[cfg(test)]
mod sample;
mod spot;
mod trial;

use crate::facts::{
    DataFile, EntryKind, EntryPoint, Evidence, Facts, ImportPackage, Requirement, Risk, Source, Trial, normalize,
};
use crate::inspect::tree::Tree;

pub use imports::Imported;
pub use libraries::{distribution, is_standard};
pub use module::Need;
pub(super) use nesting::is_too_deep;

use program::Program;

/// What the project's metadata says; the default is a plain folder.
#[derive(Debug, Clone, Copy, Default)]
pub struct Given<'a> {
    /// Name of the distribution, or of the folder.
    pub name: &'a str,
    /// Whether there is packaging metadata.
    pub has_metadata: bool,
    /// The script, when the project is a single one.
    pub script: Option<&'a str>,
    /// Folder from the root that metadata says holds the packages.
    pub source_dir: Option<&'a str>,
    /// Dotted names of the packages and modules that metadata lists; empty when it leaves them to be found.
    pub packages: &'a [String],
    /// Entry points that metadata lists.
    pub entry_points: &'a [EntryPoint],
    /// Entry-point groups other than scripts.
    pub plugin_groups: &'a [Evidence<String>],
    /// Whether there may be more scripts than those, which only a build shows.
    pub open_scripts: bool,
    /// Run-time requirements.
    pub dependencies: &'a [Requirement],
    /// Whether these are all that it requires.
    pub lists_dependencies: bool,
    /// Requirements of the build, PEP 508.
    pub build_requires: &'a [String],
}

/// What the code of a project shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Scan {
    /// Folder from the root that holds the packages: empty for a flat layout.
    pub source_dir: String,
    /// Import packages and modules.
    pub packages: Vec<ImportPackage>,
    /// Files inside the packages that are not Python code.
    pub data_files: Vec<DataFile>,
    /// Entry points that only the code shows: `__main__.py`, scripts with a main guard.
    pub entry_points: Vec<EntryPoint>,
    /// Modules of other distributions, each once.
    pub imports: Vec<Imported>,
    /// What the code needs although nothing declares it, as requirements; sure enough for plain folders and scripts.
    pub undeclared: Vec<Requirement>,
    /// Packages whose data the program reads through `importlib.resources` and its relatives.
    pub resources: Vec<Evidence<String>>,
    /// What may break some artifacts.
    pub risks: Vec<Risk>,
    /// Files that could not be parsed, each with the reason.
    pub unparsed: Vec<Evidence<String>>,
    /// How many files were left unread because there are too many.
    pub unread: usize,
    /// What the code decides.
    pub facts: Facts,
    /// How the program is tried.
    pub trial: Evidence<Trial>,
}

/// Reads the code of a project.
pub fn scan(tree: &Tree, declared: &Given) -> Scan {
    let layout = layout::find(tree, declared);
    let program = Program::read(tree, &layout);
    let entry_points = entries::find(tree, &layout, &program, declared);
    let mut in_order: Vec<&EntryPoint> = declared.entry_points.iter().chain(&entry_points).collect();
    in_order.sort_by_key(|entry| (entry.kind == EntryKind::Module, normalize(&entry.name) != normalize(declared.name)));
    let imports = imports::third_party(tree, &layout, &program, declared);
    let code = Code { tree, declared, layout: &layout, program: &program, imports: &imports, entry_points: &in_order };
    let data_files = resources::data_files(tree, &layout);
    let unparsed = program.modules.iter().filter_map(|module| {
        let (line, message) = module.unparsed.clone()?;
        Some(Evidence { value: message, source: Source::line(&module.path, line) })
    });
    Scan {
        facts: judge::facts(&code),
        trial: trial::find(&code),
        risks: risks::find(&code),
        resources: resources::asked_for(&program),
        undeclared: imports::undeclared(&imports, declared),
        unparsed: unparsed.collect(),
        unread: program.unread,
        data_files,
        source_dir: layout.source_dir,
        packages: layout.packages,
        entry_points,
        imports,
    }
}

/// Everything a judgement may look at.
#[derive(Clone, Copy)]
struct Code<'a> {
    tree: &'a Tree,
    declared: &'a Given<'a>,
    layout: &'a layout::Layout,
    program: &'a Program,
    imports: &'a [Imported],
    /// Declared and found entry points, the one that builds take first.
    entry_points: &'a [&'a EntryPoint],
}

impl<'a> Code<'a> {
    /// Whether this is surely a program: something starts it, or it is no package at all.
    fn is_program(&self) -> bool {
        !self.declared.has_metadata || !self.entry_points.is_empty()
    }

    /// Whether metadata lists scripts, so that it is installed as a program.
    fn installs_scripts(&self) -> bool {
        self.declared.entry_points.iter().any(|entry| matches!(entry.kind, EntryKind::Console | EntryKind::Gui))
    }

    /// How sure the import of a library must be for the program to be built on it. What is required anyway may be
    /// imported anywhere; otherwise an import in a function or a `try` of a package may belong to an extra.
    fn least_need(&self, modules: &[String]) -> Need {
        let requires = |module: &String| {
            let usual = normalize(&libraries::distribution(module));
            let name = normalize(module);
            let fits = |requirement: &Requirement| {
                requirement.name == usual
                    || requirement.name == name
                    || libraries::variant_of(&requirement.name).is_some_and(|original| normalize(original) == usual)
            };
            self.declared.dependencies.iter().any(fits)
        };
        let is_graphical = self.entry_points.first().is_some_and(|entry| entry.kind == EntryKind::Gui);
        if modules.iter().any(requires) {
            Need::Perhaps
        } else if is_graphical || !self.declared.has_metadata {
            Need::Deferred
        } else {
            Need::Always
        }
    }

    /// The module an entry point starts in.
    fn start_of(&self, entry: &EntryPoint) -> Option<&'a module::Module> {
        let target = entry.target.split(':').next().unwrap_or_default();
        let main = self.program.module(&format!("{target}.__main__"));
        let module = self.program.at(target).or_else(|| self.program.module(target));
        if entry.kind == EntryKind::Module { main.or(module) } else { module.or(main) }
    }

    /// The modules that an entry point reaches, nearest first; empty when its module is not in the project.
    fn reached_by(&self, entry: &EntryPoint) -> Vec<&'a module::Module> {
        self.start_of(entry).map(|start| self.program.reached_from(start)).unwrap_or_default()
    }

    /// The modules that the entry points reach, in their order; without entry points, all modules.
    fn reached(&self) -> Vec<&'a module::Module> {
        let mut reached: Vec<&module::Module> = Vec::new();
        for module in self.entry_points.iter().copied().flat_map(|entry| self.reached_by(entry)) {
            if !reached.iter().any(|known| known.path == module.path) {
                reached.push(module);
            }
        }
        if reached.is_empty() { self.program.modules.iter().collect() } else { reached }
    }

    /// The modules that the first entry point reaches, which is the one that builds take; else as [`Self::reached`].
    fn reached_first(&self) -> Vec<&'a module::Module> {
        let first = self.entry_points.iter().copied().next().map(|entry| self.reached_by(entry)).unwrap_or_default();
        if first.is_empty() { self.reached() } else { first }
    }
}
