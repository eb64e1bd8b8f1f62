//! What PEP 517 hooks may ask for.

use packwright_tests::Workbench;

use crate::{build, problem};

/// A backend inside the project that asks for `six` only through its hook, and cannot build without it.
const BACKEND: &str = r#"import os
import zipfile


def get_requires_for_build_wheel(config_settings=None):
    return [WANTED]


def build_wheel(folder, config_settings=None, metadata_directory=None):
    import six

    name = "greet-1.0-py3-none-any.whl"
    info = "greet-1.0.dist-info/"
    with zipfile.ZipFile(os.path.join(folder, name), "w") as wheel:
        wheel.writestr("greet.py", "VALUE = %r\n" % six.text_type("built"))
        wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\nName: greet\nVersion: 1.0\n")
        wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\nGenerator: tiny\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(info + "RECORD", "")
    return name
"#;

const DEFINITION: &str = "[build-system]\nrequires = []\nbuild-backend = \"tiny\"\nbackend-path = [\"backend\"]\n\n\
                          [project]\nname = \"greet\"\nversion = \"1.0\"\n\n\
                          [tool.packwright]\ntry = { by = \"import\", modules = [\"greet\"] }\n";

fn wanting(bench: &Workbench, requirement: &str) -> std::path::PathBuf {
    let backend = BACKEND.replace("WANTED", &format!("'{requirement}'"));
    bench
        .project("greet", &[("pyproject.toml", DEFINITION), ("backend/tiny.py", &backend), ("greet.py", "VALUE = 0\n")])
}

#[test]
fn what_a_build_backend_asks_for_is_there_when_it_builds_without_network() {
    let bench = Workbench::new();
    let artifact = build(&bench, "wheel", &wanting(&bench, "six")).expect_code(0).artifact();
    assert_eq!(artifact["verified"]["outcome"], "installed-and-ran", "{artifact}");
}

#[test]
fn a_build_backend_that_asks_for_what_is_not_there_is_told_so() {
    let bench = Workbench::new();
    let run = build(&bench, "wheel", &wanting(&bench, "no-such-distribution-anywhere-at-all")).expect_code(1);
    crate::expect_words(&problem(&run), &["no-such-distribution-anywhere-at-all", "the build of `greet`"]);
}

#[test]
fn what_a_setup_script_asks_for_is_there_when_it_builds_without_network() {
    let bench = Workbench::new();
    let script = "import sys\n\nfrom setuptools import setup\n\nif 'bdist_wheel' in sys.argv:\n    import six\n\n\
                  setup(name='old', version='1.0', py_modules=['old'], setup_requires=['six'])\n";
    let settings = "try = { by = \"import\", modules = [\"old\"] }\n";
    let files = [("setup.py", script), ("old.py", "VALUE = 1\n"), ("packwright.toml", settings)];
    let artifact = build(&bench, "wheel", &bench.project("old", &files)).expect_code(0).artifact();
    assert_eq!(artifact["verified"]["outcome"], "installed-and-ran", "{artifact}");
}

#[test]
fn a_script_that_only_the_build_backend_knows_is_installed_and_run() {
    let bench = Workbench::new();
    let script = "from setuptools import setup\n\nscripts = {}\nscripts['console_scripts'] = ['old=old.__main__:main']\n\
                  setup(name='old', version='1.0', packages=['old'], entry_points=scripts)\n";
    let code = "import argparse\n\n\ndef main():\n    argparse.ArgumentParser('old').parse_args()\n";
    let project = bench.project("old", &[("setup.py", script), ("old/__init__.py", ""), ("old/__main__.py", code)]);
    let artifact = build(&bench, "entry-point-tool", &project).expect_code(0).artifact();
    assert_eq!(artifact["verified"]["outcome"], "installed-and-ran", "{artifact}");
}
