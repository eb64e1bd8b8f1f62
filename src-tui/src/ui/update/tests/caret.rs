//! Where letters go: every field shows its caret, and so does the terminal. What is cut off has a sign, what must be whole
//! is.

use packwright_core::problem::{Code, Problem};

use super::*;
use crate::ui::action::Field;

/// Draws a frame; gives the place of the terminal's cursor, if it is shown.
fn caret(model: &mut Model) -> Option<(u16, u16)> {
    let mut terminal = Terminal::new(TestBackend::new(model.size.0, model.size.1)).unwrap();
    terminal.draw(|frame| draw(model, frame)).unwrap();
    let at = terminal.backend().cursor_position();
    terminal.backend().cursor_visible().then_some((at.x, at.y))
}

/// What stands at the caret.
fn at_caret(model: &mut Model) -> String {
    let (x, y) = caret(model).expect("the cursor is shown");
    let shown = frame(model);
    shown.lines().nth(usize::from(y)).unwrap().chars().skip(usize::from(x)).chain("   ".chars()).take(3).collect()
}

fn key(model: &mut Model, code: KeyCode) {
    update(model, Message::Key(KeyEvent::new(code, KeyModifiers::NONE)));
}

#[test]
fn every_field_has_its_caret_where_the_next_letter_goes() {
    for size in SIZES {
        for (mut model, opens) in [(model(size), 'o'), (at(Route::Build, THREE_WAYS)(size), '/'), (opened(size), ':')] {
            assert_eq!(caret(&mut model), None, "no field, no caret");
            press(&mut model, &format!("{opens}a_bcdef"));
            assert!(at_caret(&mut model).starts_with(' '), "behind what is typed");
            for _ in 0..3 {
                key(&mut model, KeyCode::Left);
            }
            assert_eq!(at_caret(&mut model), "def", "{opens} {size:?}");
            key(&mut model, KeyCode::Home);
            assert_eq!(at_caret(&mut model), "a_b", "{opens} {size:?}");
        }
    }
}

#[test]
fn the_value_of_an_option_has_its_caret_too() {
    let mut model = planned((120, 36));
    let rows = packwright_core::session::form::rows(&model.view, BuildId(1)).len();
    for row in 0..rows {
        act(&mut model, Action::SetOption(row));
        if model.field.is_some() {
            press(&mut model, "xyz");
            key(&mut model, KeyCode::Left);
            key(&mut model, KeyCode::Left);
            assert!(at_caret(&mut model).starts_with("yz"));
            return;
        }
    }
    panic!("no option is typed");
}

#[test]
fn what_lies_over_a_field_hides_its_caret() {
    let mut model = model((80, 24));
    press(&mut model, "oabc");
    assert_eq!(model.typed(&Field::Path), Some("abc"));
    assert!(caret(&mut model).is_some());
    model.lay(Overlay::Help);
    assert_eq!(caret(&mut model), None);
}

#[test]
fn a_click_on_plain_text_leaves_what_lies_there_open() {
    let mut model = opened((120, 36));
    model.lay(Overlay::Technology("zipapp".into()));
    let shown = frame(&mut model);
    let row = shown.lines().position(|line| line.contains("Security")).unwrap();
    let click = |row| {
        Message::Mouse(MouseEvent {
            kind: MouseEventKind::Down(MouseButton::Left),
            column: 60,
            row,
            modifiers: KeyModifiers::NONE,
        })
    };
    update(&mut model, click(u16::try_from(row).unwrap()));
    assert!(model.overlay.is_some());
    update(&mut model, click(0));
    assert!(model.overlay.is_none());
}

/// All text of a screen, without what is only there to lay it out.
fn letters(model: &Model) -> String {
    let screens = crate::ui::screens::scene(model);
    let side = screens.side.map(|(page, _)| page.plain_text()).unwrap_or_default();
    (screens.main.plain_text() + &side).split_whitespace().filter(|word| *word != "\\").collect()
}

#[test]
fn checksums_and_commands_are_shown_whole() {
    for size in [(80, 60), (110, 34), (120, 36)] {
        let mut model = after(THREE_WAYS, size);
        let id = *model.started.first().unwrap();
        let path = format!("/home/me/{}/weather.pyz", "very-long-folder-name/".repeat(9));
        let artifact = model.view.builds.get_mut(&id).unwrap().artifact.as_mut().unwrap();
        artifact.path = path.clone().into();
        let sha256 = artifact.sha256.clone();
        model.selected = Some(id);
        model.go(Route::Result);
        let text = letters(&model);
        assert!(text.contains(&sha256) && text.contains(&format!("python3{path}")), "{text}");
        assert!(!frame(&mut model).contains('…'), "{}", frame(&mut model));
    }
}

#[test]
fn the_command_of_a_remedy_is_shown_whole() {
    let mut model = after(BROKEN, (80, 40));
    let id = *model.started.first().unwrap();
    let packages: Vec<String> = (0..30).map(|number| format!("library-{number}-dev")).collect();
    let command: Vec<String> = ["apt", "install"].map(str::to_owned).into_iter().chain(packages).collect();
    let problem = Problem::new(Code::BuildFailed, "no compiler").hint_command("Install them", command.clone());
    model.view.builds.get_mut(&id).unwrap().problem = Some(problem);
    model.selected = Some(id);
    model.go(Route::Result);
    let shown = frame(&mut model);
    assert!(command.iter().all(|word| shown.contains(word)), "{shown}");
}
