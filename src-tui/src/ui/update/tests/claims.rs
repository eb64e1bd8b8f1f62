//! What a screen says is true: of trials, of one target among several, of the project that is open, of what keys do.

use packwright_core::advice::Outlook;
use packwright_core::engine::doctor::Seen;
use packwright_core::engine::history::Build;
use packwright_core::facts::{Definition, Evidence, Facts, Known, Os, Risk, RiskKind, Source};
use packwright_core::plan::Outcome;
use packwright_core::problem::{Code, Problem};

use super::*;
use crate::ui::screens::{advice, build};

/// A script in a folder of several.
fn open_script(model: &mut Model, name: &str) {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/weather-cli");
    let mut inspection = inspect::read(&example).unwrap();
    inspection.project.root = PathBuf::from("/home/me/scripts");
    inspection.project.definition = Definition::Script(name.into());
    update(model, Message::Updates(vec![Update::Opened(Box::new(inspection))]));
    advise(model);
}

#[test]
fn scripts_of_one_folder_are_different_projects() {
    let mut model = model((120, 36));
    open_script(&mut model, "one.py");
    model.go(Route::Interview);
    press(&mut model, "1");
    model.view.asking.skip(model.answering.unwrap());
    open_script(&mut model, "one.py");
    assert_eq!(model.view.asking.given.len(), 1, "it was only read again");
    let effects = act(&mut model, Action::ReadAgain);
    assert_eq!(effects, [Effect::from(Intent::Open { path: "/home/me/scripts/one.py".into() })]);
    open_script(&mut model, "two.py");
    assert!(model.answering.is_none() && model.view.asking.given.is_empty());
    let receipt = serde_json::from_str(include_str!("../../../../../tests/sessions/pex.receipt.json")).unwrap();
    let one = Build { id: 1, made_at: 0, root: "/home/me/scripts/one.py".into(), path: "x".into(), receipt };
    model.view.history = vec![one];
    let effects = act(&mut model, Action::Rebuild(1));
    assert_eq!(effects, [Effect::from(Intent::Open { path: "/home/me/scripts/one.py".into() })]);
}

#[test]
fn keys_chosen_from_the_help_act_where_the_cursor_of_the_screen_is() {
    let mut model = at(Route::Advice, "")((120, 36));
    let listed = advice::listed(&model);
    press(&mut model, "↓↓?↓");
    let items = super::super::page(&model).items;
    assert!(items.contains(&Action::MarkTechnology(listed[2].clone())), "{items:?}");
    let before = model.screen_place();
    frame(&mut model);
    assert_eq!(model.screen_place(), before, "the screen below stays where it is");
}

#[test]
fn what_failed_its_trial_or_was_not_tried_is_not_green() {
    let mut model = after(THREE_WAYS, (120, 36));
    let id = *model.started.first().unwrap();
    model.selected = Some(id);
    model.go(Route::Build);
    for (outcome, sign, words) in [(Outcome::Failed, '✗', "fails its trial"), (Outcome::NotTried, '–', "not tried")]
    {
        let view = model.view.builds.get_mut(&id).unwrap();
        let artifact = view.artifact.as_mut().unwrap();
        artifact.verified.outcome = outcome;
        view.trials = vec![artifact.verified.clone()];
        let shown = frame(&mut model);
        let row = shown.lines().find(|line| line.contains(" tried: ")).unwrap();
        assert!(row.trim_start().starts_with(sign), "{row}");
        let row = shown.lines().find(|line| line.contains(words)).unwrap();
        assert!(row.contains(sign), "{shown}");
    }
}

#[test]
fn i_do_not_know_is_that_whatever_is_marked() {
    let mut model = opened((120, 36));
    model.go(Route::Interview);
    let ask = model.view.advice.as_ref().unwrap().ask.clone().unwrap();
    model.marked.insert(0);
    // Marked answers of several have a row of their own before it.
    model.place_mut().focus = ask.choices.len() + usize::from(ask.several);
    assert!(frame(&mut model).contains("If you answer “I don't know”"));
    let effects = press(&mut model, "\n");
    assert_eq!(effects, [Effect::from(Intent::Skip { fact: ask.fact })]);
}

