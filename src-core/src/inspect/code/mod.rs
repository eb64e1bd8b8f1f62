//! Reads the Python code of a project: layout, imports, facts, risks, and how the program can be tried.
//!
//! Everything is parsed and nothing is run. Each file becomes a small [`module::Module`] in one walk over its syntax tree;
//! every judgement after that is a pure function over those summaries. A judgement needs evidence: what is not sure is
//! left unknown.

mod arguments;
mod constants;
mod entries;
mod exposed;
mod given;
mod guards;
mod imports;
mod judge;
mod layout;
mod libraries;
mod module;
mod names;
mod notebook;
mod openers;
mod own_modules;
mod program;
mod reader;
mod reads;
mod resources;
mod risks;
#[cfg(test)]
mod sample;
mod served;
mod spot;
mod starts;
mod trial;
mod whole;

use std::collections::BTreeMap;

use crate::facts::{
    DataFile, Edit, EntryPoint, Evidence, Facts, ImportPackage, OwnModule, Requirement, Risk, Source, Trial,
};
use crate::inspect::tree::Tree;

pub use entries::order;
pub use given::Given;
pub use imports::{Imported, top_name};
pub(crate) use layout::is_python;
pub(in crate::inspect) use libraries::is_for_development;
pub use libraries::{brings, distribution, is_embedded, is_standard, known_requirement, last_version};
pub use module::Need;

use entries::Entries;
use program::Program;
use whole::Code;

/// What the code of a project shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Scan {
    /// Folder from the root that holds the packages: empty for a flat layout.
    pub source_dir: String,
    /// Import packages and modules.
    pub packages: Vec<ImportPackage>,
    /// Python files that can be imported.
    pub modules: Vec<OwnModule>,
    /// Files inside the packages that are not Python code.
    pub data_files: Vec<DataFile>,
    /// Entry points that only the code shows: `__main__.py`, scripts with a main guard.
    pub entry_points: Vec<EntryPoint>,
    /// Names of those of which any may be meant; empty where one is.
    pub rivals: Vec<String>,
    /// Modules of other distributions, each once.
    pub imports: Vec<Imported>,
    /// What the code needs although nothing declares it, as requirements; sure enough for plain folders and scripts.
    pub undeclared: Vec<Requirement>,
    /// Packages whose data the program reads through `importlib.resources` and its relatives.
    pub resources: Vec<Evidence<String>>,
    /// What may break some artifacts.
    pub risks: Vec<Risk>,
    /// Lines that may be written otherwise.
    pub edits: Vec<Edit>,
    /// Files that could not be parsed, each with the reason.
    pub unparsed: Vec<Evidence<String>>,
    /// How many files were left unread because there are too many.
    pub unread: usize,
    /// What the code decides.
    pub facts: Facts,
    /// How the program is tried.
    pub trial: Evidence<Trial>,
    /// How others of its entry points are tried, by their names, where that is not the same.
    pub trials: BTreeMap<String, Evidence<Trial>>,
}

/// Most entry points of which it is found out how they are tried.
const MOST_TRIALS: usize = 50;

/// Reads the code of a project.
pub fn scan(tree: &Tree, declared: &Given) -> Scan {
    let layout = layout::find(tree, declared);
    let program = Program::read(tree, &layout);
    let Entries { found: entry_points, rivals } = entries::find(tree, &layout, &program, declared);
    let mut in_order: Vec<&EntryPoint> = declared.entry_points.iter().chain(&entry_points).collect();
    in_order.sort_by_key(|entry| order(entry, declared.name));
    let imports = imports::third_party(tree, &layout, &program, declared);
    let code = Code { tree, declared, layout: &layout, program: &program, imports: &imports, entry_points: &in_order };
    // Code for a board asks no index for anything.
    let undeclared = if judge::is_firmware(&code) { Vec::new() } else { imports::undeclared(&imports, declared) };
    let data_files = resources::data_files(tree, &layout);
    let unparsed = program.modules.iter().filter_map(|module| {
        let (line, message) = module.unparsed.clone()?;
        Some(Evidence { value: message, source: Source::line(&module.path, line) })
    });
    let trial = trial::find(&code);
    let others = in_order.iter().skip(1).take(MOST_TRIALS).map(|entry| (entry.name.clone(), trial::of(&code, entry)));
    let trials = others.filter(|(_, other)| other.value != trial.value).collect();
    let (risks, edits) = risks::find(&code);
    Scan {
        facts: judge::facts(&code),
        trial,
        trials,
        risks,
        edits,
        resources: resources::asked_for(&program),
        undeclared,
        unparsed: unparsed.collect(),
        modules: own_modules::find(&program),
        unread: program.unread,
        data_files,
        source_dir: layout.source_dir,
        packages: layout.packages,
        entry_points,
        rivals,
        imports,
    }
}
