//! What lies beside the terminal: the system's clipboard and its programs.

use std::io::Write;
use std::process::{Child, Command, Stdio};

/// Puts a text on the system's clipboard, where one of the usual programs for it is there.
pub fn copy(text: &str) {
    let programs: [(&str, &[&str]); 5] = [
        ("wl-copy", &[]),
        ("xclip", &["-selection", "clipboard"]),
        ("xsel", &["--clipboard", "--input"]),
        ("pbcopy", &[]),
        ("clip.exe", &[]),
    ];
    let usable = |name: &str| match name {
        "wl-copy" => std::env::var_os("WAYLAND_DISPLAY").is_some(),
        "xclip" | "xsel" => std::env::var_os("DISPLAY").is_some(),
        _ => true,
    };
    let found = programs
        .iter()
        .filter(|(name, _)| usable(name))
        .find_map(|(name, args)| Some((which::which(name).ok()?, args)));
    let Some((program, arguments)) = found else { return };
    let mut command = Command::new(program);
    command.args(*arguments).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    if let Ok(mut child) = command.spawn() {
        if let Some(mut input) = child.stdin.take() {
            // A clipboard that takes nothing is no reason to stop: the terminal's own has the text too.
            let _ = input.write_all(text.as_bytes());
        }
        wait_for(child);
    }
}

/// Opens a path or an address in the system's program for it.
pub fn show(what: &str) -> Result<(), String> {
    let opener = if cfg!(target_os = "macos") {
        "open"
    } else if cfg!(windows) {
        "explorer.exe"
    } else {
        "xdg-open"
    };
    let program = which::which(opener).map_err(|_| format!("`{opener}` is not here; it is {what}"))?;
    let spawned =
        Command::new(program).arg(what).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let child = spawned.map_err(|error| format!("`{opener}` cannot be started: {error}"))?;
    wait_for(child);
    Ok(())
}

/// Takes leave of a program once it ends. Without a thread for it, the system does when this process ends.
fn wait_for(mut child: Child) {
    let _ = std::thread::Builder::new().spawn(move || child.wait());
}
