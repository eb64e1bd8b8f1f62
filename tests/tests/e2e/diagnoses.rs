//! Builds that fail in the ways that are reported most: cause and remedy are told in the project's own names, and what is
//! advised helps.

use std::fs;
use std::path::{Path, PathBuf};

use packwright_tests::{Workbench, tree};

use crate::{build, expect_words, problem};

const SETUPTOOLS: &str = "[build-system]\nrequires = [\"setuptools>=77\"]\nbuild-backend = \"setuptools.build_meta\"\n";
const HATCHLING: &str = "[build-system]\nrequires = [\"hatchling\"]\nbuild-backend = \"hatchling.build\"\n";
const UV: &str = "[build-system]\nrequires = [\"uv_build\"]\nbuild-backend = \"uv_build\"\n";
const POETRY: &str = "[build-system]\nrequires = [\"poetry-core\"]\nbuild-backend = \"poetry.core.masonry.api\"\n";

fn project(bench: &Workbench, build_system: &str, metadata: &str, more: &[(&str, &str)]) -> PathBuf {
    let text = format!("{build_system}[project]\nname = \"acme-sieve\"\n{metadata}");
    bench.project("acme", &[&[("pyproject.toml", text.as_str())], more].concat())
}

/// A wheel of it fails for this reason.
#[track_caller]
fn fails(bench: &Workbench, project: &Path, words: &[&str]) -> String {
    let told = problem(&build(bench, "wheel", project).expect_code(1));
    expect_words(&told, words);
    for never in ["does not know yet", "hint: Build failures", "tracemalloc", "stranger's distribution"] {
        assert!(!told.contains(never), "{told}");
    }
    told
}

#[track_caller]
fn works(bench: &Workbench, project: &Path) {
    let _ = build(bench, "wheel", project).expect_code(0).artifact();
}

fn change(file: &Path, from: &str, to: &str) {
    let text = tree::read(file);
    assert!(text.contains(from), "{text}");
    fs::write(file, text.replace(from, to)).unwrap();
}

#[test]
fn a_licence_that_is_said_twice() {
    let bench = Workbench::new();
    let metadata = "version = \"1\"\nlicense = \"MIT\"\nclassifiers = [\"License :: OSI Approved :: MIT License\"]\n";
    let root = project(&bench, SETUPTOOLS, metadata, &[("acme_sieve.py", "")]);
    fails(&bench, &root, &["License :: OSI Approved :: MIT License", "classifiers"]);
    change(&root.join("pyproject.toml"), "\"License :: OSI Approved :: MIT License\"", "");
    works(&bench, &root);
}

#[test]
fn a_version_that_is_read_from_code_which_cannot_be_imported() {
    let bench = Workbench::new();
    let metadata =
        "dynamic = [\"version\"]\n[tool.setuptools.dynamic]\nversion = { attr = \"acme_sieve.__version__\" }\n";
    let code = "import iniconfig\n__version__ = iniconfig.__doc__ and \"1.0\" or \"2.0\"\n";
    let root = project(&bench, SETUPTOOLS, metadata, &[("acme_sieve/__init__.py", code)]);
    fails(&bench, &root, &["attr", "iniconfig", "version"]);
    fs::write(root.join("acme_sieve/__init__.py"), "import iniconfig\n__version__ = \"1.0\"\n").unwrap();
    fs::write(
        root.join("pyproject.toml"),
        tree::read(&root.join("pyproject.toml"))
            .replace("dynamic = [\"version\"]", "dynamic = [\"version\"]\ndependencies = [\"iniconfig\"]"),
    )
    .unwrap();
    works(&bench, &root);
}

#[test]
fn a_version_of_version_control_without_any() {
    let bench = Workbench::new();
    let build_system = "[build-system]\nrequires = [\"setuptools>=77\", \"setuptools-scm>=8\"]\nbuild-backend = \"setuptools.build_meta\"\n";
    let root =
        project(&bench, build_system, "dynamic = [\"version\"]\n[tool.setuptools_scm]\n", &[("acme_sieve.py", "")]);
    fails(&bench, &root, &["version control", "SETUPTOOLS_SCM_PRETEND_VERSION"]);
}

