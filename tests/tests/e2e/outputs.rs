//! Places where an artifact cannot go: nothing is lost, and the answer says what is in the way.

use std::fs;
use std::path::{Path, PathBuf};

use packwright_tests::{Run, Workbench, tree};

use crate::{build, expect_words, path_of, problem};

fn greet(bench: &Workbench) -> PathBuf {
    bench.project("greet", &tree::console_project(&[]))
}

fn build_into(bench: &Workbench, out: &Path) -> Run {
    bench
        .packwright(["build", "zipapp", "--json", "--trust", "--no-verify", "--out"])
        .arg(out)
        .arg(bench.path().join("greet"))
        .run()
}

/// Bytes that nothing compresses, by Marsaglia's xorshift.
fn noise(length: usize) -> Vec<u8> {
    let step = |state: &u32| {
        let state = state ^ (state << 13);
        let state = state ^ (state >> 17);
        Some(state ^ (state << 5))
    };
    std::iter::successors(Some(2_463_534_242), step).map(|state| state.to_le_bytes()[1]).take(length).collect()
}

#[test]
fn a_full_disk_is_said_to_be_full() {
    let bench = Workbench::new();
    let root = greet(&bench);
    fs::write(root.join("noise.bin"), noise(4_000_000)).unwrap();
    let definition = root.join("pyproject.toml");
    let include = "\n[tool.flit.sdist]\ninclude = [\"noise.bin\"]\n";
    fs::write(&definition, format!("{}{include}", tree::read(&definition))).unwrap();
    let out = bench.path().join("small");
    tree::folder(&out);
    let disk = ["--size", "1000000", "--tmpfs", &out.display().to_string()];
    let Some(run) = bench.packwright_in_changed_view(&disk) else {
        eprintln!("not tried: without bubblewrap no small disk can be made");
        return;
    };
    let run = run.args(["build", "sdist", "--json", "--trust", "--no-verify", "--out"]).arg(&out).arg(root).run();
    expect_words(&problem(&run.expect_code(1)), &["No space left"]);
}

#[test]
fn an_output_folder_that_may_not_be_written_is_named() {
    let bench = Workbench::new();
    greet(&bench);
    let out = bench.path().join("sealed");
    tree::folder(&out);
    if !tree::seal(&out) {
        eprintln!("not tried: this user may write anywhere");
        return;
    }
    expect_words(&problem(&build_into(&bench, &out).expect_code(1)), &["sealed", "ermission"]);
}

#[test]
fn an_output_folder_that_is_a_file_is_named_and_kept() {
    let bench = Workbench::new();
    greet(&bench);
    let out = bench.path().join("occupied");
    fs::write(&out, "mine").unwrap();
    expect_words(&problem(&build_into(&bench, &out).expect_code(1)), &["occupied"]);
    assert_eq!(tree::read(&out), "mine");
}

#[test]
fn a_folder_with_the_name_of_the_artifact_is_named_and_kept() {
    let bench = Workbench::new();
    greet(&bench);
    let artifact = path_of(&build(&bench, "zipapp", &bench.path().join("greet")).expect_code(0).artifact());
    fs::remove_file(&artifact).unwrap();
    tree::write(&artifact, &[("mine.txt", "mine")]);
    let run = build(&bench, "zipapp", &bench.path().join("greet"));
    assert_eq!(tree::read(&artifact.join("mine.txt")), "mine", "{run}");
    expect_words(&problem(&run.expect_code(1)), &[&tree::name(&artifact)]);
}

#[test]
fn an_artifact_that_is_there_already_is_replaced() {
    let bench = Workbench::new();
    let root = greet(&bench);
    let one = build(&bench, "zipapp", &root).expect_code(0).artifact();
    let module = root.join("greet.py");
    fs::write(&module, tree::read(&module).replace("hello", "good morning")).unwrap();
    let two = build(&bench, "zipapp", &root).expect_code(0).artifact();
    assert_eq!(one["path"], two["path"]);
    assert_ne!(one["sha256"], two["sha256"]);
}

#[test]
fn an_artifact_is_replaced_only_when_its_receipt_can_be_too() {
    let bench = Workbench::new();
    let root = greet(&bench);
    let artifact = path_of(&build(&bench, "zipapp", &root).expect_code(0).artifact());
    let before = fs::read(&artifact).unwrap();
    let receipt = artifact.with_file_name(format!("{}.receipt.json", tree::name(&artifact)));
    fs::remove_file(&receipt).unwrap();
    tree::folder(&receipt);
    let module = root.join("greet.py");
    fs::write(&module, tree::read(&module).replace("hello", "good morning")).unwrap();
    expect_words(&problem(&build(&bench, "zipapp", &root).expect_code(1)), &[&tree::name(&receipt)]);
    assert_eq!(fs::read(&artifact).unwrap(), before);
}

#[test]
fn an_artifact_survives_a_build_that_fails() {
    let bench = Workbench::new();
    let root = greet(&bench);
    let artifact = build(&bench, "zipapp", &root).expect_code(0).artifact();
    let before = fs::read(path_of(&artifact)).unwrap();
    fs::remove_file(root.join("greet.py")).unwrap();
    let _ = build(&bench, "zipapp", &root).expect_code(1);
    assert_eq!(fs::read(path_of(&artifact)).unwrap(), before);
}

#[test]
fn a_tool_that_reports_success_and_writes_nothing_has_failed() {
    let bench = Workbench::new();
    let backend = "def build_wheel(folder, settings=None, metadata=None):\n    print('Successfully built it')\n    \
                   return 'thing-1.0-py3-none-any.whl'\n";
    let definition = "[build-system]\nrequires = []\nbuild-backend = \"lazy\"\nbackend-path = [\".\"]\n\n\
                      [project]\nname = \"thing\"\nversion = \"1.0\"\n";
    let root = bench.project("thing", &[("pyproject.toml", definition), ("lazy.py", backend), ("thing.py", "")]);
    let run = build(&bench, "wheel", &root).expect_code(1);
    expect_words(&problem(&run), &["`lazy.build_wheel` ended well and wrote nothing", "Correct the build backend"]);
}
