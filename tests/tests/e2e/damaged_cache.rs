//! A cache whose files were cut, changed, removed or added, with their dates kept or not: what is used is what was
//! installed and what was made.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use packwright_tests::{Run, Workbench, tree};

use crate::{build_with, expect_words, path_of, problem};

fn greet(bench: &Workbench) -> PathBuf {
    bench.project("greet", &tree::console_project(&[]))
}

/// The folder of the only installed tool of this name.
fn tool(bench: &Workbench, name: &str) -> PathBuf {
    let tools = tree::children(&bench.cache().join("packwright/tools"));
    let of_this_name = |path: &&PathBuf| path.is_dir() && tree::name(path).starts_with(&format!("{name}-"));
    tools.iter().find(of_this_name).unwrap_or_else(|| panic!("`{name}` is not among {tools:?}")).clone()
}

/// Other bytes of the same number with the same date, as a disk that loses bits would give them.
fn rot(file: &Path) {
    let found = fs::metadata(file).unwrap();
    let mut bytes = fs::read(file).unwrap();
    let middle = bytes.len() / 2;
    let Some(byte) = bytes.get_mut(middle) else { return };
    *byte ^= 1;
    write(file, &bytes);
    fs::File::options().append(true).open(file).unwrap().set_modified(found.modified().unwrap()).unwrap();
    fs::set_permissions(file, found.permissions()).unwrap();
}

fn write(file: &Path, bytes: &[u8]) {
    let mode = fs::metadata(file).map_or(0o644, |found| found.permissions().mode());
    if file.exists() {
        fs::set_permissions(file, fs::Permissions::from_mode(mode | 0o200)).unwrap();
    }
    fs::write(file, bytes).unwrap();
}

fn cut(file: &Path) {
    let bytes = fs::read(file).unwrap();
    write(file, &bytes[..bytes.len() / 2]);
}

/// A file of a tool by the end of its path.
fn part(root: &Path, end: &str) -> PathBuf {
    let files = tree::files(root);
    files
        .iter()
        .find(|path| path.ends_with(end))
        .unwrap_or_else(|| panic!("`{}` has no `{end}`", root.display()))
        .clone()
}

/// What the build says besides.
fn notes(run: &Run) -> String {
    let noted = run.records().into_iter().filter(|record| record["type"] == "noted");
    noted.filter_map(|record| record["text"].as_str().map(str::to_owned)).collect::<Vec<_>>().join("\n")
}

fn anew(bench: &Workbench, technology: &str, root: &Path) -> Run {
    build_with(bench, technology, root, &["--no-cache", "--no-verify"])
}

/// What happens to a tool whose folder, and one module of it, are given.
type Damaging = fn(&Path, &str);

/// Damages a tool of the index in ways, and builds after each.
fn damage(technology: &str, module: &str, ways: &[(&str, Damaging)]) {
    let bench = Workbench::new().with_own_cache();
    let root = greet(&bench);
    let whole = anew(&bench, technology, &root).expect_code(0);
    assert_eq!(notes(&whole), "");
    for (words, happens) in ways {
        happens(&tool(&bench, technology), module);
        let seen = bench.packwright(["doctor", technology, "--json"]).run().expect_code(0);
        expect_words(&seen.stdout, &[&format!("{technology} "), "is damaged", words]);
        let run = anew(&bench, technology, &root).expect_code(0);
        expect_words(&notes(&run), &[&format!("`{technology}` was"), words]);
        assert!(!tree::files(&tool(&bench, technology)).iter().any(|path| path.ends_with("sitecustomize.py")));
        let seen = bench.packwright(["doctor", technology]).run().expect_code(0);
        assert!(!seen.stdout.contains("damaged"), "{seen}");
    }
}

/// Code that Python would run before anything else.
fn plant(tool: &Path, module: &str) {
    let package = part(tool, module).parent().and_then(Path::parent).unwrap().to_path_buf();
    fs::write(package.join("sitecustomize.py"), "raise SystemExit('planted')").unwrap();
}

