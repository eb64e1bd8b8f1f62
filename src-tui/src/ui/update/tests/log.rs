//! Reading the log of a build: every row is reached, a search says what it finds, and what is shown is said.

use packwright_core::event::StepEnd;
use packwright_core::problem::{Code, Problem};
use packwright_core::session::{Phase, StepState};
use ratatui::style::{Color, Modifier};

use super::*;

/// The build screen with these lines as the log of the first build.
fn reading(size: (u16, u16), lines: &[&str]) -> (Model, BuildId) {
    let mut model = at(Route::Build, THREE_WAYS)(size);
    let id = *model.started.first().unwrap();
    model.selected = Some(id);
    print(&mut model, id, lines);
    (model, id)
}

fn print(model: &mut Model, id: BuildId, lines: &[&str]) {
    let step = model.view.builds[&id].steps[0].step.clone();
    let lines = lines.iter().map(|text| Line { stream: Stream::Out, text: (*text).into() }).collect();
    let origin = Origin { step, file: format!("/cache/logs/{}.log", id.0).into() };
    update(model, Message::Lines(Piece { build: id, origin, lines, skipped: 0 }));
}

fn numbered(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("line {number} ")).collect()
}

#[test]
fn wrapped_lines_are_scrolled_by_rows() {
    let lines: Vec<String> = numbered(30).iter().map(|line| line.clone() + &"x".repeat(400)).collect();
    let (mut model, _) = reading((80, 24), &lines.iter().map(String::as_str).collect::<Vec<_>>());
    press(&mut model, "w");
    let mut seen = frame(&mut model);
    for _ in 0..400 {
        press(&mut model, "↑");
        seen += &frame(&mut model);
    }
    for number in 0..30 {
        assert!(seen.contains(&format!("│ line {number} x")), "{number}");
    }
}

#[test]
fn a_search_finds_what_stands_below_and_says_when_it_is_hidden() {
    let mut lines = numbered(300);
    lines[250] = "it went very bad here".into();
    let (mut model, _) = reading((120, 36), &lines.iter().map(String::as_str).collect::<Vec<_>>());
    press(&mut model, "g/very bad\n");
    assert!(frame(&mut model).contains("it went very bad here") && model.notice.is_none());
    press(&mut model, "ss");
    press(&mut model, "n");
    assert!(frame(&mut model).contains("in lines that are not shown"));
}

#[test]
fn the_heading_says_how_many_lines_fit_and_where_all_are() {
    let (mut model, id) = reading((120, 36), &["one", "two", "three"]);
    let shown = frame(&mut model);
    assert!(shown.contains("Log  all  3 lines  /cache/logs/1.log"), "{shown}");
    press(&mut model, "/t\n");
    press(&mut model, "sss");
    assert!(frame(&mut model).contains("Log  found lines  2 of 3 lines"), "{}", frame(&mut model));
    assert_eq!(press(&mut model, "o"), [Effect::Show(format!("/cache/logs/{}.log", id.0))]);
}

#[test]
fn a_search_keeps_the_colours_of_the_tool() {
    let (mut model, _) = reading((120, 36), &["\u{1b}[31mred needle\u{1b}[0m"]);
    press(&mut model, "/needle\n");
    let mut terminal = Terminal::new(TestBackend::new(120, 36)).unwrap();
    terminal.draw(|frame| draw(&mut model, frame)).unwrap();
    let buffer = terminal.backend().buffer();
    let row = (0..36).find(|y| (0..9).map(|x| buffer[(x, *y)].symbol()).collect::<String>().contains("red n")).unwrap();
    assert_eq!(buffer[(4, row)].fg, Color::Red);
    assert!(
        buffer[(8, row)].modifier.contains(Modifier::REVERSED)
            && !buffer[(4, row)].modifier.contains(Modifier::REVERSED)
    );
}

#[test]
fn a_line_that_goes_on_has_a_sign_at_the_edge() {
    let (mut model, _) = reading((80, 24), &["short", &"x".repeat(300), &"y".repeat(9_000)]);
    let shown = frame(&mut model);
    assert!(shown.lines().filter(|line| line.ends_with('›')).count() == 2, "{shown}");
    press(&mut model, "w");
    assert!(frame(&mut model).contains("y…"), "more is in the file");
}

#[test]
fn a_cancelled_build_is_neither_failed_nor_further_than_it_came() {
    let (mut model, id) = reading((120, 36), &[]);
    let build = model.view.builds.get_mut(&id).unwrap();
    build.artifact = None;
    build.phase = Phase::Failed;
    build.problem = Some(Problem::new(Code::Cancelled, "the build was cancelled"));
    let all = build.steps.len();
    build.steps.last_mut().unwrap().state = StepState::Ended(StepEnd::Cancelled);
    let shown = frame(&mut model);
    let row = shown.lines().find(|line| line.contains("the build was cancelled")).unwrap();
    assert!(row.contains(&format!(" {}/{} –", all - 1, all + 1)) && !row.contains('✗'), "{row}");
}

#[test]
fn what_is_shown_of_one_log_does_not_leak_into_another() {
    let (mut model, first) = reading((120, 36), &["a"]);
    let second = *model.started.iter().nth(1).unwrap();
    print(&mut model, second, &["b"]);
    press(&mut model, "t");
    assert!(model.logs.step(first).is_some());
    act(&mut model, Action::PlanIt(Some("zipapp".into())));
    model.go(Route::Build);
    model.started.remove(&first);
    let shown = frame(&mut model);
    assert!(!shown.contains(" of “"), "{shown}");
}
