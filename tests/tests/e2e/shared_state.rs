//! What one build may write, no other build, tool or user sees.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use packwright_tests::{Invocation, Workbench, tree};
use sha2::{Digest, Sha256};

use crate::hostile_builds::sandboxed;
use crate::path_of;

const DEFINITION: &str = "[build-system]\nrequires = [\"hatchling\"]\nbuild-backend = \"hatchling.build\"\n\n\
                          [project]\nname = \"NAME\"\nversion = \"1.0\"\n";

/// What every build may change: what it says, when it was, and what else it looked up.
const OWN: &[&str] = &["logs/", "sources/", "steps/", "locks/", "probes.json", "in-use", "trimmed", "history."];

/// A project whose build hook changes whatever it can reach; without a sandbox only what it is handed below this folder.
fn vandal(bench: &Workbench, below: &str) -> PathBuf {
    let hook = include_str!("vandal.py").replace("ONLY_BELOW = BELOW", &format!("ONLY_BELOW = {below:?}"));
    let files = [
        ("pyproject.toml", DEFINITION.replace("NAME", "vandal")),
        // A second file that hatchling reads; the first one declares no hook.
        ("hatch.toml", "[build.hooks.custom]\n".into()),
        ("hatch_build.py", hook),
        ("vandal/__init__.py", String::new()),
        ("vandal/spoilt.txt", String::new()),
    ];
    let files: Vec<_> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
    bench.project("vandal", &files)
}

fn innocent(bench: &Workbench) -> PathBuf {
    let definition = DEFINITION.replace("NAME", "innocent");
    bench.project("innocent", &[("pyproject.toml", &definition), ("innocent/__init__.py", "VALUE = 1\n")])
}

/// Builds the wheel; gives its bytes.
fn wheel(bench: &Workbench, run: Invocation, project: &Path, more: &[&str]) -> Vec<u8> {
    let run = run.args(["build", "wheel", "--trust", "--no-verify", "--json"]).args(more).arg("--out");
    let run = run.arg(bench.path().join("out")).arg(project).run().expect_code(0);
    fs::read(path_of(&run.artifact())).unwrap()
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Every file below a folder with the digest of its content, or with what it links to.
fn contents(root: &Path) -> BTreeMap<String, String> {
    let content = |path: &PathBuf| match fs::read_link(path) {
        Ok(target) => format!("link to {}", target.display()),
        Err(_) => sha256(&fs::read(path).unwrap_or_default()),
    };
    let name = |path: &Path| path.strip_prefix(root).unwrap().display().to_string();
    tree::files(root).iter().map(|path| (name(path), content(path))).collect()
}

/// Fails unless a build added only its own, and everything in the store is what its name says.
#[track_caller]
fn expect_untouched(home: &Path, before: &BTreeMap<String, String>) {
    let after = contents(home);
    // `uv` tells what it starts where it is itself; when that was last looked at is written down, its content is compared.
    let is_own =
        |path: &str| path.ends_with(".status") || OWN.iter().any(|own| path.contains(&format!("packwright/{own}")));
    for (path, content) in before.iter().filter(|(path, _)| !is_own(path)) {
        assert_eq!(after.get(path), Some(content), "`{path}` was changed");
    }
    for (path, content) in after.iter().filter(|(path, _)| !before.contains_key(*path) && !is_own(path)) {
        let Some((_, place)) = path.split_once("packwright/store/") else { panic!("`{path}` was added") };
        match place.split('/').collect::<Vec<_>>().as_slice() {
            ["blobs", _, name] => assert_eq!(name.trim_end_matches('x'), content, "`{path}`"),
            ["trees", name] => assert!(name.ends_with(".json"), "`{path}` was added"),
            ["trees", digest, rest @ ..] => {
                let manifest = home.join(path.split_once(digest).unwrap().0).join(format!("{digest}.json"));
                let manifest: serde_json::Value = serde_json::from_str(&tree::read(&manifest)).unwrap();
                assert_eq!(manifest["nodes"][rest.join("/")]["file"]["blob"]["sha256"], content.as_str(), "`{path}`");
            }
            _ => panic!("`{path}` was added"),
        }
    }
}

/// What the vandal says that it changed.
fn spoilt(wheel: &[u8]) -> String {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(wheel)).unwrap();
    let mut text = String::new();
    archive.by_name("vandal/spoilt.txt").unwrap().read_to_string(&mut text).unwrap();
    text
}

/// Builds an innocent project, the vandal, and the innocent one again.
fn try_out(bench: &Workbench, packwright: &dyn Fn() -> Invocation, below: &str) -> String {
    let (innocent, vandal) = (innocent(bench), vandal(bench, below));
    let clean = wheel(bench, packwright(), &innocent, &[]);
    let before = contents(&bench.home());
    let changed = spoilt(&wheel(bench, packwright(), &vandal, &[]));
    expect_untouched(&bench.home(), &before);
    let again = wheel(bench, packwright(), &innocent, &["--no-cache"]);
    assert!(again == clean, "the innocent wheel is another one");
    changed
}

#[test]
fn a_build_that_writes_wherever_it_can_changes_nothing_that_others_see() {
    if !sandboxed() {
        return;
    }
    let bench = Workbench::new().with_own_cache();
    let changed = try_out(&bench, &|| bench.packwright([] as [&str; 0]), "");
    assert!(changed.contains("/pw/tmp") && changed.contains("site-packages/hatchling"), "it changed only:\n{changed}");
}

#[test]
fn without_a_sandbox_a_build_is_handed_nothing_that_others_use() {
    let bench = Workbench::new().with_own_cache();
    let hidden = ["--ro-bind", "/dev/null", "/usr/bin/bwrap"];
    let Some(_) = bench.packwright_in_changed_view(&hidden) else { return };
    let below = bench.home().display().to_string();
    let changed = try_out(&bench, &|| bench.packwright_in_changed_view(&hidden).unwrap(), &below);
    assert!(changed.contains("site-packages/hatchling"), "it changed only:\n{changed}");
}
