//! Every technology Packwright knows: those it can build, and those it can only advise for now.
//!
//! A technology without a backend has its folder in `catalogue/technologies/`. Giving it a backend moves that folder to
//! `backends/` and takes its word out of the list here.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::advice::{Advice, Advisor, Outlook, Page, Recommendation, Shown};
use crate::backend::{PlanError, Request};
use crate::backends;
use crate::catalogue::gradient::Gradient;
use crate::catalogue::{Entry, Options};
use crate::embedded::data;
use crate::facts::{Facts, Project};

/// Declares the technologies that have no backend yet, in gradient order.
macro_rules! described {
    ($($id:literal),* $(,)?) => {
        static ENTRIES: LazyLock<Vec<Entry>> =
            LazyLock::new(|| vec![$(data!("catalogue/technologies/", $id, "/catalogue.toml")),*]);
    };
}

described! {
    "host-plugin-zip",
    "paas",
    "lambda-zip",
    "buildozer",
    "briefcase",
    "brython",
    "flexx",
    "pyodide",
    "homebrew",
    "conda-package",
    "conda-pack",
    "activepython",
    "winpython",
    "cx-freeze",
    "nuitka",
    "py2exe",
    "py2app",
    "osnap",
    "constructor",
    "pynsist",
    "win-installer",
    "msi",
    "macos-installer",
    "omnibus",
    "rpm",
    "dh-virtualenv",
    "appimage",
    "flatpak",
    "snap",
    "docker",
    "apptainer",
    "vagrant-box",
    "vm-image",
    "ami",
    "openstack-image",
    "sd-image",
    "micropython",
    "circuitpython",
    "ansible",
    "salt",
    "puppet",
    "chef",
    "fabric",
}

static ADVISOR: LazyLock<Advisor> =
    LazyLock::new(|| Advisor::new(backends::all().iter().map(|backend| backend.entry()).chain(ENTRIES.iter())));

static GRADIENT: LazyLock<Gradient> = LazyLock::new(|| Gradient::of(all()));

/// The advisor over all technologies.
pub fn advisor() -> &'static Advisor {
    &ADVISOR
}

/// Every technology, lightest first.
pub fn all() -> &'static [&'static Entry] {
    ADVISOR.entries()
}

/// The gradient with all technologies on it.
pub fn gradient() -> &'static Gradient {
    &GRADIENT
}

/// The technology with this id.
pub fn named(technology: &str) -> Option<&'static Entry> {
    all().iter().copied().find(|entry| entry.id == technology)
}

/// Whether Packwright can build it, rather than only advise it.
pub fn is_buildable(technology: &str) -> bool {
    backends::named(technology).is_some()
}

/// The advice for what is known; see [`Advisor::advise`].
pub fn advise(facts: &Facts) -> Advice {
    ADVISOR.advise(facts)
}

/// What can be made of a project as it is, and what it needs first for the rest: all that plans know without a tool.
pub fn outlook(project: &Project, facts: &Facts) -> Outlook {
    let mut request = Request::sketch(project, facts);
    let mut outlook = Outlook::default();
    for backend in backends::all() {
        let entry = backend.entry();
        let Ok(options) = Options::settle(&entry.id, &entry.options, facts, &BTreeMap::new()) else { continue };
        request.options = options;
        match backend.plan(&request) {
            Err(PlanError::Unsuitable(problem)) => drop(outlook.needs.insert(entry.id.clone(), problem.of(&entry.id))),
            Ok(_) | Err(PlanError::Needs(_)) => drop(outlook.ready.insert(entry.id.clone())),
        }
    }
    outlook
}

/// Whether no question is left that is likely to change the first choice, those answered with "I don't know" included.
pub fn is_decided(facts: &Facts) -> bool {
    ADVISOR.next_fact(0, facts, &[]).is_none()
}

/// The page about a technology.
pub fn page(technology: &str) -> Option<Page> {
    named(technology).map(|entry| Page::of(entry, is_buildable(technology)))
}

