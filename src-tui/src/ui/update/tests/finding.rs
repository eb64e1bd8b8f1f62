//! The list of actions and the help: what is found from everywhere, and what choosing it does.

use super::*;
use crate::ui::action::Copied;

#[test]
fn what_another_screen_can_do_is_found_and_goes_there_first() {
    let mut model = planned((120, 36));
    model.go(Route::Project);
    press(&mut model, ":copy the comm");
    assert!(frame(&mut model).contains("on Plan: copy the commands"));
    let effects = press(&mut model, "\n");
    assert!(matches!(&effects[..], [Effect::Copy(text)] if text.contains("uv build")), "{effects:?}");
    assert_eq!((model.route, model.overlay.is_none()), (Route::Plan, true));
}

#[test]
fn nothing_that_builds_is_found_from_another_screen() {
    let mut model = planned((120, 60));
    model.go(Route::Project);
    press(&mut model, ":on ");
    let items = super::super::page(&model).items;
    let elsewhere: Vec<&Action> =
        items.iter().filter_map(|item| if let Action::On(_, action) = item { Some(&**action) } else { None }).collect();
    assert!(elsewhere.contains(&&Action::Copy(Copied::Commands)), "{elsewhere:?}");
    assert!(!elsewhere.iter().any(|action| matches!(action, Action::Build | Action::Fix | Action::Cancel(_))));
}

#[test]
fn a_technology_is_found_by_its_name_to_be_planned_or_explained() {
    let mut model = opened((120, 36));
    press(&mut model, ":zipapp");
    let items = super::super::page(&model).items;
    assert_eq!(items[..2], [Action::PlanIt(Some("zipapp".into())), Action::Explain("zipapp".into())]);
    press(&mut model, "\n");
    assert_eq!(model.route, Route::Plan);
    press(&mut model, ":explain deb\n");
    assert!(matches!(&model.overlay, Some((Overlay::Technology(id), _)) if id.contains("deb")), "{:?}", model.overlay);
}

#[test]
fn keys_and_what_they_do_stand_in_columns() {
    let mut model = opened((120, 60));
    press(&mut model, "?");
    let rows = super::super::page(&model).plain_text();
    assert!(rows.contains("esc  backspace  back"), "{rows}");
    let column = rows.lines().next().unwrap().find("search").unwrap();
    for row in rows.lines() {
        let label = row.char_indices().nth(column).map(|(at, _)| row[at..].trim_end());
        assert!(label.is_some_and(|label| !label.starts_with(' ') && !label.is_empty()), "{row}");
    }
}
