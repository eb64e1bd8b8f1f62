//! What of an advice is told, and in which order: of a ranking the first and those close behind, of reasons the strongest.
//! One choice for every front end.

use serde::Serialize;

use super::answer::{Advice, AndThen, Reason, Recommendation, RuledOut};
use super::explanation::{Explanation, WhatIf};
use crate::facts::Os;

/// Runners-up that are told.
const RUNNERS_UP: usize = 5;
/// Caveats that are told.
const CAVEATS: usize = 3;
/// Facts of which it is told what another answer would change.
const FLIPS: usize = 6;

/// The part of an advice that is looked at: that for all systems together, or for one.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Shown<'a> {
    /// The one system; `None` for all together.
    pub os: Option<Os>,
    /// What fits, the best first.
    pub ranking: &'a [Recommendation],
    /// What does not.
    pub ruled_out: &'a [RuledOut],
}

/// Technologies that one sentence took out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OutTogether<'a> {
    /// Why.
    pub because: &'a str,
    /// Their ids, lightest first.
    pub technologies: Vec<&'a str>,
}

impl Advice {
    /// What is looked at when the target of this number is chosen, from 1; 0 and what is no target are all together.
    pub fn shown(&self, target: usize) -> Shown<'_> {
        match target.checked_sub(1).and_then(|index| self.targets.get(index)) {
            Some(target) => {
                Shown { os: Some(target.os), ranking: &target.recommendations, ruled_out: &target.ruled_out }
            }
            None => Shown { os: None, ranking: &self.recommendations, ruled_out: &self.ruled_out },
        }
    }
}

impl<'a> Shown<'a> {
    /// Whether a first choice that is shown goes into something, or carries it: with one target, only its own.
    pub fn concerns(&self, then: &AndThen) -> bool {
        let is_best = |technology: &str| self.ranking.first().is_some_and(|best| best.technology == technology);
        self.os.is_none() || is_best(&then.first) || is_best(&then.then)
    }

    /// Those close behind the first choice, each with its rank from 1.
    pub fn behind(self) -> impl Iterator<Item = (usize, &'a Recommendation)> {
        let ranked = (1..).zip(self.ranking).skip(1);
        ranked.filter(|(_, one)| one.is_alternative()).take(RUNNERS_UP)
    }

    /// What is ruled out, one sentence for all that it took out. The sentence that took out most comes first; among equals,
    /// the gradient decides.
    pub fn out_together(self) -> Vec<OutTogether<'a>> {
        let mut groups: Vec<OutTogether> = Vec::new();
        for out in self.ruled_out {
            match groups.iter_mut().find(|group| group.because == out.because) {
                Some(group) => group.technologies.push(&out.technology),
                None => groups.push(OutTogether { because: &out.because, technologies: vec![&out.technology] }),
            }
        }
        groups.sort_by_key(|group| std::cmp::Reverse(group.technologies.len()));
        groups
    }
}

impl Recommendation {
    /// What is known and speaks for it, if anything does; that nothing speaks against it is no such reason.
    pub fn own_reason(&self) -> Option<&Reason> {
        self.reasons.first().filter(|reason| !reason.facts.is_empty())
    }
}

impl Explanation {
    /// The caveats that are told.
    pub fn told_caveats(&self) -> &[Reason] {
        self.caveats.get(..CAVEATS).unwrap_or(&self.caveats)
    }

    /// One other answer for each fact, of the first facts.
    pub fn one_for_each_fact(&self) -> Vec<&WhatIf> {
        let mut told: Vec<&WhatIf> = Vec::new();
        for flip in &self.what_if {
            if told.len() < FLIPS && !told.iter().any(|known| known.fact == flip.fact) {
                told.push(flip);
            }
        }
        told
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Fact;

    fn ranked(technology: &str, score: i32) -> Recommendation {
        Recommendation {
            technology: technology.into(),
            level: "package".into(),
            score,
            reasons: Vec::new(),
            needs: None,
        }
    }

    fn out(technology: &str, because: &str) -> RuledOut {
        RuledOut { technology: technology.into(), because: because.into(), source: String::new() }
    }

    #[test]
    fn close_behind_is_what_is_an_alternative_with_its_rank() {
        let mut ranking = vec![ranked("a", 5), ranked("b", 1), ranked("c", -1), ranked("d", 0)];
        let shown = Shown { os: None, ranking: &ranking, ruled_out: &[] };
        let behind: Vec<(usize, &str)> = shown.behind().map(|(rank, one)| (rank, one.technology.as_str())).collect();
        assert_eq!(behind, [(2, "b"), (4, "d")]);
        ranking.extend((0..9).map(|number| ranked(&number.to_string(), 0)));
        assert_eq!(Shown { ranking: &ranking, ..Shown { os: None, ranking: &[], ruled_out: &[] } }.behind().count(), 5);
    }

    #[test]
    fn one_sentence_stands_for_all_that_it_took_out() {
        let all = [out("a", "no Python"), out("b", "no network"), out("c", "no network")];
        let together = Shown { os: None, ranking: &[], ruled_out: &all }.out_together();
        let told: Vec<(&str, usize)> = together.iter().map(|group| (group.because, group.technologies.len())).collect();
        assert_eq!(told, [("no network", 2), ("no Python", 1)]);
    }

    #[test]
    fn of_each_fact_one_other_answer_is_told() {
        let flip = |fact: &str, tag: &str| WhatIf {
            fact: Fact::named(fact).unwrap(),
            tag: tag.into(),
            text: String::new(),
            technology: None,
        };
        let what_if = vec![flip("kind", "cli"), flip("kind", "gui"), flip("os", "linux")];
        let explanation = Explanation { what_if, ..Explanation::default() };
        let tags: Vec<&str> = explanation.one_for_each_fact().iter().map(|flip| flip.tag.as_str()).collect();
        assert_eq!(tags, ["cli", "linux"]);
    }
}
