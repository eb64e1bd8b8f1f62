//! Watches over a program from a process of its own, so that nothing of it outlives Packwright, whatever becomes of that.
//!
//! The binary starts itself again for it. The supervisor gets every process whose parent ends (prctl(2),
//! `PR_SET_CHILD_SUBREAPER`), so it finds them all, whatever their group, session or environment is. Its standard input is
//! a socket to Packwright: when that is closed, by a cancelled build or by `kill -9`, everything is ended. On it the
//! supervisor tells what happened.
//!
//! A program may wait for ever without working: for a pipe that only processes hold open that were left behind, or because
//! it has stopped. The supervisor notices both.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::io::{self, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::Mode;
use rustix::io::Errno;
use rustix::process::{
    Pid, PidfdFlags, Signal, WaitOptions, WaitStatus, getpid, kill_process, kill_process_group, pidfd_open,
    set_child_subreaper, setsid, umask, wait,
};

use super::family::{Family, Work, is_initial, pipes};
use super::told::Told;
use super::{GRACE, LINGER};

/// How often it looks at what runs.
const LOOK: Duration = Duration::from_secs(1);
/// How long those may hold a pipe who were left behind and do nothing, where somebody waits for them.
const IDLE: Duration = Duration::from_secs(3);
/// The same for those who do something.
const BUSY: Duration = Duration::from_secs(10);
/// How long everything may have stopped.
const STOPPED: Duration = Duration::from_secs(5);
/// How many processes a program may run at a time: a thousand times more than any build needs.
const MOST: usize = 2_000;
/// How long it tries to end what does not end.
const LAST: Duration = Duration::from_secs(10);

/// Runs a program to its end, or until the socket is closed. The first argument is the program.
pub(super) fn watch(mut args: impl Iterator<Item = OsString>) -> io::Result<()> {
    let socket = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    // Without a terminal, a program can neither read what the user types nor be stopped because it tried to.
    let _ = setsid();
    // Archives record the modes of what tools write.
    umask(Mode::from_raw_mode(0o022));
    set_child_subreaper(Some(getpid()))?;
    let started =
        Command::new(args.next().unwrap_or_default()).args(args).stdin(Stdio::null()).process_group(0).spawn();
    let leader = match started {
        Ok(child) => child.id().cast_signed(),
        Err(error) => return tell(&socket, &[Told::NotStarted(error.raw_os_error().unwrap_or_default()), Told::Over]),
    };
    tell(&socket, &[Told::Leader(leader)])?;
    let pidfd = Pid::from_raw(leader).and_then(|pid| pidfd_open(pid, PidfdFlags::empty()).ok());
    Watch {
        socket,
        own: getpid().as_raw_nonzero().get(),
        leader,
        pidfd,
        status: None,
        waits: None,
        stopped: None,
        held: 0,
    }
    .run()
}

fn tell(mut socket: &UnixStream, what: &[Told]) -> io::Result<()> {
    what.iter().try_for_each(|told| writeln!(socket, "{}", serde_json::to_string(told)?))
}

struct Watch {
    socket: UnixStream,
    own: i32,
    leader: i32,
    /// Readable when the leader has ended; not there on old kernels.
    pidfd: Option<OwnedFd>,
    /// How the leader ended.
    status: Option<WaitStatus>,
    /// Since when somebody waits for those who were left behind, and what all had done then.
    waits: Option<(Instant, Work, Work)>,
    /// Since when everything has stopped.
    stopped: Option<Instant>,
    /// How many were ended for whom somebody waited.
    held: usize,
}

impl Watch {
    fn run(mut self) -> io::Result<()> {
        let fault = self.until_the_leader_ends();
        if self.status.is_some() {
            self.linger();
        }
        let is_over = self.end_all();
        let exit = Told::Exit(self.status.and_then(WaitStatus::exit_status));
        let mut told = vec![Told::Held(self.held), fault.unwrap_or(exit)];
        told.extend(is_over.then_some(Told::Over));
        tell(&self.socket, &told)
    }

    /// Waits for the leader; gives why it must be ended, where it did not end by itself and nobody asked for it.
    fn until_the_leader_ends(&mut self) -> Option<Told> {
        let mut look = Instant::now() + LOOK;
        loop {
            self.reap();
            if self.status.is_some() || self.is_cut_off(look.saturating_duration_since(Instant::now())) {
                return None;
            }
            if Instant::now() >= look {
                let began = Instant::now();
                if let Some(fault) = self.look(&Family::below(self.own)) {
                    return Some(fault);
                }
                // Where many processes run, looking must not cost more than a twentieth of a processor.
                look = Instant::now() + LOOK.max(began.elapsed() * 20);
            }
        }
    }

    /// Takes note of every child that ended. Whether there are others.
    fn reap(&mut self) -> bool {
        loop {
            match wait(WaitOptions::NOHANG) {
                Ok(Some((pid, status))) if pid.as_raw_nonzero().get() == self.leader => self.status = Some(status),
                Ok(Some(_)) | Err(Errno::INTR) => {}
                Ok(None) => return true,
                Err(_) => return false,
            }
        }
    }

