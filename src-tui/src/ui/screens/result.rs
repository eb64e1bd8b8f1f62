//! What came out: the artifact and where it was tried, or what went wrong and what to do.

use packwright_core::catalogue::Does;
use packwright_core::engine::answers::declare::Declaration;
use packwright_core::event::{Artifact, BuildId, Verdict};
use packwright_core::problem::{Code, Problem};
use packwright_core::session::{BuildView, Handover};
use packwright_core::technologies;
use packwright_core::words::{self, shell_line};

use super::super::action::{Action, Binding, Copied, ENTER, char, from_tab_to_tab};
use super::super::glyph;
use super::super::gradient;
use super::super::model::Model;
use super::super::page::Page;
use super::super::route::Route;
use super::super::theme::Role;
use super::{Scene, aside_width, main_width};
use crate::show::folded;
use crate::ui::text;

/// The build whose result is shown: the selected one, or the last that ended.
pub fn current(model: &Model) -> Option<BuildId> {
    let selected = model.selected.filter(|id| model.started.contains(id) && has_ended(model, *id));
    selected.or_else(|| model.started.iter().rev().copied().find(|id| has_ended(model, *id)))
}

/// Whether nothing more will come of a build.
pub fn has_ended(model: &Model, build: BuildId) -> bool {
    model.view.builds.get(&build).is_some_and(BuildView::has_ended)
}

pub fn scene(model: &Model) -> Scene {
    let mut page = Page::new(model.theme);
    let width = main_width(model);
    let build = current(model).and_then(|id| model.view.builds.get(&id));
    match build.map(|build| (build, &build.artifact, &build.problem)) {
        Some((build, Some(artifact), _)) => {
            success(&mut page, artifact, build, width);
            Scene::beside(page, next_steps(model, artifact), model)
        }
        Some((build, None, Some(problem))) => {
            failure(&mut page, model, &build.technology, problem, width);
            Scene::of(page)
        }
        _ => {
            let building = model.is_building();
            let text =
                if building { "Nothing has come out yet; a build is running" } else { "Nothing has been built yet" };
            page.row(&[(Role::Strong, text)]);
            let (label, route) =
                if building { ("Watch it", Route::Build) } else { ("Choose what to build", Route::Advice) };
            let line = page.pieces(&[(Role::Text, label)]);
            page.item(line, Action::Go(route));
            Scene::of(page)
        }
    }
}

fn success(page: &mut Page, artifact: &Artifact, build: &BuildView, width: u16) {
    let name = artifact.path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let (role, sign) = text::signed(artifact.quality().into());
    let state = words::quality(artifact.quality());
    page.row(&[(role, &format!("{sign} ")), (Role::Strong, &format!("{name} {state}"))]);
    page.blank();
    let mut line = page.pieces(&[(Role::Dim, "Size  "), (Role::Strong, &words::size(artifact.bytes))]);
    if let Some(starts) = words::starts_in(artifact) {
        line.push_span(page.span(Role::Dim, "   "));
        line.push_span(page.span(Role::Strong, &starts));
    }
    line.push_span(page.span(Role::Dim, "   For  "));
    line.push_span(page.span(Role::Text, &words::target(&artifact.target)));
    if let Some(entry) = technologies::named(&artifact.technology) {
        line.push_span(page.span(Role::Dim, "   Brings  "));
        line.spans.extend(glyph::spans(page, entry, gradient::level_number(&entry.id)));
    }
    page.line(line);
    page.blank();
    page.heading("Where it was tried, and what it answered", width);
    let all: Vec<&Verdict> =
        if build.trials.is_empty() { vec![&artifact.verified] } else { build.trials.iter().collect() };
    for verdict in all {
        trial(page, verdict, width);
    }
    let remarks: Vec<&String> = artifact.warnings.iter().chain(&build.notes).collect();
    if !remarks.is_empty() {
        page.blank();
    }
    for warning in remarks {
        let mut lines = warning.lines();
        page.indented(Role::Text, lines.next().unwrap_or_default(), "! ", width);
        // A line to change follows as a diff.
        lines.for_each(|line| page.indented(Role::Dim, line, "  ", width));
    }
    page.blank();
    page.heading("Artifact", width);
    page.text(Role::Text, &artifact.path.display().to_string(), width);
    page.indented(Role::Text, &artifact.sha256, "sha256  ", width);
    if let Some(system) = &artifact.runs_on {
        page.indented(Role::Text, system, "runs on  ", width);
    }
    if let Some(key) = &artifact.signed_by {
        page.indented(Role::Text, key, "signed by  ", width);
    }
    page.text(Role::Dim, "Beside it lie the receipt (.receipt.json) and the bill of materials (.cdx.json)", width);
}

fn trial(page: &mut Page, verdict: &Verdict, width: u16) {
    let (role, sign) = text::signed(verdict.quality().into());
    let room = &verdict.room;
    let place = if room.used.is_empty() { &room.wanted } else { &room.used };
    let head = format!(" {}", words::outcome(verdict.outcome));
    page.row(&[(role, sign), (Role::Strong, &head), (Role::Dim, &format!("  {place}"))]);
    page.indented(Role::Text, &verdict.because, "  ", width);
    if !verdict.tried.is_empty() {
        page.indented(Role::Dim, &verdict.tried.join(", "), "  ", width);
    }
    if !room.used.is_empty() && !room.used.starts_with(&room.wanted) {
        page.indented(Role::Dim, &format!("wanted: {}", room.wanted), "  ", width);
    }
}

