//! Whatever is said in a session is read back as it was.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::engine::answers::declare::Declaration;
use crate::engine::doctor::{Checkup, Provision, State};
use crate::engine::{Agreed, Capacity, Lacks, Settings};
use crate::event::{BuildId, Event, Record};
use crate::facts::{Fact, Facts, Os, Sorting, Target};
use crate::inspect;
use crate::plan::{Consent, Plan};
use crate::problem::{Code, Needed, Problem, Remedy};
use crate::technologies;

fn read_back<T: serde::Serialize + serde::de::DeserializeOwned>(value: &T) -> T {
    serde_json::from_str(&serde_json::to_string(value).unwrap()).unwrap()
}

/// What a person or a project can put into it.
#[derive(Debug, Clone)]
struct Said {
    text: String,
    other: String,
    number: u32,
    flag: bool,
}

impl Said {
    fn build(&self) -> BuildId {
        BuildId(self.number)
    }

    fn agreed(&self) -> Agreed {
        Agreed { code: self.flag, start: !self.flag }
    }

    fn choice(&self) -> Choice {
        Choice {
            technology: self.text.clone(),
            entry: self.flag.then(|| self.other.clone()),
            options: BTreeMap::from([(self.text.clone(), self.other.clone())]),
            target: self.flag.then(|| Target::on(Os::Windows)),
            extras: vec![self.text.clone()],
            typed: vec![self.other.clone()],
            scm_version: Some("1.2.3".into()),
            groups: vec![self.other.clone()],
        }
    }

    fn facts(&self) -> Facts {
        let mut facts = Facts::default();
        facts.assign("audience=end-users").unwrap();
        facts.assign(if self.flag { "windows:limits=small" } else { "os=linux" }).unwrap();
        facts
    }

    fn asking(&self) -> Asking {
        let mut asking = Asking::default();
        asking.answer(&self.facts());
        asking.learn(&self.facts());
        asking.skip(Fact::named("kind").unwrap());
        asking.forgotten.push((self.flag.then_some(Os::Linux), Fact::named("limits").unwrap()));
        asking
    }

    fn problem(&self) -> Problem {
        let remedy = Remedy::Set { option: self.text.clone(), value: self.other.clone() };
        Problem::new(Code::Unsuitable, &self.text).cause(&self.other).hint("x").remedy(&self.text, remedy).of("x")
    }

    fn settings(&self) -> Settings {
        Settings { out: self.text.clone().into(), jobs: 3, trusted: self.flag, ..Settings::usual() }
    }

    fn declaration(&self) -> Declaration {
        let needed = if self.flag { Needed::ToRun } else { Needed::ToBuild };
        Declaration { requirement: self.text.clone(), needed }
    }

    fn changes(&self) -> Vec<Change> {
        let (name, goes_in) = (self.text.clone(), self.flag);
        vec![
            Change::Option { id: name.clone(), value: self.flag.then(|| self.other.clone()) },
            Change::Entry(self.flag.then(|| name.clone())),
            Change::Extra { name: name.clone(), goes_in },
            Change::Group { name, goes_in },
            Change::Target(self.flag.then(Target::host)),
            Change::Typed(self.text.clone()),
        ]
    }
}

fn said() -> impl Strategy<Value = Said> {
    (".{0,12}", ".{0,12}", any::<u32>(), any::<bool>()).prop_map(|(text, other, number, flag)| Said {
        text,
        other,
        number,
        flag,
    })
}

fn intents(said: &Said) -> Vec<Intent> {
    let (build, choice) = (said.build(), said.choice());
    let fact = Fact::named("audience").unwrap();
    let os = said.flag.then_some(Os::Macos);
    let changes = said.changes().into_iter().map(|change| Intent::Change { build, change });
    let rest = [
        Intent::Open { path: said.text.clone().into() },
        Intent::Sort { sorting: Sorting { include: vec![said.text.clone()], leave_out: Vec::new() } },
        Intent::OpenExample,
        Intent::Answer { facts: said.facts() },
        Intent::Skip { fact },
        Intent::Unanswer { os, fact },
        Intent::Undo { saved: said.flag },
        Intent::AskAgain,
        Intent::Learn { facts: said.facts() },
        Intent::Suppose { fact, tag: said.text.clone() },
        Intent::Unsuppose,
        Intent::SaveAnswers,
        Intent::Declare { requirements: vec![said.declaration()] },
        Intent::SaveChoice { technologies: vec![said.text.clone()] },
        Intent::SaveTyped { commands: vec![said.text.clone()] },
        Intent::Set { settings: Box::new(said.settings()) },
        Intent::Choose { choices: vec![choice.clone()] },
        Intent::Recommend { os, besides: vec![choice.clone()], like: vec![choice] },
        Intent::Repeat { build: said.flag.then_some(7) },
        Intent::PlanAgain { builds: vec![build] },
        Intent::Apply { build },
        Intent::Agree { builds: vec![build], to: said.agreed() },
        Intent::Build { builds: vec![build] },
        Intent::Examine { technology: said.flag.then(|| said.text.clone()) },
        Intent::Recall { most: 7 },
        Intent::Cancel { build: said.flag.then_some(build) },
        Intent::DismissProblems,
    ];
    changes.chain(rest).collect()
}

