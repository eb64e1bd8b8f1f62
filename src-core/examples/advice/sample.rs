//! Sampled situations: sets of facts that answer every question that makes sense.

use packwright_core::catalogue::{Questionnaire, Several, contradictions};
use packwright_core::facts::{Fact, Facts, Known, Source, Tags};

/// A source of numbers that gives the same ones in every run: `SplitMix64`.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    /// A number below `limit`.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % limit.max(1) as u64).unwrap_or_default()
    }

    fn shuffled<T>(&mut self, items: impl Iterator<Item = T>) -> Vec<T> {
        let mut items: Vec<T> = items.collect();
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
        items
    }
}

/// How situations are made.
#[derive(Clone, Copy, PartialEq)]
pub enum Way {
    /// No two facts contradict each other, and now and then a fact has two tags.
    Consistent,
    /// Every fact has one tag, whatever the others say.
    Independent,
}

/// Every fact that makes sense, answered.
pub fn complete(dice: &mut Dice, way: Way) -> Facts {
    let tags = loop {
        let tags = thrown(dice, way);
        // Answers that leave none for another fact describe nothing that can be.
        if tags.iter().all(|tags| !tags.is_empty()) {
            break tags;
        }
    };
    let mut facts = Facts::default();
    for fact in Fact::all().filter(|fact| makes_sense(*fact, &tags)) {
        facts.set(None, fact, Known { tags: tags[fact.index()], source: Source::User });
    }
    facts
}

/// Tags for each fact in a random order, as far as those before leave one.
fn thrown(dice: &mut Dice, way: Way) -> Vec<Tags> {
    let mut tags = vec![Tags::default(); Fact::count()];
    for fact in dice.shuffled(Fact::all()) {
        let mut wanted = 1;
        if way == Way::Consistent && may_have_several(fact) && dice.below(6) == 0 {
            wanted = 2;
        }
        for tag in dice.shuffled(fact.tags()) {
            let before = tags[fact.index()];
            if before.len() == wanted {
                break;
            }
            tags[fact.index()] = before.with(tag);
            if way == Way::Consistent && is_contradictory(&tags) {
                tags[fact.index()] = before;
            }
        }
    }
    tags
}

fn may_have_several(fact: Fact) -> bool {
    Questionnaire::get().of(fact).is_some_and(|question| question.several != Several::Never)
}

fn makes_sense(fact: Fact, tags: &[Tags]) -> bool {
    Questionnaire::get().of(fact).is_some_and(|question| question.when.fits(|other| tags[other.index()]))
}

fn is_contradictory(tags: &[Tags]) -> bool {
    let certain = |fact: Fact| tags[fact.index()];
    contradictions().iter().any(|one| one.when.is_certain(certain, Questionnaire::is_together))
}
