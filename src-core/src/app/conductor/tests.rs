use super::*;
use crate::app::App;
use crate::engine::Agreed;
use crate::facts::{Fact, Os, Target};
use crate::session::{Change, Choice, Recording};

fn updates_until(app: &App, mut done: impl FnMut(&Update) -> bool) -> Vec<Update> {
    let mut seen = Vec::new();
    for _ in 0..1000 {
        for update in app.wait(Duration::from_millis(10)).unwrap() {
            let last = done(&update);
            seen.push(update);
            if last {
                return seen;
            }
        }
    }
    panic!("nothing came: {seen:?}");
}

#[test]
fn a_folder_that_is_not_there_is_refused() {
    let app = App::start();
    app.dispatch(Intent::Open { path: "/no/such/folder".into() });
    let seen = updates_until(&app, |update| matches!(update, Update::Refused(_)));
    assert!(matches!(seen.last(), Some(Update::Refused(problem)) if problem.code == Code::Unreadable));
}

#[test]
fn answers_are_laid_over_and_taken_back() {
    let app = App::start();
    let mut facts = Facts::default();
    facts.assign("audience=end-users").unwrap();
    let fact = Fact::named("audience").unwrap();
    app.dispatch(Intent::Answer { facts });
    let known = |update: &Update| matches!(update, Update::Advised { .. });
    assert!(
        matches!(updates_until(&app, known).last(), Some(Update::Advised { facts, .. }) if facts.get(fact).is_some())
    );
    app.dispatch(Intent::Unanswer { os: None, fact });
    assert!(
        matches!(updates_until(&app, known).last(), Some(Update::Advised { facts, .. }) if facts.get(fact).is_none())
    );
}

#[test]
fn answers_and_choices_are_saved_with_the_open_project() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("x.py"), "print()").unwrap();
    let app = App::start();
    let ended = |update: &Update| matches!(update, Update::Saved { .. } | Update::Refused(_));
    app.dispatch(Intent::SaveAnswers);
    assert!(matches!(updates_until(&app, ended).last(), Some(Update::Refused(problem)) if problem.code == Code::Usage));
    app.dispatch(Intent::Open { path: folder.path().into() });
    updates_until(&app, |update| matches!(update, Update::Opened(_)));
    let mut facts = Facts::default();
    facts.assign("audience=end-users").unwrap();
    app.dispatch(Intent::Answer { facts });
    let choice = Intent::SaveChoice { technologies: vec!["pex".into()] };
    for (intent, line) in [(Intent::SaveAnswers, "audience = [\"end-users\"]"), (choice, "build = [\"pex\"]")] {
        app.dispatch(intent);
        let seen = updates_until(&app, ended);
        let Some(Update::Saved { path }) = seen.last() else { panic!("not saved: {seen:?}") };
        assert!(std::fs::read_to_string(path).unwrap().contains(line));
    }
}

#[test]
fn nothing_is_planned_without_a_project() {
    let app = App::start();
    let intents = [
        Intent::Choose { choices: vec![Choice::default()] },
        Intent::Repeat { build: None },
        Intent::Recommend { os: None, besides: Vec::new(), like: Vec::new() },
        Intent::Change { build: BuildId(7), change: Change::Entry(None) },
        Intent::Apply { build: BuildId(7) },
        Intent::Agree { builds: Vec::new(), to: Agreed::default() },
    ];
    for intent in intents {
        app.dispatch(intent);
        let seen = updates_until(&app, |_| true);
        assert!(matches!(&seen[..], [Update::Refused(problem)] if problem.code == Code::Usage), "{seen:?}");
    }
}

#[test]
fn a_target_follows_from_the_facts_only_when_this_machine_is_none_of_them() {
    let facts = |text: &str| {
        let mut facts = Facts::default();
        facts.assign(text).unwrap();
        facts
    };
    let host = Target::host();
    assert_eq!(Target::of(&Facts::default()), host);
    assert_eq!(Target::of(&facts(&format!("os=android,{}", host.platform.os))), host);
    assert_eq!(Target::of(&facts("os=ios")).platform.os, Os::Ios);
}

