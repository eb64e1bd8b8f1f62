//! What fits, with the whole gradient: the first choice and its reasons, what it costs, what is close behind, what if.

use packwright_core::advice::{Advice, Explanation, Recommendation, RuledOut, Shown};
use packwright_core::catalogue::Entry;
use packwright_core::facts::Os;
use packwright_core::problem::listing;
use packwright_core::technologies;
use packwright_core::words;

use super::super::action::{Action, Binding, Copied, ENTER, char, from_tab_to_tab};
use super::super::glyph;
use super::super::gradient;
use super::super::model::Model;
use super::super::page::Page;
use super::super::route::Route;
use super::super::theme::Role;
use super::{Scene, whole_width};
use crate::ui::text;

/// The heading of what is ruled out.
pub const RULED_OUT: &str = "Ruled out";

/// The system whose advice is shown, where it is that of one alone.
pub fn system(model: &Model) -> Option<Os> {
    model.view.advice.as_ref()?.shown(model.target).os
}

/// How the first choice of the chosen target came about, and what would change it.
pub fn explanation(model: &Model) -> Explanation {
    let Some(advice) = &model.view.advice else { return Explanation::default() };
    match system(model) {
        Some(os) => technologies::advisor().explain_for(os, advice),
        None => technologies::advisor().explain(advice),
    }
}

/// What can be built of the ranking that is shown, the best of it.
pub fn recommended(model: &Model) -> Option<&String> {
    let ranking = model.view.advice.as_ref()?.shown(model.target).ranking;
    technologies::buildable_of(ranking).next().map(|best| &best.technology)
}

/// Every technology in the order of the items: the first choice, the best that can be built where that is another, then
/// those close behind.
pub fn listed(model: &Model) -> Vec<String> {
    let Some(advice) = &model.view.advice else { return Vec::new() };
    technologies::listed(advice.shown(model.target)).map(|one| one.technology.clone()).collect()
}

pub fn scene(model: &Model) -> Scene {
    let mut page = Page::new(model.theme);
    let width = whole_width(model).min(110);
    let Some(advice) = &model.view.advice else {
        return Scene::of(super::no_project(model));
    };
    let shown = advice.shown(model.target);
    let explanation = explanation(model);
    let Some(best) = shown.ranking.first() else {
        text::contradictions(&mut page, advice, width);
        nothing_fits(&mut page, &shown, width);
        what_if(&mut page, &explanation, width);
        return Scene::of(page);
    };
    let Some(entry) = technologies::named(&best.technology) else { return Scene::of(page) };
    headline(&mut page, model, advice, entry, width);
    flipped(&mut page, model, width);
    text::contradictions(&mut page, advice, width);
    needed_first(&mut page, best, width);
    first_item(&mut page, entry, best, &shown);
    page.blank();
    if !model.is_read_out() {
        gradient::full(&mut page, Some(shown.ranking), whole_width(model));
        page.blank();
    }
    beneath(&mut page, model, advice, &shown, entry, &explanation);
    if model.reasons {
        ruled_out(&mut page, shown.ruled_out, width);
    } else {
        let counts = format!(
            "{} possible, {} ruled out   r shows what is ruled out",
            shown.ranking.len(),
            shown.ruled_out.len()
        );
        page.row(&[(Role::Dim, &counts)]);
    }
    Scene::of(page)
}

/// Why, and what is close behind; beside or below it what it costs, and what if.
fn beneath(page: &mut Page, model: &Model, advice: &Advice, shown: &Shown, entry: &Entry, explanation: &Explanation) {
    let whole = whole_width(model);
    let in_columns = whole >= 104;
    let (left, right) = if in_columns { (whole * 3 / 5 - 4, whole * 2 / 5) } else { (whole, whole) };
    let mut reasons = Page::new(model.theme);
    if let Some(best) = shown.ranking.first() {
        why(&mut reasons, entry, best, explanation, left);
    }
    reasons.blank();
    close_behind(&mut reasons, model, *shown, left);
    let mut facts = Page::new(model.theme);
    cost(&mut facts, entry, right);
    and_then(&mut facts, advice, shown, right);
    what_if(&mut facts, explanation, right);
    if in_columns {
        page.columns(reasons, facts, left + 4);
    } else {
        page.append(reasons);
        page.blank();
        page.append(facts);
    }
}

