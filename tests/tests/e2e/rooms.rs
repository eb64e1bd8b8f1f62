//! Rooms: each is opened once, everything is done in it, and what cannot be had is never a success.
//!
//! What is tried here is a small service of the tests' own, with a receipt written by hand: so the acts of a trial can be
//! any, and nothing has to be built.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use packwright_core::facts::{Target, Trial};
use packwright_core::plan::{Act, Command, Device, Expect, Known, Pick, Place, Proof, Ready, Room, StepId, Word};
use packwright_core::plan::{Action, Outcome};
use packwright_tests::{Workbench, tree};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::expect_words;
use crate::hostile_builds::sandboxed;

const SERVICE: &str = env!("CARGO_BIN_EXE_answers");

/// The step that is said to have made what is tried.
pub fn made_by() -> StepId {
    StepId::of(&Action::Fetch { files: Vec::new() })
}

/// The service, as it is seen in a room.
fn service() -> Command {
    Command::of(Word::output(&made_by(), Pick::Path("answers".into())))
}

fn sh(script: &str) -> Command {
    Command::new(Word::text("/bin/sh"), ["-c", script])
}

fn act(title: &str, script: &str) -> Act {
    Act::done(title, sh(script))
}

fn expecting(title: &str, script: &str, expect: Expect) -> Act {
    Act::Do { title: title.into(), command: sh(script), expect: Box::new(expect) }
}

fn http(deadline: u64) -> Trial {
    Trial::Http { port: 8765, path: "/".into(), deadline, arguments: Vec::new() }
}

/// Lays the service out with a receipt that says how it is tried; gives its path.
fn laid_out(bench: &Workbench, proof: &Proof) -> PathBuf {
    let artifact = bench.path().join("answers");
    std::fs::copy(SERVICE, &artifact).unwrap();
    std::fs::set_permissions(&artifact, std::fs::Permissions::from_mode(0o755)).unwrap();
    with_receipt(artifact, proof)
}

/// Writes a receipt beside a file that says how it is tried; gives the path of the file.
pub fn with_receipt(artifact: PathBuf, proof: &Proof) -> PathBuf {
    let name = tree::name(&artifact);
    let sha256: String =
        Sha256::digest(std::fs::read(&artifact).unwrap()).iter().map(|byte| format!("{byte:02x}")).collect();
    let room = json!({ "wanted": "none", "used": "none" });
    let described = json!({
        "technology": "zipapp", "target": Target::host(), "path": name, "bytes": 1, "sha256": sha256,
        "start_ms": null, "warnings": [], "verified": { "outcome": "not-tried", "room": room, "because": "" },
    });
    let receipt = json!({
        "format": 2, "packwright": "0", "made_at": 0, "project": "answers", "version": null, "source_sha256": "",
        "artifact": described, "options": {}, "tools": [], "steps": [], "trials": [], "components": [],
        "measurements": { "build_ms": 0, "starts_ms": [] }, "sandbox": "bubblewrap",
        "proof": { "proofs": [proof], "made_by": made_by(), "made_at": name, "trees": {} },
    });
    std::fs::write(artifact.with_file_name(format!("{name}.receipt.json")), receipt.to_string()).unwrap();
    artifact
}

/// What trying the service in this room with these acts shows.
fn tried(bench: &Workbench, room: Room, acts: Vec<Act>) -> Value {
    let artifact = laid_out(bench, &proof(room, acts));
    let run = bench.packwright(["verify", "--json"]).arg(&artifact).run();
    run.json()["verdicts"][0].clone()
}

fn proof(room: Room, acts: Vec<Act>) -> Proof {
    acts.into_iter().fold(Proof::new("It answers", room, Outcome::Ran), Proof::act)
}

/// Fails unless a trial on this whole system ends so, and says these words.
#[track_caller]
fn expect_tried(acts: Vec<Act>, outcome: &str, words: &[&str]) {
    if !sandboxed() {
        return;
    }
    let verdict = tried(&Workbench::new(), Room::of(Place::Here), acts);
    assert_eq!(verdict["outcome"], outcome, "{verdict}");
    expect_words(&verdict["because"].to_string(), words);
}

