//! Tries a program with a window: starts it under a virtual display and waits until a window is there.

use std::time::{Duration, Instant};

use super::{Found, Furnished, last_line};
use crate::engine::disk::error::at;
use crate::engine::run::step::StepError;
use crate::engine::terms::cancel::Cancel;
use crate::engine::tools::find;
use crate::engine::tools::process::Spawn;
use crate::plan::Command;

/// Starts `Xvfb`, then the program, and looks for a mapped window of some size with `xdotool`.
pub(super) fn try_out(room: &Furnished, subject: &Command, deadline: Duration) -> Result<Found, StepError> {
    let off_limits = room.bench.toolbox.off_limits;
    let (Some(server), Some(looker)) = (find("Xvfb", off_limits), find("xdotool", off_limits)) else {
        return Ok(Found::Impossible("a window needs a display: install `xvfb` and `xdotool` to try it".into()));
    };
    let display = free_display();
    let base = room.spawn(subject, &[])?;
    let xvfb = Spawn {
        program: server,
        args: [display.as_str(), "-screen", "0", "1024x768x24", "-nolisten", "tcp"].map(str::to_owned).to_vec(),
        cwd: "/".into(),
        timeout: deadline + Duration::from_secs(30),
        ..base.clone()
    };
    let mut program = base.clone();
    program.env.insert("DISPLAY".into(), display.clone());
    program.timeout = deadline + Duration::from_secs(10);
    let (server_log, log) = (room.log("xvfb")?, room.log("window")?);
    let stop = Cancel::default();
    let socket = std::path::PathBuf::from(format!("/tmp/.X11-unix/X{}", &display[1..]));
    let mut bindings = room.bindings.clone();
    bindings.push(crate::engine::run::sandbox::Binding::readable(&socket, &socket));
    let wrapped = room.bench.sandbox.wrap(&program, &room.system, &bindings, !room.proof.room.may.network.is_own());
    let title = std::thread::scope(|scope| {
        let running = scope.spawn(|| room.bench.world.run(&xvfb, &server_log, &stop));
        let started = Instant::now();
        while !socket.exists() && started.elapsed() < Duration::from_secs(10) && !running.is_finished() {
            std::thread::sleep(Duration::from_millis(20));
        }
        let shown = scope.spawn(|| room.bench.world.run(&wrapped, &log, &stop));
        let mut title = None;
        while title.is_none()
            && started.elapsed() < deadline
            && !shown.is_finished()
            && !room.bench.cancel.is_cancelled()
        {
            std::thread::sleep(Duration::from_millis(200));
            title = window_title(&looker, &display, &base);
        }
        stop.cancel();
        title
    });
    let log = log.finish().map_err(at("write", room.bench.logs))?;
    Ok(match title {
        Some(title) => Found::Answered { text: format!("showed the window \"{title}\""), starts_ms: Vec::new() },
        None => Found::Not { because: format!("no window appeared: {}", last_line(&log)), log: Some(log) },
    })
}

/// A display that no other trial uses, most likely.
fn free_display() -> String {
    format!(":{}", 100 + crate::engine::disk::lease::draw() % 20_000)
}

/// The title of the first visible window.
fn window_title(looker: &std::path::Path, display: &str, base: &Spawn) -> Option<String> {
    let ask = |args: &[&str]| {
        let mut spawn = Spawn {
            program: looker.to_path_buf(),
            args: args.iter().map(|arg| (*arg).to_owned()).collect(),
            cwd: "/".into(),
            timeout: Duration::from_secs(5),
            ..base.clone()
        };
        spawn.env.insert("DISPLAY".into(), display.to_owned());
        crate::engine::tools::process::capture(&spawn)
            .ok()
            .filter(|(code, _)| *code == Some(0))
            .map(|(_, text)| text.trim().to_owned())
    };
    let windows = ask(&["search", "--onlyvisible", "--name", "."])?;
    ask(&["getwindowname", windows.lines().next()?])
}
