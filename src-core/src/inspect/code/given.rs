//! What is known before the code is read.

use crate::facts::{EntryPoint, Evidence, Member, Requirement};

/// What the project's metadata says; the default is a plain folder.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a thing of its own that metadata says or leaves open")]
pub struct Given<'a> {
    /// Name of the distribution, or of the folder.
    pub name: &'a str,
    /// Whether there is packaging metadata.
    pub has_metadata: bool,
    /// Whether that metadata makes it a distribution: it says how it is built, rather than only holding settings of tools.
    pub is_distribution: bool,
    /// The script, when the project is a single one.
    pub script: Option<&'a str>,
    /// Folder from the root that metadata says holds the packages.
    pub source_dir: Option<&'a str>,
    /// Dotted names of the packages and modules that metadata lists; empty when it leaves them to be found.
    pub packages: &'a [String],
    /// Folders of packages that do not lie where their names say, by their names.
    pub package_folders: &'a [(String, String)],
    /// Whether its wheel holds compiled programs and nothing to import.
    pub is_compiled_program: bool,
    /// Entry points that metadata lists.
    pub entry_points: &'a [EntryPoint],
    /// Entry-point groups other than scripts.
    pub plugin_groups: &'a [Evidence<String>],
    /// Whether there may be more scripts than those, which only a build shows.
    pub open_scripts: bool,
    /// Run-time requirements.
    pub dependencies: &'a [Requirement],
    /// Requirements of its extras.
    pub optional: &'a [Requirement],
    /// Whether these are all that it requires.
    pub lists_dependencies: bool,
    /// Whether it is the root of a workspace that has other projects, whose requirements are not its own.
    pub has_members: bool,
    /// Other projects of its workspace, by their folders from the root.
    pub members: &'a [Member],
    /// Requirements of the build, PEP 508.
    pub build_requires: &'a [String],
}