#[test]
fn a_service_is_asked_in_a_room_that_has_nothing_to_ask_with() {
    if !sandboxed() {
        return;
    }
    let bench = Workbench::new();
    let start = Act::Start { subject: service(), trial: http(30), within: 0 };
    let verdict = tried(&bench, Room::bare(), vec![start]);
    assert_eq!(verdict["outcome"], "answered", "{verdict}");
    assert_eq!(verdict["because"], "HTTP 200 OK on /");
    assert_eq!(verdict["room"]["used"], "no Python, no network, by bubblewrap");
}

#[test]
fn a_service_that_never_answers_is_given_up_at_its_deadline() {
    let start = Act::Start { subject: sh("echo waiting; sleep 600"), trial: http(2), within: 0 };
    expect_tried(vec![start], "failed", &["nothing answered on port 8765: waiting"]);
}

#[test]
fn a_service_that_ends_at_once_is_not_waited_for() {
    let start = Act::Start { subject: sh("echo broken; exit 3"), trial: http(200), within: 0 };
    expect_tried(vec![start], "failed", &["nothing answered", "broken"]);
}

#[test]
fn every_act_sees_what_those_before_it_have_left() {
    let leaves = Expect { leaves: vec!["/pw/home/kept".into(), "/tmp/kept".into()], ..Expect::default() };
    let acts = vec![
        expecting("Install it", "echo 1 > $HOME/kept; echo 2 > /tmp/kept", leaves),
        act("Look", "test -e $HOME/kept -a -e /tmp/kept"),
        Act::Start {
            subject: sh("cat $HOME/kept /tmp/kept"),
            trial: Trial::Arguments { attempts: vec![Vec::new()] },
            within: 0,
        },
        act("Remove it", "rm $HOME/kept /tmp/kept"),
        Act::Untouched { but: Vec::new() },
    ];
    expect_tried(acts, "ran", &["1"]);
}

#[test]
fn an_act_that_ends_otherwise_than_expected_is_named() {
    expect_tried(
        vec![act("Install it", "echo no room; exit 5")],
        "failed",
        &["\\\"Install it\\\"", "exit code 5: no room"],
    );
    let five = Expect { codes: vec![5], ..Expect::default() };
    expect_tried(vec![expecting("Check it", "exit 5", five.clone())], "ran", &["Check it"]);
    expect_tried(vec![expecting("Check it", "exit 0", five)], "failed", &["\\\"Check it\\\" ended with exit code 0"]);
}

#[test]
fn an_act_that_leaves_or_says_something_else_is_named() {
    let leaves = Expect { leaves: vec!["/pw/home/made".into()], ..Expect::default() };
    expect_tried(
        vec![expecting("Make it", "true", leaves)],
        "failed",
        &["\\\"Make it\\\" did not leave `/pw/home/made`"],
    );
    let says = Expect { says: Some("changed=0".into()), ..Expect::default() };
    expect_tried(vec![expecting("Again", "echo changed=1", says)], "failed", &["did not say `changed=0`: changed=1"]);
    let known = vec![Known { pattern: "no-manual".into(), because: "there is none".into() }];
    let complaints = Expect { complaints: Some("^[EW]: ".into()), known, ..Expect::default() };
    let lint = |said: &str| vec![expecting("Check it", &format!("echo '{said}'"), complaints.clone())];
    expect_tried(lint("W: x: no-manual-page"), "ran", &["Check it"]);
    expect_tried(lint("E: x: bad-thing"), "failed", &["complained: E: x: bad-thing"]);
}

#[test]
fn what_runs_beside_is_there_for_the_acts_that_follow() {
    let beside = Act::Beside { title: "Serve".into(), command: service(), ready: Ready::Port(8765) };
    let says = Act::Beside { title: "Talk".into(), command: sh("echo up; sleep 600"), ready: Ready::Says("up".into()) };
    // Somebody listens on port 8765 of the room: 0x223D, in the state of one who listens.
    let listens = act("Look", "grep -q ':223D .* 0A ' /proc/net/tcp");
    expect_tried(vec![beside, says, listens], "ran", &["Look"]);
}

#[test]
fn what_never_gets_ready_is_the_fault_of_what_is_tried() {
    let beside = |script: &str, ready| vec![Act::Beside { title: "Serve".into(), command: sh(script), ready }];
    let ended = beside("echo cannot; exit 1", Ready::Port(8765));
    expect_tried(ended, "failed", &["\\\"Serve\\\" ended before it was ready: cannot"]);
    let silent = beside("sleep 600", Ready::Says("up".into()));
    expect_tried(silent, "failed", &["\\\"Serve\\\" was not ready within 30 seconds"]);
}

