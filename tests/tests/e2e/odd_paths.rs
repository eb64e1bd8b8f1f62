//! Paths that tools stumble over, and links that lead in circles or outside.

use std::fs;
use std::path::PathBuf;

use packwright_tests::{Workbench, tree};

use crate::{build, expect_words, problem};

fn expect_built_in(name: &str) {
    let bench = Workbench::new();
    let root = bench.project(name, &tree::console_project(&[]));
    let run = bench.packwright(["build", "zipapp", "--json", "--trust", "--out"]).arg(bench.path().join("out"));
    let _ = run.arg(root).run().expect_code(0).artifact();
}

#[test]
fn a_folder_with_spaces_is_a_folder() {
    expect_built_in("my first program");
}

#[test]
fn a_folder_with_quotes_and_a_dollar_sign_is_never_read_by_a_shell() {
    expect_built_in("it's \"$(touch here)\" & co; `id`");
}

#[test]
fn a_folder_with_letters_beyond_ascii_is_a_folder() {
    expect_built_in("café-日本");
}

#[test]
fn a_folder_with_a_newline_is_a_folder() {
    expect_built_in("two\nlines");
}

#[test]
fn a_folder_with_a_leading_dash_is_no_option() {
    let bench = Workbench::new();
    bench.project("-rf", &tree::console_project(&[]));
    let run = bench.packwright(["build", "--json", "--trust", "--out", "out", "zipapp", "./-rf"]).run();
    let _ = run.expect_code(0).artifact();
}

#[test]
fn a_path_of_four_thousand_characters_works_or_says_that_it_is_too_long() {
    let bench = Workbench::new();
    let deep: PathBuf = std::iter::repeat_n("d".repeat(200), 19).collect();
    let root = bench.path().join(deep);
    if fs::create_dir_all(&root).is_err() {
        eprintln!("not tried: this system makes no such folder");
        return;
    }
    tree::write(&root, &tree::console_project(&[]));
    let run = build(&bench, "zipapp", &root);
    assert!(run.code == 0 || problem(&run).len() > 20, "{run}");
}

#[test]
fn files_with_odd_names_inside_a_project_are_carried_along_or_named() {
    let bench = Workbench::new();
    let odd = [("-dash.txt", "1"), ("new\nline.txt", "2"), ("quo\"te.txt", "3"), ("é.txt", "4"), ("a b.txt", "5")];
    let root = bench.project("greet", &tree::console_project(&odd));
    let run = bench.packwright(["inspect", "--json"]).arg(&root).run().expect_code(0);
    expect_words(&run.stdout, &["hostile-path"]);
    let _ = build(&bench, "zipapp", &root).expect_code(0);
}

#[cfg(unix)]
#[test]
fn a_loop_of_links_ends() {
    let bench = Workbench::new();
    let root = bench.project("greet", &tree::console_project(&[]));
    std::os::unix::fs::symlink("..", root.join("again")).unwrap();
    std::os::unix::fs::symlink("me", root.join("me")).unwrap();
    let _ = build(&bench, "zipapp", &root).expect_code(0);
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_outside_is_a_risk_and_what_it_shows_is_not_shipped() {
    let bench = Workbench::new();
    let secret = bench.path().join("secret.txt");
    fs::write(&secret, "the secret words").unwrap();
    let root = bench.project("greet", &tree::console_project(&[]));
    std::os::unix::fs::symlink(&secret, root.join("data.txt")).unwrap();
    let run = bench.packwright(["inspect", "--json"]).arg(&root).run().expect_code(0);
    expect_words(&run.stdout, &["link-outside", "data.txt"]);
    let artifact = build(&bench, "sdist", &root).expect_code(0).artifact();
    let bytes = fs::read(crate::path_of(&artifact)).unwrap();
    let mut text = Vec::new();
    let _ = std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&bytes[..]), &mut text);
    assert!(!String::from_utf8_lossy(&text).contains("the secret words"));
}

/// Links out, in a circle and to what is no file; a pipe; a name that is not UTF-8; a program that makes who runs it its owner.
#[cfg(target_os = "linux")]
fn strangers_in(package: &std::path::Path) {
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::{PermissionsExt, symlink};
    let latin = std::ffi::OsStr::from_bytes(b"caf\xe9.txt");
    fs::write(package.join(latin), "1").unwrap();
    for (to, link) in [("/etc/passwd", "leak"), ("b", "a"), ("a", "b"), ("pipe", "to-pipe")] {
        symlink(to, package.join(link)).unwrap();
    }
    symlink(latin, package.join("to-latin")).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(package.join("pipe")).status().unwrap().success());
    fs::write(package.join("su"), "#!/bin/sh\n").unwrap();
    fs::set_permissions(package.join("su"), fs::Permissions::from_mode(0o4755)).unwrap();
}

#[cfg(target_os = "linux")]
#[test]
fn what_no_build_takes_is_named_before_and_after_and_all_else_is_built() {
    let bench = Workbench::new();
    let files = tree::console_project(&[]);
    let root = bench.project("greet", &[files[0], ("greet/__init__.py", files[1].1)]);
    strangers_in(&root.join("greet"));
    let named = [
        "`greet/caf\u{fffd}.txt` is not UTF-8",
        "`greet/pipe` is a pipe, a socket or a device",
        "`greet/leak` leads outside the project",
        "`greet/a` leads nowhere",
        "`greet/b` leads nowhere",
        "`greet/to-pipe` leads to what no build takes",
        "`greet/to-latin` leads to what no build takes",
    ];
    let inspected = bench.packwright(["inspect", "--json"]).arg(&root).run().expect_code(0);
    expect_words(&inspected.stdout, &named);
    let run = build(&bench, "wheel", &root).expect_code(0);
    let artifact = run.artifact();
    expect_words(&artifact["warnings"].to_string(), &named);
    expect_words(&run.stdout, &["`greet/su` is set to run as the owner or group, and what is built from that is not"]);
    let mut wheel = zip::ZipArchive::new(fs::File::open(crate::path_of(&artifact)).unwrap()).unwrap();
    for index in 0..wheel.len() {
        let name = wheel.by_index(index).unwrap().name().unwrap().into_owned();
        let is_known = ["greet/__init__.py", "greet/su"].contains(&name.as_str()) || !name.starts_with("greet/");
        assert!(is_known, "{name}");
    }
    let mode = wheel.by_name("greet/su").unwrap().unix_mode().unwrap();
    assert_eq!(mode & 0o7777, 0o755, "{mode:o}");
}
