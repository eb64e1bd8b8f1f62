use super::fixture::Setting;
use super::*;
use crate::engine::run::source::{self, SourceError};
use crate::engine::tools::rehearsal::{Part, Rehearsal};
use crate::plan::{Action, Pick, Word};

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
        source::digest(&project, &folder.path().join("sources"), &Cancel::default()).unwrap()
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
