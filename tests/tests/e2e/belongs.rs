//! What belongs to a program goes along, and nothing that only its owner should know leaves the house, whoever packs it.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use packwright_tests::{Run, Workbench, tree};

use crate::{build_with, expect_words, path_of, problem};

/// A token of known form, which is in no file of this repository as a whole.
fn token() -> String {
    format!("ghp{}", "_q7Zt3kL9vX2mP8wR4sB6nJ5dF1hG0cYaq7Zt")
}

const PYPROJECT: &str = "[build-system]\nrequires = ['hatchling']\nbuild-backend = 'hatchling.build'\n\n[project]\nname = 'shopbot'\n\
                         version = '1.0'\nrequires-python = '>=3.9'\n\n[project.scripts]\nshopbot = 'shopbot:main'\n";

/// A program that answers, with a token in its third line.
fn code() -> String {
    format!(
        "import argparse\n\nTOKEN = '{}'\n\ndef main():\n    argparse.ArgumentParser().parse_args()\n    print('hello')\n\n\
         if __name__ == '__main__':\n    main()\n",
        token()
    )
}

fn members(artifact: &Path) -> BTreeSet<String> {
    let archive = zip::ZipArchive::new(File::open(artifact).unwrap()).unwrap();
    archive.file_names().flatten().map(std::borrow::Cow::into_owned).collect()
}

/// The names in the only artifact of a run.
fn packed(run: &Run) -> BTreeSet<String> {
    let finished = run.finished();
    members(&path_of(&finished["artifacts"][0]))
}

fn handed_over(bench: &Workbench) -> Vec<PathBuf> {
    let out = bench.path().join("out");
    if out.exists() { tree::children(&out) } else { Vec::new() }
}

#[test]
fn a_token_in_the_code_stops_every_artifact_until_somebody_says_that_it_may_go() {
    for technology in ["wheel", "sdist", "zipapp", "pex"] {
        let bench = Workbench::new();
        let root = bench.project("shopbot", &[("pyproject.toml", PYPROJECT), ("shopbot/__init__.py", &code())]);
        let refused = build_with(&bench, technology, &root, &[]).expect_code(1);
        let told = problem(&refused);
        expect_words(
            &told,
            &["is not handed over: it would give away 1 secret", "shopbot/__init__.py`, line 3: a GitHub token"],
        );
        assert!(handed_over(&bench).is_empty(), "{technology}");
        let agreed = build_with(&bench, technology, &root, &["--ship-secret", "shopbot/__init__.py"]).expect_code(0);
        let warnings = agreed.finished()["artifacts"][0]["warnings"].to_string();
        expect_words(&warnings, &["line 3: a GitHub token, as you agreed"]);
        for text in [&refused.stdout, &refused.stderr, &agreed.stdout, &agreed.stderr] {
            assert!(!text.contains(&token()), "{technology}: the token itself is shown");
        }
        for file in handed_over(&bench).iter().filter(|file| file.extension().is_some_and(|ending| ending == "json")) {
            assert!(!tree::read(file).contains(&token()), "the token itself is in {}", file.display());
        }
    }
}

#[test]
fn a_loose_folder_goes_without_what_is_none_of_the_program() {
    let bench = Workbench::new();
    let program = "import os\nif __name__ == '__main__':\n    print(sorted(os.listdir('.')) and 'hello')\n";
    let settings = format!("[bot]\ntoken = {}\n", token());
    let files = [
        ("main.py", program),
        ("main_backup.py", program),
        ("words.txt", "a\n"),
        (".env", "TOKEN=1\n"),
        (".env.production", "TOKEN=2\n"),
        ("config.ini", &settings),
        (
            "deploy_key",
            "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW\n",
        ),
        ("db.sqlite3", "SQLite format 3\0"),
        ("app.log", "started\n"),
        (".DS_Store", "x"),
        ("env/lib/python3.11/site-packages/flask/__init__.py", ""),
        ("env/bin/activate", ""),
        ("venv2/Lib/site-packages/flask/__init__.py", ""),
        ("venv2/Scripts/python.exe", ""),
        ("__pycache__/main.cpython-311.pyc", ""),
    ];
    let root = bench.project("shop", &files);
    let plain = build_with(&bench, "zipapp", &root, &[]).expect_code(0);
    let names = packed(&plain);
    let own: Vec<&str> =
        names.iter().map(String::as_str).filter(|name| !name.contains(".dist-info") && !name.ends_with('/')).collect();
    assert_eq!(own, ["__main__.py", "main.py", "words.txt"]);
    let chosen = ["--include", "db.sqlite3", "--leave-out", "words.txt"];
    let names = packed(&build_with(&bench, "zipapp", &root, &chosen).expect_code(0));
    assert!(names.contains("db.sqlite3") && !names.contains("words.txt"), "{names:?}");
    fs::write(root.join("packwright.toml"), "include = ['db.sqlite3']\nleave-out = ['*.txt']\n").unwrap();
    let names = packed(&build_with(&bench, "zipapp", &root, &[]).expect_code(0));
    assert!(names.contains("db.sqlite3") && !names.contains("words.txt"), "{names:?}");
}

#[test]
fn what_is_left_out_is_shown_before_anything_is_planned() {
    let bench = Workbench::new();
    let root = bench
        .project("shop", &[("main.py", "print('hello')\n"), (".env", "A=1\n"), ("app.db", ""), ("main.py.bak", "")]);
    let shown = bench.packwright(["inspect"]).arg(&root).run().expect_code(0).stdout;
    expect_words(&shown, &["Not part of it", ".env", "holds logins or keys: left out", "app.db", "--include PATH"]);
    let json = bench.packwright(["inspect", "--json"]).arg(&root).run().expect_code(0).stdout;
    expect_words(&json, &["\"kind\":\"credential\"", "\"path\":\"app.db\"", "\"fate\":\"asked\""]);
    let plan = bench.packwright(["plan", "zipapp"]).arg(&root).run().expect_code(0).stdout;
    expect_words(&plan, &["Not part of it", ".env", "app.db"]);
    let error = bench.packwright(["inspect", "--include", "../other"]).arg(&root).run().expect_code(2);
    expect_words(&error.stderr, &["`../other` cannot be included or left out"]);
}

#[test]
fn what_a_build_backend_names_goes_along_though_it_is_ignored() {
    let bench = Workbench::new();
    let pyproject = format!("{PYPROJECT}\n[tool.hatch.build]\nartifacts = ['shopbot/web/*.js']\n");
    let main = "def main():\n    print('hello')\n";
    let files = [
        ("pyproject.toml", pyproject.as_str()),
        ("shopbot/__init__.py", main),
        ("shopbot/web/app.js", "1"),
        ("shopbot/web/app.css", "1"),
        (".gitignore", "shopbot/web/\n"),
    ];
    let root = bench.project("shopbot", &files);
    let names = packed(&build_with(&bench, "wheel", &root, &[]).expect_code(0));
    assert!(names.contains("shopbot/web/app.js") && !names.contains("shopbot/web/app.css"), "{names:?}");
}