#[test]
fn a_package_that_is_not_called_like_the_project() {
    let bench = Workbench::new();
    let root = project(&bench, HATCHLING, "version = \"1\"\n", &[("sieve/__init__.py", "")]);
    fails(&bench, &root, &["acme_sieve", "[tool.hatch.build.targets.wheel] packages", "packages = [\"sieve\"]"]);
    let added = "\n[tool.hatch.build.targets.wheel]\npackages = [\"sieve\"]\n";
    fs::write(root.join("pyproject.toml"), tree::read(&root.join("pyproject.toml")) + added).unwrap();
    works(&bench, &root);
    let root = project(&bench, UV, "version = \"1\"\n", &[("acme_sieve/__init__.py", "")]);
    fails(&bench, &root, &["uv_build", "module-root"]);
}

#[test]
fn a_readme_that_is_not_there() {
    for (build_system, metadata) in [
        (HATCHLING, "[project]\nname = \"acme\"\nversion = \"1\"\nreadme = \"READ.md\"\n"),
        (UV, "[project]\nname = \"acme\"\nversion = \"1\"\nreadme = \"READ.md\"\n"),
        (
            POETRY,
            "[tool.poetry]\nname = \"acme\"\nversion = \"1\"\ndescription = \"\"\nauthors = []\nreadme = \"READ.md\"\n",
        ),
    ] {
        let bench = Workbench::new();
        let text = format!("{build_system}{metadata}");
        let root = bench.project("acme", &[("pyproject.toml", &text), ("src/acme/__init__.py", "")]);
        fails(&bench, &root, &["READ.md", "no such file"]);
        fs::write(root.join("READ.md"), "Read me\n").unwrap();
        works(&bench, &root);
    }
}

#[test]
fn several_modules_beside_each_other() {
    let bench = Workbench::new();
    let root = project(&bench, SETUPTOOLS, "version = \"1\"\n", &[("left.py", ""), ("right.py", "")]);
    fails(&bench, &root, &["'left', 'right'", "py-modules"]);
    let added = "\n[tool.setuptools]\npy-modules = ['left', 'right']\n";
    fs::write(root.join("pyproject.toml"), tree::read(&root.join("pyproject.toml")) + added).unwrap();
    works(&bench, &root);
}

#[test]
fn a_folder_that_the_metadata_names_and_nobody_has() {
    let bench = Workbench::new();
    let metadata = "version = \"1\"\n[tool.setuptools.packages.find]\nwhere = [\"source\"]\n";
    let root = project(&bench, SETUPTOOLS, metadata, &[("sieve/__init__.py", "")]);
    fails(&bench, &root, &["`source`", "package-dir"]);
    change(&root.join("pyproject.toml"), "\"source\"", "\".\"");
    works(&bench, &root);
}

#[test]
fn a_build_that_imports_what_newer_versions_lack() {
    let bench = Workbench::new();
    let setup =
        "import pkg_resources\nfrom setuptools import setup\nsetup(name='old', version='1', py_modules=['old'])\n";
    let root = bench.project("old", &[("setup.py", setup), ("old.py", "")]);
    let told = fails(&bench, &root, &["pkg_resources", "setuptools<82", "pyproject.toml"]);
    assert!(!told.contains("Add `pkg_resources`"), "{told}");
    let declared = bench.packwright(["declare", "setuptools<82", "--build", "--yes", "--in"]).arg(&root).run();
    let _ = declared.expect_code(0);
    works(&bench, &root);
}

#[test]
fn a_build_that_imports_what_it_does_not_require() {
    let bench = Workbench::new();
    let setup = "import iniconfig\nfrom setuptools import setup\nsetup(name='old', version='1', py_modules=['old'])\n";
    let root = bench.project("old", &[("setup.py", setup), ("old.py", "")]);
    fails(&bench, &root, &["iniconfig", "requires = [\"setuptools\", \"iniconfig\"]"]);
    let _ = bench.packwright(["declare", "iniconfig", "--build", "--yes", "--in"]).arg(&root).run().expect_code(0);
    works(&bench, &root);
}

#[test]
fn a_setup_py_of_long_ago() {
    for (line, words) in [
        ("import ez_setup", &["ez_setup", "Take the lines"][..]),
        ("from pip.req import parse_requirements", &["pip", "requirements.txt"]),
        ("print 'hello'", &["Python 2", "2to3"]),
    ] {
        let bench = Workbench::new();
        let setup =
            format!("from setuptools import setup\n{line}\nsetup(name='old', version='1', py_modules=['old'])\n");
        let root = bench.project("old", &[("setup.py", &setup), ("old.py", "")]);
        fails(&bench, &root, words);
        change(&root.join("setup.py"), line, "");
        works(&bench, &root);
    }
}

