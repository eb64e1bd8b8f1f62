//! Programs that steps run: found, installed, compared with what they were, started and watched, with a log.
//!
//! Reading order, each using only those before it: [`log`], [`process`], [`world`], [`rehearsal`], [`environment`],
//! [`checkout`], [`system`], [`packages`], [`probes`], [`pythons`], [`record`], [`error`], [`managed`].

pub(super) mod checkout;
pub(super) mod environment;
pub(super) mod error;
pub mod log;
pub(super) mod managed;
pub(super) mod packages;
pub(super) mod probes;
pub mod process;
pub(super) mod pythons;
pub(super) mod record;
pub mod rehearsal;
pub(super) mod system;
pub(super) mod world;

pub(super) use checkout::{here, off_limits};
pub(super) use environment::{Access, EPOCH, environment};
pub use error::ToolError;
pub(super) use error::unreachable;
pub(super) use managed::{Managed, Toolbox};
pub(super) use packages::{hints, install_command};
pub(super) use probes::{Probes, is_settled, status, status_of, works};
pub use pythons::Interpreter;
pub(super) use pythons::{choose, find_pythons};
pub(super) use system::find;

use crate::catalogue::{self, Tool};
use crate::plan::ToolRef;

/// What the catalogue says about a tool; nothing about Pythons and what steps make.
pub(super) fn described(tool: &ToolRef) -> Option<&'static Tool> {
    match tool {
        ToolRef::System { name } | ToolRef::Managed { name, .. } => catalogue::tool(name),
        ToolRef::Python { .. } => None,
    }
}
