//! Root file systems as rooms: one of a few programs of this machine, which is made in a second and is itself what is tried.

use std::path::{Path, PathBuf};
use std::process::Command as Program;

use packwright_core::facts::Trial;
use packwright_core::plan::{Act, Command, Expect, Outcome, Pick, Place, Proof, Room, ToolRef, Users, Word};
use packwright_tests::{Run, Workbench, has, tree};
use serde_json::Value;

use crate::expect_words;
use crate::hostile_builds::sandboxed;
use crate::rooms::{made_by, with_receipt};

const SERVICE: &str = env!("CARGO_BIN_EXE_answers");
/// What is in the root file system besides the service.
const PROGRAMS: &[&str] = &["sh", "sleep", "cat", "id", "mkdir", "rm", "chown", "stat", "ls", "mount", "env", "touch"];

/// Whether the system lends several users to the one who tests.
fn has_users() -> bool {
    let lent = Program::new("unshare").args(["--map-auto", "--map-root-user", "true"]).status();
    let is_root = Path::new("/proc/self/uid_map").exists() && rustix::process::geteuid().is_root();
    has("debian", is_root || lent.is_ok_and(|status| status.success()))
}

/// A root file system of the programs above, with the libraries that they need.
fn archive(bench: &Workbench) -> PathBuf {
    let root = bench.path().join("root");
    for folder in ["bin", "usr/bin", "tmp", "root", "proc", "dev", "var/lib/kept"] {
        tree::folder(&root.join(folder));
    }
    let add = |from: &Path, to: &Path| {
        let to = root.join(to.strip_prefix("/").unwrap());
        tree::folder(to.parent().unwrap());
        std::fs::copy(from, &to).unwrap();
    };
    let own = ["/usr/bin", "/bin"].map(Path::new);
    for name in PROGRAMS {
        let program = own.iter().map(|folder| folder.join(name)).find(|path| path.exists()).unwrap();
        add(&program, &Path::new("/bin").join(name));
        for library in libraries(&program) {
            add(&library, &library);
        }
    }
    add(Path::new(SERVICE), Path::new("/usr/bin/answers"));
    for library in libraries(Path::new(SERVICE)) {
        add(&library, &library);
    }
    tree::write(&root, &[("etc/passwd", "root:x:0:0:root:/root:/bin/sh\n"), ("var/lib/kept/file", "kept\n")]);
    let archive = bench.path().join("root.tar");
    let plain = ["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner", "--mode=u=rwX,go=rX"];
    let made = Program::new("tar").args(plain).arg("-cf").arg(&archive).arg("-C").arg(&root).arg(".").status();
    assert!(made.unwrap().success());
    archive
}

/// The libraries that a program needs, and what loads them.
fn libraries(program: &Path) -> Vec<PathBuf> {
    let said = Program::new("ldd").arg(program).output().unwrap();
    let text = String::from_utf8(said.stdout).unwrap();
    text.split_whitespace().filter(|word| word.starts_with('/')).map(PathBuf::from).collect()
}

fn room() -> Room {
    let root = Word::output(&made_by(), Pick::Path("root.tar".into()));
    Room::of(Place::Root { root, name: "a small system".into(), arch: None })
}

fn sh(script: &str) -> Command {
    Command::new("sh", ["-c", script])
}

fn act(title: &str, script: &str) -> Act {
    Act::done(title, sh(script))
}

fn says(title: &str, script: &str, text: &str) -> Act {
    let expect = Expect { says: Some(text.into()), ..Expect::default() };
    Act::Do { title: title.into(), command: sh(script), expect: Box::new(expect) }
}

/// The archive, with a receipt that says how it is tried; gives its path.
fn artifact(bench: &Workbench, room: Room, acts: Vec<Act>) -> PathBuf {
    let proof = acts.into_iter().fold(Proof::new("It works", room, Outcome::InstalledAndRan), Proof::act);
    with_receipt(archive(bench), &proof)
}

/// What trying shows, by a `packwright` that finds programs of the system on this PATH.
fn tried_on(bench: &Workbench, path: Option<&Path>, room: Room, acts: Vec<Act>) -> Value {
    let artifact = artifact(bench, room, acts);
    let invocation = bench.packwright(["verify", "--json"]).arg(&artifact);
    let run: Run = match path {
        Some(path) => invocation.env("PATH", path).run(),
        None => invocation.run(),
    };
    run.json()["verdicts"][0].clone()
}

#[track_caller]
fn expect_tried(acts: Vec<Act>, outcome: &str, words: &[&str]) {
    if !sandboxed() || !has_users() {
        return;
    }
    let verdict = tried_on(&Workbench::new(), None, room(), acts);
    assert_eq!(verdict["outcome"], outcome, "{verdict}");
    expect_words(&verdict["because"].to_string(), words);
}

