//! Starts programs with one umask, whoever starts them: archives record the modes of what tools write.
//!
//! A umask is that of a whole process, and artifacts follow the user's. So a front end starts itself once more, and that
//! process, which has done nothing yet, sets the umask and becomes the program.

use std::io;
use std::path::PathBuf;
use std::sync::OnceLock;

use super::Spawn;

/// The first argument of a process that is to become a program; the program and its arguments follow.
const MARK: &str = "--become";

/// The executable of this front end, once it has said that it knows the mark.
static SELF: OnceLock<PathBuf> = OnceLock::new();

/// Becomes the program that this process was started to become, and returns only if that fails. In any other process it
/// does nothing now; programs are started by way of it from then on. Front ends call it before anything else.
#[cfg(unix)]
pub fn enter() -> Option<io::Error> {
    use std::os::unix::process::CommandExt;
    let mut arguments = std::env::args_os().skip(1);
    if arguments.next().is_none_or(|first| first != MARK) {
        // The link leads to this very program even when another one has replaced it on the disk.
        let by_link = PathBuf::from("/proc/self/exe");
        let own = if by_link.exists() { Some(by_link) } else { std::env::current_exe().ok() };
        own.map(|own| SELF.set(own));
        return None;
    }
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o022));
    let program = arguments.next()?;
    Some(std::process::Command::new(program).args(arguments).exec())
}

/// Elsewhere files have no such modes.
#[cfg(not(unix))]
pub fn enter() -> Option<io::Error> {
    None
}

/// The same program, started by way of this front end. One that is not there is left to fail by itself.
pub(super) fn with_umask(spawn: &Spawn) -> Spawn {
    let program = spawn.program.to_str().filter(|_| spawn.program.is_file());
    let (Some(own), Some(program)) = (SELF.get(), program) else { return spawn.clone() };
    let args = [MARK, program].map(str::to_owned).into_iter().chain(spawn.args.iter().cloned()).collect();
    Spawn { program: own.clone(), args, ..spawn.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_front_end_that_does_not_know_the_mark_starts_programs_as_they_are() {
        let spawn = Spawn {
            program: "/bin/sh".into(),
            args: vec!["-c".into()],
            env: std::collections::BTreeMap::new(),
            cwd: "/".into(),
            timeout: std::time::Duration::ZERO,
        };
        assert_eq!(with_umask(&spawn), spawn);
    }
}