    /// Waits at most this long for the leader. Whether Packwright wants an end, or is gone.
    fn is_cut_off(&self, at_most: Duration) -> bool {
        let at_most = if self.pidfd.is_some() { at_most } else { at_most.min(Duration::from_millis(10)) };
        let at_most = Timespec { tv_sec: at_most.as_secs().cast_signed(), tv_nsec: at_most.subsec_nanos().into() };
        let mut ends = vec![PollFd::new(&self.socket, PollFlags::IN)];
        ends.extend(self.pidfd.as_ref().map(|pidfd| PollFd::new(pidfd, PollFlags::IN)));
        poll(&mut ends, Some(&at_most)).is_ok() && ends.first().is_some_and(|socket| !socket.revents().is_empty())
    }

    /// Whether it can go on: ends those for whom somebody waits in vain.
    fn look(&mut self, family: &Family) -> Option<Told> {
        if family.len() > MOST {
            return Some(Told::Crowded(MOST));
        }
        let orphans = family.orphans(self.leader, is_initial);
        if !family.has_stopped(&orphans) {
            self.stopped = None;
        } else if self.stopped.get_or_insert_with(Instant::now).elapsed() >= STOPPED {
            return Some(Told::Stopped);
        }
        let holders = family.holders(&orphans, pipes);
        let (left, others) = (|id| orphans.contains(&id), |id| !orphans.contains(&id));
        let work = (family.work(others), family.work(left));
        match &self.waits {
            // On a machine with much to do, one who can work has perhaps not come to it.
            _ if holders.is_empty() || family.is_at_work(others) => self.waits = None,
            Some((since, before, left_before)) if *before == work.0 => {
                let is_idle = *left_before == work.1 && !family.is_at_work(left);
                let patience = if is_idle { IDLE } else { BUSY };
                // Who leaves some behind once does so again, and all of it must not take for ever.
                if since.elapsed() >= if self.held > 0 { patience / 3 } else { patience } {
                    self.waits = None;
                    self.end(family.descending(&holders));
                }
            }
            _ => self.waits = Some((Instant::now(), work.0, work.1)),
        }
        None
    }

    /// Ends some: politely, then surely.
    fn end(&mut self, some: BTreeSet<i32>) {
        self.held += some.len();
        signal(&some, &[Signal::TERM, Signal::CONT]);
        let deadline = Instant::now() + GRACE;
        let mut left = some;
        while !left.is_empty() && Instant::now() < deadline {
            sleep(Duration::from_millis(20));
            self.reap();
            let family: BTreeSet<i32> = Family::below(self.own).ids().collect();
            left.retain(|id| family.contains(id));
        }
        signal(&left, &[Signal::KILL]);
    }

    /// After the leader ended, its children may still have something to say.
    fn linger(&mut self) {
        let own = pipes(self.own).written;
        let deadline = Instant::now() + LINGER;
        while self.reap() && Instant::now() < deadline && !Family::below(self.own).writers(&own).is_empty() {
            if self.is_cut_off(Duration::ZERO) {
                return;
            }
            sleep(Duration::from_millis(20));
        }
    }

    /// Ends everything: politely, then surely. Whether nothing is left.
    fn end_all(&mut self) -> bool {
        if !self.reap() {
            return true;
        }
        signal(&Family::below(self.own).ids().collect(), &[Signal::TERM, Signal::CONT]);
        let deadline = Instant::now() + GRACE;
        while self.reap() && Instant::now() < deadline {
            sleep(Duration::from_millis(5));
        }
        let deadline = Instant::now() + LAST;
        while self.reap() {
            // With bubblewrap goes everything in it, at once.
            if let Some(leader) = Pid::from_raw(self.leader).filter(|_| self.status.is_none()) {
                let _ = kill_process_group(leader, Signal::KILL);
                let _ = kill_process(leader, Signal::KILL);
            }
            signal(&self.frozen(), &[Signal::KILL]);
            if Instant::now() > deadline {
                return false;
            }
            sleep(Duration::from_millis(2));
        }
        true
    }

    /// Stops everything, and gives what it stopped: processes that start others faster than they can be ended no longer do.
    fn frozen(&self) -> BTreeSet<i32> {
        let mut frozen = BTreeSet::new();
        for _ in 0..50 {
            let more: BTreeSet<i32> = Family::below(self.own).ids().filter(|id| !frozen.contains(id)).collect();
            if more.is_empty() {
                break;
            }
            signal(&more, &[Signal::STOP]);
            frozen.extend(more);
        }
        frozen
    }
}

fn signal(processes: &BTreeSet<i32>, signals: &[Signal]) {
    for pid in processes.iter().filter_map(|id| Pid::from_raw(*id)) {
        for signal in signals {
            let _ = kill_process(pid, *signal);
        }
    }
}
