//! Several builds in one session: one that is cancelled ends alone.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use packwright_core::app::App;
use packwright_core::engine::{Engine, Machine, Settings};
use packwright_core::event::BuildId;
use packwright_core::problem::Code;
use packwright_core::session::{Choice, Intent, Phase, View};
use packwright_tests::{Workbench, tree};

use crate::hostile_builds::processes;

const WHEEL: BuildId = BuildId(1);
const SDIST: BuildId = BuildId(2);

/// A session whose view is kept as a front end would.
struct Session {
    app: App,
    view: View,
}

impl Session {
    fn open(bench: &Workbench, path: PathBuf) -> Self {
        let cache = bench.cache().join("packwright");
        let engine = Engine::open_at(&cache, &bench.path().join("data"), Box::new(Machine)).unwrap();
        let mut session = Self { app: App::start_with(engine), view: View::default() };
        session.app.dispatch(Intent::Open { path });
        session.until("the project", |session| session.view.project.is_some());
        session
    }

    /// Waits until something is true of the session.
    fn until(&mut self, what: &str, done: impl Fn(&Self) -> bool) {
        let patience = Instant::now() + Duration::from_mins(3);
        while !done(self) {
            assert!(Instant::now() < patience, "{what} did not come:\n{:#?}", self.view.builds);
            for update in self.app.wait(Duration::from_millis(20)).unwrap() {
                self.view.apply(&update);
            }
        }
    }

    fn plan(&mut self, technologies: &[&str], settings: Settings) {
        self.app.dispatch(Intent::Set { settings: Box::new(settings) });
        self.app.dispatch(Intent::Choose { choices: technologies.iter().copied().map(Choice::of).collect() });
    }

    fn has_ended(&self, build: BuildId) -> bool {
        self.view.builds.get(&build).is_some_and(packwright_core::session::BuildView::has_ended)
    }
}

fn settings(out: &Path) -> Settings {
    Settings { out: out.into(), jobs: 2, trusted: true, ..Settings::default() }
}

/// A project whose source distribution takes for ever, and whose wheel does not.
fn slow(bench: &Workbench) -> PathBuf {
    let code = "import sys, time\nif 'sdist' in sys.argv:\n    print('the long part begins', flush=True)\n    \
                time.sleep(8642)\n";
    let files = tree::legacy_project(code);
    let files: Vec<_> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    bench.project("slow", &files)
}

#[test]
fn of_two_builds_one_is_cancelled_and_the_other_ends_well() {
    let bench = Workbench::new();
    let (root, out) = (slow(&bench), bench.path().join("out"));
    let mut session = Session::open(&bench, root);
    session.plan(&["wheel", "sdist"], settings(&out));
    session.until("the plans", |session| session.view.plans.len() == 2);
    session.app.dispatch(Intent::Build { builds: vec![WHEEL, SDIST] });
    // The log of a step can be read while the step runs.
    session.until("the long part", |session| {
        let running = session.view.builds[&SDIST].running();
        let logs = running.filter_map(|step| session.app.log(&step.step));
        logs.into_iter().any(|log| log.tail(20).contains("the long part begins"))
    });
    session.until("the wheel, while the other runs", |session| session.has_ended(WHEEL));
    assert!(!session.has_ended(SDIST));
    session.app.dispatch(Intent::Cancel { build: Some(SDIST) });
    session.until("the end", |session| session.has_ended(SDIST));
    let (wheel, sdist) = (&session.view.builds[&WHEEL], &session.view.builds[&SDIST]);
    assert_eq!((wheel.phase, sdist.phase), (Phase::Done, Phase::Failed), "{:#?}", session.view.builds);
    assert_eq!(sdist.problem.as_ref().unwrap().code, Code::Cancelled);
    assert_eq!(sdist.running().count(), 0);
    assert!(wheel.artifact.as_ref().unwrap().path.exists());
    let names: Vec<_> = tree::children(&out).iter().map(|path| tree::name(path)).collect();
    assert!(names.iter().all(|name| name.contains(".whl")), "{names:?}");
    assert!(!processes().contains("8642"), "something was left behind");
}

#[test]
fn a_build_is_cancelled_wherever_it_is() {
    let bench = Workbench::new();
    let (root, out) = (bench.project("greet", &tree::console_project(&[])), bench.path().join("out"));
    let mut session = Session::open(&bench, root);
    // While it is planned, or waits for its turn to be.
    session.plan(&["wheel", "sdist"], settings(&out));
    session.app.dispatch(Intent::Cancel { build: Some(SDIST) });
    session.until("the end of one", |session| session.has_ended(SDIST));
    session.until("the plan of the other", |session| session.view.plans.contains_key(&WHEEL));
    // With a plan that is ready, which can then not be carried out any more.
    session.app.dispatch(Intent::Cancel { build: Some(WHEEL) });
    session.app.dispatch(Intent::Build { builds: vec![WHEEL, SDIST] });
    session.until("the end of the other", |session| session.has_ended(WHEEL));
    let codes: Vec<_> = session.view.summary().problems.into_iter().map(|problem| problem.code).collect();
    assert_eq!(codes, [Code::Cancelled, Code::Cancelled]);
    assert!(!out.exists());
    // And it can be asked for once more.
    session.app.dispatch(Intent::PlanAgain { builds: vec![WHEEL] });
    session.until("the plan", |session| !session.has_ended(WHEEL) && session.view.plans.contains_key(&WHEEL));
    session.app.dispatch(Intent::Build { builds: vec![WHEEL] });
    session.app.dispatch(Intent::Cancel { build: None });
    session.until("the end", |session| session.has_ended(WHEEL));
    assert_eq!(session.view.builds[&WHEEL].phase, Phase::Failed);
    assert!(!out.exists(), "{:?}", tree::children(&out));
}

#[test]
fn the_cache_is_not_trimmed_between_a_plan_and_its_build() {
    let bench = Workbench::new().with_own_cache();
    let tool = "import argparse\n\nargparse.ArgumentParser(prog=\"tool\").parse_args()\n";
    let root = bench.project("tool", &[("tool.py", tool)]);
    let other =
        Engine::open_at(&bench.cache().join("packwright"), &bench.path().join("data"), Box::new(Machine)).unwrap();
    let mut session = Session::open(&bench, root.join("tool.py"));
    session.plan(&["pep723-script"], settings(&bench.path().join("out")));
    session.until("the plan", |session| session.view.plans.contains_key(&WHEEL));
    assert_eq!(other.trim_cache(0).unwrap_err().message, "the cache is in use by a build");
    session.app.dispatch(Intent::Cancel { build: Some(WHEEL) });
    session.until("the end", |session| session.has_ended(WHEEL));
    other.trim_cache(0).unwrap();
}
