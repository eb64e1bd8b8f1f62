//! One question at a time, with what each answer would do to the ranking beside it.

use packwright_core::advice::{Advice, Ask};
use packwright_core::catalogue::Questionnaire;
use packwright_core::facts::{Facts, Known, Source, Tags};
use packwright_core::problem::{count, listing};
use packwright_core::session::Intent;
use packwright_core::technologies;
use packwright_core::words;
use unicode_width::UnicodeWidthStr;

use super::super::action::{Action, Binding, ENTER, Key, char};
use super::super::glyph;
use super::super::gradient;
use super::super::message::Effect;
use super::super::model::Model;
use super::super::page::{Page, Place};
use super::super::route::Route;
use super::super::theme::Role;
use super::{Scene, aside_width, main_width, side_width};
use crate::ui::text;

/// Places of the ranking that are listed.
const LISTED: usize = 5;
/// Columns that the slope on two lines takes.
const SLOPE: u16 = 72;
/// Rows of the terminal from which the slope stays below the choices.
const ROOMY: u16 = 20;
/// Rows of the terminal from which anything does.
const FOOT: u16 = 16;

/// The question that is put now.
pub fn question(model: &Model) -> Option<&Ask> {
    model.view.advice.as_ref()?.ask.as_ref()
}

/// The facts with an answer.
fn with(ask: &Ask, marked: &[usize]) -> Option<Facts> {
    let ids = marked.iter().filter_map(|index| ask.choices.get(*index)).map(|choice| choice.tag.as_str());
    let tags: Tags = ask.fact.tag_set(ids).ok().filter(|tags| !tags.is_empty())?;
    let mut answer = Facts::default();
    answer.set(None, ask.fact, Known { tags, source: Source::User });
    Some(answer)
}

pub fn scene(model: &Model) -> Scene {
    let mut page = Page::new(model.theme);
    let width = main_width(model);
    let Some(advice) = &model.view.advice else {
        return Scene::of(super::no_project(model));
    };
    let Some(ask) = question(model) else {
        page.text(Role::Strong, &words::no_question(technologies::is_decided(&model.view.facts)), width);
        page.blank();
        conclusion(&mut page, model, width);
        answered(&mut page, model, width);
        return Scene::of(page);
    };
    let number = format!("Question {}{}", model.view.asking.answered().count() + 1, others(ask));
    page.row(&[(Role::Dim, &number), (Role::Dim, &remark(ask))]);
    page.blank();
    page.text(Role::Strong, &ask.question, width);
    page.blank();
    for index in 0..ask.choices.len() {
        choice(&mut page, model, ask, index, width);
    }
    if has_marks(model, ask) {
        let line = page.pieces(&[(Role::Chosen, &format!(" {} ", goes_on(model)))]);
        page.item(line, Action::Confirm);
    }
    let line = page.pieces(&[(Role::Accent, key(model, "0  ")), (Role::Text, "I don't know")]);
    page.item(line, Action::Unknown);
    let line = page.pieces(&[(Role::Dim, "   Nothing is ruled out by it")]);
    page.more(line);
    page.blank();
    page.row(&[(Role::Strong, "Why this is asked")]);
    page.text(Role::Dim, &ask.why, width);
    answered(&mut page, model, width);
    if model.is_read_out() || side_width(model).is_some() || model.size.1 < FOOT {
        return Scene::beside(page, preview(model, advice, ask), model);
    }
    Scene { main: page, foot: ranks(model, advice, ask), ..Scene::default() }
}

/// Whether several answers are being put together: then a digit or a click is one more, not the only one.
fn has_marks(model: &Model, ask: &Ask) -> bool {
    ask.several && !model.marked.is_empty()
}

fn goes_on(model: &Model) -> String {
    format!("Go on with {}", count(model.marked.len(), "answer"))
}

/// What a digit or a click on an answer does.
fn chosen(model: &Model, ask: &Ask, index: usize) -> Action {
    if has_marks(model, ask) { Action::Mark(index) } else { Action::Answer(index) }
}

/// The key before an answer; who has the screen read out hears the number of the item already.
fn key<'a>(model: &Model, key: &'a str) -> &'a str {
    if model.is_read_out() { "" } else { key }
}

/// Where the answers lead, so that a newcomer can go on at once.
fn conclusion(page: &mut Page, model: &Model, width: u16) {
    let best = model.view.advice.as_ref().and_then(Advice::best).and_then(|best| technologies::named(&best.technology));
    if let Some(entry) = best {
        page.row(&[(Role::Text, "Ship it as "), (Role::Strong, &entry.name)]);
        page.text(Role::Text, &entry.summary.newcomer, width);
        page.blank();
    }
    if let Some(told) = model.view.advice.as_ref().and_then(Advice::best).and_then(words::needs_first) {
        page.indented(Role::Warn, &told, "! ", width);
        page.blank();
    }
    let buildable = model.view.advice.as_ref().and_then(technologies::best_buildable);
    if let Some(best) =
        buildable.filter(|best| model.view.project.is_some() && Some(&best.technology) == best_id(model))
    {
        let label = format!(" Build {} ", best.technology);
        let line = page.pieces(&[(Role::Chosen, &label), (Role::Dim, "  shows the plan first")]);
        page.item(line, Action::PlanIt(Some(best.technology.clone())));
    }
    let line =
        page.pieces(&[(Role::Text, "Show the advice"), (Role::Dim, "  with its reasons, and what is close behind")]);
    page.item(line, Action::Go(Route::Advice));
}