#[test]
fn a_damaged_pex_is_mended_before_it_is_used() {
    let ways: [(&str, Damaging); 5] = [
        ("differs", |tool, module| cut(&part(tool, module))),
        ("differs", |tool, module| rot(&part(tool, module))),
        ("is missing", |tool, module| fs::remove_file(part(tool, module)).unwrap()),
        ("is missing", |tool, _| tree::files(tool).iter().for_each(|file| fs::remove_file(file).unwrap())),
        ("was added", plant),
    ];
    damage("pex", "pex/pex_builder.py", &ways);
}

#[test]
fn a_damaged_shiv_is_mended_before_it_is_used() {
    damage("shiv", "shiv/builder.py", &[("differs", |tool, module| rot(&part(tool, module))), ("was added", plant)]);
}

#[test]
fn a_damaged_uv_is_mended_before_it_is_used_and_never_the_networks_fault() {
    let bench = Workbench::new().with_own_cache();
    let root = greet(&bench);
    let _ = anew(&bench, "wheel", &root).expect_code(0);
    let program = tool(&bench, "uv").join("uv");
    let ways: [fn(&Path); 4] = [
        cut,
        rot,
        |program| fs::remove_file(program).unwrap(),
        |program| fs::set_permissions(program, fs::Permissions::from_mode(0o644)).unwrap(),
    ];
    for damage in ways {
        damage(&program);
        let _ = fs::remove_dir_all(bench.cache().join("packwright/locks"));
        let offline = bench.packwright(["plan", "wheel", "--json", "--offline"]).arg(&root).run();
        let said = format!("{}{}", offline.stdout, offline.stderr);
        expect_words(&said, &["`uv` is damaged", "`uv` ", "Go online once"]);
        assert!(!said.contains("Check the network"), "{said}");
        let run = anew(&bench, "wheel", &root).expect_code(0);
        expect_words(&notes(&run), &["`uv` was damaged", "was installed again"]);
    }
}

#[test]
fn a_damaged_tool_that_cannot_be_installed_again_names_the_file() {
    let bench = Workbench::new().with_own_cache();
    let root = greet(&bench);
    let _ = anew(&bench, "pex", &root).expect_code(0);
    cut(&part(&tool(&bench, "pex"), "pex/pex_builder.py"));
    fs::remove_dir_all(bench.cache().join("packwright/uv")).unwrap();
    let run = build_with(&bench, "pex", &root, &["--no-cache", "--no-verify", "--offline"]).expect_code(4);
    expect_words(&problem(&run), &["`pex` is damaged", "pex_builder.py` differs", "Go online once"]);
}

#[test]
fn what_uv_has_unpacked_wrongly_does_not_become_a_tool() {
    let bench = Workbench::new().with_own_cache();
    let root = greet(&bench);
    let _ = anew(&bench, "pex", &root).expect_code(0);
    let unpacked = tree::files(&bench.cache().join("packwright/uv"));
    let unpacked: Vec<&PathBuf> = unpacked.iter().filter(|path| path.ends_with("pex/pex_builder.py")).collect();
    assert!(!unpacked.is_empty(), "uv keeps what it has unpacked");
    for file in unpacked {
        rot(file);
    }
    fs::remove_dir_all(tool(&bench, "pex")).unwrap();
    let _ = anew(&bench, "pex", &root).expect_code(0);
}

#[test]
fn a_disk_that_loses_bits_without_a_trace_changes_no_artifact() {
    let bench = Workbench::new().with_own_cache();
    let root = greet(&bench);
    let before = build_with(&bench, "zipapp", &root, &[]).expect_code(0).artifact();
    for more in [["--no-verify"].as_slice(), &[]] {
        let blobs = tree::files(&bench.cache().join("packwright/store/blobs"));
        assert!(blobs.len() > 3);
        for blob in &blobs {
            rot(blob);
        }
        let after = build_with(&bench, "zipapp", &root, more).expect_code(0).artifact();
        assert_eq!(before["sha256"], after["sha256"]);
        let _ = bench.packwright(["verify"]).arg(path_of(&after)).run().expect_code(0);
    }
}

