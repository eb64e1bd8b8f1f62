//! Ways to a project: typed, dropped, completed, picked, and asked for again when it could not be read.

use packwright_core::inspect::browse::{self, Kind, Listed};
use packwright_core::problem::{Code, Problem};

use super::*;

fn opens(path: &str) -> Effect {
    Effect::from(Intent::Open { path: path.into() })
}

fn listed(model: &mut Model, folder: &str, inside: &[(&str, Kind)]) -> Vec<Effect> {
    let listed = |(name, kind): &(&str, Kind)| Listed { path: Path::new(folder).join(name), kind: *kind };
    let inside = inside.iter().map(listed).collect();
    update(model, Message::Listed { folder: folder.into(), inside })
}

fn typed(model: &Model) -> &str {
    model.field.as_ref().unwrap().1.value()
}

#[test]
fn a_file_dropped_on_the_first_screen_is_a_path_to_open() {
    for text in ["'/srv/my project'", "file:///srv/my%20project\n", "/srv/my\\ project "] {
        let mut model = model((80, 24));
        update(&mut model, Message::Paste(text.into()));
        assert_eq!(typed(&model), "/srv/my project", "{text}");
        assert_eq!(press(&mut model, "\n"), [opens("/srv/my project")]);
    }
}

#[test]
fn quotes_that_were_typed_are_taken_away() {
    let mut model = model((80, 24));
    assert_eq!(press(&mut model, "o\"/srv/a b\"\n"), [opens("/srv/a b")]);
}

#[test]
fn a_path_is_completed_from_what_is_there() {
    let mut model = model((80, 24));
    press(&mut model, "o/srv/we");
    assert_eq!(press(&mut model, "\t"), [Effect::List("/srv".into())]);
    let folders = ["/srv/weather", "/srv/web"].map(|path| Listed { path: path.into(), kind: Kind::Folder }).to_vec();
    update(&mut model, Message::Listed { folder: "/srv".into(), inside: folders });
    press(&mut model, "a\t");
    assert_eq!(model.field.as_ref().unwrap().1.value(), "/srv/weather/");
    let effects = press(&mut model, "\n");
    assert_eq!(effects, [Effect::from(Intent::Open { path: "/srv/weather/".into() })]);
    assert_eq!(model.route, Route::Project);
    assert!(frame(&mut model).contains("Reading /srv/weather"));
}

#[test]
fn a_path_with_several_ends_shows_them_and_ends_at_a_script() {
    let mut model = model((80, 24));
    press(&mut model, "o/srv/we\t");
    let inside = [("web", Kind::Project), ("weather", Kind::Folder), ("web.py", Kind::Script), ("x", Kind::Folder)];
    listed(&mut model, "/srv", &inside);
    assert_eq!(typed(&model), "/srv/we");
    let shown = frame(&mut model);
    assert!(shown.contains("web/  weather/  web.py") && !shown.contains("x/"), "{shown}");
    assert!(press(&mut model, "b.\t").is_empty());
    assert_eq!(typed(&model), "/srv/web.py");
    assert_eq!(press(&mut model, "\n"), [opens("/srv/web.py")]);
}

#[test]
fn more_ends_than_fit_are_counted() {
    let mut model = model((80, 24));
    press(&mut model, "o/srv/\t");
    let names: Vec<String> = (0..40).map(|number| format!("project-{number:02}")).collect();
    let inside: Vec<(&str, Kind)> = names.iter().map(|name| (name.as_str(), Kind::Folder)).collect();
    listed(&mut model, "/srv", &inside);
    let shown = frame(&mut model);
    let row = shown.lines().find(|line| line.contains("project-00/")).unwrap_or_else(|| panic!("{shown}"));
    let shown = row.matches("project-").count();
    assert!(row.contains(&format!("and {} more", 40 - shown)) && row.trim_end().len() < 80, "{row}");
}

#[test]
fn a_path_that_nothing_fits_is_said_so() {
    let mut model = model((80, 24));
    press(&mut model, "o/srv/q\t");
    listed(&mut model, "/srv", &[("web", Kind::Folder)]);
    assert!(frame(&mut model).contains("no folder and no script there begins with `q`"));
    press(&mut model, "x");
    assert!(model.notice.is_none());
}

