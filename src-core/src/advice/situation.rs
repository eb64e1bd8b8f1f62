//! What is known of one target, laid out so that rules are evaluated without a look-up.

use crate::facts::{Fact, Facts, Os, Tags};

/// More facts than the vocabulary has; a test holds it to that.
const ROOM: usize = 40;

/// The tags of every fact for one target; the empty set is unknown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Situation([Tags; ROOM]);

impl Situation {
    /// What holds for every target.
    pub(super) fn common(facts: &Facts) -> Self {
        Self::collect(|fact| facts.get(fact).map(|known| known.tags))
    }

    /// What holds for the targets with one system, whose `os` is that system alone.
    pub(super) fn of(facts: &Facts, os: Os) -> Self {
        let mut situation = Self::collect(|fact| facts.get_for(os, fact).map(|known| known.tags));
        if let Some((fact, tags)) = os_tags(os) {
            situation.set(fact, tags);
        }
        situation
    }

    fn collect(tags: impl Fn(Fact) -> Option<Tags>) -> Self {
        Self::filled(|fact| tags(fact).unwrap_or_default())
    }

    /// These tags for each fact.
    pub(super) fn filled(tags: impl Fn(Fact) -> Tags) -> Self {
        let mut all = [Tags::default(); ROOM];
        for fact in Fact::all() {
            all[fact.index()] = tags(fact);
        }
        Self(all)
    }

    /// The tags of a fact.
    pub(super) fn get(&self, fact: Fact) -> Tags {
        self.0[fact.index()]
    }

    /// Sets the tags of a fact.
    pub(super) fn set(&mut self, fact: Fact, tags: Tags) {
        self.0[fact.index()] = tags;
    }

    /// Whether a fact is known.
    pub(super) fn knows(&self, fact: Fact) -> bool {
        !self.get(fact).is_empty()
    }
}

/// The fact `os` with one system as its only tag.
fn os_tags(os: Os) -> Option<(Fact, Tags)> {
    let fact = Fact::named("os").ok()?;
    Some((fact, Tags::default().with(fact.tag(os.id()).ok()?)))
}

/// The systems that facts name: in the fact `os`, or by having facts of their own.
pub(super) fn systems(facts: &Facts) -> Vec<Os> {
    let named = facts.tags("os");
    let is_named = |os: Os| os_tags(os).is_some_and(|(_, tags)| named.meets(tags));
    let own: Vec<Os> = facts.systems().collect();
    Os::ALL.iter().copied().filter(|os| is_named(*os) || own.contains(os)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fact_has_a_place() {
        assert!(Fact::count() <= ROOM);
    }

    #[test]
    fn a_target_knows_its_own_system_only() {
        let mut facts = Facts::default();
        facts.assign("os=linux,windows").unwrap();
        facts.assign("macos:python-on-target=matching").unwrap();
        assert_eq!(systems(&facts), [Os::Linux, Os::Windows, Os::Macos]);
        let os = Fact::named("os").unwrap();
        assert_eq!(Situation::of(&facts, Os::Windows).get(os).ids(os).collect::<Vec<_>>(), ["windows"]);
        let python = Fact::named("python-on-target").unwrap();
        assert!(Situation::of(&facts, Os::Macos).knows(python) && !Situation::common(&facts).knows(python));
    }
}