fn updates(said: &Said) -> Vec<Update> {
    let (build, facts) = (said.build(), said.facts());
    let example = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/weather-cli");
    let mut opened = inspect::read(&example).unwrap();
    // What a session does not tell.
    opened.project.selection.read = std::sync::Arc::default();
    let event = Event::Failed { problem: Box::new(said.problem()) };
    let advice = technologies::advise(&facts);
    let mut recommended = Recommended::of(&advice, None, &[], &[said.choice()]).unwrap();
    recommended.passed_over.push(said.problem());
    vec![
        Update::Opened(Box::new(opened)),
        Update::Advised { facts: Box::new(facts.clone()), advice: Box::new(advice), asking: Box::new(said.asking()) },
        Update::Chosen { builds: vec![build] },
        Update::Recommended(Box::new(recommended)),
        Update::Planning { build, choice: Box::new(said.choice()) },
        Update::Planned {
            build,
            plan: Box::new(Plan::new(&said.text)),
            consents: vec![Consent::StartProgram { starts: vec![said.other.clone()] }],
            agreed: said.agreed(),
        },
        Update::Lacking {
            build,
            lacks: Box::new(Lacks { problem: said.flag.then(|| said.problem()), untried: vec![said.text.clone()] }),
        },
        Update::Measured(Box::new(Provision {
            sandbox: said.text.clone(),
            is_confined: said.flag,
            hints: said.problem().hints,
            free: Capacity { folder: said.other.clone().into(), disk: said.flag.then_some(7), memory: None },
        })),
        Update::Agreed { builds: vec![build], to: said.agreed() },
        Update::Happened(Record { v: Record::VERSION, at: 7, build: Some(build), event }),
        Update::Examined(vec![Checkup { technology: said.text.clone(), state: State::Build, tools: Vec::new() }]),
        Update::Recalled(Vec::new()),
        Update::Saved { path: said.text.clone().into() },
        Update::Refused(said.problem()),
        Update::Dismissed,
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn intents_are_read_back_as_they_were_said(said in said()) {
        for intent in intents(&said) {
            prop_assert_eq!(&read_back(&intent), &intent);
        }
    }

    #[test]
    fn updates_and_the_view_they_make_are_read_back_as_they_were_told(said in said()) {
        let (mut view, mut again) = (View::default(), View::default());
        for update in updates(&said) {
            let told = read_back(&update);
            prop_assert_eq!(&told, &update);
            view.apply(&update);
            again.apply(&told);
            prop_assert_eq!(&read_back(&view), &view);
        }
        prop_assert_eq!(view, again);
    }
}

#[test]
fn every_update_and_intent_is_among_those_that_are_read_back() {
    let said = Said { text: "a".into(), other: "b".into(), number: 1, flag: true };
    let kinds = |texts: Vec<String>| {
        let name = |text: String| text.split(['"', '}']).nth(1).map(str::to_owned).unwrap_or_default();
        texts.into_iter().map(name).collect::<std::collections::BTreeSet<_>>().len()
    };
    let texts = intents(&said).iter().map(|one| serde_json::to_string(one).unwrap()).collect();
    assert_eq!(kinds(texts), variants(include_str!("intent.rs"), "pub enum Intent {"));
    let texts = updates(&said).iter().map(|one| serde_json::to_string(one).unwrap()).collect();
    assert_eq!(kinds(texts), variants(include_str!("view.rs"), "pub enum Update {"));
}

/// How many variants an enumeration has, by its text: those on its first level.
fn variants(text: &str, begins: &str) -> usize {
    let body = text.split_once(begins).unwrap().1.split_once("\n}").unwrap().0;
    let is_variant = |line: &&str| line.starts_with("    ") && line[4..].starts_with(|c: char| c.is_ascii_uppercase());
    body.lines().filter(is_variant).count()
}

#[test]
fn what_a_later_version_says_besides_is_refused_rather_than_guessed() {
    let text = r#"{"choose":{"choices":[{"technology":"x","colour":"red"}]}}"#;
    assert!(serde_json::from_str::<Intent>(text).unwrap_err().to_string().contains("colour"));
}