#[test]
fn a_picker_whose_folder_is_gone_shows_the_one_above() {
    let mut model = opened((80, 24));
    model.go(Route::Welcome);
    let gone = PathBuf::from("/home/me/code/weather-cli");
    assert_eq!(press(&mut model, "f"), [Effect::List(gone.clone())]);
    let effects = update(&mut model, Message::Unlisted(gone, "cannot read it".into()));
    assert_eq!(effects, [Effect::List("/home/me/code".into())]);
    let effects = update(&mut model, Message::Unlisted("/home/me/code".into(), "nor this".into()));
    assert_eq!(effects, [Effect::List("/home/me".into())]);
    assert_eq!(model.notice.as_deref(), Some("cannot read it"));
    listed(&mut model, "/home/me", &[]);
    assert!(frame(&mut model).contains(" Open this  /home/me"));
    assert!(update(&mut model, Message::Unlisted("/".into(), "nor that".into())).is_empty());
}

#[test]
fn a_picker_that_leaves_some_out_says_so() {
    let mut model = model((80, 24));
    press(&mut model, "f");
    let names: Vec<String> = (0..browse::MOST).map(|number| format!("{number:05}")).collect();
    let mut inside: Vec<(&str, Kind)> = names.iter().map(|name| (name.as_str(), Kind::Folder)).collect();
    listed(&mut model, "/srv", &inside);
    press(&mut model, "G");
    let remark = "These are the first 1000 by name; the path of another can be typed";
    let shown = frame(&mut model);
    assert!(shown.contains(remark), "{shown}");
    inside.pop();
    listed(&mut model, "/srv", &inside);
    press(&mut model, "G");
    assert!(!frame(&mut model).contains(remark));
}

#[test]
fn a_folder_with_a_project_can_be_entered_too() {
    let mut model = model((80, 24));
    press(&mut model, "f");
    listed(&mut model, "/srv", &[("mono", Kind::Project), ("other", Kind::Folder), ("a.py", Kind::Script)]);
    press(&mut model, "↓↓");
    assert!(frame(&mut model).lines().last().unwrap().contains("look inside"));
    let key = |code| Message::Key(KeyEvent::new(code, KeyModifiers::NONE));
    assert_eq!(update(&mut model, key(KeyCode::Right)), [Effect::List("/srv/mono".into())]);
    assert_eq!(update(&mut model, key(KeyCode::Left)), [Effect::List("/".into())]);
    press(&mut model, "↓↓↓↓");
    assert!(update(&mut model, key(KeyCode::Right)).is_empty(), "nothing lies in a script");
    assert_eq!(press(&mut model, "\n"), [opens("/srv/a.py")]);
}

#[test]
fn what_could_not_be_read_is_read_again_with_one_key() {
    for keys in ["r", "\n"] {
        let mut model = model((80, 24));
        act(&mut model, Action::Open("/srv/bad".into()));
        let problem = Problem::new(Code::Usage, "`pyproject.toml` is no TOML");
        update(&mut model, Message::Updates(vec![Update::Refused(problem)]));
        let shown = frame(&mut model);
        assert_eq!(shown.matches("is no TOML").count(), 1, "{shown}");
        assert!(shown.contains("/srv/bad could not be read") && shown.contains("r read it again"), "{shown}");
        assert_eq!(press(&mut model, keys), [opens("/srv/bad")]);
        assert!(frame(&mut model).contains("Reading /srv/bad"));
    }
}

#[test]
fn the_example_is_asked_for_again_as_such() {
    let mut model = model((80, 24));
    press(&mut model, "e");
    let problem = Problem::new(Code::Usage, "no room is left");
    update(&mut model, Message::Updates(vec![Update::Refused(problem)]));
    assert_eq!(press(&mut model, "r"), [Effect::from(Intent::OpenExample)]);
}

#[test]
fn any_key_takes_a_notice_away() {
    let mut model = opened((80, 24));
    model.notice = Some("something happened".into());
    update(&mut model, Message::Key(KeyEvent::new(KeyCode::F(9), KeyModifiers::NONE)));
    assert!(frame(&mut model).lines().last().unwrap().contains("? keys"));
}

#[test]
fn newcomers_are_told_what_to_do_until_they_have_built_something() {
    assert!(frame(&mut model((80, 24))).contains("New here?"));
    let mut model = after(THREE_WAYS, (80, 24));
    model.go(Route::Welcome);
    assert!(!frame(&mut model).contains("New here?"));
}

#[test]
fn the_evidence_of_a_fact_can_be_read_at_every_width() {
    for width in [80, 100, 110, 118, 125, 200] {
        let mut model = opened((width, 48));
        let shown = frame(&mut model);
        let ends = ["pyproject.toml:15", "pyproject.toml:18", "4 Python files", "a framework", "modules"];
        for evidence in ends {
            assert!(shown.contains(evidence), "{width}: {evidence}\n{shown}");
        }
    }
}