fn best_id(model: &Model) -> Option<&String> {
    Some(&model.view.advice.as_ref()?.best()?.technology)
}

/// How many questions could come after this one.
fn others(ask: &Ask) -> String {
    match ask.others {
        0 => String::new(),
        1 => ", one other matters".into(),
        others => format!(", {others} others matter"),
    }
}

fn remark(ask: &Ask) -> String {
    if ask.several { "   several answers: space marks, enter goes on".into() } else { String::new() }
}

fn choice(page: &mut Page, model: &Model, ask: &Ask, index: usize, width: u16) {
    let choice = &ask.choices[index];
    let rises = choice
        .leads_to
        .as_deref()
        .filter(|id| model.view.advice.as_ref().and_then(Advice::best).is_none_or(|best| best.technology != *id));
    let rises = rises.map(|id| format!("{id} rises")).unwrap_or_default();
    let mark = if ask.several { text::mark(model, index) } else { "" };
    let digit = if index < 9 { format!("{}  ", index + 1) } else { "   ".into() };
    let digit = key(model, &digit);
    let gap = usize::from(width).saturating_sub(digit.width() + mark.width() + choice.text.width() + rises.width());
    let line = page.pieces(&[
        (Role::Accent, digit),
        (Role::Good, mark),
        (Role::Strong, &choice.text),
        (Role::Text, &" ".repeat(gap.max(1))),
        (Role::Dim, &rises),
    ]);
    let item = page.item(line, chosen(model, ask, index));
    if let Some(row) = page.rows.last_mut().filter(|_| ask.several) {
        // The mouse has no key to mark with.
        row.hits.push((0, u16::try_from(digit.width() + mark.width()).unwrap_or(0), Action::Mark(index)));
    }
    if model.size.1 >= 30 || model.screen_place().focus == item {
        let line = page.pieces(&[(Role::Dim, &format!("   {}{}", " ".repeat(mark.width()), choice.consequence))]);
        page.more(line);
    }
}

/// The answers that `enter` would give: those that are marked, else the one under the cursor. None under the last row,
/// which says "I don't know".
fn considered(model: &Model, ask: &Ask) -> Vec<usize> {
    let focus = model.screen_place().focus;
    if focus >= ask.choices.len() + usize::from(has_marks(model, ask)) {
        return Vec::new();
    }
    if model.marked.is_empty() { vec![focus] } else { model.marked.iter().copied().collect() }
}

/// The ranking with these answers; nothing where they change nothing.
fn ranked(model: &Model, ask: &Ask, considered: &[usize]) -> Option<Advice> {
    let answer = with(ask, considered)?;
    let mut facts = model.view.facts.clone();
    facts.overlay(&answer);
    let outlook = &model.view.advice.as_ref()?.outlook;
    Some(technologies::advisor().rank((&facts, outlook)))
}

/// How a technology moves with the considered answers.
fn moved(advice: &Advice, technology: &str, now: usize) -> String {
    let before = advice.recommendations.iter().position(|other| other.technology == technology);
    text::moved(before, now)
}

/// The ranking if `enter` were pressed now, on few rows that stay in sight while the choices scroll.
fn ranks(model: &Model, advice: &Advice, ask: &Ask) -> Page {
    let mut page = Page::new(model.theme);
    let width = main_width(model);
    let after = ranked(model, ask, &considered(model, ask));
    let shown = after.as_ref().unwrap_or(advice);
    page.row(&[(Role::Rule, &"─".repeat(usize::from(width)))]);
    if width >= SLOPE && model.size.1 >= ROOMY {
        gradient::small(&mut page, &shown.recommendations);
    }
    let counts = format!("{} possible, {} ruled out", shown.recommendations.len(), shown.ruled_out.len());
    let mut line = page.pieces(&[(Role::Dim, &counts)]);
    for (index, one) in shown.recommendations.iter().take(LISTED).enumerate() {
        let moved = moved(advice, &one.technology, index);
        let room = usize::from(width).saturating_sub(line.width());
        if one.technology.width() + moved.width() + 6 > room {
            break;
        }
        line.push_span(page.span(Role::Strong, &format!("   {} ", index + 1)));
        line.push_span(page.span(Role::Text, &format!("{} ", one.technology)));
        line.push_span(page.span(Role::Dim, &moved));
    }
    page.line(line);
    page
}

