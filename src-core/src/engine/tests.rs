//! Engines on one cache.

use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use super::*;
use crate::backend::{Request, sample};
use crate::engine::tools::rehearsal::{Part, Rehearsal};
use crate::facts::Target;
use crate::plan::{Action, Command, Plan, Step, ToolRef};

#[test]
fn of_two_engines_of_one_process_each_keeps_its_own_when_the_other_goes() {
    let folder = tempfile::tempdir().unwrap();
    let (cache, data) = (folder.path().join("cache"), folder.path().join("data"));
    let open = || Engine::open_at(&cache, &data, Box::new(Rehearsal::new(|_| Part::default()))).unwrap();
    let (one, other) = (open(), open());
    let (half_made, gone) = (other.store.work(), one.store.work());
    assert_ne!(half_made, gone);
    assert_ne!(one.logs, other.logs);
    std::fs::write(half_made.join("step"), "").unwrap();
    drop(one);
    // Opening sweeps away what the dead left.
    let third = open();
    assert!(half_made.join("step").exists() && !gone.exists());
    assert!(![half_made, gone].contains(&third.store.work()));
}

#[test]
#[cfg(target_os = "linux")]
fn opening_an_engine_leaves_the_umask_of_the_process_alone() {
    use rustix::fs::Mode;
    let folder = tempfile::tempdir().unwrap();
    let before = rustix::process::umask(Mode::from_raw_mode(0o027));
    let world = Box::new(Rehearsal::new(|_| Part::default()));
    let engine = Engine::open_at(&folder.path().join("cache"), &folder.path().join("data"), world).unwrap();
    drop(engine);
    assert_eq!(rustix::process::umask(before), Mode::from_raw_mode(0o027));
}

#[test]
fn the_doctor_waits_while_another_clears_the_cache() {
    let folder = tempfile::tempdir().unwrap();
    let (cache, data) = (folder.path().join("cache"), folder.path().join("data"));
    let world = Rehearsal::new(|_| Part::default());
    let engine = Engine::open_at(&cache, &data, Box::new(world)).unwrap();
    let technology = backends::all()[0].entry().id.as_str();
    // What is known of this machine afterwards takes no time again.
    assert_eq!(engine.doctor(Some(technology)).unwrap().len(), 1);
    let clearing = usage::keep_out(&cache).unwrap();
    std::thread::scope(|scope| {
        let (ended, end) = channel();
        scope.spawn(move || ended.send(engine.doctor(Some(technology)).map(|found| found.len())));
        assert_eq!(end.recv_timeout(Duration::from_millis(500)), Err(RecvTimeoutError::Timeout));
        drop(clearing);
        assert_eq!(end.recv_timeout(Duration::from_secs(60)), Ok(Ok(1)));
    });
}

#[test]
fn tools_that_later_steps_miss_are_said_before_the_first_step_with_what_installs_them() {
    let folder = tempfile::tempdir().unwrap();
    let world = Rehearsal::new(|_| Part::default());
    let engine = Engine::open_at(&folder.path().join("cache"), &folder.path().join("data"), Box::new(world)).unwrap();
    let root = folder.path().join("project");
    std::fs::create_dir(&root).unwrap();
    let request = Request { project: Project::empty(root), ..sample::weather() };
    let mut plan = Plan::new("wheel");
    let run = |name: &str| Action::run(Command::new(ToolRef::System { name: name.into() }, ["--help"]));
    plan.add(Step::new("first", Action::write("a", "a")));
    for name in ["omnibus", "state", "no-such-tool"] {
        plan.add(Step::new(name, run(name)));
    }
    let settings = Settings {
        out: folder.path().join("out"),
        out_is_named: true,
        jobs: 2,
        use_cache: true,
        ..Settings::default()
    };
    let (_, source) = engine.source(&request.project, &settings, &Notices::default(), &Cancel::default()).unwrap();
    let prepared = Prepared::new(request, plan, Vec::new()).for_source(source);
    let (events, failures) = (Mutex::new(Vec::new()), Mutex::new(Vec::new()));
    engine.build(
        vec![(prepared, Cancel::default())],
        &settings,
        &|_, event| events.lock().unwrap().push(event),
        &|_, built| failures.lock().unwrap().push(built.unwrap_err()),
    );
    let problem = failures.lock().unwrap().remove(0);
    assert_eq!((problem.code, problem.technology.as_deref()), (Code::ToolMissing, Some("wheel")));
    assert_eq!(problem.message, "`no-such-tool`, `omnibus` and `state` were not found on PATH");
    let hints: Vec<&str> = problem.hints.iter().map(|hint| hint.text.as_str()).collect();
    assert!(hints[0].starts_with("Install `omnibus` as https://github.com/chef/omnibus says: "), "{hints:?}");
    assert!(hints[1].starts_with("Install `state` as https://"), "{hints:?}");
    assert!(events.lock().unwrap().is_empty());
}

/// A script, and an order to build it with nothing but the engine itself.
fn script(folder: &Path, text: &str) -> Order {
    let path = folder.join("tool.py");
    std::fs::write(&path, text).unwrap();
    let inspection = inspect::read(&path).unwrap();
    Order {
        target: Target::of(&inspection.facts),
        project: inspection.project,
        facts: inspection.facts,
        technology: "zipapp".into(),
        entry: None,
        options: BTreeMap::new(),
        extras: Vec::new(),
        scm_version: None,
        typed: Vec::new(),
        groups: Vec::new(),
    }
}

#[test]
fn a_project_that_only_declares_is_built_as_it_was_planned_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let world = Rehearsal::new(|_| Part::default());
    let engine = Engine::open_at(&folder.path().join("cache"), &folder.path().join("data"), Box::new(world)).unwrap();
    let settings = Settings { out: folder.path().join("out"), jobs: 1, offline: true, ..Settings::default() };
    let cancel = Cancel::default();
    let order = script(folder.path(), "print('first')\n");
    // Whoever edits what was read before anything was planned gets what is there.
    std::fs::write(folder.path().join("tool.py"), "print('second')\n").unwrap();
    let planned = || engine.prepare(&order, &settings, &|_, _| {}, &cancel).unwrap();
    let built = |prepared: Prepared| {
        let ended = Mutex::new(None);
        engine.build(vec![(prepared, cancel.clone())], &settings, &|_, _| {}, &|_, built| {
            *ended.lock().unwrap() = Some(built);
        });
        ended.into_inner().unwrap().unwrap()
    };
    let prepared = planned();
    assert!(built(prepared.clone()).is_ok());
    std::fs::remove_dir_all(folder.path().join("out")).unwrap();
    std::fs::write(folder.path().join("tool.py"), "print('third!')\n").unwrap();
    let problem = built(prepared).unwrap_err();
    assert!(problem.message.contains("was changed after"), "{problem:?}");
    assert!(!folder.path().join("out").exists());
    assert!(built(planned()).is_ok());
}
