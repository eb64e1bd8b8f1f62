//! What steps write beside files, and what was handed over by earlier versions.

use std::fs;
use std::path::Path;

use packwright_tests::{Workbench, tree};
use serde_json::{Value, json};

use crate::hostile_builds::{hostile, sandboxed};
use crate::{build, expect_words, path_of, problem};

/// Where a build in a sandbox writes.
const OUT: &str = "/pw/out";

#[test]
fn what_no_tree_holds_ends_a_build_with_its_name() {
    if !sandboxed() {
        return;
    }
    let cases = [
        ("os.symlink('/etc/passwd', out + '/leak')", "`leak`, which is a link that leads out of it"),
        ("os.symlink('../../etc', out + '/leak')", "`leak`, which is a link that leads out of it"),
        ("os.symlink('b', out + '/a'); os.symlink('a', out + '/b')", "which is a link that leads in a circle"),
        ("os.mkfifo(out + '/pipe')", "`pipe`, which is neither a file, a folder nor a link"),
        ("open(out + '/su', 'w').close(); os.chmod(out + '/su', 0o4755)", "`su`, which is set to run as its owner"),
        ("open(os.fsencode(out) + b'/caf\\xe9', 'w').close()", "which is a name that is not UTF-8"),
    ];
    for (code, expected) in cases {
        let bench = Workbench::new();
        let root =
            hostile(&bench, &format!("import os\nout = '{OUT}'\nif 'bdist_wheel' in __import__('sys').argv: {code}\n"));
        expect_words(&problem(&build(&bench, "wheel", &root).expect_code(1)), &[expected]);
    }
}

#[test]
fn links_and_empty_folders_beside_a_wheel_do_no_harm() {
    if !sandboxed() {
        return;
    }
    let bench = Workbench::new();
    let code = "import os, sys\nif 'bdist_wheel' in sys.argv:\n    os.makedirs('/pw/out/empty/below')\n    \
                os.symlink('empty', '/pw/out/link')\n";
    let _ = build(&bench, "wheel", &hostile(&bench, code)).expect_code(0);
}

/// The receipt as an earlier version would have written it for what this one made.
fn in_format_1(receipt: &Value) -> Value {
    let mut old = receipt.clone();
    old["format"] = 1.into();
    let proof = &receipt["proof"]["proofs"][0];
    let subject = proof["acts"].as_array().unwrap().iter().find(|act| act["trial"].is_object()).unwrap();
    let [step, pick] = [0, 1].map(|at| subject["subject"]["tool"][0]["output"][at].clone());
    let args = &subject["subject"]["args"];
    old["proof"] = json!({
        "made_by": receipt["proof"]["made_by"], "made_at": receipt["proof"]["made_at"], "trees": {},
        "checks": [{
            "title": proof["title"],
            "room": {
                "python": { "exactly": proof["room"]["place"]["python"] },
                "network": false, "display": false, "platform": null,
            },
            "prepare": [],
            "subject": {
                "tool": { "kind": "built", "step": step, "pick": pick },
                "args": args, "env": {}, "cwd": null, "runner": "native",
            },
            "trial": subject["trial"], "success": proof["success"], "inputs": [step],
        }],
    });
    old
}

fn rewrite(receipt: &Path, change: impl FnOnce(Value) -> Value) {
    let text = change(serde_json::from_str(&tree::read(receipt)).unwrap());
    fs::write(receipt, text.to_string()).unwrap();
}

#[test]
fn an_artifact_of_an_earlier_version_is_verified_and_one_of_a_later_is_left_to_that() {
    if !sandboxed() {
        // Outside a sandbox nothing is started of which a stranger's receipt says where it comes from.
        return;
    }
    let bench = Workbench::new();
    let root = bench.project("greet", &tree::console_project(&[]));
    let artifact = path_of(&build(&bench, "zipapp", &root).expect_code(0).artifact());
    let receipt = artifact.with_extension("pyz.receipt.json");
    rewrite(&receipt, |receipt| in_format_1(&receipt));
    let verify = || bench.packwright(["verify", "--trust", "--json"]).arg(&artifact).run();
    let verified = verify().expect_code(0);
    expect_words(&verified.stdout, &["\"ran\""]);
    let history = bench.packwright(["history", "--json"]).run().expect_code(0);
    expect_words(&history.stdout, &["greet"]);
    rewrite(&receipt, |mut receipt| {
        receipt["format"] = 99.into();
        receipt
    });
    expect_words(&format!("{}", verify().expect_code(2)), &["was written by another version of Packwright"]);
}
