//! What the session decides at once, as the model hears of it; and what is shown of it.

use packwright_core::problem::{Code, Problem};
use packwright_core::session::{View, making};

use super::*;

/// Does something, and hears what the session decides.
pub fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    let effects = super::super::act(model, action);
    settle(model, &effects);
    effects
}

/// Tells the model what the session decides about plans at once; what tools say comes later.
pub fn settle(model: &mut Model, effects: &[Effect]) {
    for effect in effects {
        let Effect::Send(intent) = effect else { continue };
        let view = &model.view;
        let decided = match (**intent).clone() {
            Intent::Open { .. } => Ok(making::open(view)),
            Intent::Suppose { fact, tag } => Ok(vec![supposed(view, |asking| {
                asking.suppose(fact, fact.tag_set([tag.as_str()]).unwrap());
            })]),
            Intent::Unsuppose => Ok(vec![supposed(view, Asking::unsuppose)]),
            Intent::Choose { choices } => making::choose(view, choices),
            Intent::Recommend { os, besides, like } => making::recommend(view, os, besides, &like),
            Intent::Repeat { build } => making::repeat(view, build),
            Intent::Change { build, change } => making::change(view, build, &change),
            Intent::PlanAgain { builds } => Ok(making::again(view, &builds)),
            Intent::Apply { build } => making::apply(view, build),
            Intent::Agree { builds, to } => Ok(vec![Update::Agreed { builds, to }]),
            _ => continue,
        };
        let updates = decided.unwrap_or_else(|problem| vec![Update::Refused(problem)]);
        update(model, Message::Updates(updates));
    }
}

fn supposed(view: &View, change: impl FnOnce(&mut Asking)) -> Update {
    let mut asking = view.asking.clone();
    change(&mut asking);
    let facts = Box::new(asking.facts(&view.facts));
    let advice = Box::new(technologies::advise(&facts));
    Update::Advised { facts, advice, asking: Box::new(asking) }
}

/// What is chosen for the first plan on the screen.
pub fn chosen(model: &Model) -> &Choice {
    &model.view.choices[&model.view.planned[0]]
}

fn refuse(model: &mut Model, why: &str) {
    let build = model.view.planned[0];
    let (updates, ends_with) = making::refused(&model.view, build, Problem::new(Code::Unsuitable, why));
    assert!(ends_with.is_none(), "{ends_with:?}");
    update(model, Message::Updates(updates));
}

#[test]
fn what_is_refused_gives_way_to_the_next_best_with_the_reason() {
    let mut model = opened((120, 36));
    press(&mut model, "b");
    let first = chosen(&model).technology.clone();
    refuse(&mut model, "it declares no script");
    let second = chosen(&model).technology.clone();
    assert_ne!(first, second);
    let shown = frame(&mut model);
    assert!(
        shown.contains(&format!("Plan: one {second}")) && shown.contains("! not built: it declares no script"),
        "{shown}"
    );
    assert!(shown.contains(&format!("`{second}` is built as the second best")), "{shown}");
}

#[test]
fn a_refusal_of_what_was_chosen_by_name_leads_on_and_not_back() {
    use packwright_core::event::{Event, Record};
    let mut model = opened((120, 36));
    act(&mut model, Action::PlanIt(Some("sdist".into())));
    let event = Event::Failed { problem: Box::new(Problem::new(Code::Unsuitable, "no").of("sdist")) };
    let record = Record { v: Record::VERSION, at: 1, build: Some(model.view.planned[0]), event };
    update(&mut model, Message::Updates(vec![Update::Happened(record)]));
    assert!(frame(&mut model).contains("Plan the best that can be built of it"));
    press(&mut model, "\n");
    assert!(model.view.recommended.is_some());
    assert_ne!(chosen(&model).technology, "sdist");
}
