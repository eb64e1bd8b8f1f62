//! The terminal UI under a parent that outlives it.
//!
//! What cannot be caught (a kill, an overflow of the stack, no memory left) ends a process with the terminal raw, on its
//! alternate screen and reporting the mouse. So the process that was started only waits: it starts itself again for the
//! screens, on the same terminal and in the same process group, and when that ends without a word it puts the terminal
//! back. Stopping and going on work as for one process, and signals are passed on.

use std::ffi::OsString;
use std::io::{self, Write};
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use rustix::process::{Pid, Signal, WaitOptions, kill_current_process_group, kill_process, waitpid};
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP};
use signal_hook::iterator::Signals;
use signal_hook::low_level::{emulate_default_handler, signal_name};

use crate::ui;

/// The argument of the process that draws.
const ARGUMENT: &str = "supervised";

/// Makes this the process that draws: when its parent is killed, it is asked to end and gives the terminal back itself.
/// Says whether that parent is still there.
pub fn accept(parent: u32) -> bool {
    ui::leave_stopping_to_a_parent();
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_parent_process_death_signal(Some(Signal::TERM));
    std::os::unix::process::parent_id() == parent
}

/// Starts this program again for the screens, and waits until it ends; gives the exit code. `None` where it cannot be
/// started: then the screens are drawn here.
pub fn run() -> Option<io::Result<u8>> {
    let before = tcgetattr(io::stdout()).ok()?;
    let mut arguments = std::env::args_os();
    let name = arguments.next().unwrap_or_else(|| "packwright".into());
    let mut command = Command::new(program()?);
    command.arg0(name).arg(format!("--{ARGUMENT}={}", std::process::id())).args(arguments.collect::<Vec<OsString>>());
    // What arrives before there is somebody to pass it on to must not be lost either.
    let signals = Signals::new([SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP]).ok()?;
    let child = command.spawn().ok()?;
    let child = i32::try_from(child.id()).ok().and_then(Pid::from_raw)?;
    Some(wait(child, &before, signals))
}

/// The file of this program, also where another version was put in its place meanwhile.
fn program() -> Option<std::path::PathBuf> {
    if cfg!(target_os = "linux") { Some("/proc/self/exe".into()) } else { std::env::current_exe().ok() }
}

fn wait(child: Pid, before: &Termios, mut signals: Signals) -> io::Result<u8> {
    let own_stops = Arc::new(AtomicUsize::new(0));
    let own = Arc::clone(&own_stops);
    thread::Builder::new().spawn(move || {
        for signal in signals.forever() {
            let is_own = || own.try_update(Ordering::SeqCst, Ordering::SeqCst, |stops| stops.checked_sub(1)).is_ok();
            if signal == SIGTSTP && is_own() {
                continue;
            }
            // After its end there is nobody to tell, and this process ends too.
            let _ = Signal::from_named_raw(signal).map(|signal| kill_process(child, signal));
        }
    })?;
    loop {
        let Some((_, status)) = waitpid(Some(child), WaitOptions::UNTRACED)? else { continue };
        if status.stopped() {
            // The whole job stops, as it would with one process; and goes on together, whoever is told to.
            own_stops.fetch_add(1, Ordering::SeqCst);
            kill_current_process_group(Signal::TSTP)?;
            emulate_default_handler(SIGTSTP)?;
            kill_process(child, Signal::CONT)?;
        } else if let Some(signal) = status.terminating_signal() {
            restore(before);
            say(signal);
            return Ok(u8::try_from(128 + signal).unwrap_or(u8::MAX));
        } else if let Some(code) = status.exit_status() {
            if tcgetattr(io::stdout()).is_ok_and(|now| now.local_modes != before.local_modes) {
                restore(before);
            }
            return Ok(u8::try_from(code).unwrap_or(u8::MAX));
        }
    }
}

/// Puts the terminal back as it was: what was typed or clicked at a screen that is gone is thrown away.
fn restore(before: &Termios) {
    ui::give_back();
    let _ = tcsetattr(io::stdout(), OptionalActions::Flush, before);
}

/// Says what happened, where somebody reads it: the words of a crash were lost with the screen.
fn say(signal: i32) {
    let name = signal_name(signal).unwrap_or("unknown");
    let text = format!(
        "packwright: the terminal UI was ended by signal {signal} ({name}); the terminal is as it was before.\n  \
         do  Start it again. If that ends alike, `packwright inspect` tells whether it is the project, and `dmesg` \
         whether memory ran out\n"
    );
    let _ = io::stderr().write_all(text.as_bytes());
}
