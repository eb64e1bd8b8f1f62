//! Finds and installs the programs that steps run.

mod certificates;
mod checkout;
mod configuration;
mod environment;
mod error;
mod indexes;
mod known;
mod logins;
mod managed;
mod pip;
mod probes;
mod pythons;
mod system;
mod user;
mod uv_file;

pub(super) use certificates::extra_certificates;
pub(super) use checkout::{here, off_limits};
pub(super) use environment::{Access, EPOCH, environment};
pub use error::ToolError;
pub(super) use error::unreachable;
pub(super) use indexes::Indexes;
pub(super) use known::{Kind, Known};
pub(super) use logins::{login, login_known};
pub(super) use managed::{Managed, Toolbox};
pub(super) use probes::{Probes, is_settled, status, works};
pub use pythons::Interpreter;
pub(super) use pythons::{choose, find_pythons};
pub(super) use system::{find, install_command, install_hint};
