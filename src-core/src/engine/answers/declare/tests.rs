//! Files before and after.

use std::fs;

use super::*;
use crate::inspect;

fn to_run(requirement: &str) -> Declaration {
    Declaration { requirement: requirement.into(), needed: Needed::ToRun }
}

/// What a file holds after these were declared in a folder with it, and what is then known to be needed.
fn declared(files: &[(&str, &str)], name: &str, wanted: &[Declaration]) -> (String, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    for (name, text) in files {
        fs::write(root.join(name), text).unwrap();
    }
    let opened = if name.ends_with(".py") { root.join(name) } else { root.clone() };
    let project = inspect::read(&opened).unwrap().project;
    assert_eq!(declare(&project, wanted).unwrap(), [root.join(name)]);
    let again = inspect::read(&opened).unwrap().project;
    let needs = again.dependencies.into_iter().map(|requirement| requirement.text).collect();
    (fs::read_to_string(root.join(name)).unwrap(), needs)
}

const HEAD: &str = "[project]\nname = \"a\"\nversion = \"1\"\n";

#[test]
fn a_requirement_joins_the_list_in_the_way_that_it_is_written() {
    let with = |list: &str, wanted: &str| {
        let text = format!("{HEAD}dependencies = {list}\n[tool.x]\n");
        let (text, _) = declared(&[("pyproject.toml", &text), ("a.py", "")], "pyproject.toml", &[to_run(wanted)]);
        text.strip_prefix(HEAD).unwrap().strip_suffix("\n[tool.x]\n").unwrap().to_owned()
    };
    assert_eq!(with("[]", "Pillow"), "dependencies = [\"Pillow\"]");
    assert_eq!(with("['rich']", "Pillow"), "dependencies = ['rich', \"Pillow\"]");
    assert_eq!(with("[\n  \"rich\", # why\n]", "Pillow"), "dependencies = [\n  \"rich\", # why\n  \"Pillow\",\n]");
    assert_eq!(with("[\n  \"rich\"\n]", "Pillow"), "dependencies = [\n  \"rich\",\n  \"Pillow\"\n]");
    assert_eq!(with("[\"setuptools\", \"x\"]", "setuptools<82"), "dependencies = [\"setuptools<82\", \"x\"]");
}

#[test]
fn a_list_is_begun_where_there_is_none() {
    let (text, needs) = declared(&[("pyproject.toml", HEAD), ("a.py", "")], "pyproject.toml", &[to_run("Pillow")]);
    assert_eq!(text, format!("{HEAD}dependencies = [\"Pillow\"]\n"));
    assert_eq!(needs, ["Pillow"]);
    let poetry = "[tool.poetry]\nname = \"a\"\nversion = \"1\"\n[tool.poetry.dependencies]\npython = \">=3.9\"\n";
    let (text, _) = declared(&[("pyproject.toml", poetry), ("a.py", "")], "pyproject.toml", &[to_run("setuptools<82")]);
    assert_eq!(text, format!("{poetry}setuptools = \"<82\"\n"));
}

#[test]
fn a_folder_or_a_script_lists_all_that_its_imports_stood_for() {
    let code = "import requests\nfrom PIL import Image\n";
    let (text, _) = declared(&[("app.py", code), ("b.txt", "")], "app.py", &[to_run("Pillow")]);
    assert_eq!(text, format!("# /// script\n# dependencies = [\"requests\", \"Pillow\"]\n# ///\n\n{code}"));
    let script =
        format!("#!/usr/bin/env python3\n# /// script\n# dependencies = [\n#   \"requests\",\n# ]\n# ///\n{code}");
    let (text, needs) = declared(&[("app.py", &script)], "app.py", &[to_run("Pillow")]);
    assert!(text.contains("#   \"requests\",\n#   \"Pillow\",\n# ]\n# ///\nimport"), "{text}");
    assert_eq!(needs, ["requests", "Pillow"]);
    let files = [("main.py", code), ("requirements.txt", "requests>=2 # web\n")];
    let (text, _) = declared(&files, "requirements.txt", &[to_run("Pillow"), to_run("requests>=3")]);
    assert_eq!(text, "requests>=3 # web\nPillow\n");
}

#[test]
fn setup_cfg_gets_a_line() {
    let files = |options: &str| format!("[metadata]\nname = a\nversion = 1\n{options}");
    let with = |options: &str| {
        let (text, needs) = declared(&[("setup.cfg", &files(options)), ("a.py", "")], "setup.cfg", &[to_run("Pillow")]);
        assert!(needs.contains(&"Pillow".to_owned()), "{text}");
        text
    };
    assert_eq!(with(""), files("[options]\ninstall_requires =\n    Pillow\n"));
    let listed = "[options]\ninstall_requires =\n    rich\npy_modules = a\n";
    assert_eq!(with(listed), files("[options]\ninstall_requires =\n    rich\n    Pillow\npy_modules = a\n"));
    assert_eq!(
        with("[options]\ninstall_requires = rich\n"),
        files("[options]\ninstall_requires =\n    rich\n    Pillow\n")
    );
}

#[test]
fn what_a_build_needs_is_named_for_the_build() {
    let setup = "from setuptools import setup\nsetup(name='a', version='1')\n";
    let wanted = |requirement: &str| [Declaration { requirement: requirement.into(), needed: Needed::ToBuild }];
    let (text, _) = declared(&[("setup.py", setup)], "pyproject.toml", &wanted("Cython"));
    assert_eq!(text, "[build-system]\nrequires = [\"setuptools\", \"Cython\"]\n");
    let (text, _) = declared(&[("setup.py", setup)], "pyproject.toml", &wanted("setuptools<82"));
    assert_eq!(text, "[build-system]\nrequires = [\"setuptools<82\"]\n");
}

#[test]
fn what_only_code_says_and_what_is_no_requirement_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("setup.py"), "from setuptools import setup\nsetup(name='a', version='1')\n").unwrap();
    let project = inspect::read(folder.path()).unwrap().project;
    let error = declare(&project, &[to_run("Pillow")]).unwrap_err();
    assert_eq!(error.to_string(), "`Pillow` cannot be declared from here: only `setup.py` can say it");
    let problem = crate::problem::Problem::from(error);
    assert_eq!(problem.hints[0].text, "Add `Pillow` to `install_requires` in `setup.py` by hand");
    let error = declare(&project, &[to_run("-r x")]).unwrap_err();
    assert_eq!(error.to_string(), "`-r x` is no requirement");
}
