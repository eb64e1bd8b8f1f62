//! What holds for every advice, over sampled sets of facts.

#[path = "advice/outlook.rs"]
mod outlook;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use packwright_core::advice::{Advice, Advisor, MOST_QUESTIONS, RuledOut};
use packwright_core::catalogue::{Entry, rank_of};
use packwright_core::facts::{Fact, Facts, Known, Os, Source, Tags};
use packwright_tests::{repository, tree};
use proptest::prelude::*;

/// An advisor over the data itself, also where there is no code for it yet.
static ADVISOR: LazyLock<Advisor> = LazyLock::new(|| {
    let core = repository().join("src-core/src");
    let folders = ["backends", "catalogue/technologies"].into_iter().flat_map(|all| tree::children(&core.join(all)));
    let files = folders.map(|folder| folder.join("catalogue.toml")).filter(|path| path.is_file());
    let texts = files.map(|path| tree::read(&path));
    let entries: Vec<&'static Entry> =
        texts.map(|text| &*Box::leak(Box::new(Entry::read(&text).expect("entries are valid")))).collect();
    Advisor::new(entries)
});

/// One assignment: for all targets or for one, a fact, and some of its tags.
type Answer = (Option<Os>, Fact, Tags);

fn answer() -> impl Strategy<Value = Answer> {
    let facts: Vec<Fact> = Fact::all().collect();
    let os = prop_oneof![4 => Just(None), 1 => prop::sample::select(Os::ALL).prop_map(Some)];
    (os, prop::sample::select(facts), 1_u32.., any::<bool>()).prop_map(|(os, fact, seed, several)| {
        let tags: Vec<_> = fact.tags().collect();
        let pick = |seed: u32| tags[seed as usize % tags.len()];
        let one = Tags::default().with(pick(seed));
        (os, fact, if several { one.with(pick(seed / 97)) } else { one })
    })
}

fn answers() -> impl Strategy<Value = Vec<Answer>> {
    prop::collection::vec(answer(), 0..10)
}

fn facts(answers: &[Answer]) -> Facts {
    let mut facts = Facts::default();
    for (os, fact, tags) in answers {
        facts.set(*os, *fact, Known { tags: *tags, source: Source::User });
    }
    facts
}

fn ids(ruled_out: &[RuledOut]) -> BTreeSet<&str> {
    ruled_out.iter().map(|entry| entry.technology.as_str()).collect()
}

