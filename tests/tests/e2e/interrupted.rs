//! Crashes, two at a time, and a cache that rots: the next build is right again.

use std::fs;
use std::thread;
use std::time::Duration;

use packwright_tests::{Run, Workbench, end_at_once, tree};

use crate::{build, build_with, path_of};

fn greet(bench: &Workbench) -> std::path::PathBuf {
    bench.project("greet", &tree::console_project(&[]))
}

#[test]
fn a_killed_build_leaves_no_artifact_and_the_next_one_works() {
    let bench = Workbench::new().with_own_cache();
    let root = greet(&bench);
    let whole = build_with(&bench, "zipapp", &root, &["--no-verify"]).expect_code(0);
    let artifact = path_of(&whole.artifact());
    let steps = 8;
    for step in 1..=steps {
        fs::write(root.join("greet.py"), format!("{}\n# {step}\n", tree::read(&root.join("greet.py")))).unwrap();
        fs::remove_file(&artifact).unwrap();
        let run = bench.packwright(["build", "zipapp", "--trust", "--no-verify", "--out"]);
        let mut child = run.arg(bench.path().join("out")).arg(&root).start();
        thread::sleep(whole.wall * step / steps);
        end_at_once(&mut child);
        if artifact.exists() {
            assert!(zip::ZipArchive::new(fs::File::open(&artifact).unwrap()).is_ok(), "half an artifact after {step}");
        }
        let again = build_with(&bench, "zipapp", &root, &["--no-verify"]).expect_code(0);
        let litter: Vec<_> = tree::files(&bench.path().join("out")).iter().map(|path| tree::name(path)).collect();
        assert!(litter.iter().all(|name| name.starts_with("greet-")), "left behind: {litter:?}\n{again}");
    }
}

#[test]
fn a_corrupt_cache_entry_is_noticed_and_made_again() {
    let bench = Workbench::new().with_own_cache();
    let root = greet(&bench);
    let before = build(&bench, "zipapp", &root).expect_code(0).artifact();
    let mut damaged = 0;
    for file in tree::files(&bench.cache()) {
        let program = ["uv", "uvx"].contains(&tree::name(&file).as_str());
        let Ok(metadata) = fs::symlink_metadata(&file) else { continue };
        if metadata.is_file()
            && !program
            && metadata.len() > 0
            && !file.components().any(|part| part.as_os_str() == "tools")
        {
            let mut permissions = metadata.permissions();
            #[expect(clippy::permissions_set_readonly_false, reason = "the file is about to be damaged anyway")]
            permissions.set_readonly(false);
            let _ = fs::set_permissions(&file, permissions);
            damaged += u32::from(fs::write(&file, "rotten").is_ok());
        }
    }
    assert!(damaged > 0, "nothing in the cache was damaged");
    let after = build(&bench, "zipapp", &root).expect_code(0).artifact();
    assert_eq!(before["sha256"], after["sha256"]);
}

#[test]
fn two_at_once_on_one_project_and_one_cache_both_succeed() {
    let bench = Workbench::new().with_own_cache();
    let root = greet(&bench);
    let runs: Vec<Run> = thread::scope(|scope| {
        let started: Vec<_> = (0..2).map(|_| scope.spawn(|| build(&bench, "zipapp", &root))).collect();
        started.into_iter().map(|run| run.join().unwrap()).collect()
    });
    let digests: Vec<_> = runs.into_iter().map(|run| run.expect_code(0).artifact()["sha256"].clone()).collect();
    assert_eq!(digests[0], digests[1]);
}

#[test]
fn an_unchanged_rebuild_runs_no_step_again() {
    let bench = Workbench::new();
    let root = greet(&bench);
    let one = build(&bench, "zipapp", &root).expect_code(0);
    let two = build(&bench, "zipapp", &root).expect_code(0);
    assert_eq!(one.artifact()["sha256"], two.artifact()["sha256"]);
    let ran: Vec<_> = two
        .records()
        .into_iter()
        // It is tried each time.
        .take_while(|record| record["type"] != "check-started")
        .filter(|record| record["type"] == "step-finished" && record["end"] == "done")
        .collect();
    assert!(ran.is_empty(), "{ran:?}");
    assert!(two.wall < Duration::from_secs(30), "{:?}", two.wall);
}
