//! What keys reach: every row, every technology, and no key twice.

use packwright_core::catalogue::Questionnaire;
use packwright_core::facts::Fact;
use packwright_core::inspect::browse::{Kind, Listed};

use super::*;
use crate::ui::action::{Binding, ENTER, everywhere};
use crate::ui::{overlay, screens};

fn assert_no_key_twice(own: &[Binding], place: &str) {
    for (index, binding) in own.iter().enumerate() {
        for key in &binding.keys {
            let again = own.iter().skip(index + 1).find(|other| other.keys.contains(key));
            assert!(again.is_none(), "{place}: {key:?} does {binding:?} and {again:?}");
            let hidden = everywhere().into_iter().find(|other| other.keys.contains(key));
            // `enter` is said in the words of the screen.
            let is_meant = |hidden: &Binding| *key == ENTER || hidden.action == binding.action;
            assert!(hidden.as_ref().is_none_or(is_meant), "{place}: {binding:?} hides {hidden:?}");
        }
    }
}

#[test]
fn no_key_does_two_things_on_one_screen() {
    for recording in ["", THREE_WAYS, BROKEN] {
        for route in Route::ALL {
            let mut model = at(route, recording)((120, 36));
            model.view.planned.push(BuildId(1));
            assert_no_key_twice(&screens::bindings(&model), &format!("{route:?}"));
        }
    }
    let all = everywhere();
    for (index, binding) in all.iter().enumerate() {
        assert!(!all[index + 1..].iter().any(|other| other.keys.iter().any(|key| binding.keys.contains(key))));
    }
}

#[test]
fn the_keys_of_what_lies_over_a_screen_are_in_the_footer() {
    let mut model = opened((80, 24));
    press(&mut model, "?");
    let shown = frame(&mut model);
    assert!(shown.lines().last().unwrap().contains("esc close"), "{shown}");
    let bindings = overlay::bindings(&model, &Overlay::Leave);
    assert!(bindings.iter().any(|binding| binding.action == Action::QuitNow));
}

#[test]
fn every_row_of_a_long_page_can_be_read() {
    for make in [
        (|| {
            let mut model = opened((80, 24));
            model.lay(Overlay::Technology("zipapp".into()));
            model
        }) as fn() -> Model,
        || {
            let mut model = at(Route::Advice, "")((80, 24));
            model.reasons = true;
            model
        },
    ] {
        let mut model = make();
        let rows = super::super::page(&model).plain_text();
        let mut seen = String::new();
        for _ in 0..300 {
            seen += &frame(&mut model);
            press(&mut model, "j");
        }
        for row in rows.lines().map(str::trim).filter(|row| row.len() > 3) {
            let start: String = row.chars().take(30).collect();
            assert!(seen.contains(start.trim_end()), "never seen: {row}");
        }
        press(&mut model, "g");
        assert_eq!(model.place(), crate::ui::page::Place::default());
        press(&mut model, "G");
        let last = rows.lines().rfind(|row| row.trim().len() > 3).unwrap().trim().to_owned();
        let shown = frame(&mut model);
        assert!(shown.contains(last.chars().take(30).collect::<String>().trim_end()), "{last}\n{shown}");
    }
}

#[test]
fn the_technology_under_the_cursor_is_the_one_that_keys_mean() {
    for size in SIZES {
        let mut model = at(Route::Advice, "")(size);
        let items = super::super::page(&model).items;
        let listed = screens::advice::listed(&model);
        assert_eq!(items.len(), listed.len(), "{items:?} {listed:?}");
        for (item, id) in items.iter().zip(&listed) {
            assert!(
                matches!(item, Action::PlanIt(Some(named)) | Action::Explain(named) if named == id),
                "{item:?} {id}"
            );
        }
        frame(&mut model);
    }
}

#[test]
fn an_item_plans_what_it_names_even_when_others_are_marked() {
    let mut model = at(Route::Advice, "")((120, 36));
    model.wanted.insert("wheel".into());
    act(&mut model, Action::PlanIt(Some("zipapp".into())));
    assert_eq!(model.view.choices[&model.view.planned[0]].technology, "zipapp");
    model.go(Route::Advice);
    press(&mut model, "b");
    assert_eq!(model.view.choices[&model.view.planned[0]].technology, "wheel");
}

#[test]
fn completing_a_path_never_fails_whatever_is_typed() {
    for typed in ["~", "~/", "/", "", ".", "./.", "..", "a/..", "東京/京", "/~"] {
        let mut model = model((80, 24));
        model.around.home = Some("/home/me".into());
        press(&mut model, &format!("o{typed}"));
        for _ in 0..3 {
            for effect in press(&mut model, "\t") {
                let Effect::List(folder) = effect else { panic!("{effect:?}") };
                let names = ["home/me", "京都", "..x"];
                let folders = names.map(|name| Listed { path: folder.join(name), kind: Kind::Folder });
                update(&mut model, Message::Listed { folder, inside: folders.to_vec() });
            }
        }
    }
}

#[test]
fn help_over_a_field_takes_the_keys_and_leaves_the_text() {
    let mut model = model((80, 24));
    press(&mut model, "o/srv");
    update(&mut model, Message::Key(KeyEvent::new(KeyCode::F(1), KeyModifiers::NONE)));
    press(&mut model, "jj\u{1b}x");
    assert_eq!(model.field.as_ref().unwrap().1.value(), "/srvx");
}

#[test]
fn leaving_a_search_leaves_no_filter_behind() {
    let mut model = at(Route::Build, THREE_WAYS)((120, 36));
    press(&mut model, "/error\u{1b}");
    assert!(model.logs.sought().is_empty() && model.field.is_none());
}

/// The tags in the overlay are marked by their place.
#[test]
fn the_answers_of_a_question_are_the_tags_of_its_fact_in_order() {
    for fact in Fact::all() {
        let Some(question) = Questionnaire::get().of(fact) else { panic!("{} has no question", fact.id()) };
        let mut all = packwright_core::facts::Tags::default();
        for tag in fact.tags() {
            all = all.with(tag);
        }
        let tags: Vec<&str> = all.ids(fact).collect();
        let answers: Vec<&str> = question.choices.iter().map(|choice| choice.tag.as_str()).collect();
        assert_eq!(answers, tags, "{}", fact.id());
    }
}

#[test]
fn every_plan_that_is_agreed_to_says_what_it_runs_in_full() {
    use packwright_core::plan::Consent;
    let mut model = opened((80, 24));
    for (id, technology) in [(BuildId(1), "pex"), (BuildId(2), "wheel")] {
        model.view.choices.insert(id, Choice::of(technology));
        model.view.planned.push(id);
        model.view.builds.insert(id, BuildView::default());
        model.view.plans.insert(id, serde_json::from_str(PLAN).unwrap());
    }
    let whose: Vec<String> = (0..12).map(|number| format!("dependency-{number}")).collect();
    model.view.consents.insert(BuildId(2), vec![Consent::RunProjectCode { whose, because: vec![] }]);
    model.go(Route::Plan);
    let shown = frame(&mut model);
    assert!(shown.contains("Trust and build") && shown.contains("dependency-11"), "{shown}");
}
