//! Gives a room a display that nobody else sees, and tries a program with a window on it.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::picture::{self, Window};
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
    let seen = picture::folder(visit);
    std::fs::create_dir_all(&seen).map_err(at("create", &seen))?;
    let seen = seen.display().to_string();
    let screen = [name.as_str(), "-screen", "0", "1024x768x24", "-nolisten", "tcp", "-fbdir", &seen];
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
    let (found, ended) = std::thread::scope(|scope| {
        let shown = scope.spawn(|| room.bench.world.run(&visit.lead(&program), &log, &stop));
        let is_over = || shown.is_finished() || room.bench.cancel.is_cancelled();
        let until = Instant::now() + deadline;
        let mut found = None;
        while found.is_none() && Instant::now() < until && !is_over() {
            std::thread::sleep(LOOK);
            found = window(visit, &looker, display);
        }
        let drawn = found.as_ref().map(|window| picture::appears(visit, window, &is_over));
        let has_ended = shown.is_finished();
        stop.cancel();
        let ended = shown.join().ok().and_then(Result::ok).filter(|_| has_ended);
        (found.zip(drawn), ended)
    });
    let log = log.finish().map_err(at("write", &place))?;
    let Some((window, drawn)) = found else {
        return Ok(Found::Not { because: format!("no window appeared: {}", last_line(&log)), log: Some(log) });
    };
    if let Some(code) = ended.and_then(|exit| exit.code).filter(|code| *code != 0) {
        let because = format!("its window appeared, then it ended with exit code {code}: {}", last_line(&log));
        return Ok(Found::Not { because, log: Some(log) });
    }
    let text = format!("showed the window \"{}\"", window.title);
    Ok(if drawn {
        let tried = vec!["waited for the first picture of its window".to_owned()];
        Found::Answered { text, starts_ms: Vec::new(), first_ms: None, tried, doubts: Vec::new() }
    } else {
        let doubts = vec![format!(
            "nothing was drawn in its window \"{}\" within {} seconds",
            window.title,
            picture::PATIENCE.as_secs()
        )];
        Found::Answered { text, starts_ms: Vec::new(), first_ms: None, tried: Vec::new(), doubts }
    })
}

/// The first visible window.
fn window(visit: &Visit, looker: &Path, display: &str) -> Option<Window> {
    let ask = |args: &[&str]| {
        let mut spawn = Spawn { timeout: Duration::from_secs(5), ..visit.room.plain(looker, args) };
        spawn.env.insert("DISPLAY".into(), display.to_owned());
        let (code, text) = capture(&spawn).ok()?;
        (code == Some(0)).then(|| text.trim().to_owned())
    };
    let windows = ask(&["search", "--onlyvisible", "--name", "."])?;
    let id = windows.lines().next()?;
    let geometry = ask(&["getwindowgeometry", "--shell", id]).unwrap_or_default();
    let number = |name: &str| {
        let line = geometry.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        line.and_then(|number| number.parse::<i64>().ok()).and_then(|number| usize::try_from(number).ok())
    };
    let [x, y, width, height] = ["X", "Y", "WIDTH", "HEIGHT"].map(|name| number(name).unwrap_or_default());
    Some(Window { title: ask(&["getwindowname", id])?, x, y, width, height })
}
