//! Tries a service: starts it, and asks it over the loopback interface.

use std::net::{SocketAddr, TcpListener};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::opened::Way;
use super::visit::{Starting, Visit};
use super::{Found, at, last_line};
use crate::engine::network::ask::{self, Answer};
use crate::engine::run::step::StepError;
use crate::engine::terms::cancel::Cancel;
use crate::engine::tools::log::Log;
use crate::engine::tools::process::{self, Spawn};

pub(super) use crate::engine::network::ask::LISTENS;

/// How long one who asks may take besides.
const GRACE: Duration = Duration::from_secs(15);
/// How often is looked whether anything has come.
const LOOK: Duration = Duration::from_millis(10);

/// Held by who tries a service in a room without a network of its own: where ports are the same, another one would answer.
static TURN: Mutex<()> = Mutex::new(());

/// What came of asking.
pub(super) enum Asked {
    Answer(Answer),
    Nothing,
    /// This room cannot be asked.
    Impossible(String),
}

/// Starts the program with `PORT` set and asks until it answers or the deadline passes.
pub(super) fn try_out(
    starting: &Starting,
    (port, path): (u16, &str),
    deadline: Duration,
    arguments: &[String],
) -> Result<Found, StepError> {
    let visit = starting.visit;
    let bench = visit.room.bench;
    let is_shared = !visit.room.has_own_network();
    let _turn = if is_shared { Some(bench.cancel.lock(&TURN).ok_or(StepError::Cancelled)?) } else { None };
    let port = if is_shared { free_port(port) } else { port };
    let path = format!("/{}", path.trim_start_matches('/'));
    let mut spawn = visit.spawn(starting.subject, arguments)?;
    spawn.env.insert("PORT".into(), port.to_string());
    spawn.timeout = deadline + GRACE;
    let (log, place) = visit.room.log_of(starting.step)?;
    let (stop, has_failed) = (Cancel::default(), AtomicBool::new(false));
    let asked = std::thread::scope(|scope| {
        let running = scope.spawn(|| {
            let ended = bench.world.run(&visit.lead(&spawn), &log, &stop);
            // One that ends well may have left another one behind that answers.
            has_failed.store(!matches!(&ended, Ok(exit) if exit.code == Some(0)), Ordering::Relaxed);
            ended
        });
        let is_over = || has_failed.load(Ordering::Relaxed) || bench.cancel.is_cancelled();
        let asked = ask(visit, port, &path, deadline, &is_over);
        stop.cancel();
        let _ = running.join();
        asked
    })?;
    let log = log.finish().map_err(at("write", &place))?;
    if bench.cancel.is_cancelled() {
        return Err(StepError::Cancelled);
    }
    Ok(match asked {
        Asked::Answer(answer) if answer.is_good => Found::answered(&format!("{} on {path}", answer.text)),
        Asked::Answer(answer) => {
            Found::Not { because: format!("it answered {} on {path}", answer.text), log: Some(log) }
        }
        Asked::Nothing => {
            Found::Not { because: format!("nothing answered on port {port}: {}", last_line(&log)), log: Some(log) }
        }
        Asked::Impossible(because) => Found::Impossible(because),
    })
}

/// Asks from this machine, inside the network of the room.
pub(super) fn ask(
    visit: &Visit,
    port: u16,
    path: &str,
    within: Duration,
    is_over: &(dyn Fn() -> bool + Sync),
) -> Result<Asked, StepError> {
    let room = visit.room;
    if !room.has_own_network() {
        return Ok(ask::ask(port, path, within, is_over).map_or(Asked::Nothing, Asked::Answer));
    }
    let entry = match &visit.way {
        Way::Into(entry) => entry,
        Way::Apart(because) => {
            return Ok(Asked::Impossible(format!("a service is asked in a room that stays open: {because}")));
        }
    };
    let Some((program, args)) = process::asker(port, path, within.as_secs()) else {
        return Ok(Asked::Impossible("this program cannot start itself to ask a service".into()));
    };
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let question = Spawn { timeout: within + GRACE, ..entry.listen(&room.plain(&program, &args)) };
    let (log, place) = room.log("ask")?;
    let stop = Cancel::default();
    let exit = std::thread::scope(|scope| {
        let asking = scope.spawn(|| room.bench.world.run(&question, &log, &stop));
        while !asking.is_finished() {
            if is_over() {
                stop.cancel();
            }
            std::thread::sleep(LOOK);
        }
        asking.join()
    });
    let log = log.finish().map_err(at("write", &place))?;
    Ok(match exit {
        Ok(Ok(exit)) => answer_in(&log, exit.code == Some(0)).map_or(Asked::Nothing, Asked::Answer),
        _ => Asked::Nothing,
    })
}

fn answer_in(log: &Log, is_good: bool) -> Option<Answer> {
    let line = log.range(0, 1).ok()?.into_iter().next()?;
    let is_answer = line.text == "listens" || line.text.starts_with("HTTP ");
    is_answer.then_some(Answer { text: line.text, is_good })
}

fn free_port(wanted: u16) -> u16 {
    let bound =
        |port| TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], port))).and_then(|listener| listener.local_addr());
    bound(wanted).or_else(|_| bound(0)).map_or(wanted, |address| address.port())
}