#[test]
fn a_full_disk_is_no_fault_of_the_program_that_is_tried() {
    let bench = Workbench::new().with_own_cache();
    let root = greet(&bench);
    let _ = build_with(&bench, "zipapp", &root, &[]).expect_code(0);
    let logs = bench.cache().join("packwright/logs").display().to_string();
    let Some(run) = bench.packwright_in_changed_view(&["--size", "4096", "--tmpfs", &logs]) else {
        eprintln!("not tried: without bubblewrap no small disk can be made");
        return;
    };
    let run = run.args(["build", "zipapp", "--json", "--trust", "--out"]).arg(bench.path().join("out")).arg(root).run();
    let verified = &run.expect_code(0).artifact()["verified"];
    assert_eq!(verified["outcome"], "not-tried");
    expect_words(&verified["because"].to_string(), &["the disk is full", "No space left"]);
}

#[test]
fn contents_that_were_removed_are_made_again() {
    let bench = Workbench::new().with_own_cache();
    let root = greet(&bench);
    let before = build_with(&bench, "zipapp", &root, &["--no-verify"]).expect_code(0).artifact();
    let store = bench.cache().join("packwright/store");
    fs::remove_dir_all(store.join("blobs")).unwrap();
    fs::create_dir(store.join("blobs")).unwrap();
    fs::write(root.join("greet.py"), format!("{}\n# edited\n", tree::read(&root.join("greet.py")))).unwrap();
    let after = build_with(&bench, "zipapp", &root, &["--no-verify"]).expect_code(0).artifact();
    assert_ne!(before["sha256"], after["sha256"]);
}

#[test]
fn an_edit_with_the_size_and_the_date_of_before_is_built() {
    let bench = Workbench::new();
    let root = greet(&bench);
    let file = root.join("greet.py");
    let text = tree::read(&file);
    let built = |mark: &str| {
        fs::write(&file, format!("{text}\nMARK = '{mark}'\n")).unwrap();
        fs::File::options().append(true).open(&file).unwrap().set_modified(std::time::UNIX_EPOCH).unwrap();
        build_with(&bench, "wheel", &root, &["--no-verify"]).expect_code(0).artifact()["sha256"].clone()
    };
    let (one, other) = (built("AAAA"), built("BBBB"));
    assert_ne!(one, other);
    assert_eq!(built("AAAA"), one);
}

#[test]
fn a_relative_cache_works_and_an_empty_name_means_the_usual_one() {
    let bench = Workbench::new();
    let root = greet(&bench);
    for (cache, data) in [("cache", "data"), ("", "")] {
        let run = bench.packwright(["build", "zipapp", "--json", "--trust"]).arg(&root).within(bench.path());
        let run = run.env("PACKWRIGHT_CACHE", cache).env("PACKWRIGHT_DATA", data).run().expect_code(0);
        assert_ne!(run.artifact()["verified"]["outcome"], "not-tried", "{run}");
    }
    assert!(bench.path().join("cache/store").is_dir() && bench.path().join("data/history.sqlite").is_file());
}

#[test]
fn a_damaged_history_hinders_no_build_and_says_what_to_do() {
    let bench = Workbench::new();
    let root = greet(&bench);
    let file = bench.home().join(".local/share/packwright/history.sqlite");
    let _ = build_with(&bench, "wheel", &root, &["--no-verify"]).expect_code(0);
    cut(&file);
    write(&file, &[b'x'; 5000]);
    let run = build_with(&bench, "wheel", &root, &["--no-verify"]).expect_code(0);
    expect_words(&notes(&run), &["the history does not tell of this build", "not a database"]);
    let listed = bench.run(["history"]).expect_code(1);
    let _ = listed.says(&[&file.display().to_string(), "Move it away", "history.sqlite.damaged"]);
    fs::rename(&file, file.with_extension("sqlite.damaged")).unwrap();
    let _ = build_with(&bench, "wheel", &root, &["--no-verify"]).expect_code(0);
    let _ = bench.run(["history"]).expect_code(0);
}
