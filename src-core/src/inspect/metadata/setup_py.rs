//! `setup.py`, read with a Python parser and never run.

use super::python::{Keywords, Module};
use crate::inspect::InspectError;
use crate::inspect::tree::Tree;

/// The file's name.
pub(crate) const PATH: &str = "setup.py";

/// The keyword arguments of `setup(…)`; `None` where there is no `setup.py`.
///
/// A file that the parser refuses tells nothing, but may be right for the Python that runs it: everything is open then.
pub(crate) fn read(tree: &Tree) -> Result<Option<Keywords>, InspectError> {
    let Some(text) = tree.read(PATH)? else { return Ok(None) };
    let unknown = Keywords { open: true, line: 1, ..Keywords::default() };
    Ok(Some(Module::parse(&text).ok().and_then(|module| module.call("setup")).unwrap_or(unknown)))
}