#[test]
fn the_preview_is_that_of_the_marked_answers() {
    let mut model = opened((120, 36));
    model.go(Route::Interview);
    let mut ask = model.view.advice.as_ref().unwrap().ask.clone().unwrap();
    ask.several = true;
    let [first, second, ..] = &ask.choices[..] else { panic!("{ask:?}") };
    let both = format!("“{} and {}”", first.text, second.text);
    model.view.advice.as_mut().unwrap().ask = Some(ask.clone());
    model.marked = [0, 1].into();
    model.place_mut().focus = 2;
    let shown: String = frame(&mut model).lines().filter_map(|line| line.split('│').nth(1)).map(str::trim).collect();
    assert!(shown.replace(' ', "").contains(&both.replace(' ', "")), "{shown}");
}

#[test]
fn an_interview_ends_with_the_reason_for_its_end() {
    let mut model = model((120, 36));
    model.go(Route::Interview);
    assert!(frame(&mut model).contains("No project is open"));
    let mut model = opened((120, 36));
    model.go(Route::Interview);
    model.view.advice.as_mut().unwrap().ask = None;
    assert!(frame(&mut model).contains("That is enough"), "much is open");
    while let Some(fact) = technologies::advisor().next_fact(0, &model.view.facts, &[]) {
        let tags = fact.tag_set([fact.tags().next().unwrap().id()]).unwrap();
        model.view.facts.set(None, fact, Known { tags, source: Source::User });
    }
    assert!(frame(&mut model).contains("No question is left"));
}

#[test]
fn everything_said_of_one_target_is_about_that_one() {
    let facts = r#"{"os": ["linux", "windows"], "kind": "service", "limits": ["single-file", "no-install"],
        "dependencies": "third-party", "python-on-target": "matching"}"#;
    let facts = Facts::from_json(&serde_json::from_str(facts).unwrap(), &Source::User).unwrap();
    let mut model = opened((200, 60));
    model.view.facts = facts;
    advise(&mut model);
    let targets = model.view.advice.clone().unwrap().targets;
    model.go(Route::Advice);
    for (number, target) in targets.iter().enumerate() {
        model.target = number + 1;
        let shown = frame(&mut model);
        let second = &target.recommendations[1].technology;
        assert!(shown.contains(&format!(" 2 {second} ")), "{}\n{shown}", target.os);
        let explanation = technologies::advisor().explain_for(target.os, &model.view.facts);
        assert_eq!(explanation.technology.as_ref(), Some(&target.recommendations[0].technology));
    }
    assert_eq!(targets.iter().map(|target| target.os).collect::<Vec<_>>(), [Os::Linux, Os::Windows]);
}

#[test]
fn what_an_artifact_is_used_with_follows_from_what_it_is() {
    let mut model = after(THREE_WAYS, (120, 36));
    let made = |(id, build): (&BuildId, &BuildView)| Some((*id, build.artifact.clone()?));
    let (id, artifact) = model.view.builds.iter().find_map(made).unwrap();
    model.selected = Some(id);
    model.go(Route::Result);
    for (technology, name, command) in [
        ("zipapp", "a.pyz", "python3 /d/a.pyz"),
        ("pex", "a.pex", "python3 /d/a.pex"),
        ("wheel", "a-1.0-py3-none-any.whl", "python3 -m pip install /d/a-1.0-py3-none-any.whl"),
        ("entry-point-tool", "a-1.0-tool", "/d/a-1.0-tool"),
        ("pex", "a 1.0", "'/d/a 1.0'"),
    ] {
        let path = Path::new("/d").join(name);
        let made = packwright_core::event::Artifact { technology: technology.into(), path, ..artifact.clone() };
        model.view.builds.get_mut(&id).unwrap().artifact = Some(made);
        assert_eq!(press(&mut model, "y"), [Effect::Copy(command.into())], "{name}");
    }
}

#[test]
fn every_build_and_the_log_have_room_on_a_small_screen() {
    let mut model = after(THREE_WAYS, (80, 24));
    let one = model.view.builds.values().next().unwrap().clone();
    for number in 1..=15 {
        model.started.insert(BuildId(number));
        model.view.builds.insert(BuildId(number), one.clone());
    }
    model.go(Route::Build);
    for number in 1..=15 {
        press(&mut model, "\t");
        let shown = frame(&mut model);
        let selected = model.selected.unwrap().0;
        assert!(shown.lines().any(|line| line.starts_with(&format!(" ▌{selected} "))), "{number}: {shown}");
        assert!(shown.contains("Log  all") && build::log_room(&model).rows >= 3, "{number}: {shown}");
    }
}

