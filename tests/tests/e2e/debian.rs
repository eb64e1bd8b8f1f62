//! A Debian, made by `mmdebstrap`, in which packages of the tests' own are installed, started, upgraded and removed.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command as Program, Stdio};

use packwright_core::backend::{BOOKWORM, debian_root, left_by_dpkg};
use packwright_core::facts::Trial;
use packwright_core::plan::{Act, Action, Command, Expect, Outcome, Pick, Remote, Step, StepId, Word};
use packwright_tests::{Workbench, has, tree};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::expect_words;
use crate::hostile_builds::sandboxed;
use crate::roots::only;

const SERVICE: &str = env!("CARGO_BIN_EXE_answers");

/// Whether a Debian can be made here.
fn has_debian() -> bool {
    let tools = ["mmdebstrap", "newuidmap", "dpkg-deb"].iter().all(|name| Path::new("/usr/bin").join(name).exists());
    let lent = Program::new("unshare").args(["--map-auto", "--map-root-user", "true"]).status();
    let is_lent = rustix::process::geteuid().is_root() || lent.is_ok_and(|status| status.success());
    sandboxed() && has("debian", tools && is_lent)
}

/// A package of this name and version: files by path, and scripts of its maintainer by name.
fn package(bench: &Workbench, name: &str, version: &str, files: &[(&str, &str)], scripts: &[(&str, &str)]) -> Remote {
    let root = bench.path().join(format!("{name}-{version}"));
    let control = format!(
        "Package: {name}\nVersion: {version}\nArchitecture: amd64\nMaintainer: Me <me@example.invalid>\nDescription: x\n"
    );
    tree::write(&root, &[("DEBIAN/control", control.as_str())]);
    tree::write(&root, files);
    for (script, text) in scripts {
        let path = root.join("DEBIAN").join(script);
        std::fs::write(&path, format!("#!/bin/sh\nset -e\n{text}\n")).unwrap();
        executable(&path);
    }
    for (path, _) in files.iter().filter(|(path, _)| path.contains("bin/")) {
        executable(&root.join(path));
    }
    if name == "service" {
        tree::folder(&root.join("usr/bin"));
        std::fs::copy(SERVICE, root.join("usr/bin/answers")).unwrap();
        executable(&root.join("usr/bin/answers"));
    }
    let file = bench.path().join(format!("{name}_{version}.deb"));
    let built = Program::new("dpkg-deb").args(["--root-owner-group", "--build"]).arg(&root).arg(&file).status();
    assert!(built.unwrap().success());
    let bytes = std::fs::read(&file).unwrap();
    let sha256 = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    let url = format!("file://{}", file.display());
    Remote { name: tree::name(&file), url, sha256, bytes: Some(bytes.len() as u64) }
}

