//! Does what a proof says, one act after the other, in a room that stays open until all of it is done.

use std::time::{Duration, Instant};

use super::beside::Beside;
use super::furnished::Furnished;
use super::opened::{Closed, Way, open};
use super::untouched::{look, untouched};
use super::visit::{Starting, Visit};
use super::{Found, Noted, Told, at, display, expect, help, http, root, start, survey};
use crate::engine::run::sandbox::{Binding, file_of};
use crate::engine::run::schedule::millis;
use crate::engine::run::step::StepError;
use crate::engine::terms::cancel::Cancel;
use crate::engine::tools::log::Log;
use crate::engine::tools::process::{ProcessError, Spawn};
use crate::engine::trees::layer::Traces;
use crate::event::{Event, StepEnd};
use crate::plan::{Act, Command, Device, Expect, Ready, StepId};
use crate::problem::Problem;

/// How long something that runs beside may take until it is ready.
const READY: Duration = Duration::from_secs(30);
/// How often is looked whether it is.
const LOOK: Duration = Duration::from_millis(20);
/// How long something may run beside at most.
const LONGEST: Duration = Duration::from_hours(24);

/// Ends what runs beside, however the visit ends.
struct Leaving<'e>(&'e Cancel);

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

/// Opens the room, does everything, and closes it.
pub(super) fn carry_out(room: &Furnished, measure: bool, told: Told) -> Result<(Found, Noted), StepError> {
    let ending = Cancel::default();
    std::thread::scope(|scope| {
        let _leaving = Leaving(&ending);
        let way = Way::Apart(String::new());
        let mut visit = Visit { room, way, scope, ending: &ending, more: Vec::new(), display: None };
        match visit.arrive()? {
            Some(because) => Ok((Found::Impossible(because), Noted::default())),
            None => visit.act(measure, told),
        }
    })
}

impl Visit<'_, '_> {
    /// Gets into the room; gives why it cannot be had, where it cannot.
    fn arrive(&mut self) -> Result<Option<String>, StepError> {
        for device in &self.room.proof.room.may.devices {
            if let Some(because) = self.provide(*device)? {
                return Ok(Some(because));
            }
        }
        if display::is_wanted(self.room.proof)
            && self.display.is_none()
            && let Some(because) = self.provide(Device::Display)?
        {
            return Ok(Some(because));
        }
        let hold = |spawn| Ok(self.beside(self.room.opening()?, spawn));
        let opened = match &self.room.root {
            Some(root) => root::open(self.room, root, &self.more, hold),
            None => open(self.room, &self.more, hold),
        };
        match opened {
            Ok(entry) => self.way = Way::Into(entry),
            Err(Closed::Apart(because)) => self.way = Way::Apart(because),
            Err(Closed::Never(because)) => return Ok(Some(because)),
            Err(Closed::Failed(error)) => return Err(error),
        }
        Ok(None)
    }

    /// Gives the room a device of this machine; or says why it cannot.
    fn provide(&mut self, device: Device) -> Result<Option<String>, StepError> {
        if device == Device::Display {
            return Ok(match display::start(self)? {
                Ok((name, socket)) => {
                    self.more.push(socket);
                    self.display = Some(name);
                    None
                }
                Err(because) => Some(because),
            });
        }
        if device == Device::Serial {
            return Ok(Some("there is no serial line in a room".into()));
        }
        match file_of(device).and_then(Binding::usable_device) {
            Ok(binding) => {
                self.more.push(binding);
                Ok(None)
            }
            Err(error) => Ok(Some(Problem::from(error).in_one_sentence())),
        }
    }

    /// Every act in its turn, until one is not as it should be.
    fn act(&self, measure: bool, told: Told) -> Result<(Found, Noted), StepError> {
        let (mut last, mut proven, mut noted) = (None, None, Noted::default());
        let before = look(self)?;
        for (number, act) in self.room.proof.acts.iter().enumerate() {
            let step = self.room.proof.id_of(number);
            told(Event::StepStarted { step: step.clone(), title: act.title() });
            let started = Instant::now();
            let found = self.act_one(&step, act, measure, &before);
            let end = match &found {
                Ok(Found::Answered { .. }) => StepEnd::Done,
                Err(error) if error.is_cancelled() => StepEnd::Cancelled,
                Ok(_) | Err(_) => StepEnd::Failed,
            };
            let lines = Log::open(&self.room.bench.logs.join(step.as_str())).map_or(0, |log| log.lines());
            told(Event::StepFinished { step, end, wall_ms: millis(started.elapsed()), lines });
            let mut found = found?;
            let Found::Answered { tried, doubts, .. } = &mut found else { return Ok((found, noted)) };
            noted.tried.append(tried);
            noted.doubts.append(doubts);
            if let Act::Do { title, .. } = act
                && let Some(typed) = title.strip_prefix("Run ")
            {
                noted.tried.push(format!("ran {typed}"));
            }
            // What the program itself answered says more than what was done around it.
            match act {
                Act::Start { .. } => proven = Some(found),
                Act::Do { .. } | Act::Beside { .. } | Act::Untouched { .. } => last = Some(found),
                Act::Survey { .. } | Act::Help { .. } => {}
            }
        }
        Ok((proven.or(last).unwrap_or_else(|| Found::Impossible("there is nothing to try".into())), noted))
    }

