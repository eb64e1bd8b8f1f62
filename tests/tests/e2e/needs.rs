//! What a program needs: lists that pip reads, imports that nothing declares, wheels that run everywhere.

use std::path::{Path, PathBuf};
use std::process::Command;

use packwright_tests::package::Recipe;
use packwright_tests::{Index, Workbench, tree};

use crate::{build, build_with, expect_words, path_of, problem};

/// What a Python file that was handed over prints.
fn printed(artifact: &Path) -> String {
    let output = Command::new("python3").arg(artifact).output().expect("Python runs");
    let text = [output.stdout, output.stderr].concat();
    String::from_utf8_lossy(&text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A program that prints an expression after importing something.
fn program(import: &str, print: &str) -> String {
    format!(
        "import argparse\n{import}\n\ndef main():\n    argparse.ArgumentParser(prog=\"app\").parse_args()\n    print({print})\n\n\
         if __name__ == \"__main__\":\n    main()\n"
    )
}

fn said(bench: &Workbench, project: &Path) -> String {
    bench.packwright(["inspect"]).arg(project).run().expect_code(0).stdout
}

/// Builds a zipapp with packages of our own.
fn zipapp_from(bench: &Workbench, index: &Index, project: &Path) -> PathBuf {
    let run = bench
        .packwright(["build", "zipapp"])
        .arg(project)
        .args(["--json", "--trust", "--no-cache", "--out"])
        .arg(bench.path().join("out"))
        .env("UV_DEFAULT_INDEX", index.url())
        .run();
    path_of(&run.expect_code(0).artifact())
}

#[test]
fn constraints_bound_what_goes_in_and_bring_nothing() {
    let bench = Workbench::new();
    let index = Index::serve([
        Recipe::new("thing", "1.0").file("thing.py", "V = '1.0'\n").wheel(),
        Recipe::new("thing", "2.0").file("thing.py", "V = '2.0'\n").wheel(),
        Recipe::new("other", "1.0").wheel(),
    ]);
    let code = program("import thing", "thing.V");
    let project = bench.project(
        "bounded",
        &[
            ("app.py", &code),
            ("requirements.txt", "-c pins/all.txt\nthing\n"),
            ("pins/all.txt", "-c more.txt\nother==1.0\n"),
            ("pins/more.txt", "thing<2\n"),
        ],
    );
    assert!(said(&bench, &project).contains("pins/more.txt:1"));
    assert_eq!(printed(&zipapp_from(&bench, &index, &project)), "1.0");
    assert!(!index.was_asked_for("other"));
}

#[test]
fn a_wheel_that_runs_everywhere_is_taken_where_compiled_code_cannot_be_loaded() {
    let bench = Workbench::new();
    let tag = "cp311-cp311-manylinux_2_17_x86_64";
    let fast = Recipe::new("quick", "1.0").file("quick.py", "SPEED = 'slow but sure'\n");
    let index = Index::serve([fast.tagged_wheel(tag), fast.wheel()]);
    let code = program("import quick", "quick.SPEED");
    let project = bench.project("speedy", &[("app.py", &code), ("requirements.txt", "quick\n")]);
    assert_eq!(printed(&zipapp_from(&bench, &index, &project)), "slow but sure");
}

#[test]
fn a_list_beside_metadata_that_lists_nothing_is_packed_and_said() {
    let bench = Workbench::new();
    let metadata = "[build-system]\nrequires = [\"uv_build\"]\nbuild-backend = \"uv_build\"\n[project]\nname = \"teller\"\n\
                    version = \"1\"\ndependencies = []\n[project.scripts]\nteller = \"teller:main\"\n";
    let code = program("import iniconfig", "iniconfig.__name__");
    let project = bench.project(
        "teller",
        &[("pyproject.toml", metadata), ("src/teller/__init__.py", &code), ("requirements.txt", "iniconfig\npytest\n")],
    );
    let text = said(&bench, &project);
    assert!(text.contains("requirements.txt:1") && text.contains("the metadata does not"), "{text}");
    let artifact = path_of(&build(&bench, "zipapp", &project).expect_code(0).artifact());
    assert_eq!(printed(&artifact), "iniconfig");
    // A wheel has only what its metadata says, and its trial finds that out.
    let refused = build(&bench, "wheel", &project).expect_code(1);
    expect_words(&problem(&refused), &["iniconfig", "comes from", "Declare `iniconfig` as a dependency"]);
    // What it says is done, and helps.
    let declared = bench.packwright(["declare", "--yes", "--in"]).arg(&project).run().expect_code(0);
    assert!(declared.stdout.contains("pyproject.toml"), "{declared}");
    assert!(tree::read(&project.join("pyproject.toml")).contains("dependencies = [\"iniconfig\"]"));
    let _ = build(&bench, "wheel", &project).expect_code(0).artifact();
}

#[test]
fn an_import_that_ends_the_program_when_it_fails_is_packed() {
    let bench = Workbench::new();
    for (name, end) in
        [("raises", "print('install it')\n    raise"), ("exits", "import sys\n    sys.exit('install it')")]
    {
        let import = format!("try:\n    import iniconfig\nexcept ImportError:\n    {end}");
        let project = bench.project(name, &[("app.py", &program(&import, "iniconfig.__name__"))]);
        let text = said(&bench, &project.join("app.py"));
        assert!(text.contains("iniconfig") && !text.contains("nothing but the standard library"), "{text}");
        let artifact = path_of(&build(&bench, "zipapp", &project.join("app.py")).expect_code(0).artifact());
        assert_eq!(printed(&artifact), "iniconfig");
    }
}

#[test]
fn what_is_declared_nowhere_is_declared_only_when_somebody_agrees() {
    let bench = Workbench::new();
    let project = bench.project("pictures", &[("app.py", "from PIL import Image\nimport acme_reports\nImage.new\n")]);
    let text = said(&bench, &project);
    assert!(text.contains("Pillow: is imported, and nothing declares it"), "{text}");
    assert!(text.contains("acme_reports: is imported") && text.contains("not known for sure"), "{text}");
    let refused = bench.packwright(["declare", "--in"]).arg(&project).run().expect_code(5);
    assert!(refused.stderr.contains("--yes") && !project.join("requirements.txt").exists(), "{refused}");
    let _ = bench.packwright(["declare", "--yes", "--in"]).arg(&project).run().expect_code(0);
    let list = tree::read(&project.join("requirements.txt"));
    assert!(list.lines().any(|line| line == "Pillow"), "{list}");
}

#[test]
fn dependencies_that_a_build_computes_are_not_called_none() {
    let bench = Workbench::new();
    let setup = "from setuptools import setup\nneeded = [line for line in open('needs.txt')]\n\
                 setup(name='counts', version='1', py_modules=['counts'], install_requires=needed)\n";
    let project = bench.project("counts", &[("setup.py", setup), ("counts.py", ""), ("needs.txt", "iniconfig\n")]);
    let text = said(&bench, &project);
    assert!(text.contains("what only its build backend knows") && !text.contains("nothing but the standard"), "{text}");
}

#[test]
fn a_name_that_is_none_is_called_as_pip_calls_it() {
    let bench = Workbench::new();
    let setup = "from setuptools import setup\nsetup(name='sales tool', version='1', py_modules=['sales'],\n\
                 \x20     entry_points={'console_scripts': ['sales=sales:main']})\n";
    let code = program("import sys", "'sold'");
    let project = bench.project("shop", &[("setup.py", setup), ("sales.py", &code)]);
    assert!(said(&bench, &project).contains("sales tool → sales-tool"));
    let artifact = path_of(&build(&bench, "zipapp", &project).expect_code(0).artifact());
    assert_eq!(printed(&artifact), "sold");
    let metadata = "[project]\nname = \"sales tool\"\nversion = \"1\"\n";
    let project = bench.project("refused", &[("pyproject.toml", metadata), ("sales.py", "")]);
    let run = bench.packwright(["inspect"]).arg(&project).run().expect_code(3);
    assert!(run.stderr.contains("`sales-tool`"), "{run}");
}

#[test]
fn a_dependency_that_only_this_machine_has_is_said_where_a_wheel_leaves_it_out() {
    let bench = Workbench::new();
    let build_system = "[build-system]\nrequires = [\"uv_build\"]\nbuild-backend = \"uv_build\"\n";
    let own = format!(
        "{build_system}[project]\nname = \"topper\"\nversion = \"1\"\ndependencies = [\"near-helper\"]\n[project.scripts]\n\
         topper = \"topper:main\"\n[tool.uv.sources]\nnear-helper = {{ path = \"libs/helper\" }}\n"
    );
    let helper = format!("{build_system}[project]\nname = \"near-helper\"\nversion = \"1\"\n");
    let code = program("import near_helper", "near_helper.WHERE");
    let project = bench.project(
        "topper",
        &[
            ("pyproject.toml", &own),
            ("src/topper/__init__.py", &code),
            ("libs/helper/pyproject.toml", &helper),
            ("libs/helper/src/near_helper/__init__.py", "WHERE = 'beside'\n"),
        ],
    );
    let artifact = path_of(&build(&bench, "zipapp", &project).expect_code(0).artifact());
    assert_eq!(printed(&artifact), "beside");
    for technology in ["wheel", "entry-point-tool"] {
        let artifact = build_with(&bench, technology, &project, &[]).expect_code(0).artifact();
        let warnings = artifact["warnings"].to_string();
        assert!(warnings.contains("near-helper"), "{technology}: {artifact:#}");
        let guide = path_of(&artifact).join("INSTALL.txt");
        if guide.exists() {
            assert!(tree::read(&guide).contains("`near-helper` must be installed with it"));
        }
    }
}
