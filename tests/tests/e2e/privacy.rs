//! What is the user's alone stays so whatever the umask, and what is handed over follows it.
#![cfg(unix)]

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use packwright_tests::{Invocation, Workbench, tree};

use crate::{build, expect_words, path_of, problem};

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap_or_else(|error| panic!("`{}`: {error}", path.display())).mode() & 0o7777
}

/// A run of the binary under this umask.
fn under(bench: &Workbench, umask: u32, arguments: &[&str]) -> Invocation {
    bench.script(&format!("umask {umask:03o}; exec \"$0\" \"$@\"")).args(arguments)
}

/// A build under this umask, into `out`.
fn build_under(bench: &Workbench, umask: u32, technologies: &[&str], project: &Path) -> Invocation {
    let run = under(bench, umask, &["build"]).args(technologies).arg(project);
    run.args(["--json", "--trust", "--no-verify", "--no-cache", "--out"]).arg(bench.path().join("out"))
}

/// What another user can read of these, where this one may become another.
fn read_by_others(paths: &[&Path]) -> String {
    let found = Command::new("runuser").args(["-u", "nobody", "--", "find"]).args(paths).args(["-type", "f"]).output();
    match found {
        Ok(found) if rustix::process::geteuid().is_root() => String::from_utf8_lossy(&found.stdout).into_owned(),
        _ => {
            eprintln!("not tried: only root can become another user");
            String::new()
        }
    }
}

/// Folders of Packwright's own: the cache and the data.
fn own_folders(bench: &Workbench) -> [PathBuf; 2] {
    [bench.cache().join("packwright"), bench.home().join(".local/share/packwright")]
}

#[test]
fn nobody_else_reads_the_cache_or_the_history_whatever_the_umask() {
    for umask in [0o077, 0o000] {
        let bench = Workbench::new().with_own_cache();
        // As open as can be: nothing above them keeps anybody out.
        for folder in [bench.path(), &bench.home(), &bench.home().join(".local"), &bench.home().join(".local/share")] {
            tree::folder(folder);
            fs::set_permissions(folder, Permissions::from_mode(0o755)).unwrap();
        }
        let root = bench.project("greet", &tree::console_project(&[]));
        let _ = build_under(&bench, umask, &["zipapp"], &root).run().expect_code(0);
        let [cache, data] = own_folders(&bench);
        assert_eq!((mode(&cache), mode(&data)), (0o700, 0o700), "{umask:o}");
        for name in ["store", "store/blobs", "logs", "locks", "steps"] {
            assert_eq!(mode(&cache.join(name)) & 0o077 & !umask, mode(&cache.join(name)) & 0o077, "{name} {umask:o}");
        }
        assert_eq!(mode(&data.join("history.sqlite")), 0o600);
        let logs = tree::files(&cache.join("logs"));
        assert!(!logs.is_empty() && logs.iter().all(|log| mode(log) == 0o600), "{logs:?}");
        assert_eq!(read_by_others(&[&cache, &data]), "");
    }
}

#[test]
fn artifacts_follow_the_umask_of_who_builds_them() {
    for umask in [0o077, 0o027, 0o002, 0o000] {
        let bench = Workbench::new();
        let root = bench.project("greet", &tree::console_project(&[]));
        let artifact = path_of(&build_under(&bench, umask, &["zipapp"], &root).run().expect_code(0).artifact());
        let out = bench.path().join("out");
        assert_eq!((mode(&out), mode(&artifact)), (0o777 & !umask, 0o777 & !umask), "{umask:o}");
        let papers = tree::children(&out).into_iter().filter(|path| *path != artifact);
        let papers: Vec<(String, u32)> = papers.map(|path| (tree::name(&path), mode(&path))).collect();
        assert_eq!(papers.len(), 2, "{papers:?}");
        assert!(papers.iter().all(|(_, mode)| *mode == 0o666 & !umask), "{umask:o}: {papers:?}");
    }
}

#[test]
fn settings_that_are_new_follow_the_umask_too() {
    for umask in [0o077, 0o002] {
        let bench = Workbench::new();
        bench.project("scripts", &[("a.py", "print('a')\n")]);
        let keep = ["advise", "scripts/a.py", "--set", "audience=developers", "--save"];
        let run = under(&bench, umask, &keep).run().expect_code(0);
        assert_eq!(mode(&bench.path().join("scripts/packwright.toml")), 0o666 & !umask, "{run}");
    }
}

#[test]
fn the_umask_changes_no_byte_of_any_artifact() {
    let bench = Workbench::new();
    let root = bench.copy_of("weather-cli");
    let technologies = ["sdist", "wheel", "zipapp", "pex", "shiv", "module", "entry-point-tool", "pep723-script"];
    let digests = |umask: u32| {
        let run = build_under(&bench, umask, &technologies, &root).run();
        let artifacts = run.finished()["artifacts"].as_array().cloned().unwrap_or_default();
        let said = |key: &'static str| move |artifact: &serde_json::Value| artifact[key].to_string();
        let digests: Vec<_> =
            artifacts.iter().map(|artifact| (said("technology")(artifact), said("sha256")(artifact))).collect();
        assert!(digests.len() >= 5, "{run}");
        digests
    };
    let usual = digests(0o022);
    for umask in [0o077, 0o027, 0o000] {
        assert_eq!(digests(umask), usual, "{umask:o}");
    }
}