    fn act_one(&self, step: &StepId, act: &Act, measure: bool, before: &Traces) -> Result<Found, StepError> {
        match (act, &self.way) {
            (Act::Do { title, command, expect }, _) => self.done(step, title, command, expect),
            (Act::Start { subject, trial, within }, _) => {
                start::try_out(&Starting { visit: self, step, subject }, trial, Duration::from_secs(*within), measure)
            }
            (Act::Survey { interpreter, within }, _) => survey::look(self, step, interpreter, within),
            (Act::Help { subject }, _) => help::ask(&Starting { visit: self, step, subject }),
            (Act::Beside { .. } | Act::Untouched { .. }, Way::Apart(because)) => {
                Ok(Found::Impossible(format!("the room does not stay open: {because}")))
            }
            (Act::Beside { title, command, ready }, Way::Into(_)) => self.beside_act(step, title, command, ready),
            (Act::Untouched { but }, Way::Into(_)) => Ok(untouched(but, before, &look(self)?)),
        }
    }

    /// A command that must end as it is expected to.
    fn done(&self, step: &StepId, title: &str, command: &Command, expect: &Expect) -> Result<Found, StepError> {
        let spawn = self.spawn(command, &[])?;
        let (log, path) = self.room.log_of(step)?;
        let ended = self.room.bench.world.run(&self.lead(&spawn), &log, self.room.bench.cancel);
        let log = log.finish().map_err(at("write", &path))?;
        let exit = match ended {
            Err(ProcessError::TimedOut { .. }) => {
                let because = format!("\"{title}\" did not end within {} seconds", self.room.patience().as_secs());
                return Ok(Found::Not { because, log: Some(log) });
            }
            ended => ended?,
        };
        Ok(match expect::judge(self, expect, exit.code, &log)? {
            expect::Judged::Good => Found::answered(title),
            expect::Judged::Bad(because) => Found::Not { because: format!("\"{title}\" {because}"), log: Some(log) },
            expect::Judged::Unknown(because) => Found::Impossible(because),
        })
    }

    /// A command that runs on while others follow.
    fn beside_act(&self, step: &StepId, title: &str, command: &Command, ready: &Ready) -> Result<Found, StepError> {
        let spawn = Spawn { timeout: LONGEST, ..self.spawn(command, &[])? };
        let beside = self.beside(self.room.log_of(step)?, self.lead(&spawn));
        let is_over = || beside.has_ended() || self.room.bench.cancel.is_cancelled();
        let is_ready = match ready {
            Ready::AtOnce => true,
            Ready::Says(text) => says(&beside, text, &is_over),
            Ready::Port(port) => match http::ask(self, *port, http::LISTENS, READY, &is_over)? {
                http::Asked::Answer(_) => true,
                http::Asked::Nothing => false,
                http::Asked::Impossible(because) => return Ok(Found::Impossible(because)),
            },
        };
        if self.room.bench.cancel.is_cancelled() {
            return Err(StepError::Cancelled);
        }
        if is_ready {
            return Ok(Found::answered(title));
        }
        let because = if beside.has_ended() {
            format!("\"{title}\" ended before it was ready: {}", beside.last_line())
        } else {
            format!("\"{title}\" was not ready within {} seconds: {}", READY.as_secs(), beside.last_line())
        };
        Ok(Found::Not { because, log: Some(beside.said()) })
    }
}

/// Waits until a line has this text.
fn says(beside: &Beside, text: &str, is_over: &dyn Fn() -> bool) -> bool {
    let until = Instant::now() + READY;
    let mut seen = 0;
    loop {
        let is_last = is_over() || Instant::now() >= until;
        let log = beside.said();
        if log.range(seen, log.lines()).unwrap_or_default().iter().any(|line| line.text.contains(text)) {
            return true;
        }
        seen = log.lines();
        if is_last {
            return false;
        }
        std::thread::sleep(LOOK);
    }
}
