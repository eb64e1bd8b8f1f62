//! What is asked and answered: one keeper of it for every front end.

use serde::{Deserialize, Serialize};

use crate::advice::Advice;
use crate::facts::{Fact, Facts, Known, Os, Project, Source, Tags};
use crate::technologies;

/// What the user has said so far, in order, and what was taken back.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asking {
    /// What was said, the last at the end.
    pub given: Vec<Given>,
    /// Saved answers that were taken back or put aside.
    pub forgotten: Vec<(Option<Os>, Fact)>,
    /// What is known from elsewhere; it is no answer, and cannot be taken back.
    pub learned: Facts,
}

/// One answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Given {
    /// The systems it was given for; `None` for all.
    pub os: Option<Os>,
    /// What it is about.
    pub fact: Fact,
    /// The ids of the tags; none for "I don't know".
    pub tags: Vec<String>,
    /// Whether it only tries what would follow.
    pub is_what_if: bool,
}

impl Given {
    fn known(&self) -> Option<Known> {
        let tags = self.fact.tag_set(self.tags.iter().map(String::as_str)).ok()?;
        (!tags.is_empty()).then_some(Known { tags, source: Source::User })
    }
}

impl Asking {
    /// Everything that is known, over what the project shows.
    pub fn facts(&self, shown: &Facts) -> Facts {
        let mut facts = shown.clone();
        facts.overlay(&self.learned);
        facts.overlay(&said(&self.given, |_| true));
        facts
    }

    /// What was answered; what only tries what would follow is no answer.
    pub fn answers(&self) -> Facts {
        said(&self.given, |given| !given.is_what_if)
    }

    /// Questions that were answered, "I don't know" included, the last at the end.
    pub fn answered(&self) -> impl DoubleEndedIterator<Item = &Given> {
        self.given.iter().filter(|given| !given.is_what_if)
    }

    /// Answers that only try what would follow, the last at the end.
    pub fn supposed(&self) -> impl DoubleEndedIterator<Item = &Given> {
        self.given.iter().filter(|given| given.is_what_if)
    }

    /// The advice for what is known, and for what can be made of the project that is open, with the next question.
    pub fn advice(&self, facts: &Facts, project: Option<&Project>) -> Advice {
        let outlook = project.map(|project| technologies::outlook(project, facts)).unwrap_or_default();
        let skipped: Vec<Fact> =
            self.answered().filter(|given| given.tags.is_empty()).map(|given| given.fact).collect();
        technologies::advisor().advise_after(self.answered().count(), (facts, &outlook), &skipped)
    }

    /// Takes what is known from elsewhere.
    pub fn learn(&mut self, facts: &Facts) {
        self.learned.overlay(facts);
    }

    /// Takes answers, each in place of what was said about the same.
    pub fn answer(&mut self, facts: &Facts) {
        let own = facts.systems().flat_map(|os| facts.own(os).map(move |(fact, known)| (Some(os), fact, known.tags)));
        let common = facts.common().map(|(fact, known)| (None, fact, known.tags));
        for (os, fact, tags) in common.chain(own).collect::<Vec<_>>() {
            self.drop_given(os, fact);
            self.given.push(Given { os, fact, tags: ids(fact, tags), is_what_if: false });
        }
    }

    /// Takes "I don't know": the question is not put again until that is taken back.
    pub fn skip(&mut self, fact: Fact) {
        self.drop_given(None, fact);
        self.given.push(Given { os: None, fact, tags: Vec::new(), is_what_if: false });
    }

    /// Tries what would follow from another answer.
    pub fn suppose(&mut self, fact: Fact, tags: Tags) {
        self.given.push(Given { os: None, fact, tags: ids(fact, tags), is_what_if: true });
    }

    /// What was known before the last trial holds again.
    pub fn unsuppose(&mut self) {
        if let Some(last) = self.given.iter().rposition(|given| given.is_what_if) {
            self.given.remove(last);
        }
    }

    /// Takes an answer back; what the project shows holds again, but not what was saved with it.
    pub fn take_back(&mut self, shown: &mut Facts, os: Option<Os>, fact: Fact) {
        self.drop_given(os, fact);
        if shown.unset_saved(os, fact) {
            self.forgotten.push((os, fact));
        }
    }

    /// Takes the last answer back; where there is none and `saved` may go too, the last that was saved.
    pub fn undo(&mut self, shown: &mut Facts, saved: bool) {
        match self.given.iter().rposition(|given| !given.is_what_if).map(|at| self.given.remove(at)) {
            Some(Given { os, fact, .. }) => self.drop_given(os, fact),
            None if saved => {
                self.forget_saved(shown);
            }
            None => {}
        }
    }

    /// Puts saved answers aside, so that they are asked again.
    pub fn ask_again(&mut self, shown: &mut Facts) {
        while self.forget_saved(shown) {}
    }