#[test]
fn what_is_too_long_for_the_side_stands_below() {
    let mut model = opened((120, 24));
    let project = model.view.project.as_mut().unwrap();
    let risk = Risk { kind: RiskKind::NativeCode, what: String::new(), source: Source::line("a.py", 1) };
    project.risks = vec![risk; 20];
    model.go(Route::Project);
    assert!(crate::ui::screens::scene(&model).side.is_none());
}

#[test]
fn a_page_about_a_technology_says_what_was_seen_here_once_it_is_known() {
    let mut model = opened((120, 60));
    let effects = act(&mut model, Action::Explain("zipapp".into()));
    assert_eq!(effects, [Effect::Look("zipapp".into())]);
    assert!(!frame(&mut model).contains("On this machine"));
    let seen = Seen::of(technologies::named("zipapp").unwrap());
    update(&mut model, Message::Looked("zipapp".into(), seen));
    assert!(frame(&mut model).contains("On this machine"));
}

#[test]
fn a_path_is_completed_with_the_first_press_and_pasted_at_the_cursor() {
    use packwright_core::inspect::browse::{Kind, Listed};
    let mut model = model((80, 24));
    press(&mut model, "o/srv/wea");
    assert_eq!(press(&mut model, "\t"), [Effect::List("/srv".into())]);
    let folders = vec![Listed { path: "/srv/weather".into(), kind: Kind::Project }];
    update(&mut model, Message::Listed { folder: "/srv".into(), inside: folders });
    assert_eq!(model.field.as_ref().unwrap().1.value(), "/srv/weather/");
    update(&mut model, Message::Key(KeyEvent::new(KeyCode::Home, KeyModifiers::NONE)));
    update(&mut model, Message::Paste("/mnt\n".into()));
    assert_eq!(model.field.as_ref().unwrap().1.value(), "/mnt/srv/weather/");
}

#[test]
fn a_pasted_search_is_searched_for() {
    let mut model = at(Route::Build, THREE_WAYS)((120, 36));
    press(&mut model, "/");
    update(&mut model, Message::Paste("Needle".into()));
    assert_eq!(model.logs.sought(), "needle");
}

#[test]
fn what_if_shows_another_answer_and_takes_it_back() {
    let mut model = opened((120, 36));
    let facts = Facts::from_json(&serde_json::json!({"audience": "developers"}), &Source::User).unwrap();
    model.view.facts.overlay(&facts);
    advise(&mut model);
    model.go(Route::Advice);
    press(&mut model, "w");
    let shown = frame(&mut model);
    let flips = advice::explanation(&model).what_if;
    for flip in &flips {
        assert!(shown.contains(&format!("{} → ", flip.text)), "{flip:?}\n{shown}");
    }
    let mine = flips.iter().position(|flip| flip.fact.id() == "audience").expect("who it is for matters");
    for given in [mine, flips.iter().position(|flip| flip.fact.id() == "kind").expect("what it is matters")] {
        model.lay(Overlay::WhatIf);
        let flip = flips[given].clone();
        let effects = act(&mut model, Action::Click(given));
        assert_eq!(effects, [Effect::from(Intent::Suppose { fact: flip.fact, tag: flip.tag.clone() })]);
        assert_eq!(press(&mut model, "u"), [Effect::from(Intent::Unsuppose)]);
    }
    assert!(press(&mut model, "u").is_empty());
}

#[test]
fn a_newcomer_without_a_project_opens_the_example() {
    let mut model = model((80, 24));
    assert!(frame(&mut model).contains("try the example"));
    assert_eq!(press(&mut model, "e"), [Effect::from(Intent::OpenExample)]);
    assert!(frame(&mut model).contains("Reading the example"));
}

#[test]
fn tabs_go_round_in_both_directions() {
    let mut model = at(Route::Result, THREE_WAYS)((120, 36));
    let all: Vec<BuildId> = model.started.iter().copied().collect();
    model.selected = Some(all[0]);
    press(&mut model, "l");
    assert_eq!(model.selected, Some(all[1]));
    press(&mut model, "hh");
    assert_eq!(model.selected, all.last().copied());
    press(&mut model, "\t");
    assert_eq!(model.selected, Some(all[0]));
}

