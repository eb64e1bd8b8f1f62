//! Projects whose version comes from their repository: the version is read, and nothing that the repository names is run.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use packwright_tests::{Invocation, Workbench, tree};

use crate::path_of;

const DEFINITION: &str = "[build-system]\nrequires = [\"setuptools>=77\", \"setuptools-scm>=8\"]\n\
                          build-backend = \"setuptools.build_meta\"\n\n[project]\nname = \"tagged\"\n\
                          dynamic = [\"version\"]\n\n[tool.setuptools]\npy-modules = [\"tagged\"]\n\n[tool.setuptools_scm]\n";

fn git(folder: &Path, words: &[&str]) {
    let own = ["-c", "user.name=Test", "-c", "user.email=test@example.invalid"];
    let output = Command::new("git").args(own).args(words).current_dir(folder).output().expect("git runs");
    assert!(output.status.success(), "git {words:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// A project at the tag `v1.2.3` of its repository.
fn tagged(bench: &Workbench, name: &str) -> PathBuf {
    let attributes = "*.py filter=evil diff=evil merge=evil\n";
    let files = [("pyproject.toml", DEFINITION), ("tagged.py", "VALUE = 1\n"), (".gitattributes", attributes)];
    let root = bench.project(name, &files);
    git(&root, &["init", "--quiet", "--initial-branch=main"]);
    git(&root, &["add", "--all"]);
    git(&root, &["commit", "--quiet", "--message=First"]);
    git(&root, &["tag", "v1.2.3"]);
    root
}

/// Makes every place of a repository that can name a program name one that leaves a mark.
fn arm(git_folder: &Path, mark: &Path) {
    let program = format!("touch {}", mark.display());
    let config = format!(
        "[core]\n\trepositoryformatversion = 0\n\tbare = false\n\tfsmonitor = \"{program}; false\"\n\tsshCommand = {program}\n\
         \tpager = {program}\n\teditor = {program}\n[filter \"evil\"]\n\tclean = {program}\n\tsmudge = {program}\n\
         \tprocess = {program}\n\trequired = true\n[diff]\n\texternal = {program}\n[diff \"evil\"]\n\ttextconv = {program}\n\
         [include]\n\tpath = more\n[gpg]\n\tprogram = {program}\n[uploadpack]\n\tpackObjectsHook = {program}\n"
    );
    let more =
        format!("[core]\n\thooksPath = .git/armed\n\tfsmonitor = {program}\n\talternateRefsCommand = {program}\n");
    tree::write(git_folder, &[("config", &config), ("more", &more), ("info/attributes", "* filter=evil\n")]);
    for folder in ["hooks", "armed"] {
        for hook in ["post-index-change", "fsmonitor-watchman", "post-checkout", "reference-transaction"] {
            let path = git_folder.join(folder).join(hook);
            tree::write(git_folder, &[(&format!("{folder}/{hook}"), &format!("#!/bin/sh\n{program}\n"))]);
            #[cfg(unix)]
            fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        }
    }
}

/// Without a sandbox, where a program could leave its mark; as it is where there is none anyway.
fn unconfined(bench: &Workbench) -> Invocation {
    let hidden = ["--ro-bind", "/dev/null", "/usr/bin/bwrap"];
    bench.packwright_in_changed_view(&hidden).unwrap_or_else(|| bench.packwright([] as [&str; 0]))
}

fn build(run: Invocation, bench: &Workbench, project: &Path) -> packwright_tests::Run {
    let run = run.args(["build", "wheel", "--trust", "--no-verify", "--json", "--out"]).arg(bench.path().join("out"));
    run.arg(project).run()
}

fn is_armed(root: &Path, mark: &Path) -> bool {
    let _ = Command::new("git").args(["status", "--porcelain"]).current_dir(root).output();
    let went_off = mark.exists();
    let _ = fs::remove_file(mark);
    went_off
}

#[test]
fn a_version_is_read_from_a_repository_and_no_program_that_it_names_is_run() {
    let bench = Workbench::new();
    let (root, mark) = (tagged(&bench, "tagged"), bench.path().join("mark"));
    arm(&root.join(".git"), &mark);
    assert!(is_armed(&root, &mark), "the trap does not work");
    for run in [unconfined(&bench), bench.packwright([] as [&str; 0])] {
        let wheel = path_of(&build(run, &bench, &root).expect_code(0).artifact());
        assert!(!mark.exists(), "a program was run");
        assert_eq!(tree::name(&wheel), "tagged-1.2.3-py3-none-any.whl");
    }
    for command in ["inspect", "advise", "plan"] {
        let _ = unconfined(&bench)
            .args([command, "wheel"].iter().take(if command == "plan" { 2 } else { 1 }))
            .arg(&root)
            .run();
        assert!(!mark.exists(), "`{command}` ran a program");
    }
}

#[cfg(unix)]
#[test]
fn a_repository_elsewhere_is_not_followed() {
    let bench = Workbench::new();
    let (other, mark) = (tagged(&bench, "other"), bench.path().join("mark"));
    arm(&other.join(".git"), &mark);
    let linked = bench.project("linked", &[("pyproject.toml", DEFINITION), ("tagged.py", "")]);
    std::os::unix::fs::symlink(other.join(".git"), linked.join(".git")).unwrap();
    let pointer = format!("gitdir: {}\n", other.join(".git").display());
    let pointing = bench.project("pointing", &[("pyproject.toml", DEFINITION), ("tagged.py", ""), (".git", &pointer)]);
    // Git takes a folder for a repository that has these; then its configuration counts too.
    let bare = bench.project("bare", &[("pyproject.toml", DEFINITION), ("tagged.py", "")]);
    tree::copy(&other.join(".git"), &bare);
    for root in [linked, pointing, bare] {
        assert!(is_armed(&root, &mark) || root.ends_with("bare"), "the trap of `{}` does not work", root.display());
        let run = build(unconfined(&bench), &bench, &root).expect_code(1);
        assert!(!mark.exists(), "a program was run for `{}`\n{run}", root.display());
    }
}
