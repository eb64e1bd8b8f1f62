use super::kept::{LONGEST, MOST_LINES};
use super::*;
use crate::engine::log::{Line, Stream};
use crate::plan::{Action, Command, ToolRef};

const BUILD: BuildId = BuildId(1);

fn filled(lines: &[&str]) -> Logs {
    let mut logs = Logs::default();
    add(&mut logs, lines);
    logs
}

fn origin(name: &str) -> Origin {
    let tool = ToolRef::System { name: name.into() };
    Origin { step: StepId::of(&Action::run(Command::of(tool))), file: format!("/logs/{name}.log").into() }
}

fn add_to(logs: &mut Logs, build: BuildId, name: &str, lines: &[&str]) {
    let line = |text: &&str| Line {
        stream: if text.starts_with('!') { Stream::Err } else { Stream::Out },
        text: (*text).to_owned(),
    };
    logs.take(Piece { build, origin: origin(name), lines: lines.iter().map(line).collect(), skipped: 0 });
}

fn add(logs: &mut Logs, lines: &[&str]) {
    add_to(logs, BUILD, "one", lines);
}

fn room(rows: usize) -> Room {
    Room { rows, columns: 10 }
}

fn shown(logs: &Logs, rows: usize) -> Vec<&str> {
    logs.window(BUILD, room(rows)).0.into_iter().map(|entry| entry.text.as_str()).take(rows).collect()
}

/// The rows on the screen, each by its line and how many rows of that lie above it.
fn rows(logs: &Logs, room: Room) -> Vec<(u64, usize)> {
    let (entries, above) = logs.window(BUILD, room);
    let rows = |entry: &Entry| if logs.wrap { entry.rows(room.columns) } else { 1 };
    let all = entries.into_iter().flat_map(|entry| (0..rows(entry)).map(|row| (entry.number, row)));
    all.skip(above).take(room.rows).collect()
}

#[test]
fn the_end_is_followed_until_the_user_scrolls_up() {
    let mut logs = filled(&["a", "b", "c", "d"]);
    assert_eq!(shown(&logs, 2), ["c", "d"]);
    logs.scroll(BUILD, -1, room(2));
    assert_eq!((shown(&logs, 2), logs.follows(BUILD)), (vec!["b", "c"], false));
    add(&mut logs, &["e"]);
    assert_eq!(shown(&logs, 2), ["b", "c"], "what comes does not move what is read");
    logs.scroll(BUILD, 9, room(2));
    assert_eq!((shown(&logs, 2), logs.follows(BUILD)), (vec!["d", "e"], true));
    logs.rewind(BUILD, room(2));
    assert_eq!((shown(&logs, 2), logs.follows(BUILD)), (vec!["a", "b"], false));
}

#[test]
fn every_row_of_wrapped_lines_is_reached_and_none_is_jumped_over() {
    let long = "x".repeat(47);
    let mut logs = filled(&["a", &long, "東京東京東京東京", &long, "b"]);
    logs.wrap = true;
    let room = room(3);
    let all: Vec<(u64, usize)> =
        [1, 5, 2, 5, 1].into_iter().zip(0..).flat_map(|(rows, line)| (0..rows).map(move |row| (line, row))).collect();
    let mut at = all.len() - 3;
    assert_eq!(rows(&logs, room), all[at..], "the end is shown");
    while at > 0 {
        logs.scroll(BUILD, -1, room);
        at -= 1;
        assert_eq!(rows(&logs, room), all[at..at + 3]);
    }
    logs.scroll(BUILD, -1, room);
    assert_eq!(rows(&logs, room), all[..3], "there is nothing before the first row");
    for from in [3, 6, 9] {
        logs.scroll(BUILD, 3, room);
        assert_eq!(rows(&logs, room), all[from..from + 3], "a page further on");
    }
    logs.scroll(BUILD, 3, room);
    assert!(logs.follows(BUILD));
    logs.scroll(BUILD, -4, room);
    assert_eq!(rows(&logs, room), all[7..10]);
}

