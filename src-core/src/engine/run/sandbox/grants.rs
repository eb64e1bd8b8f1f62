//! What a command is granted and cannot have here.

use std::fs::OpenOptions;
use std::io;

use super::Binding;
use super::users::Alone;
use crate::plan::Device;
use crate::problem::{Code, Problem, Remedy};

/// Why a command does not get what it was granted.
#[derive(Debug, thiserror::Error)]
pub enum Ungranted {
    /// The user wants no network.
    #[error("`{tool}` needs the network, which may not be used")]
    Offline {
        /// The tool.
        tool: String,
    },
    /// A device is missing, or not ours to open.
    #[error("`{path}` cannot be used here")]
    Device {
        /// The device.
        path: &'static str,
        /// Why.
        source: io::Error,
    },
    /// Only trials have it.
    #[error("{0} is for trials, and for no step that makes something")]
    ForTrials(&'static str),
    /// With the rights over several users, what is only shown can be written.
    #[error("code of {whose} does not run with rights over several users")]
    Foreign {
        /// Whose code it is.
        whose: String,
    },
    /// There is only one user.
    #[error("`{tool}` needs several users")]
    Users {
        /// The tool.
        tool: String,
        /// Why there is only one.
        source: Box<Alone>,
    },
    /// There is none at all but this one.
    #[error("`{tool}` needs several users, and no namespace with some can be made here")]
    NoNamespaces {
        /// The tool.
        tool: String,
    },
}

impl From<Ungranted> for Problem {
    fn from(error: Ungranted) -> Self {
        let problem = Self::new(Code::HostUnsupported, error.to_string()).because_of(&error);
        match error {
            Ungranted::Offline { .. } => {
                problem.remedy("Go online once, so that what it makes gets into the cache", Remedy::Online)
            }
            Ungranted::Users { source, .. } => Self { hints: source.hints, ..problem },
            Ungranted::Device { path, source } if source.kind() == io::ErrorKind::PermissionDenied => {
                problem.hint(format!("Let root make you a member of the group that `{path}` belongs to"))
            }
            Ungranted::Device { .. }
            | Ungranted::ForTrials(_)
            | Ungranted::Foreign { .. }
            | Ungranted::NoNamespaces { .. } => problem,
        }
    }
}

impl Binding {
    /// A device of this machine, where it is ours to read and write.
    pub fn usable_device(path: &'static str) -> Result<Self, Ungranted> {
        match OpenOptions::new().read(true).write(true).open(path) {
            Ok(_) => Ok(Self::device(path)),
            Err(source) => Err(Ungranted::Device { path, source }),
        }
    }
}

/// The file of a device that is a file wherever it is.
pub(in crate::engine) fn file_of(device: Device) -> Result<&'static str, Ungranted> {
    match device {
        Device::Kvm => Ok("/dev/kvm"),
        Device::Fuse => Ok("/dev/fuse"),
        Device::Display => Err(Ungranted::ForTrials("a display")),
        Device::Serial => Err(Ungranted::ForTrials("a serial line")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_that_is_missing_is_named_with_the_reason() {
        let problem = Problem::from(Binding::usable_device("/dev/no-such-device").unwrap_err());
        assert_eq!(problem.message, "`/dev/no-such-device` cannot be used here");
        assert!(problem.causes[0].starts_with("No such file"), "{problem:?}");
        assert_eq!(Binding::usable_device("/dev/null").unwrap(), Binding::device("/dev/null"));
    }
}
