//! Gives a room a display that nobody else sees, and tries a program with a window on it.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::visit::{Starting, Visit};
use super::{Found, at, last_line};
use crate::engine::disk::lease;
use crate::engine::run::sandbox::Binding;
use crate::engine::run::step::StepError;
use crate::engine::terms::cancel::Cancel;
use crate::engine::tools::find;
use crate::engine::tools::process::{Spawn, capture};
use crate::facts::Trial;
use crate::plan::Proof;

/// How long a display may take to be there.
const STARTING: Duration = Duration::from_secs(10);
/// How long it stays at most.
const LONGEST: Duration = Duration::from_hours(24);
/// How often is looked for a window.
const LOOK: Duration = Duration::from_millis(200);

/// Whether what is tried opens a window.
pub(super) fn is_wanted(proof: &Proof) -> bool {
    matches!(proof.started(), Some((_, Trial::Window { .. })))
}

/// Starts `Xvfb` beside the room; gives the name of the display, and the socket by which it is reached; or why there is none.
pub(super) fn start(visit: &Visit) -> Result<Result<(String, Binding), String>, StepError> {
    let off_limits = visit.room.bench.toolbox.off_limits;
    let (Some(server), Some(_)) = (find("Xvfb", off_limits), find("xdotool", off_limits)) else {
        return Ok(Err("a window needs a display: install `xvfb` and `xdotool` to try it".into()));
    };
    let number = 100 + lease::draw() % 20_000;
    let name = format!(":{number}");
    let screen = [name.as_str(), "-screen", "0", "1024x768x24", "-nolisten", "tcp"];
    let spawn = Spawn { timeout: LONGEST, ..visit.room.plain(&server, &screen) };
    let beside = visit.beside(visit.room.log("display")?, spawn);
    let socket = PathBuf::from(format!("/tmp/.X11-unix/X{number}"));
    let until = Instant::now() + STARTING;
    while !socket.exists() {
        if visit.room.bench.cancel.is_cancelled() {
            return Err(StepError::Cancelled);
        }
        if beside.has_ended() || Instant::now() >= until {
            return Ok(Err(format!("the display cannot be started: {}", beside.last_line())));
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    Ok(Ok((name, Binding::readable(&socket, &socket))))
}

/// Starts the program, and looks for a mapped window of some size with `xdotool`.
pub(super) fn try_out(starting: &Starting, deadline: Duration) -> Result<Found, StepError> {
    let visit = starting.visit;
    let room = visit.room;
    let (Some(display), Some(looker)) = (&visit.display, find("xdotool", room.bench.toolbox.off_limits)) else {
        return Ok(Found::Impossible("there is no display".into()));
    };
    let program = Spawn { timeout: deadline + Duration::from_secs(10), ..visit.spawn(starting.subject, &[])? };
    let (log, place) = room.log_of(starting.step)?;
    let stop = Cancel::default();
    let title = std::thread::scope(|scope| {
        let shown = scope.spawn(|| room.bench.world.run(&visit.lead(&program), &log, &stop));
        let until = Instant::now() + deadline;
        let mut title = None;
        while title.is_none() && Instant::now() < until && !shown.is_finished() && !room.bench.cancel.is_cancelled() {
            std::thread::sleep(LOOK);
            title = window_title(visit, &looker, display);
        }
        stop.cancel();
        title
    });
    let log = log.finish().map_err(at("write", &place))?;
    Ok(match title {
        Some(title) => Found::answered(&format!("showed the window \"{title}\"")),
        None => Found::Not { because: format!("no window appeared: {}", last_line(&log)), log: Some(log) },
    })
}

/// The title of the first visible window.
fn window_title(visit: &Visit, looker: &Path, display: &str) -> Option<String> {
    let ask = |args: &[&str]| {
        let mut spawn = Spawn { timeout: Duration::from_secs(5), ..visit.room.plain(looker, args) };
        spawn.env.insert("DISPLAY".into(), display.to_owned());
        let (code, text) = capture(&spawn).ok()?;
        (code == Some(0)).then(|| text.trim().to_owned())
    };
    let windows = ask(&["search", "--onlyvisible", "--name", "."])?;
    ask(&["getwindowname", windows.lines().next()?])
}