/// The technologies that are told of an advice, in order: the first choice, the best that can be built where that is
/// another, then those close behind.
pub fn listed(shown: Shown<'_>) -> impl Iterator<Item = &Recommendation> {
    let behind = shown.behind().map(|(_, one)| one);
    shown.ranking.first().into_iter().chain(built_instead(shown.ranking)).chain(behind)
}

/// What speaks for a runner-up in one sentence: what is known and speaks for it, or else what it is.
pub fn told_of(one: &Recommendation) -> &str {
    let own = one.own_reason().map(|reason| reason.text.as_str());
    own.or_else(|| Some(named(&one.technology)?.summary.newcomer.as_str())).unwrap_or_default()
}

/// The recommendations that Packwright can build of the project as it is, best first: the first choice, and of the others
/// those that no more speaks against than for.
pub fn buildable(advice: &Advice) -> impl Iterator<Item = &Recommendation> {
    buildable_of(&advice.recommendations)
}

/// The same of the ranking for one system.
pub fn buildable_of(ranking: &[Recommendation]) -> impl Iterator<Item = &Recommendation> {
    let can_be_made = |one: &Recommendation| is_buildable(&one.technology) && one.needs.is_none();
    let acceptable =
        ranking.iter().enumerate().filter(move |(rank, one)| can_be_made(one) && (*rank == 0 || one.score >= 0));
    acceptable.map(|(_, recommendation)| recommendation)
}

/// The best that can be built, where the first choice cannot.
pub fn built_instead(ranking: &[Recommendation]) -> Option<&Recommendation> {
    let first = ranking.first()?;
    buildable_of(ranking).next().filter(|built| built.technology != first.technology)
}

