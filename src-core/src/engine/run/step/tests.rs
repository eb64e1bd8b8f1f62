use super::fixture::Setting;
use super::*;
use crate::engine::run::sandbox::Binding;
use crate::engine::run::source::{self, SourceError};
use crate::engine::terms::notices::Notices;
use crate::engine::tools::rehearsal::{Part, Rehearsal};
use crate::plan::{Action, Command, Device, Grants, Network, Pick, Place, Users, Word};
use crate::problem::Problem;

/// Copies `a.txt` of a project in a folder that was known by this.
fn copy(folder: &Path, source: &Digest, project: &Project) -> Result<Done, StepError> {
    let world = Rehearsal::new(|_| Part::default());
    let setting = Setting { folder, world: &world, project, source, jobs: 1, cancel: &Cancel::default() };
    let step = Step::new("copy", Action::copy(Word::source("a.txt"), "a.txt"));
    setting.work(|bench| bench.run(&step, &BTreeMap::new()))
}

#[test]
fn nothing_is_made_of_a_source_that_was_edited_after_the_plan() {
    let folder = tempfile::tempdir().unwrap();
    let mut project = Project::empty(folder.path().join("project"));
    project.selection.files = vec!["a.txt".into()];
    let write = |text: &str| {
        std::fs::create_dir_all(&project.root).unwrap();
        std::fs::write(project.root.join("a.txt"), text).unwrap();
        source::digest(&project, &folder.path().join("sources"), &Notices::default(), &Cancel::default()).unwrap()
    };
    let text = |done: &Done| std::fs::read_to_string(done.tree.path.join("a.txt")).unwrap();
    let before = write("before");
    let after = write("edited");
    let refused = copy(folder.path(), &before, &project).unwrap_err();
    assert!(matches!(refused, StepError::Source(SourceError::Edited { .. })), "{refused:?}");
    for cached in [false, true] {
        let done = copy(folder.path(), &after, &project).unwrap();
        assert_eq!((text(&done).as_str(), done.cached), ("edited", cached));
    }
    write("before");
    let done = copy(folder.path(), &before, &project).unwrap();
    assert_eq!((text(&done).as_str(), done.cached), ("before", false));
}

#[test]
fn a_folder_is_copied_and_gathered_whole_without_its_neighbours_and_one_that_is_missing_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let project = Project::empty(folder.path().join("project"));
    let world = Rehearsal::new(|_| Part::default());
    let cancel = Cancel::default();
    let setting = Setting {
        folder: folder.path(),
        world: &world,
        project: &project,
        source: &Digest::default(),
        jobs: 1,
        cancel: &cancel,
    };
    let maker = StepId::of(&Action::Fetch { files: Vec::new() });
    setting.work(|bench| {
        let mut manifest = crate::engine::trees::manifest::Manifest::default();
        for path in ["app/a", "app/lib/b", "app.spec"] {
            manifest.add(path.into(), bench.store.put(path.as_bytes(), false).unwrap()).unwrap();
        }
        let inputs = BTreeMap::from([(maker.clone(), bench.store.assemble(manifest).unwrap())]);
        let run = |action| bench.run(&Step::new("lay out", action), &inputs);
        let paths = |action| run(action).unwrap().tree.manifest.nodes.into_keys().collect::<Vec<_>>();
        let pick = |path: &str| Pick::Path(path.into());
        let copy = |path| Action::copy(Word::output(&maker, pick(path)), "to");
        let gather = |path| Action::copy(Word::output(&maker, pick(path)), "");
        assert_eq!(paths(copy("app")), ["to/a", "to/lib/b"]);
        assert_eq!(paths(copy("app/a")), ["to"]);
        assert_eq!(paths(gather("app")), ["a", "lib/b"]);
        assert_eq!(paths(gather("app/lib/b")), ["b"]);
        for action in [copy("ap"), gather("ap")] {
            let error = run(action).unwrap_err().to_string();
            assert_eq!(error, "`ap` was expected, but there was `app.spec`, `app/a` and `app/lib/b`");
        }
    });
}

/// What a step that runs `/bin/true` with these grants at this place fails with, where nothing can be run.
fn refused(offline: bool, place: Place, may: Grants) -> String {
    let folder = tempfile::tempdir().unwrap();
    let world = Rehearsal::new(|spawn| panic!("{spawn:?} was run"));
    let (project, source) = (Project::empty(folder.path().into()), Digest::default());
    let setting = Setting {
        folder: folder.path(),
        world: &world,
        project: &project,
        source: &source,
        jobs: 1,
        cancel: &Cancel::default(),
    };
    let commands = vec![Command::new(Word::text("/bin/true"), ["--help"])];
    let step = Step::new("x", Action::Run { place, may, commands });
    let settings = Settings { offline, ..Settings::default() };
    let error = setting.work(|bench| Bench { settings: &settings, ..*bench }.run(&step, &BTreeMap::new())).unwrap_err();
    Problem::from(error).in_one_sentence()
}

#[test]
fn what_a_step_is_granted_and_cannot_have_here_is_refused_before_it_runs() {
    let device = |device| Grants { devices: vec![device], ..Grants::default() };
    let network = Grants { network: Network::Machine, ..Grants::default() };
    let foreign = Grants { users: Users::Mapped, ..Grants::default() }.foreign("x", Vec::new());
    let wine = Place::Wine { prefix: Word::text("x") };
    for (offline, place, may, said) in [
        (true, Place::Here, network, "`true` needs the network, which may not be used"),
        (false, Place::Here, device(Device::Display), "a display is for trials, and for no step"),
        (false, Place::Here, device(Device::Serial), "a serial line is for trials"),
        (false, Place::Here, foreign, "code of x does not run with rights over several users"),
        (false, wine, Grants::default(), "Wine cannot be had here"),
    ] {
        let problem = refused(offline, place, may);
        assert!(problem.starts_with(said), "{problem}");
    }
    // Who may open it has it.
    if Binding::usable_device("/dev/kvm").is_err() {
        assert!(refused(false, Place::Here, device(Device::Kvm)).starts_with("`/dev/kvm` cannot be used here: "));
    }
}