#[test]
fn the_command_of_a_remedy_can_be_copied() {
    use packwright_core::problem::{Code, Problem};
    let mut model = after(BROKEN, (120, 36));
    let id = *model.started.first().unwrap();
    let problem = Problem::new(Code::BuildFailed, "no compiler").hint_command("Install one", ["apt", "install", "gcc"]);
    model.view.builds.get_mut(&id).unwrap().problem = Some(problem);
    model.selected = Some(id);
    model.go(Route::Result);
    assert_eq!(press(&mut model, "↓\n"), [Effect::Copy("apt install gcc".into())]);
}

#[test]
fn extras_and_groups_go_into_what_brings_dependencies() {
    let mut model = opened((120, 60));
    let adds = packwright_core::facts::Requirement {
        text: "colorama>=0.4".into(),
        name: "colorama".into(),
        source: Source::User,
    };
    let project = model.view.project.as_mut().unwrap();
    project.extras.insert("colour".into(), vec![adds.clone()]);
    project.groups.insert("night".into(), vec![adds]);
    act(&mut model, Action::PlanIt(Some("zipapp".into())));
    let shown = frame(&mut model);
    assert!(shown.contains("With the extra colour: false") && shown.contains("Adds colorama>=0.4"), "{shown}");
    let options = technologies::named("zipapp").unwrap().options.len();
    let chosen = |model: &mut Model, row| {
        act(model, Action::SetOption(row));
        let choice = chosen(model).clone();
        (choice.extras, choice.groups)
    };
    assert_eq!(chosen(&mut model, options), (vec!["colour".to_owned()], vec![]));
    assert_eq!(chosen(&mut model, options + 1), (vec!["colour".to_owned()], vec!["night".to_owned()]));
    assert_eq!(chosen(&mut model, options), (vec![], vec!["night".to_owned()]));
    act(&mut model, Action::PlanIt(Some("sdist".into())));
    assert!(!frame(&mut model).contains("With the extra"));
}

#[test]
fn a_result_with_warnings_is_yellow() {
    let mut model = after(THREE_WAYS, (120, 36));
    let id = *model.started.last().unwrap();
    let build = model.view.builds.get_mut(&id).unwrap();
    build.artifact.as_mut().unwrap().warnings.push("two data files are not in the wheel".into());
    model.selected = Some(id);
    model.go(Route::Result);
    let shown = frame(&mut model);
    assert!(shown.contains("! weather_cli") || shown.contains("is ready, with something to know"), "{shown}");
    assert!(shown.contains("two data files are not in the wheel"), "{shown}");
}

#[test]
fn a_project_says_why_building_it_asks() {
    let mut model = opened((120, 36));
    let build = model.view.project.as_mut().and_then(|project| project.build_system.as_mut()).unwrap();
    let source = Source::line("hatch.toml", 1);
    build.own_code = vec![Evidence { value: "`build.hooks.custom` is a hook".into(), source }];
    model.go(Route::Project);
    assert!(frame(&mut model).contains("Building asks `build.hooks.custom` is a hook (hatch.toml:1)"));
}

#[test]
fn what_needs_something_first_has_no_button_and_says_what_helps() {
    let mut model = opened((120, 60));
    let needs = technologies::all().iter().map(|entry| {
        let problem = Problem::new(Code::Unsuitable, "it has no entry point").hint("Add a file that starts it");
        (entry.id.clone(), problem.of(&entry.id))
    });
    let outlook = Outlook { needs: needs.collect(), ..Outlook::default() };
    let facts = Box::new(model.view.facts.clone());
    let advice = Box::new(technologies::advisor().rank((&*facts, &outlook)));
    let asking = Box::new(model.view.asking.clone());
    update(&mut model, Message::Updates(vec![Update::Advised { facts, advice, asking }]));
    model.go(Route::Advice);
    let shown = frame(&mut model);
    for words in ["It needs something first: it has no entry point", "Add a file that starts it"] {
        assert!(shown.contains(words), "{words:?} is missing\n{shown}");
    }
    assert!(!shown.contains("shows the plan first") && advice::recommended(&model).is_none(), "{shown}");
    model.go(Route::Interview);
    assert!(!frame(&mut model).contains("shows the plan first"));
}