/// The ranking if `enter` were pressed now.
fn preview(model: &Model, advice: &Advice, ask: &Ask) -> Page {
    let mut page = Page::new(model.theme);
    let width = aside_width(model);
    let considered = considered(model, ask);
    let after = ranked(model, ask, &considered);
    let texts: Vec<&str> = considered.iter().map(|index| ask.choices[*index].text.as_str()).collect();
    let label = if texts.is_empty() { "I don't know".into() } else { listing(&texts) };
    page.text(Role::Strong, &format!("If you answer “{label}”"), width);
    page.blank();
    let shown = after.as_ref().unwrap_or(advice);
    if !model.is_read_out() {
        if model.size.1 >= 30 {
            gradient::compact(&mut page, &shown.recommendations, width);
        } else {
            gradient::small(&mut page, &shown.recommendations);
        }
        page.blank();
    }
    page.heading("Ranking", width);
    for (index, one) in shown.recommendations.iter().take(LISTED).enumerate() {
        let Some(entry) = technologies::named(&one.technology) else { continue };
        let moved = moved(advice, &one.technology, index);
        let mut line = page.pieces(&[(Role::Strong, &format!("{} ", index + 1))]);
        line.spans.extend(glyph::spans(&page, entry, gradient::level_number(&entry.id)));
        let gap = usize::from(width).saturating_sub(9 + entry.id.width() + moved.width()).max(1);
        line.push_span(page.span(Role::Text, &format!(" {}{}", entry.id, " ".repeat(gap))));
        line.push_span(page.span(Role::Dim, &moved));
        page.line(line);
    }
    let counts = format!("{} possible, {} ruled out", shown.recommendations.len(), shown.ruled_out.len());
    page.row(&[(Role::Dim, &counts)]);
    page
}

fn answered(page: &mut Page, model: &Model, width: u16) {
    let asking = &model.view.asking;
    if asking.answered().next().is_none() {
        return;
    }
    page.blank();
    page.heading("Answered", width);
    for given in asking.answered().rev() {
        let question = Questionnaire::get().of(given.fact);
        let texts: Vec<_> = given.tags.iter().map(|id| text::choice(given.fact, id)).collect();
        let asked = question.map_or(given.fact.id(), |question| question.ask.as_str());
        let told = if texts.is_empty() { "I don't know".into() } else { texts.join(", ") };
        page.row(&[(Role::Dim, &format!("{asked}  ")), (Role::Text, &told)]);
    }
}

/// The question that is put and not answered yet; an answer takes a moment to change it.
fn open_question(model: &Model) -> Option<Ask> {
    question(model).filter(|ask| model.answering != Some(ask.fact)).cloned()
}

/// Gives an answer: this one, or what is considered.
pub fn answer(model: &mut Model, index: Option<usize>) -> Vec<Effect> {
    let Some(ask) = open_question(model) else { return Vec::new() };
    let given = index.map_or_else(|| considered(model, &ask), |index| vec![index]);
    let Some(facts) = with(&ask, &given) else { return unknown(model) };
    next(model, &ask);
    vec![Intent::Answer { facts }.into()]
}

/// Says "I don't know".
pub fn unknown(model: &mut Model) -> Vec<Effect> {
    let Some(ask) = open_question(model) else { return Vec::new() };
    next(model, &ask);
    vec![Intent::Skip { fact: ask.fact }.into()]
}

fn next(model: &mut Model, ask: &Ask) {
    model.answering = Some(ask.fact);
    model.marked.clear();
    *model.place_mut() = Place::default();
}

/// Takes the last answer back.
pub fn undo(model: &mut Model) -> Vec<Effect> {
    model.marked.clear();
    *model.place_mut() = Place::default();
    if model.answering.take().is_none() && model.view.asking.answered().next().is_none() {
        model.notice = Some("no answer of this session is left to take back".into());
        return Vec::new();
    }
    vec![Intent::Undo { saved: false }.into()]
}

/// Marks or unmarks an answer.
pub fn mark(model: &mut Model, index: usize) {
    if question(model).is_some_and(|ask| ask.several && index < ask.choices.len()) && !model.marked.remove(&index) {
        model.marked.insert(index);
    }
}

pub fn bindings(model: &Model) -> Vec<Binding> {
    let Some(ask) = question(model) else {
        return vec![
            Binding::shown(ENTER, Action::Activate, "choose"),
            Binding::shown(char('u'), Action::Undo, "undo"),
            Binding::shown(char('S'), Action::Save, "save the answers with the project"),
        ];
    };
    let goes_on_now = has_marks(model, ask) && !considered(model, ask).is_empty();
    let label = if goes_on_now { goes_on(model).to_lowercase() } else { "choose".into() };
    let mut bindings = vec![Binding::shown(ENTER, Action::Confirm, label)];
    let digits = ('1'..='9').zip(0..ask.choices.len());
    for (digit, index) in digits {
        let action = chosen(model, ask, index);
        bindings.push(Binding::quiet(&[Key::Char(digit)], action, ask.choices[index].text.clone()));
    }
    if ask.several {
        bindings.push(Binding::shown(char(' '), Action::Mark(model.screen_place().focus), "mark"));
    }
    bindings.push(Binding::shown(char('0'), Action::Unknown, "don't know"));
    bindings.push(Binding::shown(char('u'), Action::Undo, "undo"));
    bindings.push(Binding::shown(char('a'), Action::Go(Route::Advice), "advice now"));
    bindings.push(Binding::quiet(&[char('S')], Action::Save, "save the answers with the project"));
    bindings
}
