//! Ids: what a plan calls its steps becomes what they are.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::AdoptError;
use crate::plan::{Act, Action, Command, Expect, Item, Look, Piece, Place, Plan, Product, Step, StepId, What, Word};

/// What a plan calls its steps, and what they are.
type Ids = BTreeMap<StepId, StepId>;

/// The plan with the ids of its actions. Steps that do the same become one.
pub(super) fn plan(plan: Plan) -> Result<Plan, AdoptError> {
    let mut ids = Ids::new();
    let mut whole = Plan { steps: Vec::new(), ..plan };
    for step in plan.steps {
        let step = renamed(step, &mut ids)?;
        whole.add(step);
    }
    for proof in &mut whole.proofs {
        let place = format!("the trial `{}`", proof.title);
        // What furnishes one room is nobody else's.
        let mut ids = ids.clone();
        for step in &mut proof.furnish {
            *step = renamed(step.clone(), &mut ids)?;
        }
        let words = place_words(&mut proof.room.place).into_iter().chain(proof.acts.iter_mut().flat_map(act_words));
        rename_all(words, &ids, &place)?;
    }
    for look in &mut whole.looks {
        rename_all([look_word(look)], &ids, "what is looked at")?;
    }
    for product in &mut whole.products {
        let (Product::Place { step, .. } | Product::Published { step, .. }) = product;
        *step = id_of(step, &ids, "a product")?;
    }
    Ok(whole)
}

fn renamed(mut step: Step, ids: &mut Ids) -> Result<Step, AdoptError> {
    let place = format!("the step `{}`", step.id);
    rename_all(action_words(&mut step.action), ids, &place)?;
    for before in &mut step.after {
        *before = id_of(before, ids, &place)?;
    }
    let label = std::mem::replace(&mut step.id, StepId::of(&step.action));
    match ids.entry(label) {
        // What furnishes a room may be a step of the plan.
        Entry::Occupied(known) if *known.get() == step.id => Ok(step),
        Entry::Occupied(known) => Err(AdoptError::Twice { label: known.key().to_string() }),
        Entry::Vacant(free) => {
            free.insert(step.id.clone());
            Ok(step)
        }
    }
}

fn rename_all<'a>(words: impl IntoIterator<Item = &'a mut Word>, ids: &Ids, place: &str) -> Result<(), AdoptError> {
    for piece in words.into_iter().flat_map(|word| &mut word.0) {
        if let Piece::Output(step, _) = piece {
            *step = id_of(step, ids, place)?;
        }
    }
    Ok(())
}

fn id_of(label: &StepId, ids: &Ids, place: &str) -> Result<StepId, AdoptError> {
    let unknown = || AdoptError::Unknown { place: place.to_owned(), label: label.to_string() };
    ids.get(label).cloned().ok_or_else(unknown)
}

/// As `Action::words`, to change them.
fn action_words(action: &mut Action) -> Vec<&mut Word> {
    match action {
        Action::Run { place, may: _, commands } => {
            commands.iter_mut().flat_map(command_words).chain(place_words(place)).collect()
        }
        Action::Lay { items } | Action::Pack { items, to: _, format: _ } => {
            items.iter_mut().filter_map(item_word).collect()
        }
        Action::Make { maker: _, words } => words.values_mut().flatten().collect(),
        Action::Fetch { files: _ } => Vec::new(),
    }
}

fn command_words(command: &mut Command) -> impl Iterator<Item = &mut Word> {
    let Command { tool, args, env, cwd } = command;
    std::iter::once(tool).chain(args).chain(env.values_mut()).chain(cwd.iter_mut())
}

fn place_words(place: &mut Place) -> Option<&mut Word> {
    match place {
        Place::Root { root: word, .. } | Place::Wine { prefix: word } => Some(word),
        Place::Here | Place::Userland { .. } => None,
    }
}

fn item_word(item: &mut Item) -> Option<&mut Word> {
    match &mut item.what {
        What::Text(word) | What::From { word, .. } => Some(word),
        What::Link(_) | What::Folder => None,
    }
}

fn act_words(act: &mut Act) -> Vec<&mut Word> {
    match act {
        Act::Do { command, expect, title: _ } => {
            let Expect { leaves, .. } = &mut **expect;
            command_words(command).chain(leaves).collect()
        }
        Act::Beside { command, .. }
        | Act::Start { subject: command, .. }
        | Act::Survey { interpreter: command, within: _ }
        | Act::Help { subject: command } => command_words(command).collect(),
        Act::Untouched { but: _ } => Vec::new(),
    }
}

fn look_word(look: &mut Look) -> &mut Word {
    match look {
        Look::Member { of, .. } | Look::Lines { of, .. } | Look::Binaries { of } | Look::Paths { of } => of,
    }
}
