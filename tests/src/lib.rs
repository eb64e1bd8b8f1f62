//! What the tests share: a place to run the real binary in, projects made from text, packages and an index to serve
//! them from, and one table that masks what differs from run to run.
//!
//! Nothing here needs a network. [`Workbench`] runs `packwright`; [`tree`] writes projects; [`package`] makes wheels
//! and source distributions; [`Index`] serves them on the loopback interface, and a [`Proxy`] looks at what passes;
//! [`Terminal`] types and reads; [`mask`] prepares output for snapshots.

mod authority;
mod binary;
mod index;
mod mask;
mod must;
pub mod package;
mod proxy;
mod run;
mod terminal;
pub mod tree;
mod workbench;

use std::path::{Path, PathBuf};

pub use authority::{Authority, FAR};
pub use binary::packwright;
pub use index::Index;
pub use mask::mask;
pub use must::has;
pub use proxy::Proxy;
pub use run::{Invocation, Run, end_at_once};
pub use terminal::Terminal;
pub use workbench::Workbench;

/// The root of the repository.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_path_buf).unwrap_or_default()
}

/// Every example and fixture project as `(name, path)`, sorted by name: tests over "all projects" begin here, so a new
/// one is tested by them without new test code.
pub fn projects() -> Vec<(String, PathBuf)> {
    let mut projects: Vec<_> = ["examples", "tests/fixtures"]
        .iter()
        .flat_map(|folder| tree::children(&repository().join(folder)))
        .filter(|path| path.is_dir())
        .map(|path| (tree::name(&path), path))
        .collect();
    projects.sort();
    projects
}