fn next_steps(model: &Model, artifact: &Artifact) -> Page {
    let mut page = Page::new(model.theme);
    let width = aside_width(model);
    page.heading("Next", width);
    let mut item = |key: &str, label: &str, help: &str, action: Action| {
        let mut parts = folded(label, usize::from(width).saturating_sub(3)).into_iter();
        let first = parts.next().unwrap_or_default();
        let line = page.pieces(&[(Role::Accent, &format!("{key}  ")), (Role::Text, &first)]);
        page.item(line, action);
        for part in parts {
            let line = page.pieces(&[(Role::Text, &format!("   {part}"))]);
            page.more(line);
        }
        if !help.is_empty() {
            page.indented(Role::Dim, help, "   ", width);
        }
    };
    let handover = Handover::of(artifact);
    item("y", label(&handover), &shell_line(&handover.using), Action::Copy(Copied::UseCommand));
    let folder = artifact.path.parent().map(std::path::Path::to_path_buf).unwrap_or_default();
    item("o", "Show it in its folder", "", Action::Reveal(folder));
    item("a", "Build another", "", Action::Go(Route::Advice));
    let verify = shell_line(&handover.verify);
    item("v", "Copy the command that tries it again", &verify, Action::Copy(Copied::VerifyCommand));
    page.blank();
    page.heading("For who gets it", width);
    for told in &handover.people {
        page.text(Role::Text, told, width);
    }
    page
}

/// What the command is called that uses an artifact.
fn label(handover: &Handover) -> &'static str {
    match handover.does {
        Some(Does::Run) => "Copy the run command",
        Some(Does::Install) => "Copy the install command",
        None => "Copy its path",
    }
}

fn failure(page: &mut Page, model: &Model, technology: &str, problem: &Problem, width: u16) {
    if problem.code == Code::Cancelled {
        page.row(&[(Role::Dim, "– "), (Role::Strong, &format!("The build of {technology} was cancelled"))]);
        page.text(Role::Text, "All its processes have ended; what was done is kept in the cache.", width);
    } else {
        page.row(&[(Role::Bad, "✗ "), (Role::Strong, &format!("No working {technology} came out"))]);
        page.blank();
        page.heading("Cause", width);
        page.text(Role::Text, &problem.message, width);
        page.blank();
        for cause in problem.causes.iter().flat_map(|cause| cause.lines()).take(usize::from(model.size.1 / 2)) {
            page.indented(Role::Text, cause, "▌ ", width);
        }
    }
    page.blank();
    if let Some((requirement, needed)) = problem.declaration() {
        let line = page.pieces(&[
            (Role::Chosen, &format!(" Declare {requirement} ")),
            (Role::Dim, "  where the project declares what it needs, and reads it again"),
        ]);
        let declaration = Declaration { requirement: requirement.to_owned(), needed };
        page.item(line, Action::Declare(vec![declaration]));
    }
    let label = match problem.fix() {
        Some((option, value)) => format!(" Set {option} to {value} and build again "),
        None => " Build again ".into(),
    };
    let line = page.pieces(&[(Role::Chosen, &label), (Role::Dim, "  shows the plan first")]);
    page.item(line, Action::Fix);
    if !problem.hints.is_empty() {
        page.blank();
        page.heading("Remedy", width);
    }
    for hint in &problem.hints {
        page.text(Role::Text, &hint.text, width);
        text::command(page, "  $ ", &hint.command, width);
    }
    if let Some(log) = &problem.log {
        page.blank();
        page.row(&[
            (Role::Dim, "the whole log  "),
            (Role::Dim, &words::middle(&log.display().to_string(), usize::from(width).saturating_sub(15))),
        ]);
    }
}

pub fn bindings(model: &Model) -> Vec<Binding> {
    let build = current(model).and_then(|id| model.view.builds.get(&id));
    let mut bindings = vec![Binding::shown(ENTER, Action::Activate, "choose")];
    if model.started.len() > 1 {
        bindings.extend(from_tab_to_tab("next result", Action::NextBuild, Action::PreviousBuild));
    }
    match build.and_then(|build| build.artifact.as_ref()) {
        Some(artifact) => {
            let folder = artifact.path.parent().map(std::path::Path::to_path_buf).unwrap_or_default();
            let copied = if Handover::of(artifact).does.is_none() { "copy path" } else { "copy command" };
            bindings.push(Binding::shown(char('y'), Action::Copy(Copied::UseCommand), copied));
            bindings.push(Binding::shown(char('o'), Action::Reveal(folder), "show folder"));
            let sum = Action::CopyText(artifact.sha256.clone());
            bindings.push(Binding::quiet(&[char('c')], sum, "copy the checksum"));
            bindings.push(Binding::quiet(
                &[char('v')],
                Action::Copy(Copied::VerifyCommand),
                "copy the command that tries it again",
            ));
        }
        None if build.is_some() => {
            bindings.push(Binding::shown(char('f'), Action::Fix, "plan again"));
            bindings.push(Binding::shown(char('l'), Action::Go(Route::Build), "log"));
            bindings.push(Binding::shown(char('y'), Action::Copy(Copied::Problem), "copy report"));
        }
        None => {}
    }
    bindings.push(Binding::shown(char('a'), Action::Go(Route::Advice), "build another"));
    bindings
}