#[test]
fn what_is_left_behind_is_named() {
    let removed = |but: &[&str]| {
        let but = but.iter().map(|path| (*path).to_owned()).collect();
        vec![act("Install it", "mkdir -p $HOME/.cache/x /tmp/y"), Act::Untouched { but }]
    };
    expect_tried(removed(&[]), "failed", &["`/pw/home/.cache` was left behind", "2 more"]);
    expect_tried(removed(&["/pw/home/.cache", "/tmp/*"]), "ran", &["nothing was left behind"]);
}

#[test]
fn nobody_in_a_room_can_write_what_it_only_shows() {
    if !sandboxed() {
        return;
    }
    let bench = Workbench::new();
    let inputs = format!("/pw/in/{}", &made_by().as_str()[..8]);
    let scripts = [
        format!("mount -o remount,rw,bind {inputs}; echo bad > {inputs}/answers"),
        format!("unshare -r -m sh -c 'mount -o remount,rw,bind {inputs}; echo bad > {inputs}/answers'"),
        format!("umount {inputs}; nsenter -t 1 -m true; chmod 777 {inputs}/answers"),
    ];
    for script in scripts {
        let verdict = tried(&bench, Room::of(Place::Here), vec![act("Break out", &script)]);
        assert_eq!(verdict["outcome"], "failed", "{script}\n{verdict}");
    }
    let verdict = tried(&bench, Room::bare(), vec![Act::Start { subject: service(), trial: http(30), within: 0 }]);
    assert_eq!(verdict["outcome"], "answered", "{verdict}");
}

#[test]
fn a_display_is_there_where_the_room_says_so_and_nowhere_else() {
    if !sandboxed() || !crate::trials::can_show() {
        return;
    }
    let bench = Workbench::new();
    let look = || vec![act("Show something", "test -S /tmp/.X11-unix/X${DISPLAY#:} || { echo no display; exit 1; }")];
    let verdict = tried(&bench, Room::of(Place::Here).with(Device::Display), look());
    assert_eq!(verdict["outcome"], "ran", "{verdict}");
    let verdict = tried(&bench, Room::of(Place::Here), look());
    assert_eq!(verdict["outcome"], "failed", "{verdict}");
    expect_words(&verdict["because"].to_string(), &["Show something", "no display"]);
    let window = Act::Start { subject: sh("sleep 600"), trial: Trial::Window { deadline: 1 }, within: 0 };
    let verdict = tried(&bench, Room::of(Place::Here), vec![window]);
    assert_eq!(verdict["outcome"], "failed", "{verdict}");
}

#[test]
fn what_this_machine_cannot_provide_is_not_tried() {
    if !sandboxed() {
        return;
    }
    let bench = Workbench::new();
    let cases = [
        (Room::of(Place::Here).with(Device::Serial), "no serial line"),
        (Room::of(Place::Wine { prefix: Word::text("x") }), "Wine"),
    ];
    for (room, words) in cases {
        let verdict = tried(&bench, room, vec![act("Look", "true")]);
        assert_eq!(verdict["outcome"], "not-tried", "{verdict}");
        expect_words(&verdict["because"].to_string(), &[words]);
    }
}

#[test]
fn a_room_that_cannot_be_entered_is_still_good_for_what_needs_no_open_one() {
    if !sandboxed() {
        return;
    }
    let bench = Workbench::new();
    let empty = bench.path().join("nothing");
    tree::folder(&empty);
    let start = Act::Start { subject: service(), trial: http(5), within: 0 };
    let leaves = Expect { leaves: vec!["/pw/home/x".into()], ..Expect::default() };
    for (acts, outcome, words) in [
        (vec![expecting("Install it", "echo 1 > $HOME/x", leaves), act("Look", "test -e $HOME/x")], "ran", "Look"),
        (vec![start], "not-tried", "`nsenter` and `unshare` of util-linux"),
        (vec![Act::Untouched { but: Vec::new() }], "not-tried", "does not stay open"),
    ] {
        let artifact = laid_out(&bench, &proof(Room::of(Place::Here), acts));
        let run = bench.packwright(["verify", "--json"]).arg(&artifact).env("PATH", &empty).run();
        let verdict = run.json()["verdicts"][0].clone();
        assert_eq!(verdict["outcome"], outcome, "{verdict}");
        expect_words(&verdict["because"].to_string(), &[words]);
    }
}
