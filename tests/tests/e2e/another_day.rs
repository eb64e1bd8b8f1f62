//! What stays the same when nothing but time has passed.

use std::fs;
use std::io::Read;
use std::path::Path;

use packwright_tests::{Workbench, tree};
use serde_json::Value;

use crate::{build_with, path_of};

const DEFINITION: &str = "[build-system]\nrequires = [\"hatchling\"]\nbuild-backend = \"hatchling.build\"\n\n\
                          [project]\nname = \"greet\"\nversion = \"1.0\"\n";

/// What a wheel says of how it was made.
fn made_by(wheel: &Path) -> String {
    let mut archive = zip::ZipArchive::new(fs::File::open(wheel).expect("the wheel")).expect("a ZIP archive");
    let mut text = String::new();
    archive.by_name("greet-1.0.dist-info/WHEEL").expect("its form").read_to_string(&mut text).expect("a text");
    text
}

/// Makes every remembered lock with a package an old one, of this version of the package.
fn let_time_pass(locks: &Path, name: &str, version: &str) {
    for path in tree::files(locks) {
        let mut remembered: Value = serde_json::from_str(&tree::read(&path)).expect("a lock is JSON");
        let packages = remembered["answer"]["packages"].as_array_mut().expect("a list");
        if let Some(package) = packages.iter_mut().find(|package| package["name"] == name) {
            package["version"] = version.into();
            remembered["at"] = 0.into();
            fs::write(&path, remembered.to_string()).expect("it can be written");
        }
    }
}

#[test]
fn a_build_backend_stays_the_same_on_another_day_unless_no_cache_is_asked_for() {
    let bench = Workbench::new().with_own_cache();
    let project = bench.project("greet", &[("pyproject.toml", DEFINITION), ("greet/__init__.py", "")]);
    let wheel = |more: &[&str]| {
        let run = build_with(&bench, "wheel", &project, &[&["--no-verify"], more].concat()).expect_code(0);
        made_by(&path_of(&run.artifact()))
    };
    let first = wheel(&[]);
    let older = "1.27.0";
    assert!(!first.contains(older), "{first}");
    let_time_pass(&bench.cache().join("packwright/locks"), "hatchling", older);
    let kept = wheel(&[]);
    assert!(kept.contains(older), "{kept}");
    assert_eq!(wheel(&["--no-cache"]), first);
}
