//! What bubblewrap is told.

use super::*;
use std::collections::BTreeMap;
use std::time::Duration;

fn inner() -> Spawn {
    let env = BTreeMap::from([("PATH".to_owned(), "/usr/bin:/bin".to_owned())]);
    Spawn {
        program: "/bin/true".into(),
        args: vec!["-x".into()],
        env,
        cwd: "/pw/tmp".into(),
        timeout: Duration::from_secs(9),
    }
}

#[test]
fn a_missing_sandbox_says_what_would_bring_it() {
    let bubblewrap = Sandbox::Bubblewrap("/usr/bin/bwrap".into());
    assert!(bubblewrap.remedies().is_empty());
    let texts = |is_linux, is_installed| remedies(is_linux, is_installed).remove(0).text;
    assert!(texts(true, false).starts_with("Install `bwrap`"));
    assert!(texts(true, true).contains("let ordinary users make namespaces"));
    assert_eq!(texts(false, true), "bubblewrap exists for Linux only");
}

#[test]
fn without_bubblewrap_a_command_is_left_as_it_is() {
    assert_eq!(Sandbox::Absent.wrap(&inner(), &System::Whole, &[], false), inner());
    assert_eq!(Sandbox::Absent.seen("src", Path::new("/real")), Path::new("/real"));
}

#[test]
fn a_password_in_the_environment_is_no_argument_of_bubblewrap() {
    let sandbox = Sandbox::Bubblewrap("/usr/bin/bwrap".into());
    let mut inner = inner();
    inner.env.insert("UV_INDEX_OWN_PASSWORD".into(), "secret".into());
    let spawn = sandbox.wrap(&inner, &System::Whole, &[], true);
    assert!(!spawn.args.iter().any(|word| word.contains("secret") || word == "--clearenv"));
    assert_eq!(spawn.env, inner.env);
}

#[test]
fn a_sandboxed_command_has_no_network_unless_its_step_says_so() {
    let sandbox = Sandbox::Bubblewrap("/usr/bin/bwrap".into());
    let binding = Binding::writable("/cache/out", "/pw/out");
    let spawn = sandbox.wrap(&inner(), &System::Whole, std::slice::from_ref(&binding), false);
    let line = spawn.args.join(" ");
    assert!(line.contains("--unshare-all") && !line.contains("--share-net"));
    assert!(line.contains("--bind /cache/out /pw/out") && line.ends_with("--chdir /pw/tmp -- /bin/true -x"));
    let spawn = sandbox.wrap(&inner(), &System::Whole, &[binding], true);
    assert!(spawn.args.contains(&"--share-net".to_owned()));
}

#[cfg(target_os = "linux")]
#[test]
fn a_bare_room_has_a_shell_and_no_python() {
    let sandbox = Sandbox::detect();
    let script = "command -v python3 python; ls -d /usr/lib/python3*/os.py; echo shell";
    let env = BTreeMap::from([("PATH".to_owned(), "/usr/bin:/bin".to_owned())]);
    let args = vec!["-c".to_owned(), script.to_owned()];
    let spawn = Spawn { program: "/bin/sh".into(), args, env, cwd: "/".into(), timeout: Duration::from_secs(9) };
    let wrapped = sandbox.wrap(&spawn, &System::Bare, &[], false);
    if sandbox == Sandbox::Absent {
        assert_eq!(wrapped, spawn, "without bubblewrap nothing is hidden, and receipts say so");
        return;
    }
    let (code, said) = crate::engine::tools::process::capture(&wrapped).unwrap();
    assert_eq!((code, said.trim()), (Some(0), "shell"));
}
