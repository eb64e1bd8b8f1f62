//! Several answers to one question: by key, by digit and by mouse, in the interview and over a fact.

use packwright_core::advice::Ask;
use packwright_core::catalogue::Questionnaire;
use packwright_core::facts::{Fact, Known, Source};

use super::*;

/// A model at a question that takes several answers.
fn asked(size: (u16, u16)) -> (Model, Ask) {
    let mut model = opened(size);
    model.go(Route::Interview);
    model.view.advice.as_mut().unwrap().ask.as_mut().unwrap().several = true;
    let ask = model.view.advice.as_ref().unwrap().ask.clone().unwrap();
    (model, ask)
}

/// Clicks on this column of the row that holds a text.
fn click_on(model: &mut Model, text: &str, column: u16) -> Vec<Effect> {
    let shown = frame(model);
    let row = shown.lines().position(|line| line.contains(text)).unwrap_or_else(|| panic!("no {text} in\n{shown}"));
    let row = u16::try_from(row).unwrap();
    let kind = MouseEventKind::Down(MouseButton::Left);
    update(model, Message::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE }))
}

/// The tags of an answer that goes to the session.
fn answered(effects: &[Effect], fact: Fact) -> Vec<String> {
    let [Effect::Send(intent)] = effects else { panic!("{effects:?}") };
    let Intent::Answer { facts } = &**intent else { panic!("{intent:?}") };
    facts.get(fact).unwrap().tags.ids(fact).map(str::to_owned).collect()
}

fn tags_of(ask: &Ask, given: &[usize]) -> Vec<String> {
    given.iter().map(|index| ask.choices[*index].tag.clone()).collect()
}

#[test]
fn a_digit_after_a_mark_is_one_more_answer() {
    let (mut model, ask) = asked((120, 36));
    assert!(press(&mut model, " 2").is_empty());
    assert_eq!(model.marked, [0, 1].into());
    assert!(frame(&mut model).lines().last().unwrap().contains("go on with 2 answers"));
    press(&mut model, "G");
    assert!(frame(&mut model).lines().last().unwrap().contains("enter choose"), "that row says something else");
    press(&mut model, "g");
    assert_eq!(answered(&press(&mut model, "\n"), ask.fact), tags_of(&ask, &[0, 1]));
    let (mut model, ask) = asked((120, 36));
    assert_eq!(answered(&press(&mut model, "2"), ask.fact), tags_of(&ask, &[1]), "without a mark it is the only one");
}

#[test]
fn the_mouse_gives_several_answers() {
    let (mut model, ask) = asked((120, 48));
    assert!(click_on(&mut model, &ask.choices[0].text, 5).is_empty(), "the sign before an answer marks it");
    assert!(click_on(&mut model, &ask.choices[2].text, 12).is_empty());
    assert_eq!(model.marked, [0, 2].into());
    assert_eq!(answered(&click_on(&mut model, "Go on with 2 answers", 6), ask.fact), tags_of(&ask, &[0, 2]));
}

/// The systems a project runs on, as its user said, shown to be changed.
fn systems(known: &[&str]) -> (Model, Fact) {
    let fact = Fact::all().into_iter().find(|fact| fact.id() == "os").unwrap();
    let mut model = opened((120, 36));
    let tags = fact.tag_set(known.iter().copied()).unwrap();
    model.view.facts.set(None, fact, Known { tags, source: Source::User });
    act(&mut model, Action::Choose(fact));
    (model, fact)
}

fn title(fact: Fact, tag: &str) -> &'static str {
    let question = Questionnaire::get().of(fact).unwrap();
    &question.choices.iter().find(|choice| choice.tag == tag).unwrap().text
}

#[test]
fn a_click_on_a_tag_of_a_fact_marks_it_and_all_are_taken_over() {
    let (mut model, fact) = systems(&["linux"]);
    for tag in ["windows", "macos"] {
        assert!(click_on(&mut model, title(fact, tag), 20).is_empty());
    }
    let mut given = answered(&click_on(&mut model, "Take over", 20), fact);
    given.sort();
    assert_eq!(given, ["linux", "macos", "windows"]);
}

#[test]
fn enter_adds_the_row_under_the_cursor_to_what_was_marked_before() {
    let (mut model, fact) = systems(&["linux", "windows"]);
    model.place_mut().focus = fact.tags().position(|tag| tag.id() == "macos").unwrap();
    let mut given = answered(&press(&mut model, "\n"), fact);
    given.sort();
    assert_eq!(given, ["linux", "macos", "windows"]);
    let (mut model, _) = systems(&["linux", "windows"]);
    assert!(press(&mut model, "\n").is_empty() && model.overlay.is_none(), "nothing was changed");
}

#[test]
fn enter_takes_over_the_marks_of_the_user_alone() {
    let (mut model, fact) = systems(&["linux"]);
    let at = |tag: &str| fact.tags().position(|other| other.id() == tag).unwrap();
    model.place_mut().focus = at("macos");
    press(&mut model, " ");
    model.place_mut().focus = at("windows");
    assert_eq!(answered(&press(&mut model, "\n"), fact).len(), 2, "linux and macos");
}

#[test]
fn of_tags_that_exclude_each_other_the_chosen_one_is_taken_whatever_the_key() {
    let fact = Fact::all().into_iter().find(|fact| !crate::ui::overlay::takes_several(*fact)).unwrap();
    let mut model = opened((120, 36));
    act(&mut model, Action::Choose(fact));
    model.place_mut().focus = 0;
    let last = fact.tags().last().unwrap().id();
    let given = answered(&click_on(&mut model, title(fact, last), 20), fact);
    assert_eq!(given, [last]);
}

#[test]
fn on_a_narrow_screen_the_ranking_stays_in_sight_of_every_choice() {
    let (mut model, ask) = asked((80, 24));
    for index in 0..ask.choices.len() {
        let shown = frame(&mut model);
        assert!(shown.contains(" possible, ") && shown.contains("   1 "), "{index}: {shown}");
        let cursor = shown.lines().find(|line| line.starts_with(" ▌")).unwrap_or_else(|| panic!("{index}: {shown}"));
        assert!(cursor.contains(&ask.choices[index].text), "{index}: {shown}");
        press(&mut model, "↓");
    }
}

#[test]
fn the_footer_after_the_last_question_says_that_enter_chooses() {
    let mut model = opened((120, 36));
    model.go(Route::Interview);
    model.view.advice.as_mut().unwrap().ask = None;
    assert!(frame(&mut model).lines().last().unwrap().contains("enter choose"));
}

#[test]
fn on_a_low_screen_the_choices_have_the_room() {
    for (rows, ranks, slope) in [(24, true, true), (18, true, false), (12, false, false)] {
        let (mut model, ask) = asked((80, rows));
        let shown = frame(&mut model);
        assert_eq!((shown.contains(" possible, "), shown.contains("small 1")), (ranks, slope), "{shown}");
        assert!(shown.contains(&ask.choices[0].text), "{shown}");
    }
}