#[test]
fn what_the_user_does_not_know_is_not_asked_again_until_it_is_taken_back() {
    let app = App::start();
    let advised = |update: &Update| matches!(update, Update::Advised { .. });
    let asked = |seen: Vec<Update>| match seen.into_iter().last() {
        Some(Update::Advised { advice, .. }) => advice.ask.map(|ask| ask.fact),
        other => panic!("no advice: {other:?}"),
    };
    app.dispatch(Intent::Answer { facts: Facts::default() });
    let first = asked(updates_until(&app, advised)).unwrap();
    app.dispatch(Intent::Skip { fact: first });
    assert_ne!(asked(updates_until(&app, advised)), Some(first));
    app.dispatch(Intent::Unanswer { os: None, fact: first });
    assert_eq!(asked(updates_until(&app, advised)), Some(first));
}

#[test]
fn what_was_answered_about_one_project_is_not_said_of_the_next() {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let app = App::start();
    let fact = Fact::named("audience").unwrap();
    let advised = |update: &Update| matches!(update, Update::Advised { .. });
    let knows = |folder: &tempfile::TempDir| {
        std::fs::write(folder.path().join("x.py"), "print()").unwrap();
        app.dispatch(Intent::Open { path: folder.path().into() });
        let seen = updates_until(&app, advised);
        matches!(seen.last(), Some(Update::Advised { facts, .. }) if facts.get(fact).is_some())
    };
    assert!(!knows(&folders[0]));
    let mut facts = Facts::default();
    facts.assign("audience=end-users").unwrap();
    app.dispatch(Intent::Answer { facts });
    updates_until(&app, advised);
    assert!(knows(&folders[0]), "the same project is only read again");
    assert!(!knows(&folders[1]));
}

#[test]
fn a_plan_from_before_the_options_changed_is_not_taken_for_the_new_one() {
    let (reports, _received) = std::sync::mpsc::channel();
    let (outlet, _inlet) = std::sync::mpsc::sync_channel(1);
    let mut conductor = Conductor::new(reports, SharedEngine::default(), outlet);
    let (build, before, now) = (BuildId(1), Cancel::default(), Cancel::default());
    before.cancel();
    conductor.open.insert(build, now.clone());
    let failed = || Err(Cancel::problem());
    conductor.learn(Learned::Planned(build, before, failed()));
    assert!(conductor.pending.is_empty() && conductor.open.contains_key(&build));
    now.cancel();
    conductor.learn(Learned::Planned(build, now, failed()));
    assert!(!conductor.open.contains_key(&build), "one that the user cancelled ends");
}

/// A file that a session is written to, or a disk that is full after so many lines.
#[derive(Clone)]
struct Disk(Arc<std::sync::Mutex<Vec<u8>>>, usize);

impl std::io::Write for Disk {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.1 = self.1.checked_sub(1).ok_or(std::io::ErrorKind::StorageFull)?;
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_recorded_session_makes_the_view_that_its_front_end_had() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("x.py"), "print()").unwrap();
    let disk = Disk(Arc::default(), usize::MAX);
    let app = App::start();
    app.record(disk.clone());
    let mut view = View::default();
    let mut follow = |until: &dyn Fn(&View) -> bool| {
        while !until(&view) {
            app.wait(Duration::from_millis(10)).unwrap().iter().for_each(|update| view.apply(update));
        }
        view.clone()
    };
    app.dispatch(Intent::Open { path: folder.path().into() });
    follow(&|view| view.advice.is_some());
    let mut facts = Facts::default();
    facts.assign("audience=end-users").unwrap();
    app.dispatch(Intent::Answer { facts });
    // What is refused before anything is looked for on this machine.
    app.dispatch(Intent::Choose { choices: vec![Choice::of("no such technology"), Choice::of("none")] });
    let view = follow(&|view| view.builds.len() == 2 && view.is_settled());
    let text = String::from_utf8(disk.0.lock().unwrap().clone()).unwrap();
    assert_eq!(Recording::read(&text).unwrap().view(), view);
}

#[test]
fn a_recording_that_cannot_be_written_ends_and_the_session_goes_on() {
    let app = App::start();
    app.record(Disk(Arc::default(), 1));
    app.dispatch(Intent::DismissProblems);
    app.dispatch(Intent::DismissProblems);
    let seen = updates_until(&app, |update| matches!(update, Update::Refused(_)));
    assert!(matches!(seen.last(), Some(Update::Refused(problem)) if problem.code == Code::Output), "{seen:?}");
    app.dispatch(Intent::DismissProblems);
    updates_until(&app, |update| *update == Update::Dismissed);
}
