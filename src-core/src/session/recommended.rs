//! What is built where the first choice of the advice is wanted: it, or the best of what can be built in its place.

use serde::{Deserialize, Serialize};

use super::Choice;
use crate::advice::{Advice, Recommendation};
use crate::event::BuildId;
use crate::facts::{Os, Target};
use crate::problem::{Code, Problem, Remedy};
use crate::technologies;

/// The first choice, and what can be built in its place while the project refuses one after the other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recommended {
    /// The first choice of the advice.
    pub first: String,
    /// The build that is planned for it; `None` where it is built anyway.
    pub build: Option<BuildId>,
    /// What is planned now and what comes after it, best first.
    pub candidates: Vec<Candidate>,
    /// What the project refused, the best first.
    pub passed_over: Vec<Problem>,
}

/// A way to build that will do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Candidate {
    /// What is built.
    pub choice: Choice,
    /// What speaks for it, one sentence.
    pub because: String,
}

impl Recommended {
    /// What to build for this advice, or for one of its systems. What is built `besides` is built anyway: nothing behind it
    /// is wanted. `like` says how technologies are built that are not built as the facts say.
    pub fn of(advice: &Advice, os: Option<Os>, besides: &[Choice], like: &[Choice]) -> Result<Self, Problem> {
        let shown = os.and_then(|os| advice.targets.iter().find(|target| target.os == os));
        let ranking = shown.map_or(&advice.recommendations, |target| &target.recommendations);
        let Some(best) = ranking.first() else { return Err(nothing_fits(advice)) };
        let mut candidates = technologies::buildable_of(ranking).peekable();
        if candidates.peek().is_none() {
            return Err(best.needs.as_deref().map_or_else(|| not_built(&best.technology, ranking), needed_first));
        }
        let is_besides = |one: &Recommendation| besides.iter().any(|choice| choice.technology == one.technology);
        let candidate = |one: &Recommendation| {
            let same = like.iter().find(|choice| choice.technology == one.technology);
            let target = os.map(Target::on);
            let choice = same.cloned().unwrap_or_else(|| Choice { target, ..Choice::of(&one.technology) });
            Candidate { choice, because: one.reasons.first().map(|reason| reason.text.clone()).unwrap_or_default() }
        };
        Ok(Self {
            first: best.technology.clone(),
            build: None,
            candidates: candidates.take_while(|one| !is_besides(one)).map(candidate).collect(),
            passed_over: Vec::new(),
        })
    }

    /// What is planned now; `None` when it is built anyway, or when the project has refused everything.
    pub fn choice(&self) -> Option<&Choice> {
        self.candidates.first().map(|candidate| &candidate.choice)
    }

    /// Whether the project refuses a technology with such a problem, or this machine cannot plan it, so that another may do.
    pub fn is_refusal(problem: &Problem) -> bool {
        matches!(problem.code, Code::Unsuitable | Code::HostUnsupported | Code::ToolMissing)
    }

    /// Goes on to the next, because of this refusal.
    pub(super) fn pass_over(&mut self, refusal: Problem) {
        if !self.candidates.is_empty() {
            self.candidates.remove(0);
            self.passed_over.push(refusal);
        }
    }

    /// The one problem, once the project has refused everything: it says what all refusals say.
    pub fn exhausted(&self) -> Option<Problem> {
        let [best, rest @ ..] = self.passed_over.as_slice() else { return None };
        if !self.candidates.is_empty() {
            return None;
        }
        let others = |problem: Problem| rest.iter().fold(problem, |problem, other| problem.cause(sentence(other)));
        Some(if technologies::is_buildable(&self.first) {
            others(best.clone())
        } else {
            others(advised_only(&self.first).cause(sentence(best))).remedy(STEPS, by_hand(&self.first))
        })
    }

