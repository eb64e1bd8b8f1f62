//! Projects whose extras, groups or dependencies name the project itself, or local projects by their names alone. No
//! index has anything under these names.

use std::path::{Path, PathBuf};

use packwright_tests::package::Recipe;
use packwright_tests::{Run, Workbench};

/// The name of the project.
const NEAR: &str = "packwright-near-by";

/// A project whose program says the version of `six`; these lines end its table `[project]`.
fn project(bench: &Workbench, name: &str, lines: &str) -> PathBuf {
    let module = name.replace('-', "_");
    let definition = format!(
        "[build-system]\nrequires = [\"flit_core>=3.11\"]\nbuild-backend = \"flit_core.buildapi\"\n\n[project]\n\
         name = \"{name}\"\nversion = \"1.0\"\ndescription = \"Near by\"\nrequires-python = \">=3.9\"\n{lines}\n\
         [project.scripts]\nnear = \"{module}:main\"\n"
    );
    let code = "import argparse\n\n\ndef main():\n    import six\n    \
                argparse.ArgumentParser(prog=\"near\", description=six.__version__).parse_args()\n";
    bench.project(name, &[("pyproject.toml", &definition), (&format!("{module}.py"), code)])
}

fn build(bench: &Workbench, root: &Path, more: &[&str]) -> Run {
    let run = bench.packwright(["build", "zipapp"]).arg(root).args(["--json", "--out"]).arg(bench.path().join("out"));
    run.args(more).run()
}

/// Fails unless the program was built and runs, which it does only with `six`.
#[track_caller]
fn expect_it_runs(run: Run) {
    let artifact = run.expect_code(0).artifact();
    assert_eq!(artifact["verified"]["outcome"], "ran", "{artifact}");
}

#[test]
fn an_extra_and_a_group_may_name_extras_of_the_project_itself() {
    let bench = Workbench::new();
    let wheel = Recipe::new("between", "1.0").requires(NEAR).wheel();
    let between = bench.path().join(&wheel.file);
    std::fs::write(&between, &wheel.bytes).unwrap();
    let lines = format!(
        "dependencies = [\"{NEAR}\"]\n[dependency-groups]\ndev = [\"{NEAR}[all]\"]\n[project.optional-dependencies]\n\
         six = [\"six\"]\nbetween = [\"between @ file://{}\"]\nall = [\"Packwright_Near.By[between,six]\"]\n",
        between.display()
    );
    let root = project(&bench, NEAR, &lines);
    expect_it_runs(build(&bench, &root, &["--extra", "all"]));
    expect_it_runs(build(&bench, &root, &["--group", "dev"]));
}

#[test]
fn an_extra_of_a_local_dependency_may_name_others_of_it() {
    let bench = Workbench::new();
    let extras = "[project.optional-dependencies]\nsix = [\"six\"]\nall = [\"packwright-far-lib[six]\"]\n";
    let far = project(&bench, "packwright-far-lib", extras);
    let lines = format!("dependencies = [\"packwright-far-lib[all] @ file://{}\"]", far.display());
    expect_it_runs(build(&bench, &project(&bench, NEAR, &lines), &[]));
}

#[test]
fn an_extra_counts_whoever_asks_for_it_first() {
    let bench = Workbench::new();
    let extras = "[project.optional-dependencies]\nsix = [\"six\"]\n";
    let far = project(&bench, "packwright-far-lib", extras);
    // It does not say where the other one is.
    let between = project(&bench, "packwright-mid-lib", "dependencies = [\"packwright-far-lib[six]\"]\n");
    let address = |name: &str, folder: &Path| format!("\"{name} @ file://{}\"", folder.display());
    let (far, between) = (address("packwright-far-lib", &far), address("packwright-mid-lib", &between));
    expect_it_runs(build(&bench, &project(&bench, NEAR, &format!("dependencies = [{far}, {between}]")), &[]));
}

#[test]
fn a_source_that_no_wheel_says_is_taken_or_named_but_no_index_is_asked() {
    let bench = Workbench::new();
    let wheel = Recipe::new("packwright-far-lib", "1.0").requires("six").wheel();
    std::fs::write(bench.path().join(&wheel.file), &wheel.bytes).unwrap();
    let built_with = |source: &str| {
        let lines = format!(
            "dependencies = [\"packwright-far-lib\"]\n[tool.uv.sources]\npackwright-far-lib = {{ {source} }}\n"
        );
        let between = project(&bench, "packwright-mid-lib", &lines);
        let lines = format!("dependencies = [\"packwright-mid-lib @ file://{}\"]", between.display());
        build(&bench, &project(&bench, NEAR, &lines), &[])
    };
    expect_it_runs(built_with(&format!("path = \"{}\"", bench.path().join(&wheel.file).display())));
    let run = built_with("url = \"https://x.invalid/far.whl\"").expect_code(1);
    crate::expect_words(
        &crate::problem(&run),
        &["`packwright-far-lib` comes from", "[tool.uv.sources]", "Write it into"],
    );
}
