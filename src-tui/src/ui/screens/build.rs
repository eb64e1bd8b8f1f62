//! What runs: every build with its progress, the steps of one, and its log.

mod log;

use std::ops::Range;

use packwright_core::event::{BuildId, StepEnd};
use packwright_core::problem::{Code, count};
use packwright_core::session::logs::Room;
use packwright_core::session::{BuildView, Phase, Progress, StepState};
use packwright_core::technologies;
use packwright_core::words;
use unicode_width::UnicodeWidthStr;

use super::super::action::{Action, BACK_TAB, Binding, Copied, ENTER, Field, Key, TAB, char};
use super::super::glyph;
use super::super::gradient;
use super::super::measure::AROUND;
use super::super::model::Model;
use super::super::page::Page;
use super::super::route::Route;
use super::super::theme::Role;
use super::{Scene, whole_width};
use crate::show::{Sign, shortened};
use crate::ui::text;
use crossterm::event::KeyCode;

/// Rows that a log needs to be of use.
const LOG: usize = 5;
/// Columns of a progress bar.
const BAR: usize = 24;

/// The build whose steps and log are shown.
pub fn current(model: &Model) -> Option<BuildId> {
    let selected = model.selected.filter(|id| model.started.contains(id));
    selected.or_else(|| model.started.last().copied())
}

pub fn scene(model: &Model) -> Scene {
    let mut page = Page::new(model.theme);
    let width = whole_width(model);
    let Some(id) = current(model) else {
        page.row(&[(Role::Strong, "Nothing has been built yet")]);
        let line = page.pieces(&[(Role::Text, "Choose what to build")]);
        page.item(line, Action::Go(Route::Advice));
        return Scene::of(page);
    };
    headline(&mut page, model);
    let visible = visible_builds(model);
    for (number, build) in model.started.iter().enumerate().skip(visible.start).take(visible.len()) {
        build_row(&mut page, model, number + 1, *build, width);
    }
    page.blank();
    steps(&mut page, model, id, width);
    page.blank();
    log::add(&mut page, model, id, width);
    Scene::of(page)
}

fn headline(page: &mut Page, model: &Model) {
    let builds = model.started.iter().filter_map(|id| model.view.builds.get(id));
    let (ended, open): (Vec<&BuildView>, Vec<&BuildView>) = builds.partition(|build| build.has_ended());
    let text = match (open.len(), ended.iter().filter(|build| build.artifact.is_some()).count()) {
        (0, made) => format!("{made} of {} came out", ended.len()),
        (some, _) => format!("Building {}", count(some, "artifact")),
    };
    let remark =
        if open.is_empty() { "   enter shows the result" } else { "   You may leave this screen; the build goes on." };
    let visible = visible_builds(model);
    let cut = if visible.len() < model.started.len() {
        format!("   {} to {} of {}", visible.start + 1, visible.end, model.started.len())
    } else {
        String::new()
    };
    page.row(&[(Role::Strong, &text), (Role::Dim, &cut), (Role::Dim, remark)]);
    page.blank();
}

fn is_cancelled(build: &BuildView) -> bool {
    build.problem.as_ref().is_some_and(|problem| problem.code == Code::Cancelled)
}

fn build_row(page: &mut Page, model: &Model, number: usize, id: BuildId, width: u16) {
    let Some(build) = model.view.builds.get(&id) else { return };
    let Progress { done, all, elapsed_ms, doing } = build.progress(model.now);
    let full = match build.phase {
        Phase::Done => BAR,
        _ => (done * BAR / all.max(1)).min(BAR),
    };
    let (role, sign) = match (build.phase, &build.artifact) {
        (Phase::Done, Some(artifact)) => text::signed(artifact.quality().into()),
        (Phase::Failed, _) if is_cancelled(build) => text::signed(Sign::Off),
        (Phase::Failed, _) => text::signed(Sign::Bad),
        _ => (Role::Accent, "▸"),
    };
    let mut line = page.pieces(&[(Role::Strong, &format!("{number} "))]);
    let level = gradient::level_number(&build.technology);
    if let Some(entry) = technologies::named(&build.technology) {
        line.spans.extend(glyph::spans(page, entry, level));
    }
    let shown = current(model) == Some(id);
    let name = format!(" {:<17}", build.technology);
    line.push_span(page.span(if shown { Role::Strong } else { Role::Text }, &name));
    line.push_span(page.span(Role::Level(level), &"━".repeat(full)));
    line.push_span(page.span(Role::Rule, &"─".repeat(BAR - full)));
    line.push_span(page.span(Role::Text, &format!(" {done}/{all} ")));
    line.push_span(page.span(role, sign));
    let room = usize::from(width).saturating_sub(line.width() + 1);
    line.push_span(page.span(Role::Text, &shortened(&format!(" {:>7}  {doing}", words::duration(elapsed_ms)), room)));
    let action = if shown && build.has_ended() { Action::Go(Route::Result) } else { Action::Select(id) };
    page.item(line, action);
}

