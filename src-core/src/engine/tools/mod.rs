//! Finds and installs the programs that steps run.

mod environment;
mod indexes;
mod logins;
mod managed;
mod pip;
mod probes;
mod pythons;
mod system;
mod user;

pub(super) use environment::{Access, EPOCH, environment};
pub use indexes::ConfigurationError;
pub(super) use indexes::Indexes;
pub(super) use logins::login;
pub use managed::ToolError;
pub(super) use managed::{Managed, Toolbox};
pub(super) use probes::{Probes, status, works};
pub use pythons::Interpreter;
pub(super) use pythons::{choose, find_pythons};
pub(super) use system::{find, install_command, install_hint};
