//! From a project to its advice: opening, facts, the interview.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use packwright_core::facts::{Fact, Facts, Known, Source};
use packwright_core::session::Intent;
use packwright_core::technologies;
use tui_input::Input;

use super::{close, send};
use crate::ui::action::{Action, Field};
use crate::ui::message::Effect;
use crate::ui::model::{Model, Overlay, called};
use crate::ui::page::{Place, Row};
use crate::ui::route::Route;
use crate::ui::screens::advice::RULED_OUT;
use crate::ui::screens::{self, interview};

/// Builds that the history shows.
pub const RECALLED: usize = 200;

/// Shows a screen, and asks for what it needs.
pub fn go(model: &mut Model, route: Route) -> Vec<Effect> {
    model.go(route);
    match route {
        Route::Doctor if model.view.doctor.is_empty() => send(Intent::Examine { technology: None }),
        Route::History => send(Intent::Recall { most: RECALLED }),
        _ => Vec::new(),
    }
}

/// A project was opened: what belonged to the one before is gone, but for builds that run.
pub fn forget_project(model: &mut Model, is_another: bool) {
    if matches!(model.overlay, Some((Overlay::Tags(_), _))) {
        close(model);
    }
    model.marked.clear();
    model.is_choosing = false;
    model.places.clear();
    if is_another {
        model.answering = None;
        model.wanted.clear();
        model.target = 0;
        model.selected = None;
        let builds = &model.view.builds;
        model.started.retain(|id| builds.get(id).is_some_and(|build| !build.has_ended()));
    }
}

pub fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    match action {
        Action::Open(path) => open(model, path),
        Action::OpenExample => read(model, Intent::OpenExample),
        Action::ReadAgain => {
            let open_now = || model.view.project.as_ref().map(|project| Intent::Open { path: project.opens_at() });
            let intent = model.asked.clone().or_else(open_now);
            intent.map_or_else(Vec::new, |intent| read(model, intent))
        }
        Action::PickFolder => {
            model.lay(Overlay::Folders);
            vec![Effect::List(start_folder(model))]
        }
        Action::EnterFolder(path) => {
            *model.place_mut() = Place::default();
            vec![Effect::List(path)]
        }
        Action::Edit(field) => {
            let now = if field == Field::Search { model.logs.sought().to_owned() } else { String::new() };
            model.field = Some((field, Input::new(now)));
            Vec::new()
        }
        Action::AllFacts => {
            model.all_facts = !model.all_facts;
            Vec::new()
        }
        Action::Sort(path) => sort(model, &path),
        Action::Choose(fact) => {
            model.marked = marked_now(model, fact);
            model.lay(Overlay::Tags(fact));
            model.place_mut().focus = model.marked.first().copied().unwrap_or_default();
            Vec::new()
        }
        Action::Mark(index) => {
            mark(model, index);
            Vec::new()
        }
        Action::Answer(index) => match model.overlay {
            Some((Overlay::Tags(fact), _)) => take_over(model, fact, &[index].into()),
            _ => interview::answer(model, Some(index)),
        },
        Action::Confirm => confirm(model),
        Action::Unknown => unknown(model),
        Action::Undo => interview::undo(model),
        Action::WhatIf => {
            model.lay(Overlay::WhatIf);
            Vec::new()
        }
        Action::Flip(fact, tag) => flip(model, fact, tag),
        Action::Unflip => unflip(model),
        Action::Save if model.view.asking.supposed().next().is_some() => {
            model.notice = Some("a \"what if\" is no answer: u puts it back first".into());
            Vec::new()
        }
        Action::Save if !has_answers(model) => {
            model.notice = Some("there is no answer of yours to save yet".into());
            Vec::new()
        }
        Action::Save => {
            model.notice = Some("The answers are being saved with the project".into());
            send(Intent::SaveAnswers)
        }
        Action::Reasons => {
            show_reasons(model);
            Vec::new()
        }
        Action::ShowTarget(target) => {
            model.target = target;
            // What has no row any more could not be unmarked.
            let listed = screens::advice::listed(model);
            model.wanted.retain(|marked| listed.contains(marked));
            Vec::new()
        }
        Action::MarkTechnology(id) => {
            if technologies::is_buildable(&id) {
                if !model.wanted.remove(&id) {
                    model.wanted.insert(id);
                }
            } else {
                model.notice = Some(format!("{id} is advised, but this version does not build it"));
            }
            Vec::new()
        }
        Action::Explain(id) => explain(model, id),
        _ => Vec::new(),
    }
}

/// Turns what becomes of a path: the project is read again.
fn sort(model: &mut Model, path: &str) -> Vec<Effect> {
    let Some(project) = &model.view.project else { return Vec::new() };
    let selection = &project.selection;
    let Some(doubt) = selection.doubts.iter().find(|doubt| doubt.path == path) else { return Vec::new() };
    let sorting = selection.sorting.turned(doubt);
    model.notice = Some("S keeps what belongs to the project in its settings".into());
    send(Intent::Sort { sorting })
}

/// Opens a project.
pub fn open(model: &mut Model, path: PathBuf) -> Vec<Effect> {
    read(model, Intent::Open { path })
}

/// Has a project read, and shows what is found of it as it comes.
fn read(model: &mut Model, intent: Intent) -> Vec<Effect> {
    model.overlay = None;
    model.field = None;
    model.go(Route::Project);
    model.opening = Some(called(&intent));
    model.asked = Some(intent.clone());
    send(intent)
}