    /// Why what is built is not the first choice; nothing where it is. `by_hand` says where this front end shows the steps
    /// of a technology that is only advised.
    pub fn warnings(&self, by_hand: &str) -> Vec<String> {
        if self.exhausted().is_some() {
            return Vec::new();
        }
        let mut warnings: Vec<String> = Vec::new();
        if !technologies::is_buildable(&self.first) {
            warnings.push(format!("{}: {by_hand}", advised_only(&self.first).message));
        }
        warnings.extend(self.passed_over.iter().map(|problem| format!("not built: {}", sentence(problem))));
        if let Some(next) = self.candidates.first().filter(|next| next.choice.technology != self.first) {
            warnings.push(format!("`{}` is built as the second best: {}", next.choice.technology, next.because));
        }
        warnings
    }
}

/// Says where to go on with what is only advised.
const STEPS: &str = "See the steps to take by hand";

fn by_hand(technology: &str) -> Remedy {
    Remedy::ByHand { technology: technology.to_owned() }
}

fn sentence(problem: &Problem) -> String {
    match &problem.technology {
        Some(technology) => format!("`{technology}`: {}", problem.message),
        None => problem.message.clone(),
    }
}

fn advised_only(technology: &str) -> Problem {
    let message = format!("`{technology}` is recommended, but this version of Packwright does not build it");
    Problem::new(Code::AdvisedOnly, message).of(technology)
}

/// The first choice is only advised, and of what is built nothing will do in its place.
fn not_built(technology: &str, ranking: &[Recommendation]) -> Problem {
    let mut acceptable = ranking.iter().filter(|one| one.score >= 0);
    let needs = acceptable.find_map(|one| one.needs.as_deref());
    let cause = needs.map_or_else(
        || "of what it builds, everything has more against it here than for it".to_owned(),
        |needs| format!("the best of what it builds needs something first: {}", sentence(needs)),
    );
    let mut problem = advised_only(technology).cause(cause).remedy(STEPS, by_hand(technology));
    problem.hints.extend(needs.into_iter().flat_map(|needs| needs.hints.clone()));
    problem.remedy("See what speaks for it and against the others", Remedy::Advice)
}

/// The first choice needs something first, and nothing that can be built now will do in its place.
fn needed_first(needs: &Problem) -> Problem {
    let technology = needs.technology.as_deref().unwrap_or_default();
    let message = format!("`{technology}` is recommended, and the project needs something first");
    let mut problem = Problem::new(needs.code, message).cause(&*needs.message).of(technology);
    problem.hints.clone_from(&needs.hints);
    problem.remedy("See what speaks for it and against the others", Remedy::Advice)
}

