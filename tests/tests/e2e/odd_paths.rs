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