fn steps(page: &mut Page, model: &Model, id: BuildId, width: u16) {
    let Some(build) = model.view.builds.get(&id) else { return };
    let (from, to) = visible_steps(model, build);
    let cut = if to - from < build.steps.len() {
        format!(", {} to {to} of {}", from + 1, build.steps.len())
    } else {
        String::new()
    };
    page.heading(&format!("Steps of {}{cut}", build.technology), width);
    for step in &build.steps[from..to] {
        let (role, sign, remark) = match step.state {
            StepState::Waiting => (Role::Dim, "·", String::new()),
            StepState::Running => {
                (Role::Accent, "▸", words::duration(model.now.saturating_sub(step.began_at) / 100 * 100))
            }
            StepState::Ended(StepEnd::Done) => (Role::Good, "✓", words::duration(step.wall_ms)),
            StepState::Ended(end @ StepEnd::Cached) => (Role::Good, "✓", words::step_end(end).into()),
            StepState::Ended(end @ StepEnd::Failed) => (Role::Bad, "✗", words::step_end(end).into()),
            StepState::Ended(end @ StepEnd::Cancelled) => (Role::Dim, "–", words::step_end(end).into()),
        };
        let gap = usize::from(width).saturating_sub(2 + step.title.width() + remark.width()).max(1);
        page.row(&[
            (role, &format!("{sign} ")),
            (Role::Text, &step.title),
            (Role::Text, &" ".repeat(gap)),
            (Role::Dim, &remark),
        ]);
    }
    for verdict in &build.trials {
        let tried = format!(" tried: {}", words::outcome(verdict.outcome));
        let (role, sign) = text::signed(verdict.quality().into());
        page.row(&[
            (role, sign),
            (Role::Text, &tried),
            (Role::Dim, &format!("  {}", shortened(&verdict.because, usize::from(width / 2)))),
        ]);
    }
    if let Some(trying) = &build.trying {
        page.row(&[(Role::Accent, "▸ "), (Role::Text, trying)]);
    }
}

/// Rows of this screen that are neither builds nor steps nor log: headings and blank rows.
const HEADINGS: usize = 6;

/// The builds that have a row, by number from 0: all where there is room for steps and a log beside them, else those
/// around the one that is shown.
pub fn visible_builds(model: &Model) -> Range<usize> {
    let all = model.started.len();
    let most = usize::from(model.size.1.saturating_sub(AROUND)).saturating_sub(HEADINGS + 2 * LOG).max(2);
    let shown = current(model).and_then(|id| model.started.iter().position(|one| *one == id)).unwrap_or(0);
    let end = (shown + 1).max(most).min(all);
    end.saturating_sub(most)..end
}

/// Rows for the steps and the log of a build: what head, foot, builds, headings and blank rows leave.
fn room(model: &Model) -> usize {
    usize::from(model.size.1.saturating_sub(AROUND)).saturating_sub(HEADINGS + visible_builds(model).len())
}

/// The steps that are shown: all where there is room for a log beside them, else those around the one that runs.
fn visible_steps(model: &Model, build: &BuildView) -> (usize, usize) {
    let trials = build.trials.len() + usize::from(build.trying.is_some());
    let most = room(model).saturating_sub(LOG + trials).max(1);
    let all = build.steps.len();
    let now = build.steps.iter().position(|step| !matches!(step.state, StepState::Ended(_))).unwrap_or(all);
    let to = (now + 1).max(most).min(all);
    (to.saturating_sub(most), to)
}

/// Rows of the screen that the log may take, and columns for its text.
pub fn log_room(model: &Model) -> Room {
    let build = current(model).and_then(|id| model.view.builds.get(&id));
    let steps = build.map_or(0, |build| {
        let (from, to) = visible_steps(model, build);
        to - from + build.trials.len() + usize::from(build.trying.is_some())
    });
    let columns = usize::from(whole_width(model)).saturating_sub(log::MARK);
    Room { rows: room(model).saturating_sub(steps).max(3), columns: columns.max(1) }
}

pub fn bindings(model: &Model) -> Vec<Binding> {
    let Some(id) = current(model) else {
        return vec![Binding::shown(ENTER, Action::Activate, "choose")];
    };
    let digits = ('1'..='9').zip(&model.started);
    let ended = model.view.builds.get(&id).is_some_and(BuildView::has_ended);
    let mut bindings = Vec::new();
    if ended {
        bindings.push(Binding::shown(ENTER, Action::Go(Route::Result), "result"));
    } else {
        bindings.push(Binding::shown(char('x'), Action::Cancel(id), "cancel"));
    }
    if model.started.len() > 1 {
        bindings.push(Binding::shown(TAB, Action::NextBuild, "next build"));
        bindings.push(Binding::quiet(&[BACK_TAB], Action::PreviousBuild, "the build before"));
    }
    bindings.extend(
        digits.map(|(digit, id)| Binding::quiet(&[char(digit)], Action::Select(*id), format!("build {digit}"))),
    );
    bindings.extend([
        Binding::shown(char('f'), Action::Follow, "follow"),
        Binding::shown(char('/'), Action::Edit(Field::Search), "search"),
        Binding::shown(char('s'), Action::NextFilter, "stream"),
        Binding::shown(char('t'), Action::NextStep, "step"),
        Binding::shown(char('e'), Action::FirstError, "first error"),
        Binding::quiet(&[char('n')], Action::NextFound, "next found"),
        Binding::quiet(&[char('N')], Action::PreviousFound, "previous found"),
        Binding::quiet(&[char('w')], Action::Wrap, "wrap long lines"),
        Binding::quiet(&[Key::Code(KeyCode::Right), char('l')], Action::Sideways(8), "sideways to the right"),
        Binding::quiet(&[Key::Code(KeyCode::Left), char('h')], Action::Sideways(-8), "sideways to the left"),
        Binding::quiet(&[char('y')], Action::Copy(Copied::Log), "copy what is shown of the log"),
        Binding::quiet(&[char('o')], Action::OpenLog, "open the file of the log"),
        Binding::quiet(&[char('a')], Action::Go(Route::Advice), "build another"),
    ]);
    bindings
}
