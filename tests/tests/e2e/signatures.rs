//! Signed receipts: made and checked by Packwright and by `ssh-keygen` alike, and refused where anything was changed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use packwright_tests::{Invocation, Run, Terminal, Workbench, has, tree};

use crate::{expect_words, path_of, problem};

/// What receipts are signed for.
const NAMESPACE: &str = "packwright-receipt";

/// A new key of this kind with this password, as `ssh-keygen` makes it; `None` where that is missing.
fn key(bench: &Workbench, name: &str, kind: &str, password: &str) -> Option<PathBuf> {
    let path = bench.path().join(name);
    let made = Command::new("ssh-keygen")
        .args(["-q", "-t", kind, "-N", password, "-C", "me@example.com", "-f"])
        .arg(&path)
        .stdin(Stdio::null())
        .status();
    has("ssh-keygen", made.is_ok_and(|status| status.success())).then_some(path)
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn build(bench: &Workbench) -> Invocation {
    let root = bench.path().join("greet");
    if !root.exists() {
        bench.project("greet", &tree::console_project(&[]));
    }
    let out = bench.path().join("out");
    bench.packwright(["build", "zipapp", "--json", "--trust", "--no-verify", "--out"]).arg(out).arg(root)
}

fn signed(bench: &Workbench, key: &Path) -> PathBuf {
    path_of(&build(bench).arg("--sign").arg(key).run().expect_code(0).artifact())
}

fn verify(bench: &Workbench, artifact: &Path, option: &str, file: &Path) -> Run {
    bench.packwright(["verify"]).arg(artifact).arg(option).arg(file).run()
}

/// What standard output says, on whatever lines.
fn said(run: &Run) -> String {
    run.stdout.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A list of allowed signers with this key.
fn allowed(bench: &Workbench, key: &Path) -> PathBuf {
    let list = bench.path().join("allowed_signers");
    fs::write(&list, format!("me@example.com {}", tree::read(&beside(key, ".pub")))).unwrap();
    list
}

#[test]
fn a_signed_receipt_is_checked_with_the_key_and_by_ssh_keygen_too() {
    let bench = Workbench::new();
    let Some(key) = key(&bench, "id", "ed25519", "") else { return };
    let artifact = signed(&bench, &key);
    let (receipt, signature) = (beside(&artifact, ".receipt.json"), beside(&artifact, ".receipt.json.sig"));
    let list = allowed(&bench, &key);
    let run = verify(&bench, &artifact, "--key", &beside(&key, ".pub")).expect_code(0);
    expect_words(&said(&run), &["matches its receipt", "signed by me@example.com, with the key SHA256:"]);
    let _ = verify(&bench, &artifact, "--allowed-signers", &list).expect_code(0);
    let run = bench.packwright(["verify", "--json"]).arg(&artifact).run().expect_code(0).json();
    assert_eq!((&run["matches_receipt"], &run["signature"]["state"]), (&true.into(), &"unchecked".into()));
    let run = bench.packwright(["verify"]).arg(&artifact).run().expect_code(0);
    expect_words(&said(&run), &["signed by SHA256:", "not checked, because no key was given"]);
    let checked = Command::new("ssh-keygen")
        .args(["-Y", "verify", "-I", "me@example.com", "-n", NAMESPACE, "-f"])
        .arg(&list)
        .arg("-s")
        .arg(signature)
        .stdin(fs::File::open(receipt).unwrap())
        .output()
        .unwrap();
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
}

#[test]
fn what_ssh_keygen_signs_is_accepted() {
    let bench = Workbench::new();
    let Some(key) = key(&bench, "id", "ed25519", "") else { return };
    let artifact = path_of(&build(&bench).run().expect_code(0).artifact());
    let public = beside(&key, ".pub");
    let run = verify(&bench, &artifact, "--key", &public).expect_code(1);
    let _ = run.says(&["the receipt of", "has no signature"]);
    let mut sign = Command::new("ssh-keygen");
    sign.args(["-q", "-Y", "sign", "-n", NAMESPACE, "-f"]).arg(&key).arg(beside(&artifact, ".receipt.json"));
    assert!(sign.stderr(Stdio::null()).status().unwrap().success());
    let _ = verify(&bench, &artifact, "--key", &public).expect_code(0);
}

#[test]
fn an_artifact_forged_together_with_its_receipt_matches_it_and_has_no_signature() {
    use sha2::{Digest, Sha256};
    let bench = Workbench::new();
    let Some(key) = key(&bench, "id", "ed25519", "") else { return };
    let artifact = signed(&bench, &key);
    let receipt = beside(&artifact, ".receipt.json");
    let digest = |bytes: &[u8]| Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let before = fs::read(&artifact).unwrap();
    let mut forged = before.clone();
    forged.extend_from_slice(b"evil");
    fs::write(&artifact, &forged).unwrap();
    let run = bench.packwright(["verify"]).arg(&artifact).run().expect_code(1);
    let _ = run.says(&["does not match its receipt"]);
    fs::write(&receipt, tree::read(&receipt).replace(&digest(&before), &digest(&forged))).unwrap();
    let run = bench.packwright(["verify"]).arg(&artifact).run().expect_code(1);
    let _ = run.says(&["the signature beside", "is not of this receipt"]);
    fs::remove_file(beside(&artifact, ".receipt.json.sig")).unwrap();
    let run = bench.packwright(["verify"]).arg(&artifact).run().expect_code(0);
    expect_words(&said(&run), &["matches its receipt", "not signed: anybody may have written it"]);
    assert!(!said(&run).contains("what was built"), "{run}");
    let _ = verify(&bench, &artifact, "--key", &beside(&key, ".pub")).expect_code(1);
}

#[test]
fn a_signature_by_somebody_else_is_refused() {
    let bench = Workbench::new();
    let Some(own) = key(&bench, "id", "ed25519", "") else { return };
    let Some(other) = key(&bench, "other", "ed25519", "") else { return };
    let artifact = signed(&bench, &other);
    for (option, file) in [("--key", beside(&own, ".pub")), ("--allowed-signers", allowed(&bench, &own))] {
        let run = verify(&bench, &artifact, option, &file).expect_code(1);
        let _ = run.says(&["is signed by `SHA256:", "none of the keys that were given"]);
    }
}

#[test]
fn a_signature_goes_with_the_artifact_that_it_was_for() {
    let bench = Workbench::new();
    let Some(key) = key(&bench, "id", "ed25519", "") else { return };
    let run = build(&bench).env("PACKWRIGHT_SIGN", &key).run().expect_code(0);
    let artifact = path_of(&run.artifact());
    assert!(beside(&artifact, ".receipt.json.sig").exists(), "the user's own setting signs\n{run}");
    let history = bench.run(["history", "--json"]).expect_code(0).json();
    assert!(history[0]["receipt"]["artifact"]["signed_by"].as_str().unwrap().starts_with("SHA256:"), "{history}");
    let run = build(&bench).run().expect_code(0);
    assert!(run.artifact().get("signed_by").is_none() && !beside(&artifact, ".receipt.json.sig").exists(), "{run}");
}

#[test]
fn the_password_of_a_key_is_asked_for_or_taken_from_the_environment_and_kept_nowhere() {
    const SECRET: &str = "correct-horse-battery";
    let bench = Workbench::new().with_own_cache();
    let Some(key) = key(&bench, "id", "ed25519", SECRET) else { return };
    let run = build(&bench).arg("--sign").arg(&key).run().expect_code(2);
    expect_words(&problem(&run), &["is locked with a password, and nobody can be asked", "PACKWRIGHT_SIGN_PASSWORD"]);
    let wrong = build(&bench).arg("--sign").arg(&key).env("PACKWRIGHT_SIGN_PASSWORD", "wrong").run().expect_code(2);
    expect_words(&problem(&wrong), &["the password does not open `"]);
    let right = build(&bench).arg("--sign").arg(&key).env("PACKWRIGHT_SIGN_PASSWORD", SECRET).run().expect_code(0);
    assert!(beside(&path_of(&right.artifact()), ".receipt.json.sig").exists());
    let run = bench.packwright(["build", "zipapp", "--no-verify", "--out"]).arg(bench.path().join("typed"));
    let run = run.arg("--sign").arg(&key).arg(bench.path().join("greet"));
    let mut terminal = Terminal::start(&run, 100, 30);
    terminal.shows("Password of `");
    terminal.types(&format!("{SECRET}\r"));
    let (code, text) = terminal.ends();
    assert!(code == 0 && text.contains("signed by") && !text.contains(SECRET), "{text}");
    let kept = tree::files(bench.path()).into_iter().filter(|file| {
        fs::read(file).is_ok_and(|bytes| bytes.windows(SECRET.len()).any(|part| part == SECRET.as_bytes()))
    });
    assert_eq!(kept.collect::<Vec<_>>(), Vec::<PathBuf>::new());
}

#[test]
fn what_is_no_key_to_sign_with_is_said_before_anything_is_built() {
    let bench = Workbench::new();
    let Some(good) = key(&bench, "id", "ed25519", "") else { return };
    let with = |file: &Path| problem(&build(&bench).arg("--sign").arg(file).run().expect_code(2));
    expect_words(&with(&beside(&good, ".pub")), &["is a public key, and only the private one signs"]);
    expect_words(&with(&bench.path().join("missing")), &["cannot read `"]);
    if let Some(old) = key(&bench, "rsa", "rsa", "") {
        expect_words(&with(&old), &["is a key of the kind `ssh-rsa`", "Make one that is"]);
    }
    let text = bench.path().join("text");
    fs::write(&text, "no key").unwrap();
    expect_words(&with(&text), &["holds no private key of OpenSSH"]);
    assert!(!bench.path().join("out").exists());
    let artifact = signed(&bench, &good);
    let _ = verify(&bench, &artifact, "--key", &text).expect_code(2).says(&["holds no public key of OpenSSH"]);
    let _ = verify(&bench, &artifact, "--allowed-signers", &text).expect_code(2).says(&["line 1 of `"]);
}

#[test]
fn no_setting_of_a_project_signs_anything() {
    let bench = Workbench::new();
    let Some(key) = key(&bench, "id", "ed25519", "") else { return };
    let definition =
        tree::console_project(&[]).iter().find(|(path, _)| *path == "pyproject.toml").unwrap().1.to_owned();
    let text = format!("{definition}\n[tool.packwright]\nsign = {:?}\n", key.display().to_string());
    let root = bench.project("greet", &tree::console_project(&[("pyproject.toml", &text)]));
    let out = bench.path().join("out");
    let run = bench.packwright(["build", "zipapp", "--trust", "--no-verify", "--out"]).arg(&out).arg(&root).run();
    assert!(tree::children(&out).iter().all(|path| !tree::name(path).ends_with(".sig")), "{run}");
}
