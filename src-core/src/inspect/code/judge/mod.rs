//! Facts that the code decides. Each has its evidence; what is not sure stays unknown.

mod dependencies;
mod kind;
mod native;
mod place;
mod services;
pub(super) mod web;
pub(super) mod windows;

use super::Code;
use crate::facts::{Facts, Source};

/// All facts that the code decides.
pub(super) fn facts(code: &Code) -> Facts {
    let mut found = Found(Facts::default());
    dependencies::judge(code, &mut found);
    native::judge(code, &mut found);
    windows::judge(code, &mut found);
    web::judge(code, &mut found);
    place::judge(code, &mut found);
    services::judge(code, &mut found);
    kind::judge(code, &mut found);
    found.0
}

/// Facts as they are found.
struct Found(Facts);

impl Found {
    /// Sets a fact. The words are written in this folder, and a test of each judge reads them back.
    fn set(&mut self, fact: &str, tags: &[&str], source: Source) {
        let known = self.0.set_tags(fact, tags, source);
        debug_assert!(known.is_ok(), "{fact} = {tags:?}: {known:?}");
    }

    /// Whether a fact is known to hold a tag.
    fn has(&self, fact: &str, tag: &str) -> bool {
        self.0.has(fact, tag)
    }
}

#[cfg(test)]
mod tests {
    use crate::facts::{Fact, Facts};

    /// The tags of a fact, as words.
    pub fn tags(facts: &Facts, fact: &str) -> Vec<&'static str> {
        let fact = Fact::named(fact).unwrap();
        facts.get(fact).map(|known| known.tags.ids(fact).collect()).unwrap_or_default()
    }

    /// The evidence of a fact, as it is shown.
    pub fn source(facts: &Facts, fact: &str) -> String {
        facts.get(Fact::named(fact).unwrap()).map(|known| known.source.to_string()).unwrap_or_default()
    }
}