#[test]
fn a_file_that_no_source_distribution_has() {
    let bench = Workbench::new();
    let setup = "from setuptools import setup\nneeded = open('needs.txt').read().split()\n\
                 setup(name='counts', version='1', py_modules=['counts'], install_requires=needed)\n";
    let root = bench.project("counts", &[("setup.py", setup), ("counts.py", ""), ("needs.txt", "iniconfig\n")]);
    let told = problem(&build(&bench, "sdist", &root).expect_code(1));
    expect_words(&told, &["needs.txt", "MANIFEST.in", "include needs.txt"]);
    fs::write(root.join("MANIFEST.in"), "include needs.txt\n").unwrap();
    let _ = build(&bench, "sdist", &root).expect_code(0).artifact();
}

#[test]
fn a_module_of_its_own_that_was_left_out() {
    let bench = Workbench::new();
    let metadata = "version = \"1\"\n[project.scripts]\nsieve = \"sieve:main\"\n[tool.setuptools.packages.find]\ninclude = [\"parts*\"]\n";
    let code =
        "import argparse\ndef main():\n    argparse.ArgumentParser(prog='sieve').parse_args()\n    print('sieved')\n";
    let root = project(&bench, SETUPTOOLS, metadata, &[("sieve.py", code), ("parts/__init__.py", "")]);
    let told = fails(&bench, &root, &["the project's own `sieve.py`", "py-modules"]);
    assert!(!told.contains("Declare"), "{told}");
}

#[test]
fn a_program_that_imports_what_a_declared_dependency_lost() {
    let bench = Workbench::new();
    let metadata = "version = \"1\"\ndependencies = [\"setuptools\"]\n[project.scripts]\nsieve = \"sieve.cli:main\"\n\
                    [tool.hatch.build.targets.wheel]\npackages = [\"sieve\"]\n";
    let code = "import argparse\nimport pkg_resources\ndef main():\n    argparse.ArgumentParser(prog='sieve').parse_args()\n    print('sieved')\n";
    let root = project(&bench, HATCHLING, metadata, &[("sieve/__init__.py", ""), ("sieve/cli.py", code)]);
    fails(&bench, &root, &["pkg_resources", "setuptools<82", "importlib.resources"]);
    let _ = bench.packwright(["declare", "--yes", "--in"]).arg(&root).run().expect_code(0);
    assert!(tree::read(&root.join("pyproject.toml")).contains("[\"setuptools<82\"]"));
    works(&bench, &root);
}

#[test]
fn a_file_called_like_the_library_that_it_imports() {
    let bench = Workbench::new();
    let script = "# /// script\n# dependencies = [\"iniconfig\"]\n# ///\nimport argparse\nfrom iniconfig import IniConfig\n\
                  argparse.ArgumentParser(prog='reader').parse_args()\nprint(IniConfig('x', data='[a]\\nb=1')['a']['b'])\n";
    let root = bench.project("reader", &[("iniconfig.py", script)]);
    let run = bench.packwright(["inspect"]).arg(root.join("iniconfig.py")).run().expect_code(0);
    assert!(run.stdout.contains("rename the file"), "{run}");
    let told = problem(&build(&bench, "zipapp", &root.join("iniconfig.py")).expect_code(1));
    expect_words(&told, &["`iniconfig.py`", "Rename"]);
    fs::rename(root.join("iniconfig.py"), root.join("reader.py")).unwrap();
    let _ = build(&bench, "zipapp", &root.join("reader.py")).expect_code(0).artifact();
}

#[test]
fn a_library_that_is_asked_for_a_command() {
    let bench = Workbench::new();
    let root = project(&bench, UV, "version = \"1\"\n", &[("src/acme_sieve/__init__.py", "def sieve(): pass\n")]);
    let told = problem(&build(&bench, "entry-point-tool", &root).expect_code(1));
    expect_words(&told, &["A library has nothing to start: build a wheel"]);
    let loose = bench.project("loose", &[("main.py", "print('x')\n")]);
    let told = problem(&build(&bench, "wheel", &loose).expect_code(1));
    assert!(!told.contains("uv init"), "{told}");
}
