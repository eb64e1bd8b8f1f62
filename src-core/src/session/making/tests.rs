use std::path::Path;

use super::*;
use crate::event::{Event, Record};
use crate::facts::Facts;
use crate::inspect;
use crate::plan::Plan;
use crate::session::Phase;

/// A session with a program that has an entry point, and no build configuration.
fn opened() -> View {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/weather-cli");
    let mut view = View::default();
    view.apply(&Update::Opened(Box::new(inspect::read(&example).unwrap())));
    let mut facts = Facts::default();
    for fact in ["kind=cli", "audience=developers", "python-on-target=matching"] {
        facts.assign(fact).unwrap();
    }
    let advice = Box::new(technologies::advise(&facts));
    view.apply(&Update::Advised { facts: Box::new(facts), advice, asking: Box::default() });
    view
}

fn take(view: &mut View, decided: Decided) {
    for update in decided.unwrap() {
        view.apply(&update);
    }
}

fn technologies_of(view: &View) -> Vec<&str> {
    view.planned.iter().map(|build| view.choices[build].technology.as_str()).collect()
}

fn refusal() -> Problem {
    Problem::new(Code::Unsuitable, "it is no program")
}

#[test]
fn builds_are_numbered_once_and_what_is_replaced_leaves_nothing_behind() {
    let mut view = opened();
    let decided = choose(&view, vec![Choice::of("a"), Choice::of("b")]);
    take(&mut view, decided);
    assert_eq!((view.planned.as_slice(), technologies_of(&view)), (&[BuildId(1), BuildId(2)][..], vec!["a", "b"]));
    view.plans.insert(BuildId(1), Plan::new("a"));
    let decided = choose(&view, vec![Choice::of("c")]);
    take(&mut view, decided);
    assert_eq!((view.planned.as_slice(), view.builds.len(), view.plans.len()), (&[BuildId(3)][..], 1, 0));
    let started = Event::BuildStarted { technology: "c".into(), steps: Vec::new() };
    let record = Record { v: Record::VERSION, at: 1, build: Some(BuildId(3)), event: started };
    view.apply(&Update::Happened(record));
    assert!(view.planned.is_empty());
    let decided = choose(&view, vec![Choice::of("d")]);
    take(&mut view, decided);
    assert!(view.builds.contains_key(&BuildId(3)), "what runs goes on");
    assert_eq!(view.planned, [BuildId(4)]);
}

#[test]
fn what_is_recommended_gives_way_to_the_next_best_until_nothing_is_left() {
    let mut view = opened();
    let decided = recommend(&view, None, vec![Choice::of("z")], &[]);
    take(&mut view, decided);
    let build = view.recommended.as_ref().unwrap().build.unwrap();
    assert_eq!(view.planned, [BuildId(1), build]);
    let mut seen = Vec::new();
    let ends_with = loop {
        let technology = view.choices[&build].technology.clone();
        assert!(!seen.contains(&technology), "nothing is refused twice: {seen:?}");
        seen.push(technology);
        let (updates, ends_with) = refused(&view, build, refusal());
        take(&mut view, Ok(updates));
        if let Some(problem) = ends_with {
            break problem;
        }
        assert_eq!(view.builds[&build].phase, Phase::Preparing);
    };
    assert_eq!((ends_with.code, ends_with.causes.len()), (Code::Unsuitable, seen.len() - 1));
    let (updates, ends_with) = refused(&view, BuildId(1), refusal());
    assert!(updates.is_empty() && ends_with.is_some(), "what was chosen by name is not replaced");
}

#[test]
fn a_failure_that_is_no_refusal_ends_what_is_recommended() {
    let mut view = opened();
    let decided = recommend(&view, None, Vec::new(), &[]);
    take(&mut view, decided);
    let (updates, ends_with) = refused(&view, BuildId(1), Problem::new(Code::Unresolvable, "no network"));
    assert!(updates.is_empty() && ends_with.is_some());
}

#[test]
fn what_the_user_has_changed_is_not_replaced() {
    let mut view = opened();
    let decided = recommend(&view, None, Vec::new(), &[]);
    take(&mut view, decided);
    let decided = change(&view, BuildId(1), &Change::Entry(Some("other".into())));
    take(&mut view, decided);
    let (updates, ends_with) = refused(&view, BuildId(1), refusal());
    assert!(updates.is_empty() && ends_with.is_some());
}

#[test]
fn a_change_is_one_of_a_build_there_is() {
    let mut view = opened();
    let decided = choose(&view, vec![Choice::of("a")]);
    take(&mut view, decided);
    let option = Change::Option { id: "x".into(), value: Some("1".into()) };
    let decided = change(&view, BuildId(1), &option);
    take(&mut view, decided);
    assert_eq!(view.choices[&BuildId(1)].options["x"], "1");
    assert_eq!(change(&view, BuildId(9), &option).unwrap_err().code, Code::Usage);
    assert_eq!(apply(&view, BuildId(9)).unwrap_err().message, "there is no build 9 of this project");
    assert!(again(&view, &[BuildId(9)]).is_empty());
}

#[test]
fn a_remedy_is_applied_in_a_new_build() {
    let mut view = opened();
    let decided = choose(&view, vec![Choice::of("a")]);
    take(&mut view, decided);
    let remedy = Remedy::Set { option: "venv".into(), value: "true".into() };
    let problem = Problem::new(Code::BuildFailed, "no").remedy("Set it", remedy);
    view.builds.get_mut(&BuildId(1)).unwrap().problem = Some(problem);
    let decided = apply(&view, BuildId(1));
    take(&mut view, decided);
    assert_eq!(view.choices[&BuildId(2)].options["venv"], "true");
}

#[test]
fn what_the_settings_name_is_repeated_before_what_is_recommended() {
    let mut view = opened();
    assert!(repeat(&view, Some(7)).unwrap_err().message.starts_with("the history knows no build 7"));
    let decided = repeat(&view, None);
    take(&mut view, decided);
    assert!(view.recommended.is_some());
    let all = technologies::all().iter().map(|entry| entry.id.clone());
    let (buildable, advised): (Vec<String>, Vec<String>) = all.partition(|id| technologies::is_buildable(id));
    view.project.as_mut().unwrap().settings.build = buildable[..2].to_vec();
    let decided = repeat(&view, None);
    take(&mut view, decided);
    assert_eq!(technologies_of(&view), buildable[..2]);
    view.project.as_mut().unwrap().settings.build = advised[..1].to_vec();
    assert_eq!(repeat(&view, None).unwrap_err().code, Code::AdvisedOnly);
}

#[test]
fn nothing_is_carried_to_the_next_project() {
    let mut view = opened();
    assert!(open(&view).is_empty());
    let decided = choose(&view, vec![Choice::of("a")]);
    take(&mut view, decided);
    view.apply(&Update::Refused(refusal()));
    let updates = open(&view);
    take(&mut view, Ok(updates));
    assert!(view.planned.is_empty() && view.choices.is_empty() && view.problems.is_empty());
}