/// The best of [`buildable`], which need not be the first choice.
pub fn best_buildable(advice: &Advice) -> Option<&Recommendation> {
    buildable(advice).next()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::sample;
    use crate::catalogue::Layer;
    use crate::facts::{Risk, RiskKind, Source};
    use std::collections::BTreeSet;

    use crate::catalogue::{Condition, Kind, Questionnaire, Rule, Status};
    use crate::facts::{Fact, Tags, Vocabulary};

    #[test]
    fn every_entry_is_valid() {
        let faults: Vec<String> = all().iter().flat_map(|entry| entry.faults()).collect();
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }

    #[test]
    fn every_technology_of_the_vocabulary_has_one_entry_in_the_order_of_the_gradient() {
        let ours: Vec<&str> = all().iter().map(|entry| entry.id.as_str()).collect();
        let theirs: Vec<&str> = Vocabulary::get().levels().flat_map(|(_, list)| list).collect();
        assert_eq!(ours, theirs);
    }

    #[test]
    fn what_is_given_up_is_never_the_first_choice() {
        for entry in all().iter().filter(|entry| matches!(entry.status, Status::Dormant | Status::Superseded)) {
            let against =
                entry.rules.iter().filter(|rule| rule.rule == Kind::Disfavour && rule.when.facts().next().is_none());
            let most: u32 = entry.rules.iter().filter(|rule| rule.rule == Kind::Favour).map(|rule| rule.weight).sum();
            assert!(against.map(|rule| rule.weight).sum::<u32>() > most, "`{}` could come first", entry.id);
        }
    }

    /// Whether a rule applies to these tags, as the advisor sees it.
    fn fires(rule: &Rule, known: &[(Fact, Tags)]) -> bool {
        let tags = |fact| known.iter().find(|(other, _)| *other == fact).map(|(_, tags)| *tags).unwrap_or_default();
        match rule.rule {
            Kind::RuleOut => rule.when.is_certain(tags, Questionnaire::is_together),
            Kind::Favour | Kind::Disfavour => rule.when.fits(tags),
        }
    }

    /// Tries every combination of one tag for each fact of a condition until `decides` agrees.
    fn some_facts(when: &Condition, decides: &impl Fn(&[(Fact, Tags)]) -> bool) -> bool {
        fn search(left: &[Fact], known: &mut Vec<(Fact, Tags)>, decides: &impl Fn(&[(Fact, Tags)]) -> bool) -> bool {
            let Some((fact, left)) = left.split_first() else { return decides(known) };
            if search(left, known, decides) {
                return true;
            }
            fact.tags().any(|tag| {
                known.push((*fact, Tags::default().with(tag)));
                let found = search(left, known, decides);
                known.pop();
                found
            })
        }
        let mut facts: Vec<Fact> = when.facts().collect();
        facts.sort_unstable_by_key(|fact| fact.index());
        facts.dedup();
        search(&facts, &mut Vec::new(), decides)
    }

    #[test]
    fn every_rule_decides_for_some_facts_and_is_not_always_hidden_behind_another() {
        let mut hidden = Vec::new();
        for entry in all() {
            for (index, rule) in entry.rules.iter().enumerate() {
                let others = || {
                    let others = entry.rules.iter().enumerate().filter(|(other, _)| *other != index);
                    others.map(|(_, other)| other).filter(|other| other.rule == Kind::RuleOut)
                };
                let decides = |known: &[(Fact, Tags)]| fires(rule, known) && !others().any(|other| fires(other, known));
                if !some_facts(&rule.when, &decides) {
                    hidden.push(format!("rule {} of `{}`: {}", index + 1, entry.id, rule.because));
                }
            }
        }
        assert!(hidden.is_empty(), "these rules never decide:\n{}", hidden.join("\n"));
    }

    fn needed(request: &Request, technology: &str) -> Option<String> {
        let outlook = outlook(&request.project, &request.facts);
        assert_eq!(outlook.ready.len() + outlook.needs.len(), backends::all().len());
        outlook.needs.get(technology).map(|problem| problem.message.clone())
    }

    #[test]
    fn what_plans_know_without_a_tool_is_known_before() {
        let mut request = sample::library();
        assert_eq!(needed(&request, "wheel"), None);
        assert!(needed(&request, "pex").is_some_and(|text| text.contains("has no entry point")));
        request.project.build_system = None;
        assert!(needed(&request, "wheel").is_some_and(|text| text.contains("has no build configuration")));
        let mut request = sample::weather();
        assert_eq!(needed(&request, "zipapp"), None);
        let source = Source::line("setup.py", 4);
        request.project.risks.push(Risk { kind: RiskKind::NativeCode, what: "weather._fast".into(), source });
        assert!(needed(&request, "zipapp").is_some_and(|text| text.contains("its own code is compiled")));
    }

    #[test]
    fn no_two_technologies_have_the_same_summary() {
        let mut seen = BTreeSet::new();
        for entry in all() {
            for text in [&entry.summary.newcomer, &entry.summary.professional] {
                assert!(seen.insert(text.as_str()), "`{}` says what another one says: {text}", entry.id);
            }
        }
    }

    #[test]
    fn what_cannot_be_built_yet_has_steps_by_hand_and_nothing_else_has() {
        for entry in all() {
            assert_eq!(entry.by_hand.is_empty(), is_buildable(&entry.id), "`{}`", entry.id);
        }
    }

    #[test]
    fn what_cannot_be_built_yet_says_so() {
        let page = super::page("docker").unwrap();
        assert_eq!(page.buildable, is_buildable("docker"));
        assert!(!page.not_when.is_empty() && !page.right_when.is_empty() && page.sources.len() > 1);
        assert!(super::page("tarball").is_none());
    }

    #[test]
    fn a_layer_stands_where_it_is_brought_first() {
        let rungs = gradient().rungs(None);
        let layers: Vec<_> = rungs.iter().filter_map(|rung| rung.brings_first).collect();
        assert_eq!(layers, [Layer::Code, Layer::Python, Layer::Userspace, Layer::Kernel, Layer::Hardware]);
    }

    #[test]
    fn every_technology_stands_on_one_rung_or_beside_all() {
        let rungs = gradient().rungs(None);
        let placed: usize = rungs.iter().map(|rung| rung.technologies.len()).sum();
        assert_eq!(placed, all().len());
        let last = rungs.iter().filter_map(|rung| rung.number).max().unwrap();
        for placed in rungs.iter().flat_map(|rung| &rung.technologies) {
            assert!((1..=last).contains(&gradient().number_of(placed.technology)), "{}", placed.technology);
        }
    }
}