/// The small setuptools project: its archives record modes of folders and files that the backend makes.
#[test]
fn the_umask_changes_no_mode_of_what_setuptools_makes() {
    let bench = Workbench::new();
    let definition = "[build-system]\nrequires = [\"setuptools>=77\"]\nbuild-backend = \"setuptools.build_meta\"\n\n\
                      [project]\nname = \"greet\"\nversion = \"1.0\"\n";
    let root = bench.project("greet", &[("pyproject.toml", definition), ("greet/__init__.py", ""), ("greet/a.py", "")]);
    // It writes the time into what it makes, so that only paths and modes can be compared.
    let modes = |umask: u32| {
        let artifact = path_of(&build_under(&bench, umask, &["sdist"], &root).run().expect_code(0).artifact());
        let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(fs::File::open(artifact).unwrap()));
        let entries = archive.entries().unwrap().map(Result::unwrap);
        let modes = entries.map(|entry| (entry.path().unwrap().into_owned(), entry.header().mode().unwrap()));
        modes.collect::<Vec<_>>()
    };
    let closed = modes(0o077);
    assert_eq!(closed, modes(0o002));
    assert!(closed.iter().all(|(_, mode)| [0o755, 0o644].contains(&(mode & 0o777))), "{closed:?}");
}

#[test]
fn a_cache_of_an_older_version_is_closed() {
    let bench = Workbench::new().with_own_cache();
    for folder in own_folders(&bench) {
        tree::folder(&folder);
        fs::set_permissions(&folder, Permissions::from_mode(0o755)).unwrap();
    }
    let _ = bench.run(["cache"]).expect_code(0);
    for folder in own_folders(&bench) {
        assert_eq!(mode(&folder), 0o700);
    }
}

#[test]
fn a_cache_behind_a_link_is_closed_too() {
    let bench = Workbench::new().with_own_cache();
    let disk = bench.path().join("disk");
    tree::folder(&disk);
    tree::folder(&bench.cache());
    symlink(&disk, bench.cache().join("packwright")).unwrap();
    let _ = bench.run(["cache"]).expect_code(0);
    assert_eq!(mode(&disk), 0o700);
}

#[test]
fn a_cache_or_data_folder_that_everybody_can_write_is_refused() {
    for (index, variable) in ["PACKWRIGHT_CACHE", "PACKWRIGHT_DATA"].into_iter().enumerate() {
        let bench = Workbench::new().with_own_cache();
        let folder = &own_folders(&bench)[index];
        tree::folder(folder);
        fs::set_permissions(folder, Permissions::from_mode(0o777)).unwrap();
        let run = bench.run(["cache"]).expect_code(1);
        let _ = run.says(&["others can write into", "may have planted tools and files in it", variable, "chmod 700"]);
        assert_eq!(mode(folder), 0o777);
    }
}

#[test]
fn a_cache_of_another_user_is_refused() {
    let bench = Workbench::new().with_own_cache();
    let [cache, _] = own_folders(&bench);
    tree::folder(&cache);
    if std::os::unix::fs::chown(&cache, Some(65_534), None).is_err() {
        eprintln!("not tried: only root can give a folder away");
        return;
    }
    let run = bench.run(["cache"]).expect_code(1);
    let _ = run.says(&["belongs to another user, who could plant tools and files in it", "PACKWRIGHT_CACHE"]);
}

#[test]
fn a_dist_folder_that_leads_out_of_the_project_is_used_only_if_it_is_named() {
    let bench = Workbench::new();
    let root = bench.project("greet", &tree::console_project(&[]));
    let elsewhere = bench.path().join("elsewhere");
    tree::folder(&elsewhere);
    symlink(&elsewhere, root.join("dist")).unwrap();
    let arguments = ["build", "zipapp", "--json", "--trust", "--no-verify"];
    let run = bench.packwright(arguments).arg(&root).run().expect_code(1);
    expect_words(
        &problem(&run),
        &["dist` is a link to `", "elsewhere`, which is not in the project", "Name the folder"],
    );
    assert!(tree::children(&elsewhere).is_empty());
    let run = bench.packwright(arguments).arg("--out").arg(root.join("dist")).arg(&root).run();
    let _ = run.expect_code(0).artifact();
    assert_eq!(tree::children(&elsewhere).len(), 3);
}

#[test]
fn a_pipe_where_a_receipt_goes_is_named_and_waited_for_by_nobody() {
    let bench = Workbench::new();
    let root = bench.project("greet", &tree::console_project(&[]));
    let artifact = path_of(&build(&bench, "zipapp", &root).expect_code(0).artifact());
    let receipt = artifact.with_file_name(format!("{}.receipt.json", tree::name(&artifact)));
    fs::remove_file(&receipt).unwrap();
    assert!(Command::new("mkfifo").arg(&receipt).status().unwrap().success());
    expect_words(&problem(&build(&bench, "zipapp", &root).expect_code(1)), &["neither a file nor a folder"]);
    let _ = bench.packwright(["verify"]).arg(&artifact).run().expect_code(2).says(&["it is no ordinary file"]);
}
