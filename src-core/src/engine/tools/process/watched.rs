//! Packwright's end of the socket to a supervisor.

use std::ffi::OsString;
use std::io::{self, BufRead, BufReader};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::errands::{self, Errand};
use super::told::Told;
use super::{ProcessError, Spawn, supervisor};
use crate::engine::network::ask;

/// The argument by which a binary is told to be a supervisor.
const WATCH: &str = "--watch-over-a-step";
/// The argument by which a binary is told to ask a service; the port, the path and the seconds follow.
const ASK: &str = "--ask-a-service";
/// The argument by which a binary is told to do an errand; its words follow.
const ERRAND: &str = "--do-an-errand";
/// This process's own program, even when its file has been replaced.
const ITSELF: &str = "/proc/self/exe";

/// Whether this binary can be started as a supervisor, or to ask.
static CAN_WATCH: AtomicBool = AtomicBool::new(false);

/// Makes the process a supervisor if it was started as one. A binary that calls this before anything else lets the engine
/// start it again to watch over each step, so that nothing of a step outlives it, even if it is killed; to ask a service from
/// inside the network that it was started in; and to lay out what rooms stand on. Only on Linux.
pub fn supervise_if_asked() -> Option<ExitCode> {
    let mut args = std::env::args_os().skip(1);
    match args.next() {
        Some(first) if first == WATCH => {
            // Whoever cannot be told will see that nothing was.
            let _ = supervisor::watch(args);
            Some(ExitCode::SUCCESS)
        }
        Some(first) if first == ASK => Some(ask::answer(args)),
        Some(first) if first == ERRAND => Some(errands::run(args)),
        _ => {
            CAN_WATCH.store(Path::new(ITSELF).exists(), Ordering::Relaxed);
            None
        }
    }
}

/// The command line by which this binary asks a service for this many seconds; `None` where it cannot.
pub(in crate::engine) fn asker(port: u16, path: &str, seconds: u64) -> Option<(PathBuf, Vec<String>)> {
    Some((itself()?, vec![ASK.into(), port.to_string(), path.to_owned(), seconds.to_string()]))
}

/// The command line by which this binary does an errand; `None` where it cannot. Of some errands another command follows.
pub(in crate::engine) fn errand(what: &Errand) -> Option<(PathBuf, Vec<String>)> {
    Some((itself()?, std::iter::once(ERRAND.to_owned()).chain(what.words()).collect()))
}

/// This binary by its path: in the namespace of a room nobody may follow the link to this very program.
fn itself() -> Option<PathBuf> {
    std::env::current_exe().ok().filter(|own| CAN_WATCH.load(Ordering::Relaxed) && own.is_file())
}

/// A socket to a supervisor.
#[derive(Debug)]
pub(super) struct Link {
    socket: UnixStream,
    told: OnceLock<Vec<Told>>,
}

impl Link {
    /// The end for this process and the one for a supervisor; `None` where this binary cannot be one.
    pub fn pair() -> io::Result<Option<(Self, UnixStream)>> {
        if !CAN_WATCH.load(Ordering::Relaxed) {
            return Ok(None);
        }
        let (socket, other) = UnixStream::pair()?;
        Ok(Some((Self { socket, told: OnceLock::new() }, other)))
    }

    /// The command line by which a supervisor runs a program.
    pub fn command(spawn: &Spawn) -> (OsString, Vec<OsString>) {
        let own = [OsString::from(WATCH), spawn.program.clone().into()];
        (ITSELF.into(), own.into_iter().chain(spawn.args.iter().map(OsString::from)).collect())
    }

    /// Lets the supervisor end everything.
    pub fn cut(&self) {
        let _ = self.socket.shutdown(Shutdown::Write);
    }

    /// Everything that the supervisor told, when it has ended.
    pub fn told(&self) -> &[Told] {
        self.told.get_or_init(|| {
            // It has ended; only a copy of its end that went astray could keep this waiting.
            let _ = self.socket.set_read_timeout(Some(Duration::from_secs(1)));
            let lines = BufReader::new(&self.socket).lines().map_while(Result::ok);
            lines.filter_map(|line| serde_json::from_str(&line).ok()).collect()
        })
    }

    /// Whether nothing is left.
    pub fn is_over(&self) -> bool {
        self.told().contains(&Told::Over)
    }

    /// The process id of the program.
    pub fn leader(&self) -> Option<i32> {
        self.told().iter().find_map(|told| if let Told::Leader(id) = told { Some(*id) } else { None })
    }

    /// How many were ended because somebody waited for them.
    pub fn held(&self) -> usize {
        self.told().iter().map(|told| if let Told::Held(number) = told { *number } else { 0 }).sum()
    }

    /// How the program ended, after the supervisor has.
    pub fn exit(&self, spawn: &Spawn) -> Result<Option<i32>, ProcessError> {
        let program = spawn.program.display().to_string();
        for told in self.told() {
            match told {
                Told::NotStarted(error) => {
                    return Err(ProcessError::Start { program, source: io::Error::from_raw_os_error(*error) });
                }
                Told::Stopped => return Err(ProcessError::Stopped { program }),
                Told::Crowded(most) => return Err(ProcessError::Crowded { program, most: *most }),
                Told::Exit(code) => return Ok(*code),
                Told::Leader(_) | Told::Held(_) | Told::Over => {}
            }
        }
        Err(ProcessError::Unwatched { program })
    }
}
