//! What can hold together: the contradictions in what is known, and how likely an answer is beside it.

use std::sync::LazyLock;

use super::answer::Contradicting;
use super::situation::Situation;
use super::standing::Board;
use crate::catalogue::{Condition, Contradiction, Questionnaire, contradictions};
use crate::facts::{Fact, Os, Tag, Tags};

/// For each tag of each fact, the tags of every other fact that can stand beside it.
static BESIDE: LazyLock<Vec<Vec<Situation>>> = LazyLock::new(|| {
    let anything = Situation::filled(every);
    let mut beside: Vec<Vec<Situation>> = Fact::all().map(|fact| vec![anything; fact.tags().count()]).collect();
    for contradiction in contradictions() {
        for fact in contradiction.when.facts() {
            for other in contradiction.when.facts().filter(|other| *other != fact) {
                for (index, tag) in fact.tags().enumerate() {
                    let allowed = other.tags().filter(|with| !excludes(&contradiction.when, tag, *with));
                    let allowed = allowed.fold(Tags::default(), Tags::with);
                    let known = &mut beside[fact.index()][index];
                    known.set(other, known.get(other).and(allowed));
                }
            }
        }
    }
    beside
});

/// Every tag of a fact.
fn every(fact: Fact) -> Tags {
    fact.tags().fold(Tags::default(), Tags::with)
}

fn excludes(when: &Condition, tag: Tag, with: Tag) -> bool {
    // A whole situation for each of the thousands of pairs would be most of the work.
    let known = |fact| [tag, with].into_iter().filter(|one| one.fact() == fact).fold(Tags::default(), Tags::with);
    when.is_certain(known, Questionnaire::is_together)
}

fn is_certain(when: &Condition, situation: &Situation) -> bool {
    when.is_certain(|fact| situation.sure(fact), Questionnaire::is_together)
}

/// The contradictions on these boards, each once for all of them or once for each system.
pub(super) fn contradicting(boards: &[Board]) -> Vec<Contradicting> {
    let together = together(boards);
    let mut found = Vec::new();
    for contradiction in contradictions() {
        if contradiction.across_targets {
            if is_certain(&contradiction.when, &together) {
                found.push(said(contradiction, &together, None));
            }
            continue;
        }
        let on: Vec<&Board> = boards.iter().filter(|board| is_certain(&contradiction.when, &board.situation)).collect();
        let everywhere = on.len() == boards.len()
            && on
                .windows(2)
                .all(|two| given(contradiction, &two[0].situation) == given(contradiction, &two[1].situation));
        let named = if everywhere { &on[..on.len().min(1)] } else { &on[..] };
        let os = |board: &Board| if everywhere { None } else { board.os };
        found.extend(named.iter().map(|board| said(contradiction, &board.situation, os(board))));
    }
    found
}

/// What is known of any of the targets.
fn together(boards: &[Board]) -> Situation {
    Situation::filled(|fact| boards.iter().map(|board| board.situation.get(fact)).fold(Tags::default(), Tags::or))
}

fn said(contradiction: &Contradiction, situation: &Situation, os: Option<Os>) -> Contradicting {
    Contradicting { text: contradiction.because.clone(), facts: given(contradiction, situation), os }
}

/// The facts of a contradiction as they are known in a situation.
fn given(contradiction: &Contradiction, situation: &Situation) -> Vec<String> {
    let mut given = Vec::new();
    for fact in contradiction.when.facts().filter(|fact| situation.knows(*fact)) {
        let tags: Vec<&str> = situation.get(fact).ids(fact).collect();
        let words = format!("{fact}={}", tags.join(","));
        if !given.contains(&words) {
            given.push(words);
        }
    }
    given
}

/// The tags of every fact that can stand beside all that is known.
pub(super) fn possible(situation: &Situation) -> Situation {
    let mut possible = Situation::filled(every);
    for known in Fact::all().filter(|fact| situation.is_settled(*fact)) {
        let beside: Vec<&Situation> = held(situation, known).collect();
        for fact in Fact::all() {
            let either = beside.iter().map(|one| one.get(fact)).reduce(Tags::or).unwrap_or_default();
            let both = beside.iter().map(|one| one.get(fact)).reduce(Tags::and).unwrap_or_default();
            let allowed = if Questionnaire::is_together(known) { both } else { either };
            possible.set(fact, possible.get(fact).and(allowed));
        }
    }
    possible
}

/// What can stand beside each of the tags that a fact holds.
fn held(situation: &Situation, fact: Fact) -> impl Iterator<Item = &'static Situation> {
    let tags = situation.get(fact);
    fact.tags().zip(&BESIDE[fact.index()]).filter(move |(tag, _)| tags.has(*tag)).map(|(_, beside)| beside)
}

/// How likely each tag of an unknown fact is, relative to each other: the share of consistent situations that it leaves
/// open, if all answers that are still unknown were equally likely. A tag that contradicts what is known weighs nothing.
pub(super) fn likelihoods(situation: &Situation, possible: &Situation, fact: Fact) -> Vec<f64> {
    let weigh = |(tag, beside): (Tag, &Situation)| {
        if !possible.get(fact).has(tag) {
            return 0.0;
        }
        let unknown = Fact::all().filter(|other| *other != fact && !situation.is_settled(*other));
        // One more on both sides: that a fact stays open is always possible.
        let left =
            |other| (1.0 + count(possible.get(other).and(beside.get(other)))) / (1.0 + count(possible.get(other)));
        unknown.map(left).product()
    };
    fact.tags().zip(&BESIDE[fact.index()]).map(weigh).collect()
}

fn count(tags: Tags) -> f64 {
    // A set holds at most 32 tags.
    u32::try_from(tags.len()).map_or(0.0, f64::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fact(id: &str) -> Fact {
        Fact::named(id).unwrap()
    }

    fn situation(known: &[(&str, &str)]) -> Situation {
        let mut situation = Situation::filled(|_| Tags::default());
        for (id, tag) in known {
            situation.set(fact(id), fact(id).tag_set([*tag]).unwrap());
        }
        situation
    }

    #[test]
    fn what_contradicts_the_known_facts_is_not_possible() {
        let possible = possible(&situation(&[("environment", "browser")]));
        let kinds: Vec<&str> = possible.get(fact("kind")).ids(fact("kind")).collect();
        assert!(kinds.contains(&"web-frontend") && !kinds.contains(&"firmware"), "{kinds:?}");
    }

    #[test]
    fn an_answer_that_fits_few_situations_is_unlikely_and_one_that_fits_none_has_no_weight() {
        let nothing = situation(&[]);
        let kinds = likelihoods(&nothing, &possible(&nothing), fact("kind"));
        let of = |tag: &str| fact("kind").tags().position(|other| other.id() == tag).unwrap();
        assert!(kinds[of("firmware")] < kinds[of("cli")]);
        let desktop = situation(&[("environment", "desktop")]);
        let kinds = likelihoods(&desktop, &possible(&desktop), fact("kind"));
        assert!(kinds[of("firmware")] == 0.0 && kinds[of("cli")] > 0.0);
    }
}