/// A folder for PATH with links to these programs of the system only.
pub fn only(bench: &Workbench, programs: &[&str]) -> PathBuf {
    let folder = bench.path().join("only");
    tree::folder(&folder);
    for name in programs {
        std::os::unix::fs::symlink(Path::new("/usr/bin").join(name), folder.join(name)).unwrap();
    }
    folder
}

#[test]
fn acts_are_root_in_a_system_of_its_own_and_one_sees_what_another_has_left() {
    let start = Act::Start {
        subject: Command::new("cat", ["/opt/version"]),
        trial: Trial::Arguments { attempts: vec![Vec::new()] },
        within: 0,
    };
    let acts = vec![
        says(
            "Look",
            "echo $(id -u) $HOME $LANG $DEBIAN_FRONTEND $SOURCE_DATE_EPOCH; pwd",
            "0 /root C.UTF-8 noninteractive 3",
        ),
        act("Look further", "test ! -e /usr/share/doc -a ! -e /home -a $(pwd) = / -a -n \"$PATH\""),
        act("Install it", "mkdir /opt; echo 1.0 > /opt/version; echo me:x:1:1::/: > /etc/passwd"),
        start,
    ];
    expect_tried(acts, "installed-and-ran", &["1.0"]);
}

#[test]
fn a_service_in_a_root_is_asked_from_outside() {
    let trial = Trial::Http { port: 8765, path: "/".into(), deadline: 30, arguments: Vec::new() };
    expect_tried(
        vec![Act::Start { subject: Command::of("answers"), trial, within: 0 }],
        "installed-and-ran",
        &["200 OK"],
    );
}

#[test]
fn what_is_left_changed_or_taken_away_in_a_root_is_named() {
    let removed = |script: &str, but: &[&str]| {
        let but = but.iter().map(|path| (*path).to_owned()).collect();
        vec![act("Remove it", script), Act::Untouched { but }]
    };
    let same = "mkdir /opt; echo 1 > /opt/a; rm -r /opt; cat /etc/passwd > /tmp/p; cat /tmp/p > /etc/passwd; rm /tmp/p";
    expect_tried(removed(same, &[]), "installed-and-ran", &["nothing was left behind"]);
    let left = "mkdir -p /var/lib/left; echo x >> /etc/passwd; rm -r /var/lib/kept; echo > /var/log";
    expect_tried(
        removed(left, &[]),
        "failed",
        &["`/etc/passwd` was changed, and 3 more paths changed, such as `/var/lib/kept`"],
    );
    expect_tried(removed(left, &["/etc/{passwd,group}", "/var/lib", "/var/log"]), "installed-and-ran", &["nothing"]);
    let hidden = "rm -r /var/lib/kept; mkdir /var/lib/kept";
    expect_tried(removed(hidden, &[]), "failed", &["`/var/lib/kept/file` is gone"]);
}

#[test]
fn nothing_that_is_done_in_a_root_reaches_what_is_below_it_or_what_it_was_given() {
    if !sandboxed() || !has_users() {
        return;
    }
    let bench = Workbench::new();
    let inputs = format!("/pw/in/{}", &made_by().as_str()[..8]);
    let reads = Command::new("ls", [] as [&str; 0]).arg(Word::output(&made_by(), Pick::Path("root.tar".into())));
    let harm = format!(
        "mount -o remount,rw,bind {inputs}; echo bad > {inputs}/root.tar; rm -rf /var/lib/kept; echo bad > /etc/passwd; true"
    );
    let verdict = tried_on(&bench, None, room(), vec![Act::done("Read", reads), act("Break out", &harm)]);
    assert_eq!(verdict["outcome"], "installed-and-ran", "{verdict}");
    let whole =
        vec![says("Look", "cat /etc/passwd /var/lib/kept/file", "kept"), says("Look", "cat /etc/passwd", "root:x:0:0")];
    let verdict = tried_on(&bench, None, room(), whole);
    assert_eq!(verdict["outcome"], "installed-and-ran", "{verdict}");
}

#[test]
fn who_owns_a_file_is_tried_where_the_system_lends_users_and_nowhere_else() {
    if !sandboxed() || !has_users() {
        return;
    }
    let bench = Workbench::new();
    let give = "touch /given; chown 5:6 /given; echo owner $(stat -c %u:%g /given)";
    let verdict = tried_on(&bench, None, room(), vec![says("Give", give, "owner 5:6")]);
    assert_eq!(verdict["outcome"], "installed-and-ran", "{verdict}");
    assert_eq!(verdict["room"]["used"], "a small system, no network, by bubblewrap");
    let few = only(&bench, &["unshare", "nsenter"]);
    let verdict = tried_on(&bench, Some(&few), room(), vec![says("Give", give, "owner 0:0")]);
    assert_eq!(verdict["outcome"], "installed-and-ran", "{verdict}");
    let used = verdict["room"]["used"].to_string();
    assert!(used.contains("ownership and the change to the service's user were not tried"), "{verdict}");
    let mut insists = room();
    insists.may.users = Users::Mapped;
    let verdict = tried_on(&bench, Some(&few), insists, vec![act("Look", "true")]);
    assert_eq!(verdict["outcome"], "not-tried", "{verdict}");
    expect_words(&verdict["because"].to_string(), &["it needs several users: `newuidmap` cannot be found here"]);
}

