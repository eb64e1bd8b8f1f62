//! Files before and after.

use std::fs;

use super::*;
use crate::inspect;

const MODULE: &str = "import argparse\n";

fn folder(files: &[(&str, &str)]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    for (name, text) in files {
        fs::write(root.join(name), text).unwrap();
    }
    (folder, root)
}

fn answers(words: &[&str]) -> Keep {
    let mut facts = Facts::default();
    for assignment in words {
        facts.assign(assignment).unwrap();
    }
    Keep { facts, ..Keep::default() }
}

fn kept(root: &Path, words: &[&str]) -> Result<PathBuf, AnswersError> {
    keep(&inspect::read(root).unwrap().project, &answers(words))
}

fn read(root: &Path, name: &str) -> String {
    fs::read_to_string(root.join(name)).unwrap()
}

const PROJECT: &str = "[project]\nname = 'x' # the name\nversion = '1'\n";

#[test]
fn answers_go_to_the_end_of_pyproject_toml_and_are_read_back() {
    let (_folder, root) = folder(&[("pyproject.toml", PROJECT), ("x.py", MODULE)]);
    let file = kept(&root, &["audience=end-users,operators", "windows:python-on-target=absent"]).unwrap();
    assert_eq!(file, root.join("pyproject.toml"));
    let added = "\n[tool.packwright]\nversion = 1\nfacts.audience = [\"operators\", \"end-users\"]\nfacts.targets.windows.python-on-target = [\"absent\"]\n";
    assert_eq!(read(&root, "pyproject.toml"), format!("{PROJECT}{added}"));
    let facts = inspect::read(&root).unwrap().facts;
    assert!(facts.has("audience", "end-users") && facts.for_target(Os::Windows).has("python-on-target", "absent"));
}

#[test]
fn a_folder_without_pyproject_toml_gets_a_file_of_its_own() {
    let (_folder, root) = folder(&[("x.py", MODULE), ("requirements.txt", "")]);
    kept(&root, &["audience=end-users", "network=internet"]).unwrap();
    let text = "version = 1\n\n[facts]\naudience = [\"end-users\"]\nnetwork = [\"internet\"]\n";
    assert_eq!(read(&root, "packwright.toml"), text);
    assert!(inspect::read(&root).unwrap().facts.has("network", "internet"));
}

#[test]
fn each_script_of_a_folder_has_answers_of_its_own() {
    let (_folder, root) = folder(&[("a.py", MODULE), ("b.py", MODULE), ("pyproject.toml", PROJECT)]);
    let inspected = |name: &str| inspect::read(&root.join(name)).unwrap();
    keep(&inspected("a.py").project, &answers(&["audience=end-users"])).unwrap();
    keep(&inspected("b.py").project, &answers(&["audience=developers"])).unwrap();
    assert!(inspected("a.py").facts.has("audience", "end-users"));
    assert!(inspected("b.py").facts.has("audience", "developers"));
    assert!(inspect::read(&root).unwrap().facts.tags("audience").is_empty());
    kept(&root, &["audience=operators"]).unwrap();
    assert!(inspect::read(&root).unwrap().facts.has("audience", "operators"));
}

#[test]
fn a_script_with_settings_in_its_header_is_left_alone() {
    let header = "# /// script\n# [tool.packwright]\n# build = ['pex']\n# ///\n";
    let (_folder, root) = folder(&[("a.py", header)]);
    let error = kept(&root.join("a.py"), &["audience=end-users"]).unwrap_err();
    assert!(matches!(error, AnswersError::Header { .. }));
    assert_eq!((read(&root, "a.py"), root.join("packwright.toml").exists()), (header.into(), false));
}

#[test]
fn the_same_answers_again_change_nothing_and_others_change_one_line() {
    let mine =
        "[tool.packwright]\r\n# asked in May\r\nfacts = { audience = 'end-users' } # all\r\nbuild = [ 'pex' ]\r\n";
    let (_folder, root) = folder(&[("pyproject.toml", &format!("{PROJECT}{mine}")), ("x.py", MODULE)]);
    kept(&root, &["audience=end-users"]).unwrap();
    assert_eq!(read(&root, "pyproject.toml"), format!("{PROJECT}{mine}"));
    kept(&root, &["audience=developers"]).unwrap();
    let changed = mine.replace("'end-users'", "[\"developers\"]");
    assert_eq!(read(&root, "pyproject.toml"), format!("{PROJECT}{changed}"));
}