fn nothing_fits(page: &mut Page, shown: &Shown, width: u16) {
    page.row(&[(Role::Bad, "✗ "), (Role::Strong, "Nothing fits these answers")]);
    page.blank();
    let line = page.pieces(&[(Role::Text, "Change an answer")]);
    page.item(line, Action::Go(Route::Project));
    page.blank();
    ruled_out(page, shown.ruled_out, width);
}

fn headline(page: &mut Page, model: &Model, advice: &Advice, entry: &Entry, width: u16) {
    let name = model.view.project.as_ref().map_or("it", |project| project.name.as_str());
    let mut line = page.pieces(&[(Role::Strong, &format!("Ship {name} as {}", entry.name)), (Role::Text, "   ")]);
    let mut hits = Vec::new();
    if advice.targets.len() > 1 {
        let tabs = std::iter::once("all".to_owned()).chain(advice.targets.iter().map(|target| target.os.to_string()));
        for (index, tab) in tabs.enumerate() {
            let role = if index == model.target { Role::Chosen } else { Role::Dim };
            let from = u16::try_from(line.width()).unwrap_or(u16::MAX);
            line.push_span(page.span(role, &format!(" {tab} ")));
            hits.push((from, u16::try_from(line.width()).unwrap_or(u16::MAX), Action::ShowTarget(index)));
        }
    }
    page.line(line);
    if let Some(row) = page.rows.last_mut() {
        row.hits = hits;
    }
    page.text(Role::Text, &entry.summary.newcomer, width);
}

/// That this is no advice for what is, but for what would be.
fn flipped(page: &mut Page, model: &Model, width: u16) {
    let supposed = model.view.asking.supposed();
    let facts: Vec<String> = supposed.map(|given| format!("{} = {}", given.fact, given.tags.join(", "))).collect();
    if !facts.is_empty() {
        page.indented(Role::Warn, &format!("What if {}. u or esc puts it back.", facts.join(" and ")), "! ", width);
    }
}

/// What the project needs before the first choice can be made, with what helps.
fn needed_first(page: &mut Page, best: &Recommendation, width: u16) {
    let (Some(needs), Some(told)) = (&best.needs, words::needs_first(best)) else { return };
    page.indented(Role::Warn, &told, "! ", width);
    text::hints(page, needs, width);
}

/// What `enter` does: build the first choice, or the best that can be built here.
fn first_item(page: &mut Page, entry: &Entry, best: &Recommendation, shown: &Shown) {
    if best.needs.is_some() {
        let line = page.pieces(&[
            (Role::Chosen, &format!(" About {} ", entry.id)),
            (Role::Dim, "  it can be built once the project has what it needs"),
        ]);
        page.item(line, Action::Explain(entry.id.clone()));
    } else if technologies::is_buildable(&entry.id) {
        let line =
            page.pieces(&[(Role::Chosen, &format!(" Build {} ", entry.id)), (Role::Dim, "  shows the plan first")]);
        page.item(line, Action::PlanIt(Some(entry.id.clone())));
    } else {
        let line = page.pieces(&[
            (Role::Chosen, &format!(" How to make {} ", entry.id)),
            (Role::Dim, "  this version of Packwright advises it, but does not build it"),
        ]);
        page.item(line, Action::Explain(entry.id.clone()));
    }
    if let Some(other) = technologies::built_instead(shown.ranking) {
        let line = page
            .pieces(&[(Role::Text, &format!("Build {} ", other.technology)), (Role::Dim, " the best it can build")]);
        page.item(line, Action::PlanIt(Some(other.technology.clone())));
    }
}

fn why(page: &mut Page, entry: &Entry, best: &Recommendation, explanation: &Explanation, width: u16) {
    page.heading(&format!("Why {}", entry.id), width);
    for (index, reason) in best.reasons.iter().take(3).enumerate() {
        page.indented(Role::Text, &reason.text, &format!("{}  ", index + 1), width);
        let facts = reason.facts.join(", ");
        let source = if facts.is_empty() { reason.source.clone() } else { format!("{facts} · {}", reason.source) };
        page.row(&[(Role::Dim, &format!("   {}", words::middle(&source, usize::from(width).saturating_sub(3))))]);
    }
    if best.reasons.is_empty() {
        page.text(Role::Text, "It is the lightest way that nothing you said rules out", width);
    }
    let told = explanation.told_caveats().iter().filter(|_| explanation.technology.as_ref() == Some(&entry.id));
    for caveat in told {
        page.indented(Role::Text, &caveat.text, "!  ", width);
    }
}

