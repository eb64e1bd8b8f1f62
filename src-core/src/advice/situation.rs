//! What is known of one target, laid out so that rules are evaluated without a look-up.

use crate::facts::{Fact, Facts, Known, Os, Tags};

/// More facts than the vocabulary has; a test holds it to that.
const ROOM: usize = 40;

/// The tags of every fact for one target; the empty set is unknown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Situation {
    tags: [Tags; ROOM],
    /// Facts that rest on a hint alone, by index.
    hints: u64,
}

impl Situation {
    /// What holds for every target.
    pub(super) fn common(facts: &Facts) -> Self {
        Self::collect(|fact| facts.get(fact))
    }

    /// What holds for the targets with one system, whose `os` is that system alone.
    pub(super) fn of(facts: &Facts, os: Os) -> Self {
        let mut situation = Self::collect(|fact| facts.get_for(os, fact));
        if let Some((fact, tags)) = os_tags(os) {
            situation.set(fact, tags);
        }
        situation
    }

    fn collect<'a>(known: impl Fn(Fact) -> Option<&'a Known>) -> Self {
        let mut situation = Self::filled(|fact| known(fact).map(|known| known.tags).unwrap_or_default());
        for fact in Fact::all().filter(|fact| known(*fact).is_some_and(Known::is_hint)) {
            situation.hints |= 1 << fact.index();
        }
        situation
    }

    /// These tags for each fact.
    pub(super) fn filled(tags: impl Fn(Fact) -> Tags) -> Self {
        let mut all = [Tags::default(); ROOM];
        for fact in Fact::all() {
            all[fact.index()] = tags(fact);
        }
        Self { tags: all, hints: 0 }
    }

    /// The tags of a fact.
    pub(super) fn get(&self, fact: Fact) -> Tags {
        self.tags[fact.index()]
    }

    /// The tags of a fact as far as they are sure: what is only hinted at is not.
    pub(super) fn sure(&self, fact: Fact) -> Tags {
        if self.is_hint(fact) { Tags::default() } else { self.get(fact) }
    }

    /// Sets the tags of a fact, surely.
    pub(super) fn set(&mut self, fact: Fact, tags: Tags) {
        self.tags[fact.index()] = tags;
        self.hints &= !(1 << fact.index());
    }

    fn is_hint(&self, fact: Fact) -> bool {
        self.hints & (1 << fact.index()) != 0
    }

    /// Whether a fact is known.
    pub(super) fn knows(&self, fact: Fact) -> bool {
        !self.get(fact).is_empty()
    }

    /// Whether a fact is known so surely that it need not be asked for.
    pub(super) fn is_settled(&self, fact: Fact) -> bool {
        !self.sure(fact).is_empty()
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
    use crate::facts::Source;

    #[test]
    fn every_fact_has_a_place() {
        assert!(Fact::count() <= ROOM && ROOM <= 64);
    }

    #[test]
    fn a_hint_is_known_and_not_sure_until_it_is_answered() {
        let plugins = Fact::named("plugins").unwrap();
        let tags = plugins.tag_set(["pure"]).unwrap();
        let mut facts = Facts::default();
        facts.set(None, plugins, Known { tags, source: Source::Hint { path: "a.py".into(), line: 1 } });
        let mut situation = Situation::common(&facts);
        assert!(situation.knows(plugins) && !situation.is_settled(plugins));
        situation.set(plugins, tags);
        assert!(situation.is_settled(plugins) && situation.sure(plugins) == tags);
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