fn nothing_fits(advice: &Advice) -> Problem {
    let because = advice.nothing_fits().map(|out| out.because.clone());
    let problem = Problem::new(Code::Unsuitable, "nothing that can be built here fits this project");
    because.into_iter().fold(problem, Problem::cause).remedy("See why", Remedy::Advice)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::advice::Outlook;
    use crate::facts::Facts;

    fn advice(assignments: &[&str]) -> Advice {
        let mut facts = Facts::default();
        for assignment in assignments {
            facts.assign(assignment).unwrap();
        }
        technologies::advise(&facts)
    }

    fn cli() -> Advice {
        advice(&["kind=cli", "audience=developers", "python-on-target=matching"])
    }

    fn technology(recommended: &Recommended) -> Option<String> {
        recommended.choice().map(|choice| choice.technology.clone())
    }

    #[test]
    fn what_more_speaks_against_than_for_is_no_second_best() {
        let facts = ["kind=gui", "audience=end-users", "os=windows", "environment=desktop", "updates=system-security"];
        let gui = advice(&facts);
        let problem = Recommended::of(&gui, None, &[], &[]).unwrap_err();
        let best = gui.best().unwrap().technology.clone();
        assert_eq!(problem.code.exit_code(), 4);
        assert_eq!(problem.hints[0].remedy, Some(Remedy::ByHand { technology: best }));
    }

    #[test]
    fn what_needs_something_first_is_built_by_nobody_and_says_what() {
        let facts = cli().facts;
        let ids: Vec<String> = technologies::all().iter().map(|entry| entry.id.clone()).collect();
        let needs = |id: &String| {
            let problem = Problem::new(Code::Unsuitable, "it has no entry point").hint("Add one").of(id);
            (id.clone(), problem)
        };
        let all = Outlook { needs: ids.iter().map(needs).collect(), ..Outlook::default() };
        let advice = technologies::advisor().rank((&facts, &all));
        let problem = Recommended::of(&advice, None, &[], &[]).unwrap_err();
        assert!(problem.message.ends_with("is recommended, and the project needs something first"), "{problem}");
        assert_eq!(
            (problem.causes.as_slice(), problem.hints[0].text.as_str()),
            (&["it has no entry point".into()][..], "Add one")
        );
        let mut acceptable = technologies::buildable(&cli()).map(|one| one.technology.clone()).collect::<Vec<_>>();
        let ready = acceptable.pop().unwrap();
        let needs = all.needs.into_iter().filter(|(id, _)| *id != ready).collect();
        let outlook = Outlook { ready: [ready.clone()].into(), needs };
        let advice = technologies::advisor().rank((&facts, &outlook));
        let recommended = Recommended::of(&advice, None, &[], &[]).unwrap();
        assert_eq!((recommended.first.as_str(), recommended.candidates.len()), (ready.as_str(), 1));
    }

    #[test]
    fn what_the_project_refuses_is_passed_over_and_named() {
        let mut recommended = Recommended::of(&cli(), None, &[], &[]).unwrap();
        assert!(recommended.warnings("").is_empty(), "{recommended:?}");
        assert!(!Recommended::is_refusal(&Problem::new(Code::Unresolvable, "no network")), "that is no refusal");
        assert!(Recommended::is_refusal(&Problem::new(Code::ToolMissing, "`uv` was not found")), "others need none");
        let refusal = |technology: &str| Problem::new(Code::Unsuitable, "it is no program").of(technology);
        let first = technology(&recommended).unwrap();
        recommended.pass_over(refusal(&first));
        let second = technology(&recommended).unwrap();
        let warnings = recommended.warnings("");
        assert_eq!(warnings[0], format!("not built: `{first}`: it is no program"));
        assert!(warnings[1].starts_with(&format!("`{second}` is built as the second best: ")), "{warnings:?}");
        assert_eq!(recommended.exhausted(), None);
        while let Some(technology) = technology(&recommended) {
            recommended.pass_over(refusal(&technology));
        }
        let problem = recommended.exhausted().unwrap();
        assert_eq!((problem.technology.as_deref(), problem.code), (Some(first.as_str()), Code::Unsuitable));
        assert!(problem.causes.contains(&format!("`{second}`: it is no program")));
    }

    #[test]
    fn what_is_built_besides_is_not_built_twice() {
        let best = Choice::of(&cli().best().unwrap().technology);
        assert_eq!(Recommended::of(&cli(), None, &[best], &[]).unwrap().choice(), None);
    }

    #[test]
    fn a_technology_is_built_as_it_is_wanted_and_for_the_system_that_is_asked_for() {
        let best = cli().best().unwrap().technology.clone();
        let like = Choice { entry: Some("tool".into()), ..Choice::of(&best) };
        let recommended = Recommended::of(&cli(), None, &[], std::slice::from_ref(&like)).unwrap();
        assert_eq!(recommended.choice(), Some(&like));
        let both = advice(&["kind=cli", "audience=developers", "python-on-target=matching", "os=linux,windows"]);
        let windows = Recommended::of(&both, Some(Os::Windows), &[], &[]).unwrap();
        assert_eq!(windows.choice().unwrap().target, Some(Target::on(Os::Windows)));
    }
}
