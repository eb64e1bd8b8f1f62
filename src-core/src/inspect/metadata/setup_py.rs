//! `setup.py`, read with a Python parser and never run.

use super::python::{Keywords, Module};
use crate::inspect::InspectError;
use crate::inspect::tree::Tree;

/// The file's name.
pub(crate) const PATH: &str = "setup.py";

/// The keyword arguments of `setup(…)`; `None` where there is no `setup.py`, or one that calls nothing of the kind.
///
/// A file that the parser refuses tells nothing, but may be right for the Python that runs it: everything is open then.
pub(crate) fn read(tree: &Tree) -> Result<Option<Keywords>, InspectError> {
    let Some(text) = tree.read(PATH)? else { return Ok(None) };
    let unknown = Keywords { open: true, line: 1, ..Keywords::default() };
    Ok(match Module::parse(&text) {
        Ok(module) => module.call("setup").or_else(|| sets_up(&text).then_some(unknown)),
        Err(_) => Some(unknown),
    })
}

/// Whether the text may describe a distribution in a way that is not read here. A file that only bears the name is a
/// program like any other.
fn sets_up(text: &str) -> bool {
    ["setup(", "setuptools", "distutils", "skbuild"].iter().any(|word| text.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::metadata::fixture;

    fn describes(text: &str) -> bool {
        let (_folder, tree) = fixture::tree(&[(PATH, text)]);
        read(&tree).unwrap().is_some()
    }

    #[test]
    fn a_file_that_only_bears_the_name_describes_no_distribution() {
        assert!(!describes("import sys\nprint('compiles the node tree', sys.argv)\n"));
        for text in [
            "from setuptools import setup\nsetup(name='a')\n",
            "import mine\nmine.run_setup()\nimport distutils\n",
            "print 'old'\n",
        ] {
            assert!(describes(text), "{text}");
        }
    }
}
