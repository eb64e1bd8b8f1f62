//! Projects that try to make Packwright itself do their work.

use packwright_tests::{Workbench, tree};

use crate::{build, expect_words};

/// The small project with this under `[tool.packwright]`.
fn with_settings(bench: &Workbench, settings: &str) -> std::path::PathBuf {
    let root = bench.project("greet", &tree::console_project(&[]));
    let definition = root.join("pyproject.toml");
    std::fs::write(&definition, format!("{}\n[tool.packwright]\n{settings}\n", tree::read(&definition))).unwrap();
    root
}

#[test]
fn settings_that_smuggle_a_command_an_index_or_trust_are_refused_by_name() {
    for (key, setting) in [
        ("command", "command = [\"touch\", \"mark\"]"),
        ("index", "index = \"http://127.0.0.1:1/simple\""),
        ("trust", "trust = true"),
        ("run", "[tool.packwright.try]\nby = \"arguments\"\nattempts = []\nrun = \"touch mark\""),
    ] {
        let bench = Workbench::new();
        let root = with_settings(&bench, setting);
        let run = bench.packwright(["build", "zipapp"]).arg(&root).run().expect_code(3);
        let _ = run.says(&[&format!("`{key}`"), "pyproject.toml"]);
    }
}

#[test]
fn settings_name_technologies_and_options_but_nothing_else() {
    let bench = Workbench::new();
    let root = with_settings(&bench, "build = [\"zipapp\"]");
    let run = bench.packwright(["build", "--json", "--trust"]).within(&root).run().expect_code(0);
    assert_eq!(run.artifact()["technology"], "zipapp");
}

#[cfg(unix)]
#[test]
fn executables_inside_the_project_are_never_picked_up_as_tools() {
    use std::os::unix::fs::PermissionsExt;
    let bench = Workbench::new();
    let mark = bench.path().join("mark");
    let root = bench.project("greet", &tree::console_project(&[]));
    for name in ["python", "python3", "uv", "git", "git.exe", "pip", "bwrap", "pex", "shiv"] {
        let trap = root.join(name);
        std::fs::write(&trap, format!("#!/bin/sh\necho \"$0 $*\" >> '{}'\n", mark.display())).unwrap();
        std::fs::set_permissions(&trap, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    let path = format!("{}:.::{}", root.display(), std::env::var("PATH").unwrap_or_default());
    let run = bench.packwright(["build", "zipapp", "--trust", "."]).within(&root).env("PATH", path).run();
    assert!(!mark.exists(), "started: {}\n{run}", tree::read(&mark));
    let _ = run.expect_code(0);
}

#[cfg(unix)]
#[test]
fn executables_of_the_same_checkout_are_never_picked_up_as_tools() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let bench = Workbench::new();
    let mark = bench.path().join("mark");
    bench.project("repo/sub", &tree::console_project(&[]));
    let repo = bench.path().join("repo");
    let (traps, links) = (repo.join("bin"), bench.path().join("links"));
    for folder in [&repo.join(".git"), &traps, &links] {
        tree::folder(folder);
    }
    for name in ["python", "python3", "uv", "git", "pip", "bwrap", "pex", "shiv"] {
        let trap = traps.join(name);
        std::fs::write(&trap, format!("#!/bin/sh\necho \"$0 $*\" >> '{}'\n", mark.display())).unwrap();
        std::fs::set_permissions(&trap, std::fs::Permissions::from_mode(0o755)).unwrap();
        symlink(&trap, links.join(name)).unwrap();
    }
    let path = format!("{}:{}:{}", traps.display(), links.display(), std::env::var("PATH").unwrap_or_default());
    for arguments in [["build", "zipapp", "--trust", "."].as_slice(), &["doctor"], &["advise", "."]] {
        let run = bench.packwright(arguments).within(repo.join("sub")).env("PATH", &path).run();
        assert!(!mark.exists(), "started: {}\n{run}", tree::read(&mark));
        let _ = run.expect_code(0);
    }
}

#[test]
fn metadata_that_looks_like_commands_is_only_text() {
    let bench = Workbench::new();
    let root = bench.project("greet", &tree::console_project(&[]));
    let definition = root.join("pyproject.toml");
    let text = tree::read(&definition).replace("Says hello", "$(touch mark) `touch mark` '; touch mark; ' %PATH%");
    std::fs::write(&definition, text).unwrap();
    let _ = build(&bench, "zipapp", &root).expect_code(0);
    assert!(!tree::files(bench.path()).iter().any(|path| tree::name(path) == "mark"));
}

#[test]
fn a_huge_file_and_a_binary_file_are_read_past() {
    let bench = Workbench::new();
    let root = bench.project("greet", &tree::console_project(&[]));
    std::fs::write(root.join("noise.py"), [0_u8, 159, 146, 150].repeat(2_000_000)).unwrap();
    std::fs::write(root.join("nul.py"), b"import os\0import sys\n").unwrap();
    let run = bench.packwright(["inspect", "--json"]).arg(&root).run().expect_code(0);
    expect_words(&run.stdout, &["greet"]);
}
