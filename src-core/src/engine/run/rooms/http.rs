//! Tries a service: starts it, and asks it over the loopback interface.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use super::{Found, Furnished, last_line};
use crate::engine::run::sandbox::{Binding, Sandbox};
use crate::engine::run::step::StepError;
use crate::engine::terms::cancel::Cancel;
use crate::engine::tools::log::{Line, Log, Stream};
use crate::plan::Command;

/// Asks from inside the room, where the room has a network of its own.
const ASK: &str = include_str!("ask.py");

/// How many lines from the end of a log the answer is looked for in.
const NEAR_END: u64 = 1_000;

/// Held by who tries a service in a room without a network of its own: where ports are the same, another one would answer.
static TURN: Mutex<()> = Mutex::new(());

/// Starts the program with `PORT` set and asks until it answers or the deadline passes.
///
/// A sandboxed room has a loopback interface of its own that nobody outside can reach, so there the room's Python asks.
pub(super) fn try_out(
    room: &Furnished,
    subject: &Command,
    port: u16,
    path: &str,
    deadline: Duration,
    arguments: &[String],
) -> Result<Found, StepError> {
    if matches!(room.bench.sandbox, Sandbox::Bubblewrap(_)) {
        return inside(room, subject, port, path, deadline, arguments);
    }
    let _turn = room.bench.cancel.lock(&TURN).ok_or(StepError::Cancelled)?;
    let port = free_port(port);
    let mut spawn = room.spawn(subject, arguments)?;
    spawn.env.insert("PORT".into(), port.to_string());
    spawn.timeout = deadline + Duration::from_secs(5);
    let log = room.log("serve")?;
    let stop = Cancel::default();
    let answer = std::thread::scope(|scope| {
        let running = scope.spawn(|| room.bench.world.run(&room.wrapped(&spawn), &log, &stop));
        let mut answer = None;
        let started = Instant::now();
        while answer.is_none()
            && started.elapsed() < deadline
            && !running.is_finished()
            && !room.bench.cancel.is_cancelled()
        {
            answer = ask(port, path);
            std::thread::sleep(Duration::from_millis(100));
        }
        stop.cancel();
        let _ = running.join();
        answer
    });
    let log = log.finish().map_err(crate::engine::disk::error::at("write", room.bench.logs))?;
    Ok(match answer {
        Some(text) => Found::Answered { text, starts_ms: Vec::new() },
        None => Found::Not { because: format!("nothing answered on port {port}: {}", last_line(&log)), log: Some(log) },
    })
}

/// Runs program and question in one room: a shell of the room starts the one behind the other.
fn inside(
    room: &Furnished,
    subject: &Command,
    port: u16,
    path: &str,
    deadline: Duration,
    arguments: &[String],
) -> Result<Found, StepError> {
    let mut spawn = room.spawn(subject, arguments)?;
    let script = room.folder.path().join("ask.py");
    std::fs::write(&script, ASK).map_err(crate::engine::disk::error::at("write", &script))?;
    // `"$@"` hands the argument vector through untouched: nothing of the project is interpreted by the shell.
    let program = std::mem::replace(&mut spawn.program, "/bin/sh".into());
    let mut args = vec![
        "-c".to_owned(),
        "\"$@\" & exec python3 -I /pw/ask.py \"$ASK_PORT\" \"$ASK_PATH\" \"$ASK_DEADLINE\"".to_owned(),
        "sh".to_owned(),
    ];
    args.push(program.display().to_string());
    args.append(&mut spawn.args);
    spawn.args = args;
    for (name, value) in [
        ("PORT", port.to_string()),
        ("ASK_PORT", port.to_string()),
        ("ASK_PATH", path.to_owned()),
        ("ASK_DEADLINE", deadline.as_secs().to_string()),
    ] {
        spawn.env.insert(name.into(), value);
    }
    spawn.timeout = deadline + Duration::from_secs(15);
    let mut bindings = room.bindings.clone();
    bindings.push(Binding::readable(script, "/pw/ask.py"));
    let log = room.log("serve")?;
    let spawn = room.bench.sandbox.wrap(&spawn, &room.system, &bindings, !room.proof.room.may.network.is_own());
    let exit = room.bench.world.run(&spawn, &log, room.bench.cancel)?;
    let log = log.finish().map_err(crate::engine::disk::error::at("write", room.bench.logs))?;
    Ok(match (exit.code, answer_in(&log)) {
        (Some(0), Some(text)) => Found::Answered { text: format!("{text} on {path}"), starts_ms: Vec::new() },
        (_, Some(text)) => Found::Not { because: format!("it answered {text} on {path}"), log: Some(log) },
        (_, None) => {
            Found::Not { because: format!("nothing answered on port {port}: {}", last_line(&log)), log: Some(log) }
        }
    })
}

/// The answer that was printed in a room. It is printed last, so only the end of what the program says is looked at.
fn answer_in(log: &Log) -> Option<String> {
    let lines = log.range(log.lines().saturating_sub(NEAR_END), log.lines()).unwrap_or_default();
    let answer = |line: &&Line| line.stream == Stream::Out && line.text.starts_with("HTTP ");
    lines.iter().rev().find(answer).map(|line| line.text.clone())
}

fn free_port(wanted: u16) -> u16 {
    let bound =
        |port| TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], port))).and_then(|listener| listener.local_addr());
    bound(wanted).or_else(|_| bound(0)).map_or(wanted, |address| address.port())
}

/// The status line of an answer below 500, if there is one.
fn ask(port: u16, path: &str) -> Option<String> {
    let mut link =
        TcpStream::connect_timeout(&SocketAddr::from(([127, 0, 0, 1], port)), Duration::from_secs(1)).ok()?;
    link.set_read_timeout(Some(Duration::from_secs(5))).ok()?;
    write!(link, "GET {path} HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n").ok()?;
    let mut head = [0; 256];
    let read = link.read(&mut head).ok()?;
    let text = String::from_utf8_lossy(&head[..read]).into_owned();
    let status: u16 = text.split(' ').nth(1)?.parse().ok()?;
    (status < 500).then(|| format!("{} on {path}", text.lines().next().unwrap_or_default().trim()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::tools::log::LogWriter;

    #[test]
    fn the_answer_is_found_at_the_end_of_whatever_a_service_prints() {
        let folder = tempfile::tempdir().unwrap();
        let log = |end: &str| {
            let writer = LogWriter::create(&folder.path().join("serve")).unwrap();
            writer.note("HTTP of long ago").unwrap();
            writer.note(&"chatter\n".repeat(2_000)).unwrap();
            writer.note(end).unwrap();
            writer.finish().unwrap()
        };
        assert_eq!(answer_in(&log("HTTP 200 OK\nbye")).as_deref(), Some("HTTP 200 OK"));
        assert_eq!(answer_in(&log("no answer: refused")), None);
    }
}