    /// Takes the last saved answer out of what is known; says whether there was one.
    fn forget_saved(&mut self, shown: &mut Facts) -> bool {
        let is_saved = |known: &Known| matches!(known.source, Source::Saved { .. });
        let common = shown.common().filter(|(_, known)| is_saved(known)).map(|(fact, _)| (None, fact));
        let own = shown.systems().flat_map(|os| shown.own(os).map(move |(fact, known)| (os, fact, known)));
        let own = own.filter(|(.., known)| is_saved(known)).map(|(os, fact, _)| (Some(os), fact));
        let Some((os, fact)) = common.chain(own).last() else { return false };
        self.take_back(shown, os, fact);
        true
    }

    fn drop_given(&mut self, os: Option<Os>, fact: Fact) {
        self.given.retain(|given| (given.os, given.fact) != (os, fact));
    }
}

fn said(given: &[Given], counts: impl Fn(&Given) -> bool) -> Facts {
    let mut facts = Facts::default();
    for one in given.iter().filter(|one| counts(one)) {
        if let Some(known) = one.known() {
            facts.set(one.os, one.fact, known);
        }
    }
    facts
}

fn ids(fact: Fact, tags: Tags) -> Vec<String> {
    tags.ids(fact).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fact(id: &str) -> Fact {
        Fact::named(id).unwrap()
    }

    fn facts(assignment: &str) -> Facts {
        let mut facts = Facts::default();
        facts.assign(assignment).unwrap();
        facts
    }

    fn saved(id: &str, tag: &str) -> Known {
        let source = Source::Saved { path: "pyproject.toml".into() };
        Known { tags: fact(id).tag_set([tag]).unwrap(), source }
    }

    #[test]
    fn an_answer_counts_until_it_is_taken_back() {
        let (mut asking, mut shown) = (Asking::default(), Facts::default());
        asking.answer(&facts("audience=end-users"));
        asking.answer(&facts("windows:limits=small"));
        assert!(asking.facts(&shown).has("audience", "end-users"));
        asking.undo(&mut shown, true);
        assert_eq!(asking.answers(), facts("audience=end-users"));
        asking.undo(&mut shown, true);
        asking.undo(&mut shown, true);
        assert_eq!((asking.facts(&shown), asking), (Facts::default(), Asking::default()));
    }

    #[test]
    fn i_dont_know_is_not_asked_again_until_it_is_taken_back() {
        let (mut asking, mut shown) = (Asking::default(), Facts::default());
        let asked = |asking: &Asking| asking.advice(&asking.facts(&Facts::default()), None).ask.unwrap().fact;
        let first = asked(&asking);
        asking.skip(first);
        assert_ne!(asked(&asking), first);
        asking.undo(&mut shown, false);
        assert_eq!(asked(&asking), first);
    }

    #[test]
    fn saved_answers_can_be_taken_back_and_put_aside() {
        let mut shown = Facts::default();
        let kind = Known { source: Source::line("pyproject.toml", 1), ..saved("kind", "cli") };
        shown.set(None, fact("kind"), kind);
        shown.set(None, fact("audience"), saved("audience", "end-users"));
        shown.set(Some(Os::Windows), fact("limits"), saved("limits", "small"));
        let mut asking = Asking::default();
        asking.undo(&mut shown, false);
        assert!(asking.forgotten.is_empty());
        asking.undo(&mut shown, true);
        assert_eq!(asking.forgotten, [(Some(Os::Windows), fact("limits"))]);
        asking.ask_again(&mut shown);
        assert_eq!(asking.forgotten[1..], [(None, fact("audience"))]);
        assert!(asking.facts(&shown).has("kind", "cli"));
    }

    #[test]
    fn what_is_only_tried_is_no_answer_and_leaves_what_was_known() {
        let (mut asking, shown) = (Asking::default(), facts("kind=cli"));
        asking.answer(&facts("audience=end-users"));
        for (id, tag) in [("audience", "developers"), ("kind", "gui")] {
            asking.suppose(fact(id), fact(id).tag_set([tag]).unwrap());
            assert!(asking.facts(&shown).has(id, tag));
        }
        assert_eq!((asking.answers(), asking.supposed().count()), (facts("audience=end-users"), 2));
        asking.unsuppose();
        asking.unsuppose();
        asking.unsuppose();
        assert!(asking.facts(&shown).has("audience", "end-users") && asking.facts(&shown).has("kind", "cli"));
        asking.suppose(fact("kind"), fact("kind").tag_set(["gui"]).unwrap());
        asking.answer(&facts("kind=service"));
        assert_eq!(asking.supposed().count(), 0, "what is said is meant, whatever was tried before");
    }

    #[test]
    fn what_is_learned_is_over_what_is_shown_and_no_answer() {
        let (mut asking, mut shown) = (Asking::default(), facts("kind=cli"));
        asking.learn(&facts("kind=gui"));
        asking.undo(&mut shown, true);
        assert!(asking.facts(&shown).has("kind", "gui") && asking.answers() == Facts::default());
    }
}
