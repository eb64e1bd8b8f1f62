//! The screens read out line by line: in words, with a number for each row, several numbers at once, nothing unseen.

use packwright_core::facts::Fact;

use super::*;
use crate::ui::linear::{command, read_out};
use crate::ui::model::Medium;

fn read(route: Route) -> Model {
    let mut model = at(route, THREE_WAYS)((80, 200));
    model.medium = Medium::ReadOut;
    model
}

#[test]
fn no_screen_is_read_out_with_drawings() {
    for route in Route::ALL {
        let said = read_out(&read(route));
        let drawn = said.chars().find(|c| "─━░▙│▌▏■□▪".contains(*c));
        assert_eq!(drawn, None, "{route:?}: {said}");
    }
    let mut model = read(Route::Project);
    model.lay(Overlay::Tags(Fact::all().find(|fact| fact.id() == "os").unwrap()));
    model.marked.insert(0);
    let said = read_out(&model);
    assert!(said.contains("[1] marked: ") && !said.contains("[2] marked: ") && !said.contains('□'), "{said}");
}

#[test]
fn a_number_is_said_once_and_the_place_of_the_cursor_too() {
    let mut model = read(Route::Interview);
    let ask = model.view.advice.as_ref().unwrap().ask.clone().unwrap();
    model.place_mut().focus = 1;
    let said = read_out(&model);
    assert!(said.contains(&format!("[2] {}", ask.choices[1].text)), "{said}");
    assert!(said.contains("The cursor is on 2."), "{said}");
}

#[test]
fn several_numbers_are_several_answers() {
    let mut model = read(Route::Interview);
    model.view.advice.as_mut().unwrap().ask.as_mut().unwrap().several = true;
    let ask = model.view.advice.as_ref().unwrap().ask.clone().unwrap();
    assert!(read_out(&model).contains("1,3 chooses several"));
    let effects = command(&mut model, "1, 3");
    let [Effect::Send(intent)] = &effects[..] else { panic!("{effects:?}") };
    let Intent::Answer { facts } = &**intent else { panic!("{intent:?}") };
    let tags: Vec<&str> = facts.get(ask.fact).unwrap().tags.ids(ask.fact).collect();
    assert_eq!(tags, [ask.choices[0].tag.as_str(), ask.choices[2].tag.as_str()]);
}

#[test]
fn several_numbers_are_no_answer_where_one_is_asked_for() {
    let mut model = read(Route::Interview);
    model.view.advice.as_mut().unwrap().ask.as_mut().unwrap().several = false;
    for line in ["1,2", "1,99", "0 1"] {
        assert!(command(&mut model, line).is_empty() && model.answering.is_none() && model.marked.is_empty());
        assert!(read_out(&model).contains("these cannot be chosen together here"), "{line}");
    }
    assert!(command(&mut read(Route::Project), "1,2").is_empty());
}

#[test]
fn several_tags_of_a_fact_are_taken_over_together() {
    let fact = Fact::all().find(|fact| fact.id() == "os").unwrap();
    let mut model = read(Route::Project);
    act(&mut model, Action::Choose(fact));
    let effects = command(&mut model, "1,2");
    let [Effect::Send(intent)] = &effects[..] else { panic!("{effects:?}") };
    let Intent::Answer { facts } = &**intent else { panic!("{intent:?}") };
    assert_eq!(facts.get(fact).unwrap().tags.len(), 2);
}

#[test]
fn what_a_search_finds_is_read_out_before_it_is_done() {
    let mut model = read(Route::Project);
    command(&mut model, ":");
    assert!(command(&mut model, "doctor").is_empty());
    assert_eq!(model.route, Route::Project);
    let said = read_out(&model);
    assert!(said.contains("[1] doctor") && said.contains("A number chooses, words search."), "{said}");
    command(&mut model, "1");
    assert_eq!(model.route, Route::Doctor);
    command(&mut model, ":");
    command(&mut model, "esc");
    assert!(model.field.is_none() && model.overlay.is_none());
}

#[test]
fn a_field_says_that_the_next_line_is_for_it_and_can_be_left() {
    let mut model = read(Route::Welcome);
    command(&mut model, "o");
    assert!(read_out(&model).contains("The next line goes into the field"));
    command(&mut model, "esc");
    assert!(model.field.is_none() && model.route == Route::Welcome);
    command(&mut model, "o");
    assert_eq!(command(&mut model, "/srv/a"), [Effect::from(Intent::Open { path: "/srv/a".into() })]);
}