fn cost(page: &mut Page, entry: &Entry, width: u16) {
    page.heading("What it costs", width);
    page.indented(Role::Text, &entry.updates, "Updates   ", width);
    page.indented(Role::Text, &entry.security, "Security  ", width);
    page.indented(Role::Text, &words::layers(&entry.brings), "Brings    ", width);
    page.indented(Role::Text, &words::layers(&entry.takes), "Needs     ", width);
    let size = format!("{}, starts {}", words::size_class(entry.size), words::start_class(entry.start));
    page.indented(Role::Text, &size, "Size      ", width);
}

fn close_behind(page: &mut Page, model: &Model, shown: Shown, width: u16) {
    let behind: Vec<_> = shown.behind().collect();
    if behind.is_empty() && model.wanted.is_empty() {
        return;
    }
    page.heading("Close behind", width);
    for (rank, one) in behind {
        let Some(entry) = technologies::named(&one.technology) else { continue };
        let mark = if model.wanted.contains(&one.technology) { "✓ " } else { "  " };
        let mut line = page.pieces(&[(Role::Strong, &format!("{rank}  ")), (Role::Good, mark)]);
        line.spans.extend(glyph::spans(page, entry, gradient::level_number(&entry.id)));
        let room = usize::from(width).saturating_sub(30);
        line.push_span(page.span(Role::Strong, &format!("  {:<17}", entry.id)));
        line.push_span(page.span(Role::Text, &crate::show::shortened(&words::told_of(one), room)));
        page.item(line, Action::Explain(one.technology.clone()));
    }
    if !model.wanted.is_empty() {
        let names: Vec<&str> = model.wanted.iter().map(String::as_str).collect();
        page.row(&[(Role::Good, "✓ "), (Role::Text, &format!("marked: {}   b plans them together", listing(&names)))]);
    }
}

fn and_then(page: &mut Page, advice: &Advice, shown: &Shown, width: u16) {
    for then in advice.and_then.iter().filter(|then| shown.concerns(then)) {
        page.indented(Role::Text, &format!("{} into {}: {}", then.first, then.then, then.text), "and then  ", width);
    }
}

fn what_if(page: &mut Page, explanation: &Explanation, width: u16) {
    if explanation.what_if.is_empty() {
        return;
    }
    page.blank();
    page.heading("What if   w tries one", width);
    // One for each fact: all of them are a key away.
    for flip in explanation.one_for_each_fact() {
        let then = flip.technology.as_deref().unwrap_or("nothing fits");
        page.indented(Role::Text, &format!("{} → {then}", flip.text), &format!("{:<18}", flip.fact.id()), width);
    }
}

fn ruled_out(page: &mut Page, ruled_out: &[RuledOut], width: u16) {
    page.blank();
    page.heading(RULED_OUT, width);
    for one in ruled_out {
        page.indented(Role::Text, &one.because, &format!("{:<18}", one.technology), width);
    }
}

pub fn bindings(model: &Model) -> Vec<Binding> {
    let focused = listed(model).get(model.screen_place().focus).cloned();
    let mut bindings = vec![
        Binding::shown(ENTER, Action::Activate, "choose"),
        if model.wanted.is_empty() {
            Binding::shown(char('b'), Action::PlanIt(focused.clone()), "plan it")
        } else {
            Binding::shown(char('b'), Action::PlanMarked, "plan the marked")
        },
        Binding::shown(char('r'), Action::Reasons, "what is ruled out"),
    ];
    if let Some(focused) = focused {
        bindings.push(Binding::shown(char(' '), Action::MarkTechnology(focused.clone()), "mark"));
        bindings.push(Binding::shown(char('e'), Action::Explain(focused), "explain"));
    }
    let targets = model.view.advice.as_ref().map_or(0, |advice| advice.targets.len());
    if targets > 1 {
        let shown = |by: usize| Action::ShowTarget((model.target + by) % (targets + 1));
        bindings.extend(from_tab_to_tab("target", shown(1), shown(targets)));
    }
    bindings.push(Binding::shown(char('w'), Action::WhatIf, "what if"));
    if model.view.asking.supposed().next().is_some() {
        bindings.insert(1, Binding::shown(char('u'), Action::Unflip, "take it back"));
    }
    bindings.push(Binding::quiet(&[char('i')], Action::Go(Route::Interview), "interview"));
    bindings.push(Binding::quiet(&[char('S')], Action::Save, "save the answers with the project"));
    bindings.push(Binding::quiet(&[char('y')], Action::Copy(Copied::Advice), "copy the advice"));
    bindings
}
