use std::fs::File;

use super::*;
use crate::engine::disk::error::StoreError;
use crate::problem::{Code, Problem};

fn project(files: &[(&str, &str)]) -> (tempfile::TempDir, Project) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap().join("project");
    let mut project = Project::empty(root);
    for (file, text) in files {
        write(&project, file, text);
        project.selection.files.push((*file).into());
    }
    (folder, project)
}

fn write(project: &Project, file: &str, text: &str) {
    let path = project.root.join(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// The digest, without a memory of earlier ones.
fn known(project: &Project) -> Result<Digest, SourceError> {
    let memory = tempfile::tempdir().unwrap();
    digest(project, memory.path(), &Notices::default(), &Cancel::default())
}

fn copied(project: &Project, expected: &Digest) -> Result<tempfile::TempDir, SourceError> {
    let to = tempfile::tempdir().unwrap();
    copy(project, expected, to.path(), &Cancel::default()).map(|()| to)
}

fn said<T>(outcome: Result<T, SourceError>) -> String {
    outcome.map_or_else(|error| error.to_string(), |_| String::new())
}

#[test]
fn what_is_edited_added_to_or_removed_after_the_plan_is_not_copied_for_a_step() {
    let (_keep, project) = project(&[("setup.py", "shown"), ("pkg/a.py", "a")]);
    let planned = known(&project).unwrap();
    let copy = copied(&project, &planned).unwrap();
    assert_eq!(fs::read_to_string(copy.path().join("setup.py")).unwrap(), "shown");
    write(&project, "setup.py", "later");
    assert_eq!(said(copied(&project, &planned)), "`setup.py` was changed after the build was planned");
    write(&project, "setup.py", "shown");
    write(&project, "new.py", "no part of what was judged");
    assert!(!copied(&project, &planned).unwrap().path().join("new.py").exists());
    fs::remove_file(project.root.join("pkg/a.py")).unwrap();
    let error = copied(&project, &planned).unwrap_err();
    assert_eq!(error.to_string(), "`pkg/a.py` was changed after the project was read");
    let problem = Problem::from(error);
    assert!(problem.code == Code::BuildFailed && problem.hints[0].text.contains("looked at anew"), "{problem:?}");
}

#[test]
fn what_was_judged_by_another_content_is_not_planned() {
    let folder = tempfile::tempdir().unwrap();
    let write = |text: &str| fs::write(folder.path().join("pyproject.toml"), text).unwrap();
    let declares =
        "[project]\nname = 'a'\nversion = '1'\n[build-system]\nrequires = []\nbuild-backend = 'hatchling.build'\n";
    write(declares);
    let read = crate::inspect::read(folder.path()).unwrap().project;
    assert!(read.selection.read.contains_key("pyproject.toml"));
    known(&read).unwrap();
    write(&format!("{declares}backend-path = ['.']\n"));
    assert_eq!(said(known(&read)), "`pyproject.toml` was changed after the project was read");
    write(declares);
    known(&read).unwrap();
}

#[cfg(unix)]
#[test]
fn links_and_folders_that_lead_elsewhere_since_are_not_followed() {
    use std::os::unix::fs::symlink;
    let (keep, mut project) = project(&[("pkg/key", "mine"), ("data", "mine")]);
    project.selection.files.push("link".into());
    symlink("data", project.root.join("link")).unwrap();
    let planned = known(&project).unwrap();
    assert!(copied(&project, &planned).unwrap().path().join("link").is_symlink());
    let elsewhere = keep.path().join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    fs::write(elsewhere.join("key"), "secret").unwrap();
    let point = |name: &str, target: &Path| {
        let path = project.root.join(name);
        crate::engine::disk::files::remove_all(&path);
        symlink(target, path).unwrap();
    };
    point("link", &elsewhere.join("key"));
    assert_eq!(said(known(&project)), "the link `link` leads out of the project");
    assert!(!said(copied(&project, &planned)).is_empty());
    point("link", Path::new("data"));
    point("pkg", &elsewhere);
    assert_eq!(said(known(&project)), "`pkg/key` was changed after the project was read");
    assert_eq!(said(copied(&project, &planned)), "`pkg/key` was changed after the project was read");
}

#[cfg(unix)]
#[test]
fn what_became_a_pipe_or_a_device_is_not_read() {
    let (_keep, project) = project(&[("a", "text")]);
    let planned = known(&project).unwrap();
    fs::remove_file(project.root.join("a")).unwrap();
    rustix::fs::mkfifoat(rustix::fs::CWD, project.root.join("a"), rustix::fs::Mode::RWXU).unwrap();
    assert!(said(known(&project)).contains("was changed") && said(copied(&project, &planned)).contains("was changed"));
}

#[cfg(unix)]
#[test]
fn a_file_that_makes_who_runs_it_its_owner_is_copied_as_a_usual_one_and_named() {
    use std::os::unix::fs::PermissionsExt;
    let (keep, project) = project(&[("su", "text"), ("plain", "text")]);
    let told = || {
        let (notices, told) = (Notices::default(), std::sync::Mutex::new(Vec::new()));
        let digest = digest(&project, keep.path(), &notices, &Cancel::default()).unwrap();
        notices.tell(0, &|_, event| told.lock().unwrap().push(format!("{event:?}")));
        (digest, told.into_inner().unwrap().concat())
    };
    assert_eq!(told().1, "");
    let set =
        |file: &str, mode| fs::set_permissions(project.root.join(file), fs::Permissions::from_mode(mode)).unwrap();
    set("su", 0o4755);
    let (planned, one) = told();
    assert!(one.contains("`su` is set to run as the owner or group, and what is built from that is not"), "{one}");
    let copy = copied(&project, &planned).unwrap();
    assert_eq!(mode_of(&fs::metadata(copy.path().join("su")).unwrap()), 0o755);
    set("plain", 0o2755);
    let several = told().1;
    assert!(several.contains("`su` and 1 more file are set"), "{several}");
}

#[test]
fn a_project_that_is_too_large_is_named_before_any_of_it_is_read() {
    let (_keep, project) = project(&[("a.py", "a"), ("README.md", ""), ("data/b", "")]);
    let sized = |file: &str, bytes| {
        File::options().write(true).open(project.root.join(file)).unwrap().set_len(bytes).unwrap();
    };
    sized("README.md", 10 << 30);
    sized("data/b", 1 << 20);
    let begin = std::time::Instant::now();
    let problem = Problem::from(known(&project).unwrap_err()).limit_hint();
    assert!(begin.elapsed().as_secs() < 1, "{:?}", begin.elapsed());
    assert!(problem.message.ends_with("is too large to be copied for a build"), "{problem:?}");
    let expected = ["it has 10242 MiB, more than Packwright takes: 4096 MiB", "`README.md` has 10240 MiB"];
    assert_eq!(problem.causes[..2], expected);
    let hints: Vec<&str> = problem.hints.iter().map(|hint| hint.text.as_str()).collect();
    assert!(hints[0].contains("`.gitignore`") && hints[1].contains("`PACKWRIGHT_LIMITS=2`"), "{hints:?}");
    let many = (0..200_001).map(|number| (number.to_string(), 0));
    let error = must_fit(&project.root, Limits::current(), many).unwrap_err();
    assert!(
        matches!(error, SourceError::TooMuch { largest, source, .. } if largest.is_empty() && source.to_string().starts_with("it holds 200001 files"))
    );
    sized("README.md", 0);
    known(&project).unwrap();
}

#[test]
fn a_repository_that_the_build_gets_counts_too() {
    let (_keep, mut project) = project(&[("a.py", "a")]);
    project.build_system = Some(crate::facts::BuildSystem {
        requires: vec!["setuptools-scm".into()],
        backend: "setuptools.build_meta".into(),
        backend_path: vec![],
        source: crate::facts::Source::User,
        own_code: vec![],
    });
    write(&project, ".git/HEAD", "x");
    write(&project, ".git/objects/pack/pack-1.pack", "");
    let planned = known(&project).unwrap();
    copied(&project, &planned).unwrap();
    File::options()
        .write(true)
        .open(project.root.join(".git/objects/pack/pack-1.pack"))
        .unwrap()
        .set_len(10 << 30)
        .unwrap();
    assert!(matches!(copied(&project, &planned), Err(SourceError::TooMuch { .. })));
}

#[cfg(target_os = "linux")]
#[test]
fn holes_of_a_file_are_holes_of_its_copy() {
    use std::os::unix::fs::{FileExt, MetadataExt};
    let (_keep, project) = project(&[("data", "begin")]);
    let file = File::options().write(true).open(project.root.join("data")).unwrap();
    file.write_all_at(b"middle", 40 << 20).unwrap();
    file.set_len(80 << 20).unwrap();
    let copy = copied(&project, &known(&project).unwrap()).unwrap();
    let found = fs::metadata(copy.path().join("data")).unwrap();
    assert_eq!(found.len(), 80 << 20);
    assert!(found.blocks() * 512 < 8 << 20, "{} blocks", found.blocks());
    assert!(fs::read(copy.path().join("data")).unwrap() == fs::read(project.root.join("data")).unwrap());
}

#[test]
fn hashing_and_copying_end_when_nobody_wants_them_any_more() {
    let (_keep, project) = project(&[("data", "")]);
    File::options().write(true).open(project.root.join("data")).unwrap().set_len(3 << 30).unwrap();
    let cancel = Cancel::default();
    let ended = |work: &(dyn Fn() -> Result<(), SourceError> + Sync)| {
        std::thread::scope(|scope| {
            let worker = scope.spawn(work);
            std::thread::sleep(std::time::Duration::from_millis(100));
            let begin = std::time::Instant::now();
            cancel.cancel();
            let outcome = worker.join().unwrap();
            (outcome, begin.elapsed())
        })
    };
    let memory = tempfile::tempdir().unwrap();
    let (outcome, waited) = ended(&|| digest(&project, memory.path(), &Notices::default(), &cancel).map(drop));
    assert!(matches!(outcome, Err(SourceError::Store(StoreError::Cancelled))), "{outcome:?}");
    assert!(waited.as_millis() < 500, "{waited:?}");
    let to = tempfile::tempdir().unwrap();
    let outcome = copy(&project, &Digest::default(), to.path(), &cancel);
    assert!(matches!(outcome, Err(SourceError::Store(StoreError::Cancelled))), "{outcome:?}");
    assert_eq!(Problem::from(outcome.unwrap_err()).code, Code::Cancelled);
}