#[test]
fn lines_are_filtered_by_stream_and_by_search() {
    let mut logs = filled(&["a", "!b", "c ERROR", "d"]);
    assert_eq!(logs.narrowed(BUILD), None);
    logs.filter = Filter::Errors;
    assert_eq!((shown(&logs, 9), logs.narrowed(BUILD)), (vec!["!b"], Some(1)));
    logs.seek("Error");
    logs.filter = Filter::Found;
    assert_eq!(shown(&logs, 9), ["c ERROR"]);
}

#[test]
fn the_lines_of_one_step_can_be_seen_alone_with_their_file() {
    let mut logs = filled(&["a", "b"]);
    add_to(&mut logs, BUILD, "two", &["c"]);
    let file = |logs: &Logs| logs.file(BUILD, room(9)).unwrap().display().to_string();
    logs.next_step(BUILD);
    assert_eq!((shown(&logs, 9), file(&logs)), (vec!["a", "b"], "/logs/one.log".into()));
    logs.next_step(BUILD);
    assert_eq!((shown(&logs, 9), file(&logs)), (vec!["c"], "/logs/two.log".into()));
    logs.next_step(BUILD);
    assert_eq!(shown(&logs, 9), ["a", "b", "c"]);
}

#[test]
fn where_one_log_is_read_says_nothing_of_another() {
    const OTHER: BuildId = BuildId(2);
    let mut logs = filled(&["a", "b", "c"]);
    add_to(&mut logs, OTHER, "two", &["d", "e", "f"]);
    logs.next_step(BUILD);
    logs.rewind(BUILD, room(1));
    logs.shift(BUILD, 8);
    assert_eq!((logs.step(OTHER), logs.follows(OTHER), logs.sideways(OTHER)), (None, true, 0));
    assert_eq!((shown(&logs, 1), logs.sideways(BUILD)), (vec!["a"], 8));
}

#[test]
fn a_search_goes_forth_and_back_and_begins_anew_at_both_ends() {
    let mut logs = filled(&["x 1", "y", "x 2", "y"]);
    logs.seek("x");
    for (towards, line) in [
        (Towards::Previous, "x 2"),
        (Towards::Previous, "x 1"),
        (Towards::Previous, "x 2"),
        (Towards::Next, "x 1"),
        (Towards::Next, "x 2"),
    ] {
        assert_eq!(logs.find(BUILD, towards, room(1)), Found::Shown);
        assert_eq!(shown(&logs, 1), [line], "{towards:?}");
    }
}

#[test]
fn what_stands_only_below_is_found_with_enter() {
    let mut logs = filled(&["a", "b", "very bad", "c"]);
    logs.rewind(BUILD, room(1));
    logs.seek("Very bad");
    assert_eq!(logs.find(BUILD, Towards::Nearest, room(1)), Found::Shown);
    assert_eq!(shown(&logs, 1), ["very bad"]);
}

#[test]
fn what_only_hidden_lines_hold_is_said_to_be_there() {
    let mut logs = filled(&["needle", "!b"]);
    logs.filter = Filter::Errors;
    logs.seek("needle");
    assert_eq!(logs.find(BUILD, Towards::Nearest, room(1)), Found::Hidden);
    logs.seek("nothing like it");
    assert_eq!(logs.find(BUILD, Towards::Nearest, room(1)), Found::Nowhere);
}

#[test]
fn a_search_that_begins_anew_stays_among_the_lines_that_are_shown() {
    let mut logs = filled(&["x out", "!x err", "y"]);
    logs.seek("x");
    logs.filter = Filter::Errors;
    assert_eq!(logs.find(BUILD, Towards::Next, room(1)), Found::Shown);
    assert_eq!(shown(&logs, 1), ["!x err"]);
}

