//! Finds the binary under test.

use std::env;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

/// What users tell cargo by the environment.
const KEPT: [&str; 4] = ["CARGO_HOME", "CARGO_TARGET_DIR", "CARGO_NET_OFFLINE", "CARGO_BUILD_JOBS"];

/// The binary `packwright`: what `PACKWRIGHT_BINARY` names, or the one beside this test, which is built first, once a
/// process, so that no test meets the binary of yesterday.
///
/// # Panics
/// When it cannot be built.
pub fn packwright() -> PathBuf {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| env::var_os("PACKWRIGHT_BINARY").map_or_else(built, PathBuf::from)).clone()
}

/// The folder of this build, `target/PROFILE`.
pub(crate) fn profile() -> PathBuf {
    let test = env::current_exe().expect("a test knows its own path");
    test.parent().and_then(|deps| deps.parent()).expect("tests lie in target/PROFILE/deps").to_path_buf()
}

fn built() -> PathBuf {
    let profile = profile();
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = Command::new(cargo);
    build.args(["build", "--workspace", "--bin", "packwright", "--quiet"]).current_dir(crate::repository());
    // What cargo tells a test is not what it was told itself: build scripts that look at it would run anew each time.
    for (name, _) in env::vars_os() {
        let told = name.to_str().is_some_and(|name| name.starts_with("CARGO_") && !KEPT.contains(&name));
        if told {
            build.env_remove(name);
        }
    }
    if profile.ends_with("release") {
        build.arg("--release");
    }
    assert!(build.status().is_ok_and(|status| status.success()), "cannot build `packwright`");
    profile.join("packwright").with_extension(env::consts::EXE_EXTENSION)
}
