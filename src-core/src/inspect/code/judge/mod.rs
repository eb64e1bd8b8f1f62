//! Facts that the code decides. Each has its evidence; what is not sure stays unknown.

mod dependencies;
mod found;
mod kind;
mod native;
mod place;
mod services;
pub(super) mod web;
pub(super) mod windows;

use self::found::Found;
use super::whole::Code;
use crate::facts::Facts;

/// Whether only a board can run it.
pub(super) fn is_firmware(code: &Code) -> bool {
    place::firmware(code).is_some()
}

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