#[test]
fn a_match_far_to_the_right_is_brought_into_sight() {
    let far = "東".repeat(50) + "needle";
    let mut logs = filled(&["a", &far, "needle", "b"]);
    logs.seek("needle");
    logs.rewind(BUILD, room(1));
    logs.find(BUILD, Towards::Next, room(1));
    let (from, to) = (logs.sideways(BUILD), logs.sideways(BUILD) + 10);
    assert!(from <= 100 && 106 <= to, "{from} to {to}");
    logs.find(BUILD, Towards::Next, room(1));
    assert_eq!(logs.sideways(BUILD), 0);
    logs.wrap = true;
    logs.find(BUILD, Towards::Previous, room(1));
    assert_eq!(rows(&logs, room(1)), [(1, 10)], "five of them fill a row");
}

#[test]
fn what_comes_while_something_is_searched_for_is_found_too() {
    let mut logs = filled(&["a Needle", "b"]);
    logs.seek("NEEDLE");
    logs.filter = Filter::Found;
    add(&mut logs, &["c", "d needle"]);
    assert_eq!(shown(&logs, 9), ["a Needle", "d needle"]);
    logs.forget_search();
    assert_eq!((logs.filter, shown(&logs, 9).len()), (Filter::All, 4));
}

#[test]
fn an_error_in_colours_is_an_error() {
    let mut logs = filled(&["fine", "\u{1b}[1;31merror\u{1b}[0m: no such file"]);
    assert_eq!(logs.find_first_error(BUILD, room(9)), Found::Shown);
}

#[test]
fn memory_is_bounded_by_lines_and_long_ones_are_cut() {
    let mut all = Logs::default();
    let long = "x".repeat(70_000);
    for _ in 0..100 {
        add(&mut all, &vec!["short"; 1_000]);
        add(&mut all, &[&long]);
    }
    let kept = all.of(BUILD).unwrap();
    assert_eq!(kept.seen(), 100_100);
    assert!(kept.entries.len() <= MOST_LINES && kept.dropped() > 0);
    assert!(kept.entries.iter().all(|entry| entry.text.len() <= LONGEST && entry.is_cut == (entry.text.len() > 5)));
}

#[test]
fn all_logs_share_one_room_and_those_that_ended_give_way_first() {
    let mut logs = Logs::default();
    let long = "x".repeat(LONGEST);
    for number in 1..=4 {
        add_to(&mut logs, BuildId(number), "one", &vec![long.as_str(); 1_500]);
        logs.shrink(|id| id.0 < 3);
    }
    let bytes = |number| logs.of(BuildId(number)).unwrap().bytes();
    assert!((1..=4).map(bytes).sum::<usize>() <= MOST_BYTES);
    let kept = |number| logs.of(BuildId(number)).unwrap().dropped() == 0;
    assert!(bytes(1) == 0 && bytes(2) > 0 && !kept(2) && kept(3) && kept(4));
    let mut logs = Logs::default();
    add_to(&mut logs, BuildId(1), "one", &["quiet"]);
    add_to(&mut logs, BuildId(2), "one", &vec![long.as_str(); 4_000]);
    logs.shrink(|_| false);
    assert_eq!(logs.of(BuildId(1)).unwrap().dropped(), 0, "what floods the room gives way");
    assert!(logs.of(BuildId(2)).unwrap().dropped() > 0);
}

#[test]
fn the_first_error_is_found_even_when_it_is_no_longer_kept() {
    let mut logs = filled(&["fine", "error: no such file"]);
    assert_eq!(logs.find_first_error(BUILD, room(9)), Found::Shown);
    assert_eq!(shown(&logs, 9), ["fine", "error: no such file"]);
    add(&mut logs, &vec!["x"; MOST_LINES + 10]);
    assert_eq!(logs.find_first_error(BUILD, room(3)), Found::Shown);
    assert_eq!(shown(&logs, 3).len(), 3);
}