/// A folder that cannot be listed is no place to pick from: the one above it is shown.
pub fn pick_above(model: &mut Model, folder: &Path, why: String) -> Vec<Effect> {
    model.completing = None;
    model.notice.get_or_insert(why);
    let above = folder.parent().filter(|above| !above.as_os_str().is_empty());
    let above = above.filter(|_| model.overlay.as_ref().is_some_and(|(over, _)| *over == Overlay::Folders));
    above.map_or_else(Vec::new, |above| vec![Effect::List(above.to_path_buf())])
}

/// Shows the page about a technology, and looks anew for its tools.
pub fn explain(model: &mut Model, id: String) -> Vec<Effect> {
    model.lay(Overlay::Technology(id.clone()));
    // Nothing makes what is only a word.
    if technologies::named(&id).is_some() { vec![Effect::Look(id)] } else { Vec::new() }
}

fn start_folder(model: &Model) -> PathBuf {
    let project = model.view.project.as_ref().map(|project| project.root.clone());
    let listed = model.listing.as_ref().map(|(folder, _)| folder.clone());
    // A folder without a name has no parent to go to.
    listed.or(project).or_else(|| model.around.here.clone()).unwrap_or_else(|| PathBuf::from("/"))
}

fn marked_now(model: &Model, fact: Fact) -> BTreeSet<usize> {
    let Some(known) = model.view.facts.get(fact) else { return BTreeSet::new() };
    fact.tags().enumerate().filter(|(_, tag)| known.tags.has(*tag)).map(|(index, _)| index).collect()
}

fn mark(model: &mut Model, index: usize) {
    let Some((Overlay::Tags(fact), _)) = model.overlay else { return interview::mark(model, index) };
    if index < fact.tags().count() && !model.marked.remove(&index) {
        model.marked.insert(index);
    }
}

/// Takes over the marked tags of a fact, or answers the question.
fn confirm(model: &mut Model) -> Vec<Effect> {
    let Some((Overlay::Tags(fact), place)) = model.overlay else { return interview::answer(model, None) };
    let mut chosen = model.marked.clone();
    // Without a mark of the user's own, the cursor says what else.
    if chosen == marked_now(model, fact) {
        chosen.insert(place.focus);
    }
    take_over(model, fact, &chosen)
}

/// Takes over these tags of a fact; without one the answer is taken back.
fn take_over(model: &mut Model, fact: Fact, chosen: &BTreeSet<usize>) -> Vec<Effect> {
    let chosen: BTreeSet<usize> = chosen.iter().copied().filter(|index| *index < fact.tags().count()).collect();
    close(model);
    if chosen == marked_now(model, fact) {
        return Vec::new();
    }
    let tags = fact.tags().enumerate().filter(|(index, _)| chosen.contains(index));
    let tags = tags.fold(packwright_core::facts::Tags::default(), |tags, (_, tag)| tags.with(tag));
    if tags.is_empty() {
        return take_back(model, fact);
    }
    answer(fact, Known { tags, source: Source::User })
}

fn unknown(model: &mut Model) -> Vec<Effect> {
    match model.overlay {
        Some((Overlay::Tags(fact), _)) => {
            close(model);
            take_back(model, fact)
        }
        _ => interview::unknown(model),
    }
}

/// Whether something was answered, or taken back, that can be saved.
fn has_answers(model: &Model) -> bool {
    let asking = &model.view.asking;
    if model.view.project.as_ref().is_some_and(|project| !project.selection.sorting.is_empty()) {
        return true;
    }
    // The session may not have told yet what was answered a moment ago.
    model.answering.is_some() || !asking.forgotten.is_empty() || asking.answers() != Facts::default()
}

/// Shows what is ruled out, and goes there; or hides it.
fn show_reasons(model: &mut Model) {
    model.reasons = !model.reasons;
    let rows = screens::scene(model).main.rows;
    let is_heading = |row: &Row| row.line.spans.first().is_some_and(|span| span.content == RULED_OUT);
    *model.place_mut() = match rows.iter().position(is_heading).filter(|_| model.reasons) {
        Some(scroll) => Place { scroll, is_away: true, ..model.place() },
        None => Place::default(),
    };
}

/// Answers otherwise, to see what follows.
fn flip(model: &mut Model, fact: Fact, tag: String) -> Vec<Effect> {
    close(model);
    model.notice = Some(format!("what if {fact} is {tag}; u takes it back"));
    send(Intent::Suppose { fact, tag })
}

/// What was known before the last flip holds again.
pub fn unflip(model: &mut Model) -> Vec<Effect> {
    if model.view.asking.supposed().next().is_none() {
        model.notice = Some("nothing was changed here".into());
        return Vec::new();
    }
    send(Intent::Unsuppose)
}

fn answer(fact: Fact, known: Known) -> Vec<Effect> {
    let mut facts = Facts::default();
    facts.set(None, fact, known);
    send(Intent::Answer { facts })
}

/// Takes an answer back. What the project shows cannot be taken back.
fn take_back(model: &mut Model, fact: Fact) -> Vec<Effect> {
    let source = model.view.facts.get(fact).map(|known| &known.source);
    if source.is_some_and(|source| !matches!(source, Source::User | Source::Saved { .. })) {
        model.notice = Some("the project shows it; another answer takes its place".into());
        return Vec::new();
    }
    send(Intent::Unanswer { os: None, fact })
}
