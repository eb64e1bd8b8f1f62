use super::*;
use crate::plan::{Action, Command, Consent, Plan, Step, ToolRef, Word};

const CODE: Agreed = Agreed { code: true, start: false };
const START: Agreed = Agreed { code: false, start: true };
const BOTH: Agreed = Agreed { code: true, start: true };
const NEITHER: Agreed = Agreed { code: false, start: false };

fn files(text: &str) -> Digest {
    Digest { files: text.into(), whole: text.into(), ..Digest::default() }
}

/// What a plan asks that runs code of the project for this reason, and starts it.
fn pinned(reason: &str, source: &Digest) -> Pinned {
    let mut plan = Plan::new("wheel");
    let command = Command::of(ToolRef::System { name: "x".into() }).arg(Word::source(""));
    plan.add(Step::new("Build", Action::run_foreign(command, "a", vec![reason.into()])));
    let mut consents = plan.consents(true, |_| true);
    consents.push(Consent::StartProgram { starts: vec!["a --help".into()] });
    Pinned::of(&plan, &consents, source)
}

/// How far a plan is agreed to now; what is not is noted as asked.
fn asked(trust: &Trust, project: &Project, reason: &str, source: &Digest) -> Agreed {
    let given = trust.given(project, NEITHER);
    let agreed = given.covers(&pinned(reason, source));
    trust.note(project, "wheel", source, given);
    agreed
}

fn trust() -> (tempfile::TempDir, Trust, Project) {
    let folder = tempfile::tempdir().unwrap();
    let trust = Trust::open(&folder.path().join("data"));
    let project = Project::empty(folder.path().join("project"));
    (folder, trust, project)
}

#[test]
fn an_answer_is_to_what_was_asked_and_to_nothing_that_came_later() {
    let (_keep, trust, project) = trust();
    let (shown, later) = (files("shown"), files("later"));
    assert_eq!(asked(&trust, &project, "`setup.py`", &shown), NEITHER);
    trust.grant(&project, CODE).unwrap();
    assert_eq!(asked(&trust, &project, "`setup.py`", &shown), CODE);
    assert_eq!(asked(&trust, &project, "`setup.py`", &later), NEITHER, "other files");
    assert_eq!(asked(&trust, &project, "`foo 1.1` comes as source only", &shown), NEITHER, "another reason");
    assert_eq!(asked(&trust, &project, "`setup.py`", &shown), CODE, "what was agreed to stays so");
}

#[test]
fn what_was_asked_about_files_that_have_changed_since_is_not_agreed_to_by_the_next_answer() {
    let (_keep, trust, project) = trust();
    asked(&trust, &project, "x", &files("declined"));
    asked(&trust, &project, "x", &files("shown"));
    trust.grant(&project, BOTH).unwrap();
    assert_eq!(asked(&trust, &project, "x", &files("declined")), NEITHER);
    assert_eq!(asked(&trust, &project, "x", &files("shown")), BOTH);
}

#[test]
fn starting_a_program_is_agreed_to_apart_from_building_it_and_each_project_by_itself() {
    let (keep, trust, project) = trust();
    let source = files("a");
    asked(&trust, &project, "x", &source);
    trust.grant(&project, START).unwrap();
    assert_eq!(asked(&trust, &project, "x", &source), START);
    assert_eq!(asked(&trust, &Project::empty(keep.path().join("other")), "x", &source), NEITHER);
    trust.grant(&project, CODE).unwrap();
    assert_eq!(asked(&trust, &project, "x", &source), BOTH);
    assert_eq!(Trust::open(&keep.path().join("data")).given(&project, NEITHER).known.code.len(), 2);
}

#[test]
fn another_file_of_a_source_distribution_is_asked_about_again() {
    let (_keep, trust, project) = trust();
    let may_run = |sha256: &str| {
        let given = trust.given(&project, NEITHER);
        let is_covered = given.covers_source(sha256);
        trust.note(&project, "pex", &files("same"), given);
        is_covered
    };
    assert!(!may_run("1.0"));
    trust.grant(&project, CODE).unwrap();
    assert!(may_run("1.0") && !may_run("1.1"));
    assert!(Given::everything(CODE).covers_source("1.1"), "whoever trusts everything is not asked");
}

#[test]
fn what_earlier_versions_remembered_is_asked_again_and_what_is_kept_has_an_end() {
    let (keep, trust, project) = trust();
    let write = |json: serde_json::Value| {
        fs::create_dir_all(keep.path().join("data")).unwrap();
        fs::write(keep.path().join("data/trust.json"), json.to_string()).unwrap();
    };
    for earlier in [serde_json::json!("digest"), serde_json::json!({"code": "digest"})] {
        write(serde_json::json!({ key(&project): earlier }));
        let notices = Notices::default();
        trust.set_aside_damaged(&notices);
        assert!(keep.path().join("data/trust.json").exists());
        assert_eq!(asked(&trust, &project, "x", &files("a")), NEITHER);
    }
    let many: Vec<String> = (0..=MOST).map(|number| number.to_string()).collect();
    write(serde_json::json!({ key(&project): {"code": many} }));
    trust.grant(&project, CODE).unwrap();
    assert_eq!(trust.given(&project, NEITHER).known.code.len(), 2);
}

#[test]
fn a_damaged_file_is_moved_aside_and_the_user_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let (trust, notices) = (Trust::open(folder.path()), Notices::default());
    trust.set_aside_damaged(&notices);
    fs::write(folder.path().join("trust.json"), "{\"/a\": \"cut").unwrap();
    trust.set_aside_damaged(&notices);
    assert!(folder.path().join("trust.json.damaged").is_file() && !folder.path().join("trust.json").exists());
    let told = Mutex::new(0);
    notices.tell(0, &|_, _| *told.lock().unwrap() += 1);
    assert_eq!(told.into_inner().unwrap(), 1);
}

#[test]
fn scripts_of_one_folder_are_trusted_each() {
    let folder = tempfile::tempdir().unwrap();
    let script = |name: &str| {
        fs::write(folder.path().join(name), name).unwrap();
        crate::inspect::read(&folder.path().join(name)).unwrap().project
    };
    let (one, other) = (script("one.py"), script("other.py"));
    assert_ne!(key(&one), key(&other));
}

#[test]
fn of_those_who_agree_at_the_same_time_nobody_is_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let project = &|number: usize| Project::empty(folder.path().join(number.to_string()));
    std::thread::scope(|scope| {
        for number in 0..8 {
            let trust = Trust::open(&folder.path().join("data"));
            scope.spawn(move || {
                asked(&trust, &project(number), "x", &files("a"));
                trust.grant(&project(number), CODE).unwrap();
            });
        }
    });
    let trust = Trust::open(&folder.path().join("data"));
    assert!((0..8).all(|number| asked(&trust, &project(number), "x", &files("a")).code));
}
