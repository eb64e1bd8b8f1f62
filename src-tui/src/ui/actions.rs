//! The list of actions: what the screen can do, what other screens can, what can be done with each technology.

use packwright_core::catalogue::glossary;
use packwright_core::technologies;

use super::action::{Action, Binding, Field, everywhere};
use super::model::Model;
use super::route::Route;
use super::screens;

/// All bindings of the screen below, the special ones first.
pub fn of_the_screen(model: &Model) -> Vec<Binding> {
    let mut all = screens::bindings(model);
    for binding in everywhere() {
        if !all.iter().any(|own| own.action == binding.action) {
            all.push(binding);
        }
    }
    all
}

/// What other screens can do, and what can be done with each technology: found by its words from everywhere.
fn from_elsewhere(model: &Model, here: &[Binding]) -> Vec<Binding> {
    let mut all: Vec<Binding> = Vec::new();
    for route in Route::ALL.into_iter().filter(|route| *route != model.route) {
        for binding in screens::bindings_of(model, route) {
            let is_new = |known: &[Binding]| !known.iter().any(|other| goes_to(&other.action) == &binding.action);
            if works_from_afar(&binding.action) && is_new(here) && is_new(&all) {
                let label = format!("on {route:?}: {}", binding.label);
                all.push(Binding::quiet(&[], Action::On(route, Box::new(binding.action)), label));
            }
        }
    }
    for entry in technologies::all() {
        if model.view.project.is_some() && technologies::is_buildable(&entry.id) {
            all.push(Binding::quiet(&[], Action::PlanIt(Some(entry.id.clone())), format!("plan {}", entry.id)));
        }
        all.push(Binding::quiet(&[], Action::Explain(entry.id.clone()), format!("explain {}", entry.id)));
    }
    let word = |word: &glossary::Word| {
        Binding::quiet(&[], Action::Explain(word.word.clone()), format!("explain {}", word.word))
    };
    all.extend(glossary::words().iter().map(word));
    all
}

fn goes_to(action: &Action) -> &Action {
    match action {
        Action::On(_, action) => action,
        action => action,
    }
}

/// Whether an action means the same before its screen was seen: it depends on no cursor there, and runs nothing.
fn works_from_afar(action: &Action) -> bool {
    matches!(
        action,
        Action::Copy(_)
            | Action::Edit(_)
            | Action::PickFolder
            | Action::OpenExample
            | Action::ReadAgain
            | Action::AllFacts
            | Action::Undo
            | Action::WhatIf
            | Action::Save
            | Action::Reasons
            | Action::Follow
            | Action::NextFilter
            | Action::NextStep
            | Action::FirstError
            | Action::Wrap
            | Action::Examine
    )
}

/// The actions whose words hold the typed letters in order, the closest first.
pub fn found(model: &Model) -> Vec<Binding> {
    let typed = model.typed(&Field::Filter).unwrap_or_default().to_lowercase();
    let mut all = of_the_screen(model);
    if !typed.is_empty() {
        let elsewhere = from_elsewhere(model, &all);
        all.extend(elsewhere);
    }
    let mut fitting: Vec<(usize, Binding)> =
        all.into_iter().filter_map(|binding| Some((distance(&binding.label, &typed)?, binding))).collect();
    fitting.sort_by_key(|(distance, _)| *distance);
    fitting.into_iter().map(|(_, binding)| binding).collect()
}

/// How far apart the letters are where they stand closest; nothing when they are not all there.
fn distance(label: &str, typed: &str) -> Option<usize> {
    let label = label.to_lowercase();
    let Some(first) = typed.chars().next() else { return Some(0) };
    let starts = label.match_indices(first).map(|(at, _)| at);
    starts.filter_map(|start| Some(usize::from(start > 0) + gaps(&label[start..], typed)?)).min()
}

/// Letters that stand between those that are sought, from the first on.
fn gaps(label: &str, typed: &str) -> Option<usize> {
    let mut at = 0;
    let mut gaps = 0;
    for letter in typed.chars() {
        let next = label[at..].find(letter)?;
        gaps += next;
        at += next + letter.len_utf8();
    }
    Some(gaps)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_are_found_by_letters_in_order() {
        assert!(distance("copy the commands", "cmd").is_some());
        assert!(distance("copy the commands", "xyz").is_none());
        assert!(distance("build", "bui") < distance("a big union idea", "bui"));
        assert!(distance("on Advice: copy it", "copy") < distance("explain micropython", "copy"));
        assert_eq!(distance("anything", ""), Some(0));
    }
}
