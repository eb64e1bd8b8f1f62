//! Where there is only one user, nothing can be given to another. A filter of system calls then answers "done" to whoever
//! tries: packages that create a user and give it a folder install, and whether they do so rightly is left open.

use std::collections::BTreeMap;
use std::env::consts::ARCH;
use std::io;

use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, TargetArch, apply_filter};

/// The calls that change who owns a file, and who a process is.
const CALLS: &[libc::c_long] = &[
    #[cfg(target_arch = "x86_64")]
    libc::SYS_chown,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_lchown,
    libc::SYS_fchown,
    libc::SYS_fchownat,
    libc::SYS_setuid,
    libc::SYS_setgid,
    libc::SYS_setreuid,
    libc::SYS_setregid,
    libc::SYS_setgroups,
    libc::SYS_setresuid,
    libc::SYS_setresgid,
    libc::SYS_setfsuid,
    libc::SYS_setfsgid,
];

/// Sets the filter for this process and all that it starts.
pub(super) fn leave() -> io::Result<()> {
    let rules = CALLS.iter().map(|call| (*call, Vec::new())).collect::<BTreeMap<_, _>>();
    let target = TargetArch::try_from(ARCH).map_err(io::Error::other)?;
    let filter = SeccompFilter::new(rules, SeccompAction::Allow, SeccompAction::Errno(0), target);
    let program: BpfProgram = filter.and_then(TryInto::try_into).map_err(io::Error::other)?;
    apply_filter(&program).map_err(io::Error::other)
}