/// The rankings of all targets together and of each.
fn rankings(advice: &Advice) -> Vec<(Vec<&str>, BTreeSet<&str>)> {
    let overall = (&advice.recommendations, &advice.ruled_out);
    let own = advice.targets.iter().map(|target| (&target.recommendations, &target.ruled_out));
    std::iter::once(overall)
        .chain(own)
        .map(|(fitting, out)| (fitting.iter().map(|entry| entry.technology.as_str()).collect(), ids(out)))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_technology_is_either_recommended_or_ruled_out_with_a_reason(answers in answers()) {
        let advice = ADVISOR.rank(&facts(&answers));
        for (fitting, out) in rankings(&advice) {
            prop_assert!(fitting.iter().all(|id| !out.contains(id)));
            prop_assert_eq!(fitting.len() + out.len(), ADVISOR.entries().len());
        }
        prop_assert!(advice.ruled_out.iter().all(|out| !out.because.is_empty() && out.source.starts_with("https://")));
        prop_assert!(advice.recommendations.iter().all(|fitting| !fitting.reasons.is_empty()));
        prop_assert_eq!(advice.nothing_fits().is_some(), advice.recommendations.is_empty());
    }

    #[test]
    fn one_more_fact_never_brings_back_what_was_ruled_out(answers in answers(), (_, fact, tags) in answer()) {
        let mut facts = facts(&answers);
        let unknown = facts.get(fact).is_none() && facts.systems().all(|os| facts.get_for(os, fact).is_none());
        prop_assume!(unknown && fact.id() != "os");
        let before = ADVISOR.rank(&facts);
        facts.set(None, fact, Known { tags, source: Source::User });
        let after = ADVISOR.rank(&facts);
        for ((_, out), (_, still)) in rankings(&before).into_iter().zip(rankings(&after)) {
            prop_assert!(out.is_subset(&still));
        }
    }

    #[test]
    fn naming_the_system_keeps_out_what_was_ruled_out_for_any(answers in answers(), os in prop::sample::select(Os::ALL)) {
        let known: Vec<Answer> = answers.into_iter().filter(|(os, fact, _)| os.is_none() && fact.id() != "os").collect();
        let mut facts = facts(&known);
        let before = ADVISOR.rank(&facts);
        facts.assign(&format!("os={os}")).expect("a system is a tag");
        prop_assert!(ids(&before.ruled_out).is_subset(&ids(&ADVISOR.rank(&facts).ruled_out)));
    }

    #[test]
    fn equals_are_ordered_by_the_gradient(answers in answers()) {
        let advice = ADVISOR.rank(&facts(&answers));
        for target in &advice.targets {
            for pair in target.recommendations.windows(2) {
                let (first, second) = (&pair[0], &pair[1]);
                let lighter = rank_of(&first.technology) < rank_of(&second.technology);
                prop_assert!(first.score > second.score || (first.score == second.score && lighter));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_answers_does_not_matter(answers in answers()) {
        let mut once: Vec<Answer> = Vec::new();
        for answer in answers {
            if !once.iter().any(|(os, fact, _)| (os, fact) == (&answer.0, &answer.1)) {
                once.push(answer);
            }
        }
        let forward = ADVISOR.advise(&facts(&once));
        once.reverse();
        prop_assert_eq!(&forward, &ADVISOR.advise(&facts(&once)));
    }

    #[test]
    fn an_advice_survives_json(answers in answers()) {
        let advice = ADVISOR.advise(&facts(&answers));
        let text = serde_json::to_string(&advice).expect("an advice is JSON");
        prop_assert_eq!(serde_json::from_str::<Advice>(&text).expect("and can be read again"), advice);
    }

    #[test]
    fn the_interview_ends_and_its_answers_lead_where_it_said(answers in answers(), seed in any::<u32>()) {
        let mut facts = facts(&answers);
        let mut asked = BTreeSet::new();
        while let Some(ask) = ADVISOR.advise_after(asked.len(), &facts, &[]).ask {
            prop_assert!(asked.insert(ask.fact), "{} was asked twice", ask.fact);
            let choice = &ask.choices[seed as usize % ask.choices.len()];
            facts.assign(&format!("{}={}", ask.fact, choice.tag)).expect("choices are tags");
            let best = ADVISOR.rank(&facts).best().map(|best| best.technology.clone());
            prop_assert_eq!(&best, &choice.leads_to);
        }
        prop_assert!(asked.len() <= Fact::count());
    }

    #[test]
    fn saying_i_do_not_know_to_everything_ends_the_interview_too(answers in answers()) {
        let facts = facts(&answers);
        let mut skipped = Vec::new();
        while let Some(ask) = ADVISOR.advise_after(skipped.len(), &facts, &skipped).ask {
            prop_assert!(!skipped.contains(&ask.fact));
            skipped.push(ask.fact);
        }
    }

    #[test]
    fn the_explanation_of_one_target_is_about_its_first_choice(answers in answers()) {
        let facts = facts(&answers);
        for target in ADVISOR.rank(&facts).targets {
            let best = target.recommendations.first().map(|best| best.technology.clone());
            prop_assert_eq!(ADVISOR.explain_for(target.os, &facts).technology, best);
        }
    }

    #[test]
    fn what_if_names_the_first_choice_that_the_flip_gives(answers in answers()) {
        let known: Vec<Answer> = answers.into_iter().filter(|(os, _, _)| os.is_none()).collect();
        let facts = facts(&known);
        for flip in ADVISOR.explain(&facts).what_if {
            let mut other = facts.clone();
            other.assign(&format!("{}={}", flip.fact, flip.tag)).expect("flips are tags");
            let advice = ADVISOR.rank(&other);
            prop_assert_eq!(advice.best().map(|best| best.technology.clone()), flip.technology);
            prop_assert!(advice.contradictions.len() <= ADVISOR.rank(&facts).contradictions.len(), "{}", flip.text);
        }
    }
}

fn best(json: &serde_json::Value) -> Option<String> {
    let facts = Facts::from_json(json, &Source::User).expect("known words");
    ADVISOR.rank(&facts).best().map(|best| best.technology.clone())
}

#[test]
fn the_seeds_principle_decides_common_cases() {
    let case = |json: serde_json::Value| best(&json).unwrap_or_default();
    let library = serde_json::json!({"kind": "library", "audience": "developers", "python-on-target": "matching"});
    assert_eq!(case(library), "wheel");
    let snippet = serde_json::json!({"source-files": "single", "dependencies": "stdlib-only", "kind": "script"});
    assert_eq!(case(snippet), "module");
    let locked = serde_json::json!({"kind": "cli", "python-on-target": "matching", "installs-packages": "blocked", "native-code": "none"});
    assert_eq!(case(locked), "zipapp");
}

#[test]
fn a_rule_about_one_system_leaves_the_others_alone() {
    let json = serde_json::json!({"os": ["linux", "windows"], "kind": "service", "limits": ["single-file", "no-install"], "dependencies": "third-party", "python-on-target": "matching"});
    let advice = ADVISOR.rank(&Facts::from_json(&json, &Source::User).expect("known words"));
    let pex = |os: Os| advice.targets.iter().any(|target| target.os == os && ids(&target.ruled_out).contains("pex"));
    assert!(pex(Os::Windows) && !pex(Os::Linux));
    assert!(!ids(&advice.ruled_out).contains("pex"), "one served target is enough to stay in the overall ranking");
}

#[test]
fn the_answer_has_the_promised_shape() {
    let json = serde_json::json!({"os": "linux", "kind": "cli", "source-files": "several"});
    let advice = ADVISOR.advise(&Facts::from_json(&json, &Source::User).expect("known words"));
    let value = serde_json::to_value(&advice).expect("an advice is JSON");
    let keys = |value: &serde_json::Value| -> BTreeSet<String> {
        value.as_object().into_iter().flatten().map(|(key, _)| key.clone()).collect()
    };
    let set = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(
        keys(&value),
        set(&["recommendations", "ruled_out", "targets", "and_then", "contradictions", "ask", "facts"])
    );
    assert_eq!(keys(&value["recommendations"][0]), set(&["technology", "level", "score", "reasons"]));
    assert_eq!(keys(&value["recommendations"][0]["reasons"][0]), set(&["text", "source", "facts"]));
    assert_eq!(keys(&value["ruled_out"][0]), set(&["technology", "because", "source"]));
    assert_eq!(keys(&value["targets"][0]), set(&["os", "recommendations", "ruled_out"]));
}

#[test]
fn the_path_ends_on_the_rung_of_the_first_choice() {
    let json = serde_json::json!({"kind": "cli", "installs-packages": "blocked", "source-files": "several"});
    let told = ADVISOR.explain(&Facts::from_json(&json, &Source::User).expect("known words"));
    assert_eq!(told.path.last().map(|rung| (rung.level.as_str(), rung.chosen)), Some(("preinstalled-python", true)));
    assert!(told.path.iter().all(|rung| !rung.because.is_empty() && rung.source.starts_with("https://")));
    assert!(told.reasons.len() <= 3 && !told.what_if.is_empty());
}

#[test]
fn a_kind_that_runs_in_one_place_only_says_so() {
    let of = |kind: &str| best(&serde_json::json!({"kind": kind, "source-files": "several"}));
    assert_eq!(of("function").as_deref(), Some("lambda-zip"));
    assert_eq!(of("web-frontend").as_deref(), Some("brython"));
    assert_eq!(of("firmware").as_deref(), Some("micropython"));
}

#[test]
fn where_little_is_known_nothing_special_comes_first() {
    assert_eq!(best(&serde_json::json!({})).as_deref(), Some("wheel"));
    let tool = serde_json::json!({"kind": "cli", "source-files": "several", "dependencies": "third-party", "native-code": "wheels"});
    assert_eq!(best(&tool).as_deref(), Some("entry-point-tool"));
}

#[test]
fn facts_that_contradict_each_other_get_an_honest_nothing() {
    let json = serde_json::json!({"os": "bare-metal", "kind": "gui"});
    let advice = ADVISOR.advise(&Facts::from_json(&json, &Source::User).expect("known words"));
    assert_eq!(advice.recommendations.len(), 0);
    assert!(advice.nothing_fits().is_some_and(|reason| !reason.because.is_empty()));
}

fn said(json: &serde_json::Value) -> Vec<(Vec<String>, Option<Os>)> {
    let facts = Facts::from_json(json, &Source::User).expect("known words");
    ADVISOR.advise(&facts).contradictions.into_iter().map(|one| (one.facts, one.os)).collect()
}

#[test]
fn facts_that_contradict_each_other_are_named() {
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    for (json, facts) in [
        (serde_json::json!({"os": "bare-metal", "kind": "gui"}), ["kind=gui", "os=bare-metal"]),
        (
            serde_json::json!({"python-on-target": "absent", "installs-packages": "allowed"}),
            ["installs-packages=allowed", "python-on-target=absent"],
        ),
        (
            serde_json::json!({"source-files": "single", "components": "several"}),
            ["components=several", "source-files=single"],
        ),
        (serde_json::json!({"os": "windows", "linux": "debian"}), ["linux=debian", "os=windows"]),
    ] {
        assert_eq!(said(&json), [(words(&facts), None)], "{json}");
    }
}

#[test]
fn what_may_still_hold_is_no_contradiction() {
    assert!(said(&serde_json::json!({"kind": "gui", "os": ["linux"], "limits": "no-admin"})).is_empty());
    assert!(
        said(&serde_json::json!({"python-on-target": ["absent", "matching"], "installs-packages": "allowed"}))
            .is_empty()
    );
}

#[test]
fn a_contradiction_on_one_system_names_it() {
    let json = serde_json::json!({"os": ["linux", "windows"], "arch": "armv7"});
    assert_eq!(said(&json), [(vec!["arch=armv7".into(), "os=windows".into()], Some(Os::Windows))]);
}

#[test]
fn a_distribution_of_linux_beside_other_systems_is_no_contradiction() {
    assert!(said(&serde_json::json!({"os": ["linux", "windows"], "linux": "debian"})).is_empty());
}

#[test]
fn what_only_delivers_names_the_best_of_what_it_carries() {
    for tool in ["ansible", "salt", "puppet", "chef"] {
        let json = serde_json::json!({"os": "linux", "environment": "server", "kind": "service", "standard": tool,
            "rollout": "fleet", "python-on-target": "matching", "components": "several", "audience": "operators"});
        let advice = ADVISOR.rank(&Facts::from_json(&json, &Source::User).expect("known words"));
        assert_eq!(advice.best().map(|best| best.technology.as_str()), Some(tool));
        let carried = advice.and_then.iter().find(|step| step.then == tool).unwrap_or_else(|| panic!("{tool}"));
        let place = |id: &str| advice.recommendations.iter().position(|one| one.technology == id);
        assert!(place(&carried.first) > Some(0), "{carried:?}");
    }
}

#[test]
fn only_one_of_a_list_is_called_the_lightest() {
    let json = serde_json::json!({"kind": "cli", "os": "linux"});
    let advice = ADVISOR.rank(&Facts::from_json(&json, &Source::User).expect("known words"));
    let texts = advice.recommendations.iter().skip(1).flat_map(|one| &one.reasons).map(|reason| &reason.text);
    assert!(texts.clone().all(|text| !text.contains("lightest")) && texts.count() > 1);
}

#[test]
fn nothing_speaks_for_a_page_where_nothing_says_that_there_is_one() {
    let json = serde_json::json!({"kind": "web-app", "dependencies": "third-party", "native-code": "wheels"});
    let advice = ADVISOR.rank(&Facts::from_json(&json, &Source::User).expect("known words"));
    let page = advice.recommendations.iter().find(|one| one.technology == "pyodide").expect("it is not ruled out");
    assert!(!page.is_alternative() && page.reasons.iter().all(|reason| reason.facts.is_empty()), "{page:?}");
}

#[test]
fn no_question_offers_only_answers_that_contradict_what_is_known() {
    let json = serde_json::json!({"environment": "microcontroller", "kind": "firmware"});
    let mut facts = Facts::from_json(&json, &Source::User).expect("known words");
    while let Some(ask) = ADVISOR.advise(&facts).ask {
        let fitting = ask.choices.iter().find(|choice| {
            let mut answered = facts.clone();
            answered.assign(&format!("{}={}", ask.fact, choice.tag)).expect("choices are tags");
            ADVISOR.rank(&answered).contradictions.is_empty()
        });
        let choice = fitting.unwrap_or_else(|| panic!("every answer to {} contradicts {facts:?}", ask.fact));
        facts.assign(&format!("{}={}", ask.fact, choice.tag)).expect("choices are tags");
    }
}

#[test]
fn who_has_left_a_question_open_is_put_twelve_and_who_has_not_as_many_as_matter() {
    let mut facts = Facts::default();
    // Answers that leave much open, so that questions would go on.
    for fact in ["purpose", "freshness", "isolation", "arch", "build-hosts", "rollout", "components", "updates"] {
        let fact = Fact::named(fact).expect("a fact of the vocabulary");
        let tags = Tags::default().with(fact.tags().next().expect("a tag"));
        facts.set(None, fact, Known { tags, source: Source::User });
    }
    let open = [Fact::named("linux").expect("a fact of the vocabulary")];
    while let Some(ask) = ADVISOR.advise_after(facts.common().count() + 1, &facts, &open).ask {
        let asked = facts.common().count() + 1;
        assert!(asked + 1 + ask.others <= MOST_QUESTIONS, "{} others after {asked}", ask.others);
        let choice = ask.choices.last().expect("an answer");
        facts.assign(&format!("{}={}", ask.fact, choice.tag)).expect("choices are tags");
    }
    assert_eq!(facts.common().count() + 1, MOST_QUESTIONS);
    assert!(ADVISOR.next_fact(MOST_QUESTIONS, &facts, &[]).is_some(), "another question matters");
}

#[test]
fn who_knows_little_is_asked_little() {
    let mut skipped = Vec::new();
    while let Some(ask) = ADVISOR.advise_after(skipped.len(), &Facts::default(), &skipped).ask {
        skipped.push(ask.fact);
    }
    assert!((2..=6).contains(&skipped.len()), "{skipped:?}");
}

#[test]
fn the_interview_begins_with_a_question_of_many_answers() {
    let ask = ADVISOR.advise(&Facts::default()).ask.expect("nothing is known yet");
    assert!(ask.choices.len() > 2, "it asks for {}", ask.fact);
}
