//! Wheels without native code, of the versions that were chosen: many packages are compiled for their speed alone.

use super::compile::{Asked, Resolver};
use super::pins::Pins;
use super::pylock;
use super::question::Question;
use super::sources::Sources;
use crate::backend::Lock;
use crate::plan::Remote;

impl Resolver<'_> {
    /// Finds such wheels for the packages of a lock whose best ones are compiled. Where `uv` has no answer there are none:
    /// what was chosen is good without.
    pub(super) fn find_pure(&self, question: &Question, lock: &mut Lock, pins: Option<&Pins>) {
        let is_asked = |name: &str| !question.wanted.is_here(name) && question.routes.tied(name).is_none();
        let native = lock.native().into_iter().filter(|package| is_asked(&package.name));
        let releases: Vec<String> = native.map(|package| format!("{}=={}", package.name, package.version)).collect();
        if releases.is_empty() {
            return;
        }
        let Ok(Ok(text)) = self.run(question, &Sources::default(), Asked::Everywhere(releases)) else { return };
        let Ok(mut found) = pylock::pure(&text, question.environment.python) else { return };
        let may_be_used = |name: &str, wheel: &Remote| pins.is_none_or(|pins| pins.lists(name, wheel));
        for package in &mut lock.packages {
            package.pure = found.remove(&package.name).filter(|wheel| may_be_used(&package.name, wheel));
        }
    }
}
