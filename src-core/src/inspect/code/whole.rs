//! The code of a project as a whole, as every judgement gets it.

use super::given::Given;
use super::imports::Imported;
use super::layout::Layout;
use super::libraries;
use super::module::{Module, Need};
use super::program::Program;
use crate::facts::{EntryKind, EntryPoint, Requirement, normalize};
use crate::inspect::tree::Tree;

/// Everything a judgement may look at.
#[derive(Clone, Copy)]
pub(super) struct Code<'a> {
    pub(super) tree: &'a Tree,
    pub(super) declared: &'a Given<'a>,
    pub(super) layout: &'a Layout,
    pub(super) program: &'a Program,
    pub(super) imports: &'a [Imported],
    /// Declared and found entry points, the one that builds take first.
    pub(super) entry_points: &'a [&'a EntryPoint],
}

impl<'a> Code<'a> {
    /// Whether this is surely a program: something starts it, or it is no package at all.
    pub(super) fn is_program(&self) -> bool {
        !self.declared.has_metadata || !self.entry_points.is_empty()
    }

    /// Whether metadata lists scripts, so that it is installed as a program.
    pub(super) fn installs_scripts(&self) -> bool {
        self.declared.entry_points.iter().any(|entry| matches!(entry.kind, EntryKind::Console | EntryKind::Gui))
    }

    /// How sure the import of a library must be for the program to be built on it. What is required anyway may be
    /// imported anywhere; otherwise an import in a function or a `try` of a package may belong to an extra.
    pub(super) fn least_need(&self, modules: &[String]) -> Need {
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
    pub(super) fn start_of(&self, entry: &EntryPoint) -> Option<&'a Module> {
        let target = entry.target.split(':').next().unwrap_or_default();
        let main = self.program.module(&format!("{target}.__main__"));
        let module = self.program.at(target).or_else(|| self.program.module(target));
        if entry.kind == EntryKind::Module { main.or(module) } else { module.or(main) }
    }

    /// The modules that an entry point reaches, nearest first; empty when its module is not in the project.
    pub(super) fn reached_by(&self, entry: &EntryPoint) -> Vec<&'a Module> {
        self.start_of(entry).map(|start| self.program.reached_from(start)).unwrap_or_default()
    }

    /// The modules that the entry points reach, in their order; without entry points, all modules.
    pub(super) fn reached(&self) -> Vec<&'a Module> {
        let mut reached: Vec<&Module> = Vec::new();
        for module in self.entry_points.iter().copied().flat_map(|entry| self.reached_by(entry)) {
            if !reached.iter().any(|known| known.path == module.path) {
                reached.push(module);
            }
        }
        if reached.is_empty() { self.program.modules.iter().collect() } else { reached }
    }

    /// The modules that the first entry point reaches, which is the one that builds take; else as [`Self::reached`].
    pub(super) fn reached_first(&self) -> Vec<&'a Module> {
        let first = self.entry_points.iter().copied().next().map(|entry| self.reached_by(entry)).unwrap_or_default();
        if first.is_empty() { self.reached() } else { first }
    }
}
