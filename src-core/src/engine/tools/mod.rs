//! Finds and installs the programs that steps run.

mod environment;
mod managed;
mod probes;
mod pythons;
mod system;

pub(super) use environment::{Access, EPOCH, credentials, environment, index_arguments};
pub use managed::ToolError;
pub(super) use managed::{Managed, Toolbox};
pub(super) use probes::{Probes, status};
pub use pythons::Interpreter;
pub(super) use pythons::{choose, find_pythons};
pub(super) use system::{find, install_command, install_hint};
