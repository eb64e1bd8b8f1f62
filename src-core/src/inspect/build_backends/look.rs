//! A look at a project through the eyes of its build backend.

use super::attribute::Folders;
use super::data::BuildBackend;
use crate::facts::{Evidence, RiskKind, Source};
use crate::inspect::tree::Tree;

/// Most reasons that are told; one is enough to ask.
const MOST: usize = 20;

/// A look at a project through the eyes of its build backend.
pub(super) struct Look<'a> {
    pub(super) tree: &'a Tree,
    pub(super) backend: &'static BuildBackend,
    pub(super) folders: Folders,
    pub(super) found: Vec<Evidence<String>>,
}

impl Look<'_> {
    /// Adds a reason.
    pub(super) fn ask(&mut self, source: Source, why: String) {
        let reason = Evidence { value: why, source };
        if self.found.len() < MOST && !self.found.contains(&reason) {
            self.found.push(reason);
        }
    }

    /// Whether a path is at or below a link out of the project.
    pub(super) fn is_behind_link(&self, path: &str) -> bool {
        let path = path.trim_start_matches("./").trim_start_matches('/');
        let links = self.tree.risks.iter().filter(|risk| risk.kind == RiskKind::LinkOutside);
        links
            .filter_map(|risk| if let Source::File { path, .. } = &risk.source { Some(path) } else { None })
            .any(|link| path.strip_prefix(link.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
    }
}
