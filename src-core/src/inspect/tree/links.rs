//! Where symbolic links lead.

use std::path::Path;

/// What a link turned out to be.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Destination {
    /// A file or folder of the project, from its root.
    Inside(String),
    /// Something of the project that no build takes: a pipe, a device, a name that is not UTF-8.
    LeftOut,
    /// Something else on this machine.
    Outside,
    /// Nothing: the target is gone, or the links form a loop.
    Nowhere,
}

/// Follows a link as far as it goes. The root is canonical.
pub(super) fn follow(root: &Path, link: &Path) -> Destination {
    let Ok(end) = link.canonicalize() else { return Destination::Nowhere };
    let Ok(inside) = end.strip_prefix(root) else { return Destination::Outside };
    // A pipe or a device inside the project is nothing a build could copy.
    if !end.is_file() && !end.is_dir() {
        return Destination::LeftOut;
    }
    match inside.to_str() {
        Some(path) => Destination::Inside(path.replace(std::path::MAIN_SEPARATOR, "/")),
        None => Destination::LeftOut,
    }
}