#[test]
fn a_root_that_cannot_be_had_here_is_not_tried() {
    if !sandboxed() {
        return;
    }
    let bench = Workbench::new();
    let nothing = only(&bench, &[]);
    let verdict = tried_on(&bench, Some(&nothing), room(), vec![act("Look", "true")]);
    assert_eq!(verdict["outcome"], "not-tried", "{verdict}");
    let own = Command::of(ToolRef::System { name: "tar".into() });
    let verdict = tried_on(&bench, None, room(), vec![Act::done("Look", own)]);
    assert_eq!(verdict["outcome"], "not-tried", "{verdict}");
    expect_words(&verdict["because"].to_string(), &["`tar` of this machine in a small system cannot be had here"]);
}

#[test]
fn a_program_that_a_root_does_not_have_is_the_fault_of_what_is_tried() {
    expect_tried(
        vec![Act::done("Start", Command::of("no-such-program"))],
        "failed",
        &["\\\"Start\\\" ended with exit code 127"],
    );
}

#[test]
fn unpacked_roots_are_counted_and_go_with_the_cache() {
    if !sandboxed() || !has_users() {
        return;
    }
    let bench = Workbench::new().with_own_cache();
    let verdict = tried_on(&bench, None, room(), vec![act("Look", "true")]);
    assert_eq!(verdict["outcome"], "installed-and-ran", "{verdict}");
    let held = bench.packwright(["cache", "--json"]).run().json();
    let parts = held.to_string();
    assert!(parts.contains("root file systems, unpacked"), "{parts}");
    let _ = bench.packwright(["cache", "--clear"]).run().expect_code(0);
    let left = tree::children(&bench.cache().join("store/roots"));
    assert!(left.iter().all(|path| !path.is_dir()), "{left:?}");
}

#[test]
fn where_no_layer_can_be_laid_a_copy_is_used_and_what_is_left_there_is_named_too() {
    if !sandboxed() || !has_users() {
        return;
    }
    let bench = Workbench::new();
    // A comma parts the options of an overlay, so no path with one can be among them.
    let cache = bench.path().join("a, b");
    let tried = |acts| {
        let artifact = artifact(&bench, room(), acts);
        let run = bench.packwright(["verify", "--json"]).arg(&artifact).env("XDG_CACHE_HOME", &cache).run();
        run.json()["verdicts"][0].clone()
    };
    let untouched = || Act::Untouched { but: Vec::new() };
    let install = "mkdir /opt; echo 1 > /opt/a; chown 5:6 /opt/a; stat -c %u:%g /opt/a";
    let verdict = tried(vec![says("Install", install, "5:6"), act("Remove", "rm -r /opt"), untouched()]);
    assert_eq!(verdict["outcome"], "installed-and-ran", "{verdict}");
    let verdict = tried(vec![act("Harm", "echo x >> /etc/passwd; rm /var/lib/kept/file; touch /left"), untouched()]);
    assert_eq!(verdict["outcome"], "failed", "{verdict}");
    expect_words(&verdict["because"].to_string(), &["`/etc/passwd` was changed", "2 more", "`/left`"]);
    let verdict = tried(vec![says("Look", "cat /var/lib/kept/file", "kept"), untouched()]);
    assert_eq!(verdict["outcome"], "installed-and-ran", "{verdict}");
}

#[test]
fn an_unpacked_root_that_something_else_has_changed_is_noticed_and_made_again() {
    if !sandboxed() || !has_users() {
        return;
    }
    let bench = Workbench::new().with_own_cache();
    let artifact = artifact(&bench, room(), vec![says("Look", "cat /etc/passwd", "root:x:0:0")]);
    let verify = || bench.packwright(["verify"]).arg(&artifact).run().expect_code(0);
    assert!(!verify().stderr.contains("changed by something else"));
    let roots = tree::children(&bench.cache().join("packwright/store/roots"));
    let root = roots.into_iter().find(|path| path.is_dir()).expect("it was unpacked");
    for harm in [
        |root: &Path| std::fs::write(root.join("etc/passwd"), "evil").unwrap(),
        |root: &Path| {
            std::fs::remove_file(root.join("bin/cat")).unwrap();
        },
    ] {
        harm(&root);
        let _ = verify().says(&["was changed by something else, and is unpacked again"]);
        assert!(!verify().stderr.contains("changed by something else"), "it is whole again");
    }
}