#[test]
fn what_was_taken_back_is_gone_and_chosen_technologies_are_repeated() {
    let (_folder, root) = folder(&[("x.py", MODULE), ("y.py", MODULE)]);
    kept(&root, &["audience=end-users", "windows:limits=small"]).unwrap();
    let fact = |id| Fact::named(id).unwrap();
    let forget = vec![(None, fact("audience")), (Some(Os::Windows), fact("limits")), (None, fact("kind"))];
    let project = inspect::read(&root).unwrap().project;
    keep(&project, &Keep { forget, build: Some(vec!["zipapp".into(), "pex".into()]), ..Keep::default() }).unwrap();
    let inspection = inspect::read(&root).unwrap();
    assert!(inspection.facts.tags("audience").is_empty());
    assert_eq!(inspection.project.settings.build, ["zipapp", "pex"]);
}

#[test]
fn settings_that_cannot_be_understood_are_not_touched() {
    for (text, words) in
        [("version = 2\n[facts]\n", "newer Packwright"), ("facts = 3\n", "is not TOML"), ("facts = {\n", "is not TOML")]
    {
        let (_folder, root) = folder(&[("x.py", MODULE)]);
        let project = inspect::read(&root).unwrap().project;
        fs::write(root.join("packwright.toml"), text).unwrap();
        let error = keep(&project, &answers(&["audience=end-users"])).unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
        assert_eq!(read(&root, "packwright.toml"), text);
        assert_eq!(Problem::from(error).code, Code::Unreadable);
    }
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    #[test]
    fn permissions_stay_and_protected_files_are_left_alone() {
        let (_folder, root) = folder(&[("pyproject.toml", PROJECT), ("x.py", MODULE)]);
        let file = root.join("pyproject.toml");
        let mode = |mode| fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
        mode(0o640);
        kept(&root, &["audience=end-users"]).unwrap();
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
        mode(0o444);
        let error = kept(&root, &["audience=developers"]).unwrap_err();
        assert!(matches!(error, AnswersError::Protected { .. }));
        assert!(read(&root, "pyproject.toml").contains("end-users"));
    }

    #[test]
    fn a_link_is_followed_inside_the_project_only() {
        let (_elsewhere, outside) = folder(&[("x.toml", "")]);
        let (_folder, root) = folder(&[("x.py", MODULE), ("real.toml", "# mine\n")]);
        symlink("real.toml", root.join("packwright.toml")).unwrap();
        let project = inspect::read(&root).unwrap().project;
        keep(&project, &answers(&["audience=end-users"])).unwrap();
        assert!(read(&root, "real.toml").contains("end-users") && root.join("packwright.toml").is_symlink());
        fs::remove_file(root.join("packwright.toml")).unwrap();
        symlink(outside.join("x.toml"), root.join("packwright.toml")).unwrap();
        let error = keep(&project, &answers(&["audience=end-users"])).unwrap_err();
        assert!(matches!(error, AnswersError::Outside { .. }));
        assert_eq!(read(&outside, "x.toml"), "");
    }
}

#[test]
fn what_belongs_to_the_project_is_kept_and_read_back() {
    let (_folder, root) =
        folder(&[("pyproject.toml", PROJECT), ("x.py", MODULE), ("app.db", ""), ("draft.py", MODULE)]);
    let keeps = |include: &[&str], leave_out: &[&str]| {
        let texts = |all: &[&str]| all.iter().map(|text| (*text).to_owned()).collect();
        let sorting = Sorting { include: texts(include), leave_out: texts(leave_out) };
        keep(&inspect::read(&root).unwrap().project, &Keep { sorting, ..Keep::default() }).unwrap();
        let project = inspect::read(&root).unwrap().project;
        (project.settings.include.clone(), project.settings.leave_out.clone(), project.selection.files)
    };
    let (include, leave_out, files) = keeps(&["app.db"], &["draft.py"]);
    assert_eq!((include.len(), leave_out.len()), (1, 1));
    assert_eq!(files, ["app.db", "pyproject.toml", "x.py"]);
    // The other way round, each goes from one list to the other.
    let (include, leave_out, files) = keeps(&["draft.py"], &["app.db"]);
    assert_eq!((include, leave_out), (vec!["draft.py".to_owned()], vec!["app.db".to_owned()]));
    assert_eq!(files, ["draft.py", "pyproject.toml", "x.py"]);
}