fn executable(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

/// What trying these acts in a Debian with these packages in reach shows.
fn tried(bench: &Workbench, packages: Vec<Remote>, acts: impl Fn(&StepId) -> Vec<Act>) -> Value {
    tried_on(bench, None, packages, acts)
}

/// Likewise, where programs of the system are found on this PATH.
fn tried_on(
    bench: &Workbench,
    path: Option<&Path>,
    packages: Vec<Remote>,
    acts: impl Fn(&StepId) -> Vec<Act>,
) -> Value {
    let step = Step::new("Fetch the packages", Action::Fetch { files: packages });
    let proof = debian_root(&BOOKWORM, &["adduser"]).proof("Install it", Outcome::InstalledAndRan);
    let proof = acts(&step.id).into_iter().fold(proof, packwright_core::plan::Proof::act);
    let script: PathBuf = bench.project("script", &[("tool.py", "print('hello')\n")]).join("tool.py");
    let scratch = bench.path().join("scratch");
    let mut command = Program::new(env!("CARGO_BIN_EXE_tries"));
    command.arg(script).arg(bench.cache()).arg(scratch).stdin(Stdio::piped()).stdout(Stdio::piped());
    if let Some(path) = path {
        command.env("PATH", path);
    }
    let mut running = command.spawn().unwrap();
    let text = serde_json::to_vec(&(vec![step], vec![proof])).unwrap();
    running.stdin.take().unwrap().write_all(&text).unwrap();
    let ended = running.wait_with_output().unwrap();
    serde_json::from_slice(&ended.stdout).unwrap()
}

fn dpkg(title: &str, args: &[&str], step: &StepId, file: Option<&str>) -> Act {
    let command = Command::new("dpkg", args.iter().copied());
    let command = match file {
        Some(file) => command.arg(Word::output(step, Pick::Path(file.into()))),
        None => command,
    };
    Act::done(title, command)
}

fn says(title: &str, command: Command, text: &str) -> Act {
    let expect = Expect { says: Some(text.into()), ..Expect::default() };
    Act::Do { title: title.into(), command, expect: Box::new(expect) }
}

fn start(program: &str, trial: Trial) -> Act {
    Act::Start { subject: Command::of(program), trial, within: 0 }
}

fn untouched() -> Act {
    Act::Untouched { but: left_by_dpkg() }
}

#[test]
fn a_package_is_installed_started_upgraded_and_removed_without_a_trace() {
    if !has_debian() {
        return;
    }
    let bench = Workbench::new();
    let conffile = ("DEBIAN/conffiles", "/etc/service.conf\n");
    let files =
        |version: &'static str| [("etc/service.conf", "a = 1\n"), ("usr/share/service/version", version), conffile];
    let packages = ["1.0", "1.1"].map(|version| package(&bench, "service", version, &files(version), &[]));
    let verdict = tried(&bench, packages.into(), |step| {
        let http = Trial::Http { port: 8765, path: "/".into(), deadline: 30, arguments: Vec::new() };
        let version = || Command::new("cat", ["/usr/share/service/version"]);
        vec![
            dpkg("Install it", &["-i"], step, Some("service_1.0.deb")),
            says("Look", version(), "1.0"),
            start("answers", http),
            dpkg("Upgrade it", &["-i"], step, Some("service_1.1.deb")),
            says("Look", version(), "1.1"),
            dpkg("Remove it", &["--purge", "service"], step, None),
            untouched(),
        ]
    });
    assert_eq!(verdict["verdict"]["outcome"], "installed-and-ran", "{verdict}");
    expect_words(&verdict.to_string(), &["200 OK", "Debian 12, no network, by bubblewrap"]);
}

#[test]
fn a_package_that_leaves_a_file_behind_is_found() {
    if !has_debian() {
        return;
    }
    let bench = Workbench::new();
    let make = [("postinst", "mkdir -p /var/lib/untidy; echo 1 > /var/lib/untidy/state")];
    let untidy = package(&bench, "untidy", "1.0", &[("usr/bin/untidy", "#!/bin/sh\necho hello\n")], &make);
    let verdict = tried(&bench, vec![untidy], |step| {
        let trial = Trial::Arguments { attempts: vec![Vec::new()] };
        vec![
            dpkg("Install it", &["-i"], step, Some("untidy_1.0.deb")),
            start("untidy", trial),
            dpkg("Remove it", &["-P", "untidy"], step, None),
            untouched(),
        ]
    });
    expect_words(&verdict["problem"].to_string(), &["`/var/lib/untidy` was left behind"]);
}

/// A package that makes a user of its own and gives it a folder.
fn owner(bench: &Workbench) -> Remote {
    let install = "adduser --system --group --no-create-home --home /var/lib/owner owner\n\
                   mkdir -p /var/lib/owner; chown owner:owner /var/lib/owner; chmod 750 /var/lib/owner";
    let remove = "if [ \"$1\" = purge ]; then rm -r /var/lib/owner; deluser --system --quiet owner; fi";
    let scripts = [("postinst", install), ("postrm", remove)];
    package(bench, "owner", "1.0", &[("usr/bin/owner", "#!/bin/sh\nid -un\n")], &scripts)
}

#[test]
fn a_package_that_makes_a_user_and_gives_it_a_folder_is_tried_as_that_user() {
    if !has_debian() {
        return;
    }
    let bench = Workbench::new();
    let verdict = tried(&bench, vec![owner(&bench)], |step| {
        let own = ["--reuid", "owner", "--regid", "owner", "--clear-groups"];
        let touch = Command::new("setpriv", own).args(["touch", "/var/lib/owner/state"]);
        vec![
            dpkg("Install it", &["-i"], step, Some("owner_1.0.deb")),
            says("Look", Command::new("stat", ["-c", "%U %a", "/var/lib/owner"]), "owner 750"),
            says("Become it", Command::new("setpriv", own).arg("owner"), "owner"),
            Act::done("Write as it", touch),
            dpkg("Remove it", &["-P", "owner"], step, None),
            untouched(),
        ]
    });
    assert_eq!(verdict["verdict"]["outcome"], "installed-and-ran", "{verdict}");
}

#[test]
fn a_system_that_lends_no_users_still_makes_a_debian_and_says_what_is_not_tried_there() {
    if !has_debian() {
        return;
    }
    let bench = Workbench::new();
    let few = only(&bench, &["unshare", "nsenter", "mmdebstrap", "python3"]);
    let verdict = tried_on(&bench, Some(&few), vec![owner(&bench)], |step| {
        vec![
            dpkg("Install it", &["-i"], step, Some("owner_1.0.deb")),
            says("Look", Command::new("stat", ["-c", "%U %a", "/var/lib/owner"]), "root 750"),
            start("owner", Trial::Arguments { attempts: vec![Vec::new()] }),
            dpkg("Remove it", &["-P", "owner"], step, None),
            untouched(),
        ]
    });
    assert_eq!(verdict["verdict"]["outcome"], "installed-and-ran", "{verdict}");
    expect_words(&verdict.to_string(), &["the service's user were not tried: `newuidmap` cannot be found here"]);
}

#[test]
fn a_program_with_a_window_is_packed_installed_started_and_removed_in_a_debian() {
    if !has_debian() || !crate::trials::can_show() {
        return;
    }
    let bench = Workbench::new();
    let artifact = crate::build(&bench, "deb", &bench.copy_of("photo-sorter")).expect_code(0).artifact();
    assert_eq!(artifact["verified"]["outcome"], "installed-and-ran", "{artifact}");
    expect_words(&artifact["verified"]["because"].to_string(), &["Photo Sorter"]);
    expect_words(&artifact["verified"]["room"]["used"].to_string(), &["Debian 12, no network, display"]);
}
